//go:build servers

package endtoend

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// existing is a 1:1 as another program made it long ago, with a room, a video link, an alarm and things of its own, and one
// meeting that was moved before.
const existing = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example.org//A calendar program//EN
X-WR-CALNAME:Work
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:7F3A-22
DTSTAMP:20350901T000000Z
CREATED:20350901T000000Z
SEQUENCE:3
DTSTART;TZID=Europe/Berlin:20350904T160000
DTEND;TZID=Europe/Berlin:20350904T164500
RRULE:FREQ=WEEKLY
SUMMARY:Dana & Alice
LOCATION:Room 4\, second floor
DESCRIPTION:Join: https://meet.example.org/dana-alice\nDial-in: +49 30 1234
URL:https://meet.example.org/dana-alice
CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL=Join:https://meet.example.org/dana-alice
CATEGORIES:1:1
PRIORITY:5
X-EXAMPLE-COLOR:teal
ORGANIZER;CN=Alice Chen:mailto:alice@example.org
ATTENDEE;CN=Alice Chen;PARTSTAT=ACCEPTED:mailto:alice@example.org
ATTENDEE;CN=Dana Boss;PARTSTAT=ACCEPTED;X-NUM-GUESTS=0:mailto:dana@example.org
ATTENDEE;CN=Room 4;CUTYPE=ROOM;ROLE=NON-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:room4@example.org
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT10M
DESCRIPTION:Soon
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:7F3A-22
DTSTAMP:20350901T000000Z
SEQUENCE:3
RECURRENCE-ID;TZID=Europe/Berlin:20351106T160000
DTSTART;TZID=Europe/Berlin:20351108T160000
DTEND;TZID=Europe/Berlin:20351108T164500
SUMMARY:Dana & Alice, budget
LOCATION:Room 9
X-EXAMPLE-COLOR:red
ORGANIZER;CN=Alice Chen:mailto:alice@example.org
ATTENDEE;CN=Alice Chen;PARTSTAT=ACCEPTED:mailto:alice@example.org
ATTENDEE;CN=Dana Boss;PARTSTAT=ACCEPTED:mailto:dana@example.org
END:VEVENT
END:VCALENDAR
`

// foreign are the lines of an event that are none of ours and not about its time.
func foreign(e *event) []string {
	ours := []string{"DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE", "DTSTAMP", "LAST-MODIFIED", "CREATED", "SEQUENCE", "ATTENDEE", "ORGANIZER", "STATUS",
		"TRANSP"}
	var out []string
	for _, line := range e.lines {
		if !slices.Contains(ours, nameOf(line)) && !strings.HasPrefix(line, "X-BILATERAL") {
			out = append(out, line)
		}
	}
	slices.Sort(out)
	return out
}

func (w *world) adopted() *object {
	w.t.Helper()
	_, text := w.alice.do("GET", w.alice.collection+"old.ics", "", "")
	return parse(text)
}

func TestAnAdoptedSeriesKeepsAllThatOthersPutIntoIt(t *testing.T) {
	for _, s := range []string{"radicale, by mail", "cyrus"} {
		t.Run("on "+s, func(t *testing.T) {
			server := cyrus
			if s != "cyrus" {
				server = radicale
			}
			w := newMailWorld(t, server, settings{})
			w.alice.put(w.alice.collection+"old.ics", strings.ReplaceAll(existing, "\n", "\r\n"))
			before := w.adopted()
			w.guest.copies["7F3A-22"] = parse(existing) // which Dana has had ever since
			w.heard = w.dana.messages()
			contains(t, w.run(0, "adopt", "dana"), "7F3A-22", "FREQ=WEEKLY", "Tue 16 Oct 16:00 CEST", "Dana & Alice")
			w.run(3, "run", "--once") // no second series beside one that stands
			w.run(0, "adopt", "dana", "7F3A-22", "--yes")
			w.run(0, "start", "dana", "--yes")
			w.later(5*time.Minute, 0)
			if n := len(w.alice.objects(w.alice.collection)); n != 1 {
				t.Errorf("Alice has %d objects", n)
			}
			contains(t, w.adopted().events[0].String(), "X-BILATERAL")
			w.hears(0)
			w.reads(0)
			original, moved := w.berlin("2035-10-23 16:00"), w.berlin("2035-11-06 16:00")
			if p := w.status(0).period("2035-W45"); p.State != "held" || !p.Pinned {
				t.Errorf("what people moved before counts as %+v", p)
			}
			w.dana.books("board", original, "SUMMARY:Board")
			w.later(5*time.Minute, 0)
			w.later(15*time.Minute, 1)
			after := w.adopted()
			now := after.slot(t, original)
			w.legal(original, now.In(original.Location()), original)
			if was, is := foreign(before.events[0]), foreign(after.events[0]); !slices.Equal(was, is) {
				t.Errorf("the series was\n%s\nand is\n%s", strings.Join(was, "\n"), strings.Join(is, "\n"))
			}
			if was, is := foreign(before.events[0]), foreign(after.at(t, original)); !slices.Equal(was, is) {
				t.Errorf("the moved meeting should have\n%s\nand has\n%s", strings.Join(was, "\n"), strings.Join(is, "\n"))
			}
			if was, is := foreign(before.at(t, moved)), foreign(after.at(t, moved)); !slices.Equal(was, is) || !after.slot(t, moved).Equal(before.slot(t, moved)) {
				t.Errorf("the meeting that people had moved was\n%s\nand is\n%s", strings.Join(was, "\n"), strings.Join(is, "\n"))
			}
			contains(t, after.events[0].String(), "CUTYPE=ROOM", "mailto:room4@example.org", "X-NUM-GUESTS=0", "BEGIN:VALARM", "TRIGGER:-PT10M")
			if server == cyrus {
				w.hears(1)
				return
			}
			contains(t, w.reads(1)[0].text, "Where: Room 4, second floor", "https://meet.example.org/dana-alice")
			if hers := w.guest.copy().slot(t, original); !hers.Equal(now) {
				t.Errorf("Alice meets at %s and Dana at %s", now, hers)
			}
		})
	}
}
