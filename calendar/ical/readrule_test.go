package ical

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"
)

func wall(t testing.TB, s string) int64 {
	t.Helper()
	m, err := parseMoment([]byte(s), "")
	if err != nil {
		t.Fatal(err)
	}
	return m.wall
}

func plenty() *effort { return &effort{allInstances, allSteps} }

// follow expands a rule on the wall clock and writes the result as people write dates.
func follow(t *testing.T, rule, start, from, to string) []string {
	t.Helper()
	r, err := parseRule(rule)
	if err != nil {
		t.Fatal(err)
	}
	walls, err := r.walls(wall(t, start), wall(t, from), wall(t, to), plenty())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, w := range walls {
		out = append(out, strings.TrimSuffix(time.Unix(w, 0).UTC().Format("2006-01-02 15:04:05"), ":00"))
	}
	return out
}

func TestRule(t *testing.T) {
	for _, c := range []struct{ name, rule, start, from, to, want string }{
		{"every other week counts weeks from WKST", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO", "20260106T0900", "20260101", "20260131",
			"2026-01-06 09:00,2026-01-11 09:00,2026-01-20 09:00,2026-01-25 09:00"},
		{"and another WKST makes other weeks of them", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "20260106T0900", "20260101", "20260131",
			"2026-01-06 09:00,2026-01-18 09:00,2026-01-20 09:00"},
		{"WEEKLY;BYSETPOS chooses from the whole week, also where the series begins inside it", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2", "20260107T0900", "20260101", "20260117",
			"2026-01-07 09:00,2026-01-14 09:00"},
		{"the last working day of the month", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "20260130T1600", "20260101", "20260401",
			"2026-01-30 16:00,2026-02-27 16:00,2026-03-31 16:00"},
		{"the 31st skips short months", "FREQ=MONTHLY", "20260131T1600", "20260101", "20260601", "2026-01-31 16:00,2026-03-31 16:00,2026-05-31 16:00"},
		{"29 February comes in leap years", "FREQ=YEARLY", "20240229T1200", "20240101", "20330101", "2024-02-29 12:00,2028-02-29 12:00,2032-02-29 12:00"},
		{"BYWEEKNO without BYDAY means the weekday of DTSTART", "FREQ=YEARLY;BYWEEKNO=20", "20260513T0900", "20260101", "20280101", "2026-05-13 09:00,2027-05-19 09:00"},
		{"week 53 from the end", "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO", "20261228T0900", "20260101", "20290101", "2026-12-28 09:00,2027-12-27 09:00,2028-12-25 09:00"},
		{"numbered weekdays of the year", "FREQ=YEARLY;BYDAY=20MO,-1FR", "20260518T0900", "20260101", "20270101", "2026-05-18 09:00,2026-12-25 09:00"},
		{"days of the year from both ends", "FREQ=YEARLY;BYYEARDAY=60,-1", "20240229T0900", "20240101", "20260101", "2024-02-29 09:00,2024-12-31 09:00,2025-03-01 09:00,2025-12-31 09:00"},
		{"COUNT is counted from the first instance, not from the window", "FREQ=DAILY;COUNT=10", "20260101T0900", "20260109", "20260201", "2026-01-09 09:00,2026-01-10 09:00"},
		{"COUNT with several times a day ends in the middle of one", "FREQ=DAILY;BYHOUR=9,12,15;COUNT=5", "20260101T0900", "20260102", "20260201", "2026-01-02 09:00,2026-01-02 12:00"},
		{"a rule of hours with BYHOUR that its steps meet now and then", "FREQ=HOURLY;INTERVAL=5;BYHOUR=9", "20260101T0900", "20260101", "20260112", "2026-01-01 09:00,2026-01-06 09:00,2026-01-11 09:00"},
		{"a rule of seconds", "FREQ=SECONDLY;BYHOUR=1;BYMINUTE=3;BYSECOND=5,6", "20260216T010305", "20260216", "20260217", "2026-02-16 01:03:05,2026-02-16 01:03:06"},
		{"BYSETPOS in a rule of hours", "FREQ=HOURLY;BYMINUTE=0,20,40;BYSETPOS=-1", "20260101T0940", "20260101", "20260101T1200", "2026-01-01 09:40,2026-01-01 10:40,2026-01-01 11:40"},
		{"an old rule reaches the window at once", "FREQ=MONTHLY;INTERVAL=7;BYDAY=2TU", "16010113T0900", "20260101", "20270101", "2026-04-14 09:00,2026-11-10 09:00"},
		{"leniently written: case, blanks, a last semicolon, an X- part", " freq=weekly ; count=2; X-NOTE=1;", "20260106T0900", "20260101", "20260201", "2026-01-06 09:00,2026-01-13 09:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(follow(t, c.rule, c.start, c.from, c.to), ","); got != c.want {
				t.Errorf("%s\n got %s\nwant %s", c.rule, got, c.want)
			}
		})
	}
}

func TestRuleRefused(t *testing.T) {
	for _, c := range []struct{ name, rule, why string }{
		{"no frequency", "INTERVAL=2", "without FREQ"},
		{"an interval of nothing", "FREQ=DAILY;INTERVAL=0", "INTERVAL=0"},
		{"a count of nothing", "FREQ=DAILY;COUNT=0", "COUNT=0"},
		{"a comma for a semicolon", "FREQ=WEEKLY,BYDAY=MO", "FREQ=WEEKLY,BYDAY=MO"},
		{"another calendar", "RSCALE=HEBREW;FREQ=YEARLY", "RFC 7529"},
		{"a part that nobody specified", "FREQ=YEARLY;BYEASTER=1", "BYEASTER"},
		{"a weekday number zero", "FREQ=MONTHLY;BYDAY=0TH", "0TH"},
		{"an hour past the day", "FREQ=DAILY;BYHOUR=24", "BYHOUR=24"},
		{"a broken UNTIL", "FREQ=DAILY;UNTIL=20261399", "UNTIL"},
		{"weeks of a month", "FREQ=MONTHLY;BYWEEKNO=3", "BYWEEKNO"},
		{"more text than any rule needs", "FREQ=DAILY;X-A=" + strings.Repeat("a", maxRule), "bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := parseRule(c.rule); err == nil || !strings.Contains(err.Error(), c.why) {
				t.Errorf("got %v, want an error with %q", err, c.why)
			}
		})
	}
}

// A rule that other engines hang on is followed in bounded steps, or given up with a reason.
func TestRuleBomb(t *testing.T) {
	for _, c := range []struct {
		name, rule, start string
		want              error
	}{
		{"every second for ever", "FREQ=SECONDLY", "19700101T000000", errInstances},
		{"30 February by the second", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "20200101T000000", nil},
		{"hours that the step never meets", "FREQ=HOURLY;INTERVAL=4;BYHOUR=7,11,15,19", "19970902T090000", nil},
		{"seconds that the step never meets", "FREQ=SECONDLY;INTERVAL=360;BYSECOND=10,28,49", "19970902T090000", nil},
		{"a thousand million days", "FREQ=DAILY;COUNT=1000000000", "20200101T000000", nil},
		{"a thousand million seconds, some of them", "FREQ=SECONDLY;COUNT=1000000000;BYSECOND=0,1", "19700101T000000", errSteps},
		{"an interval past 2^64", "FREQ=DAILY;INTERVAL=999999999999999999999", "20200101T000000", nil},
		{"a position that no set has", "FREQ=DAILY;BYSETPOS=366;BYDAY=MO", "20200101T000000", nil},
		{"every day since the year 1", "FREQ=DAILY;UNTIL=99991231T235959Z", "00010101T000000", nil},
		{"all seconds of every year, chosen from", "FREQ=YEARLY;BYSETPOS=-1;BYMONTH=12;BYMONTHDAY=31;BYHOUR=0,23;BYMINUTE=0,59;BYSECOND=0,59", "20200101T000000", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := parseRule(c.rule)
			if err != nil {
				t.Fatal(err)
			}
			left := plenty()
			walls, err := r.walls(wall(t, c.start), wall(t, "20261201"), wall(t, "20270301"), left)
			if err != c.want {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if len(walls) > maxInstances || allSteps-left.steps > maxSteps {
				t.Errorf("took %d steps for %d instances", allSteps-left.steps, len(walls))
			}
		})
	}
}

// The engine agrees with rrule-go in UTC on the shapes on which that is right: no WEEKLY;BYSETPOS, no BYWEEKNO without
// BYDAY, nothing finer than DAILY, and nothing that never matches, since it would not come back.
func TestRuleAgainstRRuleGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawRule(t)
		start := time.Date(rapid.IntRange(2015, 2026).Draw(t, "year"), 1, rapid.IntRange(1, 365).Draw(t, "day"),
			rapid.IntRange(0, 23).Draw(t, "hour"), rapid.SampledFrom([]int{0, 30}).Draw(t, "minute"), 0, 0, time.UTC)
		from := time.Date(2025, 1, rapid.IntRange(1, 730).Draw(t, "from"), 0, 0, 0, 0, time.UTC)
		to := from.AddDate(0, 0, rapid.IntRange(1, 800).Draw(t, "days"))

		option, err := rrule.StrToROption(text)
		if err != nil {
			t.Fatal(err)
		}
		option.Dtstart = start
		theirs, err := rrule.NewRRule(*option)
		if err != nil {
			t.Fatal(err)
		}
		var want []int64
		for _, at := range theirs.Between(from, to, true) {
			want = append(want, at.Unix())
		}
		r, err := parseRule(text)
		if err != nil {
			t.Fatal(err)
		}
		last := to.Unix()
		if r.until.form != absent {
			last = min(last, r.until.wall)
		}
		got, err := r.walls(start.Unix(), from.Unix(), last, plenty())
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s from %s in %s to %s\n got %d\nwant %d", text, start, from, to, got, want)
		}
	})
}

func drawRule(t *rapid.T) string {
	freq := rapid.SampledFrom([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}).Draw(t, "freq")
	parts := []string{"FREQ=" + freq, fmt.Sprintf("INTERVAL=%d", rapid.IntRange(1, 5).Draw(t, "interval"))}
	add := func(name string, values []string) { parts = append(parts, name+"="+strings.Join(values, ",")) }
	some := func(label string, from []string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, 4, rapid.ID[string]).Draw(t, label)
	}
	yes := func(label string) bool { return rapid.Bool().Draw(t, label) }
	plainDays := []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
	switch freq {
	case "MONTHLY", "YEARLY":
		switch rapid.IntRange(0, 4).Draw(t, "shape") {
		case 1:
			add("BYDAY", some("nth", []string{"1MO", "-1FR", "2TU", "3WE", "-2SU", "4SA", "1SU"}))
		case 2:
			add("BYMONTHDAY", some("dom", []string{"1", "15", "28", "-1", "-28", "31"}))
		case 3:
			add("BYDAY", some("day", plainDays))
			add("BYSETPOS", some("pos", []string{"1", "-1", "2", "3"}))
		case 4:
			if freq == "YEARLY" {
				add("BYYEARDAY", some("doy", []string{"1", "100", "200", "-1", "-50"}))
				return finish(t, parts)
			}
		}
		// An interval of months that never meets BYMONTH would not come back from rrule-go.
		if parts[1] == "INTERVAL=1" && yes("months") {
			add("BYMONTH", some("month", []string{"1", "2", "3", "6", "10", "12"}))
			if slices.ContainsFunc(parts, func(s string) bool { return strings.HasPrefix(s, "BYMONTHDAY") }) {
				parts = slices.DeleteFunc(parts, func(s string) bool { return strings.HasPrefix(s, "BYMONTHDAY") })
				add("BYMONTHDAY", []string{"1", "-1"})
			} else if len(parts) == 3 { // the day of DTSTART may be one that February never has
				add("BYMONTHDAY", []string{"5"})
			}
		}
	default:
		if yes("days") {
			add("BYDAY", some("day", plainDays))
		}
		if freq == "DAILY" && parts[1] == "INTERVAL=1" && yes("months") {
			add("BYMONTH", some("month", []string{"1", "2", "6", "12"}))
		}
		if yes("hours") {
			add("BYHOUR", some("hour", []string{"0", "9", "12", "23"}))
		}
	}
	if freq == "WEEKLY" && yes("wkst") {
		add("WKST", []string{rapid.SampledFrom(plainDays).Draw(t, "wkst day")})
	}
	return finish(t, parts)
}

func finish(t *rapid.T, parts []string) string {
	switch rapid.IntRange(0, 2).Draw(t, "end") {
	case 1:
		parts = append(parts, fmt.Sprintf("COUNT=%d", rapid.IntRange(1, 300).Draw(t, "count")))
	case 2:
		parts = append(parts, "UNTIL=20270315T120000Z")
	}
	return strings.Join(parts, ";")
}

func FuzzRule(f *testing.F) {
	f.Add("FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=1;COUNT=5", int64(1_700_000_000))
	f.Add("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYHOUR=1,2;UNTIL=20301231", int64(-11_644_473_600))
	f.Add("FREQ=SECONDLY;INTERVAL=7;BYMINUTE=3;BYYEARDAY=-366", int64(0))
	f.Fuzz(func(t *testing.T, text string, start int64) {
		r, err := parseRule(text)
		if err != nil || start < -62_000_000_000 || start > 250_000_000_000 {
			return
		}
		from := wall(t, "20261201")
		to := from + 56*day
		left := plenty()
		walls, err := r.walls(start, from, to, left)
		if left.steps < allSteps-maxSteps {
			t.Fatalf("took %d steps", allSteps-left.steps)
		}
		for i, w := range walls {
			if w < max(from, start) || w > to || i > 0 && w <= walls[i-1] {
				t.Fatalf("instance %d at %d is out of place", i, w)
			}
		}
		// The same days in two windows are the same days.
		if err == nil {
			half, _ := r.walls(start, from+28*day, to, plenty())
			if i := slices.IndexFunc(walls, func(w int64) bool { return w >= from+28*day }); i >= 0 && !slices.Equal(half, walls[i:]) {
				t.Fatalf("half the window gives %d, all of it %d", half, walls[i:])
			}
		}
	})
}
