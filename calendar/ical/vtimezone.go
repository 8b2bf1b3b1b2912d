package ical

import (
	"fmt"
	"strings"
	"time"
)

const (
	// sampledYears is how long a yearly rule must hold before it is written as one: in 28 years every date has stood on
	// every weekday, so that "the Sunday from the 8th on" and "the second Sunday" cannot be mistaken for anything else.
	sampledYears = 28
	// listedYears is how far ahead single changes are written for a zone that has no yearly rule.
	listedYears = 10
)

// shift is one change of a zone's clock.
type shift struct {
	wall     time.Time // the wall clock just before, as if UTC: DTSTART of an observance, RFC 5545 section 3.6.5
	from, to int       // seconds east of UTC
	name     string
	daylight bool
}

// zoneComponent describes a zone from the moment start on, as the machine's zone data have it. Where the clock changes by the
// same rules every year, they are written as rules, since a series may live for ever. Any other zone gets its changes of
// ten years; most readers know a zone by its name anyway.
func zoneComponent(zone *time.Location, start time.Time) *block {
	vtz := newBlock("VTIMEZONE")
	vtz.say("TZID", lineText(zone.String()))
	shifts := shiftsAround(zone, start)
	if first, second, ok := yearlyRules(shifts); ok {
		vtz.hold(observance(shifts[0], first))
		vtz.hold(observance(shifts[1], second))
		return vtz
	}
	current := max(0, countUntil(shifts, start)-1)
	for i, s := range shifts[current:] {
		if i == 0 || s.wall.Before(start.AddDate(listedYears, 0, 0)) {
			vtz.hold(observance(s, ""))
		}
	}
	return vtz
}

func countUntil(shifts []shift, t time.Time) int {
	n := 0
	for _, s := range shifts {
		if !s.at().After(t) {
			n++
		}
	}
	return n
}

func (s shift) at() time.Time { return s.wall.Add(-time.Duration(s.from) * time.Second) }

// shiftsAround returns the two changes before start and those of the sampled years after it, oldest first. What was
// before 1970 is one shift from nothing to the offset of that time.
func shiftsAround(zone *time.Location, start time.Time) []shift {
	var shifts []shift
	t := beforeShift(zone, beforeShift(zone, start))
	if t.Year() <= 1970 {
		t = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
		s := shiftAt(zone, t)
		s.from, s.wall = s.to, t
		shifts = append(shifts, s)
	}
	for end := start.AddDate(sampledYears, 0, 0); ; {
		_, next := t.In(zone).ZoneBounds()
		if next.IsZero() || next.After(end) {
			return shifts
		}
		if !next.After(t) {
			// On 31 December of a leap year Go 1.26 says that the stretch has ended already.
			next = t.Add(time.Hour)
		}
		// The zone data also bound stretches between which nothing changes (Casablanca in 2038).
		if s := shiftAt(zone, next); s.from != s.to {
			shifts = append(shifts, s)
		}
		t = next
	}
}

// beforeShift returns a moment just before the last change of the clock at or before t; the zero time if there was none.
func beforeShift(zone *time.Location, t time.Time) time.Time {
	for {
		begin, _ := t.In(zone).ZoneBounds()
		if begin.IsZero() {
			return time.Time{}
		}
		if s := shiftAt(zone, begin); s.from != s.to {
			return begin.Add(-time.Second)
		}
		t = begin.Add(-time.Second)
	}
}

// shiftAt describes what the clock does at t.
func shiftAt(zone *time.Location, t time.Time) shift {
	_, from := t.Add(-time.Second).In(zone).Zone()
	name, to := t.In(zone).Zone()
	return shift{wall: t.UTC().Add(time.Duration(from) * time.Second), from: from, to: to, name: name, daylight: t.In(zone).IsDST()}
}

// yearlyRules returns the rules of the two changes that a zone makes every year, in the order of the first two shifts.
func yearlyRules(shifts []shift) (first, second string, ok bool) {
	if len(shifts) < 2*sampledYears {
		return "", "", false
	}
	var odd, even []shift
	for i, s := range shifts {
		if i%2 == 0 {
			even = append(even, s)
		} else {
			odd = append(odd, s)
		}
	}
	if first, ok = yearlyRule(even); !ok {
		return "", "", false
	}
	second, ok = yearlyRule(odd)
	return first, second, ok
}

// yearlyRule returns an RRULE for shifts that come once every year on the same weekday of the same month, at the same
// time; it yields exactly those shifts.
func yearlyRule(shifts []shift) (string, bool) {
	first := shifts[0]
	earliest, latest, atEnd := 31, 1, true
	for i, s := range shifts {
		if s.wall.Year() != first.wall.Year()+i || !s.alike(first) {
			return "", false
		}
		earliest, latest = min(earliest, s.wall.Day()), max(latest, s.wall.Day())
		atEnd = atEnd && s.wall.AddDate(0, 0, 7).Month() != s.wall.Month()
	}
	rule := fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;", first.wall.Month())
	day := strings.ToUpper(first.wall.Weekday().String()[:2])
	switch {
	case atEnd:
		return rule + "BYDAY=-1" + day, true
	case latest-earliest > 6:
		return "", false
	case (earliest-1)/7 == (latest-1)/7:
		return fmt.Sprintf("%sBYDAY=%d%s", rule, (earliest-1)/7+1, day), true
	}
	days := strings.Trim(strings.Join(strings.Fields(fmt.Sprint(daysFrom(earliest, latest))), ","), "[]")
	return rule + "BYMONTHDAY=" + days + ";BYDAY=" + day, true
}

func (s shift) alike(o shift) bool {
	return s.wall.Month() == o.wall.Month() && s.wall.Weekday() == o.wall.Weekday() &&
		s.wall.Format(time.TimeOnly) == o.wall.Format(time.TimeOnly) && s.from == o.from && s.to == o.to
}

func daysFrom(first, last int) []int {
	var days []int
	for d := first; d <= last; d++ {
		days = append(days, d)
	}
	return days
}

// observance is a STANDARD or DAYLIGHT component, RFC 5545 section 3.6.5; without a rule it holds from that one change on.
func observance(s shift, rule string) *block {
	name := "STANDARD"
	if s.daylight {
		name = "DAYLIGHT"
	}
	o := newBlock(name)
	o.say("DTSTART", s.wall.Format(localFormat))
	o.say("TZOFFSETFROM", utcOffset(s.from))
	o.say("TZOFFSETTO", utcOffset(s.to))
	o.sayText("TZNAME", s.name)
	if rule != "" {
		o.say("RRULE", rule)
	}
	return o
}

// utcOffset is +HHMM, with seconds only where there are any: RFC 5545 section 3.3.14.
func utcOffset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	s := fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		s += fmt.Sprintf("%02d", seconds%60)
	}
	return s
}
