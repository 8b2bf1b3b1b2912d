package main

import (
	"strconv"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/config"
	"bilateral/internal/plan"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

func (a *app) moveCommand() *cobra.Command {
	var minutes int
	c := &cobra.Command{
		Use:   "move [NAME] PERIOD TIME",
		Short: "Puts a meeting at a time of your choice, and pins it there",
		Long: "Checks the time, says what it sets aside, then moves the meeting and pins it: it is not moved by itself any more,\n" +
			"until you unpin it. TIME is in your zone: 15:30, \"thu 15:30\" or \"2026-12-03 15:30\".",
		Example:           "  bilateral move dana 2026-W49 \"thu 16:00\"\n  bilateral move tomorrow 9:30 --minutes 30",
		Args:              cobra.RangeArgs(2, 3),
		ValidArgsFunction: a.completePeriods,
		RunE: func(c *cobra.Command, args []string) error {
			b, rest, err := a.nameAnd(args)
			if err != nil {
				return err
			}
			if len(rest) != 2 {
				return wrongUsage("Write for instance: bilateral move "+b.Name+" 2026-W49 \"thu 16:00\"", "move needs a period and a time")
			}
			return a.move(c, b, rest[0], rest[1], minutes)
		},
	}
	c.Flags().IntVarP(&minutes, "minutes", "m", 0, "another length than the usual")
	return c
}

func (a *app) move(c *cobra.Command, b config.Bilateral, period, at string, minutes int) error {
	key, err := a.period(b, period)
	if err != nil {
		return err
	}
	start, err := a.startIn(b, key, period, at)
	if err != nil {
		return err
	}
	r := store.Request{Bilateral: b.Name, Kind: store.Move, Period: key, Args: map[string]string{"start": start.UTC().Format(time.RFC3339)}}
	if minutes > 0 {
		r.Args["minutes"] = strconv.Itoa(minutes)
	}
	return a.order(c.Context(), r)
}

// startIn reads the time of a move. A weekday is the one in the week that was named, of a month it is "first thu"; a time
// alone is on the date that was given as PERIOD, else on the period's standing date.
func (a *app) startIn(b config.Bilateral, key, named, at string) (time.Time, error) {
	conf, err := a.config()
	if err != nil {
		return time.Time{}, err
	}
	zone := conf.Me.Zone
	fields := strings.Fields(at)
	if len(fields) > 0 {
		if minute, ok := parseClock(fields[len(fields)-1]); ok {
			if d, ok := a.dateIn(b, key, named, strings.Join(fields[:len(fields)-1], " ")); ok {
				return d.At(minute, zone), nil
			}
		}
	}
	if t, err := time.Parse(time.RFC3339, at); err == nil {
		return t, nil
	}
	if wall, err := time.Parse("2006-01-02T15:04", at); err == nil {
		return calendar.Resolve(wall, zone), nil
	}
	example := "thu 15:30"
	if b.Policy.Cadence.Unit == plan.Month {
		example = "first thu 15:30"
	}
	return time.Time{}, wrongUsage("Write for instance 15:30, \""+example+"\" or \"2026-12-03 15:30\".", "%q is no time in %s", at, key)
}

// dateIn is the day of a move, as startIn says.
func (a *app) dateIn(b config.Bilateral, key, named, day string) (calendar.Date, bool) {
	today := a.today(b.Policy.Mine.Zone)
	monday, inWeek := weekNamed(named, today)
	if day == "" {
		if d, err := parseDate(named, today); err == nil {
			return d, true
		}
		standing := a.standingDate(b, key)
		if inWeek {
			return onWeekday(monday, standing.Weekday()), true
		}
		return standing, true
	}
	if w, ok := weekday(strings.ToLower(day)); ok && inWeek {
		return onWeekday(monday, w), true
	}
	if monthKey.MatchString(named) {
		return nthIn(b.Policy, key, day)
	}
	d, err := parseDate(day, today)
	return d, err == nil
}

// weekNamed is the Monday of the week that a PERIOD names: of a block of weeks not always the first.
func weekNamed(named string, today calendar.Date) (calendar.Date, bool) {
	if weekKey.MatchString(named) {
		return weekStart(strings.ToUpper(named))
	}
	d, err := parseDate(named, today)
	return d.Add(-(int(d.Weekday()) + 6) % 7), err == nil
}

func onWeekday(monday calendar.Date, w time.Weekday) calendar.Date {
	return monday.Add((int(w) + 6) % 7)
}

// nthIn is the day of a month that is written as "first thu" or as a date.
func nthIn(p plan.Policy, key, day string) (calendar.Date, bool) {
	if d, err := time.Parse(time.DateOnly, day); err == nil {
		return calendar.DateOf(d, time.UTC), true
	}
	prefer, err := parsePrefer(day+" 00:00", plan.Month)
	if err != nil {
		return calendar.Date{}, false
	}
	p.Prefer = prefer
	return periodOf(p, key).Preferred, true
}

// standingDate is where the standing time puts a period's meeting: that of the last pass, else the config's.
func (a *app) standingDate(b config.Bilateral, key string) calendar.Date {
	for _, v := range a.known(b.Name) {
		if v.Period == key && !v.Original.IsZero() {
			return calendar.DateOf(v.Original, b.Policy.Mine.Zone)
		}
	}
	return periodOf(b.Policy, key).Preferred
}

// periodOf is the period with that key, which [app.period] gave.
func periodOf(p plan.Policy, key string) plan.Period {
	first, ok := weekStart(key)
	if !ok {
		t, _ := time.Parse(time.DateOnly, (key + "-01")[:len(time.DateOnly)])
		first = calendar.DateOf(t, time.UTC)
	}
	return plan.PeriodAt(p, &plan.Standing{First: first, Prefer: p.Prefer}, time.Time{}, first.At(12*60, p.Mine.Zone))
}
