package plan

import (
	"slices"
	"time"

	"bilateral/calendar"
)

// Decide says what holds for each guarded period, in time order, and what to do about it now. Periods are decided one
// after another, each given the earlier ones.
func Decide(w World) []Decision {
	s := newScene(w)
	var out []Decision
	previous := s.slotBefore(s.guarded)
	for _, p := range s.guarded {
		m := s.open(p, previous)
		d := m.decide()
		d.Sentence = m.sentence(d)
		if d.State == Unmet {
			d.Message = m.message(d)
		}
		out = append(out, d)
		previous = calendar.Span{}
		if d.State == Held || d.State == Pending {
			previous = d.Slot
		}
	}
	return out
}

// scene is a World made ready to be searched: hours and busy time as sets over the whole reach of the guarded periods.
type scene struct {
	World
	frame
	guarded      []Period
	mutual, wide spans
	theirHours   spans // for quiet
	hard, soft   spans // hard is widened by the buffer
	away         spans
	myAway       spans
	busy         []owned     // what made hard and soft, for evidence
	strays       []*Instance // those that stand outside their own period
	basis        Basis
}

// owned is a busy entry and whose it is.
type owned struct {
	calendar.Busy
	who string
}

// quietReach is how far ahead the executive's next hours are looked for.
const quietReach = 60 * 24 * time.Hour

func newScene(w World) *scene {
	w.Now = w.Now.UTC()
	s := &scene{World: w, frame: newFrame(w), basis: basisOf(w)}
	s.Instances = slices.SortedFunc(slices.Values(w.Instances), func(a, b Instance) int { return a.Original.Compare(b.Original) })
	for k := range s.Instances {
		if i := &s.Instances[k]; i.Absent == Stands && !s.at(i.Original).Span.Contains(i.Slot) {
			s.strays = append(s.strays, i)
		}
	}
	end := w.Policy.Horizon.End(w.Now, s.zone)
	reach := s.reach(end)
	s.mutual, s.wide = w.Policy.mutual(reach, false), w.Policy.mutual(reach, true)
	s.readBusy()
	s.guarded = s.guard(end)
	return s
}

// reach is all that may be asked about: the guarded periods, and wherever their meetings stand.
func (s *scene) reach(end time.Time) calendar.Span {
	r := calendar.Span{Start: s.at(s.Now).Span.Start, End: s.at(end).Span.End}
	for first, k := r.Start, 0; k < len(s.Instances); k++ {
		if i := s.Instances[k]; !i.Original.Before(first) {
			r.Start, r.End = earlier(r.Start, i.Slot.Start), later(r.End, i.Slot.End)
		}
	}
	return calendar.Span{Start: r.Start.Add(-24 * time.Hour), End: r.End.Add(24 * time.Hour)}
}

// The executive's hours for quiet reach further, and are worked out on first use: most passes never ask.
func (s *scene) quietHours() spans {
	if s.theirHours == nil {
		end := later(s.Policy.Horizon.End(s.Now, s.zone), s.Now).Add(quietReach)
		s.theirHours = s.Policy.Theirs.hours(calendar.Span{Start: s.Now.Add(-24 * time.Hour), End: end}, false)
	}
	return s.theirHours
}

func basisOf(w World) Basis {
	switch {
	case w.TheirSource == Hidden, w.TheirSource == Never:
		return Blind
	case w.TheirSource != Read, w.MineSource != Read:
		return Partly
	}
	return Sighted
}

// readBusy drops this bilateral's own series, named or anonymous, and sorts the rest by strength.
func (s *scene) readBusy() {
	var own []calendar.Span
	for _, i := range s.Instances {
		if i.Absent == Stands {
			own = append(own, i.Slot)
		}
	}
	ours := unite(own)
	mine := s.take(s.Mine, s.Policy.Mine.Name, ours)
	s.myAway = s.ofStrength(mine, 0, calendar.Away)
	s.busy = append(mine, s.take(s.Theirs, s.Policy.Theirs.Name, ours)...)
	s.hard = s.ofStrength(s.busy, s.Policy.Buffer, calendar.Hard, calendar.Away)
	s.soft = s.ofStrength(s.busy, 0, calendar.Soft)
	s.away = s.ofStrength(s.busy, 0, calendar.Away)
}

func (s *scene) take(list []calendar.Busy, who string, ours spans) []owned {
	out := make([]owned, 0, len(list))
	for _, b := range list {
		switch {
		case b.UID != "" && slices.Contains(s.Own, b.UID), b.Strength == calendar.Free:
		case b.Anonymous && b.Strength != calendar.Away: // no server tells of our meeting as of an absence
			for _, rest := range subtract(spans{b.Span}, ours) {
				b.Span = rest
				out = append(out, owned{b, who})
			}
		default:
			out = append(out, owned{b, who})
		}
	}
	return out
}

func (s *scene) ofStrength(list []owned, buffer time.Duration, strengths ...calendar.Strength) spans {
	out := make([]calendar.Span, 0, len(list))
	for _, b := range list {
		if slices.Contains(strengths, b.Strength) && b.Start.Before(b.End) {
			out = append(out, calendar.Span{Start: b.Start.Add(-buffer), End: b.End.Add(buffer)})
		}
	}
	return unite(out)
}

// guard lists the guarded periods: docs/guarantee.md, "Time".
func (s *scene) guard(end time.Time) []Period {
	p := s.at(s.Now)
	if s.Standing != nil {
		if first := s.on(s.Standing.First); p.Span.Start.Before(first.Span.Start) {
			p = first
		}
	}
	var out []Period
	for ; p.Span.Start.Before(end); p = s.after(p) {
		if s.owes(p) {
			out = append(out, p)
		}
	}
	if s.Standing == nil && len(out) > 0 && s.legalStarts(out[0], 1) == 0 {
		return out[1:]
	}
	return out
}

// owes reports whether the period owes a meeting at all: a day does only if the two people's hours meet on it.
func (s *scene) owes(p Period) bool {
	return s.cadence.Unit != Day || s.mutual.overlap(p.Span)
}

// slotBefore is the slot of the period just before the first guarded one.
func (s *scene) slotBefore(guarded []Period) calendar.Span {
	if len(guarded) == 0 {
		return calendar.Span{}
	}
	i := s.instanceOf(s.before(guarded[0]))
	if i == nil || i.Absent != Stands || i.declined() {
		return calendar.Span{}
	}
	return i.Slot
}

// instanceOf is the period's instance: the first that stands, else the first.
func (s *scene) instanceOf(p Period) *Instance {
	var found *Instance
	for k := range s.Instances {
		i := &s.Instances[k]
		if !p.Span.Has(i.Original) {
			continue
		}
		if i.Absent == Stands {
			return i
		}
		if found == nil {
			found = i
		}
	}
	return found
}

func (i *Instance) declined() bool { return i.Answer == No || i.Answer == NoWithNote }
