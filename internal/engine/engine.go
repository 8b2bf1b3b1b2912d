// Package engine runs passes: it observes the calendars, lets package plan decide, fills in the agenda, works out the
// difference between what stands and what should stand, applies it, and records what it saw and did.
//
// A pass is level-triggered: it acts on what the calendars say now, never on an event or a memory, so a lost, doubled or
// late wake-up does no harm, and so the next pass after a crash simply looks again.
package engine

import (
	"sync"
	"time"

	"bilateral/agenda"
	"bilateral/calendar"
	"bilateral/calendar/imip"
	"bilateral/internal/plan"
	"bilateral/internal/store"

	"github.com/rs/zerolog"
)

// Calendar is a configured calendar and the account that reaches it.
type Calendar struct {
	Name, Type string
	Account    calendar.Account
	Zone       *time.Location // of the person whose calendar it is: floating times and dates are read in it
	Host       string         // the server that it is on; "" for none
	// SignInEnds tells when the sign-in to it is known to end; zero: no end is known. nil: it has none.
	SignInEnds func() time.Time
}

// Side is what the engine knows of one of the two people, besides plan.Side.
type Side struct {
	Name, Email string
	Calendars   []*Calendar // where their busy time is read
	FreeBusy    bool        // the executive's: also ask the home calendar's server
	Judge       calendar.Person
	Holidays    Holidays
}

// Holidays gives a person's public holidays in a window, as events of kind Holiday. Nil: none.
type Holidays func(window calendar.Span) ([]calendar.Event, error)

// Bilateral is one configured 1:1, wired to its calendars.
type Bilateral struct {
	Name   string
	Acting bool // mode "act"
	Policy plan.Policy
	Agenda agenda.Policy

	Home             *Calendar // where the series lives
	Owner, Executive Side
	Invites          bool // the executive is an attendee of the series; false: invite = "none"
	Delivery         Delivery
	SendFloor        bool // floor = "send": the agenda of a period without a meeting goes out by mail

	Title, Location string
	Private, Meet   bool
	Adopt           string // UID of an existing series to take over, or ""
}

// Engine holds what passes share.
type Engine struct {
	Store      *store.Store
	Bilaterals []*Bilateral
	Log        zerolog.Logger
	Interval   time.Duration
	Post       Post // nil: there is no [mail]
	Answers    bool // Post reads answers

	Alive func()        // hears of each step of the loop, in passes and between them; nil: nobody watches
	Pulse time.Duration // how often Alive must hear from the loop at least between passes; 0: it does not matter

	unkept []imip.Reply // answers that were handed over and could not be stored yet; hear alone uses it

	mu     sync.Mutex                   // holds what follows: groups of bilaterals pass at the same time
	abouts map[*Calendar]calendar.About // asked once a process
	unread error                        // why answers by mail could not be read
	shut   time.Time                    // until when the mail server is left alone, which took our sign-in no more
}

// Options of one pass.
type Options struct {
	Now    time.Time
	Only   string    // name of the one bilateral to work on; "": all
	Dry    bool      // decide and work out the changes, but write neither calendars nor records
	Next   time.Time // when the daemon will make the next pass, for the record; zero: it is not a daemon's pass
	Orders bool      // carry out the owner's waiting orders and nothing else
	Act    bool      // as if every bilateral were in mode "act" (with Dry: what `start` would do)
	Urgent bool      // somebody asks: calendars that rest after failures are tried at once
	First  bool      // since the daemon started or took another config: those too whose server did not ask for the rest

	known stands // before this pass
	step  func() // hears of each step; nil: nobody watches
}

// Report is what a pass saw, decided and did.
type Report struct {
	Now        time.Time
	Bilaterals []BilateralReport
	Calendars  []store.CalendarState
	Took       time.Duration // of the daemon's passes
	Parsed     int           // calendar objects parsed in this pass; 0 when nothing changed
}

// BilateralReport is a pass's work on one bilateral.
type BilateralReport struct {
	Name       string
	Decisions  []plan.Decision
	Steps      []Step // writes and mails: made, or (Dry, watch mode, paused) only worked out
	Suggestion *plan.Suggestion
	Standing   *plan.Standing
	Stands     []calendar.Span // where its meetings stand after the pass
	Notes      []Note
	Err        error  // why the work on this bilateral stopped
	Mail       error  // why a mail to the executive waits, or their answers cannot be read: nothing else stopped for it
	MailSignIn bool   // that is because the mail servers accept our sign-in no more
	Code       string // of a stop that needs a person: series_gone, series_declined, fuse, …
}

// Step is one thing that a pass does to a calendar, for people.
type Step struct {
	Bilateral, Period string
	Action            string // create_series, move, waive, restore, agenda, split_series, adopt, unpin, place, mail, answer
	From, To          calendar.Span
	Mails             []string // addresses that get a message because of it
	Reason            string
	Title             string // create_series: the invitation's title
	Text              string // agenda, create_series: the description as it will stand
	Mail              string // create_series, where the invitation goes by mail: its subject and text
	Done              bool
}

// Note is something that a person should hear of, besides the decisions.
type Note struct{ Code, Period, Text string }
