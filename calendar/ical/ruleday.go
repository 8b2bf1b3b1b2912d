package ical

import "time"

// civil is a date with what rules ask of it.
type civil struct {
	number        int64 // days since 1970-01-01
	year          int
	month, dom    int // from 1
	doy           int // from 1
	weekday       int // 0 is Sunday
	monthLen, len int // days of the month, of the year
}

func civilOf(number int64) civil {
	t := time.Unix(number*day, 0).UTC()
	c := civil{number: number, year: t.Year(), month: int(t.Month()), dom: t.Day(), doy: t.YearDay(), weekday: int(t.Weekday())}
	c.monthLen, c.len = monthLength(c.year, c.month), yearLength(c.year)
	return c
}

// next is the following date; much cheaper than civilOf.
func (c *civil) next() {
	c.number++
	c.dom++
	c.doy++
	if c.weekday++; c.weekday == 7 {
		c.weekday = 0
	}
	if c.dom <= c.monthLen {
		return
	}
	c.dom = 1
	if c.month++; c.month == 13 {
		c.month, c.doy = 1, 1
		c.year++
		c.len = yearLength(c.year)
	}
	c.monthLen = monthLength(c.year, c.month)
}

func dayNumber(year, month, dom int) int64 {
	return floorDiv(time.Date(year, time.Month(month), dom, 0, 0, 0, 0, time.UTC).Unix(), day)
}

// dayFilter is the part of a rule that chooses dates, with what the rule leaves open taken from DTSTART.
type dayFilter struct {
	rule                    *rule
	months, monthDays       bits
	days                    uint8
	hasMonths, hasMonthDays bool
	hasDays, hasNth, inYear bool
}

func newDayFilter(r *rule, start civil) dayFilter {
	f := dayFilter{rule: r, months: r.months, monthDays: r.monthDays, days: r.days,
		hasMonths: r.given[byMonth], hasMonthDays: r.given[byMonthDay], hasDays: r.given[byDay]}
	f.inYear = r.freq == yearly && !r.given[byMonth]
	for d := range r.nth {
		f.hasNth = f.hasNth || !r.nth[d].empty()
	}
	if r.any(byDay, byMonthDay, byYearDay) {
		return f
	}
	// RFC 5545 section 3.3.10: "Information, not contained in the rule, … [is] derived from DTSTART."
	switch {
	case r.freq == weekly, r.freq == yearly && r.given[byWeekNo]:
		f.days, f.hasDays = 1<<start.weekday, true
	case r.freq == yearly && !r.given[byMonth]:
		f.months.add(start.month)
		f.hasMonths = true
		fallthrough
	case r.freq >= monthly:
		f.monthDays.add(start.dom)
		f.hasMonthDays = true
	}
	return f
}

func (f *dayFilter) match(c *civil) bool {
	switch {
	case f.hasMonths && !f.months.has(c.month):
		return false
	case f.hasMonthDays && !f.monthDays.has(c.dom) && !f.monthDays.has(c.dom-c.monthLen-1):
		return false
	case f.hasDays && !f.matchWeekday(c):
		return false
	case f.rule.given[byYearDay] && !f.rule.yearDays[c.doy] && !f.rule.yearDays[c.doy-c.len-1]:
		return false
	}
	return !f.rule.given[byWeekNo] || f.matchWeek(c)
}

func (f *dayFilter) matchWeekday(c *civil) bool {
	if f.days&(1<<c.weekday) != 0 {
		return true
	}
	if !f.hasNth {
		return false
	}
	at, length := c.dom, c.monthLen
	if f.inYear {
		at, length = c.doy, c.len
	}
	nth := &f.rule.nth[c.weekday]
	return nth.has((at-1)/7+1) || nth.has(-((length-at)/7 + 1))
}

// matchWeek reports whether the date lies in one of the BYWEEKNO weeks; a week belongs to the year that has four of its
// days, and begins with WKST.
func (f *dayFilter) matchWeek(c *civil) bool {
	into := (c.weekday - f.rule.wkst + 7) % 7
	middle := civilOf(c.number - int64(into) + 3) // the day that decides
	week := (middle.doy-1)/7 + 1
	weeks := (middle.doy-1)/7 + (middle.len-middle.doy)/7 + 1
	return f.rule.weeks.has(week) || f.rule.weeks.has(week-weeks-1)
}
