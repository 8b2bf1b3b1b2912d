package sim

import (
	"fmt"
	"slices"
	"time"

	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// verdicts: what the database says of each guarded period is so, and it says something of each.
func (c *check) verdicts() error {
	if !c.whole {
		return nil
	}
	list, err := c.w.store.Verdicts(c.Name)
	if err != nil {
		return err
	}
	said := map[string]bool{}
	c.held = map[string]bool{}
	for _, v := range list {
		if said[v.Period] {
			return fmt.Errorf("%s has two states", v.Period)
		}
		said[v.Period] = true
		if v.Sentence == "" {
			return fmt.Errorf("%s is %s without a reason", v.Period, v.State)
		}
		if err := c.true(v); err != nil {
			return fmt.Errorf("%s is said to be %s (%s: %s; slot %s), but %w", v.Period, v.State, v.Code, v.Sentence, plan.When(v.Slot, c.w.zone), err)
		}
		c.held[v.Period] = v.State == plan.Held
		if v.Final && v.State == plan.Held {
			c.w.held[c.Name+" "+v.Period] = true
		}
	}
	return c.noneMissing(said)
}

func (c *check) true(v store.Dated) error {
	m, live := c.after.live(v.Period)
	switch v.State {
	case plan.Held:
		return c.isHeld(v, m, live)
	case plan.Lapsed:
		mem := c.remember(v.Period)
		if was, _ := c.before.live(v.Period); was.series != nil && c.ownNo(was) {
			mem.skipAsked = true // a series that takes over knows it, without the answer
			return nil
		}
		if mem.skipped || mem.skipAsked || mem.deleted && c.Policy.OnDelete == plan.Skip {
			return nil
		}
		if !c.thorough(v) {
			return nil
		}
		if gap, ok := c.gapWithoutLeave(v.Period); ok && v.Code != "skipped" && !c.vagueNow() {
			return fmt.Errorf("they could meet at %s", plan.When(gap, c.w.zone))
		} else if ok && v.Code == "skipped" {
			return fmt.Errorf("nobody skipped it")
		}
	case plan.Pending:
		if live && c.noted(m) && c.w.observed[c.hers] && (c.guest == nil || c.Acting) && v.Code != "watch" && v.Code != "unwritten" {
			return fmt.Errorf("the no to it came with a note, and nothing may move")
		}
		if v.Until.IsZero() {
			return fmt.Errorf("nobody knows until when")
		}
	case plan.Unmet:
		if v.Code != "no_slot" || !c.thorough(v) {
			return nil
		}
		if s, ok := c.room(v.Span, v.Period, c.after.list, c.remember(v.Period).refused); ok && !c.remember(v.Period).forgotten && !c.vagueNow() {
			if !live || !c.declined(m) || !m.span.Overlaps(s) {
				return fmt.Errorf("there is room at %s", plan.When(s, c.w.zone))
			}
		}
	}
	return nil
}

// thorough reports whether to search a whole period again: when it is news, and now and then.
func (c *check) thorough(v store.Dated) bool {
	return v.At.Equal(c.w.now) || c.w.counts["passes"]%16 == 0
}

// vagueNow: what the engine knows of a calendar cannot be told, because it died while it wrote that down.
func (c *check) vagueNow() bool { return c.w.vague[c.w.mine] || c.w.vague[c.hers] }

func (c *check) isHeld(v store.Dated, m meeting, live bool) error {
	if v.Final {
		return nil
	}
	switch {
	case !live:
		return fmt.Errorf("nothing stands there")
	case c.ownNo(m):
		return fmt.Errorf("the owner said no to it")
	case !m.span.Equal(v.Slot):
		return fmt.Errorf("the meeting stands at %s", plan.When(m.span, c.w.zone))
	case c.declined(m) && (c.guest == nil || c.Acting) && c.w.observed[c.hers] && status(m.master, c.Executive.Email) != "DECLINED":
		// An override made of a declined master says no too, and nobody meant that one. In watch mode an answer by mail counts,
		// and is not written.
		return fmt.Errorf("it is declined")
	}
	if what := c.inTheWay(m.span); what != "" && !c.vagueNow() {
		return fmt.Errorf("it lies over %s", what)
	}
	if !v.Pinned && !(c.byHand && m.span.Equal(m.standing)) && !c.inHours(m.span, true) {
		return fmt.Errorf("it is outside the hours")
	}
	return nil
}

// noneMissing: every period from the one of today, or of the series' start, up to the horizon has a state.
func (c *check) noneMissing(said map[string]bool) error {
	if c.w.counts["passes"]%16 > 0 {
		return nil
	}
	from := c.w.now
	list := c.known()
	if len(list) == 0 {
		if len(said) == 0 {
			return fmt.Errorf("no period has a state")
		}
		return nil
	}
	if s := list[0].start(); s.After(from) {
		from = s
	}
	horizon := c.Policy.Horizon.End(c.w.now, c.w.zone)
	for day := c.w.at(from, 0); day.Before(horizon); day = c.w.at(day.Add(36*time.Hour), 0) {
		noon := day.Add(12 * time.Hour)
		period := c.periodOf(noon, list)
		if said[period] || c.Policy.Cadence.Unit == plan.Day && !c.shares(day) {
			continue
		}
		return fmt.Errorf("%s has no state", period)
	}
	return nil
}

// known are the series that can be known as ours: without its mark, one that people made cannot once the state is lost.
func (c *check) known() []*series {
	list := slices.DeleteFunc(slices.Clone(c.after.list), (*series).never)
	for len(list) > 1 && list[0].master.index("X-BILATERAL") < 0 && !c.made(list[0].uid()) {
		list = list[1:]
	}
	return list
}

// shares reports whether both have hours on that date at all.
func (c *check) shares(day time.Time) bool {
	end := c.w.at(day.Add(36*time.Hour), 0)
	for t := day; t.Before(end); t = t.Add(5 * time.Minute) {
		if works(c.Policy.Mine, t, false) && works(c.theirs(), t, false) {
			return true
		}
	}
	return false
}
