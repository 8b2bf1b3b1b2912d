package plan

import (
	"time"

	"bilateral/calendar"
)

// World is everything that a decision rests on, at one moment. Now and all instants are UTC.
type World struct {
	Now    time.Time
	Policy Policy

	// Mine and Theirs are the busy time of the two people, judged; free time is left out. Entries of this bilateral's own
	// series (by UID) may be among them, as may anonymous free/busy data that covers them: Decide subtracts both.
	// Other bilaterals of this owner are in Mine, hard.
	Mine, Theirs []calendar.Busy
	Own          []string // UIDs of this bilateral's series and prep events
	// MineSource and TheirSource say how well the two were read.
	MineSource, TheirSource Source

	Standing  *Standing     // nil: there is no series yet
	Anchor    calendar.Date // without a series: a date in the first block of weeks; zero: today
	Instances []Instance    // of all periods in reach, guarded or not, by Original

	Skips  map[string]string    // period key -> the owner's reason
	Seen   map[string]time.Time // Decision.Trouble -> the recording pass that saw it first
	Paused time.Time            // no moves and no mails before this moment; zero: not paused
	// SeriesDeclined: the executive said no to the whole series. SeriesGone: the series vanished and was not asked for again.
	SeriesDeclined, SeriesGone bool
}

// Source is how well one person's busy time is known.
type Source uint8

// Sources, best first.
const (
	Read    Source = iota // all of it was read in this pass
	Partial               // a part could not be read, or is the last that was seen
	Hidden                // their calendar cannot be read at all, by configuration: only hours and replies are known
	Never                 // it should be readable but never yet was: place and move nothing
)

// Standing is the time at which the series stands: the master's rule, which a person may have changed.
type Standing struct {
	First    calendar.Date // date of the first instance, in the owner's zone; its period is the starting period
	Prefer   Prefer        // as the master has it now
	Duration time.Duration // as the master has it now
	ByHand   bool          // a person chose it (moved the series, or it was adopted)
	Until    time.Time     // the last possible original start; zero: for ever
}

// Absence says why an instance does not stand.
type Absence uint8

// Absences of an instance.
const (
	Stands  Absence = iota
	Deleted         // by a person in the calendar: cancelled or excluded
	Waived          // cancelled by us because nobody could meet
	Skipped         // cancelled by us for the owner's skip; the period's key may be gone from Skips: then it is taken back
)

// Answer is the executive's answer to one instance.
type Answer uint8

// Answers.
const (
	NoAnswer Answer = iota
	Yes
	No         // asks for another time
	NoWithNote // a message: nothing moves, the owner is told
)

// Outcome is what became of a slot that has begun.
type Outcome uint8

// Outcomes, as a pass recorded them when the slot began. Unrecorded: judge by what stands now.
const (
	Unrecorded Outcome = iota
	WasHeld
	WasNot
)

// Instance is the one meeting of a period.
type Instance struct {
	Original      time.Time     // original start: it says which period this belongs to
	Slot          calendar.Span // where it stands (or stood, if absent)
	Absent        Absence
	Answer        Answer
	OwnerDeclined bool            // the owner's own decline of an instance is a skip
	Pinned        bool            // a person put it there
	Moves         int             // automatic changes of start or end so far
	LastMove      time.Time       // when the last of them was made; zero: never
	Refused       []calendar.Span // declined spans of this period, hard for ever
	Replanned     bool            // it was deleted before and planned again once
	Counter       *calendar.Span  // a time that the executive proposes
	Outcome       Outcome
}

// State of a period.
type State string

// The four states: docs/guarantee.md.
const (
	Held    State = "held"
	Pending State = "pending"
	Lapsed  State = "waived"
	Unmet   State = "unmet"
)

// Action is what is to be done to the period's instance now.
type Action string

// Actions. Place is for a period without a standing series (the first placement), Move changes the time of an instance
// that stands or was declined, Waive cancels it, Restore brings a cancelled one back at Slot.
const (
	None    Action = ""
	Place   Action = "place"
	Move    Action = "move"
	Waive   Action = "waive"
	Restore Action = "restore"
)

// Basis of a state.
type Basis string

// The bases: docs/guarantee.md.
const (
	Sighted Basis = "seen"
	Partly  Basis = "partly"
	Blind   Basis = "blind"
)

// Rung is the quality of a slot.
type Rung string

// Rungs, as `status --json` names them. AtStanding: at the standing time and full length.
const (
	AtStanding Rung = "keep"
	SameDay    Rung = "same_day"
	SamePeriod Rung = "same_period"
	Shorter    Rung = "shorter"
	OverSoft   Rung = "soft"
	InStretch  Rung = "stretch"
	Floor      Rung = "floor"
)

// Period is the day, ISO week, block of weeks or month that owes one meeting.
type Period struct {
	Key         string        // 2026-12-02, 2026-W49 (a block is named by its first week) or 2026-12
	Span        calendar.Span // from its first midnight to the next period's, in the owner's zone
	First, Last calendar.Date
	Preferred   calendar.Date // the date of the standing time in it
}

// Decision is what holds for one guarded period, and what to do about it.
type Decision struct {
	Period   Period
	State    State
	Code     string // stable reason code: held, settling, quiet, daily, far, paused, skipped, away, no_slot, …
	Sentence string // the reason, for people; made once, here
	Basis    Basis
	Original time.Time     // the instance meant; the standing time of the period for Place
	From     calendar.Span // where it stands now; zero if it does not
	Slot     calendar.Span // held: where it stands; pending: where it will go; with an action: where it goes; else zero
	Action   Action
	Pin      bool          // the action takes a counter-proposal: the slot is then pinned
	Counts   bool          // the action uses up one of the period's moves
	Refuse   calendar.Span // the declined span to remember with the action; zero: none
	Until    time.Time     // pending: when it will be made; waive and restore may also wait
	Rung     Rung          // of Slot
	Pinned   bool
	Moved    bool   // Slot is not at the standing time
	Trouble  string // identity of the conflict or gap, to be recorded in World.Seen; "" if there is none
	Final    bool   // the slot has begun

	Unverified bool            // nothing is known of what lies under the slot: free/busy shows only our own meeting there
	Blockers   []Blocker       // what stands in the way of the present slot
	NearMisses []NearMiss      // unmet: up to two, nearest first
	Offers     []calendar.Span // unmet by budget or note: up to two legal times to offer
	Message    string          // unmet: two lines, ready to send to the executive
	Notes      []string        // sentences besides the reason: out of its period, outside hours, below minimum
	Looked     []Look          // how the ladder was searched, for `why`
}

// Blocker is one thing in the way. It never names the title.
type Blocker struct {
	calendar.Span
	Who string `json:"who"` // name of the person whose time it is
	Why string `json:"why"` // hard, away, declined, outside hours, too short, …
}

// NearMiss is a slot that would do if something gave way.
type NearMiss struct {
	Slot  calendar.Span `json:"slot"`
	Gives []Blocker     `json:"gives"`
}

// Look is one rung that was searched: how many starts were legal there.
type Look struct {
	Rung  Rung      `json:"rung"`
	After time.Time `json:"after"` // the earliest start that was allowed
	Legal int       `json:"legal"`
}
