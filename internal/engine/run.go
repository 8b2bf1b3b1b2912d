package engine

import (
	"time"

	"bilateral/agenda"
	"bilateral/calendar"
	"bilateral/internal/plan"
)

// manyParsed is after how many parsed calendar objects memory is given back at once.
const manyParsed = 1000

// passLimit is how long one pass may take, servers that never answer included.
const passLimit = 5 * time.Minute

// glance is how long the daemon sleeps at most before it looks at the clock again: timers stand still while a laptop is
// suspended, and know nothing of a clock that was set.
const glance = time.Minute

// due reports whether the clock on the wall has come to next, or an interval has passed although that clock was set back.
func (e *Engine) due(began, now, next time.Time) bool {
	return !now.Round(0).Before(next) || now.Sub(began) >= e.Interval
}

// nap is how long to sleep before the next look at the clock on the wall, which Round(0) reads.
func (e *Engine) nap(now, next time.Time) time.Duration {
	left := min(next.Sub(now.Round(0)), glance)
	if e.Pulse > 0 {
		left = min(left, e.Pulse)
	}
	return max(left, time.Millisecond)
}

// soonest is the shortest time between two passes that nobody asked for.
const soonest = 10 * time.Second

// nextPass is the earliest moment at which something that is known now falls due, within the interval.
func (e *Engine) nextPass(r Report, now, next time.Time) time.Time {
	at := func(t time.Time) {
		if t.After(now) && t.Before(next) {
			next = t
		}
	}
	for _, c := range r.Calendars {
		at(c.NextTry)
	}
	for k, b := range r.Bilaterals {
		bilateral := e.named(b.Name)
		for _, d := range r.Bilaterals[k].Decisions {
			at(d.Until)
			at(d.Slot.Start)
			at(d.Slot.End)
		}
		if t, ok := bilateral.nextPublish(b.Decisions, now); ok {
			at(t)
		}
	}
	if floor := now.Add(soonest); next.Before(floor) {
		return floor
	}
	return next
}

func (e *Engine) named(name string) *Bilateral {
	for _, b := range e.Bilaterals {
		if b.Name == name {
			return b
		}
	}
	return nil
}

// nextPublish is the next publish moment of the next meeting, as far as it can be told without its busy time.
func (b *Bilateral) nextPublish(decisions []plan.Decision, now time.Time) (time.Time, bool) {
	var previous time.Time
	for _, d := range decisions {
		if d.State != plan.Held {
			continue
		}
		if !d.Slot.Start.After(now) {
			previous = d.Slot.End
			continue
		}
		workday := func(t time.Time) bool { return b.Policy.Mine.WorksOn(calendar.DateOf(t, time.UTC).Weekday()) }
		return b.Agenda.Next(agenda.Timing{Start: d.Slot.Start, PreviousEnd: previous, Zone: b.Policy.Mine.Zone, Workday: workday}, now)
	}
	return time.Time{}, false
}
