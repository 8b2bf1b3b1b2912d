package engine

import (
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

// Pass observes, decides, fills, diffs, applies and records, once, for every bilateral. What goes wrong with one of them
// stands in its report and does not keep the others from their turn; the error is for what concerns them all.
func (e *Engine) Pass(ctx context.Context, o Options) (Report, error) {
	o.Now = o.Now.UTC().Truncate(time.Second)
	if _, err := e.hear(ctx, o); err != nil {
		return Report{}, err
	}
	groups := e.groups(o.Only)
	if e.apart(groups) {
		known, err := e.recallStands()
		if err != nil {
			return Report{}, err
		}
		o.known = known
	}
	r, err := e.passGroups(ctx, o, groups)
	if err != nil || o.Dry {
		return r, err
	}
	return r, e.recordPass(o, r)
}

// apart reports whether there are bilaterals that some group knows nothing of.
func (e *Engine) apart(groups []group) bool {
	return len(groups) > 0 && len(groups[0].members) < len(e.Bilaterals)
}

// part is one group's part of a pass.
type part struct {
	group
	Report
	news int // answers by mail
	err  error
}

// passGroups lets the groups pass, as many at once as may, and puts their reports together in the order of the config.
func (e *Engine) passGroups(ctx context.Context, o Options, groups []group) (Report, error) {
	if len(groups) == 1 {
		return e.passGroup(ctx, o, groups[0])
	}
	parts := make([]part, len(groups))
	done := make(chan part)
	var c crew
	for left := slices.Clone(groups); len(left) > 0 || c.busy > 0; {
		left = slices.DeleteFunc(left, func(g group) bool {
			if !c.admits(g) {
				return false
			}
			c.count(g, 1)
			go func() {
				r, err := e.passGroup(ctx, o, g)
				done <- part{group: g, Report: r, err: err}
			}()
			return true
		})
		p := <-done
		c.count(p.group, -1)
		parts[p.place] = p
	}
	return e.together(o.Now, parts)
}

// together puts the groups' reports together.
func (e *Engine) together(now time.Time, parts []part) (Report, error) {
	r, place := Report{Now: now}, map[string]int{}
	for k, b := range e.Bilaterals {
		place[b.Name] = k
	}
	var all []error
	for _, p := range parts {
		r.Bilaterals = append(r.Bilaterals, p.Bilaterals...)
		r.Calendars = append(r.Calendars, p.Calendars...)
		r.Parsed += p.Parsed
		all = append(all, p.err)
	}
	slices.SortStableFunc(r.Bilaterals, func(a, b BilateralReport) int { return place[a.Name] - place[b.Name] })
	return r, errors.Join(all...)
}

// passGroup is one group's pass.
func (e *Engine) passGroup(ctx context.Context, o Options, g group) (Report, error) {
	v, err := e.observe(ctx, o, g)
	if err != nil {
		return Report{Now: o.Now}, err
	}
	r := Report{Now: o.Now}
	if err := v.checkVanished(); err != nil {
		return r, err
	}
	for _, b := range g.members {
		if o.Only != "" && b.Name != o.Only {
			continue
		}
		v.alive()
		one := BilateralReport{Name: b.Name}
		one.Err = v.work(ctx, b, &one)
		one.Code = stopCode(one.Err)
		if errors.Is(ctx.Err(), context.Canceled) {
			return r, nil // broken off: what could not be read says nothing
		}
		if err := v.remark(&one); err != nil {
			return r, err
		}
		r.Bilaterals = append(r.Bilaterals, one)
	}
	return r, v.recordCalendars(&r)
}

// tries is how often a pass works on a bilateral whose series changes under its hands.
const tries = 3

// work does one bilateral's part of a pass. A conflict is ordinary (an answer came in between), and a name that is taken
// is known from then on: look again.
func (v *view) work(ctx context.Context, b *Bilateral, report *BilateralReport) error {
	for try := 1; ; try++ {
		*report = BilateralReport{Name: b.Name}
		w := &work{view: v, b: b, outcome: map[int64]string{}, refused: map[int64]bool{}, waiting: map[string]time.Time{}, report: report}
		err := w.run(ctx)
		if !outdated(err) || try == tries || ctx.Err() != nil {
			return err
		}
		v.sights[b.Home] = v.read(ctx, b.Home, v.uids)
	}
}

// outdated reports whether a write failed because the calendar is not as it was seen.
func outdated(err error) bool {
	kind := calendar.KindOf(err)
	return kind == calendar.Conflict || kind == calendar.Exists
}

func (w *work) run(ctx context.Context) error {
	if err := w.look(ctx); err != nil {
		return errors.Join(err, w.doubt())
	}
	if err := w.remarkable(); err != nil {
		return err
	}
	w.unpin()
	w.unskip()
	w.decided = plan.Decide(w.world)
	w.moveByHand()
	w.wishes()
	w.wishAdopt()
	if !w.Orders || w.asked(store.Rebase) || w.asked(store.Start) {
		w.wishSplit()
	}
	stop := w.wishSeriesMade(ctx)
	if err := w.fill(); err != nil {
		return err
	}
	if err := w.floor(); err != nil {
		return err
	}
	if w.Orders {
		w.onlyOrders()
	}
	if err := w.announce(); err != nil {
		return err
	}
	applied := stop
	if stop == nil {
		applied = w.apply(ctx)
	}
	if !outdated(applied) {
		if err := errors.Join(w.deliver(ctx), w.waitingMails()); err != nil {
			return errors.Join(applied, err)
		}
	}
	w.tell()
	w.report.Stands = w.standAfter()
	w.moved[w.b.Name] = w.report.Stands
	if err := w.record(applied); err != nil {
		return err
	}
	return applied
}

// remarkable notes what people should hear of besides the decisions.
func (w *work) remarkable() error {
	if err := w.unasked[w.b.Name]; err != nil {
		text := fmt.Sprintf("the busy time of %s was not answered: %v", w.b.Executive.Email, err)
		w.report.Notes = append(w.report.Notes, Note{"freebusy", "", text})
	}
	if err := w.noteUnanswered(); err != nil {
		return err
	}
	w.noteUndelivered()
	w.noteServed()
	w.noteUnread()
	if w.found.twice {
		report := "two series of it go on at once, so the executive has two invitations"
		w.report.Notes = append(w.report.Notes, Note{"two_series", "", report})
	}
	return nil
}

// onlyOrders keeps what the owner's requests ask for and drops everything else that the pass would do.
func (w *work) onlyOrders() {
	asked := map[string]bool{}
	all := false
	for _, r := range w.requests {
		asked[r.Period] = true
		all = all || r.Kind == store.Rebase || r.Kind == store.Adopt || r.Kind == store.Start
	}
	if all {
		return
	}
	w.pieces = slices.DeleteFunc(w.pieces, func(p piece) bool {
		bookkeeping := p.Action == "note" && p.Period == "" // of the owner's orders
		drop := !bookkeeping && (!asked[p.Period] || p.publish != nil)
		if drop && p.publish == nil {
			w.putOff = append(w.putOff, p.Period)
		}
		return drop
	})
}

// tell corrects the decisions whose change was not made: what a period will be is not what it is.
func (w *work) tell() {
	for k := range w.decided {
		d := &w.decided[k]
		if d.Action == plan.None || w.madeIn(d.Period.Key) {
			continue
		}
		if d.Action == plan.Waive {
			d.Sentence += " (not written yet)"
			continue
		}
		d.State, d.Until = plan.Pending, w.Now
		switch {
		case !w.acting():
			d.Code, d.Sentence = "watch", d.Sentence+" (not done: watch mode)"
		default:
			d.Code, d.Sentence = "unwritten", d.Sentence+" (not written yet)"
		}
	}
	w.report.Decisions, w.report.Standing = w.decided, w.world.Standing
	if s, ok := plan.Suggest(w.world, w.decided); ok {
		w.report.Suggestion = &s
	}
}

// besides are the actions that are no part of a decision.
var besides = []string{"agenda", "mail", "answer"}

// madeIn reports whether the period's change was written, holds already, or (Dry) would be written.
func (w *work) madeIn(period string) bool {
	if w.Dry && w.acting() {
		return true
	}
	missing := slices.ContainsFunc(w.report.Steps, func(s Step) bool { return !s.Done && s.Period == period && !slices.Contains(besides, s.Action) })
	created := slices.ContainsFunc(w.report.Steps, func(s Step) bool { return s.Done && s.Action == "create_series" })
	if w.creates() != nil && !created {
		return false
	}
	return !missing && !slices.Contains(w.putOff, period)
}

// standAfter is where the bilateral's meetings stand after the pass: hard time for the owner's other ones.
func (w *work) standAfter() []calendar.Span {
	var out []calendar.Span
	for _, i := range w.world.Instances {
		if i.Absent == plan.Stands && !w.left(i) {
			out = append(out, i.Slot)
		}
	}
	for _, d := range w.decided {
		if !d.Slot.IsZero() {
			out = append(out, d.Slot)
		}
	}
	return out
}

// left reports whether this pass has taken the instance from where it stood: that time is free for the owner's others.
func (w *work) left(i plan.Instance) bool {
	return slices.ContainsFunc(w.decided, func(d plan.Decision) bool {
		return d.Original.Equal(i.Original) && d.Action != plan.None && w.madeIn(d.Period.Key)
	})
}

// about is what the home calendar can do; as good as nothing where it could not be asked.
func (w *work) about() calendar.About {
	a, err := w.view.about(w.b.Home)
	if err != nil {
		return calendar.About{}
	}
	return a
}

// aboutKnown reports whether the server could be asked: one that was not must not be taken for one that does not deliver.
func (w *work) aboutKnown() bool {
	_, err := w.view.about(w.b.Home)
	return err == nil
}

// about is what a calendar can do; asked once a process, since it reaches the server.
func (v *view) about(c *Calendar) (calendar.About, error) {
	v.mu.Lock()
	a, known := v.abouts[c]
	v.mu.Unlock()
	if known {
		return a, nil
	}
	a, err := c.Account.About(context.Background())
	if err != nil {
		return a, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.abouts == nil {
		v.abouts = map[*Calendar]calendar.About{}
	}
	v.abouts[c] = a
	return a, nil
}

// NeedsPerson reports whether something stopped that only a person can start again: exit code 3.
func (r Report) NeedsPerson() bool {
	return slices.ContainsFunc(r.Bilaterals, func(b BilateralReport) bool {
		return b.Code != "" || b.MailSignIn || slices.ContainsFunc(b.Notes, func(n Note) bool { return n.Code == codeGone }) || calendar.KindOf(b.Err) == calendar.SignIn ||
			slices.ContainsFunc(b.Decisions, func(d plan.Decision) bool { return d.Code == "series_gone" || d.Code == "series_declined" })
	})
}

// Err joins what went wrong, or is nil.
func (r Report) Err() error {
	var all []error
	for _, b := range r.Bilaterals {
		all = append(all, b.Err, b.Mail)
	}
	for _, c := range r.Calendars {
		if !c.Reachable && !mentioned(all, c.Error) {
			all = append(all, fmt.Errorf("calendar %s: %s", c.Name, c.Error))
		}
	}
	return errors.Join(all...)
}

// mentioned reports whether an error says that already.
func mentioned(all []error, text string) bool {
	return slices.ContainsFunc(all, func(err error) bool { return err != nil && strings.Contains(err.Error(), text) })
}

// worked reports whether every bilateral had its turn: an unreadable source of busy time is told beside it.
func (r Report) worked() bool {
	return !slices.ContainsFunc(r.Bilaterals, func(b BilateralReport) bool { return b.Err != nil })
}
