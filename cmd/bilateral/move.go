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

// startIn reads the time of a move. A weekday is the one in the period; a time alone is on the date that was given as
// PERIOD, else on the period's preferred date.
func (a *app) startIn(b config.Bilateral, key, period, at string) (time.Time, error) {
	conf, err := a.config()
	if err != nil {
		return time.Time{}, err
	}
	zone := conf.Me.Zone
	fields := strings.Fields(at)
	if len(fields) > 0 {
		if minute, ok := parseClock(fields[len(fields)-1]); ok {
			d, ok := dateIn(b.Policy, key, period, strings.Join(fields[:len(fields)-1], " "), a.today(zone))
			if ok {
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
	return time.Time{}, wrongUsage("Write for instance 15:30, \"thu 15:30\" or \"2026-12-03 15:30\".", "%q is no time of day", at)
}

func dateIn(p plan.Policy, key, period, day string, today calendar.Date) (calendar.Date, bool) {
	if day == "" {
		if d, err := parseDate(period, today); err == nil {
			return d, true
		}
		return preferredDate(p, key)
	}
	if d, ok := dayInWeek(key, day); ok {
		return d, true
	}
	d, err := parseDate(day, today)
	return d, err == nil
}

// dayInWeek is that weekday in the week with that key.
func dayInWeek(key, day string) (calendar.Date, bool) {
	wanted, ok := weekday(strings.ToLower(day))
	if !ok || !weekKey.MatchString(key) {
		return calendar.Date{}, false
	}
	monday, ok := weekStart(key)
	return monday.Add((int(wanted) + 6) % 7), ok
}

// preferredDate is the date that the config prefers in a week, or the day itself. A month has none that is simple.
func preferredDate(p plan.Policy, key string) (calendar.Date, bool) {
	if p.Cadence.Unit == plan.Week {
		return dayInWeek(key, p.Prefer.Weekday.String())
	}
	t, err := time.Parse(time.DateOnly, key)
	return calendar.DateOf(t, time.UTC), err == nil
}
