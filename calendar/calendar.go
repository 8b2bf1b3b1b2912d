// Package calendar holds what is true of every calendar, whatever keeps it: events, busy time, series and their
// instances, changes to them, and the one interface, [Account], that an adapter implements.
//
// The package is pure: no clock, no log, no network. Instants are UTC; wall-clock times carry an IANA zone.
// Terms are those of RFC 5545 (iCalendar) and RFC 5546 (iTIP). How time is to be spent is not decided here: that is
// package plan's. Begin with [Account], then [Series] and [Change], which [Diff] works out.
package calendar

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Kind is what sort of entry an event is, beyond a plain meeting.
type Kind uint8

// Kinds of events: Google's eventType, and what Exchange and RFC 5545 free/busy say in other ways.
const (
	Meeting         Kind = iota
	OutOfOffice          // Google outOfOffice, X-MICROSOFT-CDO-BUSYSTATUS:OOF, FBTYPE=BUSY-UNAVAILABLE
	Focus                // Google focusTime
	WorkingLocation      // Google workingLocation, BUSYSTATUS WORKINGELSEWHERE: says where, not that
	Birthday             // Google birthday
	Holiday              // a public holiday of the person's own list
	OffHours             // outside of the hours that the person has set in their calendar, RFC 7953
)

// Event is one instance as it stands in a calendar, before anybody judges whether it is busy time.
type Event struct {
	Span
	UID          string
	RecurrenceID time.Time // the original start of the instance, UTC; zero where the event does not recur
	AllDay       bool      // DATE values: Span runs from midnight to midnight in the zone of the reader
	Title        string    // someone else's words: kept in memory only, never stored
	Categories   []string
	Kind         Kind
	Transparent  bool // TRANSP:TRANSPARENT, FBTYPE=FREE, BUSYSTATUS FREE
	Cancelled    bool // STATUS:CANCELLED
	Tentative    bool // STATUS:TENTATIVE, FBTYPE=BUSY-TENTATIVE, BUSYSTATUS TENTATIVE
	Anonymous    bool // from free/busy data: a span without a UID
	Attendees    []Attendee
	Organizer    string // address, lower case, without mailto:
}

// PartStat is an attendee's answer, RFC 5545 section 3.2.12, in upper case.
type PartStat string

// The answers that matter here; an absent PARTSTAT is NeedsAction.
const (
	NeedsAction PartStat = "NEEDS-ACTION"
	Accepted    PartStat = "ACCEPTED"
	Declined    PartStat = "DECLINED"
	Maybe       PartStat = "TENTATIVE"
	Delegated   PartStat = "DELEGATED"
)

// Attendee is one invited person.
type Attendee struct {
	Email   string // lower case, without mailto:
	Name    string // CN
	Status  PartStat
	Comment string // the note that came with the answer, where the server keeps one
	Robot   bool   // the answer was given by an out-of-office or focus robot
	// Unserved: no server writes to this guest (SCHEDULE-AGENT=CLIENT or NONE, RFC 6638 section 7.1).
	Unserved bool
	Delivery string // what became of the server's last message to them: SCHEDULE-STATUS, RFC 6638 section 7.3; "" where it does not say
}

// Undelivered says why the server's last message did not reach the guest; "" if it did, or may have.
func (a Attendee) Undelivered() string {
	code, _, _ := strings.Cut(a.Delivery, ",")
	code, _, _ = strings.Cut(strings.TrimSpace(code), ";")
	class, _, _ := strings.Cut(code, ".")
	if class != "3" && class != "5" { // the others are success, or news on the way
		return ""
	}
	words, known := undelivered[code]
	if !known {
		words = "the server could not deliver it"
	}
	return words + " (" + code + ")"
}

// undelivered is what the codes of RFC 6638 section 3.2.9 mean.
var undelivered = map[string]string{
	"3.7": "the server knows nobody of that address",
	"3.8": "the server does not let you invite them",
	"5.1": "the server could not deliver it",
	"5.2": "the server knows no way to deliver it",
	"5.3": "the other side refused it",
}

// Attends returns the attendee with one of the addresses.
func Attends(list []Attendee, emails ...string) (Attendee, bool) {
	for _, a := range list {
		for _, e := range emails {
			if e != "" && strings.EqualFold(a.Email, e) {
				return a, true
			}
		}
	}
	return Attendee{}, false
}

// Mark is what bilateral keeps in its own events: lower-case keys of letters, digits and hyphens, values of any text
// (an adapter encodes what its server would spoil). On CalDAV and vdir the key "moves" stands as X-BILATERAL-MOVES, on
// Google as a private extended property. A nil Mark is an event that is not ours.
type Mark map[string]string

// Clone returns a copy that the caller may change; of nil, nil.
func (m Mark) Clone() Mark { return maps.Clone(m) }

// Series is one recurring event of ours, or one that may be adopted: the master and, inside the observed window, every
// instance with its overrides.
type Series struct {
	UID     string
	Name    string // the resource: file name, href or event id. Opaque outside the adapter
	Version string // the resource as it was observed: ETag or hash. Opaque; sent back as the condition of a Change

	Start    time.Time      // DTSTART of the master as an instant
	Zone     *time.Location // zone of DTSTART; nil where it is floating or a DATE
	Duration time.Duration
	Rule     string      // the value of RRULE, upper case; "" for a single event
	Until    time.Time   // last possible start by UNTIL or COUNT; zero: for ever
	Excluded []time.Time // EXDATEs, UTC

	Title, Location, Description string
	Link                         string // where the meeting is held online, an http or https address, or ""
	Private                      bool   // CLASS:PRIVATE or CONFIDENTIAL
	Organizer                    string
	Attendees                    []Attendee
	Cancelled                    bool
	Sequence                     int
	Mark                         Mark

	Instances []Instance // by Original; also cancelled and excluded ones, inside the window by original or present start
}

// Instance is one meeting of a series.
type Instance struct {
	Original time.Time // RECURRENCE-ID: where the master's rule puts it, UTC
	Span               // where it stands
	// Standing is where it would stand without its override; zero where the rule has no such instance (any more): an
	// override that a change of the master left behind.
	Standing Span
	Override bool // a component of its own
	Excluded bool // an EXDATE of the master: a person (or an adoption) removed it
	// Cancelled is STATUS:CANCELLED on this instance's override.
	Cancelled   bool
	Description string
	Title       string
	Location    string // "" also where the adapter knows that of the series only
	Attendees   []Attendee
	Sequence    int
	Mark        Mark  // of the override; nil where there is none or it carries nothing of ours
	Counter     *Span // a COUNTER of the guest, RFC 5546 section 3.2.7, where one came in
}

// Draft is a series that does not exist yet.
type Draft struct {
	Title, Location, Description string
	Start                        time.Time // an instant in Zone; the original start of the first instance
	Zone                         *time.Location
	Duration                     time.Duration
	Rule                         string // RRULE value
	Organizer                    Attendee
	Attendees                    []Attendee
	Private                      bool // CLASS:PRIVATE, guests cannot invite others
	AllDay                       bool // DATE values: Start is a midnight in Zone, Duration whole days
	Free                         bool // TRANSP:TRANSPARENT: it takes nobody's time
	Meet                         bool // ask for a video link, where the server makes them
	Unserved                     bool // the guests are written to by us, and the server stays silent: [Attendee.Unserved]
	// Like names the resource of a series in the same calendar (Series.Name) whose people, alarms, video link and unknown
	// properties the new one takes over; "" for none. What the draft itself says goes before.
	Like string
	Mark Mark
}

// Patch changes parts of a master or of one instance; nil means: leave as it is. Whatever is not named here survives.
type Patch struct {
	Title, Location, Description *string
	Span                         *Span   // of an instance: a new time. Of a master: a new DTSTART and duration
	Rule                         *string // masters only
	Cancelled                    *bool   // true: cancel as an override, never by EXDATE; false: bring back, also from an EXDATE
	Mark                         Mark    // keys to set; an empty value removes the key
	Sequence                     int     // the least SEQUENCE afterwards, which guests were told of; 0: as the change asks
	Answer                       *Answer // what a guest answered by mail
}

// Answer is a guest's own answer, put into the organizer's copy where no server does. It asks nobody anew and raises no
// SEQUENCE, RFC 5546 section 2.1.4.
type Answer struct {
	Email   string
	Status  PartStat
	Comment string // the note that came with it; "" takes an earlier one away
}

// Empty reports whether the patch changes nothing.
func (p Patch) Empty() bool {
	return p.Title == nil && p.Location == nil && p.Description == nil && p.Span == nil && p.Rule == nil &&
		p.Cancelled == nil && len(p.Mark) == 0 && p.Sequence == 0 && p.Answer == nil
}

// Retimes reports whether guests must be asked again: a change that raises SEQUENCE, RFC 5546 section 2.1.4.
func (p Patch) Retimes() bool { return p.Span != nil || p.Rule != nil || p.Cancelled != nil }

// InstancePatch is a Patch of the instance with that original start.
type InstancePatch struct {
	Original time.Time
	Patch
}

// Change is everything that one pass does to one series: one write, whatever the number of instances. It is conditional:
// with Create it succeeds only if no event has the UID, otherwise only if the series still has the Version seen.
type Change struct {
	UID       string
	Name      string // of the observed resource; "" with Create
	Version   string // of the observed series; "" with Create
	Create    *Draft
	Series    *Patch
	Instances []InstancePatch // by Original
	Remove    bool            // the event goes, without a trace; nothing else of the change counts. For events without guests
}

// Retimes reports whether the change is one that guests hear of.
func (c Change) Retimes() bool {
	return c.Create != nil || c.Series != nil && c.Series.Retimes() || slices.ContainsFunc(c.Instances, InstancePatch.Retimes)
}
