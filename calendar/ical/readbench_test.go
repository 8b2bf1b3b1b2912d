package ical

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// busyCalendar is a deterministic calendar of an executive: events over three years, 15 % of them recurring, with
// overrides, EXDATEs, several zones and Exchange's names for them, invitations and long descriptions.
func busyCalendar(events int) []byte {
	r := rand.New(rand.NewPCG(20261122, 7))
	zones := []string{"America/New_York", "America/New_York", "Europe/London", "Europe/Berlin", "Asia/Kolkata", "Eastern Standard Time",
		"W. Europe Standard Time", `"(UTC-05:00) Eastern Time (US & Canada)"`, "Customized Time Zone"}
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//bench//EN\r\n")
	b.WriteString(strings.ReplaceAll(vtimezone1601("Customized Time Zone"), "\n", "\r\n") + "\r\n")
	for i := range events {
		day := time.Date(2025, 6, 1+r.IntN(3*365), 8+r.IntN(10), 15*r.IntN(4), 0, 0, time.UTC)
		zone := zones[r.IntN(len(zones))]
		local := func(t time.Time) string { return ";TZID=" + zone + ":" + t.Format("20060102T150405") + "\r\n" }
		begin := func(start time.Time) {
			fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:%08d@example.org\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:Meeting %d\r\n", i, i)
			b.WriteString("DTSTART" + local(start) + "DTEND" + local(start.Add(45*time.Minute)))
		}
		finish := func() {
			for range r.IntN(8) {
				fmt.Fprintf(&b, "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=\"Guest %d\"\r\n ;X-NUM-GUESTS=0:mailto:guest%d@example.org\r\n", r.IntN(300), r.IntN(300))
			}
			b.WriteString("DESCRIPTION:" + strings.Repeat("Please read the deck before the meeting\\, and note open questi\r\n ons. ", r.IntN(30)) + "\r\n")
			b.WriteString("BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT10M\r\nEND:VALARM\r\nEND:VEVENT\r\n")
		}
		begin(day)
		if i%20 >= 3 {
			finish()
			continue
		}
		b.WriteString([]string{"RRULE:FREQ=WEEKLY\r\n", "RRULE:FREQ=DAILY;COUNT=90\r\n", "RRULE:FREQ=MONTHLY;BYDAY=-1FR\r\n"}[i%3])
		b.WriteString("EXDATE" + local(day.AddDate(0, 0, 7)))
		finish()
		if i%2 == 0 {
			begin(day.AddDate(0, 0, 15))
			b.WriteString("RECURRENCE-ID" + local(day.AddDate(0, 0, 14)))
			finish()
		}
	}
	b.WriteString("END:VCALENDAR\r\n")
	return []byte(b.String())
}

// BenchmarkExpand10k parses a calendar of 10,000 events and expands eight weeks of it.
func BenchmarkExpand10k(b *testing.B) {
	data := busyCalendar(10_000)
	v := View{Window: span(1_796_083_200, 1_796_083_200+56*day), Zone: time.UTC}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		f := Parse("bench.ics", data)
		events, unplaced := Expand([]*File{f}, v)
		if len(events) < 1000 || len(unplaced)+len(f.Unreadable()) > 0 {
			b.Fatalf("%d events, %v", len(events), unplaced)
		}
	}
}

// BenchmarkExpandOnly is a pass over a calendar that did not change.
func BenchmarkExpandOnly(b *testing.B) {
	f := Parse("bench.ics", busyCalendar(10_000))
	v := View{Window: span(1_796_083_200, 1_796_083_200+56*day), Zone: time.UTC}
	b.ReportAllocs()
	for b.Loop() {
		Expand([]*File{f}, v)
	}
}
