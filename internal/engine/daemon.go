package engine

import (
	"context"
	"errors"
	"hash/fnv"
	"maps"
	"slices"
	"sync/atomic"
	"time"
)

// Run makes passes until ctx is done: at once, then on the interval, sooner when something falls due, and whenever wake
// tells that the owner changed something. Each group of bilaterals has its own turns, spread over the interval, so that one
// that is slow holds no other up. Between passes nothing runs. Once wake is closed, Run returns as soon as the passes in
// hand are done. report, if not nil, hears of them, together where several end at about the same time. The error is that
// of a database that must be mended at the next start.
func (e *Engine) Run(ctx context.Context, wake <-chan struct{}, report func(Report, error)) error {
	r, err := e.newRoster(report)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for {
		now := time.Now()
		r.begin(ctx, now)
		r.beat(now)
		timer := time.NewTimer(r.nap(now))
		select {
		case <-ctx.Done():
			timer.Stop()
			r.drain()
			return nil
		case _, open := <-wake:
			if !open {
				timer.Stop()
				time.AfterFunc(handover, stop)
				r.drain()
				return r.tell(time.Now())
			}
			r.wake()
		case p := <-r.done:
			r.finish(p)
		case <-timer.C:
		}
		timer.Stop()
		if ctx.Err() == nil && r.mayTell(time.Now()) {
			if err := r.tell(time.Now()); err != nil {
				r.drain()
				return err
			}
		}
	}
}

// handover is how long passes in hand may go on reading once there are to be no more: whoever takes over waits for them, and
// a server that hangs is no reason to keep all others waiting. A write in hand is finished all the same.
const handover = 10 * time.Second

// breath is how long passes that ended may wait to be told of while others are in hand or about to begin. To tell costs
// the more, the more bilaterals there are; but what is told of less than once an interval counts as silence.
func (r *roster) breath() time.Duration {
	return min(5*time.Second+time.Duration(len(r.turns))*200*time.Millisecond, r.Interval)
}

// firstBreath is how long the first passes may wait to be told of: told one by one, they would say of bilaterals whose turn
// is still to come that nobody has looked at them.
const firstBreath = 20 * time.Second

// latestWord is when what ended is told of at the latest.
func (r *roster) latestWord() time.Time {
	if r.told.IsZero() {
		return r.started.Add(min(firstBreath, r.Interval))
	}
	return r.told.Add(r.breath())
}

// mayTell reports whether it is time to tell of what ended: at once where no more is to come soon.
func (r *roster) mayTell(now time.Time) bool {
	if !now.Before(r.latestWord()) {
		return true
	}
	return r.busy == 0 && !slices.ContainsFunc(r.turns, func(t *turn) bool { return r.due(t.began, now.Add(r.breath()), t.next) })
}

// stuckAfter is how long a pass may take over one step, such as reading one calendar, before it counts as stuck: two
// requests that are never answered.
const stuckAfter = 2 * time.Minute

// roster is who passes when.
type roster struct {
	*Engine
	crew
	turns   []*turn
	done    chan part
	ended   []part // since they were last told of
	known   stands
	report  func(Report, error)
	started time.Time
	told    time.Time // last; zero: never
}

// turn is one group's.
type turn struct {
	group
	answers bool // it is no group but the mailbox to which answers come

	began, next time.Time // of its last pass; of its next one
	running     bool
	urgent      bool // somebody asks
	again       bool // asked while it was running
	step        atomic.Int64
	good        bool  // its last pass had every bilateral worked on
	trouble     error // of its last pass
	moment      time.Time
}

func (e *Engine) newRoster(report func(Report, error)) (*roster, error) {
	r := &roster{Engine: e, done: make(chan part), report: report, started: time.Now()}
	groups := e.groups("")
	for _, g := range groups {
		r.turns = append(r.turns, &turn{group: g})
	}
	if e.hears() {
		r.turns = append(r.turns, &turn{group: group{place: len(r.turns)}, answers: true})
	}
	var err error
	if e.apart(groups) {
		r.known, err = e.recallStands()
	}
	return r, err
}

// begin starts every turn that is due and for which there is room: first those for which the owner's orders wait.
func (r *roster) begin(ctx context.Context, now time.Time) {
	var due []*turn
	for _, t := range r.turns {
		if !t.running && (t.began.IsZero() || t.urgent || r.due(t.began, now, t.next)) {
			due = append(due, t)
		}
	}
	slices.SortStableFunc(due, func(a, b *turn) int {
		if a.urgent != b.urgent {
			return map[bool]int{true: -1, false: 1}[a.urgent]
		}
		return a.next.Compare(b.next)
	})
	for _, t := range due {
		if r.admits(t.group) {
			r.start(ctx, t, now)
		}
	}
}

func (r *roster) start(ctx context.Context, t *turn, now time.Time) {
	o := Options{Now: now, Next: r.routine(t, now), Urgent: t.urgent, First: t.began.IsZero(), known: maps.Clone(r.known),
		step: func() { t.step.Store(time.Now().UnixNano()) }}
	t.began, t.next, t.running, t.urgent, t.again = now, o.Next, true, false, false
	o.step()
	r.count(t.group, 1)
	go func() {
		ctx, cancel := context.WithTimeout(ctx, passLimit)
		defer cancel()
		p := part{group: t.group}
		o.Now = o.Now.UTC().Truncate(time.Second)
		if t.answers {
			p.news, p.err = r.hear(ctx, o)
		} else {
			p.Report, p.err = r.passGroup(ctx, o, t.group)
		}
		p.Took = time.Since(now)
		r.done <- p
	}()
}

// routine is when the group's next pass is, if nothing falls due before. Groups that have others beside them pass at a
// moment of the interval that their name gives, so that all of them together ask the servers evenly.
func (r *roster) routine(t *turn, now time.Time) time.Time {
	if len(r.turns) == 1 || t.answers {
		return now.Add(r.Interval)
	}
	h := fnv.New32a()
	h.Write([]byte(t.name()))
	next := now.Round(0).Truncate(r.Interval).Add(time.Duration(h.Sum32()) * time.Millisecond % r.Interval)
	if !next.After(now) {
		next = next.Add(r.Interval)
	}
	return next
}

// finish takes what a turn brought.
func (r *roster) finish(p part) {
	t := r.turns[p.place]
	r.count(t.group, -1)
	t.running, t.urgent = false, t.again
	if t.answers {
		r.bringNews(p.news)
		if p.err != nil { // a mailbox that cannot be read is told with each bilateral
			r.Log.Error().Err(p.err).Msg("answers by mail could not be stored; the next look tries again")
		}
		return
	}
	t.trouble, t.good, t.moment = errors.Join(p.err, p.Err()), p.err == nil && p.worked(), p.Now
	t.next = r.nextPass(p.Report, t.began, t.next)
	if r.known != nil {
		for _, b := range p.Bilaterals {
			r.known[b.Name] = b.Stands
		}
	}
	r.ended = append(r.ended, p)
}

// bringNews gives every group with invitations its turn once answers came.
func (r *roster) bringNews(n int) {
	for _, t := range r.turns {
		if n > 0 && !t.answers && slices.ContainsFunc(t.members, func(b *Bilateral) bool { return b.Invites }) {
			t.next, t.again = time.Time{}, t.running
		}
	}
}

// wake gives every group its turn now. What the owner changed stands in the database: those with orders in it come first,
// and their calendars are tried even if they rest.
func (r *roster) wake() {
	for _, t := range r.turns {
		t.urgent, t.again = !t.running, t.running
	}
	r.order()
}

// order puts the groups for which orders wait first.
func (r *roster) order() {
	for _, t := range r.turns {
		waits := slices.ContainsFunc(t.members, func(b *Bilateral) bool {
			list, err := r.Store.PendingRequests(b.Name)
			return err == nil && len(list) > 0
		})
		t.next = time.Now()
		if waits {
			t.next = time.Time{}
		}
	}
}

// nap is how long to sleep before the next look at the clock on the wall.
func (r *roster) nap(now time.Time) time.Duration {
	next := now.Add(glance)
	for _, t := range r.turns {
		if !t.running && t.next.Before(next) && r.admits(t.group) {
			next = t.next
		}
	}
	if len(r.ended) > 0 {
		if soon := r.latestWord(); soon.Before(next) {
			next = soon
		}
	}
	return r.Engine.nap(now, next)
}

// drain waits for the passes in hand.
func (r *roster) drain() {
	for r.busy > 0 {
		r.finish(<-r.done)
	}
}
