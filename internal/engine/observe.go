package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// view is what one pass sees: each calendar is read once.
type view struct {
	*Engine
	Options
	group
	window  calendar.Span
	uids    []string         // series to be read whole, besides those with our mark
	unmade  []*Bilateral     // those without a series, as far as is known
	unasked map[string]error // bilateral -> why the executive's free/busy was not answered
	sights  map[*Calendar]*sight
	before  map[string]store.CalendarState
	moved   map[string][]calendar.Span // bilateral -> where its meetings stand after this pass's decisions
	// postDown: a mail could not be sent in this pass, and the next one would fare no better.
	postDown bool
	fuse     string   // why nothing may be written in this pass; ""
	begun    []string // names of the series that splits of this pass are to make
	// restarted: the owner says start, having seen why the fuse blew.
	restarted bool
}

// sight is one calendar as this pass found it.
type sight struct {
	calendar.Observation
	err     error
	trouble error  // of a write to it
	rested  bool   // it was not tried
	emptied bool   // it reads empty, which is not believed
	guest   string // whose recurring meetings are in it, besides what is always
}

// observe reads every calendar of the group.
func (e *Engine) observe(ctx context.Context, o Options, g group) (*view, error) {
	v := &view{Engine: e, Options: o, group: g, sights: map[*Calendar]*sight{}, before: map[string]store.CalendarState{}, moved: map[string][]calendar.Span{},
		unasked: map[string]error{}}
	v.window = e.window(o.Now)
	states, err := e.Store.Calendars()
	if err != nil {
		return nil, err
	}
	for _, s := range states {
		v.before[s.Name] = s
	}
	uids, err := v.wanted()
	if err != nil {
		return nil, err
	}
	v.uids = uids
	for _, b := range g.members {
		for _, c := range b.calendars() {
			if v.sights[c] == nil {
				v.sights[c] = v.read(ctx, c, uids)
			}
		}
	}
	return v, nil
}

// calendars lists every calendar of the bilateral, its home first.
func (b *Bilateral) calendars() []*Calendar {
	return append(append([]*Calendar{b.Home}, b.Owner.Calendars...), b.Executive.Calendars...)
}

// window covers what any bilateral may ask about: the periods before and after the guarded ones too. Its ends move with
// the month only, so that an unchanged calendar is answered from memory.
func (e *Engine) window(now time.Time) calendar.Span {
	first := time.Date(now.Year(), now.Month()-3, 1, 0, 0, 0, 0, time.UTC)
	last := now
	for _, b := range e.Bilaterals {
		if end := b.Policy.Horizon.End(now, b.Policy.Mine.Zone); end.After(last) {
			last = end
		}
	}
	return calendar.Span{Start: first, End: time.Date(last.Year(), last.Month()+3, 1, 0, 0, 0, 0, time.UTC)}
}

// guarded covers the whole periods that the planner looks at, and no more: servers refuse to tell the free/busy time of
// long windows, or tell it in several answers.
func (b *Bilateral) guarded(now time.Time) calendar.Span {
	period := 31
	switch b.Policy.Cadence.Unit {
	case plan.Day:
		period = 1
	case plan.Week:
		period = 7 * b.Policy.Cadence.Every
	}
	day := now.UTC().Truncate(24 * time.Hour)
	return calendar.Span{Start: day.AddDate(0, 0, -period), End: b.Policy.Horizon.End(now, b.Policy.Mine.Zone).AddDate(0, 0, period+1)}
}

// wanted are the series to be read whole although they may carry no mark: those to be adopted, and the executive's copies
// of ours.
func (v *view) wanted() ([]string, error) {
	var out []string
	for _, b := range v.members {
		if b.Adopt != "" {
			out = append(out, b.Adopt)
		}
		known, err := v.Store.KnownSeries(b.Name)
		if err != nil {
			return nil, err
		}
		if len(known) == 0 {
			v.unmade = append(v.unmade, b)
		}
		out = append(out, b.uid(0, ""))
		for _, k := range known {
			out = append(out, k.UID)
		}
		requests, err := v.Store.PendingRequests(b.Name)
		if err != nil {
			return nil, err
		}
		for _, r := range requests {
			if r.Kind == store.Adopt {
				out = append(out, r.Args["uid"])
			}
			v.restarted = v.restarted || r.Kind == store.Start
		}
	}
	return out, nil
}

// alive tells whoever watches the pass that it made a step.
func (v *view) alive() {
	if v.step != nil {
		v.step()
	}
}

func (v *view) read(ctx context.Context, c *Calendar, uids []string) *sight {
	v.alive()
	if until := v.rests(c); !until.IsZero() {
		was := v.before[c.Name]
		return &sight{err: &resting{until: until, kind: was.Kind, text: cmp.Or(was.Error, was.Trouble)}, rested: true}
	}
	q := calendar.Query{Window: v.window, Zone: c.Zone, UIDs: uids, Guest: v.guestAt(c)}
	obs, err := c.Account.Observe(ctx, q)
	if strays := v.strays(c, obs); err == nil && len(strays) > 0 {
		q.UIDs = slices.Concat(uids, strays)
		obs, err = c.Account.Observe(ctx, q)
	}
	s := &sight{Observation: obs, err: err, guest: q.Guest}
	if was := v.before[c.Name]; err == nil && was.Objects > lone && obs.Objects == 0 && !v.restarted {
		v.fuse = fmt.Sprintf("the calendar %s reads empty, and had %d entries before", c.Name, was.Objects)
		s.emptied = true
	}
	return s
}

// strays are series that bear a name of ours and were not read whole, for a program dropped their mark and the database does
// not know them, being lost. Unread, they would be made a second time.
func (v *view) strays(c *Calendar, obs calendar.Observation) []string {
	var out []string
	for _, e := range obs.Events {
		if !strings.HasSuffix(e.UID, uidDomain) || slices.Contains(out, e.UID) || seriesNamed(obs.Series, e.UID) != nil {
			continue
		}
		if slices.ContainsFunc(v.members, func(b *Bilateral) bool { return b.Home == c && b.named(e.UID) }) {
			out = append(out, e.UID)
		}
	}
	return out
}

// lone is how many entries may go at once without a doubt: a calendar's only one is deleted every day.
const lone = 1

// state is the sight as `status` tells it.
func (v *view) state(c *Calendar) store.CalendarState {
	s, was := v.sights[c], v.before[c.Name]
	out := store.CalendarState{Name: c.Name, Type: c.Type, Reachable: s.err == nil, LastOK: v.Now, LastTry: v.Now, Objects: s.Objects}
	if s.err != nil {
		out.LastOK, out.Objects, out.Error = was.LastOK, was.Objects, s.err.Error()
	}
	if s.rested {
		return was
	}
	failing(&out, was, cmp.Or(s.err, s.trouble), v.Now, v.Interval)
	if v.fuse != "" && s.Objects == 0 {
		out.Objects = was.Objects // so that the fuse stays blown until there is something to read, or a person says start
	}
	if c.SignInEnds != nil {
		out.SignInEnds = c.SignInEnds()
	}
	if s.trouble != nil {
		out.Trouble = s.trouble.Error()
	}
	broken := slices.DeleteFunc(slices.Clone(s.Unreadable), func(u calendar.Unreadable) bool { return u.Hidden })
	if n := len(broken); n > 0 {
		out.Degraded = fmt.Sprintf("%d of its entries cannot be read, first %s: %s", n, broken[0].Where, broken[0].Why)
	}
	return out
}

// busy is a person's busy time, judged, and how well it is known.
func (v *view) busy(ctx context.Context, b *Bilateral, side Side, window calendar.Span) ([]calendar.Busy, plan.Source, error) {
	var out []calendar.Busy
	known := plan.Read
	for _, c := range side.Calendars {
		list, source, err := v.busyOf(c, side, window)
		if err != nil {
			return nil, known, err
		}
		out, known = append(out, list...), max(known, source)
	}
	if side.FreeBusy {
		list, source, err := v.askFreeBusy(ctx, b)
		if err != nil {
			return nil, known, err
		}
		out, known = append(out, list...), max(known, source)
	}
	if len(side.Calendars) == 0 && !side.FreeBusy {
		known = plan.Hidden
	}
	holidays, err := side.holidays(window)
	return append(out, holidays...), known, err
}

func (s Side) holidays(window calendar.Span) ([]calendar.Busy, error) {
	if s.Holidays == nil {
		return nil, nil
	}
	events, err := s.Holidays(window)
	if err != nil {
		return nil, fmt.Errorf("read the public holidays of %s: %w", s.Name, err)
	}
	return judge(events, s.Judge, "holidays", window), nil
}

// busyOf is the busy time of one calendar: as read now or, where it cannot be read or is not believed, as it was seen last.
func (v *view) busyOf(c *Calendar, side Side, window calendar.Span) ([]calendar.Busy, plan.Source, error) {
	key, s := c.Name+" "+side.Email, v.sights[c]
	if s.err != nil || s.emptied {
		return v.lastSeen(key)
	}
	list := judge(s.Events, side.Judge, c.Name, window)
	source := plan.Read
	if len(s.Unreadable) > 0 {
		source = plan.Partial
	}
	if v.Dry {
		return list, source, nil
	}
	return list, source, v.Store.SaveBusy(key, v.Now, list)
}

func (v *view) lastSeen(key string) ([]calendar.Busy, plan.Source, error) {
	list, _, ok, err := v.Store.LoadBusy(key)
	if !ok {
		return nil, plan.Never, err
	}
	return list, plan.Partial, err
}

// askFreeBusy asks the home calendar's server for the executive's busy time. A server that has no such service leaves us
// blind by nature; any other failure is an unread source, never free time.
func (v *view) askFreeBusy(ctx context.Context, b *Bilateral) ([]calendar.Busy, plan.Source, error) {
	key := "freebusy " + b.Executive.Email
	window := b.guarded(v.Now)
	events, err := b.Home.Account.FreeBusy(ctx, b.Executive.Email, window)
	switch {
	case calendar.KindOf(err) == calendar.Unsupported:
		return nil, plan.Hidden, nil
	case err != nil:
		v.unasked[b.Name] = err
		return v.lastSeen(key)
	}
	list := judge(events, b.Executive.Judge, "freebusy", window)
	if v.Dry {
		return list, plan.Read, nil
	}
	return list, plan.Read, v.Store.SaveBusy(key, v.Now, list)
}

func judge(events []calendar.Event, p calendar.Person, source string, window calendar.Span) []calendar.Busy {
	var out []calendar.Busy
	for _, e := range events {
		if !e.Span.Overlaps(window) {
			continue
		}
		if s := p.Judge(e); s != calendar.Free {
			out = append(out, calendar.Busy{Span: e.Span.UTC(), Strength: s, UID: e.UID, RecurrenceID: e.RecurrenceID,
				Anonymous: e.Anonymous, Source: source, Title: e.Title})
		}
	}
	return out
}

// errStopped is wrapped by errors that end the work on one bilateral and need a person.
type errStopped struct{ code, what string }

func (e *errStopped) Error() string { return e.what }

// stopCode is the code of a stop, or "".
func stopCode(err error) string {
	var s *errStopped
	if errors.As(err, &s) {
		return s.code
	}
	return ""
}
