package calendar

import (
	"context"
	"time"
)

// Account is one calendar as an adapter reaches it. Adapters translate and nothing else: no retry, no log, no policy.
// Errors are [*Error] values (possibly wrapped). An Account is used by one goroutine at a time.
type Account interface {
	// Observe reads the calendar: each event with an instance in the window, and whole series that q asks for. Objects
	// that cannot be read do not fail the call: they are named in Observation.Unreadable. A second call on an unchanged
	// calendar does no parsing and returns an equal Observation.
	Observe(ctx context.Context, q Query) (Observation, error)
	// FreeBusy asks the calendar's server for the busy time of another person. Kind Unsupported where there is no such
	// service, Denied where the answer is not to be had: neither is ever reported as free.
	FreeBusy(ctx context.Context, email string, window Span) ([]Event, error)
	// Apply makes one change and returns the new version ("" where the server does not tell). Kind Conflict: the series
	// is not the one that was observed, nothing was written. Kind Exists: Create found the UID taken.
	Apply(ctx context.Context, c Change) (version string, err error)
	// About tells what this calendar can do, and changes nothing. An account that keeps a mirror may answer with what it
	// found in the last day.
	About(ctx context.Context) (About, error)
}

// Query says what to observe.
type Query struct {
	Window Span
	Zone   *time.Location // how floating times and dates are read
	UIDs   []string       // series to return whole, besides every series that carries a Mark
	Guest  string         // if set: also every recurring event with that attendee or organizer, for adoption
}

// Observation is what a calendar held at one moment.
type Observation struct {
	Events     []Event  // by start, then UID; instances of our own series among them
	Series     []Series // by UID
	Unreadable []Unreadable
	Objects    int // calendar objects seen, readable or not; 0 is an empty calendar
	Parsed     int // objects parsed for this answer; 0 when nothing changed since the last one
}

// Unreadable names a part of a calendar that could not be understood.
type Unreadable struct {
	Where, Why string
	Hidden     bool // it is in order, and the server does not show it to us: somebody's private entry
}

// About is what an account can do, in the words of `bilateral check`.
type About struct {
	Name     string // the calendar's display name or path
	Write    bool   // it can be written, as far as that shows without writing
	Invites  bool   // the server delivers invitations and replies (RFC 6638, Google)
	FreeBusy bool   // FreeBusy can be asked
	Sync     string // how changes are found, in words for people
	Silent   bool   // the guest's copy follows a change of text without a mail
	Parts    bool   // with Silent: the first text that a single meeting gets is told by a message all the same

	Address string        // where it was found: host and path, folder or file; "" where that is the name
	User    string        // the addresses, else the name, that the server knows us by
	Others  []string      // the account's other calendars, by name and address
	Notes   []string      // what else a person should know of it, in sentences
	Ahead   time.Duration // how far the server's clock was ahead of ours; 0 where that is not known
}
