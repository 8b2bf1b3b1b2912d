package engine

import (
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

// What was read of a calendar that reads empty all of a sudden is not taken for what is known of it: once it cannot be read
// at all, nothing would keep a meeting off the times that are taken there.
func TestAnEmptiedCalendarThatGoesDownIsPlannedByWhatItHeldBefore(t *testing.T) {
	for _, row := range []struct{ name, now, original string }{
		{"in winter", monday, "2026-12-02 14:30"},
		{"in the week in which only Berlin has set its clock back", "2026-10-19 14:00", "2026-10-28 14:30"},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := newOffice(t, row.now)
			o.settle()
			wednesday := utc(t, row.original)
			utcText := func(at time.Time) string { return at.Format("2006-01-02 15:04") }
			hers := []string{ // all but the meeting and Friday
				o.book(o.hers, utcText(wednesday.Add(-6*time.Hour)), utcText(wednesday), ""),
				o.book(o.hers, utcText(wednesday.Add(45*time.Minute)), utcText(wednesday.Add(9*time.Hour)), ""),
			}
			for _, day := range []int{-2, -1, 1} {
				morning := wednesday.AddDate(0, 0, day).Add(-6 * time.Hour)
				hers = append(hers, o.book(o.hers, utcText(morning), utcText(morning.Add(15*time.Hour)), ""))
			}
			o.settle()
			for _, uid := range hers {
				o.hers.Delete(uid + ".ics")
			}
			o.now = o.now.Add(5 * time.Minute)
			if r, err := o.Pass(t.Context(), Options{Now: o.now}); err != nil || r.Bilaterals[0].Code != "" && r.Bilaterals[0].Code != "fuse_blown" {
				t.Fatal(r, err)
			}
			o.hers.Fail(func(string) error { return &calendar.Error{Kind: calendar.Unreachable, Op: "read", Target: "hers"} })
			o.book(o.mine, utcText(wednesday), utcText(wednesday.Add(time.Hour)), "")
			for range 6 {
				o.now = o.now.Add(30 * time.Minute)
				if _, err := o.Pass(t.Context(), Options{Now: o.now}); err != nil {
					t.Fatal(err)
				}
			}
			if at := o.stands(row.original); !strings.HasPrefix(at, "Fri") {
				t.Errorf("it stands at %s; only Friday is free", at)
			}
		})
	}
}
