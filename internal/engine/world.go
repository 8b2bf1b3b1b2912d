package engine

import (
	"context"
	"slices"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// work is one pass's work on one bilateral: what it found, decided and means to write.
type work struct {
	*view
	b        *Bilateral
	found    found
	orders   store.Orders
	world    plan.World
	decided  []plan.Decision
	requests []store.Request // the owner's, taken in this pass
	outcome  map[int64]string
	refused  map[int64]bool // requests that could not be carried out
	pieces   []piece
	letters  map[string][]store.Letter // by the UID of the series whose write makes them due
	floors   []store.Letter
	waiting  map[string]time.Time // changes by people that are to be told once they have settled, and since when they stand
	wrote    bool                 // this pass has changed the calendar
	halted   bool                 // series vanished together: nothing is written
	putOff   []string             // periods whose change waits for the next full pass
	forget   bool                 // the series that vanished is given up
	report   *BilateralReport
}

// look makes the world that the planner decides on.
func (w *work) look(ctx context.Context) error {
	var err error
	if w.found, err = w.find(w.b); err != nil {
		return err
	}
	if w.orders, err = w.takeOrders(); err != nil {
		return err
	}
	if err := w.takeReplies(); err != nil {
		return err
	}
	return w.build(ctx)
}

func (w *work) build(ctx context.Context) error {
	b := w.b
	policy := b.Policy
	policy.Theirs.Travel = w.orders.Travel
	w.world = plan.World{
		Now: w.Now, Policy: policy, Own: w.found.uids(), Standing: b.standing(w.found), Skips: w.skips(),
		Paused: w.orders.PausedUntil, SeriesGone: w.found.gone, SeriesDeclined: w.declinedWhole(b, w.found),
	}
	outcomes, err := w.outcomes()
	if err != nil {
		return err
	}
	w.world.Instances = w.instances(b, w.found, outcomes)
	if err := w.trustThePast(); err != nil {
		return err
	}
	if w.world.Seen, err = w.Store.Seen(b.Name); err != nil {
		return err
	}
	if err := w.settleAnew(); err != nil {
		return err
	}
	if w.world.Mine, w.world.MineSource, err = w.busy(ctx, b, b.Owner, w.window); err != nil {
		return err
	}
	w.world.Mine = append(w.withoutOthers(w.world.Mine), w.others()...)
	w.world.Theirs, w.world.TheirSource, err = w.busy(ctx, b, b.Executive, w.window)
	return err
}

// skips are the owner's, and what was left out of a series before it was adopted.
func (w *work) skips() map[string]string {
	out := map[string]string{}
	for _, s := range w.found.series {
		for _, original := range parseInstants(s.Mark[keyExcluded]) {
			if i := s.At(original); i != nil && !i.Cancelled && !i.Excluded {
				continue // somebody has brought it back
			}
			out[plan.KeyOf(w.b.Policy, w.b.standing(w.found), w.Now, original)] = "left out before the series was adopted"
		}
	}
	for period, reason := range w.orders.Skips {
		out[period] = reason
	}
	return out
}

// longGap is after how long without a pass, or without a look into the calendar, everything that was seen before settles anew: the daemon slept while the
// people moved things about, and may have caught them in the middle.
const longGap = 36 * time.Hour

func (w *work) settleAnew() error {
	last, ok, err := w.Store.LastPass()
	if err != nil || !ok {
		return err
	}
	if seen := w.before[w.b.Home.Name].LastOK; w.gap(last.Ended) || w.gap(seen) {
		w.world.Seen = nil
	}
	for trouble, since := range w.world.Seen {
		if since.After(w.Now) {
			w.world.Seen[trouble] = w.Now // by a clock that was ahead
		}
	}
	return nil
}

// gap reports whether so much lies between then and now that what was seen then says nothing; also where the clock was
// far ahead then.
func (w *work) gap(then time.Time) bool {
	return !then.IsZero() && w.Now.Sub(then).Abs() >= longGap
}

// lastLook is how long before a slot the last pass may lie for its verdict to tell whether the slot was held.
const lastLook = time.Hour

// outcomes are what earlier passes recorded of slots that have begun. A slot that was held at the last pass before it
// began, was held: what is booked over it afterwards changes nothing.
func (w *work) outcomes() (store.Outcomes, error) {
	out, err := w.Store.Outcomes(w.b.Name, w.window.Start)
	if err != nil {
		return nil, err
	}
	out = slices.DeleteFunc(out, func(o store.Outcome) bool { return o.At.After(w.Now) }) // of a clock that was ahead
	pass, _, err := w.Store.LastPass()
	if err != nil {
		return nil, err
	}
	last, err := w.Store.Verdicts(w.b.Name)
	if err != nil {
		return nil, err
	}
	for _, v := range last {
		if v.Slot.Start.Sub(pass.Ended) > lastLook {
			continue // too long before the slot began to know
		}
		if v.Slot.Start.After(w.Now) || v.Slot.IsZero() || v.State != plan.Held || out.Of(v.Slot.Start) != plan.Unrecorded {
			continue
		}
		out = append(out, store.Outcome{Period: v.Period, Slot: v.Slot, Was: plan.WasHeld, At: w.Now})
	}
	return out, nil
}

// trustThePast takes a meeting that began and was not declined as held when the database knows nothing of its series, so
// was lost: nobody is asked to meet again for what was booked over it since.
func (w *work) trustThePast() error {
	known, err := w.Store.KnownSeries(w.b.Name)
	if err != nil || len(known) > 0 {
		return err
	}
	for k := range w.world.Instances {
		i := &w.world.Instances[k]
		if i.Absent == plan.Stands && !i.Slot.Start.After(w.Now) && i.Answer != plan.No && i.Answer != plan.NoWithNote {
			i.Outcome = plan.WasHeld
		}
	}
	return nil
}

// others are this owner's other bilaterals: hard time, wherever their meetings stand after this pass's decisions.
func (w *work) others() []calendar.Busy {
	var out []calendar.Busy
	for _, s := range w.outside() {
		out = append(out, calendar.Busy{Span: s, Strength: calendar.Hard, Source: "another bilateral"})
	}
	for _, b := range w.members {
		if b == w.b {
			continue
		}
		spans, decided := w.moved[b.Name]
		if !decided {
			spans = w.standingSpans(b)
		}
		for _, s := range spans {
			out = append(out, calendar.Busy{Span: s, Strength: calendar.Hard, Source: b.Name})
		}
	}
	return out
}

// withoutOthers leaves out the meetings of this owner's other bilaterals as the calendar showed them before this pass:
// [work.others] knows where they stand now.
func (w *work) withoutOthers(busy []calendar.Busy) []calendar.Busy {
	var uids []string
	for _, b := range w.members {
		if f, err := w.find(b); b != w.b && err == nil {
			uids = append(uids, f.uids()...)
		}
	}
	return slices.DeleteFunc(busy, func(x calendar.Busy) bool { return slices.Contains(uids, x.UID) })
}

func (v *view) standingSpans(b *Bilateral) []calendar.Span {
	f, err := v.find(b)
	if err != nil {
		return nil // its meetings are still in the calendars that could be read
	}
	var out []calendar.Span
	for _, s := range f.series {
		for _, i := range s.Instances {
			if !i.Cancelled && !i.Excluded {
				out = append(out, i.Span.UTC())
			}
		}
	}
	return out
}
