package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/internal/plan"
)

// parseCadence reads daily, weekly, "every N weeks" and monthly.
func parseCadence(s string) (plan.Cadence, error) {
	switch s {
	case "daily":
		return plan.Cadence{Unit: plan.Day, Every: 1}, nil
	case "weekly":
		return plan.Cadence{Unit: plan.Week, Every: 1}, nil
	case "monthly":
		return plan.Cadence{Unit: plan.Month, Every: 1}, nil
	}
	if rest, ok := strings.CutPrefix(s, "every "); ok {
		if n, unit, err := split(strings.TrimSpace(rest)); err == nil && unit == "week" && n >= 1 && n <= 52 {
			return plan.Cadence{Unit: plan.Week, Every: n}, nil
		}
	}
	return plan.Cadence{}, fmt.Errorf("%q is not known", s)
}

func (r *reader) cadence() plan.Cadence {
	s := r.filled("cadence")
	if s == "" {
		s = "weekly"
	}
	c, err := parseCadence(s)
	if err == nil {
		return c
	}
	allowed := []string{"daily", "weekly", "every 2 weeks", "monthly"}
	r.wrong("cadence", err.Error(), "It takes "+quoted(allowed)+": cadence = "+quoted([]string{nearestOr(s, allowed[1:])}))
	return plan.Cadence{Unit: plan.Week, Every: 1}
}

// nths are the words for which weekday of a month.
var nths = []string{"first", "second", "third", "fourth", "last"}

// parsePrefer reads the preferred moment of a cadence.
func parsePrefer(s string, unit plan.Unit) (plan.Prefer, error) {
	fields := strings.Fields(s)
	want := map[plan.Unit]int{plan.Day: 1, plan.Week: 2, plan.Month: 3}[unit]
	if len(fields) != want {
		return plan.Prefer{}, fmt.Errorf("%q does not suit the cadence", s)
	}
	minute, err := parseClock(fields[want-1])
	if err != nil {
		return plan.Prefer{}, err
	}
	p := plan.Prefer{Minute: minute}
	switch {
	case minute == 1440:
		return p, fmt.Errorf("%q is the end of a day, where nothing can begin", fields[want-1])
	case minute%5 != 0:
		return p, fmt.Errorf("%q is not on a 5-minute minute", fields[want-1])
	}
	if want > 1 {
		if p.Weekday, err = parseWeekday(fields[want-2]); err != nil {
			return p, err
		}
	}
	if want > 2 {
		p.Nth, err = parseNth(fields[0])
	}
	return p, err
}

func parseNth(s string) (int, error) {
	switch i := slices.Index(nths, strings.ToLower(s)); i {
	case -1:
		return 0, fmt.Errorf("%q is not one of %s", s, listed(nths, "or"))
	case len(nths) - 1:
		return -1, nil
	default:
		return i + 1, nil
	}
}

// preferText writes a preferred moment as the config takes it.
func preferText(p plan.Prefer, unit plan.Unit) string {
	switch unit {
	case plan.Day:
		return clock(p.Minute)
	case plan.Week:
		return p.Weekday.String()[:3] + " " + clock(p.Minute)
	}
	nth := nths[len(nths)-1]
	if p.Nth > 0 {
		nth = nths[p.Nth-1]
	}
	return nth + " " + p.Weekday.String()[:3] + " " + clock(p.Minute)
}

// prefer takes the preferred moment; ok is false where it is missing or wrong.
func (r *reader) prefer(unit plan.Unit) (p plan.Prefer, ok bool) {
	right := "prefer = \"" + preferText(plan.Prefer{Weekday: time.Wednesday, Nth: 1, Minute: 930}, unit) + "\""
	s := r.text("prefer")
	if !r.has("prefer") {
		r.missing("prefer", "Add a line such as: "+right)
	}
	if n, ok := r.table.keys["prefer"]; !ok || n.value != s {
		return p, false
	}
	p, err := parsePrefer(s, unit)
	if err != nil {
		r.wrong("prefer", err.Error(), "Write for instance: "+right)
	}
	return p, err == nil
}
