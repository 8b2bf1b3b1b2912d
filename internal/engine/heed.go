package engine

import (
	"maps"
	"slices"
	"strings"

	"bilateral/calendar"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// marked is what the marks of the series tell of the owner's orders. ok is false where a program has dropped them, or
// there are none yet: then they tell nothing.
func (w *work) marked() (told store.Marked, skips map[string]string, ok bool) {
	s := w.found.current()
	if s == nil || s.Mark[keyID] == "" {
		return told, nil, false
	}
	told = store.Marked{UID: s.UID, Paused: s.Mark[keyPaused], Travel: s.Mark[keyTravel]}
	skips = parseSkips(s.Mark[keySkips]) // of the series that goes on: what the one before it says is out of date
	told.Far = slices.Sorted(maps.Keys(skips))
	for _, s := range w.found.series {
		for _, i := range s.Instances {
			if i.Cancelled && i.Mark[keyState] == stateSkipped {
				skips[w.periodOf(i)] = i.Mark[keyReason]
			}
		}
	}
	told.Skips = slices.Sorted(maps.Keys(skips))
	return told, skips, true
}

func (w *work) periodOf(i calendar.Instance) string {
	return plan.KeyOf(w.b.Policy, w.b.standing(w.found), w.Now, i.Original)
}

// heed takes over what the marks tell of the owner's orders and did not tell when this daemon last looked: another daemon
// has taken those, or this one since the copy that its database was restored from. A database that knows nothing of the
// series was lost, and takes over everything. What marks that a program dropped, or those of another series, do not tell
// was not taken back: whoever wrote them may have known less.
func (w *work) heed(o *store.Orders, lost bool) {
	told, skips, ok := w.marked()
	if !ok {
		o.Marked.UID = ""
		return
	}
	last := o.Marked
	o.Marked = told
	goesOn := lost || last.UID == told.UID
	if told.Paused != last.Paused && (goesOn || told.Paused != "") {
		o.PausedUntil = parseInstant(told.Paused)
	}
	if told.Travel != last.Travel {
		o.Travel = heedTravel(o.Travel, last, told, goesOn)
	}
	for _, period := range told.Skips {
		if !slices.Contains(last.Skips, period) {
			o.Skips[period] = skips[period]
		}
	}
	for _, period := range last.Skips {
		if goesOn && !slices.Contains(told.Skips, period) && w.takenBack(period, last) {
			delete(o.Skips, period)
		}
	}
}

// heedTravel are the journeys that the marks tell of, which have changed; where marks are new, those that they add.
func heedTravel(known []plan.Travel, last, told store.Marked, goesOn bool) []plan.Travel {
	if goesOn {
		return parseTravel(told.Travel)
	}
	had := append(strings.Fields(last.Travel), strings.Fields(travelMark(known))...)
	for text := range strings.FieldsSeq(told.Travel) {
		if !slices.Contains(had, text) {
			known = append(known, parseTravel(text)...)
		}
	}
	return known
}

// takenBack reports whether a skip that the marks told of is no more, by somebody's will: what a program dropped, or time
// has passed over, says nothing.
func (w *work) takenBack(period string, last store.Marked) bool {
	if !w.periodEnd(period).After(w.Now) {
		return false
	}
	for _, s := range w.found.series {
		for _, i := range s.Instances {
			if i.Mark != nil && w.periodOf(i) == period && (i.Mark[keyState] == stateWaived || !i.Cancelled && i.Mark[keyState] == "" && i.Mark[keyPlaced] != "") {
				return true
			}
		}
	}
	return slices.Contains(last.Far, period)
}
