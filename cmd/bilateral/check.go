package main

import (
	"context"
	"os"
	"path/filepath"

	"bilateral/calendar/holiday"
	"bilateral/config"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

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
	a.watched = true
	w, err := a.wiring()
	if err != nil {
		return err
	}
	l := checklist{app: a, paint: a.paint(a.out)}
	l.add("config", said(w.config.Path), nil)
	l.add("clock", said(a.now().In(w.config.Me.Zone).Format("Mon 2 Jan 2006 15:04 MST")+" ("+w.config.Me.Zone.String()+")"), nil)
	stateErr := a.checkState()
	l.add("state", said(foundOr(a.stateDir(), stateErr)), stateErr)
	for _, c := range w.config.Calendars {
		if c.Type == config.Google && !c.Credentials.IsZero() {
			signedIn, err := a.checkSignIn(ctx, w.config, c)
			if !l.add("sign-in "+c.Name, said(foundOr(signedIn, err)), err) {
				continue // without it the calendar cannot be reached
			}
		}
		f, err := a.checkCalendar(ctx, w, c)
		if err != nil {
			f.say("%v", err)
		}
		l.add("calendar "+c.Name, f, err)
	}
	if w.config.Mail.SMTP != "" {
		found, err := a.checkMail(ctx, w)
		l.add("mail", said(foundOr(found, err)), err)
	}
	if err := a.checkChannels(w, &l); err != nil {
		return err
	}
	if said := builtInZones(zoneFolders, w.config); said != "" {
		l.table.row(cell{"note", l.paint.yellow}, text("time zones"), text(said))
	}
	for _, n := range notices(w.config) {
		l.table.row(cell{"note", l.paint.yellow}, text(n[0]), text(n[1]))
	}
	l.table.write(a.out, "")
	if err := a.wake(); err != nil { // what can be reached again is not left alone any longer
		return err
	}
	return l.worst
}

// checklist is what check prints: a mark, what it is about, and what was found.
type checklist struct {
	app   *app
	paint palette
	table table
	worst error // the first, or the one that needs a person
}

// add puts down what was found, and reports whether it is well.
func (l *checklist) add(what string, f found, err error) bool {
	mark := cell{"ok", l.paint.green}
	if err != nil {
		mark = cell{"FAILED", l.paint.red}
		if l.worst == nil || l.app.needsPerson(err) {
			l.worst = err
		}
	}
	for i, sentence := range f.said {
		if i > 0 {
			mark, what = text(""), ""
		}
		l.table.row(mark, text(what), text(sentence))
	}
	for _, n := range f.notes {
		l.table.row(cell{"note", l.paint.yellow}, text(""), text(n))
	}
	return err == nil
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
