package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/memory"
	"bilateral/internal/engine"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// view is how the world stood at one moment.
type view struct {
	objects map[*memory.Account]map[string][]byte
	pairs   map[*pair]stand
}

// stand is one bilateral's part of it.
type stand struct {
	list    []*series
	periods map[string][]meeting // live and not
}

func (s stand) live(period string) (meeting, bool) {
	for _, m := range s.periods[period] {
		if m.live {
			return m, true
		}
	}
	if all := s.periods[period]; len(all) > 0 {
		return all[0], false
	}
	return meeting{}, false
}

func (w *world) look(accounts ...*memory.Account) *view {
	v := &view{objects: map[*memory.Account]map[string][]byte{}, pairs: map[*pair]stand{}}
	for _, a := range accounts {
		v.objects[a] = map[string][]byte{}
		for _, n := range a.Names() {
			v.objects[a][n] = a.Bytes(n)
		}
	}
	for _, p := range w.pairs {
		v.pairs[p] = w.read(w.mine, p)
	}
	return v
}

// cached is what was read of a calendar, and of which objects.
type cached struct {
	text string
	stand
}

// read reads a bilateral's series in a calendar, once for as long as it does not change. It is for looking only.
func (w *world) read(a *memory.Account, p *pair) stand {
	id, text := p.ID(), w.textOf(a, p)
	if c, ok := w.cache[a][id]; ok && c.text == text {
		return c.stand
	}
	s := stand{list: p.series(a), periods: map[string][]meeting{}}
	for _, m := range meetings(s.list, w.end.AddDate(0, 5, 0)) {
		period := p.periodOf(m.original, s.list)
		s.periods[period] = append(s.periods[period], m)
	}
	if w.cache[a] == nil {
		w.cache[a] = map[string]cached{}
	}
	w.cache[a][id] = cached{text, s}
	return s
}

func (w *world) textOf(a *memory.Account, p *pair) string {
	var b strings.Builder
	for _, n := range a.Names() {
		if p.has(n) {
			b.WriteString(n)
			b.Write(a.Bytes(n))
		}
	}
	return b.String()
}

func (w *world) accounts() []*memory.Account {
	out := []*memory.Account{w.mine}
	for _, p := range w.pairs {
		out = append(out, p.hers)
	}
	return out
}

// again looks again at the owner's calendar alone: the executives' are busy answering.
func (w *world) again() {
	w.meddled = true
	now := w.look(w.mine)
	w.before.objects[w.mine], w.before.pairs = now.objects[w.mine], now.pairs
}

// pass runs one pass and judges it.
func (w *world) pass(ctx context.Context) error {
	if w.broken != nil {
		return w.broken
	}
	if err := w.heal(); err != nil {
		return err
	}
	w.observed, w.meddled, w.struck = map[*memory.Account]bool{}, false, false
	w.before = w.look(w.accounts()...)
	writes, mails := w.mine.Writes(), w.mailsTaken()
	asked := map[*pair][]store.Request{}
	for _, p := range w.pairs {
		requests, err := w.store.PendingRequests(p.Name)
		if err != nil {
			return err
		}
		asked[p] = requests
	}
	report, err := w.engine.Pass(ctx, engine.Options{Now: w.now, Next: w.now.Add(5 * time.Minute)})
	w.counts["passes"]++
	w.tell(report)
	broken, blocked := w.process.at != "", w.blocked()
	switch {
	case err != nil && !broken && !blocked:
		return fmt.Errorf("the pass failed: %w", err)
	case blocked && (w.mine.Writes() != writes || w.mailsTaken() != mails):
		return errors.New("it did what it could not record")
	}
	w.after = w.look(w.accounts()...)
	if !blocked {
		w.learn()
	}
	if err := w.untouched(); err != nil {
		return err
	}
	for k, p := range w.pairs {
		c := &check{pair: p, before: w.before.pairs[p], after: w.after.pairs[p], asked: asked[p], whole: !broken && !blocked}
		p.failed = true
		if k < len(report.Bilaterals) {
			c.report = report.Bilaterals[k]
			p.failed = c.report.Err != nil
		}
		if p.failed && c.whole {
			if err := w.excused(p, c.report); err != nil {
				return fmt.Errorf("%s: %w", p.Name, err)
			}
		}
		c.whole = c.whole && !p.failed && !w.meddled
		p.whole = c.whole && p.Acting
		if err := c.run(); err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	if err := w.mailPass(broken); err != nil {
		return err
	}
	if broken {
		if err := w.recover(); err != nil {
			return err
		}
	}
	w.deliver()
	if broken || blocked {
		return nil
	}
	return errors.Join(w.keepCopy(), w.canBeSeen())
}

// canBeSeen: status has something to say of each bilateral, whatever happens.
func (w *world) canBeSeen() error {
	if w.counts["passes"]%32 > 0 {
		return nil
	}
	s, err := w.engine.Status(w.now, 0)
	if err == nil && len(s.Bilaterals) != len(w.pairs) {
		err = fmt.Errorf("status tells of %d bilaterals", len(s.Bilaterals))
	}
	return err
}

// excused: a bilateral is worked on in each pass, unless its own calendar, or a file of its own, cannot be read or written.
func (w *world) excused(p *pair, r engine.BilateralReport) error {
	state, err := w.homeState()
	if err != nil {
		return err
	}
	down := w.now.Before(w.outages[w.mine].until) || w.struck || state.NextTry.After(w.now)
	switch kind := calendar.KindOf(r.Err); {
	case r.Err == nil:
		return errors.New("it had no turn")
	case r.Code != "", w.now.Before(p.unread), down:
		return nil
	case kind == calendar.Conflict && w.meddled:
		return nil
	case kind == 0 && strings.Contains(r.Err.Error(), "is not to be seen"):
		return nil // while entries of the calendar cannot be read
	}
	return fmt.Errorf("nothing was the matter with it, and yet: %w", r.Err)
}

// homeState is the owner's calendar as the last pass found it.
func (w *world) homeState() (store.CalendarState, error) {
	states, err := w.store.Calendars()
	for _, s := range states {
		if s.Name == w.home.Name {
			return s, err
		}
	}
	return store.CalendarState{}, err
}

// recover starts a new process where the last one died; one that is hardy goes on.
func (w *world) recover() error {
	w.counts["crashes"]++
	w.say("  the process broke off at %s; it lives on: %v", w.process.at, !w.process.dead)
	for _, a := range w.accounts() {
		w.vague[a] = true
	}
	if !w.process.dead {
		w.process.at = ""
		return nil
	}
	if err := w.boot(); err != nil {
		return fmt.Errorf("after a crash: %w", err)
	}
	return nil
}

func (w *world) mailsTaken() int {
	if w.post == nil {
		return 0
	}
	return w.post.taken
}

func (w *world) tell(r engine.Report) {
	for _, b := range r.Bilaterals {
		for _, s := range b.Steps {
			if s.Done {
				w.counts[s.Action]++
			}
			w.say("  %s %s %s %s -> %s done=%v (%s)", b.Name, s.Action, s.Period, short(s.From.Start, w.zone), short(s.To.Start, w.zone), s.Done, s.Reason)
		}
		if b.Err != nil {
			w.say("  %s error: %v", b.Name, b.Err)
		}
	}
}

func short(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(zone).Format("Mon 2 Jan 15:04")
}

// learn is what the engine has now seen of the calendars that it could read.
func (w *world) learn() {
	for a, read := range w.observed {
		if !read {
			continue
		}
		var list []*entry
		for _, e := range w.entries {
			if e.account == a {
				list = append(list, e)
			}
		}
		w.knows[a], w.vague[a] = append([]*entry{}, list...), false
	}
	for _, p := range w.pairs {
		if p.anonymous && w.observed[p.hers] {
			w.knows[p.hers] = append(w.knows[p.hers], p.copies())
		}
	}
}

// copies are the meetings themselves as her server tells of them: busy, and without a name.
func (p *pair) copies() *entry {
	e := &entry{account: p.hers, nameless: true, bare: calendar.Hard, what: "her copy of the meeting"}
	for _, s := range p.series(p.hers) {
		for _, m := range s.meetings(p.w.end.AddDate(0, 5, 0)) {
			n := m.own
			if n == nil {
				n = m.master
			}
			if m.live && status(n, p.Executive.Email) != "DECLINED" {
				e.spans = append(e.spans, m.span)
			}
		}
	}
	return e
}

// untouched: nothing but our own series is ever written, and nothing in the executives' calendars.
func (w *world) untouched() error {
	for _, a := range w.accounts() {
		for name, data := range w.after.objects[a] {
			if bytes.Contains(data, []byte(secret)) {
				return fmt.Errorf("%s tells what is private", name)
			}
		}
		for name, data := range w.before.objects[a] {
			if !bytes.Equal(data, w.after.objects[a][name]) && (a != w.mine || !w.isOurs(name)) {
				return fmt.Errorf("the engine wrote to %s, which is not its own", name)
			}
		}
		for name := range w.after.objects[a] {
			if w.before.objects[a][name] == nil && (a != w.mine || !w.isOurs(name)) {
				return fmt.Errorf("the engine made %s", name)
			}
		}
	}
	return nil
}

func (w *world) isOurs(object string) bool {
	for _, p := range w.pairs {
		if p.has(object) {
			return true
		}
	}
	return false
}

// deliver is the executive's server: it takes over what the invitation says, and keeps her answers to times that did not
// change.
func (w *world) deliver() {
	for _, p := range w.pairs {
		text := w.textOf(w.mine, p)
		if !p.delivers || text == p.sent {
			continue
		}
		p.sent = text
		old := map[string]*node{}
		for _, s := range p.series(p.hers) {
			for _, n := range append([]*node{s.master}, s.overrides...) {
				old[key(n)] = n
			}
		}
		for _, name := range p.hers.Names() {
			if p.has(name) {
				p.hers.Delete(name)
			}
		}
		for _, s := range p.series(w.mine) {
			for _, n := range append([]*node{s.master}, s.overrides...) {
				n.drop(ours)
				if was := old[key(n)]; was != nil && was.moment("DTSTART").Equal(n.moment("DTSTART")) && status(n, p.Executive.Email) == "NEEDS-ACTION" {
					answer(n, p.Executive.Email, status(was, p.Executive.Email))
					keepNote(n, was)
				}
			}
			s.keepAnswers(old, p.Executive.Email)
			p.hers.Put(s.object, s.root.bytes(0))
		}
	}
}

// keepAnswers keeps an answer that she gave to an instance that the owner's copy has no component for.
func (s *series) keepAnswers(old map[string]*node, email string) {
	for k, n := range old {
		at := n.moment("RECURRENCE-ID")
		if at.IsZero() || !strings.HasPrefix(k, s.uid()+" ") || s.override(at) != nil || !n.moment("DTSTART").Equal(at) || status(n, email) == "" {
			continue
		}
		for _, m := range s.meetings(at.Add(time.Minute)) {
			if m.original.Equal(at) && m.live {
				answer(m.ownText(false), email, status(n, email))
				keepNote(m.own, n)
			}
		}
	}
}

// calm is the end of the life: nobody acts and nothing fails. Within four days all is as it should be, and a hundred passes
// more find nothing to write.
func (w *world) calm(ctx context.Context) error {
	w.say("all is calm")
	w.depart()
	w.lost, w.between, w.process.left = map[string]bool{}, nil, 0
	w.full, w.sealed = time.Time{}, time.Time{}
	clear(w.outages)
	for _, p := range w.pairs {
		p.unread = time.Time{}
	}
	for _, a := range w.accounts() {
		for _, name := range a.Names() {
			if strings.HasPrefix(name, "broken") {
				a.Delete(name)
			}
		}
	}
	if w.post != nil {
		w.post.down, w.post.lose = time.Time{}, false
	}
	for end := w.now.AddDate(0, 0, 4); w.now.Before(end); w.now = w.now.Add(30 * time.Minute) {
		if err := w.pass(ctx); err != nil {
			return err
		}
	}
	for range 3 {
		if err := w.pass(ctx); err != nil {
			return err
		}
	}
	if err := errors.Join(w.informed(), w.decided()); err != nil {
		return err
	}
	writes, mails := w.mine.Writes(), w.mailsTaken()
	for range 100 {
		if err := w.pass(ctx); err != nil {
			return err
		}
		if w.mine.Writes() != writes {
			return errors.New("a settled world was written to")
		}
		if w.mailsTaken() != mails {
			return errors.New("a settled world was mailed to")
		}
	}
	return nil
}

// decided: nothing waits that could have been done.
func (w *world) decided() error {
	for _, p := range w.pairs {
		list, err := w.store.Verdicts(p.Name)
		if err != nil {
			return err
		}
		for _, v := range list {
			if v.State == plan.Pending && p.Acting && !v.Until.After(w.now) {
				return fmt.Errorf("%s: %s waits since %s (%s: %s)", p.Name, v.Period, short(v.Until, w.zone), v.Code, v.Sentence)
			}
		}
	}
	return nil
}
