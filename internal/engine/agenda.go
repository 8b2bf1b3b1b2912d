package engine

import (
	"strings"
	"time"

	"bilateral/agenda"
	"bilateral/calendar"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// Meeting is what an agenda needs to know of the meeting it is for.
type Meeting struct {
	Slot        calendar.Span
	PreviousEnd time.Time // of the meeting before it; zero: there was none
	Next        time.Time // start of the held meeting after it; zero: none is known
	Delivered   bool      // what is written is known to reach the executive
	InWriting   bool      // none stands: the agenda is for a letter
}

// Agenda builds the agenda of a meeting from the follow-ups as they are now.
func (e *Engine) Agenda(b *Bilateral, m Meeting, now time.Time) (agenda.Agenda, error) {
	items, err := e.Store.PublicItems(b.Name, m.PreviousEnd)
	if err != nil {
		return agenda.Agenda{}, err
	}
	zone := b.Policy.Mine.Zone
	in := agenda.Input{Length: m.Slot.Length(), Meeting: m.Slot.Start, Zone: zone, Now: now, Next: m.Next, Delivered: m.Delivered,
		FirstOfMonth: m.PreviousEnd.IsZero() || m.PreviousEnd.In(zone).Month() != m.Slot.Start.In(zone).Month(),
		Show:         b.Agenda.Show, Owner: firstName(b.Owner.Name)}
	for _, i := range items {
		if i.Status == agenda.Open {
			in.Items = append(in.Items, i)
		} else if !m.PreviousEnd.IsZero() {
			in.Done = append(in.Done, i)
		}
	}
	return agenda.Build(in), nil
}

// firstName is how the invitation speaks of the owner.
func firstName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return first
}

// Meeting finds, in what the last pass decided, the meeting of a period ("": the next one) and what its agenda needs. No
// calendar is read. Before any pass it is the configured length at the preferred time of the next period; for a period that
// is unmet it is one of that length now, for the agenda goes out in writing. ok is false if none is owed.
func (e *Engine) Meeting(b *Bilateral, period string, now time.Time) (m Meeting, ok bool, err error) {
	verdicts, err := e.Store.Verdicts(b.Name)
	if err != nil || len(verdicts) == 0 {
		return b.expected(now), period == "", err
	}
	var previous *store.Dated
	for k := range verdicts {
		v := &verdicts[k]
		if v.Period == period && v.State == plan.Unmet {
			m, err = e.meeting(b, v, previous)
			m.Slot, m.InWriting = calendar.Span{Start: now, End: now.Add(b.Policy.Duration)}, true
			return m, err == nil, err
		}
		if v.Slot.IsZero() || v.State != plan.Held && v.State != plan.Pending {
			continue
		}
		if ok {
			m.Next = v.Slot.Start
			return m, true, nil
		}
		if period == v.Period || period == "" && v.Slot.End.After(now) {
			ok = true
			if m, err = e.meeting(b, v, previous); err != nil {
				return m, false, err
			}
		}
		previous = v
	}
	return m, ok, nil
}

func (e *Engine) meeting(b *Bilateral, v, previous *store.Dated) (Meeting, error) {
	m := Meeting{Slot: v.Slot}
	published, err := e.Store.Published(b.Name, v.Original)
	if err != nil {
		return m, err
	}
	m.Delivered = published.Delivered == "yes"
	past, err := e.Store.Outcomes(b.Name, v.Slot.Start.AddDate(0, -3, 0))
	for _, o := range past {
		if o.Was == plan.WasHeld && o.Slot.Start.Before(v.Slot.Start) {
			m.PreviousEnd = o.Slot.End
		}
	}
	if previous != nil && previous.Slot.End.After(m.PreviousEnd) {
		m.PreviousEnd = previous.Slot.End
	}
	return m, err
}

// expected is where the next meeting would stand if nothing were in the way.
func (b *Bilateral) expected(now time.Time) Meeting {
	for _, d := range plan.Decide(plan.World{Now: now, Policy: b.Policy}) {
		if d.Slot.Start.After(now) {
			return Meeting{Slot: d.Slot}
		}
	}
	return Meeting{Slot: calendar.Span{Start: now, End: now.Add(b.Policy.Duration)}}
}
