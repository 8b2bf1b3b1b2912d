package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/caldav"
	"bilateral/calendar/feed"
	"bilateral/calendar/google"
	"bilateral/calendar/vdir"
	"bilateral/config"
	"bilateral/internal/engine"

	"github.com/rs/zerolog"
)

// requestDeadline is for one request of a calendar's server, its answer included.
const requestDeadline = time.Minute

// engine builds the engine that the config asks for, ready for passes. It reaches no calendar yet.
func (a *app) engine(usual zerolog.Level) (*engine.Engine, error) {
	w, err := a.wiring()
	if err != nil {
		return nil, err
	}
	w.mirror = a.stateDir()
	bilaterals, err := w.bilaterals()
	if err != nil {
		return nil, err
	}
	s, err := a.store()
	if err != nil {
		return nil, err
	}
	e := &engine.Engine{Store: s, Bilaterals: bilaterals, Interval: w.config.Interval, Log: a.logger(usual)}
	return e, w.setPost(e, a.stateDir())
}

// wiring turns the config into the engine's own types. Each configured calendar is wired once and shared.
type wiring struct {
	config    *config.Config
	now       func() time.Time
	offline   bool   // without accounts: for what is read off the database alone
	mirror    string // folder in which servers' calendars are mirrored; "": in memory only, for one look
	meter     func(calendar string) func(done, total int)
	count     func(calendar string, next http.RoundTripper) http.RoundTripper
	calendars map[string]*engine.Calendar
	google    func(config.Calendar) *http.Client // signs in by itself
	ends      func(calendar string) time.Time    // when its sign-in is known to end
}

func (a *app) wiring() (*wiring, error) {
	c, err := a.config()
	google := func(cal config.Calendar) *http.Client { return a.googleClient(c, cal) }
	count := a.count
	if count == nil {
		count = func(_ string, next http.RoundTripper) http.RoundTripper { return next }
	}
	return &wiring{config: c, now: a.now, meter: a.meter, count: count, calendars: map[string]*engine.Calendar{}, google: google, ends: a.signInEnds}, err
}

func (w *wiring) bilaterals() ([]*engine.Bilateral, error) {
	var out []*engine.Bilateral
	for _, b := range w.config.Bilaterals {
		wired, err := w.bilateral(b)
		if err != nil {
			return nil, err
		}
		out = append(out, wired)
	}
	return out, nil
}

func (w *wiring) bilateral(b config.Bilateral) (*engine.Bilateral, error) {
	home, err := w.calendar(b.Calendar)
	if err != nil {
		return nil, err
	}
	me := w.config.Me
	owner, err := w.side(b.Busy, b.Holidays, me.Zone)
	if err != nil {
		return nil, err
	}
	owner.Name, owner.Email, owner.Judge = me.Name, me.Email, person(me.Email, b.Yields, b.LeaveWords)
	owner.Judge.Self = true
	x := b.Executive
	boss, err := w.side(x.Busy, x.Holidays, x.Zone)
	if err != nil {
		return nil, err
	}
	boss.Name, boss.Email, boss.Judge = x.Name, x.Email, person(x.Email, x.Yields, b.LeaveWords)
	policy := b.Policy
	policy.Mine.Name, policy.Theirs.Name = "you", firstName(b)
	return &engine.Bilateral{
		Name: b.Name, Acting: b.Mode == config.Act, Policy: policy, Agenda: b.Agenda,
		Home: home, Owner: owner, Executive: boss, Invites: b.Invite != config.InviteNone,
		Delivery: delivery(b), SendFloor: b.Floor == config.FloorSend,
		Title: b.Title, Location: b.Location, Private: b.Visibility == config.VisibilityPrivate,
		Meet: b.Conference == config.ConferenceMeet, Adopt: b.Adopt,
	}, nil
}

// firstName is what sentences call the executive.
func firstName(b config.Bilateral) string {
	if words := strings.Fields(b.Executive.Name); len(words) > 0 {
		return words[0]
	}
	return b.Name
}

func person(email string, yields, leave []string) calendar.Person {
	return calendar.Person{Emails: []string{email}, Yields: yields, LeaveWords: leave}
}

func (w *wiring) side(busy, holidays []string, zone *time.Location) (engine.Side, error) {
	var s engine.Side
	for _, name := range busy {
		if name == config.FreeBusy {
			s.FreeBusy = true
			continue
		}
		c, err := w.calendar(name)
		if err != nil {
			return s, err
		}
		s.Calendars = append(s.Calendars, c)
	}
	if len(holidays) > 0 {
		s.Holidays = holidaysOf(holidays, zone, w.now)
	}
	return s, nil
}

// calendar wires a configured calendar, once.
func (w *wiring) calendar(name string) (*engine.Calendar, error) {
	if c, ok := w.calendars[name]; ok {
		return c, nil
	}
	c, ok := w.config.Calendar(name)
	if !ok {
		return nil, wrongUsage("Configured are: "+strings.Join(calendarNames(w.config), ", "), "no calendar is named %q", name)
	}
	wired := &engine.Calendar{Name: c.Name, Type: c.Type, Zone: w.zoneOf(name), Host: hostOf(c)}
	if !w.offline {
		var err error
		if wired.Account, err = w.account(c); err != nil {
			return nil, err
		}
	}
	if c.Type == config.Google && !c.Credentials.IsZero() {
		wired.SignInEnds = func() time.Time { return w.ends(c.Name) }
	}
	w.calendars[name] = wired
	return wired, nil
}

// hostOf is the server that a calendar is on; "" for a folder or a file.
func hostOf(c config.Calendar) string {
	if c.Type == config.Google {
		return "google"
	}
	if u, err := url.Parse(c.URL); err == nil {
		return u.Host
	}
	return ""
}

func calendarNames(c *config.Config) []string {
	var out []string
	for _, cal := range c.Calendars {
		out = append(out, cal.Name)
	}
	return out
}

// account is the one switch from a config to an adapter.
func (w *wiring) account(c config.Calendar) (calendar.Account, error) {
	switch c.Type {
	case config.Vdir:
		return vdir.New(c.Path, w.now), nil
	case config.CalDAV:
		return caldav.New(caldav.Options{URL: c.URL, Username: c.Username, Secret: c.Password.Read, Collection: c.Collection,
			Client: &http.Client{Transport: w.count(c.Name, caldav.Transport())}, Insecure: c.Insecure, Mirror: w.mirror, Now: w.now, Progress: w.meter(c.Name)})
	case config.Google:
		client := w.google(c)
		client.Transport = w.count(c.Name, client.Transport)
		return google.New(google.Options{Calendar: c.Collection, Client: client, Endpoint: c.Endpoint, Mirror: w.mirror, Account: c.Name, Now: w.now})
	case config.ICS:
		login := feed.Login{Username: c.Username}
		if !c.Password.IsZero() {
			login.Secret = c.Password.Read
		}
		address := c.URL
		if c.Path != "" {
			address = c.Path
		}
		return feed.New(address, &http.Client{Timeout: requestDeadline, Transport: w.count(c.Name, nil)}, login, w.now)
	}
	return nil, wrongUsage("Use a calendar of type caldav, google, vdir or ics.", "calendar %q: type %s is not in this build", c.Name, c.Type)
}

// zoneOf is the zone in which a calendar's floating times are read: the executive's for one that only they use.
func (w *wiring) zoneOf(name string) *time.Location {
	for _, b := range w.config.Bilaterals {
		if b.Calendar == name || slices.Contains(b.Busy, name) {
			return w.config.Me.Zone
		}
	}
	for _, b := range w.config.Bilaterals {
		if slices.Contains(b.Executive.Busy, name) {
			return b.Executive.Zone
		}
	}
	return w.config.Me.Zone
}
