package agenda

import "time"

// Input is all that an agenda depends on.
type Input struct {
	Items        []FollowUp     // the open ones; others are passed over
	Done         []FollowUp     // closed since the previous meeting; only promises show
	Length       time.Duration  // of the slot
	Meeting      time.Time      // its start
	Zone         *time.Location // of the owner: dates are named in it
	Next         time.Time      // start of the held slot after this one; zero if there is none
	Now          time.Time
	FirstOfMonth bool // the goals are on
	Delivered    bool // what is written is known to reach the executive: only then is a default "if I hear nothing" fair
	Show         Show
	Owner        string // who keeps the block, for its last line
}

// Agenda is what the invitation carries, in order.
type Agenda struct {
	Sections     []Section
	IfTimeAllows []Line
	Used         int // minutes of the sections' lines
	Length       int // minutes of the slot
	HeldBack     []Finding
	Show         Show
	Owner        string
}

// Section is a run of lines under a heading in capitals; the first has none.
type Section struct {
	Kind    Kind
	Heading string
	Lines   []Line
}

// Line is one item: plain text that is clean already.
type Line struct {
	ID      string
	Kind    Kind
	Text    string
	Minutes int
	Done    bool // a promise kept since last time
	Details []string
}

// Build makes the agenda of one meeting. Items are taken in rank order while the slot has room, and the top one always;
// what does not fit goes under "If time allows", in the same order. Items that fail [Lint] are left out and listed in
// HeldBack. With [Hide] it is built in full all the same, for the owner; only [Block] then gives nothing.
func Build(in Input) Agenda {
	if in.Zone == nil {
		in.Zone = time.UTC
	}
	a := Agenda{Length: int(in.Length / time.Minute), Show: in.Show, Owner: Clean(in.Owner)}
	items := a.hold(in)
	rank(items, in.Zone)
	write := newWriter(in)
	boxed := make([][]Line, len(kinds))
	for _, item := range done(in) {
		boxed[kindRank(Direction)] = append(boxed[kindRank(Direction)], write.done(item))
	}
	for i, item := range items {
		line := write.open(item.Item)
		if i > 0 && a.Used+line.Minutes > a.Length {
			a.IfTimeAllows = append(a.IfTimeAllows, line)
			continue
		}
		a.Used += line.Minutes
		boxed[kindRank(item.Kind)] = append(boxed[kindRank(item.Kind)], line)
	}
	a.Sections = sections(boxed)
	return a
}

// hold gives the open items of this meeting that may be shown and notes why the others may not.
func (a *Agenda) hold(in Input) []FollowUp {
	var items []FollowUp
	for _, item := range in.Items {
		if item.Status == Done || item.Status == Dropped || (item.Kind == Goal && !in.FirstOfMonth) {
			continue
		}
		if found := Lint(item.Item); len(found) > 0 {
			a.HeldBack = append(a.HeldBack, found...)
			continue
		}
		items = append(items, item)
	}
	return items
}

func done(in Input) []FollowUp {
	var kept []FollowUp
	for _, item := range in.Done {
		if item.Kind == Direction && item.Status == Done && ValidID(item.ID) && Clean(item.Text) != "" {
			kept = append(kept, item)
		}
	}
	rank(kept, in.Zone)
	return kept
}

// sections puts the decisions first, without a heading; where there are none, the top problem takes their place.
func sections(boxed [][]Line) []Section {
	var out []Section
	problems := kindRank(Problem)
	if len(boxed[0]) == 0 && len(boxed[problems]) > 0 {
		out = append(out, Section{Kind: Problem, Lines: boxed[problems][:1]})
		boxed[problems] = boxed[problems][1:]
	}
	for i, lines := range boxed {
		if len(lines) > 0 {
			out = append(out, Section{Kind: kinds[i].kind, Heading: kinds[i].heading, Lines: lines})
		}
	}
	return out
}
