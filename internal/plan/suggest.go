package plan

import (
	"slices"
	"time"

	"bilateral/calendar"
)

// Suggestion is a standing time that suits the horizon better than the one in force.
type Suggestion struct {
	Prefer Prefer
	Free   int // guarded periods in which it is free at full length
	Of     int
	Moved  int // guarded periods that now stand away from the standing time
}

// enough is how many guarded periods it takes before a standing time is judged.
const enough = 4

// Suggest proposes a new standing time when more than half of at least four guarded periods stand away from the one in
// force: the time that is free in most of them, then the nearest.
func Suggest(w World, decisions []Decision) (Suggestion, bool) {
	moved := 0
	for _, d := range decisions {
		if d.Moved && (d.State == Held || d.State == Pending) {
			moved++
		}
	}
	if w.Standing == nil || len(decisions) < enough || 2*moved <= len(decisions) {
		return Suggestion{}, false
	}
	best := newScene(w).bestStanding()
	best.Moved = moved
	return best, best.Free > 0 && best.Prefer != w.Standing.Prefer
}

// bestStanding tries each quarter hour of each weekday (of each day, for a daily one).
func (s *scene) bestStanding() Suggestion {
	var best Suggestion
	days := []time.Weekday{s.prefer.Weekday}
	if s.cadence.Unit != Day {
		days = []time.Weekday{1, 2, 3, 4, 5, 6, 0}
	}
	for _, day := range days {
		for minute := 0; minute < 24*60; minute += 15 {
			p := Prefer{Weekday: day, Nth: s.prefer.Nth, Minute: minute}
			if n := s.freeAt(p); n > best.Free || (n == best.Free && n > 0 && s.nearer(p, best.Prefer)) {
				best = Suggestion{Prefer: p, Free: n, Of: len(s.guarded)}
			}
		}
	}
	return best
}

func (s *scene) freeAt(p Prefer) int {
	f, n := s.frame, 0
	f.prefer = p
	for _, period := range s.guarded {
		period = f.on(period.First)
		start := f.original(period)
		slot := calendar.Span{Start: start, End: start.Add(s.Policy.Duration)}
		if s.mutual.contain(slot) && !s.hard.overlap(slot) && !s.soft.overlap(slot) {
			n++
		}
	}
	return n
}

func (s *scene) nearer(a, b Prefer) bool {
	far := func(p Prefer) []int {
		return []int{abs((int(p.Weekday)+6)%7 - (int(s.prefer.Weekday)+6)%7), abs(p.Minute - s.prefer.Minute)}
	}
	return slices.Compare(far(a), far(b)) < 0
}
