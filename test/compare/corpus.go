package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// corpus writes a busy calendar of that many events, one a file: three years around a Monday, 15 in 100 recur, of which some
// have exceptions and moved instances, in four zones; some are all-day, transparent, tentative, cancelled or declined. The
// same size gives the same bytes.
func corpus(dir string, events int) error {
	r := rand.New(rand.NewPCG(1, uint64(events)))
	monday := time.Date(2025, 6, 2, 0, 0, 0, 0, time.UTC)
	for i := range events {
		day := monday.AddDate(0, 0, r.IntN(3*365))
		if err := os.WriteFile(filepath.Join(dir, name(i)), []byte(object(r, i, day, 0)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// zones are the definitions that calendar programs write along, and that Radicale insists on.
var zones = map[string]string{
	"Europe/Berlin":    definition("Europe/Berlin", "+0100", "+0200", "-1SU;BYMONTH=3", "-1SU;BYMONTH=10"),
	"America/New_York": definition("America/New_York", "-0500", "-0400", "2SU;BYMONTH=3", "1SU;BYMONTH=11"),
	"Asia/Kolkata": "BEGIN:VTIMEZONE\r\nTZID:Asia/Kolkata\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0530\r\n" +
		"TZOFFSETTO:+0530\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
}

func definition(zone, winter, summer, spring, autumn string) string {
	part := func(kind, from, to, day string) string {
		return "BEGIN:" + kind + "\r\nDTSTART:19700101T020000\r\nRRULE:FREQ=YEARLY;BYDAY=" + day + "\r\nTZOFFSETFROM:" + from +
			"\r\nTZOFFSETTO:" + to + "\r\nEND:" + kind + "\r\n"
	}
	return "BEGIN:VTIMEZONE\r\nTZID:" + zone + "\r\n" + part("DAYLIGHT", winter, summer, spring) + part("STANDARD", summer, winter, autumn) +
		"END:VTIMEZONE\r\n"
}

func name(i int) string { return fmt.Sprintf("event-%05d.ics", i) }

// object is one file. A higher revision is the same event later in the day.
func object(r *rand.Rand, i int, day time.Time, revision int) string {
	uid := fmt.Sprintf("event-%05d@example.org", i)
	zone := []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"}[r.IntN(4)]
	minute := 8*60 + 15*r.IntN(40) + revision
	at := func(d time.Time, minute int) string {
		stamp := d.Add(time.Duration(minute) * time.Minute).Format("20060102T150405")
		if zone == "UTC" {
			return ":" + stamp + "Z"
		}
		return ";TZID=" + zone + ":" + stamp
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	head := func() {
		line("BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20250601T000000Z\r\nSEQUENCE:%d\r\nSUMMARY:Meeting %d about the %s", uid, revision, i,
			[]string{"budget", "roadmap", "hiring plan", "incident", "board"}[r.IntN(5)])
	}
	line("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//A calendar program//EN")
	b.WriteString(zones[zone])
	head()
	length := 15 * (1 + r.IntN(6))
	switch kind := r.IntN(100); {
	case kind < 5:
		line("DTSTART;VALUE=DATE:%s\r\nTRANSP:TRANSPARENT", day.Format("20060102"))
	case kind < 20:
		line("DTSTART%s\r\nDURATION:PT%dM\r\nRRULE:FREQ=WEEKLY;COUNT=%d", at(day, minute), length, 4+r.IntN(50))
		if kind < 12 {
			line("EXDATE%s", at(day.AddDate(0, 0, 7), minute))
		}
		if kind < 9 {
			line("END:VEVENT")
			head()
			line("RECURRENCE-ID%s\r\nDTSTART%s\r\nDURATION:PT%dM", at(day.AddDate(0, 0, 14), minute), at(day.AddDate(0, 0, 15), minute+60), length)
		}
	default:
		line("DTSTART%s\r\nDTEND%s", at(day, minute), at(day, minute+length))
	}
	line("STATUS:%s", []string{"CONFIRMED", "CONFIRMED", "CONFIRMED", "TENTATIVE", "CANCELLED"}[r.IntN(5)])
	for n := range r.IntN(6) {
		line("ATTENDEE;CN=Guest %d;PARTSTAT=%s:mailto:guest%d@example.org", n, []string{"ACCEPTED", "DECLINED", "NEEDS-ACTION"}[r.IntN(3)], n)
	}
	line("DESCRIPTION:%s", strings.Repeat("Notes that somebody took. ", r.IntN(8)))
	line("END:VEVENT\r\nEND:VCALENDAR")
	return b.String()
}
