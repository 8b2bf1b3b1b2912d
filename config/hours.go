package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"bilateral/internal/plan"
)

// week is the order of days in which ranges such as Mon-Fri run.
var week = [7]time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// parseWeekday takes three letters or more of the English name, in any case.
func parseWeekday(s string) (time.Weekday, error) {
	lower := strings.ToLower(strings.TrimSpace(s))
	if len(lower) >= 3 {
		for _, d := range week {
			if strings.HasPrefix(strings.ToLower(d.String()), lower) {
				return d, nil
			}
		}
	}
	return 0, fmt.Errorf("%q is no weekday (Mon, Tue, Wed, Thu, Fri, Sat, Sun)", s)
}

// parseClock reads 09:00 as minutes after midnight; 24:00 is the end of a day.
func parseClock(s string) (int, error) {
	hour, minute, ok := strings.Cut(s, ":")
	h, errHour := number(hour)
	m, errMinute := number(minute)
	switch {
	case !ok || errHour != nil || errMinute != nil || len(minute) != 2:
		return 0, fmt.Errorf("%q is no time of day such as 09:00", s)
	case h > 24 || m > 59 || h == 24 && m > 0:
		return 0, fmt.Errorf("%q is no time of day: a day runs from 00:00 to 24:00", s)
	}
	return h*60 + m, nil
}

// number reads one or two digits, and no sign.
func number(s string) (int, error) {
	if len(s) == 0 || len(s) > 2 || strings.Trim(s, "0123456789") != "" {
		return 0, strconv.ErrSyntax
	}
	return strconv.Atoi(s)
}

// parseHours reads "Mon-Fri 09:00-12:00" and "Mon,Wed 09:00-12:00": one entry for each of the days.
func parseHours(s string) ([]plan.Hours, error) {
	fields := strings.Fields(s)
	if len(fields) < 2 {
		return nil, fmt.Errorf("%q is not days and a time", s)
	}
	last := len(fields) - 1
	from, to, err := parseRange(fields[last])
	if err != nil {
		return nil, err
	}
	days, err := parseDays(strings.Join(fields[:last], ""))
	if err != nil {
		return nil, err
	}
	var hours []plan.Hours
	for _, d := range days {
		hours = append(hours, plan.Hours{Weekday: d, From: from, To: to})
	}
	return hours, nil
}

func parseRange(s string) (from, to int, err error) {
	start, end, ok := strings.Cut(s, "-")
	if !ok {
		return 0, 0, fmt.Errorf("%q is no stretch of time such as 09:00-12:00", s)
	}
	if from, err = parseClock(start); err != nil {
		return 0, 0, err
	}
	if to, err = parseClock(end); err != nil {
		return 0, 0, err
	}
	if to <= from {
		return 0, 0, fmt.Errorf("%q ends before it begins; a night takes two entries, one to 24:00 and one from 00:00", s)
	}
	return from, to, nil
}

// parseDays reads "Mon-Thu,Sat". A range may run over the weekend: Sun-Thu.
func parseDays(s string) ([]time.Weekday, error) {
	var days []time.Weekday
	for part := range strings.SplitSeq(s, ",") {
		first, last, isRange := strings.Cut(part, "-")
		from, err := parseWeekday(first)
		if err != nil {
			return nil, err
		}
		to := from
		if isRange {
			if to, err = parseWeekday(last); err != nil {
				return nil, err
			}
		}
		for d := from; ; d = (d + 1) % 7 {
			days = append(days, d)
			if d == to {
				break
			}
		}
	}
	return days, nil
}

// hours takes a list of hours. A wrong entry is reported and left out.
func (r *reader) hours(key string, otherwise []plan.Hours) []plan.Hours {
	entries, ok := r.words(key)
	if !ok {
		return otherwise
	}
	var hours []plan.Hours
	for _, e := range entries {
		h, err := parseHours(e.text)
		if err != nil {
			r.wrongAt(e.line, key, err.Error(), "")
			continue
		}
		hours = append(hours, h...)
	}
	if list, isList := r.table.value(key).([]*node); isList && len(list) == 0 && otherwise != nil {
		r.wrong(key, "is empty, so no meeting could ever be", "")
	}
	return hours
}

func officeHours() []plan.Hours {
	var hours []plan.Hours
	for _, d := range week[:5] {
		hours = append(hours, plan.Hours{Weekday: d, From: 9 * 60, To: 17 * 60})
	}
	return hours
}

func clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }
