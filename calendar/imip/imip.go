// Package imip turns a series into the mails that invite a guest to it where no server does, and the guest's mails back
// into answers: iTIP (RFC 5546) carried by mail (RFC 6047).
//
// The package is pure: it neither sends nor fetches. A message says nothing of bilateral's mark, and everything in it
// that came from outside is made safe: no title or name can add a line to a header or to the calendar part.
package imip

import (
	"time"

	"bilateral/calendar"
)

// The methods of messages that go out, RFC 5546 section 1.4.
const (
	MethodRequest = "REQUEST"
	MethodCancel  = "CANCEL"
)

// Person is a mailbox: somebody's name, which may be empty, and bare address.
type Person struct{ Name, Email string }

// Message is one mail, ready to be sent.
type Message struct {
	Method   string // MethodRequest or MethodCancel; "" for a plain letter
	From, To Person
	Subject  string // one line
	Text     string // for people, lines end in \n
	Calendar []byte // an iCalendar object whose METHOD is Method, folded, with CRLF; nil for a plain letter
	// ID is the Message-ID without its angle brackets. It depends on what the message says and to whom, not on when: the
	// same message sent again is known as the same.
	ID   string
	Date time.Time
}

// Envelope is what a message needs besides the series.
type Envelope struct {
	From, To         Person // the organizer and the guest
	FromZone, ToZone *time.Location
	Now              time.Time // Date and DTSTAMP
	// Was is where the guest's copy has the instance, or the first of the series, if that is known. Where it stands there
	// still, the message is about the agenda alone.
	Was calendar.Span
}

// Reply is what a guest answered: METHOD:REPLY, or with Counter METHOD:COUNTER (RFC 5546 sections 3.2.3 and 3.2.7).
type Reply struct {
	UID      string
	Original time.Time // RECURRENCE-ID as an instant, UTC; zero: the whole series
	From     string    // address, lower case; the ATTENDEE of the answer and the sender of the mail
	Status   calendar.PartStat
	Comment  string         // the note that came with it
	Counter  *calendar.Span // the time that the guest proposes instead
	Sequence int            // of what is answered
	Stamp    time.Time      // DTSTAMP, UTC: of two answers the later one counts
}
