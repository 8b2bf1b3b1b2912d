package vdir_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/vdir"
)

// folder10k is three years of a busy calendar, one event a file: 15 in 100 recur, some with exceptions, in two zones.
func folder10k(b *testing.B) string {
	path := b.TempDir()
	past := time.Now().Add(-time.Hour)
	for i := range 10_000 {
		start := time.Date(2025, 1, 1, 8+i%10, 0, 0, 0, time.UTC).AddDate(0, 0, i%1095)
		zone, rule := "Europe/Berlin", ""
		if i%3 == 0 {
			zone = "America/New_York"
		}
		if i%100 < 15 {
			rule = "RRULE:FREQ=WEEKLY;COUNT=40\r\nEXDATE;TZID=" + zone + ":" + start.AddDate(0, 0, 14).Format("20060102T150405") + "\r\n"
		}
		text := fmt.Sprintf("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//EN\r\nBEGIN:VEVENT\r\nUID:%d@example.org\r\n"+
			"DTSTAMP:20250101T000000Z\r\nDTSTART;TZID=%s:%s\r\nDURATION:PT45M\r\n%sSUMMARY:Meeting %d\r\nDESCRIPTION:Some text of two\\nlines\r\n"+
			"ORGANIZER:mailto:alice@example.org\r\nATTENDEE;CN=Dana Boss;PARTSTAT=ACCEPTED:mailto:dana@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
			i, zone, start.Format("20060102T150405"), rule, i)
		file := filepath.Join(path, fmt.Sprintf("%d.ics", i))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
		os.Chtimes(file, past, past)
	}
	time.Sleep(2100 * time.Millisecond) // until the files' times can be trusted
	return path
}

var eightWeeks = calendar.Query{Zone: time.UTC, Window: calendar.Span{
	Start: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)}}

func BenchmarkObserve10k(b *testing.B) {
	path := folder10k(b)
	for b.Loop() {
		o, err := vdir.New(path, time.Now).Observe(context.Background(), eightWeeks)
		if err != nil || o.Parsed != 10_000 || len(o.Events) == 0 {
			b.Fatal(o.Parsed, len(o.Events), err)
		}
	}
}

func BenchmarkObserveUnchanged10k(b *testing.B) {
	a := vdir.New(folder10k(b), time.Now)
	if _, err := a.Observe(context.Background(), eightWeeks); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if o, err := a.Observe(context.Background(), eightWeeks); err != nil || o.Parsed != 0 {
			b.Fatal(o.Parsed, err)
		}
	}
}

// The window moves on with every day; nothing is parsed for that, but everything is expanded.
func BenchmarkObserveNewWindow10k(b *testing.B) {
	a := vdir.New(folder10k(b), time.Now)
	q := eightWeeks
	for b.Loop() {
		q.Window.Start, q.Window.End = q.Window.Start.Add(time.Minute), q.Window.End.Add(time.Minute)
		if _, err := a.Observe(context.Background(), q); err != nil {
			b.Fatal(err)
		}
	}
}
