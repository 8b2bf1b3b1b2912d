package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/holiday"
	"bilateral/config"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

// aboutDeadline is how long check waits for one calendar.
const aboutDeadline = 30 * time.Second

func (a *app) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "check",
		Short:             "Reaches every calendar and tells what each one can do; changes nothing",
		Example:           "  bilateral check",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(c *cobra.Command, _ []string) error { return a.check(c.Context()) },
	}
}

func (a *app) check(ctx context.Context) error {
	w, err := a.wiring()
	if err != nil {
		return err
	}
	p := a.paint(a.out)
	var t table
	line := func(ok bool, what, found string) {
		mark := cell{"ok", p.green}
		if !ok {
			mark = cell{"FAILED", p.red}
		}
		t.row(mark, text(what), text(found))
	}
	line(true, "config", w.config.Path)
	line(true, "clock", a.now().In(w.config.Me.Zone).Format("Mon 2 Jan 2006 15:04 MST")+" ("+w.config.Me.Zone.String()+")")
	stateErr := a.checkState()
	line(stateErr == nil, "state", foundOr(a.stateDir(), stateErr))
	worst := stateErr
	look := func(what string, found string, err error) bool {
		line(err == nil, what, foundOr(found, err))
		if err != nil && (worst == nil || a.needsPerson(err)) {
			worst = err
		}
		return err == nil
	}
	for _, c := range w.config.Calendars {
		if c.Type == config.Google && !c.Credentials.IsZero() {
			found, err := a.checkSignIn(ctx, w.config, c)
			if !look("sign-in "+c.Name, found, err) {
				continue // without it the calendar cannot be reached
			}
		}
		found, err := a.checkCalendar(ctx, w, c)
		look("calendar "+c.Name, found, err)
	}
	for _, n := range notices(w.config) {
		t.row(cell{"note", p.yellow}, text(n[0]), text(n[1]))
	}
	t.write(a.out, "")
	return worst
}

func (a *app) needsPerson(err error) bool {
	_, _, code := a.advise(err)
	return code == exitNeedsPerson
}

func foundOr(found string, err error) string {
	if err != nil {
		return err.Error()
	}
	return found
}

// checkState looks at the folder, and reads the whole database if there is one.
func (a *app) checkState() error {
	s, err := a.reading()
	if err != nil {
		return err
	}
	if s != nil {
		return s.Check()
	}
	for dir := a.stateDir(); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		switch {
		case err == nil && info.IsDir():
			return nil // it is made with the first follow-up or pass
		case err == nil:
			return &store.FileError{Path: dir, Fault: store.Unwritable}
		case dir == filepath.Dir(dir):
			return err
		}
	}
}

func (a *app) checkCalendar(ctx context.Context, w *wiring, c config.Calendar) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, aboutDeadline)
	defer cancel()
	defer a.progress("reaching " + c.Name + " …")()
	wired, err := w.calendar(ctx, c.Name)
	if err != nil {
		return "", err
	}
	about, err := wired.Account.About(ctx)
	if err != nil {
		return "", err
	}
	return c.Type + " " + about.Name + ": " + strings.Join(abilities(about), ", "), w.needsWrite(c.Name, about)
}

func abilities(about calendar.About) []string {
	out := []string{"read only"}
	if about.Write {
		out[0] = "read and write"
	}
	if about.Invites {
		out = append(out, "sends invitations")
	}
	if about.FreeBusy {
		out = append(out, "answers free/busy")
	}
	if about.Sync != "" {
		out = append(out, "sync by "+about.Sync)
	}
	return out
}

// needsWrite refuses a read-only calendar as the home of a series.
func (w *wiring) needsWrite(name string, about calendar.About) error {
	for _, b := range w.config.Bilaterals {
		if b.Calendar == name && !about.Write {
			return &calendar.Error{Kind: calendar.Denied, Op: "write", Target: name}
		}
	}
	return nil
}

// notices are what is right, but good to know.
func notices(c *config.Config) [][2]string {
	var out [][2]string
	add := func(entries []string) {
		for _, code := range entries {
			if holiday.IsFile(code) {
				continue
			}
			if n := holiday.Notice(code); n != "" {
				out = append(out, [2]string{"holidays " + code, n})
			}
		}
	}
	for _, b := range c.Bilaterals {
		add(b.Holidays)
		add(b.Executive.Holidays)
		if len(b.Executive.Busy) == 0 {
			out = append(out, [2]string{b.Name, "no calendar of " + b.Executive.Name + " is read: slots are held as far as can be seen"})
		}
		if b.Mode == config.Watch {
			out = append(out, [2]string{b.Name, "watch mode: nothing is written before bilateral start " + b.Name})
		}
	}
	return out
}
