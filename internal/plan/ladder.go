package plan

import (
	"time"

	"bilateral/calendar"
)

// grid is the step of starts and lengths, in minutes.
const grid = 5

const step = grid * time.Minute

// start is a place on the grid with all that the comparison asks of it; what depends on the length is added later.
type start struct {
	at       time.Time
	room     time.Duration // to the end of its hours or the next hard time
	days     int           // from the preferred date
	crowding int           // days short of 2 to the previous period's slot
	odd      bool          // neither on a quarter hour nor on the preferred minute
	minutes  int           // from the preferred time
}

// candidate is a legal slot and its place in the order.
type candidate struct {
	start
	length time.Duration
	soft   time.Duration
}

// less is the order inside a rung: docs/guarantee.md, "The ladder". It is total, since two slots of one start and one
// length are the same slot.
func (a candidate) less(b candidate) bool {
	switch {
	case a.soft != b.soft:
		return a.soft < b.soft
	case a.length != b.length:
		return a.length > b.length
	case a.days != b.days:
		return a.days < b.days
	case a.crowding != b.crowding:
		return a.crowding < b.crowding
	case a.odd != b.odd:
		return b.odd
	case a.minutes != b.minutes:
		return a.minutes < b.minutes
	}
	return a.at.Before(b.at)
}

// ladder searches the rungs in order, exhaustively, and returns the best slot of the first that has one.
func (m *matter) ladder() (calendar.Span, []Look, bool) {
	notice := m.Now.Add(max(m.Policy.Notice, m.Policy.Freeze))
	freeze := m.Now.Add(m.Policy.Freeze)
	var looked []Look
	for _, h := range m.rounds() {
		starts := m.starts(h.hours, freeze)
		for _, t := range []time.Time{notice, freeze} {
			for _, softAllowed := range []bool{false, true} {
				best, legal := m.best(starts, t, softAllowed)
				looked = append(looked, Look{Rung: h.rung(softAllowed), After: t, Legal: legal})
				if legal > 0 {
					return calendar.Span{Start: best.at, End: best.at.Add(best.length)}, looked, true
				}
			}
		}
	}
	return calendar.Span{}, looked, false
}

// round is the hours of some rungs.
type round struct {
	hours   spans
	stretch bool
}

// rounds are rungs 2 to 5, then rung 6 where anybody has stretch hours.
func (m *matter) rounds() []round {
	r := []round{{hours: m.mutual}}
	if len(m.Policy.Mine.Stretch)+len(m.Policy.Theirs.Stretch) > 0 {
		r = append(r, round{hours: m.wide, stretch: true})
	}
	return r
}

func (r round) rung(softAllowed bool) Rung {
	switch {
	case r.stretch:
		return InStretch
	case softAllowed:
		return OverSoft
	}
	return SamePeriod
}

// starts lists the grid's starts from t on which a slot of the minimum length finds room.
func (m *matter) starts(hours spans, t time.Time) []start {
	out := make([]start, 0, 256)
	for _, free := range subtract(hours.clip(m.Period.Span), m.hard) {
		for at := m.gridFrom(later(free.Start, t)); free.End.Sub(at) >= m.Policy.Minimum; at = at.Add(step) {
			out = append(out, m.startAt(at, free.End.Sub(at)))
		}
	}
	return out
}

// gridFrom is the first moment of the grid at or after t. The grid is the owner's wall clock.
func (m *matter) gridFrom(t time.Time) time.Time {
	local := t.In(m.zone)
	over := time.Duration(local.Minute()%grid)*time.Minute + time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond())
	if over == 0 {
		return t
	}
	return t.Add(step - over)
}

func (m *matter) startAt(at time.Time, room time.Duration) start {
	day, minute := m.wall(at)
	return start{
		at: at, room: room,
		days:     abs(day - dayNumber(m.Preferred)),
		crowding: m.crowding(day),
		odd:      minute%15 != 0 && minute%60 != m.prefer.Minute%60,
		minutes:  abs(minute - m.prefer.Minute),
	}
}

// wall is the owner's date, as a day number, and the minute of that day. It is asked for every start on the grid, so it
// does without time.Time's calendar.
func (m *matter) wall(at time.Time) (day, minute int) {
	_, offset := at.In(m.zone).Zone()
	local := at.Unix() + int64(offset)
	return int(floorDiv(local, 24*60*60)), int(local-floorDiv(local, 24*60*60)*24*60*60) / 60
}

func floorDiv(a, b int64) int64 {
	if a < 0 {
		return -((b - 1 - a) / b)
	}
	return a / b
}

// dayNumber counts days from 1 January 1970.
func dayNumber(d calendar.Date) int {
	return int(floorDiv(d.At(0, time.UTC).Unix(), 24*60*60))
}

func (m *matter) crowding(day int) int {
	if m.previous.IsZero() || m.cadence.Unit == Day {
		return 0
	}
	before, _ := m.wall(m.previous.Start)
	return max(0, 2-abs(day-before))
}

// best is the least candidate from t on, and how many starts had one.
func (m *matter) best(starts []start, t time.Time, softAllowed bool) (candidate, int) {
	var best candidate
	legal := 0
	for _, s := range starts {
		if s.at.Before(t) {
			continue
		}
		c, ok := m.bestAt(s, softAllowed)
		if !ok {
			continue
		}
		if legal++; legal == 1 || c.less(best) {
			best = c
		}
	}
	return best, legal
}

// bestAt is the best length at one start. Without soft time the longest wins; with it, a shorter one may cover less.
func (m *matter) bestAt(s start, softAllowed bool) (candidate, bool) {
	if !softAllowed {
		if i := m.soft.from(s.at); i < len(m.soft) {
			s.room = min(s.room, max(0, m.soft[i].Start.Sub(s.at)))
		}
	}
	best, found := candidate{}, false
	for length := m.Policy.Duration; length >= m.Policy.Minimum; length -= step {
		if length > s.room {
			continue
		}
		c := candidate{start: s, length: length, soft: m.soft.covered(calendar.Span{Start: s.at, End: s.at.Add(length)})}
		if !found || c.less(best) {
			best, found = c, true
		}
		if c.soft == 0 {
			break // nothing shorter can be better
		}
	}
	return best, found
}

// legalStarts counts, up to a limit, the starts of legal slots of the minimum length.
func (s *scene) legalStarts(p Period, limit int) int {
	m := s.open(p, calendar.Span{})
	return min(limit, len(m.starts(m.mutual, m.Now.Add(m.Policy.Freeze))))
}

// legalQuarters counts, up to a limit, the quarter-hour starts of legal slots of the minimum length.
func (m *matter) legalQuarters(limit int) int {
	n, freeze := 0, m.Now.Add(m.Policy.Freeze)
	for _, free := range subtract(m.mutual.clip(m.Period.Span), m.hard) {
		for at := m.gridFrom(later(free.Start, freeze)); free.End.Sub(at) >= m.Policy.Minimum; at = at.Add(step) {
			if _, minute := m.wall(at); minute%15 != 0 {
				continue
			}
			if n++; n >= limit {
				return n
			}
		}
	}
	return n
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
