package engine

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// takeOrders reads the owner's standing orders and carries the waiting requests into them. Requests that change the
// calendar itself (unpin, move, rebase, adopt) are taken up again where their change is worked out.
func (w *work) takeOrders() (store.Orders, error) {
	requests, err := w.Store.PendingRequests(w.b.Name)
	if err != nil {
		return store.Orders{}, err
	}
	w.requests = requests
	known, err := w.Store.KnownSeries(w.b.Name)
	if err != nil {
		return store.Orders{}, err
	}
	change := func(o *store.Orders) { // runs inside a transaction: it must not ask the store
		w.heed(o, len(known) == 0)
		for _, r := range requests {
			w.take(o, r)
		}
		if w.Dry && w.Act { // what start would do
			w.restart(o, store.Request{})
		}
	}
	if w.Dry {
		o, err := w.Store.Orders(w.b.Name)
		if err == nil {
			change(&o)
		}
		return o, err
	}
	return w.Store.ChangeOrders(w.b.Name, change)
}

// take carries one request into the standing orders.
func (w *work) take(o *store.Orders, r store.Request) {
	switch r.Kind {
	case store.Skip:
		if end := w.periodEnd(r.Period); !end.After(w.Now) {
			w.refuse(r, fmt.Errorf("%s is over", r.Period))
			return
		}
		o.Skips[r.Period] = r.Args["reason"]
		w.say(r, "%s is skipped", r.Period)
	case store.Unskip:
		if _, skipped := o.Skips[r.Period]; !skipped {
			w.say(r, "%s is not skipped", r.Period) // perhaps the answer to an earlier write was lost
			return
		}
		delete(o.Skips, r.Period)
		w.say(r, "%s is planned again", r.Period)
	case store.Pause:
		until, err := time.Parse(time.RFC3339, r.Args["until"])
		if err != nil {
			w.refuse(r, fmt.Errorf("%q is no moment", r.Args["until"]))
			return
		}
		o.PausedUntil = until
		w.say(r, "no moves and no mails until %s", until.In(w.b.Policy.Mine.Zone).Format("Mon 2 Jan 2006 15:04"))
	case store.Resume:
		o.PausedUntil = time.Time{}
		w.say(r, "no longer paused")
	case store.Travel:
		list := parseTravel(r.Args["travel"])
		if len(list) != 1 {
			w.refuse(r, fmt.Errorf("%q is no travel", r.Args["travel"]))
			return
		}
		same := func(t plan.Travel) bool { return travelMark([]plan.Travel{t}) == r.Args["travel"] } // zones are no comparable values
		if !slices.ContainsFunc(o.Travel, same) {                                                    // an order whose write failed is given again
			o.Travel = append(o.Travel, list...)
		}
		w.say(r, "the executive's hours are in %s from %s to %s", list[0].Zone, list[0].First, list[0].Last)
	case store.Start:
		w.restart(o, r)
	case store.Adopt:
		w.takeAdoption(r)
	}
}

// takeAdoption answers an order to take a series over: it is found by now, if it can be.
func (w *work) takeAdoption(r store.Request) {
	uid := r.Args["uid"]
	switch s := w.found.current(); {
	case w.found.foreign != nil:
		w.refuse(r, errors.New(w.b.whyForeign(*w.found.foreign)))
	case s == nil:
		w.refuse(r, fmt.Errorf("no series %s that can be taken over stands in %s", uid, w.b.Home.Name))
	case seriesNamed(w.found.series, uid) == nil:
		w.refuse(r, fmt.Errorf("the series %s is kept already, and no other beside it", s.UID))
	case w.acting():
		w.say(r, "%s is kept from now on", uid)
	default:
		w.say(r, "%s is taken over by: bilateral start %s", uid, w.b.Name)
	}
}

// periodEnd is when a period ends, as its key tells.
func (w *work) periodEnd(key string) time.Time {
	var year, n int
	var at time.Time
	if t, err := time.Parse(time.DateOnly, key); err == nil {
		at = t
	} else if t, err := time.Parse("2006-01", key); err == nil {
		at = t
	} else if _, err := fmt.Sscanf(key, "%d-W%d", &year, &n); err == nil {
		at = time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 7*(n-1)) // 4 January lies in week 1
	}
	noon := calendar.DateOf(at, time.UTC).At(12*60, w.b.Policy.Mine.Zone)
	return plan.PeriodAt(w.b.Policy, w.b.standing(w.found), w.Now, noon).Span.End
}

// restart is `start`: it lifts the stop after a vanished series, so that a new one is made under a new name.
func (w *work) restart(o *store.Orders, r store.Request) {
	if w.found.gone {
		o.Generation++
		w.found.gone, w.forget = false, true
		w.say(r, "a new series is made in place of the one that vanished")
		return
	}
	w.say(r, "what it plans is written from now on")
}

// onlyWatches refuses an order that writes.
func (w *work) onlyWatches() error {
	return fmt.Errorf("watch mode writes nothing; leave it first: bilateral start %s", w.b.Name)
}

func (w *work) say(r store.Request, format string, args ...any) {
	w.outcome[r.ID] = fmt.Sprintf(format, args...)
}

func (w *work) refuse(r store.Request, err error) {
	w.outcome[r.ID] = err.Error()
	w.refused[r.ID] = true
}

// unpin releases pinned instances: they count as ours where they stand. It changes the world before the decision.
func (w *work) unpin() {
	for _, r := range w.requests {
		if r.Kind != store.Unpin {
			continue
		}
		i := w.instanceIn(r.Period)
		switch {
		case !w.acting():
			w.refuse(r, w.onlyWatches())
			continue
		case i == nil || i.Absent != plan.Stands:
			w.refuse(r, fmt.Errorf("no meeting stands in %s", r.Period))
			continue
		case !i.Pinned: // perhaps the answer to an earlier write was lost
			w.say(r, "the meeting of %s is not pinned", r.Period)
			continue
		}
		i.Pinned = false
		w.wish(i.Original, calendar.Patch{Mark: calendar.Mark{keyPin: "", keyPlaced: spanMark(i.Slot)}},
			Step{Period: r.Period, Action: "unpin", From: i.Slot, To: i.Slot, Reason: "released by the owner"})
		w.say(r, "the meeting of %s may move again", r.Period)
	}
}

// unskip takes the skip off the meeting's own mark at once: it may be a while until there is room for it again.
func (w *work) unskip() {
	for _, r := range w.requests {
		i := w.instanceIn(r.Period)
		if r.Kind == store.Unskip && !w.refused[r.ID] && i != nil && i.Absent == plan.Skipped {
			w.wish(i.Original, calendar.Patch{Mark: calendar.Mark{keyState: stateWaived, keyReason: ""}}, Step{Period: r.Period, Action: "note"})
		}
	}
}

func (w *work) instanceIn(period string) *plan.Instance {
	for k := range w.world.Instances {
		i := &w.world.Instances[k]
		if plan.KeyOf(w.b.Policy, w.world.Standing, w.Now, i.Original) == period {
			return i
		}
	}
	return nil
}

// moveByHand replaces the decision on a period by the owner's.
func (w *work) moveByHand() {
	for _, r := range w.requests {
		if r.Kind != store.Move {
			continue
		}
		slot, err := w.slotAsked(r)
		if err == nil && !w.acting() {
			err = w.onlyWatches()
		}
		if err == nil && w.world.Standing == nil {
			err = errors.New("there is no series yet")
		}
		if err != nil {
			w.refuse(r, err)
			continue
		}
		d, err := plan.ByHand(w.world, w.decided, r.Period, slot)
		if err == nil && d.Action == plan.Place {
			err = fmt.Errorf("the series has no meeting in %s", r.Period)
		}
		if err != nil {
			w.refuse(r, err)
			continue
		}
		for k := range w.decided {
			if w.decided[k].Period.Key == r.Period {
				w.decided[k] = d
			}
		}
		w.say(r, "%s", d.Sentence)
	}
}

// slotAsked reads the span of a move: args start (RFC 3339) and, if another length is wanted, minutes.
func (w *work) slotAsked(r store.Request) (calendar.Span, error) {
	start, err := time.Parse(time.RFC3339, r.Args["start"])
	if err != nil {
		return calendar.Span{}, fmt.Errorf("%q is no moment", r.Args["start"])
	}
	length := w.b.Policy.Duration
	if text := r.Args["minutes"]; text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n <= 0 || n > 24*60 {
			return calendar.Span{}, fmt.Errorf("%q is no length in minutes", text)
		}
		length = time.Duration(n) * time.Minute
	}
	return calendar.Span{Start: start.UTC(), End: start.Add(length).UTC()}, nil
}

// rebaseAsked is the owner's wish for a new standing time: args prefer as standingMark writes it, without the length.
func (w *work) rebaseAsked() (plan.Prefer, *store.Request) {
	for k := range w.requests {
		r := &w.requests[k]
		if r.Kind != store.Rebase {
			continue
		}
		p, err := ParsePrefer(r.Args["prefer"])
		if err != nil {
			w.refuse(*r, err)
			continue
		}
		return p, r
	}
	return plan.Prefer{}, nil
}

// PreferArg writes a standing time for a rebase request; [ParsePrefer] reads it.
func PreferArg(p plan.Prefer) string { return fmt.Sprintf("%d.%d.%d", p.Weekday, p.Nth, p.Minute) }

// ParsePrefer reads what [PreferArg] wrote.
func ParsePrefer(text string) (plan.Prefer, error) {
	parts := strings.Split(text, ".")
	if len(parts) < 3 {
		return plan.Prefer{}, fmt.Errorf("%q is no standing time", text)
	}
	var n [3]int
	for k := range n {
		var err error
		if n[k], err = strconv.Atoi(parts[k]); err != nil {
			return plan.Prefer{}, fmt.Errorf("%q is no standing time", text)
		}
	}
	if n[0] < 0 || n[0] > 6 || n[1] < -1 || n[1] > 4 || n[2] < 0 || n[2] >= 24*60 {
		return plan.Prefer{}, fmt.Errorf("%q is no standing time", text)
	}
	return plan.Prefer{Weekday: time.Weekday(n[0]), Nth: n[1], Minute: n[2]}, nil
}

// finishRequests tells the owner what became of each request. One whose write failed stays for the next pass.
func (w *work) finishRequests(failed bool) error {
	if w.Dry {
		return nil
	}
	for _, r := range w.requests {
		said, ok := w.outcome[r.ID], !w.refused[r.ID]
		switch {
		case failed && ok:
			continue
		case said == "" && ok:
			said = "done"
		}
		if err := w.Store.FinishRequest(r.ID, said, ok, w.Now); err != nil {
			return err
		}
	}
	return nil
}
