package main

import (
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/config"
	"bilateral/internal/plan"
)

func day(s string) calendar.Date {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return calendar.DateOf(t, time.UTC)
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestDatesAsPeopleWriteThem(t *testing.T) {
	for _, row := range []struct{ sentence, today, typed, want string }{
		{"an ISO date is itself", "2026-11-22", "2026-12-02", "2026-12-02"},
		{"today is today", "2026-11-22", "today", "2026-11-22"},
		{"tomorrow may be another month", "2026-11-30", "Tomorrow", "2026-12-01"},
		{"yesterday may be another year", "2027-01-01", "yesterday", "2026-12-31"},
		{"a weekday is the next one", "2026-11-22", "fri", "2026-11-27"},
		{"a weekday's own name on that day is a week later", "2026-11-27", "friday", "2026-12-04"},
		{"next fri is fri", "2026-11-22", "next fri", "2026-11-27"},
		{"in two weeks", "2026-11-22", "in 2 weeks", "2026-12-06"},
		{"in a week", "2026-11-22", "in a week", "2026-11-29"},
		{"a month that is shorter ends it", "2026-01-31", "in 1 month", "2026-02-28"},
		{"a year from a leap day", "2028-02-29", "in 1 year", "2029-02-28"},
		{"two weeks over the end of daylight saving time", "2026-10-18", "in 2 weeks", "2026-11-01"},
		{"spaces do not matter", "2026-11-22", "  in  3   days ", "2026-11-25"},
	} {
		got, err := parseDate(row.typed, day(row.today))
		if err != nil || got != day(row.want) {
			t.Errorf("%s: %q on %s is %v, %v; want %s", row.sentence, row.typed, row.today, got, err, row.want)
		}
	}
	for _, typed := range []string{"", "soon", "2026-13-01", "2026-02-30", "fr", "in weeks", "in -1 days", "12/02/2026"} {
		if got, err := parseDate(typed, day("2026-11-22")); err == nil {
			t.Errorf("%q was read as %v; it is no date", typed, got)
		}
	}
}

func TestMomentsAreReadInTheOwnersZone(t *testing.T) {
	for _, row := range []struct{ sentence, now, zone, typed, want string }{
		{"a date is its first moment", "2026-11-22T09:00:00Z", "Europe/Berlin", "2026-12-02", "2026-12-01T23:00:00Z"},
		{"the same date begins later in New York", "2026-11-22T09:00:00Z", "America/New_York", "2026-12-02", "2026-12-02T05:00:00Z"},
		{"today is the zone's today, not that of UTC", "2026-11-22T03:00:00Z", "America/New_York", "tomorrow 09:00", "2026-11-22T14:00:00Z"},
		{"a weekday with a time", "2026-11-22T09:00:00Z", "Europe/Berlin", "fri 15:30", "2026-11-27T14:30:00Z"},
		{"a time that occurs twice is the first", "2026-10-20T09:00:00Z", "Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30:00Z"},
		{"a time in the gap is read with the offset before it", "2027-03-20T09:00:00Z", "Europe/Berlin", "2027-03-28 02:30", "2027-03-28T01:30:00Z"},
		{"RFC 3339 carries its own offset", "2026-11-22T09:00:00Z", "Europe/Berlin", "2026-12-02T09:00:00-05:00", "2026-12-02T14:00:00Z"},
	} {
		now, _ := time.Parse(time.RFC3339, row.now)
		got, err := readMoment(row.typed, now, zone(t, row.zone))
		if err != nil || got.UTC().Format(time.RFC3339) != row.want {
			t.Errorf("%s: %q is %s, %v; want %s", row.sentence, row.typed, got.UTC().Format(time.RFC3339), err, row.want)
		}
	}
}

func TestPeriodsAreNamedByKeyOrByDate(t *testing.T) {
	for _, row := range []struct {
		sentence, typed string
		unit            plan.Unit
		want            string
	}{
		{"a week by its key", "2026-W49", plan.Week, "2026-W49"},
		{"a week in small letters", "2026-w49", plan.Week, "2026-W49"},
		{"a week by a date in it", "2026-12-02", plan.Week, "2026-W49"},
		{"the first of January may lie in the old year's last week", "2027-01-01", plan.Week, "2026-W53"},
		{"a week by a weekday", "fri", plan.Week, "2026-W48"},
		{"a day by its date", "2026-12-02", plan.Day, "2026-12-02"},
		{"a day by a word", "tomorrow", plan.Day, "2026-11-23"},
		{"a month by its key", "2026-12", plan.Month, "2026-12"},
		{"a month by a date in it", "2026-12-31", plan.Month, "2026-12"},
	} {
		got, err := periodKey(row.typed, row.unit, day("2026-11-22"))
		if err != nil || got != row.want {
			t.Errorf("%s: %q is %q, %v; want %q", row.sentence, row.typed, got, err, row.want)
		}
	}
	for _, row := range []struct {
		sentence, typed string
		unit            plan.Unit
	}{
		{"2027 has no week 53", "2027-W53", plan.Week},
		{"no year has a week 0", "2026-W00", plan.Week},
		{"a weekly bilateral has no months", "2026-12", plan.Week},
		{"a monthly one has no weeks", "2026-W49", plan.Month},
		{"there is no thirteenth month", "2026-13", plan.Month},
		{"a word that is no date", "someday", plan.Day},
	} {
		if got, err := periodKey(row.typed, row.unit, day("2026-11-22")); err == nil {
			t.Errorf("%s: %q was read as %q", row.sentence, row.typed, got)
		}
	}
}

func TestTheTimeOfAMoveIsInThePeriodAndTheOwnersZone(t *testing.T) {
	weekly := plan.Policy{Cadence: plan.Cadence{Unit: plan.Week, Every: 1}, Prefer: plan.Prefer{Weekday: time.Wednesday}}
	fortnightly := plan.Policy{Cadence: plan.Cadence{Unit: plan.Week, Every: 2}, Prefer: plan.Prefer{Weekday: time.Wednesday}}
	monthly := plan.Policy{Cadence: plan.Cadence{Unit: plan.Month, Every: 1}, Prefer: plan.Prefer{Weekday: time.Wednesday, Nth: 2}}
	daily := plan.Policy{Cadence: plan.Cadence{Unit: plan.Day, Every: 1}}
	for _, row := range []struct {
		sentence, zone           string
		policy                   plan.Policy
		key, period, typed, want string
	}{
		{"a weekday is the one of that week", "Europe/Berlin", weekly, "2026-W49", "2026-W49", "thu 16:00", "2026-12-03T15:00:00Z"},
		{"a time alone is on the preferred day", "Europe/Berlin", weekly, "2026-W49", "2026-W49", "16:00", "2026-12-02T15:00:00Z"},
		{"a time alone is on the date that was given", "Europe/Berlin", weekly, "2026-W49", "2026-12-04", "16:00", "2026-12-04T15:00:00Z"},
		{"a weekday is the one of the week of the date that was given", "Europe/Berlin", weekly, "2026-W50", "2026-12-08", "thu 16:00", "2026-12-10T15:00:00Z"},
		{"an owner in New York means New York", "America/New_York", weekly, "2026-W49", "2026-W49", "thu 16:00", "2026-12-03T21:00:00Z"},
		{"in summer time the hour is another", "Europe/Berlin", weekly, "2026-W26", "2026-W26", "thu 16:00", "2026-06-25T14:00:00Z"},
		{"a date with a time", "Europe/Berlin", weekly, "2026-W49", "2026-W49", "2026-12-01 9:30", "2026-12-01T08:30:00Z"},
		{"a local time as status offers it", "Europe/Berlin", weekly, "2026-W49", "2026-W49", "2026-12-01T09:30", "2026-12-01T08:30:00Z"},
		{"of two weeks the first has the preferred day", "Europe/Berlin", fortnightly, "2026-W50", "2026-W50", "16:00", "2026-12-09T15:00:00Z"},
		{"where the second of two weeks is named, it is meant", "Europe/Berlin", fortnightly, "2026-W50", "2026-W51", "thu 16:00", "2026-12-17T15:00:00Z"},
		{"also by a time alone", "Europe/Berlin", fortnightly, "2026-W50", "2026-w51", "16:00", "2026-12-16T15:00:00Z"},
		{"also by a date in it", "Europe/Berlin", fortnightly, "2026-W50", "2026-12-15", "thu 16:00", "2026-12-17T15:00:00Z"},
		{"a month has its preferred day", "Europe/Berlin", monthly, "2026-12", "2026-12", "16:00", "2026-12-09T15:00:00Z"},
		{"a month has a first Thursday", "Europe/Berlin", monthly, "2026-12", "2026-12", "first thu 16:00", "2026-12-03T15:00:00Z"},
		{"and a last one", "Europe/Berlin", monthly, "2027-02", "2027-02", "last Thursday 16:00", "2027-02-25T15:00:00Z"},
		{"a date in a month names a week", "Europe/Berlin", monthly, "2026-12", "2026-12-15", "thu 16:00", "2026-12-17T15:00:00Z"},
		{"a date in a month that is written out", "Europe/Berlin", monthly, "2026-12", "2026-12", "2026-12-22 16:00", "2026-12-22T15:00:00Z"},
		{"the weekday of a day that is far off", "Europe/Berlin", daily, "2026-12-10", "2026-12-10", "thu 16:00", "2026-12-10T15:00:00Z"},
	} {
		z := zone(t, row.zone)
		a := &app{pretended: day("2026-11-22").At(600, z), loaded: &config.Config{Me: config.Me{Zone: z}}, stateFlag: t.TempDir()}
		row.policy.Mine.Zone = z
		got, err := a.startIn(config.Bilateral{Policy: row.policy}, row.key, row.period, row.typed)
		if err != nil || got.UTC().Format(time.RFC3339) != row.want {
			t.Errorf("%s: %q is %s, %v; want %s", row.sentence, row.typed, got.UTC().Format(time.RFC3339), err, row.want)
		}
		if got, err := a.startIn(config.Bilateral{Policy: row.policy}, "2026-12", "2026-12", "thu 16:00"); err == nil && row.policy.Cadence.Unit == plan.Month {
			t.Errorf("a Thursday of a month may be one of five, and was taken for %s", got)
		}
	}
}

func TestStandingTimesSuitTheCadence(t *testing.T) {
	for _, row := range []struct {
		typed string
		unit  plan.Unit
		want  plan.Prefer
	}{
		{"15:30", plan.Day, plan.Prefer{Minute: 930}},
		{"wed 15:30", plan.Week, plan.Prefer{Weekday: time.Wednesday, Minute: 930}},
		{"Last Friday 9:00", plan.Month, plan.Prefer{Weekday: time.Friday, Nth: -1, Minute: 540}},
		{"second Mon 09:05", plan.Month, plan.Prefer{Weekday: time.Monday, Nth: 2, Minute: 545}},
	} {
		got, err := parsePrefer(row.typed, row.unit)
		if err != nil || got != row.want {
			t.Errorf("%q is %+v, %v; want %+v", row.typed, got, err, row.want)
		}
		if back, err := parsePrefer(preferText(got, row.unit), row.unit); err != nil || back != got {
			t.Errorf("%q does not survive being written as %q", row.typed, preferText(got, row.unit))
		}
	}
	for _, typed := range []string{"wed", "15:30", "wed 15:31", "wed 24:00", "first wed 15:30", "foo 15:30"} {
		if got, err := parsePrefer(typed, plan.Week); err == nil {
			t.Errorf("%q was read as %+v for a weekly one", typed, got)
		}
	}
}

func FuzzDates(f *testing.F) {
	for _, s := range []string{"2026-12-02", "in 9999 years", "fri", "2026-W53", "0000-W00", "2026-12"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		today := day("2026-11-22")
		if d, err := parseDate(s, today); err == nil && d.Add(0) != d {
			t.Errorf("%q gave %v, which is no date of the calendar", s, d)
		}
		for _, unit := range []plan.Unit{plan.Day, plan.Week, plan.Month} {
			if key, err := periodKey(s, unit, today); err == nil && key == "" {
				t.Errorf("%q gave an empty key", s)
			}
		}
	})
}
