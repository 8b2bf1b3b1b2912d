package config

import (
	"fmt"
	"slices"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
)

// yearAhead is how far the check of prefer looks.
const yearAhead = 366

// checkPrefer reports a preferred time that lies outside the mutual hours of every period of the coming year, and names
// the nearest that does not.
func (r *reader) checkPrefer(p plan.Policy) {
	y := newYear(p, calendar.DateOf(r.now, p.Mine.Zone))
	if y.fits(p.Prefer) {
		return
	}
	unit := p.Cadence.Unit
	problem := fmt.Sprintf("%q never lies in the hours of both of you with room for %s", preferText(p.Prefer, unit), spoken(p.Minimum))
	best, ok := y.nearest(p.Prefer)
	if !ok {
		r.wrong("prefer", problem, fmt.Sprintf("Your hours never overlap for %s: change hours in %s or in [bilateral.executive]; mind the two time zones (%s, %s).",
			spoken(p.Minimum), r.where, p.Mine.Zone, p.Theirs.Zone))
		return
	}
	r.wrong("prefer", problem, fmt.Sprintf("The nearest time that does: prefer = %q. Or change the hours of one of you.", preferText(best, unit)))
}

// year is the coming year as one policy sees it.
type year struct {
	policy  plan.Policy
	from    calendar.Date
	periods int
}

func newYear(p plan.Policy, from calendar.Date) year {
	y := year{policy: p, from: from, periods: yearAhead}
	switch p.Cadence.Unit {
	case plan.Week:
		y.periods = yearAhead / 7
	case plan.Month:
		y.periods = yearAhead / 30
	}
	return y
}

// mutual returns the stretches of mutual hours that touch a date.
func (y year) mutual(d calendar.Date) []calendar.Span {
	zone := y.policy.Mine.Zone
	return both(around(d, zone, y.policy.Mine), around(d, zone, y.policy.Theirs))
}

// fits reports whether a meeting of the least length can begin at the moment in any period.
func (y year) fits(p plan.Prefer) bool {
	for i := range yearAhead {
		d := y.from.Add(i)
		if !slices.Contains(moments(d, 0, y.policy.Cadence.Unit), plan.Prefer{Weekday: p.Weekday, Nth: p.Nth}) {
			continue
		}
		start := d.At(p.Minute, y.policy.Mine.Zone)
		slot := calendar.Span{Start: start, End: start.Add(y.policy.Minimum)}
		if slices.ContainsFunc(y.mutual(d), func(s calendar.Span) bool { return s.Contains(slot) }) {
			return true
		}
	}
	return false
}

// nearest returns the moment nearest to p, first by day, then by minute, at which a meeting of full length can begin in at
// least half of the periods; failing that, one of the least length in any period.
func (y year) nearest(p plan.Prefer) (plan.Prefer, bool) {
	for _, ask := range []struct {
		length time.Duration
		times  int
	}{{y.policy.Duration, y.periods / 2}, {y.policy.Minimum, y.periods / 2}, {y.policy.Minimum, 1}} {
		var best *plan.Prefer
		for m, times := range y.starts(ask.length) {
			if times >= ask.times && (best == nil || closer(p, m, *best)) {
				best = &m
			}
		}
		if best != nil {
			return *best, true
		}
	}
	return plan.Prefer{}, false
}

// starts counts, for each moment of a period, how often a meeting of that length could begin there.
func (y year) starts(length time.Duration) map[plan.Prefer]int {
	count := map[plan.Prefer]int{}
	for i := range yearAhead {
		d := y.from.Add(i)
		for _, s := range y.mutual(d) {
			for _, minute := range y.minutes(d, s, length) {
				for _, m := range moments(d, minute, y.policy.Cadence.Unit) {
					count[m]++
				}
			}
		}
	}
	return count
}

// minutes lists the times of a date, on the grid of five minutes, at which the length fits into a stretch.
func (y year) minutes(d calendar.Date, stretch calendar.Span, length time.Duration) []int {
	zone := y.policy.Mine.Zone
	var list []int
	for t := stretch.Start.Truncate(5 * time.Minute); !t.Add(length).After(stretch.End); t = t.Add(5 * time.Minute) {
		if t.Before(stretch.Start) || calendar.DateOf(t, zone) != d {
			continue
		}
		local := t.In(zone)
		list = append(list, local.Hour()*60+local.Minute())
	}
	return list
}

// moments names a time of a date as prefer does; a date of a month may be the fourth and the last of its weekday.
func moments(d calendar.Date, minute int, unit plan.Unit) []plan.Prefer {
	switch unit {
	case plan.Day:
		return []plan.Prefer{{Minute: minute}}
	case plan.Week:
		return []plan.Prefer{{Weekday: d.Weekday(), Minute: minute}}
	}
	var list []plan.Prefer
	if nth := (d.Day + 6) / 7; nth <= 4 {
		list = append(list, plan.Prefer{Weekday: d.Weekday(), Nth: nth, Minute: minute})
	}
	if d.Add(7).Month != d.Month {
		list = append(list, plan.Prefer{Weekday: d.Weekday(), Nth: -1, Minute: minute})
	}
	return list
}

// closer reports whether a lies nearer to p than b: by week of the month, day, minute; then the earlier one.
func closer(p, a, b plan.Prefer) bool {
	return slices.Compare(away(p, a), away(p, b)) < 0
}

func away(p, m plan.Prefer) []int {
	last := func(nth int) int { // last comes after fourth
		if nth < 0 {
			return 5
		}
		return nth
	}
	of := func(d time.Weekday) int { return slices.Index(week[:], d) }
	return []int{abs(last(p.Nth) - last(m.Nth)), abs(of(p.Weekday) - of(m.Weekday)), abs(p.Minute - m.Minute),
		last(m.Nth), of(m.Weekday), m.Minute}
}

func abs(n int) int { return max(n, -n) }

// around returns one person's hours near a date of zone, joined. The dates of another zone may differ by one.
func around(d calendar.Date, zone *time.Location, side plan.Side) []calendar.Span {
	window := calendar.Span{Start: d.At(0, zone), End: d.Add(2).At(0, zone)} // a slot may run past midnight
	var spans []calendar.Span
	for i := -2; i <= 3; i++ {
		date := d.Add(i)
		for _, h := range side.Hours {
			if h.Weekday != date.Weekday() {
				continue
			}
			s := calendar.Span{Start: date.At(h.From, side.Zone), End: date.At(h.To, side.Zone)}
			if s.Overlaps(window) {
				spans = append(spans, s)
			}
		}
	}
	return calendar.United(spans)
}

// both returns the stretches that lie in an entry of each list.
func both(a, b []calendar.Span) []calendar.Span {
	var out []calendar.Span
	for _, s := range a {
		for _, t := range b {
			if s.Overlaps(t) {
				out = append(out, s.Clip(t))
			}
		}
	}
	return out
}
