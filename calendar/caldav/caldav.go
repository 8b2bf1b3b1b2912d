// Package caldav is a calendar on a CalDAV server (RFC 4791), with the server's scheduling (RFC 6638) where it has that.
//
// It is a client of its own, made to be indifferent to which server answers: it reads a collection once, keeps a mirror of
// it, follows it with the cheapest question the server understands, and expands events itself. Every write has a
// precondition, and is looked at afterwards. It does not retry, and judges nothing that it reads.
//
// Begin with [Account.Observe]. discover.go finds the collection, replica.go follows it, reply.go hears what guests said,
// write.go changes it; http.go sends, auth.go signs in, and trust.go says where credentials may go.
package caldav

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/ical"
	"bilateral/calendar/snapshot"
	"bilateral/calendar/web"
)

// Options says where a calendar is and how to get at it.
type Options struct {
	URL      string // of a server, a principal, a home set or a collection: https, or http to this machine
	Username string
	// Secret returns the password. It is asked again when the server no longer takes the last one. Nil: no sign-in.
	Secret     func(ctx context.Context) (string, error)
	Collection string       // display name, or path where it holds a slash; "": the server's default calendar
	Insecure   bool         // allow plain http to another machine
	Client     *http.Client // nil: one of our own. Its redirect rule is not used
	Mirror     string       // the folder for the mirror; "": it is kept in memory only
	Now        func() time.Time
	// Progress is told while many objects are read: how many were, and of how many; 0 where that is not known yet. Its last
	// call says that all were. Nil: nobody is told.
	Progress func(done, total int)
}

// Account is one collection as a [calendar.Account].
type Account struct {
	session *session
	finder  finder
	now     func() time.Time
	file    string // of the mirror, or ""

	mirror
	loaded  bool
	checked bool // the place was found, or used with success, by this process
	save    bool // the mirror holds more than its file
	held    ical.Collection
	replies map[string][]reply // by path in the inbox
	futile  int                // how often quiet asked in vain
}

// New checks the options; it reaches no server.
func New(o Options) (*Account, error) {
	start, err := url.Parse(o.URL)
	switch {
	case err != nil || start.Host == "":
		return nil, errors.New("the address of the CalDAV server is not valid: write for instance https://dav.example.org/")
	case start.User != nil:
		return nil, errors.New("the address of the CalDAV server holds a user name: take it out and set the user name by itself")
	case start.Scheme != "https" && start.Scheme != "http":
		return nil, fmt.Errorf("the address of the CalDAV server begins with %s: use https", start.Scheme)
	case start.Scheme == "http" && !web.Loopback(start) && !o.Insecure:
		return nil, fmt.Errorf("plain http to %s shows the password to the network: use https, or if you must, insecure = true", start.Host)
	}
	if start.Path == "" {
		start.Path = "/"
	}
	client := o.Client
	if client == nil {
		client = &http.Client{Transport: Transport()}
	}
	a := &Account{now: o.Now}
	if a.now == nil {
		a.now = time.Now
	}
	a.session = newSession(client, start, &authenticator{user: o.Username, secret: o.Secret}, a.now)
	a.session.progress = o.Progress
	a.finder = finder{session: a.session, start: start, wanted: o.Collection, lookup: net.DefaultResolver}
	if o.Mirror != "" {
		a.file = filepath.Join(o.Mirror, snapshot.Name("caldav", o.URL, o.Username, o.Collection))
	}
	return a, nil
}

// Transport is how requests go out where Options.Client is nil: with TLS 1.2 or later, and no waiting for ever.
func Transport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	t.ResponseHeaderTimeout = maxWaitListing
	return t
}

// Observe asks what changed since the last look, which is one small request if nothing did.
func (a *Account) Observe(ctx context.Context, q calendar.Query) (calendar.Observation, error) {
	if err := a.locate(ctx); err != nil {
		return a.onlyBusy(ctx, q, err)
	}
	if a.Place.BusyOnly {
		return a.observeBusy(ctx, q)
	}
	same, err := a.quiet(ctx)
	if err == nil && !same {
		err = a.follow(ctx)
	}
	if err != nil && a.Calendar.Items == nil {
		return a.onlyBusy(ctx, q, err)
	}
	if err != nil {
		return calendar.Observation{}, err
	}
	a.readHours(ctx)
	return a.answer(ctx, q, same)
}

// answer is the observation, with what guests said in the inbox.
func (a *Account) answer(ctx context.Context, q calendar.Query, same bool) (calendar.Observation, error) {
	defer a.keep()
	o := a.held.Observe(q)
	if !invites(o.Series) {
		return o, nil
	}
	if !same {
		if err := a.readInbox(ctx); err != nil {
			return calendar.Observation{}, err
		}
	}
	for i := range o.Series {
		hear(&o.Series[i], a.replies)
	}
	return o, nil
}

func invites(list []calendar.Series) bool {
	for _, s := range list {
		if len(s.Attendees) > 0 {
			return true
		}
	}
	return false
}

// locate finds the collection, from the mirror or by discovery.
func (a *Account) locate(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return failed(calendar.Unreachable, "read", a.finder.start, err)
	}
	if !a.loaded {
		a.loaded = true
		a.open()
	}
	if a.Place.URL != "" {
		return nil
	}
	p, who, err := a.finder.find(ctx)
	if err != nil {
		return err
	}
	a.mirror = mirror{Place: p, Person: who, Calendar: replica{URL: p.URL, Sync: p.Sync}}
	a.held, a.replies = ical.Collection{}, nil
	a.checked, a.save = true, true
	return nil
}

// follow brings the replica and its parsed objects up to date. A collection that is not where it was found before is
// looked for again, once.
func (a *Account) follow(ctx context.Context) error {
	touched, err := a.Calendar.refresh(ctx, a.session)
	for _, path := range touched {
		a.present(path)
		a.futile = 0
	}
	if kindIs(err, calendar.Gone) && !a.checked {
		a.Place.URL = ""
		if err := a.locate(ctx); err != nil {
			return err
		}
		return a.follow(ctx)
	}
	if err != nil {
		a.keep() // what was fetched so far need not be fetched again
		return err
	}
	a.checked = true
	return nil
}

// present puts an object of the replica before the parser.
func (a *Account) present(path string) {
	switch it := a.Calendar.Items[path]; {
	case it == nil:
		a.held.Drop(path)
	case it.Why == notShown:
		a.held.Hide(path, it.Why)
	case it.Why != "":
		a.held.Refuse(path, it.Why)
	default:
		a.held.Put(path, it.version(), it.Data)
	}
}
