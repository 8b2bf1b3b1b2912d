package calendar

import "time"

// Date is a civil date, without zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the date that t reads in zone.
func DateOf(t time.Time, zone *time.Location) Date {
	y, m, d := t.In(zone).Date()
	return Date{y, m, d}
}

// Add returns the date n days later.
func (d Date) Add(n int) Date {
	y, m, day := time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC).Date()
	return Date{y, m, day}
}

// Days returns the number of days from o to d.
func (d Date) Days(o Date) int { return int(d.utc().Sub(o.utc()).Hours() / 24) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Before reports whether d is earlier than o.
func (d Date) Before(o Date) bool { return d.utc().Before(o.utc()) }

// String is ISO 8601: 2026-12-02.
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// At resolves a wall-clock time, in minutes after midnight (1440 is the next midnight), in a zone. RFC 5545 section
// 3.3.5: a time that occurs twice is the first of the two; a time in a gap is read with the offset before the gap.
func (d Date) At(minute int, zone *time.Location) time.Time {
	if zone == time.UTC {
		return time.Date(d.Year, d.Month, d.Day, 0, minute, 0, 0, zone)
	}
	return Resolve(time.Date(d.Year, d.Month, d.Day, 0, minute, 0, 0, time.UTC), zone)
}

// Resolve reads the wall clock of a time given "as UTC" in zone, by the rule of RFC 5545 section 3.3.5. time.Date does
// not follow it: its choice at a gap or overlap differs from zone to zone.
func Resolve(wall time.Time, zone *time.Location) time.Time {
	// A zone's offset is less than a day, so a day to either side of the wall clock lies beyond the change near it.
	early, late := withOffsetAt(wall, -24*time.Hour, zone), withOffsetAt(wall, 24*time.Hour, zone)
	if !reads(early, wall, zone) && reads(late, wall, zone) {
		return late
	}
	return early // the only one, the first of two, or in a gap the offset before it
}

func withOffsetAt(wall time.Time, distance time.Duration, zone *time.Location) time.Time {
	_, offset := wall.Add(distance).In(zone).Zone()
	return wall.Add(-time.Duration(offset) * time.Second)
}

// reads reports whether the instant t shows that wall clock in zone.
func reads(t, wall time.Time, zone *time.Location) bool {
	_, off := t.In(zone).Zone()
	return t.Add(time.Duration(off) * time.Second).Equal(wall)
}
