// Package agenda turns the open follow-ups of a bilateral into the text of an invitation, and reads people's edits of
// that text back. It is pure: no clock, no log, no network, and it knows nothing of calendars.
package agenda

import "time"

// Kind is what a follow-up is.
type Kind string

// The kinds of follow-ups.
const (
	Decision  Kind = "decision"
	Problem   Kind = "problem"
	Question  Kind = "question"
	Direction Kind = "direction"
	Waiting   Kind = "waiting"
	Update    Kind = "update"
	Goal      Kind = "goal"
	Personal  Kind = "personal" // always a Private
)

// Status of a follow-up.
type Status string

// A follow-up is open until done or, with a reason, dropped.
const (
	Open    Status = "open"
	Done    Status = "done"
	Dropped Status = "dropped"
)

// Item is what public and private follow-ups have in common. Dates are midnight UTC of the civil date; instants are UTC.
type Item struct {
	ID        string // four characters without vowels, for instance k3f9
	Bilateral string
	Kind      Kind
	Text      string
	Proposal  string   // the solution of a problem, the recommendation of a decision
	Options   []string // of a decision
	Default   string   // of a decision: what happens "if I hear nothing"
	Details   []string
	Goal      string // the goal this serves: its ID, or an executive's goal in words
	Due       time.Time
	FirstDue  time.Time // the first date that was promised; the say/do ratio counts this one
	Minutes   int
	Priority  int // higher first; 0 is ordinary
	AtRisk    bool
	Created   time.Time
	Status    Status
	Closed    time.Time
	Reason    string // why it was dropped
	Carried   int    // how many meetings passed with it still open; for the brief, never shown to the executive
}

// FollowUp is an item that the executive may see.
type FollowUp struct{ Item }

// Private is an item for the owner alone. It is a type of its own so that it cannot reach [Build] by mistake.
type Private struct{ Item }

// Show says how much of the agenda the invitation carries.
type Show string

// Values of the agenda setting.
const (
	Full   Show = "full"
	Titles Show = "titles"
	Hide   Show = "none"
)
