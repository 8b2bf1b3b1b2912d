package plan

import (
	"cmp"
	"slices"
	"time"

	"bilateral/calendar"
)

// blame lists what stands in the way of the slot that stands.
func (m *matter) blame(d *Decision) {
	if !m.stands() {
		return
	}
	i := m.instance
	if i.declined() {
		d.Blockers = append(d.Blockers, Blocker{i.Slot, m.Policy.Theirs.Name, "declined"})
	}
	d.Blockers = append(d.Blockers, m.inTheWay(i.Slot)...)
	if i.Pinned || m.atChosenTime() {
		return
	}
	switch {
	case !m.Period.Span.Contains(i.Slot):
		d.Blockers = append(d.Blockers, Blocker{i.Slot, "", "outside its period"})
	case !m.wide.contain(i.Slot):
		d.Blockers = append(d.Blockers, Blocker{i.Slot, "", "outside the hours of both"})
	case i.Slot.Length() < m.Policy.Minimum:
		d.Blockers = append(d.Blockers, Blocker{i.Slot, "", "shorter than the minimum"})
	}
}

// inTheWay lists the hard entries over a slot, by start.
func (m *matter) inTheWay(slot calendar.Span) []Blocker {
	wide := calendar.Span{Start: slot.Start.Add(-m.Policy.Buffer), End: slot.End.Add(m.Policy.Buffer)}
	var out []Blocker
	for _, b := range m.busy {
		if b.Strength >= calendar.Hard && b.Span.Overlaps(wide) {
			out = append(out, Blocker{b.Span.UTC(), b.who, b.Strength.String()})
		}
	}
	for _, s := range m.refusedSpans() {
		if s.Overlaps(slot) && (m.instance == nil || !s.Equal(m.instance.Slot)) {
			out = append(out, Blocker{s.UTC(), m.Policy.Theirs.Name, "declined"})
		}
	}
	for _, s := range m.strayMeetings() {
		if s.Overlaps(slot) {
			out = append(out, Blocker{s.UTC(), "the 1:1 of another period", "hard"})
		}
	}
	slices.SortStableFunc(out, func(a, b Blocker) int {
		return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End), cmp.Compare(a.Who, b.Who), cmp.Compare(a.Why, b.Why))
	})
	return slices.Compact(out)
}

// unverified reports whether a slot's own time was cut out of anonymous free/busy data: what lies under it is unknown.
func (m *matter) unverified(slot calendar.Span) bool {
	return slices.ContainsFunc(m.Theirs, func(b calendar.Busy) bool { return b.Anonymous && b.Span.Overlaps(slot) })
}

// offer puts up to two legal times into the decision, best first.
func (m *matter) offer(d *Decision) {
	var list []candidate
	for _, s := range m.starts(m.mutual, m.Now.Add(m.Policy.Freeze)) {
		if c, ok := m.bestAt(s, true); ok {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		if a.less(b) {
			return -1
		}
		return 1
	})
	for _, c := range list {
		slot := calendar.Span{Start: c.at, End: c.at.Add(c.length)}
		if len(d.Offers) == 0 || !d.Offers[0].Overlaps(slot) {
			d.Offers = append(d.Offers, slot)
		}
		if len(d.Offers) == 2 {
			return
		}
	}
}

// nearMisses finds the two nearest slots that would do if meetings gave way: fewest of them first. Absences do not.
func (m *matter) nearMisses(d *Decision) {
	var misses []NearMiss
	for _, free := range subtract(m.wide.clip(m.Period.Span), m.cannotGive()) {
		for at := m.gridFrom(later(free.Start, m.Now.Add(m.Policy.Freeze))); free.End.Sub(at) >= m.Policy.Minimum; at = at.Add(step) {
			if at.In(m.zone).Minute()%15 != 0 {
				continue
			}
			length := min(m.Policy.Duration, free.End.Sub(at).Truncate(step))
			for _, l := range []time.Duration{length, m.Policy.Minimum} {
				slot := calendar.Span{Start: at, End: at.Add(l)}
				misses = append(misses, NearMiss{slot, m.inTheWay(slot)})
			}
		}
	}
	slices.SortStableFunc(misses, func(a, b NearMiss) int { return m.compareMisses(a, b) })
	for _, n := range misses {
		if len(n.Gives) == 0 || (len(d.NearMisses) == 1 && shareBlocker(n, d.NearMisses[0])) {
			continue
		}
		if d.NearMisses = append(d.NearMisses, n); len(d.NearMisses) == 2 {
			return
		}
	}
}

func (m *matter) cannotGive() spans {
	out := append([]calendar.Span(nil), m.away...)
	return unite(append(out, m.extraHard()...))
}

func (m *matter) compareMisses(a, b NearMiss) int {
	sa, sb := m.startAt(a.Slot.Start, 0), m.startAt(b.Slot.Start, 0)
	return cmp.Or(cmp.Compare(len(a.Gives), len(b.Gives)), -cmp.Compare(a.Slot.Length(), b.Slot.Length()),
		cmp.Compare(sa.days, sb.days), cmp.Compare(sa.minutes, sb.minutes), a.Slot.Start.Compare(b.Slot.Start))
}

func shareBlocker(a, b NearMiss) bool {
	return slices.ContainsFunc(a.Gives, func(x Blocker) bool { return slices.Contains(b.Gives, x) })
}
