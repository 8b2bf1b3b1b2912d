package engine

import (
	"context"
	"slices"
	"strconv"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// wishSeriesMade notes the creation of the series when the planner places meetings and there is none: the master at the
// standing time of the first placed period, and an override for each meeting that goes elsewhere or cannot be. As long as
// the config says to take over what cannot be, it is not known what the owner wants.
func (w *work) wishSeriesMade(ctx context.Context) error {
	if s := w.found.foreign; s != nil && s.UID == w.b.Adopt {
		return &errStopped{"adopt_foreign", w.b.whyForeign(*s)}
	}
	k := slices.IndexFunc(w.decided, func(d plan.Decision) bool { return d.Action == plan.Place })
	if w.world.Standing != nil || k < 0 {
		return nil
	}
	if !w.asked(store.Start) && !w.Act {
		existing, err := w.candidates(ctx)
		if err != nil {
			return err
		}
		if len(existing) > 0 {
			return &errStopped{"existing", "a recurring meeting of just the two stands already, and a second one is not made beside it"}
		}
	}
	w.make(w.b.uid(w.orders.Generation, ""), w.b.Policy.Prefer, w.decided[k:], w.draft())
	return nil
}

// asked reports whether the owner asked for that in this pass.
func (w *work) asked(kind store.RequestKind) bool {
	return slices.ContainsFunc(w.requests, func(r store.Request) bool { return r.Kind == kind })
}

// draft is a new series as the configuration describes it.
func (w *work) draft() calendar.Draft {
	b := w.b
	d := calendar.Draft{Title: b.Title, Location: b.Location, Private: b.Private, Meet: b.Meet}
	if !b.Invites {
		return d
	}
	me := calendar.Attendee{Email: b.Owner.Email, Name: b.Owner.Name, Status: calendar.Accepted}
	boss := calendar.Attendee{Email: b.Executive.Email, Name: b.Executive.Name}
	if b.theirs() {
		d.Organizer, d.Attendees = boss, []calendar.Attendee{me}
		return d
	}
	d.Organizer, d.Attendees, d.Unserved = me, []calendar.Attendee{boss}, w.byMail(w.model())
	return d
}

// theirs reports whether the series lives in the executive's own calendar, into which the owner may write: then it is the
// executive who holds the meeting, and the owner who is its guest.
func (b *Bilateral) theirs() bool { return slices.Contains(b.Executive.Calendars, b.Home) }

// make notes a new series whose first period is that of the first decision.
func (w *work) make(uid string, prefer plan.Prefer, decisions []plan.Decision, d calendar.Draft) {
	b, first := w.b, decisions[0]
	d.Start, d.Zone, d.Duration, d.Rule = first.Original, b.Policy.Mine.Zone, b.Policy.Duration, b.rule(prefer)
	reason := "there is no series yet: "
	if w.found.current() != nil {
		reason = "the series goes on at a new time: "
	}
	d.Mark = calendar.Mark{keyID: b.ID(), keySettings: b.settings(), keyStanding: standingMark(prefer, b.Policy.Duration)}
	for key, value := range w.ordersMark() {
		if value != "" {
			d.Mark[key] = value
		}
	}
	made := Step{Bilateral: b.Name, Period: first.Period.Key, Action: "create_series", To: first.Slot, Title: d.Title,
		Mails: w.mails(), Reason: reason + b.describe(prefer)}
	w.pieces = append(w.pieces, piece{Step: made, uid: uid, create: &d, exempt: true})
	for _, x := range decisions {
		if p, ok := w.firstPlace(uid, x); ok {
			w.pieces = append(w.pieces, p)
		}
	}
}

// The planner's codes for a series that vanished, for an instance that a person deleted, and for one that the owner skipped
// or declined.
const (
	codeGone    = "series_gone"
	codeDeleted = "deleted"
	codeSkipped = "skipped"
)

// firstPlace is the override of a new series for a period that cannot use the standing time.
func (w *work) firstPlace(uid string, d plan.Decision) (piece, bool) {
	standing := calendar.Span{Start: d.Original, End: d.Original.Add(w.b.Policy.Duration)}
	p := piece{Step: Step{Bilateral: w.b.Name, Period: d.Period.Key, Action: string(plan.Place), From: standing, To: d.Slot, Reason: d.Sentence},
		uid: uid, original: d.Original, exempt: true}
	switch {
	case d.State == plan.Held && d.Slot.Equal(standing) && !d.Pin:
		return piece{}, false
	case d.State == plan.Held:
		slot := d.Slot
		p.patch = calendar.Patch{Span: &slot, Mark: placedMark(d, plan.Instance{}, w.Now)}
	case d.State == plan.Lapsed && d.Code == codeSkipped:
		m := calendar.Mark{keyState: stateDeclined}
		if reason, ordered := w.world.Skips[d.Period.Key]; ordered {
			m = calendar.Mark{keyState: stateSkipped, keyReason: reason}
		}
		p.Action, p.patch = string(plan.Waive), calendar.Patch{Cancelled: new(true), Mark: m}
	case d.Code == codeDeleted: // without a state of ours it stays the person's doing
		p.Action, p.patch = string(plan.Waive), calendar.Patch{Cancelled: new(true)}
	default:
		// Waived, or no slot: nothing may stand over what is booked. It comes back when there is room.
		p.Action, p.patch = string(plan.Waive), calendar.Patch{Cancelled: new(true), Mark: calendar.Mark{keyState: stateWaived}}
	}
	return p, true
}

// describe writes a standing time for people.
func (b *Bilateral) describe(p plan.Prefer) string {
	at := time.Date(2026, 1, 4, 0, p.Minute, 0, 0, time.UTC).Format("15:04")
	switch b.Policy.Cadence.Unit {
	case plan.Day:
		return "daily " + at
	case plan.Month:
		return "monthly, " + ordinal(p.Nth) + " " + p.Weekday.String()[:3] + " " + at
	}
	if n := b.Policy.Cadence.Every; n > 1 {
		return "every " + strconv.Itoa(n) + " weeks, " + p.Weekday.String()[:3] + " " + at
	}
	return p.Weekday.String()[:3] + " " + at
}

func ordinal(n int) string {
	switch n {
	case -1:
		return "last"
	case 2:
		return "second"
	case 3:
		return "third"
	case 4:
		return "fourth"
	}
	return "first"
}
