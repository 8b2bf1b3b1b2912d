package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"bilateral/internal/plan"
)

const day = 24 * time.Hour

// mostUnits keeps a number of weeks or months far from an overflow; no bound of the policy comes near it.
const mostUnits = 10_000

// parseDuration reads "45m", "1h30m", "10 minutes", "2 weeks". Days and weeks are of 24 hours each.
func parseDuration(s string) (time.Duration, error) {
	if d, err := time.ParseDuration(strings.ReplaceAll(s, " ", "")); err == nil {
		return positive(d, s)
	}
	n, unit, err := split(s)
	if err != nil {
		return 0, err
	}
	switch unit {
	case "minute":
		return time.Duration(n) * time.Minute, nil
	case "hour":
		return time.Duration(n) * time.Hour, nil
	case "day", "d":
		return time.Duration(n) * day, nil
	case "week", "w":
		return time.Duration(n) * 7 * day, nil
	}
	return 0, fmt.Errorf("%q is no length of time", s)
}

func positive(d time.Duration, s string) (time.Duration, error) {
	if d < 0 {
		return 0, fmt.Errorf("%q is less than nothing", s)
	}
	return d, nil
}

// split takes "8 weeks" apart; the unit comes back in the singular.
func split(s string) (n int, unit string, err error) {
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	n, err = strconv.Atoi(s[:digits])
	if err != nil || n > mostUnits {
		return 0, "", fmt.Errorf("%q is no length of time", s)
	}
	unit = strings.ToLower(strings.TrimSpace(s[digits:]))
	if len(unit) > 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return n, unit, nil
}

// parseHorizon reads "8 weeks", "10 days" or "3 months".
func parseHorizon(s string) (plan.Horizon, error) {
	if n, unit, err := split(s); err == nil && unit == "month" {
		return plan.Horizon{Months: n}, nil
	}
	d, err := parseDuration(s)
	if err == nil && d%day != 0 {
		err = fmt.Errorf("%q is not a number of whole days", s)
	}
	return plan.Horizon{Days: int(d / day)}, err
}

// duration takes a key between least and most.
func (r *reader) duration(key string, otherwise, least, most time.Duration) time.Duration {
	s := r.filled(key)
	if s == "" {
		return otherwise
	}
	d, err := parseDuration(s)
	switch {
	case err != nil:
		r.wrong(key, err.Error(), "")
	case d < least || d > most:
		r.wrong(key, fmt.Sprintf("%q is not between %s and %s", s, spoken(least), spoken(most)), "")
	default:
		return d
	}
	return otherwise
}

// slotLength is a duration in steps of five minutes, as slots are.
func (r *reader) slotLength(key string, otherwise, least, most time.Duration) time.Duration {
	d := r.duration(key, otherwise, least, most)
	if d%(5*time.Minute) == 0 {
		return d
	}
	rounded := max(d.Round(5*time.Minute), 5*time.Minute)
	r.wrong(key, fmt.Sprintf("%q is not a multiple of 5 minutes", r.table.value(key)), fmt.Sprintf("The nearest that is: %s = %q", key, spoken(rounded)))
	return otherwise
}

func (r *reader) horizon(otherwise plan.Horizon) plan.Horizon {
	s := r.filled("horizon")
	if s == "" {
		return otherwise
	}
	h, err := parseHorizon(s)
	switch {
	case err != nil:
		r.wrong("horizon", err.Error(), "")
	case h.Months == 0 && h.Days == 0, h.Months > 24 || h.Days > 731:
		r.wrong("horizon", fmt.Sprintf("%q is not between a day and 24 months", s), "")
	default:
		return h
	}
	return otherwise
}

// spoken writes a duration as the config takes it: 45m, 1h30m, 2 weeks.
func spoken(d time.Duration) string {
	switch {
	case d >= 7*day && d%(7*day) == 0:
		return plural(int(d/(7*day)), "week")
	case d > day && d%day == 0:
		return plural(int(d/day), "day")
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
