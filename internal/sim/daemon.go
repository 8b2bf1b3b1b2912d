package sim

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"bilateral/calendar/imip"
	"bilateral/calendar/memory"
	"bilateral/internal/engine"
	"bilateral/internal/store"

	"github.com/rs/zerolog"
)

// daemon is what runs on one machine, and what the judge can know of it.
type daemon struct {
	dir     string
	store   *store.Store
	engine  *engine.Engine
	process *process
	full    time.Time // until then there is no room on its disk
	sealed  time.Time // until then its state directory is read-only

	knows map[*memory.Account][]*entry
	vague map[*memory.Account]bool // what the engine knows of it cannot be told
	held  map[string]bool          // by bilateral and period: it said so for good

	said   []imip.Reply // in the mailbox, as far as it has not read on
	handed int          // answers that the process has been given, and that are behind it at its next look
	until  time.Time    // of a second one: how long it lives
}

func newDaemon(dir string) *daemon {
	return &daemon{dir: dir, process: &process{}, knows: map[*memory.Account][]*entry{}, vague: map[*memory.Account]bool{}, held: map[string]bool{}}
}

// blocked reports whether the daemon can record nothing.
func (d *daemon) blocked() bool { return d.process.full || d.process.sealed }

// boot starts a new process on the state directory, as the daemon does: it reads the database through before it begins.
func (w *world) boot() error {
	if w.store != nil {
		w.store.Close()
	}
	w.process = &process{full: w.now.Before(w.full), sealed: w.now.Before(w.sealed)}
	w.machine.start(w.dir, w.process)
	st, err := store.OpenWhole(w.dir, w.now)
	if err != nil {
		return err
	}
	w.store = st
	w.engine = &engine.Engine{Store: st, Log: zerolog.New(&dying{w.process}), Interval: 5 * time.Minute}
	if w.post != nil {
		w.handed = 0
		w.engine.Post, w.engine.Answers = w.post, true
	}
	for _, p := range w.pairs {
		w.engine.Bilaterals = append(w.engine.Bilaterals, p.Bilateral)
	}
	return nil
}

// dying is the log of a process that may die at a line of it.
type dying struct{ *process }

func (d *dying) Write(b []byte) (int, error) {
	d.step("log")
	return len(b), nil
}

// turn is one pass of each daemon.
func (w *world) turn(ctx context.Context) error {
	w.noteZones()
	if err := w.pass(ctx); err != nil || w.second == nil {
		return err
	}
	if !w.now.Before(w.second.until) {
		w.depart()
		return nil
	}
	if w.IntN(5) == 0 {
		return nil
	}
	w.daemon, w.second = w.second, w.daemon
	err := w.pass(ctx)
	w.daemon, w.second = w.second, w.daemon
	if err != nil {
		return fmt.Errorf("the second daemon: %w", err)
	}
	return nil
}

// heal is what a daemon does once its disk can be written again: a full one goes on, a read-only one is started anew.
func (w *world) heal() error {
	if w.process.full && !w.now.Before(w.full) {
		w.process.full, w.full = false, time.Time{}
	}
	if w.process.sealed && !w.now.Before(w.sealed) {
		w.sealed = time.Time{}
		return w.boot()
	}
	return nil
}

// arrive is a second daemon that somebody starts on another machine, with an empty state directory.
func (w *world) arrive(days int) error {
	w.lives++
	first := w.daemon
	w.daemon = newDaemon(filepath.Join(w.base, fmt.Sprintf("life%d", w.lives)))
	w.until = w.now.AddDate(0, 0, days)
	if w.post != nil {
		w.said = append(w.said, w.post.mailbox...)
	}
	for _, p := range w.pairs {
		if p.guest != nil {
			p.guest.shared = true
		}
	}
	err := w.boot()
	w.daemon, w.second = first, w.daemon
	return err
}

// depart ends the second daemon. The letters that it could not send yet are lost with it.
func (w *world) depart() {
	if w.second == nil {
		return
	}
	for _, p := range w.pairs {
		if p.guest != nil {
			open, err := w.second.store.OpenLetters(p.Name)
			p.guest.astray = p.guest.astray || err != nil || len(open) > 0
		}
	}
	w.second.store.Close()
	w.second = nil
	w.say("the second daemon ends")
}

// reopen forgets what the daemons said for good of a bilateral's period.
func (w *world) reopen(period string) {
	delete(w.held, period)
	if w.second != nil {
		delete(w.second.held, period)
	}
}

// keepCopy is the daemon's daily copy.
func (w *world) keepCopy() error {
	if err := w.store.KeepCopy(w.now); err != nil {
		return errors.Join(errors.New("no daily copy was made"), err)
	}
	return nil
}

// noteZones counts changes of the clock between standard and summer time.
func (w *world) noteZones() {
	_, mine := w.now.In(w.zone).Zone()
	_, hers := w.now.In(w.pairs[0].Policy.Theirs.Zone).Zone()
	if was := w.offsets; was != [2]int{} && was != [2]int{mine, hers} {
		w.counts["changes of the clock"]++
	}
	w.offsets = [2]int{mine, hers}
}
