package agenda

import (
	"cmp"
	"slices"
	"time"
)

// kind is what the agenda knows of each kind of follow-up.
type kind struct {
	kind      Kind
	heading   string
	one, many string // in the first line's counts
	minutes   int    // of an item that names none
}

// kinds in the order of the agenda. Decisions stand first and need no heading.
var kinds = []kind{
	{Decision, "", "decision", "decisions", 5},
	{Problem, "PROBLEMS, WITH PROPOSALS", "problem", "problems", 5},
	{Question, "QUESTIONS", "question", "questions", 3},
	{Direction, "WHAT YOU ASKED FOR", "promise", "promises", 2},
	{Waiting, "WITH YOU", "with you", "with you", 2},
	{Update, "YOU SHOULD KNOW", "update", "updates", 1},
	{Goal, "ALIGNMENT CHECK", "goal", "goals", 2},
}

func kindOf(k Kind) *kind {
	if i := kindRank(k); i >= 0 {
		return &kinds[i]
	}
	return nil
}

func kindRank(k Kind) int {
	return slices.IndexFunc(kinds, func(have kind) bool { return have.kind == k })
}

func minutes(item Item) int {
	if item.Minutes > 0 {
		return item.Minutes
	}
	return kindOf(item.Kind).minutes
}

// rank sorts items as the agenda takes them: by kind, then the earlier deadline (none comes last), then age in whole
// days of the zone, then how often carried over, then priority, then ID, so that the order is total.
func rank(items []FollowUp, zone *time.Location) {
	type key struct {
		kind, due, age int
		item           *FollowUp
	}
	keys := make([]key, len(items))
	for i := range items {
		item := &items[i]
		due := int(^uint(0) >> 1)
		if !item.Due.IsZero() {
			due = int(item.Due.Unix() / 86400)
		}
		keys[i] = key{kindRank(item.Kind), due, int(civil(item.Created, zone).Unix() / 86400), item}
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.due, b.due), cmp.Compare(a.age, b.age),
			cmp.Compare(b.item.Carried, a.item.Carried), cmp.Compare(b.item.Priority, a.item.Priority),
			cmp.Compare(a.item.ID, b.item.ID))
	})
	sorted := make([]FollowUp, len(items))
	for i := range keys {
		sorted[i] = *keys[i].item
	}
	copy(items, sorted)
}

// civil is the date of a moment in a zone, as midnight UTC.
func civil(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
