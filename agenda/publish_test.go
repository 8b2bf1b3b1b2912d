package agenda

import (
	"testing"
	"time"
)

func TestMomentsAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]Moment{
		"after previous":      {When: AfterPrevious},
		" After  previous ":   {When: AfterPrevious},
		"day before 16:00":    {When: DayBefore, Minute: 960},
		"day before 09:05":    {When: DayBefore, Minute: 545},
		"1h":                  {When: Ahead, Before: time.Hour},
		"90m":                 {When: Ahead, Before: 90 * time.Minute},
		"":                    {},
		"day before":          {},
		"day before 25:00":    {},
		"-1h":                 {},
		"0s":                  {},
		"the day before 16:0": {},
	} {
		got, err := ParseMoment(text)
		if (err != nil) != (want == Moment{}) || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestPublishMoments(t *testing.T) {
	policy := Policy{Show: Full, Publish: []Moment{{When: AfterPrevious}, {When: DayBefore, Minute: 960}, {When: Ahead, Before: time.Hour}}}
	at := func(s string) time.Time {
		got, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	const never = "1970-01-01T00:00:00Z"
	for _, row := range []struct {
		name, start, previous string
		zone                  *time.Location
		now, due, next        string
	}{
		{"before the previous meeting ended", "2026-12-02T15:30:00+01:00", "2026-11-25T16:15:00+01:00", berlin, "2026-11-25T16:00:00+01:00", "", "2026-11-25T16:15:00+01:00"},
		{"when it ended", "2026-12-02T15:30:00+01:00", "2026-11-25T16:15:00+01:00", berlin, "2026-11-25T16:15:00+01:00", "2026-11-25T16:15:00+01:00", "2026-12-01T16:00:00+01:00"},
		{"the first meeting has no previous one and is published at once", "2026-12-02T15:30:00+01:00", "", berlin, "2026-11-20T09:00:00+01:00", never, "2026-12-01T16:00:00+01:00"},
		{"a Monday's day before is Friday", "2026-12-07T15:30:00+01:00", "", berlin, "2026-12-04T16:00:00+01:00", "2026-12-04T16:00:00+01:00", "2026-12-07T14:30:00+01:00"},
		{"the day before is the owner's", "2026-12-02T02:00:00+01:00", "", newYork, "2026-11-30T15:59:00-05:00", never, "2026-11-30T16:00:00-05:00"},
		{"an hour before", "2026-12-02T15:30:00+01:00", "", berlin, "2026-12-02T14:45:00+01:00", "2026-12-02T14:30:00+01:00", ""},
		{"the clocks changed over the weekend", "2026-10-26T09:00:00+01:00", "", berlin, "2026-10-23T16:00:00+02:00", "2026-10-23T16:00:00+02:00", "2026-10-26T08:00:00+01:00"},
		{"a previous meeting that ends after this one starts is no moment", "2026-12-02T15:30:00+01:00", "2026-12-02T15:45:00+01:00", berlin, "2026-12-02T15:50:00+01:00", "2026-12-02T14:30:00+01:00", ""},
	} {
		timing := Timing{Start: at(row.start), Zone: row.zone, Workday: func(d time.Time) bool { return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday }}
		if row.previous != "" {
			timing.PreviousEnd = at(row.previous)
		}
		due, ok := policy.Due(timing, at(row.now))
		if ok != (row.due != "") || ok && !due.Equal(at(row.due)) {
			t.Errorf("%s: due %v %v, want %s", row.name, due, ok, row.due)
		}
		next, ok := policy.Next(timing, at(row.now))
		if ok != (row.next != "") || ok && !next.Equal(at(row.next)) {
			t.Errorf("%s: next %v %v, want %s", row.name, next, ok, row.next)
		}
	}
}

func TestSomebodyWithoutWorkdaysPublishesTheDayBefore(t *testing.T) {
	timing := Timing{Start: time.Date(2026, 12, 2, 14, 30, 0, 0, time.UTC), Zone: berlin, Workday: func(time.Time) bool { return false }}
	got := Moment{When: DayBefore, Minute: 960}.at(timing)
	if want := time.Date(2026, 12, 1, 16, 0, 0, 0, berlin); !got.Equal(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestWallClocksFollowTheStandard(t *testing.T) {
	for _, row := range []struct {
		name   string
		day    time.Time
		minute int
		zone   string
		want   string
	}{
		{"an ordinary time", date(2026, 12, 1), 960, "Europe/Berlin", "2026-12-01T15:00:00Z"},
		{"a time that comes twice is the first, in Berlin", date(2026, 10, 25), 150, "Europe/Berlin", "2026-10-25T00:30:00Z"},
		{"a time that comes twice is the first, in New York", date(2026, 11, 1), 90, "America/New_York", "2026-11-01T05:30:00Z"},
		{"a skipped time has the offset before, in Berlin", date(2026, 3, 29), 150, "Europe/Berlin", "2026-03-29T01:30:00Z"},
		{"a skipped time has the offset before, in New York", date(2026, 3, 8), 150, "America/New_York", "2026-03-08T07:30:00Z"},
		{"the hour after the clocks went back", date(2026, 10, 25), 180, "Europe/Berlin", "2026-10-25T02:00:00Z"},
		{"half an hour back, in Lord Howe", date(2026, 4, 5), 105, "Australia/Lord_Howe", "2026-04-04T14:45:00Z"},
		{"a midnight that does not exist, in Santiago", date(2026, 9, 6), 0, "America/Santiago", "2026-09-06T04:00:00Z"},
	} {
		if got := wallClock(row.day, row.minute, zone(row.zone)).UTC().Format(time.RFC3339); got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
	}
}
