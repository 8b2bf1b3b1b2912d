package calendar

import (
	"testing"
	"time"
)

func TestAtResolvesWallClocksByRFC5545(t *testing.T) {
	rows := []struct {
		name, zone string
		date       Date
		minute     int
		want       string
	}{
		{"an ordinary afternoon in Berlin", "Europe/Berlin", Date{2026, 12, 2}, 15*60 + 30, "2026-12-02T14:30:00Z"},
		{"the same in New York", "America/New_York", Date{2026, 12, 2}, 15*60 + 30, "2026-12-02T20:30:00Z"},
		{"in Berlin's gap: the offset before it", "Europe/Berlin", Date{2026, 3, 29}, 2*60 + 30, "2026-03-29T01:30:00Z"},
		{"in New York's gap: 02:30 becomes 03:30 EDT", "America/New_York", Date{2026, 3, 8}, 2*60 + 30, "2026-03-08T07:30:00Z"},
		{"in Berlin's repeated hour: the first", "Europe/Berlin", Date{2026, 10, 25}, 2*60 + 30, "2026-10-25T00:30:00Z"},
		{"in New York's repeated hour: the first", "America/New_York", Date{2026, 11, 1}, 1*60 + 30, "2026-11-01T05:30:00Z"},
		{"in Lord Howe's half-hour gap", "Australia/Lord_Howe", Date{2026, 10, 4}, 2*60 + 15, "2026-10-03T15:45:00Z"},
		{"a midnight that does not exist, in Santiago", "America/Santiago", Date{2024, 9, 8}, 0, "2024-09-08T04:00:00Z"},
		{"1440 is the next midnight, over a change", "Europe/Berlin", Date{2026, 10, 25}, 24 * 60, "2026-10-25T23:00:00Z"},
		{"half past the hour in Kolkata", "Asia/Kolkata", Date{2026, 12, 2}, 9 * 60, "2026-12-02T03:30:00Z"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			zone, err := time.LoadLocation(r.zone)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.date.At(r.minute, zone).UTC().Format(time.RFC3339); got != r.want {
				t.Errorf("%s, want %s", got, r.want)
			}
		})
	}
}

func TestDaysCountAcrossMonthsYearsAndClockChanges(t *testing.T) {
	a, b := Date{2026, 12, 30}, Date{2027, 4, 1}
	if n := b.Days(a); n != 92 || a.Add(n) != b || a.Days(b) != -92 {
		t.Errorf("%d days from %s to %s", n, a, b)
	}
}
