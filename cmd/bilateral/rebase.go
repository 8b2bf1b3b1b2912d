package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/config"
	"bilateral/internal/engine"
	"bilateral/internal/plan"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

func (a *app) rebaseCommand() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "rebase [NAME] [TIME]",
		Short: "A new standing time",
		Long: "Ends the series at the coming periods and lets it go on at another time; what was moved by hand stays. Without TIME\n" +
			"it takes the time that suits the coming periods best, where status suggests one.",
		Example:           "  bilateral rebase dana \"Thu 14:00\"\n  bilateral rebase dana --yes",
		Args:              cobra.MaximumNArgs(2),
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			b, rest, err := a.nameAnd(args)
			if err != nil {
				return err
			}
			prefer, err := a.newStanding(c, b, strings.Join(rest, " "))
			if err != nil {
				return err
			}
			a.printf("%s: from now on %s; the series is split, and %s gets a new invitation.\n", b.Name,
				preferText(prefer, b.Policy.Cadence.Unit), plain(b.Executive.Name))
			if err := a.confirm(yes, "Do it?"); err != nil {
				return err
			}
			return a.order(c.Context(), store.Request{Bilateral: b.Name, Kind: store.Rebase,
				Args: map[string]string{"prefer": engine.PreferArg(prefer)}})
		},
	}
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return c
}

// newStanding is the time that was given, else the one that suits the coming periods best.
func (a *app) newStanding(c *cobra.Command, b config.Bilateral, at string) (plan.Prefer, error) {
	if at != "" {
		return parsePrefer(at, b.Policy.Cadence.Unit)
	}
	report, err := a.planned(c.Context(), b.Name)
	if err != nil {
		return plan.Prefer{}, err
	}
	for _, one := range report.Bilaterals {
		if one.Suggestion != nil {
			a.printf("%s\n", suggestion(b.Name, *one.Suggestion, b.Policy.Cadence.Unit))
			return one.Suggestion.Prefer, nil
		}
	}
	return plan.Prefer{}, wrongUsage("Name the time you want: bilateral rebase "+b.Name+" \"Thu 14:00\"",
		"%s: no other time would suit the coming periods better", b.Name)
}

func suggestion(name string, s plan.Suggestion, unit plan.Unit) string {
	return fmt.Sprintf("%d of %d coming meetings stand away from the standing time; %s is free in %d of them: bilateral rebase %s",
		s.Moved, s.Of, preferText(s.Prefer, unit), s.Free, name)
}

var nths = []string{"first", "second", "third", "fourth"}

// parsePrefer reads 15:30, "Wed 15:30" or "first Wed 15:30", as the cadence asks.
func parsePrefer(s string, unit plan.Unit) (plan.Prefer, error) {
	example := map[plan.Unit]string{plan.Day: "15:30", plan.Week: "\"Wed 15:30\"", plan.Month: "\"first Wed 15:30\""}[unit]
	wrong := wrongUsage("Write for instance "+example+", on a 5-minute minute.", "%q is no standing time of this bilateral", s)
	fields := strings.Fields(strings.ToLower(s))
	if len(fields) != map[plan.Unit]int{plan.Day: 1, plan.Week: 2, plan.Month: 3}[unit] {
		return plan.Prefer{}, wrong
	}
	var p plan.Prefer
	var ok bool
	if p.Minute, ok = parseClock(fields[len(fields)-1]); !ok || p.Minute%5 != 0 {
		return p, wrong
	}
	if len(fields) > 1 {
		if p.Weekday, ok = weekday(fields[len(fields)-2]); !ok {
			return p, wrong
		}
	}
	if len(fields) > 2 {
		p.Nth = slices.Index(nths, fields[0]) + 1
		if fields[0] == "last" {
			p.Nth = -1
		}
		if p.Nth == 0 {
			return p, wrong
		}
	}
	return p, nil
}

// preferText writes a standing time as people say it, and as parsePrefer reads it.
func preferText(p plan.Prefer, unit plan.Unit) string {
	s := time.Date(2026, 1, 1, 0, p.Minute, 0, 0, time.UTC).Format("15:04")
	if unit != plan.Day {
		s = p.Weekday.String()[:3] + " " + s
	}
	switch {
	case unit != plan.Month:
		return s
	case p.Nth < 0:
		return "last " + s
	}
	return nths[max(p.Nth, 1)-1] + " " + s
}
