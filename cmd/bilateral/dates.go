package main

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
)

const dateHelp = "Write for instance 2026-12-02, today, tomorrow, fri or \"in 2 weeks\"."

var ahead = regexp.MustCompile(`^in (\d{1,4}|a|an|one) (day|week|month|year)s?$`)

// parseDate reads a date as people write it. A weekday is the next one after today.
func parseDate(s string, today calendar.Date) (calendar.Date, error) {
	word := strings.ToLower(strings.Join(strings.Fields(s), " "))
	switch word {
	case "today":
		return today, nil
	case "tomorrow":
		return today.Add(1), nil
	case "yesterday":
		return today.Add(-1), nil
	}
	if t, err := time.Parse(time.DateOnly, word); err == nil {
		return calendar.DateOf(t, time.UTC), nil
	}
	if day, ok := weekday(strings.TrimPrefix(word, "next ")); ok {
		return today.Add((int(day)-int(today.Weekday())+6)%7 + 1), nil
	}
	if m := ahead.FindStringSubmatch(word); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			n = 1 // a, an, one
		}
		if d := later(today, n, m[2]); d.Year <= 9999 {
			return d, nil
		}
	}
	return calendar.Date{}, wrongUsage(dateHelp, "%q is no date", s)
}

// later adds to a date; a day that its month does not have becomes the month's last.
func later(d calendar.Date, n int, unit string) calendar.Date {
	switch unit {
	case "day":
		return d.Add(n)
	case "week":
		return d.Add(7 * n)
	case "year":
		n *= 12
	}
	first := calendar.Date{Year: d.Year, Month: d.Month + time.Month(n), Day: 1}.Add(0)
	last := calendar.Date{Year: first.Year, Month: first.Month + 1, Day: 0}.Add(0)
	return calendar.Date{Year: first.Year, Month: first.Month, Day: min(d.Day, last.Day)}
}

// weekday reads fri or friday.
func weekday(s string) (time.Weekday, bool) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		name := strings.ToLower(day.String())
		if len(s) >= 3 && strings.HasPrefix(name, s) {
			return day, true
		}
	}
	return 0, false
}

// parseClock reads 15:30 as minutes after midnight.
func parseClock(s string) (int, bool) {
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil
}

// readMoment reads "fri 15:30", "2026-12-02 15:30", a date alone (its first moment) or RFC 3339, in the zone.
func readMoment(s string, now time.Time, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC(), nil
	}
	s = strings.TrimSpace(s)
	minute, day := 0, s
	if i := strings.LastIndex(s, " "); i > 0 {
		if m, ok := parseClock(s[i+1:]); ok {
			minute, day = m, s[:i]
		}
	}
	d, err := parseDate(day, calendar.DateOf(now, zone))
	return d.At(minute, zone), err
}

var (
	weekKey  = regexp.MustCompile(`(?i)^\d{4}-w\d{2}$`)
	monthKey = regexp.MustCompile(`^\d{4}-\d{2}$`)
)

// periodKey names the period of a cadence that a PERIOD or a date means. A block of weeks is named by its first week:
// which that is, the caller finds out.
func periodKey(s string, unit plan.Unit, today calendar.Date) (string, error) {
	example := map[plan.Unit]string{plan.Day: "2026-12-02", plan.Week: "2026-W49", plan.Month: "2026-12"}[unit]
	do := "Write for instance " + example + ", or a date in the period."
	switch {
	case weekKey.MatchString(s):
		key := strings.ToUpper(s)
		if _, ok := weekStart(key); unit != plan.Week || !ok {
			return "", wrongUsage(do, "%q is no period of this bilateral", s)
		}
		return key, nil
	case monthKey.MatchString(s):
		if _, err := time.Parse("2006-01", s); err != nil || unit != plan.Month {
			return "", wrongUsage(do, "%q is no period of this bilateral", s)
		}
		return s, nil
	}
	d, err := parseDate(s, today)
	if err != nil {
		return "", wrongUsage(do, "%q is neither a period nor a date", s)
	}
	return keyOf(d, unit), nil
}

func keyOf(d calendar.Date, unit plan.Unit) string {
	t := d.At(0, time.UTC)
	switch unit {
	case plan.Week:
		year, week := t.ISOWeek()
		return strconv.Itoa(year) + "-W" + pad(week)
	case plan.Month:
		return t.Format("2006-01")
	}
	return d.String()
}

func pad(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// weekStart is the Monday of an ISO week such as 2026-W49; not ok for a week that the year does not have.
func weekStart(key string) (calendar.Date, bool) {
	year, err1 := strconv.Atoi(key[:4])
	week, err2 := strconv.Atoi(key[6:])
	fourth := calendar.Date{Year: year, Month: time.January, Day: 4} // always in week 1
	monday := fourth.Add(-(int(fourth.Weekday())+6)%7 + 7*(week-1))
	return monday, err1 == nil && err2 == nil && keyOf(monday, plan.Week) == key
}

// dueDate is a date as a follow-up keeps it: midnight UTC.
func dueDate(d calendar.Date) time.Time { return d.At(0, time.UTC) }
