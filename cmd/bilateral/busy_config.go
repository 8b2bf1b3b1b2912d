package main

import (
	"errors"
	"io/fs"
	"slices"
	"time"

	"bilateral/calendar"
	"bilateral/config"

	"github.com/spf13/cobra"
)

// busyOf answers for a configured calendar, judged as the person's whose calendar it is. Without a config there is none.
func (a *app) busyOf(c *cobra.Command, name string, q busyQuery) (busyAnswer, bool, error) {
	w, err := a.wiring()
	if errors.Is(err, fs.ErrNotExist) {
		return busyAnswer{}, false, nil
	}
	if err != nil {
		return busyAnswer{}, false, err
	}
	if _, ok := w.config.Calendar(name); !ok {
		return busyAnswer{}, false, nil
	}
	wired, err := w.calendar(name)
	if err != nil {
		return busyAnswer{}, true, err
	}
	if !q.zoned {
		q.zone = wired.Zone
	}
	seen, err := wired.Account.Observe(c.Context(), calendar.Query{Window: q.window, Zone: q.zone})
	if err != nil {
		return busyAnswer{}, true, err
	}
	who := w.personOf(name)
	if q.as != "" {
		who.Emails = []string{q.as}
	}
	shown := w.config.Me.Zone
	if q.zoned {
		shown = q.zone
	}
	return busyAnswer{events: seen.Events, unreadable: seen.Unreadable, person: who, zone: shown}, true, nil
}

// busyUsual is the moment and the zone that `busy` goes by where no flag says so. A file needs no config, so a missing or
// broken one only leaves the machine's zone.
func (a *app) busyUsual() (time.Time, *time.Location) {
	if c, err := a.config(); err == nil {
		return a.now(), c.Me.Zone
	}
	return a.now(), time.Local
}

// personOf is whose calendar it is: the executive's if only they use it.
func (w *wiring) personOf(name string) calendar.Person {
	me := w.config.Me
	out := person(me.Email, nil, config.LeaveWords())
	for _, b := range w.config.Bilaterals {
		if b.Calendar == name || slices.Contains(b.Busy, name) {
			return person(me.Email, b.Yields, b.LeaveWords)
		}
		if slices.Contains(b.Executive.Busy, name) {
			out = person(b.Executive.Email, b.Executive.Yields, b.LeaveWords)
		}
	}
	return out
}
