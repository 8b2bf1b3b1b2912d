package engine

import (
	"maps"
	"slices"

	"bilateral/calendar"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// record keeps what the pass saw and did. A pass in which nothing changed writes one row: that it took place.
func (w *work) record(applied error) error {
	if w.Dry {
		return nil
	}
	w.forget = w.forget && applied == nil // until its successor is made, what vanished is still to be called off
	for _, step := range []func() error{w.recordSeries, w.recordSeen, w.recordOutcomes, w.recordVerdicts, w.closeIntents} {
		if err := step(); err != nil {
			return err
		}
	}
	return w.finishRequests(applied != nil)
}

func (w *work) recordSeries() error {
	for _, s := range w.found.series {
		if s.Mark[keyID] == "" && !w.b.named(s.UID) {
			continue // not adopted yet
		}
		if err := w.Store.Remember(w.b.Name, s.UID, w.b.Home.Name, w.Now); err != nil {
			return err
		}
	}
	if len(w.found.series) > 0 || !w.forget {
		return nil
	}
	known, err := w.Store.KnownSeries(w.b.Name)
	if err != nil {
		return err
	}
	for _, k := range known {
		if !k.LastSeen.Before(w.Now) {
			continue
		}
		if err := w.Store.Forget(w.b.Name, k.UID); err != nil {
			return err
		}
	}
	return nil
}

// recordSeen keeps since when each present trouble has stood.
func (w *work) recordSeen() error {
	seen := maps.Clone(w.waiting)
	for _, d := range w.decided {
		if d.Trouble == "" || d.State == plan.Held {
			continue // nothing is wrong, or it was mended in this pass: the next trouble settles afresh
		}
		seen[d.Trouble] = w.Now
		if since, ok := w.world.Seen[d.Trouble]; ok {
			seen[d.Trouble] = since
		}
	}
	return w.Store.SetSeen(w.b.Name, seen)
}

// recordOutcomes keeps what became of slots that have begun, once each, and counts what was carried over.
func (w *work) recordOutcomes() error {
	held := map[string]bool{}
	for _, d := range w.decided {
		held[d.Period.Key] = d.Final
	}
	for _, i := range w.world.Instances {
		key := plan.KeyOf(w.b.Policy, w.world.Standing, w.Now, i.Original)
		final, guarded := held[key]
		if !guarded || i.Absent != plan.Stands || i.Slot.Start.After(w.Now) {
			continue
		}
		o := store.Outcome{Period: key, Slot: i.Slot, Was: plan.WasNot, At: w.Now}
		if final {
			o.Was = plan.WasHeld
		}
		if err := w.Store.SetOutcome(w.b.Name, o); err != nil {
			return err
		}
		if final && !i.Slot.End.After(w.Now) {
			if _, err := w.Store.CarryOver(w.b.Name, i.Original, i.Slot.Start, w.Now); err != nil {
				return err
			}
		}
	}
	return nil
}

// doubt keeps the last verdicts when the series itself could not be read, but no longer as seen; and it keeps the busy time
// that could be read, which a later pass may have to go by.
func (w *work) doubt() error {
	if w.Dry {
		return nil
	}
	for _, side := range []Side{w.b.Owner, w.b.Executive} {
		for _, c := range side.Calendars {
			if _, _, err := w.busyOf(c, side, w.window); err != nil {
				return err
			}
		}
	}
	last, err := w.Store.Verdicts(w.b.Name)
	if err != nil {
		return err
	}
	list := make([]store.Verdict, len(last))
	for k, v := range last {
		if list[k] = v.Verdict; v.Basis == plan.Sighted {
			list[k].Basis = plan.Partly
		}
	}
	return w.Store.SaveVerdicts(w.b.Name, list, w.Now)
}

func (w *work) recordVerdicts() error {
	list := make([]store.Verdict, len(w.decided))
	for k, d := range w.decided {
		list[k] = store.VerdictOf(d)
	}
	return w.Store.SaveVerdicts(w.b.Name, list, w.Now)
}

// closeIntents closes what a crash or a lost answer left open: the world was looked at in this pass, and what is missing
// from it is worked out anew.
func (w *work) closeIntents() error {
	open, err := w.Store.OpenIntents(w.b.Name)
	if err != nil {
		return err
	}
	for _, i := range open {
		if i.At.Equal(w.Now) {
			continue // this pass's own, of unknown effect: the next pass looks
		}
		wrote, said := false, "not found written when looked at later"
		for _, s := range w.found.series {
			if s.UID == i.UID && s.Version != i.Version {
				wrote, said = true, "found written, or changed by others, when looked at later"
			}
		}
		var done []store.Action
		if wrote {
			done = slices.DeleteFunc(i.Actions, w.wants)
		}
		if err := w.Store.FinishIntent(i.ID, wrote, said, "", w.Now, done...); err != nil {
			return err
		}
	}
	return nil
}

// wants reports whether this pass had the same to write: then it was not done before.
func (w *work) wants(a store.Action) bool {
	return slices.ContainsFunc(w.report.Steps, func(s Step) bool { return s.Action == a.Action && s.Period == a.Period })
}

// recordCalendars keeps how the group's calendars were found.
func (v *view) recordCalendars(r *Report) error {
	for _, b := range v.members {
		for _, c := range b.calendars() {
			if s, ok := v.sights[c]; ok && s != nil {
				r.Calendars = append(r.Calendars, v.state(c))
				r.Parsed += s.Parsed
				delete(v.sights, c)
			}
		}
	}
	if v.Dry {
		return nil
	}
	for _, c := range r.Calendars {
		if err := v.Store.SetCalendar(c); err != nil {
			return err
		}
	}
	return nil
}

// recordPass keeps that the pass took place.
func (e *Engine) recordPass(o Options, r Report) error {
	if err := e.forgetCalendars(); err != nil || o.Orders {
		return err // the owner's command alone: the daemon's passes are what status counts
	}
	p := store.Pass{Began: o.Now, Ended: o.Now, OK: true, Next: o.Next}
	if err := r.Err(); err != nil {
		p.OK, p.Errors = r.worked(), err.Error()
	}
	return e.Store.EndPass(p)
}

// forgetCalendars drops what is known of calendars that are configured no more.
func (e *Engine) forgetCalendars() error {
	states, err := e.Store.Calendars()
	if err != nil {
		return err
	}
	configured := map[string]bool{}
	for _, b := range e.Bilaterals {
		for _, c := range b.calendars() {
			configured[c.Name] = true
		}
	}
	for _, s := range states {
		if configured[s.Name] {
			continue
		}
		if err := e.Store.ForgetCalendar(s.Name); err != nil {
			return err
		}
	}
	return nil
}

// remark keeps what a person should hear of besides the verdicts: why the work stopped, notes, a better standing time.
func (v *view) remark(r *BilateralReport) error {
	if v.Dry || v.Orders {
		return nil
	}
	out := store.Remarks{Suggestion: r.Suggestion}
	if r.Err != nil {
		x := store.Remark{Code: "stopped", Severity: Warning, Text: r.Err.Error(), Since: v.Now}
		switch {
		case r.Code != "":
			x.Code, x.Severity = r.Code, Critical
		case calendar.KindOf(r.Err) == calendar.SignIn:
			x.Code, x.Severity = "sign_in", Critical
		}
		out.List = append(out.List, x)
	}
	for _, n := range r.Notes {
		severity := Warning
		if n.Code == codeGone {
			severity = Critical
		}
		out.List = append(out.List, store.Remark{Code: n.Code, Severity: severity, Period: n.Period, Text: n.Text, Since: v.Now})
	}
	return v.Store.SetRemarks(r.Name, out)
}
