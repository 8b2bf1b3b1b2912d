package plan

import (
	"time"

	"bilateral/calendar"
)

// Unit is the length of a period.
type Unit uint8

// Units of a cadence.
const (
	Day Unit = iota
	Week
	Month
)

// Cadence is how often the two meet: every Every units.
type Cadence struct {
	Unit  Unit
	Every int // weeks only; 1 otherwise
}

// Prefer is the preferred moment of a period, in the owner's zone.
type Prefer struct {
	Weekday time.Weekday // weekly and monthly
	Nth     int          // monthly: 1..4, or -1 for the last such weekday
	Minute  int          // after midnight, a multiple of 5
}

// Hours is a stretch of every week in one person's zone: From..To minutes after midnight (To up to 1440) of that day.
type Hours struct {
	Weekday  time.Weekday
	From, To int
}

// Travel puts a person's hours into another zone from the date First to Last, both included, read in that zone.
type Travel struct {
	First, Last calendar.Date
	Zone        *time.Location
}

// Side is one of the two people.
type Side struct {
	Name           string // as sentences name them
	Zone           *time.Location
	Hours, Stretch []Hours
	Travel         []Travel
}

// OnDelete says what an instance deleted by a person asks for.
type OnDelete string

// Values of on_delete.
const (
	Ask    OnDelete = "ask"
	Skip   OnDelete = "skip"
	Replan OnDelete = "replan"
)

// Horizon is how far ahead periods are guarded; calendar months are added before days.
type Horizon struct{ Months, Days int }

// End is the moment up to which periods begin that are guarded.
func (h Horizon) End(now time.Time, zone *time.Location) time.Time {
	d := calendar.DateOf(now, zone)
	local := now.In(zone)
	minute := local.Hour()*60 + local.Minute()
	y, m, day := time.Date(d.Year, d.Month+time.Month(h.Months), d.Day+h.Days, 0, 0, 0, 0, time.UTC).Date()
	return calendar.Date{Year: y, Month: m, Day: day}.At(minute, zone)
}

// Policy is what a bilateral's configuration asks for. Durations are whole multiples of five minutes where they are the
// length of a slot.
type Policy struct {
	Cadence           Cadence
	Prefer            Prefer
	Duration, Minimum time.Duration
	Horizon           Horizon
	Notice, Freeze    time.Duration
	Settle, ActWithin time.Duration
	Buffer            time.Duration
	MaxMoves          int
	OnDelete          OnDelete
	Mine, Theirs      Side
}
