package caldav_test

import (
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/calendartest"
)

// message is what a scheduling server leaves in the inbox.
func message(method string, lines ...string) []byte {
	all := append([]string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example.org//server//EN", "METHOD:" + method, "BEGIN:VEVENT", "UID:ours",
		"ORGANIZER:mailto:alice@example.org"}, lines...)
	return []byte(strings.Join(append(all, "END:VEVENT", "END:VCALENDAR", ""), "\r\n"))
}

const (
	declined  = "ATTENDEE;PARTSTAT=DECLINED:mailto:Dana@example.org"
	accepted  = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:dana@example.org"
	ofOct28   = "RECURRENCE-ID:20261028T143000Z" // the first week after Berlin's clocks went back
	ofOct28NY = "RECURRENCE-ID;TZID=America/New_York:20261028T103000"
)

func TestWhatGuestsSayIsHeardFromTheInbox(t *testing.T) {
	counter := calendar.Span{Start: time.Date(2026, 10, 29, 9, 0, 0, 0, time.UTC), End: time.Date(2026, 10, 29, 9, 30, 0, 0, time.UTC)}
	for _, row := range []struct {
		sentence string
		messages [][]byte
		moved    bool // by us, after what was said
		status   calendar.PartStat
		comment  string
		counter  *calendar.Span
	}{
		{"nothing", nil, false, calendar.NeedsAction, "", nil},
		{"a decline of one instance, with a note", [][]byte{message("REPLY", "DTSTAMP:20261019T090000Z", ofOct28, "DTSTART:20261028T143000Z", declined, "COMMENT:On leave\\, sorry")},
			false, calendar.Declined, "On leave, sorry", nil},
		{"in another zone, and without DTSTART", [][]byte{message("REPLY", "DTSTAMP:20261019T090000Z", ofOct28NY, declined)}, false, calendar.Declined, "", nil},
		{"the newest word counts, in whatever order it came", [][]byte{
			message("REPLY", "DTSTAMP:20261019T100000Z", ofOct28, accepted), message("REPLY", "DTSTAMP:20261019T090000Z", ofOct28, declined)},
			false, calendar.Accepted, "", nil},
		{"a decline of the time before our move is no answer to the new one", [][]byte{message("REPLY", "DTSTAMP:20261019T090000Z", ofOct28, declined)},
			true, calendar.NeedsAction, "", nil},
		{"a decline of the new time is", [][]byte{message("REPLY", "DTSTAMP:20261019T090000Z", "SEQUENCE:1", ofOct28, declined)}, true, calendar.Declined, "", nil},
		{"an accept of the whole series", [][]byte{message("REPLY", "DTSTAMP:20261019T090000Z", "DTSTART:20261021T133000Z", "RRULE:FREQ=WEEKLY", accepted)},
			false, calendar.Accepted, "", nil},
		{"a decline of one counts more than an older accept of all", [][]byte{
			message("REPLY", "DTSTAMP:20261019T090000Z", accepted), message("REPLY", "DTSTAMP:20261019T100000Z", ofOct28, declined)},
			false, calendar.Declined, "", nil},
		{"somebody who was not invited", [][]byte{message("REPLY", "DTSTAMP:20261019T090000Z", ofOct28, "ATTENDEE;PARTSTAT=DECLINED:mailto:erin@example.org")},
			false, calendar.NeedsAction, "", nil},
		{"another time, proposed", [][]byte{message("COUNTER", "DTSTAMP:20261019T090000Z", ofOct28, "DTSTART:20261029T090000Z", "DTEND:20261029T093000Z", accepted)},
			false, calendar.NeedsAction, "", &counter},
		{"a proposal taken back by an accept", [][]byte{message("COUNTER", "DTSTAMP:20261019T090000Z", ofOct28, "DTSTART:20261029T090000Z", "DTEND:20261029T093000Z", declined),
			message("REPLY", "DTSTAMP:20261019T100000Z", ofOct28, accepted)}, false, calendar.Accepted, "", nil},
		{"a request from somebody else", [][]byte{message("REQUEST", "DTSTAMP:20261019T090000Z", ofOct28, declined)}, false, calendar.NeedsAction, "", nil},
		{"noise", [][]byte{[]byte("noise"), message("REPLY", "DTSTAMP:x", "RECURRENCE-ID:x", declined)}, false, calendar.NeedsAction, "", nil},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			server := newFake(flavour{inbox: true})
			_, c := ours(t, server)
			a := open(t, server, nil)
			observe(t, a)
			original := time.Date(2026, 10, 28, 14, 30, 0, 0, time.UTC)
			if row.moved {
				to := calendar.Span{Start: original.Add(time.Hour), End: original.Add(2 * time.Hour)}
				c.Series, c.Instances = nil, []calendar.InstancePatch{{Original: original, Patch: calendar.Patch{Span: &to}}}
				apply(t, a, c)
			}
			for i, text := range row.messages {
				server.set(fakeInbox+string(rune('a'+i))+".ics", text)
			}
			for range 2 {
				in := at(t, observe(t, a).Series[0], original)
				dana, _ := calendar.Attends(in.Attendees, "dana@example.org")
				if dana.Status != row.status || dana.Comment != row.comment {
					t.Errorf("got %+v", dana)
				}
				if (in.Counter == nil) != (row.counter == nil) || in.Counter != nil && !in.Counter.Equal(*row.counter) {
					t.Errorf("counter: got %v, want %v", in.Counter, row.counter)
				}
			}
			other := at(t, observe(t, a).Series[0], calendartest.Now.AddDate(0, 0, 2).Add(5*time.Hour+30*time.Minute))
			if dana, _ := calendar.Attends(other.Attendees, "dana@example.org"); dana.Status == calendar.Declined {
				t.Errorf("another instance is declined too: %+v", other)
			}
		})
	}
}

func TestAPrincipalThatIsKeptSecretEndsNothing(t *testing.T) {
	for _, status := range []int{403, 404, 501} {
		server := newFake(flavour{inbox: true})
		ours(t, server)
		server.spoil = oncePerPath("/principals/alice/", status)
		a := open(t, server, nil)
		if o := observe(t, a); len(o.Series) != 1 {
			t.Errorf("%d: %+v", status, o)
		}
	}
}
