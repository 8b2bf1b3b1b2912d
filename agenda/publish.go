package agenda

import (
	"fmt"
	"strings"
	"time"
)

// Policy says how much of an agenda an invitation shows, and when it is written there.
type Policy struct {
	Show    Show
	Publish []Moment
}

// Moment is a time to publish at, relative to a slot.
type Moment struct {
	When   When
	Minute int           // DayBefore: after midnight, in the owner's zone
	Before time.Duration // Ahead: before the slot's start
}

// When is the kind of a moment.
type When uint8

// The kinds of moments.
const (
	AfterPrevious When = iota + 1 // when the previous meeting ended, so that there is a place to write into
	DayBefore                     // on the last working day before the slot's date
	Ahead                         // so long before the slot
)

// always is the moment of a slot without a previous meeting: earlier than any publication.
var always = time.Unix(0, 0).UTC()

// ParseMoment reads "after previous", "day before 16:00", or a time before the meeting such as "1h" or "90m".
func ParseMoment(s string) (Moment, error) {
	words := strings.Join(strings.Fields(strings.ToLower(s)), " ")
	if words == "after previous" {
		return Moment{When: AfterPrevious}, nil
	}
	if clock, ok := strings.CutPrefix(words, "day before "); ok {
		if at, err := time.Parse("15:04", clock); err == nil {
			return Moment{When: DayBefore, Minute: at.Hour()*60 + at.Minute()}, nil
		}
	}
	if before, err := time.ParseDuration(words); err == nil && before > 0 {
		return Moment{When: Ahead, Before: before}, nil
	}
	return Moment{}, fmt.Errorf("%q is no moment to publish at: write \"after previous\", \"day before 16:00\" or a time before the meeting such as \"1h\"", s)
}

// Timing places the moments of one slot.
type Timing struct {
	Start       time.Time            // of the slot
	PreviousEnd time.Time            // of the meeting before it; zero if there is none: then "after previous" is due at once
	Zone        *time.Location       // of the owner
	Workday     func(time.Time) bool // whether the owner has hours on a date (midnight UTC of the civil date)
}

// Due is the latest moment that has passed at now, and false if none has. Publish if the last publication was before
// it and the text changed. Moments after the slot's start do not count.
func (p Policy) Due(t Timing, now time.Time) (time.Time, bool) {
	var latest time.Time
	for _, at := range p.moments(t) {
		if !at.After(now) && at.After(latest) {
			latest = at
		}
	}
	return latest, !latest.IsZero()
}

// Next is the earliest moment after now, and false if none is left.
func (p Policy) Next(t Timing, now time.Time) (time.Time, bool) {
	var next time.Time
	for _, at := range p.moments(t) {
		if at.After(now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next, !next.IsZero()
}

func (p Policy) moments(t Timing) []time.Time {
	var out []time.Time
	for _, m := range p.Publish {
		if at := m.at(t); !at.After(t.Start) {
			out = append(out, at)
		}
	}
	return out
}

func (m Moment) at(t Timing) time.Time {
	switch {
	case m.When == AfterPrevious && t.PreviousEnd.IsZero():
		return always
	case m.When == AfterPrevious:
		return t.PreviousEnd
	case m.When == Ahead:
		return t.Start.Add(-m.Before)
	}
	return wallClock(workdayBefore(civil(t.Start, t.Zone), t.Workday), m.Minute, t.Zone)
}

// workdayBefore is the day before where nobody works for three weeks.
func workdayBefore(day time.Time, workday func(time.Time) bool) time.Time {
	for back := 1; back <= 21; back++ {
		if before := day.AddDate(0, 0, -back); workday(before) {
			return before
		}
	}
	return day.AddDate(0, 0, -1)
}

// wallClock resolves a minute of a civil date by RFC 5545 section 3.3.5, which time.Date does not follow: where a
// time occurs twice it is the first, and one that is skipped is read with the offset before the gap.
func wallClock(day time.Time, minute int, zone *time.Location) time.Time {
	naive := day.Add(time.Duration(minute) * time.Minute)
	guess := time.Date(day.Year(), day.Month(), day.Day(), 0, minute, 0, 0, zone)
	_, offset := guess.Zone()
	shown := naive.Sub(guess.Add(time.Duration(offset) * time.Second)) // 0, or how far a gap pushed the guess back
	if shown > 0 {
		return naive.Add(-time.Duration(offset) * time.Second).In(zone)
	}
	change, _ := guess.ZoneBounds()
	if shown < 0 || change.IsZero() {
		return guess
	}
	_, before := change.Add(-time.Second).Zone()
	if first := naive.Add(-time.Duration(before) * time.Second); first.Before(change) {
		return first.In(zone)
	}
	return guess
}
