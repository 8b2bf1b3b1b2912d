package ical

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"bilateral/calendar"
)

// Answer is one component of a message from a guest, RFC 5546 sections 3.2.3 and 3.2.7.
type Answer struct {
	UID       string
	Original  time.Time           // RECURRENCE-ID as an instant, UTC; zero: the whole series
	Span      calendar.Span       // DTSTART and DTEND; zero where they name no instants
	Attendees []calendar.Attendee // one, in a correct reply
	Comment   string
	Sequence  int
	Stamp     time.Time // DTSTAMP, UTC; zero where it is missing
}

// Answers reads a message of whatever method. The error names the components that cannot be understood, and may come
// beside those that can. A time in an unknown zone is such a one: what a guest agreed to must not be guessed.
func Answers(data []byte) (method string, list []Answer, err error) {
	f := Parse("the calendar part", data)
	x := newExpander(nil, View{})
	var wrong []error
	for _, why := range f.Unreadable() {
		wrong = append(wrong, errors.New(why.Where+": "+why.Why))
	}
	for _, c := range append(f.events, f.undated...) {
		a, err := x.answer(c)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", c.where(), err))
			continue
		}
		list = append(list, a)
	}
	return f.method, list, errors.Join(wrong...)
}

func (x *expander) answer(c *component) (Answer, error) {
	a := Answer{UID: c.uid, Attendees: c.attendees, Comment: strings.TrimSpace(c.comment), Sequence: c.sequence}
	if c.uid == "" {
		return a, errors.New("it has no UID")
	}
	if c.stamped != 0 {
		a.Stamp = time.Unix(c.stamped, 0).UTC()
	}
	if c.override() {
		original, err := x.named(c, c.recurrence)
		if err != nil {
			return a, fmt.Errorf("RECURRENCE-ID: %w", err)
		}
		a.Original = time.Unix(original, 0).UTC()
	}
	if _, err := x.named(c, c.start); err == nil {
		a.Span = span(x.clock(c).at(c.start.wall))
	}
	return a, nil
}

// named is the instant that a moment names by itself.
func (x *expander) named(c *component, m moment) (int64, error) {
	switch m.form {
	case utc:
		return m.wall, nil
	case zoned:
		zone, err := x.zones.find(c.file, m.tzid)
		if err != nil {
			return 0, err
		}
		return instant(m.wall, zone), nil
	}
	return 0, errors.New("a time without a time zone")
}
