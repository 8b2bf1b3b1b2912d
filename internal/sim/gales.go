package sim

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/memory"
	"bilateral/internal/engine"
	"bilateral/internal/store"
)

// longOutage is a network that is gone for up to a week.
func longOutage(w *world, _ *pair) string {
	back := w.now.AddDate(0, 0, 1+w.IntN(7))
	for _, a := range w.accounts() {
		w.outages[a] = downtime{back, calendar.Unreachable}
	}
	if w.post != nil {
		w.post.down = back
	}
	return "the network is gone until " + short(back, w.zone)
}

// sleep is a laptop that is closed for hours or days: nothing runs, and slots go by.
func sleep(w *world, p *pair) string {
	next, comes := p.comingAt(w.now)
	w.now = w.now.Add(time.Duration(1+w.IntN(48)) * time.Hour)
	if comes && w.now.After(next.span.Start) {
		w.counts["slots slept over"]++
	}
	return "the machine slept until " + short(w.now, w.zone)
}

// clockBack is a clock that was ahead and is set right.
func clockBack(w *world, _ *pair) string {
	back := time.Duration(1+w.IntN(180)) * time.Minute
	w.setBack(back)
	return fmt.Sprintf("the clock is set back by %s, to %s", back, short(w.now, w.zone))
}

func (w *world) setBack(by time.Duration) {
	w.now = w.now.Add(-by)
	clear(w.held) // what comes again is not over
	if w.second != nil {
		clear(w.second.held)
	}
}

// clockAhead is a clock that is up to three days ahead for two passes.
func clockAhead(w *world, _ *pair) string {
	ahead := time.Duration(1+w.IntN(72)) * time.Hour
	w.now = w.now.Add(ahead)
	w.say("the clock jumps %s ahead", ahead)
	for range 2 {
		if w.broken == nil {
			w.broken = w.pass(context.Background())
		}
		w.now = w.now.Add(5 * time.Minute)
	}
	w.setBack(ahead)
	return "the clock is right again"
}

// fillDisk leaves no room on the disk for some hours.
func fillDisk(w *world, _ *pair) string {
	if w.blocked() {
		return ""
	}
	w.full, w.process.full = w.now.Add(time.Duration(1+w.IntN(12))*time.Hour), true
	return "the disk is full until " + short(w.full, w.zone)
}

// seal starts the daemon anew on a state directory that is read-only for some hours.
func seal(w *world, _ *pair) string {
	if w.blocked() {
		return ""
	}
	w.sealed = w.now.Add(time.Duration(1+w.IntN(12)) * time.Hour)
	w.broken = w.boot()
	return "the state directory is read-only until " + short(w.sealed, w.zone)
}

// known reports whether all that the owner ordered stands in the calendar, where it outlives a database.
func (w *world) known() bool {
	for _, p := range w.pairs {
		list := p.series(w.mine)
		if !p.whole || !p.Acting || len(list) == 0 || list[len(list)-1].master.value("X-BILATERAL") == "" {
			return false
		}
	}
	return !w.blocked()
}

// spoil damages the database: the next start takes the daily copy.
func spoil(w *world, _ *pair) string {
	if _, err := os.Stat(filepath.Join(w.dir, store.File+".daily")); err != nil || !w.known() {
		return ""
	}
	w.unlearn()
	w.broken = errors.Join(w.store.Close(), overwrite(filepath.Join(w.dir, store.File)))
	if w.broken != nil {
		return "the database could not be damaged"
	}
	if w.broken = w.boot(); w.broken != nil {
		return "the database is damaged for good"
	}
	r, ok, err := w.store.Restored()
	if !ok || err != nil {
		w.broken = fmt.Errorf("a damaged database was not restored: %w", err)
	}
	for _, a := range w.accounts() {
		w.vague[a] = true
	}
	return "the database is damaged, and restored as of " + short(r.Of, w.zone)
}

// overwrite puts rubbish into a quarter of a file.
func overwrite(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for k := len(data) / 4; k < len(data)/2; k++ {
		data[k] = 0xa5
	}
	return os.WriteFile(path, data, 0o600)
}

// secondDaemon starts another daemon with the same setup on another machine, for a few days.
func secondDaemon(w *world, _ *pair) string {
	if w.second != nil || !w.known() {
		return ""
	}
	days := 1 + w.IntN(4)
	w.broken = w.arrive(days)
	return fmt.Sprintf("a second daemon runs on another machine for %d days", days)
}

// refuseSignIn is a password that was changed on the server, and some hours later in the daemon's reach.
func refuseSignIn(w *world, p *pair) string {
	return w.fails(w.either(p), calendar.SignIn, time.Duration(1+w.IntN(12))*time.Hour)
}

// exhaust is a server that has enough of us for a while, and says until when.
func exhaust(w *world, p *pair) string {
	return w.fails(w.either(p), calendar.Quota, time.Duration(1+w.IntN(6))*time.Hour)
}

// failAlone lets one bilateral fail for some hours, by a file that it alone needs.
func failAlone(w *world, p *pair) string {
	if p.Owner.Holidays == nil && p.Executive.Holidays == nil {
		return ""
	}
	p.unread = w.now.Add(time.Duration(1+w.IntN(12)) * time.Hour)
	return "the holidays of " + p.Name + " cannot be read until " + short(p.unread, w.zone)
}

// disbelieved: a calendar that reads empty all of a sudden stops the work on each bilateral, and is told.
func disbelieved(r engine.Report) error {
	for _, b := range r.Bilaterals {
		if b.Err == nil {
			return fmt.Errorf("the empty calendar was believed for %s", b.Name)
		}
	}
	return nil
}

// empty lets the owner's calendar read empty for three passes, as that of a server does that lost its disk.
func empty(w *world, _ *pair) string {
	state, err := w.homeState()
	if err != nil || state.Objects < 2 || !state.Reachable || !w.known() {
		return ""
	}
	objects := map[string][]byte{}
	for _, name := range w.mine.Names() {
		objects[name] = w.mine.Bytes(name)
		w.mine.Delete(name)
	}
	w.observed = map[*memory.Account]bool{}
	for range 3 {
		r, err := w.engine.Pass(context.Background(), engine.Options{Now: w.now, Next: w.now.Add(5 * time.Minute)})
		if !w.process.dead {
			w.broken = errors.Join(w.broken, err, disbelieved(r))
		}
		if n := len(w.mine.Names()); n > 0 {
			w.broken = fmt.Errorf("%d objects were made in a calendar that reads empty", n)
		}
		w.now = w.now.Add(5 * time.Minute)
	}
	for name, data := range objects {
		w.mine.Put(name, data)
	}
	for _, a := range w.accounts() {
		w.vague[a] = true
	}
	if w.process.dead {
		w.broken = errors.Join(w.broken, w.boot())
	}
	return "the owner's calendar read empty for a while"
}
