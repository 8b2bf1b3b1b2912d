package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/agenda"
)

// record is a follow-up as the database and the export hold it, so that neither changes when agenda renames a field.
type record struct {
	ID        string        `json:"id"`
	Bilateral string        `json:"bilateral"`
	Private   bool          `json:"private,omitzero"`
	Kind      agenda.Kind   `json:"kind"`
	Text      string        `json:"text"`
	Proposal  string        `json:"proposal,omitzero"`
	Options   []string      `json:"options,omitempty"`
	Default   string        `json:"default,omitzero"`
	Details   []string      `json:"details,omitempty"`
	Goal      string        `json:"goal,omitzero"`
	Due       date          `json:"due,omitzero"`
	FirstDue  date          `json:"first_due,omitzero"`
	Minutes   int           `json:"minutes,omitzero"`
	Priority  int           `json:"priority,omitzero"`
	AtRisk    bool          `json:"at_risk,omitzero"`
	Created   time.Time     `json:"created"`
	Updated   time.Time     `json:"updated"`
	Status    agenda.Status `json:"status"`
	Closed    time.Time     `json:"closed,omitzero"`
	Reason    string        `json:"reason,omitzero"`
	Carried   int           `json:"carried,omitzero"`
}

func recordOf(i agenda.Item, private bool, updated time.Time) record {
	return record{
		ID: i.ID, Bilateral: i.Bilateral, Private: private, Kind: i.Kind,
		Text: i.Text, Proposal: i.Proposal, Options: i.Options, Default: i.Default, Details: i.Details, Goal: i.Goal,
		Due: dateOf(i.Due), FirstDue: dateOf(i.FirstDue), Minutes: i.Minutes, Priority: i.Priority, AtRisk: i.AtRisk,
		Created: whole(i.Created), Updated: whole(updated),
		Status: i.Status, Closed: whole(i.Closed), Reason: i.Reason, Carried: i.Carried,
	}
}

func (r record) item() agenda.Item {
	return agenda.Item{
		ID: r.ID, Bilateral: r.Bilateral, Kind: r.Kind,
		Text: r.Text, Proposal: r.Proposal, Options: r.Options, Default: r.Default, Details: r.Details, Goal: r.Goal,
		Due: r.Due.time(), FirstDue: r.FirstDue.time(), Minutes: r.Minutes, Priority: r.Priority, AtRisk: r.AtRisk,
		Created: r.Created.UTC(), Status: r.Status, Closed: r.Closed.UTC(), Reason: r.Reason, Carried: r.Carried,
	}
}

// date is a civil date as YYYY-MM-DD, "" for none.
type date string

func dateOf(t time.Time) date {
	if t.IsZero() {
		return ""
	}
	return date(t.Format(time.DateOnly))
}

func (d date) time() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{} // validity was seen to when it came in
	}
	return t
}

var (
	kinds = []agenda.Kind{agenda.Decision, agenda.Problem, agenda.Question, agenda.Direction, agenda.Waiting,
		agenda.Update, agenda.Goal, agenda.Personal}
	statuses = []agenda.Status{agenda.Open, agenda.Done, agenda.Dropped}
)

// check says what is wrong with a follow-up, or nil.
func (r record) check() error {
	switch {
	case !agenda.ValidID(r.ID):
		return fmt.Errorf("the id %q is not four consonants and digits, with one of each", r.ID)
	case strings.TrimSpace(r.Bilateral) == "":
		return fmt.Errorf("follow-up %s names no bilateral", r.ID)
	case strings.TrimSpace(r.Text) == "":
		return errors.New("a follow-up needs a text")
	case !slices.Contains(kinds, r.Kind):
		return fmt.Errorf("%q is no kind of follow-up; the kinds are %s", r.Kind, join(kinds))
	case r.Kind == agenda.Personal && !r.Private:
		return errors.New("a personal follow-up is always private; add it with --private")
	case !slices.Contains(statuses, r.Status):
		return fmt.Errorf("%q is no status of a follow-up; use %s", r.Status, join(statuses))
	case r.Minutes < 0, r.Carried < 0:
		return fmt.Errorf("follow-up %s has a negative number of minutes or meetings", r.ID)
	case (r.Status == agenda.Open) != r.Closed.IsZero():
		return fmt.Errorf("follow-up %s is %s, which does not fit its closing time", r.ID, r.Status)
	}
	return errors.Join(r.Due.check(), r.FirstDue.check(), checkInstant(r.Created), checkInstant(r.Updated), checkClosed(r))
}

func checkClosed(r record) error {
	if r.Closed.IsZero() {
		return nil
	}
	return checkInstant(r.Closed)
}

func (d date) check() error {
	if d == "" {
		return nil
	}
	if _, err := time.Parse(time.DateOnly, string(d)); err != nil {
		return fmt.Errorf("%q is no date; write it as 2026-12-02", string(d))
	}
	return nil
}

// checkInstant: years of other than four digits do not sort as text, and the zero time means none.
func checkInstant(t time.Time) error {
	if y := t.UTC().Year(); y < 1900 || y > 9999 {
		return fmt.Errorf("the time %s is missing or out of reach", t.UTC().Format(time.RFC3339))
	}
	return nil
}

func join[T ~string](words []T) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return strings.Join(out, ", ")
}

// search is what a query is looked for in.
func (r record) search() string {
	parts := append([]string{r.Text, r.Proposal, r.Default, r.Goal, r.Reason}, r.Options...)
	return strings.ToLower(strings.Join(append(parts, r.Details...), "\n"))
}

// newID derives the nth candidate for a follow-up's id from what it says, so that a simulated history is the same twice.
// Four characters, a letter first (a calendar app takes #1234 for something else), without vowels, so that they spell
// nothing, and without look-alikes.
func newID(r record, n int) string {
	const letters, signs = "bcdfghjkmnpqrstvwxz", "bcdfghjkmnpqrstvwxz23456789"
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d", r.Bilateral, r.Text, r.Created.Format(time.RFC3339), n))
	id := []byte{letters[int(sum[0])%len(letters)]}
	for _, b := range sum[1:4] {
		id = append(id, signs[int(b)%len(signs)])
	}
	return string(id)
}
