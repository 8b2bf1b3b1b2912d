package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
)

// Candidates are the recurring meetings of just the two in the bilateral's home calendar that go on and are not ours: they
// can be adopted, and a new series is not made beside one unasked.
func (e *Engine) Candidates(ctx context.Context, b *Bilateral, now time.Time) ([]calendar.Series, error) {
	window := calendar.Span{Start: now, End: b.Policy.Horizon.End(now, b.Policy.Mine.Zone)}
	seen, err := b.Home.Account.Observe(ctx, calendar.Query{Window: window, Zone: b.Home.Zone, Guest: b.other()})
	if err != nil {
		return nil, err
	}
	return e.adoptable(seen.Series, b, window), nil
}

// adoptable are those of a list that can be adopted, with a meeting in the window.
func (e *Engine) adoptable(list []calendar.Series, b *Bilateral, window calendar.Span) []calendar.Series {
	goesOn := func(i calendar.Instance) bool { return !i.Cancelled && !i.Excluded && i.Span.Overlaps(window) }
	var out []calendar.Series
	for _, s := range list {
		if s.Rule != "" && !s.Cancelled && !e.guards(s) && b.justTheTwo(s) && slices.ContainsFunc(s.Instances, goesOn) {
			out = append(out, s)
		}
	}
	return out
}

// Kept are the bilateral's own series that stand in its home calendar: beside one of them none is taken over.
func (e *Engine) Kept(ctx context.Context, b *Bilateral, now time.Time) ([]calendar.Series, error) {
	window := calendar.Span{Start: now, End: b.Policy.Horizon.End(now, b.Policy.Mine.Zone)}
	seen, err := b.Home.Account.Observe(ctx, calendar.Query{Window: window, Zone: b.Home.Zone, UIDs: []string{b.uid(0, "")}})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(seen.Series), func(s calendar.Series) bool { return !b.owns(s, nil) || s.Cancelled || s.Rule == "" }), nil
}

// Foreign reports whether a series is somebody else's meeting at a server that invites: it takes changes of time and text
// from the organizer alone, RFC 6638 section 3.2.2.1.
func (b *Bilateral) Foreign(s calendar.Series, home calendar.About) bool {
	return home.Invites && b.foreign(s)
}

// foreign reports whether somebody else organizes a series. In their own calendar the meeting is the executive's.
func (b *Bilateral) foreign(s calendar.Series) bool {
	owner := append([]string{b.Owner.Email}, b.Owner.Judge.Emails...)
	return s.Organizer != "" && !b.theirs() &&
		!slices.ContainsFunc(owner, func(email string) bool { return strings.EqualFold(email, s.Organizer) })
}

// whyForeign says of a series that was to be taken over that it cannot be.
func (b *Bilateral) whyForeign(s calendar.Series) string {
	return fmt.Sprintf("the series %s is organized by %s, and the server of %s takes changes from the organizer alone", s.UID, s.Organizer, b.Home.Name)
}

// candidates are those that this pass has seen already, where it looked for them; else they are asked for.
func (w *work) candidates(ctx context.Context) ([]calendar.Series, error) {
	if home := w.sights[w.b.Home]; home.guest == w.b.other() {
		return w.Engine.adoptable(home.Series, w.b, calendar.Span{Start: w.Now, End: w.b.Policy.Horizon.End(w.Now, w.b.Policy.Mine.Zone)}), nil
	}
	return w.Candidates(ctx, w.b, w.Now)
}

// guestAt is the person whose meetings are looked for when a calendar is read: of the one bilateral that lives there and has
// no series. Several look for themselves.
func (v *view) guestAt(c *Calendar) string {
	guest := ""
	for _, b := range v.unmade {
		switch {
		case b.Home != c:
		case guest != "":
			return ""
		default:
			guest = b.other()
		}
	}
	return guest
}

// guards reports whether a series belongs to a configured bilateral. One that carries the mark of a bilateral that is none
// any more (it was renamed, or an address changed) may be adopted.
func (e *Engine) guards(s calendar.Series) bool {
	return slices.ContainsFunc(e.Bilaterals, func(b *Bilateral) bool { return s.Mark[keyID] == b.ID() || b.named(s.UID) })
}

// justTheTwo reports whether nobody but the two is in the series, and the one whose calendar it is not is.
func (b *Bilateral) justTheTwo(s calendar.Series) bool {
	others := slices.ContainsFunc(s.Attendees, func(a calendar.Attendee) bool {
		return !strings.EqualFold(a.Email, b.Owner.Email) && !strings.EqualFold(a.Email, b.Executive.Email)
	})
	_, invited := calendar.Attends(s.Attendees, b.other())
	return !others && (invited || strings.EqualFold(s.Organizer, b.other()))
}

// other is the address of who comes as a guest into the home calendar: in their own, everything is the executive's.
func (b *Bilateral) other() string {
	if b.theirs() {
		return b.Owner.Email
	}
	return b.Executive.Email
}
