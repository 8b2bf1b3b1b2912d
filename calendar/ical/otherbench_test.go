package ical

import (
	"bytes"
	"testing"
	"time"

	goical "github.com/emersion/go-ical"
)

// BenchmarkGoICalAndRRuleGo10k does with go-ical and rrule-go what BenchmarkExpand10k does, as their documentation shows:
// without overrides, and without the events whose zones they cannot read.
func BenchmarkGoICalAndRRuleGo10k(b *testing.B) {
	data := busyCalendar(10_000)
	from, to := time.Unix(1_796_083_200, 0).UTC(), time.Unix(1_796_083_200+56*day, 0).UTC()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		cal, err := goical.NewDecoder(bytes.NewReader(data)).Decode()
		if err != nil {
			b.Fatal(err)
		}
		found := 0
		for _, event := range cal.Events() {
			if set, err := event.RecurrenceSet(time.UTC); err == nil && set != nil {
				found += len(set.Between(from, to, true))
				continue
			}
			if start, err := event.DateTimeStart(time.UTC); err == nil && !start.Before(from) && start.Before(to) {
				found++
			}
		}
		if found == 0 {
			b.Fatal("nothing in the window")
		}
	}
}
