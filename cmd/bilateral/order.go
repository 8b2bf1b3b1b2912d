package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"bilateral/internal/engine"
	"bilateral/internal/store"

	"github.com/rs/zerolog"
)

// answerDeadline is how long an order waits for a running daemon to carry it out.
const answerDeadline = time.Minute

// order leaves the owner's orders for the daemon and waits for what became of them; without a daemon one pass of our own
// carries them out.
func (a *app) order(ctx context.Context, requests ...store.Request) error {
	s, err := a.store()
	if err != nil {
		return err
	}
	var ids []int64
	for _, r := range requests {
		r.At = a.now()
		id, err := s.Enqueue(r)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	err = a.carryOut(ctx, s, ids, only(requests))
	if told := a.tellOutcomes(s, ids); err == nil {
		err = told
	}
	return err
}

// only is the one bilateral that the requests are for, or "" for all.
func only(requests []store.Request) string {
	for _, r := range requests {
		if r.Bilateral != requests[0].Bilateral {
			return ""
		}
	}
	return requests[0].Bilateral
}

// ordersPass carries out the waiting orders, as the daemon would.
func (a *app) ordersPass(ctx context.Context, name string) error {
	report, err := a.pass(ctx, engine.Options{Now: a.now(), Only: name, Orders: true})
	if err != nil {
		return err
	}
	return ended(report.Bilaterals)
}

// pass makes one pass under the lock, so that no daemon makes another at the same time.
func (a *app) pass(ctx context.Context, o engine.Options) (engine.Report, error) {
	a.watched = true
	if o.Dry {
		giveBack, err := a.borrowState()
		if err != nil {
			return engine.Report{}, err
		}
		defer giveBack()
	}
	if !o.Dry {
		if _, err := a.wiring(); err != nil { // a mistake in the config is told first
			return engine.Report{}, err
		}
		signal.Ignore(syscall.SIGUSR1, syscall.SIGHUP) // other commands take whoever holds the lock for a daemon, and wake it
		lock, err := a.takeLock()
		if err != nil {
			return engine.Report{}, err
		}
		defer lock.Release()
		if err := a.wholeStore(); err != nil {
			return engine.Report{}, err
		}
	}
	e, err := a.engine(zerolog.WarnLevel)
	if err != nil {
		return engine.Report{}, err
	}
	defer a.progress("reading the calendars …")()
	return e.Pass(ctx, o)
}

// borrowState gives a pass that changes nothing a database to look into where there is none yet, and takes it away again.
func (a *app) borrowState() (giveBack func(), err error) {
	if s, err := a.reading(); s != nil || err != nil {
		return func() {}, err
	}
	dir, err := os.MkdirTemp("", "bilateral-plan-")
	if err != nil {
		return nil, err
	}
	a.borrowed = dir
	return func() {
		a.close()
		a.opened, a.borrowed = nil, ""
		os.RemoveAll(dir)
	}, nil
}

// ended is what ended the work on a bilateral, or keeps its mails from going out for good; nil where nothing did.
func ended(list []engine.BilateralReport) error {
	for _, b := range list {
		if b.Err != nil {
			return stopped(b)
		}
	}
	for _, b := range list {
		if b.MailSignIn {
			return needsPerson("Correct username and password of [mail] in the config or where it points, then: bilateral check", "%s: %w", b.Name, b.Mail)
		}
	}
	return nil
}

// stopped says why the work on one bilateral ended, and what to do.
func stopped(b engine.BilateralReport) error {
	switch b.Code {
	case "":
		return fmt.Errorf("%s: %w", b.Name, b.Err)
	case "existing":
		return needsPerson("Take it over: bilateral adopt "+b.Name+" (or make a second one: bilateral start "+b.Name+")", "%s: %w", b.Name, b.Err)
	case "adopt_foreign":
		return needsPerson("Name the executive's calendar as calendar in the config, if you may write there; or ask to be made the organizer; or take adopt out of the config.",
			"%s: %w", b.Name, b.Err)
	}
	return needsPerson("See what happened with: bilateral status "+b.Name, "%s: %w", b.Name, b.Err)
}

// carryOut sees to it that every order gets its outcome. Whoever holds the lock may also be another command that is done
// in a moment and knows nothing of ours.
func (a *app) carryOut(ctx context.Context, s *store.Store, ids []int64, name string) error {
	ctx, cancel := context.WithTimeout(ctx, answerDeadline)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for holder := -1; ; {
		waiting, err := pending(s, ids)
		if err != nil || waiting == 0 {
			return err
		}
		var locked *store.ErrLocked
		if pid, running := store.Holder(a.stateDir()); running && pid != holder {
			holder, err = pid, a.wake()
		} else if !running {
			if err = a.ordersPass(ctx, name); err == nil {
				return nil
			}
		}
		if err != nil && !errors.As(err, &locked) {
			return err
		}
		select {
		case <-ctx.Done():
			return failed("It stays queued; look later with: bilateral status", "the daemon has not carried out the order yet")
		case <-tick.C:
		}
	}
}

func pending(s *store.Store, ids []int64) (int, error) {
	n := 0
	for _, id := range ids {
		r, err := s.RequestByID(id)
		if err != nil {
			return 0, err
		}
		if r.Done.IsZero() {
			n++
		}
	}
	return n, nil
}

// tellOutcomes tells of every order and returns the first that came to nothing.
func (a *app) tellOutcomes(s *store.Store, ids []int64) error {
	var trouble error
	for _, id := range ids {
		r, err := s.RequestByID(id)
		switch {
		case err != nil:
			return err
		case r.Done.IsZero():
			err = failed("It stays queued, and the next pass tries again; see: bilateral status", "the order for %s is not carried out yet", r.Bilateral)
		case !r.OK:
			err = failed("See what stands there: bilateral status "+r.Bilateral, "%s: %s", r.Bilateral, r.Outcome)
		default:
			a.printf("%s: %s\n", a.paint(a.out).bold(r.Bilateral), plain(r.Outcome))
		}
		if trouble == nil {
			trouble = err
		}
	}
	return trouble
}
