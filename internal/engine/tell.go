package engine

import (
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"bilateral/internal/store"
)

// tell records what ended and tells of it.
func (r *roster) tell(now time.Time) error {
	if len(r.ended) == 0 {
		return nil
	}
	parts := r.ended
	r.ended, r.told = nil, now
	report, err := r.together(r.latest(), parts)
	for _, p := range parts {
		report.Took = max(report.Took, p.Took)
	}
	err = errors.Join(err, r.record())
	if r.report != nil {
		r.report(report, err)
	}
	if report.Parsed > manyParsed {
		debug.FreeOSMemory() // a first pass leaves several times what is kept; the daemon then sleeps on it
	}
	if err = errors.Join(err, report.Err()); store.Damaged(err) {
		return err
	}
	if err := r.Store.KeepCopy(now); store.Damaged(err) {
		return err
	} else if err != nil {
		r.Log.Error().Err(err).Msg("the daily copy of the database was not made")
	}
	return nil
}

// latest is the moment of the newest pass that ended.
func (r *roster) latest() time.Time {
	var at time.Time
	for _, t := range r.turns {
		if t.moment.After(at) {
			at = t.moment
		}
	}
	return at
}

// fewTroubles is of how many groups a pass's record tells what went wrong; each bilateral has its own remark besides.
const fewTroubles = 3

// record keeps that passes take place, as one: it is good if each group's last one was.
func (r *roster) record() error {
	p := store.Pass{Began: r.latest(), Ended: r.latest(), OK: true}
	var all []error
	for _, t := range r.turns {
		if p.Next.IsZero() || t.next.Before(p.Next) {
			p.Next = t.next
		}
		if t.answers || t.moment.IsZero() {
			continue
		}
		p.OK = p.OK && t.good
		if t.trouble != nil {
			all = append(all, t.trouble)
		}
	}
	if more := len(all) - fewTroubles; more > 0 {
		all = append(all[:fewTroubles], fmt.Errorf("and the like of %d more", more))
	}
	if err := errors.Join(all...); err != nil {
		p.Errors = err.Error()
	}
	return errors.Join(r.forgetCalendars(), r.Store.EndPass(p))
}

// beat tells whoever watches that the loop goes on, unless a pass is stuck. Nobody else tells, so that a loop that is stuck
// is seen to be.
func (r *roster) beat(now time.Time) {
	patience := stuckAfter
	if r.Pulse > 0 {
		patience = min(patience, r.Pulse) // a watchdog of seconds wants steps of seconds
	}
	for _, t := range r.turns {
		if t.running && now.UnixNano()-t.step.Load() > int64(patience) {
			return
		}
	}
	if r.Alive != nil {
		r.Alive()
	}
}
