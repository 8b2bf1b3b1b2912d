package plan

import (
	"fmt"
	"time"

	"bilateral/calendar"
)

// ByHand is the decision that puts the period's meeting where the owner says, among the decisions of w. It is explained
// like any other; a slot over hard time, out of its period or in the past is refused with the reason.
func ByHand(w World, decisions []Decision, key string, slot calendar.Span) (Decision, error) {
	s := newScene(w)
	for _, p := range s.guarded {
		if p.Key != key {
			continue
		}
		m := s.open(p, calendar.Span{})
		if err := m.refuseByHand(slot); err != nil {
			return Decision{}, err
		}
		d := decisions[indexOf(decisions, key)]
		d.Action, d.Pin, d.Pinned, d.Counts, d.Refuse = Move, true, true, false, m.refusal()
		switch {
		case m.instance == nil:
			d.Action = Place
		case !m.stands():
			d.Action = Restore
		}
		d.Blockers, d.NearMisses, d.Offers, d.Message, d.Notes, d.Until = nil, nil, nil, "", nil, time.Time{}
		d.State, d.Code, d.Slot, d.Trouble = Held, "by_hand", slot, ""
		m.describe(&d)
		d.Sentence = "moved to " + m.when(slot) + " by the owner" + notes(d)
		return d, nil
	}
	return Decision{}, fmt.Errorf("%s is not a guarded period", key)
}

func indexOf(decisions []Decision, key string) int {
	for k, d := range decisions {
		if d.Period.Key == key {
			return k
		}
	}
	return -1
}

func (m *matter) refuseByHand(slot calendar.Span) error {
	switch {
	case !slot.Start.After(m.Now):
		return fmt.Errorf("%s has passed", m.when(slot))
	case m.begun() && m.standsWell():
		return fmt.Errorf("the meeting of %s has been held already", m.Key)
	case !m.Period.Span.Contains(slot):
		return fmt.Errorf("%s does not lie in %s", m.when(slot), m.Key)
	}
	if in := m.inTheWay(slot); len(in) > 0 {
		return fmt.Errorf("%s is taken (%s)", m.when(slot), m.blocker(in[0]))
	}
	return nil
}
