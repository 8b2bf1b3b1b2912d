package ical

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// frequency is the FREQ of a rule, finest first.
type frequency uint8

const (
	secondly frequency = iota
	minutely
	hourly
	daily
	weekly
	monthly
	yearly
)

var frequencies = map[string]frequency{
	"SECONDLY": secondly, "MINUTELY": minutely, "HOURLY": hourly, "DAILY": daily, "WEEKLY": weekly, "MONTHLY": monthly, "YEARLY": yearly,
}

// stride is the length of the period in seconds, where all are equally long.
var stride = [...]int64{secondly: 1, minutely: 60, hourly: 3600, daily: day, weekly: 7 * day}

// bits is a set of numbers from -63 to 63.
type bits struct{ above, below uint64 }

func (b *bits) add(n int) {
	if n >= 0 {
		b.above |= 1 << n
	} else {
		b.below |= 1 << -n
	}
}

func (b *bits) has(n int) bool {
	if n >= 0 {
		return b.above&(1<<n) != 0
	}
	return b.below&(1<<-n) != 0
}

func (b *bits) empty() bool { return *b == bits{} }

// rule is a parsed RRULE, RFC 5545 section 3.3.10.
type rule struct {
	freq     frequency
	interval int64
	count    int64  // 0: no COUNT
	until    moment // form absent: no UNTIL
	wkst     int    // 0 is Sunday

	months, weeks, monthDays bits
	hours, minutes, seconds  bits
	days                     uint8        // BYDAY without a number, a bit for each weekday
	nth                      [7]bits      // BYDAY with one
	yearDays                 map[int]bool // BYYEARDAY
	positions                []int        // BYSETPOS
	given                    [10]bool     // which BY parts stand in the rule
}

type by uint8

const (
	bySecond by = iota
	byMinute
	byHour
	byDay
	byMonthDay
	byYearDay
	byWeekNo
	byMonth
	bySetPos
)

func (r *rule) any(parts ...by) bool {
	for _, p := range parts {
		if r.given[p] {
			return true
		}
	}
	return false
}

// byPart is a BY part that is a list of numbers, its place in the rule and its range; negative numbers count from the end.
type byPart struct {
	is        by
	low, high int
	negative  bool
	set       func(*rule) *bits // nil: BYYEARDAY
}

var byParts = map[string]byPart{
	"BYSECOND":   {bySecond, 0, 60, false, func(r *rule) *bits { return &r.seconds }},
	"BYMINUTE":   {byMinute, 0, 59, false, func(r *rule) *bits { return &r.minutes }},
	"BYHOUR":     {byHour, 0, 23, false, func(r *rule) *bits { return &r.hours }},
	"BYMONTHDAY": {byMonthDay, 1, 31, true, func(r *rule) *bits { return &r.monthDays }},
	"BYYEARDAY":  {byYearDay, 1, 366, true, nil},
	"BYWEEKNO":   {byWeekNo, 1, 53, true, func(r *rule) *bits { return &r.weeks }},
	"BYMONTH":    {byMonth, 1, 12, false, func(r *rule) *bits { return &r.months }},
}

var weekdays = map[string]int{"SU": 0, "MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6}

// maxRule is the longest rule that is read: 24 + 60 + 60 + 366 numbers fit.
const maxRule = 8192

// parseRule reads an RRULE value. What it cannot follow exactly it refuses: a rule half understood is wrong busy time.
func parseRule(text string) (*rule, error) {
	if len(text) > maxRule {
		return nil, fmt.Errorf("a rule of %d bytes is not read", len(text))
	}
	r := &rule{interval: 1, wkst: 1}
	hasFreq := false
	for _, part := range strings.Split(strings.ToUpper(text), ";") {
		part = strings.TrimSpace(part)
		if part == "" { // a trailing semicolon is common
			continue
		}
		key, value, ok := strings.Cut(part, "=")
		if !ok {
			return nil, fmt.Errorf("%q is no part of a rule", clip([]byte(part)))
		}
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		hasFreq = hasFreq || key == "FREQ"
		if err := r.set(key, value); err != nil {
			return nil, fmt.Errorf("%s=%s: %w", key, clip([]byte(value)), err)
		}
	}
	if !hasFreq {
		return nil, errors.New("a rule without FREQ")
	}
	return r, r.check()
}

func (r *rule) set(key, value string) (err error) {
	if p, ok := byParts[key]; ok {
		r.given[p.is] = true
		return r.setNumbers(p, value)
	}
	switch key {
	case "FREQ":
		f, ok := frequencies[value]
		if !ok {
			return errors.New("no frequency of RFC 5545")
		}
		r.freq = f
	case "INTERVAL":
		r.interval, err = positive(value)
	case "COUNT":
		r.count, err = positive(value)
	case "UNTIL":
		r.until, err = parseMoment([]byte(value), "")
	case "WKST":
		d, ok := weekdays[value]
		if !ok {
			return errors.New("no weekday")
		}
		r.wkst = d
	case "BYDAY":
		r.given[byDay] = true
		return r.setDays(value)
	case "BYSETPOS":
		r.given[bySetPos] = true
		return r.setPositions(value)
	default:
		return r.setOther(key, value)
	}
	return err
}

func (r *rule) setOther(key, value string) error {
	switch {
	case strings.HasPrefix(key, "X-"), key == "RSCALE" && value == "GREGORIAN", key == "SKIP" && value == "OMIT":
		return nil
	case key == "RSCALE":
		return errors.New("only the Gregorian calendar is understood (RFC 7529)")
	}
	return errors.New("not understood")
}

// positive reads INTERVAL and COUNT; more than is of any use is cut, so that sums cannot overflow.
func positive(value string) (int64, error) {
	const most = 1 << 31
	n, err := strconv.ParseInt(value, 10, 64)
	if errors.Is(err, strconv.ErrRange) && n > 0 {
		n, err = most, nil
	}
	if err != nil || n < 1 {
		return 0, errors.New("must be a number from 1 on")
	}
	return min(n, most), nil
}

func (r *rule) setNumbers(p byPart, value string) error {
	for _, one := range strings.Split(value, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(one))
		size := n
		if p.negative && n < 0 {
			size = -n
		}
		if err != nil || size < p.low || size > p.high {
			return fmt.Errorf("%q is not in %d to %d", one, p.low, p.high)
		}
		switch {
		case p.set != nil:
			p.set(r).add(n)
		case r.yearDays == nil:
			r.yearDays = map[int]bool{n: true}
		default:
			r.yearDays[n] = true
		}
	}
	return nil
}

func (r *rule) setDays(value string) error {
	for _, one := range strings.Split(value, ",") {
		one = strings.TrimSpace(one)
		if len(one) < 2 {
			return fmt.Errorf("%q is no weekday", one)
		}
		d, ok := weekdays[one[len(one)-2:]]
		if !ok {
			return fmt.Errorf("%q is no weekday", one)
		}
		number := one[:len(one)-2]
		if number == "" {
			r.days |= 1 << d
			continue
		}
		n, err := strconv.Atoi(number)
		if err != nil || n == 0 || n > 53 || n < -53 {
			return fmt.Errorf("%q is no weekday", one)
		}
		r.nth[d].add(n)
	}
	return nil
}

func (r *rule) setPositions(value string) error {
	for _, one := range strings.Split(value, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(one))
		if err != nil || n == 0 || n > 366 || n < -366 {
			return fmt.Errorf("%q is not in 1 to 366", one)
		}
		r.positions = append(r.positions, n)
	}
	return nil
}

// check settles what depends on several parts.
func (r *rule) check() error {
	if r.freq < monthly || r.freq == yearly && r.given[byWeekNo] { // numbers mean nothing there; the weekday does
		for d := range r.nth {
			if !r.nth[d].empty() {
				r.days |= 1 << d
				r.nth[d] = bits{}
			}
		}
	}
	if r.given[byWeekNo] && r.freq != yearly {
		return errors.New("BYWEEKNO is for yearly rules only")
	}
	return nil
}
