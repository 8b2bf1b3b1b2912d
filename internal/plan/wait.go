package plan

import (
	"time"

	"bilateral/calendar"
)

// waits collects why a permitted change is not made yet: the first reason's code and the latest moment.
type waits struct {
	code  string
	until time.Time
}

func (w *waits) add(code string, until time.Time) {
	if w.code == "" {
		w.code = code
	}
	w.until = later(w.until, until)
}

// waitsFor gathers the waits of docs/guarantee.md, "Waiting", for going to slot.
func (m *matter) waitsFor(slot calendar.Span, trouble string, counts bool) waits {
	var w waits
	m.waitForPause(&w)
	if m.instance == nil { // a first placement settles nothing and disturbs nobody
		return w
	}
	m.waitToSettle(&w, trouble)
	m.waitWhileFar(&w)
	m.waitForTomorrow(&w, counts)
	m.waitForHours(&w, slot)
	return w
}

func (m *matter) waitForPause(w *waits) {
	if until, paused := m.pause(); paused {
		w.add("paused", until)
	}
}

// pause is the owner's order, or the owner's own absence.
func (m *matter) pause() (time.Time, bool) {
	until := time.Time{}
	if m.Now.Before(m.Paused) {
		until = m.Paused
	}
	if i := m.myAway.from(m.Now); i < len(m.myAway) && m.myAway[i].Has(m.Now) {
		until = later(until, m.myAway[i].End)
	}
	return until, !until.IsZero()
}

func (m *matter) waitToSettle(w *waits, trouble string) {
	since, seen := m.Seen[trouble]
	if !seen {
		since = m.Now
	}
	if settled := since.Add(m.Policy.Settle); settled.After(m.Now) {
		w.add("settling", settled)
	}
}

// fewStarts is how few legal quarter-hour starts make a far conflict urgent.
const fewStarts = 5

func (m *matter) waitWhileFar(w *waits) {
	if m.kind() != "conflict" || m.begun() || !m.instance.Slot.Start.After(m.Now.Add(m.Policy.ActWithin)) {
		return
	}
	if m.legalQuarters(fewStarts) >= fewStarts {
		w.add("far", m.instance.Slot.Start.Add(-m.Policy.ActWithin))
	}
}

func (m *matter) waitForTomorrow(w *waits, counts bool) {
	i := m.instance
	if !counts || i.LastMove.IsZero() || (m.stands() && i.declined()) {
		return
	}
	if today := calendar.DateOf(m.Now, m.zone); calendar.DateOf(i.LastMove, m.zone) == today {
		w.add("daily", today.Add(1).At(0, m.zone))
	}
}

// waitForHours is the rule of quiet: mails go out in the executive's hours, unless the slot would begin before them.
func (m *matter) waitForHours(w *waits, slot calendar.Span) {
	moment := later(m.Now, w.until)
	hours := m.quietHours()
	if hours.has(moment) {
		return
	}
	if next, ok := hours.next(moment); ok && next.Sub(moment) <= quietReach && !slot.Start.Before(next) {
		w.add("quiet", next)
	}
}
