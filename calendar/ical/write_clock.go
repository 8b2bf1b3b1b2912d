package ical

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"bilateral/calendar"
)

// clock is the way in which a series writes its times: that of its DTSTART.
type clock struct {
	form form
	zone *time.Location // nil for floating times and dates
	tzid string         // the TZID parameter as written, with its name; only of a zoned one
}

// momentOf reads a value of a DATE or DATE-TIME property, which may be one of a list.
func momentOf(p property, value string) (moment, error) {
	return parseMoment([]byte(value), p.param("TZID"))
}

// clockTime is what the wall clock reads at the moment, as if UTC.
func (m moment) clockTime() time.Time { return time.Unix(m.wall, 0).UTC() }

// clockOf returns the way in which a DTSTART is written, and the instant it names.
func clockOf(start property, zoneOf func(tzid string) (*time.Location, error)) (clock, time.Time, error) {
	m, err := momentOf(start, start.value)
	if err != nil {
		return clock{}, time.Time{}, fmt.Errorf("DTSTART %q is no time", start.value)
	}
	switch m.form {
	case utc:
		return clock{form: utc, zone: time.UTC}, m.clockTime(), nil
	case zoned:
		zone, err := zoneOf(start.param("TZID"))
		if err != nil {
			return clock{}, time.Time{}, err
		}
		return clock{zoned, zone, rawParam(start, "TZID")}, calendar.Resolve(m.clockTime(), zone), nil
	}
	return clock{form: m.form}, time.Time{}, nil
}

func rawParam(p property, name string) string {
	for _, raw := range p.params {
		if key, _, _ := strings.Cut(raw, "="); strings.EqualFold(key, name) {
			return raw
		}
	}
	return ""
}

// property writes an instant in the series' own zone. The second run of an hour that a clock change repeats cannot be
// named there (RFC 5545 section 3.3.5): it is written in UTC.
func (c clock) property(name string, t time.Time) property {
	if c.form == zoned && c.canName(t) {
		return property{name: name, params: []string{c.tzid}, value: t.In(c.zone).Format(localFormat)}
	}
	return property{name: name, value: t.UTC().Format(utcFormat)}
}

func (c clock) canName(t time.Time) bool { return calendar.Resolve(wallOf(t, c.zone), c.zone).Equal(t) }

// startOfSeries writes the DTSTART of a master. It must be in the zone, or the series would lose it.
func (c clock) startOfSeries(t time.Time) (property, error) {
	if c.form == zoned && !c.canName(t) {
		return property{}, fmt.Errorf("it would start at %s, in the second run of an hour that the clock change in %s repeats, which cannot be written",
			t.In(c.zone).Format("2006-01-02 15:04 MST"), c.zone)
	}
	return c.property("DTSTART", t), nil
}

// wallOf returns the wall clock of t in zone, as if UTC.
func wallOf(t time.Time, zone *time.Location) time.Time {
	_, offset := t.In(zone).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// names reports whether the moment, with the zone of its own TZID, means the instant t. A bare date means any moment of
// that day in the series' zone: some writers leave the time out. Floating digits are read in the series' zone.
func (c clock) names(m moment, zone *time.Location, t time.Time) bool {
	switch m.form {
	case utc:
		return m.clockTime().Equal(t)
	case date:
		return m.clockTime().Equal(wallOf(t, c.zone).Truncate(day * time.Second))
	case floating:
		zone = c.zone
	}
	return zone != nil && calendar.Resolve(m.clockTime(), zone).Equal(t)
}

// rule checks an RRULE value and writes its UNTIL in UTC, as RFC 5545 section 3.3.10 asks where DTSTART has a zone.
func (c clock) rule(value string) (string, error) {
	parts := ruleParts(value)
	if len(parts) == 0 {
		return "", errors.New("its rule is empty")
	}
	for i, part := range parts {
		until, ok := strings.CutPrefix(part, "UNTIL=")
		if !ok || c.zone == nil {
			continue
		}
		last, err := c.until(until)
		if err != nil {
			return "", err
		}
		parts[i] = "UNTIL=" + last.Format(utcFormat)
	}
	return strings.Join(parts, ";"), nil
}

// until reads an UNTIL value. A bare date includes the whole of that day.
func (c clock) until(value string) (time.Time, error) {
	m, err := momentOf(property{}, value)
	switch {
	case err != nil:
		return time.Time{}, fmt.Errorf("UNTIL %q of its rule is no time", value)
	case m.form == date:
		m.wall += day - 1
	case m.form == utc:
		return m.clockTime(), nil
	}
	return calendar.Resolve(m.clockTime(), c.zone).UTC(), nil
}

// ruleParts returns the parts of an RRULE value in upper case, in their order.
func ruleParts(value string) []string {
	return strings.FieldsFunc(strings.ToUpper(lineText(value)), func(r rune) bool { return r == ';' || r == ' ' })
}
