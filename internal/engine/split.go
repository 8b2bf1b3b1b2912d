package engine

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// wishSplit ends the series and starts another one at the first period beyond the notice, when the owner asks for a new
// standing time or has edited the settings. The old one is ended first: a crash in between leaves a gap that the next pass
// closes (its mark names the successor), never two meetings in one week.
func (w *work) wishSplit() {
	s := w.found.current()
	prefer, request := w.rebaseAsked()
	if why := w.unsplittable(s); why != nil {
		if request != nil {
			w.refuse(*request, why)
		}
		return
	}
	switch {
	case s.Mark[keySuccessor] != "":
		if request == nil {
			w.finishSplit(s, nil)
		} else {
			w.finishSplit(s, &prefer)
		}
		if request != nil {
			w.say(*request, "the new standing time is %s", w.b.describe(prefer))
		}
		return
	case request != nil && !w.acting():
		w.refuse(*request, w.onlyWatches())
		return
	case w.paused():
		if request != nil {
			w.refuse(*request, errors.New("it is paused: give the order again afterwards, or resume first"))
		}
		return
	case s.Mark[keySettings] != w.b.settings():
		if request == nil {
			prefer = w.b.Policy.Prefer
		}
	case request == nil:
		return
	case w.standsAt(prefer): // perhaps the answer to an earlier write was lost
		w.say(*request, "the standing time is %s", w.b.describe(prefer))
		return
	}
	cut, ok := w.cut()
	if !ok {
		return
	}
	kept := w.placedByPeople(cut.Span.Start)
	decisions, ok := w.successors(prefer, cut, kept)
	if !ok {
		if request != nil {
			w.refuse(*request, errors.New("nothing can be placed now: a calendar was never read, or you are away; give the order again later"))
		}
		return
	}
	uid := w.successorName(cut.Key, prefer, s)
	w.begun = append(w.begun, uid)
	end := cut.Span.Start.Add(-time.Second)
	if !s.Until.IsZero() && s.Until.Before(end) {
		end = s.Until // people ended it before: what it lost then stays away
	}
	rule := withoutEnd(s.Rule) + ";UNTIL=" + end.UTC().Format(compact)
	p := w.wishSeries(s.UID, calendar.Patch{Rule: &rule, Mark: calendar.Mark{keySuccessor: uid + " " + PreferArg(prefer) + keptMark(kept)}},
		Step{Period: cut.Key, Action: "split_series", Reason: "from " + cut.Key + " on the standing time is " + w.b.describe(prefer)})
	p.exempt = true
	w.succeed(uid, prefer, cut, decisions)
	if request != nil {
		w.say(*request, "from %s on the standing time is %s", cut.Key, w.b.describe(prefer))
	}
}

// successorName names the series that goes on from a period. The name comes from the one before it, so that a time that was
// left and is taken up again makes another series; and none is given twice, for some servers never do (Google).
func (w *work) successorName(period string, prefer plan.Prefer, before *calendar.Series) string {
	given, _ := w.Store.KnownSeries(w.b.Name) // where it cannot be read, the write that follows fails too
	for generation := w.orders.Generation; ; generation++ {
		uid := w.b.uid(generation, period+"-"+token(4, PreferArg(prefer), before.UID))
		if !slices.ContainsFunc(given, func(k store.Known) bool { return k.UID == uid }) {
			return uid
		}
	}
}

// unsplittable says why there is no series that could be split; nil if there is.
func (w *work) unsplittable(s *calendar.Series) error {
	switch {
	case s == nil || w.found.gone:
		return errors.New("there is no series")
	case s.Mark[keySettings] == "":
		return errors.New("the series is only being taken over: give the order again")
	case w.world.SeriesDeclined:
		return errors.New(w.b.Executive.Name + " declined the whole series")
	}
	return nil
}

// standsAt reports whether the series has that standing time already, at the configured length.
func (w *work) standsAt(p plan.Prefer) bool {
	now := w.world.Standing
	return w.b.describe(now.Prefer) == w.b.describe(p) && now.Duration == w.b.Policy.Duration
}

// finishSplit makes the successor that a crash kept from being made, or that the server would not take under its name. One
// that vanished is made again, under another name, if the owner asks for a standing time or says start.
func (w *work) finishSplit(s *calendar.Series, asked *plan.Prefer) {
	uid, arg, _ := strings.Cut(s.Mark[keySuccessor], " ")
	home := w.sights[w.b.Home].Series
	for range home { // at most: a mark edited by hand may lead in a circle
		next := seriesNamed(home, uid)
		if next == nil {
			break
		}
		if next.Mark[keySuccessor] == "" {
			return // it is there
		}
		s = next // split again before it began
		uid, arg, _ = strings.Cut(s.Mark[keySuccessor], " ")
	}
	word, kept, _ := strings.Cut(arg, " ")
	prefer, err := ParsePrefer(word)
	if asked != nil {
		prefer, err = *asked, nil
	}
	if err != nil || s.Until.IsZero() {
		return
	}
	// A name that this pass has chosen, and that is known by now, is one that the server did not give.
	if w.knows(uid) && !slices.Contains(w.begun, uid) && asked == nil && !w.asked(store.Start) {
		w.report.Notes = append(w.report.Notes, Note{codeGone, "", "the series that goes on at " + w.b.describe(prefer) + " is not in the calendar any more"})
		return
	}
	if w.paused() {
		return
	}
	k := slices.IndexFunc(w.decided, func(d plan.Decision) bool { return d.Period.Span.Start.After(s.Until) })
	if k < 0 {
		return
	}
	decisions, ok := w.successors(prefer, w.decided[k].Period, parseKept(kept))
	if !ok {
		return
	}
	if asked != nil || w.knows(uid) {
		uid = w.successorName(w.decided[k].Period.Key, prefer, s)
		w.wishSeries(s.UID, calendar.Patch{Mark: calendar.Mark{keySuccessor: strings.TrimSpace(uid + " " + PreferArg(prefer) + " " + kept)}},
			Step{Action: "note"}).exempt = true
	}
	w.succeed(uid, prefer, w.decided[k].Period, decisions)
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

// successors are the decisions on the series that goes on from cut: placed afresh, with the meetings that people put
// somewhere left where they are. ok is false while the planner may place nothing: then nothing is split.
func (w *work) successors(prefer plan.Prefer, cut plan.Period, kept []plan.Instance) (out []plan.Decision, ok bool) {
	for _, d := range plan.Decide(w.worldFrom(prefer, cut)) {
		if d.Period.Span.Start.Before(cut.Span.Start) {
			continue
		}
		if d.State == plan.Pending || d.Code == "source_unknown" {
			return nil, false
		}
		for _, i := range kept {
			if skipped := d.State == plan.Lapsed && d.Code == codeSkipped; d.Period.Span.Has(i.Original) && !skipped {
				d = w.carried(d, i)
			}
		}
		for _, asked := range w.decided { // by an order of this pass
			if asked.Period.Key == d.Period.Key && asked.Code == "by_hand" {
				d = w.carried(d, plan.Instance{Slot: asked.Slot})
			}
		}
		out = append(out, d)
	}
	return out, len(out) > 0
}

// worldFrom is the world without the series from cut on. What was refused there stays refused, and what the owner declined
// stays skipped.
func (w *work) worldFrom(prefer plan.Prefer, cut plan.Period) plan.World {
	world := w.world
	world.Standing, world.Anchor, world.Policy.Prefer = nil, cut.First, prefer
	world.Instances, world.Own = nil, w.found.uids()
	world.Mine, world.Skips = slices.Clone(world.Mine), maps.Clone(world.Skips)
	for _, i := range w.world.Instances {
		if i.Original.Before(cut.Span.Start) {
			world.Instances = append(world.Instances, i)
			continue
		}
		if i.OwnerDeclined {
			world.Skips[plan.KeyOf(w.b.Policy, w.world.Standing, w.Now, i.Original)] = "declined by the owner"
		}
		for _, refused := range refusals(i) {
			world.Mine = append(world.Mine, calendar.Busy{Span: refused, Strength: calendar.Hard, Source: w.b.Name})
		}
	}
	return world
}

// refusals are the times that the executive refused for an instance, the present one too.
func refusals(i plan.Instance) []calendar.Span {
	out := slices.Clone(i.Refused)
	if i.Absent == plan.Stands && (i.Answer == plan.No || i.Answer == plan.NoWithNote) {
		out = append(out, i.Slot)
	}
	return out
}

// succeed notes the series that goes on from cut, with what people wrote into the old one.
func (w *work) succeed(uid string, prefer plan.Prefer, cut plan.Period, decisions []plan.Decision) {
	old := w.found.current()
	draft := w.draft()
	draft.Title, draft.Location, draft.Description, draft.Like = old.Title, old.Location, old.Description, old.Name
	w.make(uid, prefer, decisions, draft)
	w.keepWords(uid, old, decisions)
	w.drop(cut.Span.Start)
	if w.acting() {
		w.replace(decisions)
	}
}

// keepWords carries to each new instance what its old one had of its own: refused times, and a text or title that people
// gave to that meeting alone.
func (w *work) keepWords(uid string, old *calendar.Series, decisions []plan.Decision) {
	for _, i := range w.world.Instances {
		for _, d := range decisions {
			if !d.Period.Span.Has(i.Original) {
				continue
			}
			p := calendar.Patch{Mark: calendar.Mark{}}
			if list := refusals(i); len(list) > 0 {
				p.Mark[keyRefused] = spansMark(list)
			}
			if was := old.At(i.Original); was != nil && was.Override {
				if was.Description != old.Description {
					p.Description, p.Mark[keyAgenda] = &was.Description, was.Mark[keyAgenda]
				}
				if was.Title != old.Title {
					p.Title = &was.Title
				}
			}
			if p.Description != nil || p.Title != nil || len(p.Mark) > 0 {
				w.pieces = append(w.pieces, piece{Step: Step{Bilateral: w.b.Name, Period: d.Period.Key, Action: "note"}, uid: uid,
					original: d.Original, patch: p, exempt: true})
			}
		}
	}
}

// placedByPeople are the instances from then on that people placed or took away: the series that goes on keeps them.
func (w *work) placedByPeople(from time.Time) []plan.Instance {
	return slices.DeleteFunc(slices.Clone(w.world.Instances), func(i plan.Instance) bool {
		placed := i.Pinned && i.Absent == plan.Stands
		deleted := i.Absent == plan.Deleted && w.b.Policy.OnDelete != plan.Replan
		return i.Original.Before(from) || !placed && !deleted && !i.OwnerDeclined
	})
}

// keptMark writes such instances, each after a space, as original=span, original=gone or original=declined.
func keptMark(list []plan.Instance) string {
	var out strings.Builder
	for _, i := range list {
		where := "gone"
		switch {
		case i.OwnerDeclined:
			where = stateDeclined
		case i.Absent == plan.Stands:
			where = spanMark(i.Slot)
		}
		out.WriteString(" " + instantMark(i.Original) + "=" + where)
	}
	return out.String()
}

func parseKept(text string) []plan.Instance {
	var out []plan.Instance
	for _, word := range strings.Fields(text) {
		at, where, _ := strings.Cut(word, "=")
		i := plan.Instance{Original: parseInstant(at), Absent: plan.Deleted, OwnerDeclined: where == stateDeclined}
		if slot, ok := parseSpan(where); ok {
			i.Absent, i.Slot, i.Pinned = plan.Stands, slot, true
		}
		if !i.Original.IsZero() {
			out = append(out, i)
		}
	}
	return out
}

// carried is what the series that goes on takes over of an instance that a person placed or took away.
func (w *work) carried(d plan.Decision, i plan.Instance) plan.Decision {
	d.State, d.Code, d.Action, d.Slot = plan.Unmet, codeDeleted, plan.None, calendar.Span{}
	switch {
	case i.OwnerDeclined:
		d.State, d.Code = plan.Lapsed, codeSkipped
	case i.Absent == plan.Stands:
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
