package imip_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/ical"
	"bilateral/calendar/imip"
)

// Whatever people call things, a message is one well-formed object of one event, that says what it was told to.
func FuzzRequest(f *testing.F) {
	f.Add("Alice / Dana", "Room 4", "[ ] Vendor B", "Dana Boss", "FREQ=WEEKLY", int64(0))
	f.Add("a\r\nEND:VEVENT\r\nEND:VCALENDAR", `\;,"`, "x\x00\u2028", "a^b\"c;d:e", "FREQ=DAILY;UNTIL=20270101", int64(1774746000))
	f.Fuzz(func(t *testing.T, title, location, agenda, name, rule string, at int64) {
		e := envelope(t)
		e.To.Name = name
		start := time.Unix(1_700_000_000+at%500_000_000, 0).UTC()
		s := calendar.Series{UID: "w1@example.org", Start: start, Zone: e.FromZone, Duration: time.Hour, Rule: rule, Title: title,
			Location: location, Description: agenda, Link: "https://" + location}
		m := imip.Request(e, s)
		if strings.ContainsAny(m.Subject, "\r\n") || strings.Contains(m.Text, "\r") {
			t.Errorf("subject %q, text %q", m.Subject, m.Text)
		}
		for line := range bytes.SplitSeq(m.Calendar, []byte("\r\n")) {
			if len(line) > 75 || bytes.ContainsAny(line, "\r\n") {
				t.Errorf("line %q", line)
			}
		}
		file := ical.Parse("mail", m.Calendar)
		read := ical.SeriesOf([]*ical.File{file}, ical.View{Window: calendar.Span{Start: start, End: start.AddDate(0, 0, 1)}},
			func(ical.Meta) bool { return true })
		if len(read) != 1 || !read[0].Start.Equal(start) || len(read[0].Attendees) != 2 {
			t.Fatalf("read %+v from\n%s", read, m.Calendar)
		}
	})
}
