package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/config"
	"bilateral/internal/engine"
)

const (
	aboutDeadline = 30 * time.Second // for what a calendar tells of itself
	readDeadline  = 5 * time.Minute  // for all its entries, the first time
	lookAhead     = 28               // days
	maxSkew       = time.Minute      // between the server's clock and ours
)

// found is what check found at a calendar, in sentences: what is well, and what a person should look into.
type found struct{ said, notes []string }

func said(sentence string) found { return found{said: []string{sentence}} }

func (f *found) say(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}
func (f *found) note(format string, args ...any) {
	f.notes = append(f.notes, fmt.Sprintf(format, args...))
}

func (a *app) checkCalendar(ctx context.Context, w *wiring, c config.Calendar) (found, error) {
	defer a.progress("reaching " + c.Name + " …")()
	var f found
	wired, err := w.calendar(c.Name)
	if err != nil {
		return f, err
	}
	about, err := askAbout(ctx, wired)
	if err != nil {
		return f, err
	}
	f.say("%s", introduce(c, about))
	homes := w.homesIn(c.Name)
	f.say("%s", mayWrite(about, len(homes) > 0))
	for _, note := range about.Notes {
		f.say("%s", note)
	}
	if len(about.Others) > 0 {
		f.say("also in this account: %s", strings.Join(about.Others, ", "))
	}
	for _, b := range homes {
		f.say("%s", whoInvites(b, about, w.config.Mail.SMTP != ""))
	}
	w.checkUser(&f, homes, about)
	f.say("finds changes by: %s", about.Sync)
	if err := w.checkEntries(ctx, &f, wired); err != nil {
		return f, err
	}
	w.checkFreeBusy(ctx, &f, wired)
	if ahead := about.Ahead; ahead.Abs() > maxSkew && a.pretended.IsZero() {
		f.note("the server's clock is %s %s this computer's: set the one that is wrong", inWords(ahead.Abs()), map[bool]string{true: "ahead of", false: "behind"}[ahead > 0])
	}
	return f, w.needsWrite(c.Name, about)
}

func askAbout(ctx context.Context, c *engine.Calendar) (calendar.About, error) {
	ctx, cancel := context.WithTimeout(ctx, aboutDeadline)
	defer cancel()
	return c.Account.About(ctx)
}

// homesIn are the bilaterals whose series live in a calendar.
func (w *wiring) homesIn(name string) []config.Bilateral {
	return slices.DeleteFunc(slices.Clone(w.config.Bilaterals), func(b config.Bilateral) bool { return b.Calendar != name })
}

// introduce says what was reached, where and as whom.
func introduce(c config.Calendar, about calendar.About) string {
	s := c.Type + " " + about.Name
	if about.Address != "" && about.Address != about.Name {
		s = fmt.Sprintf("%s %q at %s", c.Type, about.Name, about.Address)
	}
	if about.User != "" {
		s += ", signed in as " + about.User
	}
	return s
}

func mayWrite(about calendar.About, home bool) string {
	switch {
	case about.Write && home:
		return "you may write in it"
	case about.Write:
		return "you may write in it; it is only read"
	}
	return "you may only read it"
}

// whoInvites says who tells the executive of the series, which is what most servers differ in.
func whoInvites(b config.Bilateral, about calendar.About, mail bool) string {
	who := b.Executive.Email
	switch {
	case b.Invite == config.InviteNone:
		return "nobody invites " + who + `: invite = "none"`
	case b.Invite == config.InviteMail:
		return "invitations to " + who + " go by mail, as configured"
	case about.Invites && about.Silent:
		return "the server invites " + who + ", and new agendas follow without a mail: [mail] is not needed for that"
	case about.Invites:
		return "the server invites " + who + ": [mail] is not needed for that"
	case b.Invite == config.InviteServer:
		return "the server sends no invitations, so " + who + ` hears of nothing: set invite = "mail"`
	case mail:
		return "it sends no invitations: those to " + who + " go by mail"
	}
	return "it sends no invitations: to invite " + who + " by mail, add a [mail] table"
}

// checkUser warns where the server would not know the owner as the organizer: it then invites nobody.
func (w *wiring) checkUser(f *found, homes []config.Bilateral, about calendar.About) {
	if len(homes) == 0 || !about.Invites || !strings.Contains(about.User, "@") {
		return
	}
	if !slices.Contains(strings.Split(about.User, ", "), strings.ToLower(w.config.Me.Email)) {
		f.note("the server knows you as %s, not as %s: put an address that it knows into [me] email, or it invites nobody", about.User, w.config.Me.Email)
	}
}

// checkEntries reads the calendar once and names what cannot be understood.
func (w *wiring) checkEntries(ctx context.Context, f *found, c *engine.Calendar) error {
	ctx, cancel := context.WithTimeout(ctx, readDeadline)
	defer cancel()
	now := w.now().UTC()
	o, err := c.Account.Observe(ctx, calendar.Query{Window: calendar.Span{Start: now, End: now.AddDate(0, 0, lookAhead)}, Zone: c.Zone})
	if err != nil {
		return err
	}
	f.say("%s, %d meetings in the next %d weeks", counted(o.Objects, "entry", "entries"), len(o.Events), lookAhead/7)
	broken := slices.DeleteFunc(slices.Clone(o.Unreadable), func(u calendar.Unreadable) bool { return u.Hidden })
	if n := len(o.Unreadable) - len(broken); n > 0 {
		f.note("%s hidden from you, so a meeting may come to stand over one: ask whoever keeps this calendar to show you the times of private entries",
			counted(n, "entry of it is", "entries of it are"))
	}
	if n := len(broken); n > 0 {
		f.note("%s of it cannot be read, first %s: %s", counted(n, "part", "parts"), broken[0].Where, broken[0].Why)
	}
	return nil
}

// checkFreeBusy asks for the busy time of each executive for whom the calendar's server is asked.
func (w *wiring) checkFreeBusy(ctx context.Context, f *found, c *engine.Calendar) {
	for _, b := range w.homesIn(c.Name) {
		if !slices.Contains(b.Executive.Busy, config.FreeBusy) {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, aboutDeadline)
		now, who := w.now().UTC(), b.Executive.Email
		busy, err := c.Account.FreeBusy(ctx, who, calendar.Span{Start: now, End: now.AddDate(0, 0, 7)})
		cancel()
		switch {
		case calendar.KindOf(err) == calendar.Unsupported:
			f.note("it cannot be asked when %s is busy: name their calendar in [bilateral.executive] busy, or slots are held as far as can be seen", who)
		case err != nil:
			f.note("the busy time of %s was not answered: %v", who, err)
		default:
			f.say("the busy time of %s was answered: %s in the coming week", who, counted(len(busy), "stretch", "stretches"))
		}
	}
}

// needsWrite refuses a read-only calendar as the home of a series.
func (w *wiring) needsWrite(name string, about calendar.About) error {
	if about.Write || len(w.homesIn(name)) == 0 {
		return nil
	}
	return &calendar.Error{Kind: calendar.Denied, Op: "write", Target: name}
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// inWords is a length of time to the minute, or to the second below one.
func inWords(d time.Duration) string {
	switch {
	case d < time.Minute:
		return counted(int(d/time.Second), "second", "seconds")
	case d < 2*time.Hour:
		return counted(int(d.Round(time.Minute)/time.Minute), "minute", "minutes")
	}
	return counted(int(d.Round(time.Hour)/time.Hour), "hour", "hours")
}
