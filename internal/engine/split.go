package engine

import (
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
)

// wishSplit ends the series and starts another one at the first period beyond the notice, when the owner asks for a new
// standing time or has edited the settings. The old one is ended first: a crash in between leaves a gap that the next pass
// closes (its mark names the successor), never two meetings in one week.
func (w *work) wishSplit() {
	s := w.found.current()
	if s == nil || s.Mark[keySettings] == "" || w.found.gone || w.world.SeriesDeclined {
		return
	}
	prefer, request := w.rebaseAsked()
	switch {
	case request != nil:
	case s.Mark[keySuccessor] != "":
		w.finishSplit(s)
		return
	case s.Mark[keySettings] != w.b.settings():
		prefer = w.b.Policy.Prefer
	default:
		return
	}
	cut, ok := w.cut()
	if !ok || w.paused() {
		return
	}
	uid := w.b.uid(w.orders.Generation, cut.Key+"-"+token(4, PreferArg(prefer)))
	rule := withoutEnd(s.Rule) + ";UNTIL=" + cut.Span.Start.Add(-time.Second).UTC().Format(compact)
	p := w.wishSeries(s.UID, calendar.Patch{Rule: &rule, Mark: calendar.Mark{keySuccessor: uid + " " + PreferArg(prefer)}},
		Step{Period: cut.Key, Action: "split_series", Reason: "from " + cut.Key + " on the standing time is " + w.b.describe(prefer)})
	p.exempt = true
	w.succeed(uid, prefer, cut)
	if request != nil {
		w.say(*request, "from %s on the standing time is %s", cut.Key, w.b.describe(prefer))
	}
}

// finishSplit makes the successor that a crash kept from being made.
func (w *work) finishSplit(s *calendar.Series) {
	uid, arg, _ := strings.Cut(s.Mark[keySuccessor], " ")
	prefer, err := ParsePrefer(arg)
	if err != nil || s.Until.IsZero() || w.knows(uid) {
		return
	}
	for _, d := range w.decided {
		if d.Period.Span.Start.After(s.Until) {
			w.succeed(uid, prefer, d.Period)
			return
		}
	}
}

// knows reports whether a series was seen before: then it vanished, and is not made again.
func (w *work) knows(uid string) bool {
	known, err := w.Store.KnownSeries(w.b.Name)
	if err != nil {
		return true
	}
	for _, k := range known {
		if k.UID == uid {
			return true
		}
	}
	return false
}

// cut is the first guarded period that begins beyond the notice.
func (w *work) cut() (plan.Period, bool) {
	for _, d := range w.decided {
		if !d.Period.Span.Start.Before(w.Now.Add(w.b.Policy.Notice)) {
			return d.Period, true
		}
	}
	return plan.Period{}, false
}

func (w *work) paused() bool { return w.orders.PausedUntil.After(w.Now) }

// succeed notes the series that goes on from cut: placed afresh, with what people wrote into the old one and with the
// meetings that people put somewhere left where they are.
func (w *work) succeed(uid string, prefer plan.Prefer, cut plan.Period) {
	world := w.world
	world.Standing, world.Anchor, world.Policy.Prefer = nil, cut.First, prefer
	world.Instances, world.Own = nil, w.found.uids()
	var kept []plan.Instance
	for _, i := range w.world.Instances {
		switch {
		case i.Original.Before(cut.Span.Start):
			world.Instances = append(world.Instances, i)
		case i.Pinned && i.Absent == plan.Stands, i.Absent == plan.Deleted && w.b.Policy.OnDelete != plan.Replan:
			kept = append(kept, i)
		}
	}
	var decisions []plan.Decision
	for _, d := range plan.Decide(world) {
		if d.Period.Span.Start.Before(cut.Span.Start) {
			continue
		}
		for _, i := range kept {
			if d.Period.Span.Has(i.Original) {
				d = w.carried(d, i)
			}
		}
		for _, asked := range w.decided { // by an order of this pass
			if asked.Period.Key == d.Period.Key && asked.Code == "by_hand" {
				d = w.carried(d, plan.Instance{Slot: asked.Slot})
			}
		}
		decisions = append(decisions, d)
	}
	if len(decisions) == 0 {
		return
	}
	old := w.found.current()
	draft := w.draft()
	draft.Title, draft.Location, draft.Description, draft.Like = old.Title, old.Location, old.Description, old.Name
	w.make(uid, prefer, decisions, draft)
	w.drop(cut.Span.Start)
	w.replace(decisions)
}

// carried is what the series that goes on takes over of an instance that a person placed or deleted.
func (w *work) carried(d plan.Decision, i plan.Instance) plan.Decision {
	d.State, d.Code, d.Action, d.Slot = plan.Unmet, codeDeleted, plan.None, calendar.Span{}
	if i.Absent == plan.Stands {
		d.State, d.Code, d.Action, d.Slot, d.Pin, d.Pinned = plan.Held, "pinned", plan.Place, i.Slot, true, true
	}
	for _, old := range w.decided {
		if old.Period.Key == d.Period.Key {
			d.Sentence = old.Sentence
		}
	}
	return d
}

// replace lets decisions on the series that goes on stand for those on the one that ends: the agenda and the record go by
// them, and an original of the old series is none of the new one's.
func (w *work) replace(decisions []plan.Decision) {
	for k, old := range w.decided {
		for _, d := range decisions {
			if d.Period.Key != old.Period.Key {
				continue
			}
			if d.Pinned || d.Code == codeDeleted { // what a person did is as it was, under another original
				old.Original, old.Action, old.Pin = d.Original, d.Action, d.Pin
				d = old
			}
			w.decided[k] = d
		}
	}
}

// drop takes back what was worked out for instances that the old series loses.
func (w *work) drop(from time.Time) {
	kept := w.pieces[:0]
	for _, p := range w.pieces {
		if p.create == nil && !p.original.IsZero() && !p.original.Before(from) && p.uid == w.found.current().UID {
			continue
		}
		kept = append(kept, p)
	}
	w.pieces = kept
}
