package sim

import (
	"encoding/base64"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/memory"
	"bilateral/internal/plan"
)

// fault is asked at every moment of every account.
func (w *world) fault(a *memory.Account) func(string) error {
	return func(op string) error {
		down := &calendar.Error{Kind: calendar.Unreachable, Op: op, Target: "memory"}
		switch {
		case w.process.step(op):
			return down
		case op == memory.Probing:
			return nil
		case w.now.Before(w.outages[a].until):
			return w.outages[a].says(op)
		case w.lost[op] && a == w.mine:
			delete(w.lost, op)
			w.struck = true
			w.say("  fault at %s", op)
			return down
		}
		if op == memory.Asking {
			for _, p := range w.pairs {
				w.observed[p.hers] = w.observed[p.hers] || p.anonymous
			}
		}
		if op == memory.Observing {
			if a != w.mine && w.between != nil {
				w.between()
				w.between = nil
			}
			w.observed[a] = true
		}
		return nil
	}
}

func brokenFile(w *world, p *pair) string {
	a := w.either(p)
	name := fmt.Sprintf("broken%d.ics", w.IntN(3))
	if a.Bytes(name) != nil {
		a.Delete(name)
		return name + " is mended"
	}
	a.Put(name, []byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:broken\r\nDTSTART:yesterday\r\nEND:VEV"))
	return name + " appears"
}

func outage(w *world, p *pair) string {
	return w.fails(w.either(p), calendar.Unreachable, time.Duration(1+w.IntN(30))*20*time.Minute)
}

// downtime is why a calendar cannot be reached, and until when.
type downtime struct {
	until time.Time
	kind  calendar.ErrorKind
}

func (o downtime) says(op string) error {
	e := &calendar.Error{Kind: o.kind, Op: op, Target: "memory"}
	if o.kind == calendar.Quota {
		e.RetryAt = o.until
	}
	return e
}

// breather is how long a calendar that could not be reached can be reached at least, in a storm: else nothing would ever
// be decided.
const breather = 8 * time.Hour

func (w *world) fails(a *memory.Account, kind calendar.ErrorKind, length time.Duration) string {
	if w.storm && w.now.Before(w.outages[a].until.Add(breather)) {
		return ""
	}
	until := w.now.Add(length)
	w.outages[a] = downtime{until, kind}
	whose := "the owner's"
	for _, p := range w.pairs {
		if a == p.hers {
			whose = p.Name + "'s"
		}
	}
	return fmt.Sprintf("%s calendar fails (kind %v) until %s", whose, kind, until.In(w.zone).Format("Mon 15:04"))
}

func loseAnswer(w *world, _ *pair) string {
	op := []string{memory.Writing, memory.Wrote, memory.Wrote}[w.IntN(3)]
	w.lost[op] = true
	return "the next answer is lost at " + op
}

func crash(w *world, _ *pair) string {
	w.process.left = 1 + w.IntN(40)
	return fmt.Sprintf("the process dies %d steps from now", w.process.left)
}

func loseState(w *world, _ *pair) string {
	if w.blocked() {
		return ""
	}
	w.lives++
	w.dir = filepath.Join(w.base, fmt.Sprintf("life%d", w.lives))
	w.unlearn()
	if w.broken = w.boot(); w.broken != nil {
		return "no new state"
	}
	return "the state directory is lost"
}

// unlearn: what was only in the database is lost. What was held is history too.
func (w *world) unlearn() {
	clear(w.knows)
	clear(w.vague)
	clear(w.held)
	if w.post != nil {
		w.said, w.handed = slices.Clone(w.post.mailbox), 0
	}
	for _, p := range w.pairs {
		p.forget()
		p.recollect()
	}
}

// forget: what was not sent yet is lost with the state, and so is what was told of a series whose mark is gone too.
func (p *pair) forget() {
	if p.guest == nil {
		return
	}
	open, err := p.w.store.OpenLetters(p.Name)
	p.guest.astray = p.guest.astray || err != nil || len(open) > 0
	for _, s := range p.series(p.w.mine) {
		p.guest.astray = p.guest.astray || s.master.index("X-BILATERAL-TOLD") < 0
	}
}

// recollect keeps of the owner's orders what the series itself tells of them.
func (p *pair) recollect() {
	var travel, skips string
	p.paused = time.Time{}
	told := map[string]bool{} // periods that a cancelled meeting says are skipped
	list := p.series(p.w.mine)
	for _, s := range list {
		if s.never() {
			continue
		}
		travel = unmark(s.master.value("X-BILATERAL-TRAVEL"))
		p.paused, _ = time.Parse(utcForm, s.master.value("X-BILATERAL-PAUSED"))
		skips = unmark(s.master.value("X-BILATERAL-SKIPS")) + "\n"
		for _, o := range s.overrides {
			if o.value("X-BILATERAL-STATE") == "skipped" {
				told[p.periodOf(o.moment("RECURRENCE-ID"), list)] = true
			}
		}
	}
	p.trips = slices.DeleteFunc(p.trips, func(t plan.Travel) bool {
		return !strings.Contains(travel, t.First.String()) || !strings.Contains(travel, t.Last.String())
	})
	for period, m := range p.periods {
		if m.skipped && !told[period] && !strings.Contains(skips, period+" ") {
			m.skipped, m.skipAsked = false, true // perhaps the mark of it comes back
		}
		if !slices.ContainsFunc(list, func(s *series) bool { return !s.never() }) {
			p.periods[period] = &memory1{skipAsked: m.skipAsked} // nothing is left that tells of it
		}
	}
}

// unmark reads a mark that is no plain token.
func unmark(value string) string {
	encoded, ok := strings.CutPrefix(value, "b64.")
	if !ok {
		return value
	}
	text, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return value
	}
	return string(text)
}

// editMeanwhile makes a person edit the series between the observation and the write of the next pass.
func editMeanwhile(w *world, p *pair) string {
	w.between = func() {
		deed := []func(*world, *pair) string{editText, editOthers, dragInstance}[w.IntN(3)]
		if said := deed(w, p); said != "" {
			w.say("  meanwhile: %s", said)
		}
		w.again()
	}
	return "somebody will edit during a pass"
}
