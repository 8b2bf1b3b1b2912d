package plan

import (
	"fmt"
	"time"

	"bilateral/calendar"
)

// frame cuts time into periods: it knows the cadence, the owner's zone, where blocks of weeks are anchored and where in
// a period the standing time lies.
type frame struct {
	cadence Cadence
	prefer  Prefer
	zone    *time.Location
	anchor  calendar.Date // Monday of the first block
}

func newFrame(w World) frame {
	f := frame{cadence: w.Policy.Cadence, prefer: w.Policy.Prefer, zone: w.Policy.Mine.Zone}
	first := calendar.DateOf(w.Now, f.zone)
	if w.Anchor != (calendar.Date{}) {
		first = w.Anchor
	}
	if w.Standing != nil {
		f.prefer, first = w.Standing.Prefer, w.Standing.First
	}
	f.anchor = monday(first)
	return f
}

func monday(d calendar.Date) calendar.Date { return d.Add(-(int(d.Weekday()) + 6) % 7) }

// on is the period that holds the date.
func (f frame) on(d calendar.Date) Period {
	switch f.cadence.Unit {
	case Day:
		return f.make(d, d.Add(1), d.String(), d)
	case Month:
		first := calendar.Date{Year: d.Year, Month: d.Month, Day: 1}
		next := first.Add(31)
		next.Day = 1
		return f.make(first, next, fmt.Sprintf("%04d-%02d", d.Year, d.Month), nthWeekday(first, next, f.prefer))
	}
	length := 7 * max(f.cadence.Every, 1)
	behind := d.Days(f.anchor) % length
	if behind < 0 {
		behind += length
	}
	first := d.Add(-behind)
	return f.make(first, first.Add(length), weekKey(first), first.Add((int(f.prefer.Weekday)+6)%7))
}

func (f frame) make(first, next calendar.Date, key string, preferred calendar.Date) Period {
	span := calendar.Span{Start: first.At(0, f.zone), End: next.At(0, f.zone)}
	return Period{Key: key, Span: span, First: first, Last: next.Add(-1), Preferred: preferred}
}

// at is the period that holds the instant.
func (f frame) at(t time.Time) Period { return f.on(calendar.DateOf(t, f.zone)) }

func (f frame) after(p Period) Period  { return f.on(p.Last.Add(1)) }
func (f frame) before(p Period) Period { return f.on(p.First.Add(-1)) }

func weekKey(d calendar.Date) string {
	y, w := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).ISOWeek()
	return fmt.Sprintf("%04d-W%02d", y, w)
}

// nthWeekday is the preferred weekday's Nth date in [first, next), or the last for a negative N.
func nthWeekday(first, next calendar.Date, p Prefer) calendar.Date {
	if p.Nth < 0 {
		last := next.Add(-1)
		return last.Add(-((int(last.Weekday()) - int(p.Weekday) + 7) % 7))
	}
	d := first.Add((int(p.Weekday) - int(first.Weekday()) + 7) % 7)
	return d.Add(7 * (max(p.Nth, 1) - 1))
}

// Original is where the standing time puts the period's instance.
func (f frame) original(p Period) time.Time { return p.Preferred.At(f.prefer.Minute, f.zone) }

// PeriodAt is the period that holds the instant; standing may be nil.
func PeriodAt(p Policy, standing *Standing, now, at time.Time) Period {
	return newFrame(World{Now: now, Policy: p, Standing: standing}).at(at)
}

// KeyOf is the key of [PeriodAt].
func KeyOf(p Policy, standing *Standing, now, at time.Time) string {
	return PeriodAt(p, standing, now, at).Key
}
