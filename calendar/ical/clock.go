package ical

import (
	"fmt"
	"time"

	"bilateral/calendar"
)

// timing is a component's start and length tied to the zone it is written in: it turns wall-clock times of that zone
// into spans.
type timing struct {
	x     *expander
	of    *component
	home  *time.Location // of floating times and DATEs
	zone  *time.Location // of DTSTART
	start moment
	fixed int64  // length in seconds, where it is exact
	span  extent // otherwise
	exact bool
}

func instant(wall int64, zone *time.Location) int64 {
	if zone == time.UTC {
		return wall
	}
	return calendar.Resolve(time.Unix(wall, 0).UTC(), zone).Unix()
}

func wallAt(instant int64, zone *time.Location) int64 {
	_, offset := time.Unix(instant, 0).In(zone).Zone()
	return instant + int64(offset)
}

// clock finds the component's zone and length. Where the zone cannot be found the event stands at its wall clock in the
// reader's zone, and that is reported: leaving it out would show busy time as free, and UTC would be a guess with nothing
// behind it.
func (x *expander) clock(c *component) *timing {
	t := &timing{x: x, of: c, home: x.home, start: c.start}
	if c.file.homeZone != "" && c.start.form == floating {
		if z := x.zones.name(c.file.homeZone); z != nil {
			t.home = z
		}
	}
	var err error
	if t.zone, err = t.zoneOf(c.start); err != nil {
		x.reportOnce(c, fmt.Errorf("%w; read as a time in %s", err, t.home))
		t.zone, t.start.form = t.home, floating
	}
	t.setLength(c)
	return t
}

func (t *timing) zoneOf(m moment) (*time.Location, error) {
	switch m.form {
	case utc:
		return time.UTC, nil
	case zoned:
		return t.x.zones.find(t.of.file, m.tzid)
	}
	return t.home, nil
}

// setLength: RFC 5545 section 3.6.1. DTEND gives an exact length, DURATION a nominal one; without either a DATE lasts a
// day and a DATE-TIME no time at all. What ends before it begins has no length.
func (t *timing) setLength(c *component) {
	switch {
	case c.end.form != absent:
		t.setEnd(c.end)
	case c.hasLength:
		t.span = extent{max(0, c.length.days), max(0, c.length.seconds)}
	case c.start.form == date:
		t.span = extent{days: 1}
	default:
		t.exact = true
	}
}

func (t *timing) setEnd(end moment) {
	if t.start.form == date && end.form == date {
		t.span = extent{days: max(1, (end.wall-t.start.wall)/day)} // Outlook writes a day that ends on itself
		return
	}
	zone, err := t.zoneOf(end)
	if err != nil || end.form == date || end.form == floating {
		zone = t.zone // mixed types are invalid; the clock on the wall is the same
	}
	t.exact, t.fixed = true, max(0, instant(end.wall, zone)-instant(t.start.wall, t.zone))
}

// at is the span of an instance whose start reads wall.
func (t *timing) at(wall int64) (start, end int64) {
	start = instant(wall, t.zone)
	return start, t.end(wall, start)
}

func (t *timing) end(wall, start int64) int64 {
	if t.exact {
		return start + t.fixed
	}
	if t.span.days == 0 {
		return start + t.span.seconds
	}
	return max(start, instant(wall+t.span.days*day, t.zone)+t.span.seconds)
}

// longest bounds the length of an instance, changes of offset included.
func (t *timing) longest() int64 {
	if t.exact {
		return t.fixed
	}
	return (t.span.days+1)*day + t.span.seconds
}

// meant is the instant that a date of component c (EXDATE, RDATE or RECURRENCE-ID) names in the series t. The three forms
// mix in the wild: a DATE means the instance of that date, a floating time is read in the series' zone.
func (t *timing) meant(m moment, c *component) int64 {
	switch {
	case t.start.form == date: // the midnight of the date that it names, whatever clock it names it by
		return instant(m.date()*day, t.zone)
	case m.form == date:
		return instant(m.date()*day+floorMod(t.start.wall, day), t.zone)
	case m.form == floating:
		return instant(m.wall, t.zone)
	case m.form == utc:
		return m.wall
	}
	zone, err := t.x.zones.find(c.file, m.tzid)
	if err != nil {
		t.x.reportOnce(c, fmt.Errorf("%w; read as a time in %s", err, t.zone))
		zone = t.zone
	}
	return instant(m.wall, zone)
}
