package ical

import (
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

func TestASplitSeriesTakesOverWhatPeopleWroteIntoTheOldOne(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	old := strings.ReplaceAll(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VTIMEZONE
TZID:Custom
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0100
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:old
DTSTAMP:20261101T000000Z
DTSTART;TZID=Europe/Berlin:20261104T153000
DTEND;TZID=Europe/Berlin:20261104T161500
RRULE:FREQ=WEEKLY
EXDATE;TZID=Europe/Berlin:20261111T153000
SEQUENCE:7
SUMMARY:Old title
ORGANIZER:mailto:alice@example.org
ATTENDEE;PARTSTAT=ACCEPTED:mailto:alice@example.org
ATTENDEE;PARTSTAT=ACCEPTED:mailto:dana@example.org
ATTENDEE;CN=Office:mailto:office@example.org
X-BILATERAL:abc
X-ZOOM-LINK;TZ=Custom:https://zoom.example/1
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT5M
END:VALARM
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n")
	for _, row := range []struct {
		name, start, want string
	}{
		{"in winter time", "2026-12-03T15:00:00Z", "DTSTART;TZID=Europe/Berlin:20261203T160000"},
		{"after the clocks went forward", "2027-04-01T14:00:00Z", "DTSTART;TZID=Europe/Berlin:20270401T160000"},
	} {
		t.Run(row.name, func(t *testing.T) {
			start, err := time.Parse(time.RFC3339, row.start)
			if err != nil {
				t.Fatal(err)
			}
			c := calendar.Change{UID: "new", Create: &calendar.Draft{Title: "New title", Start: start, Zone: zone, Duration: 45 * time.Minute,
				Rule: "FREQ=WEEKLY", Mark: calendar.Mark{"id": "abc"}}}
			data, err := NewLike(c, []byte(old), start)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.ReplaceAll(string(data), "\r\n ", "")
			for _, line := range []string{row.want, "SUMMARY:New title", "mailto:office@example.org", "X-ZOOM-LINK;TZ=Custom:https://zoom.example/1",
				"BEGIN:VALARM", "TZID:Custom", "ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:dana@example.org", "ORGANIZER:mailto:alice@example.org"} {
				if strings.Count(text, line) != 1 {
					t.Errorf("%q stands %d times", line, strings.Count(text, line))
				}
			}
			for _, line := range []string{"EXDATE", "Old title", "UID:old", "SEQUENCE:7"} {
				if strings.Contains(text, line) {
					t.Errorf("%q was taken over", line)
				}
			}
			if t.Failed() {
				t.Log(text)
			}
		})
	}
}
