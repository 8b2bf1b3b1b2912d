package config

import (
	"testing"
	"time"

	"bilateral/internal/plan"
)

func TestLengthsOfTime(t *testing.T) {
	rows := map[string]time.Duration{ // -1: refused
		"45m": 45 * time.Minute, "2h": 2 * time.Hour, "1h30m": 90 * time.Minute, "1h 30m": 90 * time.Minute, "0m": 0, "0": 0, "24h": day,
		"8 weeks": 56 * day, "1 week": 7 * day, "10 days": 10 * day, "2w": 14 * day, "3d": 3 * day, "10 minutes": 10 * time.Minute, "2 Hours": 2 * time.Hour,
		"": -1, "-5m": -1, "5": -1, "weeks": -1, "3 months": -1, "1 fortnight": -1, "99999999999999999999 weeks": -1, "100000 weeks": -1, "1.5 weeks": -1,
	}
	for text, want := range rows {
		got, err := parseDuration(text)
		if want < 0 && err == nil || want >= 0 && (got != want || err != nil) {
			t.Errorf("%q: %s, %v", text, got, err)
		}
		if want > 0 {
			if again, err := parseDuration(spoken(want)); again != want || err != nil {
				t.Errorf("%s is written %q", want, spoken(want))
			}
		}
	}
}

func TestHorizons(t *testing.T) {
	rows := map[string]plan.Horizon{"3 months": {Months: 3}, "1 month": {Months: 1}, "8 weeks": {Days: 56}, "10 days": {Days: 10}, "48h": {Days: 2}}
	for text, want := range rows {
		if got, err := parseHorizon(text); got != want || err != nil {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	if _, err := parseHorizon("36h"); err == nil {
		t.Error("a day and a half was accepted")
	}
}

func TestHours(t *testing.T) {
	mon, wed, fri, sat, sun := time.Monday, time.Wednesday, time.Friday, time.Saturday, time.Sunday
	rows := []struct {
		text     string
		days     []time.Weekday // nil: refused
		from, to int
	}{
		{"Mon-Fri 09:00-12:00", week[:5], 540, 720},
		{"Mon,Wed 9:00-12:30", []time.Weekday{mon, wed}, 540, 750},
		{"Mon, Wed 09:00-12:00", []time.Weekday{mon, wed}, 540, 720},
		{"monday,Fri-sun 00:00-24:00", []time.Weekday{mon, fri, sat, sun}, 0, 1440},
		{"Sat-Mon 10:00-11:00", []time.Weekday{sat, sun, mon}, 600, 660},
		{"Wed 22:00-24:00", []time.Weekday{wed}, 1320, 1440},
		{"Mon-Fri 09:00", nil, 0, 0}, {"09:00-12:00", nil, 0, 0}, {"Mon-Fri", nil, 0, 0}, {"", nil, 0, 0}, {"Mo 09:00-12:00", nil, 0, 0},
		{"Mon 12:00-09:00", nil, 0, 0}, {"Mon 09:00-09:00", nil, 0, 0}, {"Mon 09:00-24:01", nil, 0, 0}, {"Mon 09:60-12:00", nil, 0, 0},
		{"Mon 9-12", nil, 0, 0}, {"Mon +9:00-12:00", nil, 0, 0}, {"Mon 09:0-12:00", nil, 0, 0}, {"Mon- 09:00-12:00", nil, 0, 0}, {"Monster 09:00-12:00", nil, 0, 0},
	}
	for _, row := range rows {
		var want []plan.Hours
		for _, d := range row.days {
			want = append(want, plan.Hours{Weekday: d, From: row.from, To: row.to})
		}
		got, err := parseHours(row.text)
		if (err == nil) != (row.days != nil) {
			t.Errorf("%q: %v", row.text, err)
		}
		same(t, row.text, got, want)
	}
}

func TestPreferReadsBackAsWritten(t *testing.T) {
	rows := map[string]plan.Unit{"15:30": plan.Day, "Wed 15:30": plan.Week, "first Wed 15:30": plan.Month, "last Fri 10:00": plan.Month, "fourth Mon 00:05": plan.Month}
	for text, unit := range rows {
		p, err := parsePrefer(text, unit)
		if got := preferText(p, unit); got != text || err != nil {
			t.Errorf("%q reads as %q, %v", text, got, err)
		}
	}
	for _, bad := range []string{"24:00", "15:31", "Wed 15:30", "", "half past nine"} {
		if _, err := parsePrefer(bad, plan.Day); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestZonesThatWereMeant(t *testing.T) {
	rows := map[string]string{"Berlin": "Europe/Berlin", "new york": "America/New_York", "europe/berlin": "Europe/Berlin", "US/Los Angeles": "America/Los_Angeles",
		"Asia/Tokio": "Asia/Tokyo", "CEST": "Europe/Berlin", "America/NewYork": "America/New_York"}
	for name, want := range rows {
		if got := meantZones(name); got[0] != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}
