package ical

import (
	"time"

	"bilateral/calendar"
)

// timing is a component's start and length tied to the zone it is written in: it turns wall-clock times of that zone
// into spans.
type timing struct {
	zones *zones
	file  *File
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

// clock finds the component's zone and length.
func (x *expander) clock(c *component) (*timing, error) {
	t := &timing{zones: x.zones, file: c.file, home: x.home, start: c.start}
	var err error
	if c.file.homeZone != "" && c.start.form == floating {
		if z := x.zones.name(c.file.homeZone); z != nil {
			t.home = z
		}
	}
	if t.zone, err = t.zoneOf(c.start); err != nil {
		return nil, err
	}
	return t, t.setLength(c)
}

func (t *timing) zoneOf(m moment) (*time.Location, error) {
	switch m.form {
	case utc:
		return time.UTC, nil
	case zoned:
		return t.zones.find(t.file, m.tzid)
	}
	return t.home, nil
}

// setLength: RFC 5545 section 3.6.1. DTEND gives an exact length, DURATION a nominal one; without either a DATE lasts a
// day and a DATE-TIME no time at all. What ends before it begins has no length.
func (t *timing) setLength(c *component) error {
	switch {
	case c.end.form != absent:
		return t.setEnd(c.end)
	case c.hasLength:
		t.span = extent{max(0, c.length.days), max(0, c.length.seconds)}
	case c.start.form == date:
		t.span = extent{days: 1}
	default:
		t.exact = true
	}
	return nil
}

func (t *timing) setEnd(end moment) error {
	if t.start.form == date && end.form == date {
		t.span = extent{days: max(1, (end.wall-t.start.wall)/day)} // Outlook writes a day that ends on itself
		return nil
	}
	zone, err := t.zoneOf(end)
	if err != nil {
		return err
	}
	if end.form == date || end.form == floating {
		zone = t.zone // mixed types are invalid; the clock on the wall is the same
	}
	t.exact, t.fixed = true, max(0, instant(end.wall, zone)-instant(t.start.wall, t.zone))
	return nil
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

// meant is the instant that an EXDATE, RDATE or RECURRENCE-ID of the series t names. The three forms mix in the wild: a
// DATE means the instance of that date, a floating time is read in the series' zone.
func (t *timing) meant(m moment, file *File) (int64, error) {
	switch {
	case t.start.form == date && m.form != utc && m.form != zoned:
		return instant(m.date()*day, t.zone), nil
	case m.form == date:
		return instant(m.date()*day+floorMod(t.start.wall, day), t.zone), nil
	case m.form == floating:
		return instant(m.wall, t.zone), nil
	}
	zone := time.UTC
	if m.form == zoned {
		var err error
		if zone, err = t.zones.find(file, m.tzid); err != nil {
			return 0, err
		}
	}
	if t.start.form == date {
		// The midnight of the date that it names, whatever clock it names it by.
		return instant(m.date()*day, t.zone), nil
	}
	return instant(m.wall, zone), nil
}

// original is the instant that an override's RECURRENCE-ID names in the series t.
func (t *timing) original(o *component, own *timing) int64 {
	at, err := t.meant(o.recurrence, o.file)
	if err != nil { // an unknown zone: read it as the override's own
		return instant(o.recurrence.wall, own.zone)
	}
	return at
}
