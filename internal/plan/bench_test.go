package plan

import (
	"testing"
	"time"

	"bilateral/calendar"
)

// busyPair is eight weeks of two people with a dozen meetings a week each, a weekly 1:1 and a conflict in every week.
func busyPair(tb testing.TB) World {
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			tb.Fatal(err)
		}
		return z
	}
	var hours []Hours
	for d := time.Monday; d <= time.Friday; d++ {
		hours = append(hours, Hours{Weekday: d, From: 9 * 60, To: 18 * 60})
	}
	now := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	w := World{Now: now, Own: []string{"own"}, Policy: Policy{
		Cadence: Cadence{Unit: Week, Every: 1}, Prefer: Prefer{Weekday: time.Wednesday, Minute: 15*60 + 30}, Duration: 45 * time.Minute,
		Minimum: 20 * time.Minute, Horizon: Horizon{Days: 56}, Notice: 24 * time.Hour, Freeze: 2 * time.Hour, Settle: 10 * time.Minute,
		ActWithin: 14 * 24 * time.Hour, MaxMoves: 2, OnDelete: Ask,
		Mine:   Side{Name: "you", Zone: zone("Europe/Berlin"), Hours: hours},
		Theirs: Side{Name: "Dana", Zone: zone("America/New_York"), Hours: hours},
	}, Standing: &Standing{First: calendar.Date{Year: 2026, Month: 11, Day: 4}, Prefer: Prefer{Weekday: time.Wednesday, Minute: 15*60 + 30}, Duration: 45 * time.Minute}}
	for week := range 9 {
		monday := now.AddDate(0, 0, 7*week)
		slot := monday.Add(2*24*time.Hour + 7*time.Hour + 30*time.Minute)
		w.Instances = append(w.Instances, Instance{Original: slot, Slot: calendar.Span{Start: slot, End: slot.Add(45 * time.Minute)}})
		for k := range 12 {
			at := monday.Add(time.Duration(k*10) * time.Hour)
			w.Mine = append(w.Mine, calendar.Busy{Span: calendar.Span{Start: at, End: at.Add(time.Hour)}, Strength: calendar.Hard})
			at = at.Add(7 * time.Hour)
			w.Theirs = append(w.Theirs, calendar.Busy{Span: calendar.Span{Start: at, End: at.Add(2 * time.Hour)}, Strength: calendar.Hard})
		}
		w.Theirs = append(w.Theirs, calendar.Busy{Span: calendar.Span{Start: slot, End: slot.Add(time.Hour)}, Strength: calendar.Hard})
	}
	return w
}

func BenchmarkDecideEightWeeks(b *testing.B) {
	w := busyPair(b)
	b.ReportAllocs()
	for b.Loop() {
		Decide(w)
	}
}
