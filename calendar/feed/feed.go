// Package feed is a calendar that can only be read: one .ics file, of events or of free/busy time, at an http address or
// on disk, as calendars are published. Nothing is written, and nobody asked. Begin with [Account.Observe]; fetch.go is about
// HTTP, file.go about files.
package feed

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/ical"
)

// Login is a name and password for HTTP basic authentication (RFC 7617). Zero: none.
type Login struct {
	Username string
	// Secret returns the password. It is asked again when the server no longer takes the last one. Nil: none.
	Secret func(ctx context.Context) (string, error)
}

// Account is one feed as a [calendar.Account].
type Account struct {
	address *url.URL // nil: a file
	path    string
	shown   string // the address as people may see it
	client  *http.Client
	login   Login
	secret  string // what login.Secret said last
	now     func() time.Time

	have           [sha256.Size]byte // of what held was read from
	etag, modified string
	read           bool
	held           ical.Collection
}

// New returns the feed at an address: http, https, webcal (read as https), file, or a path. The clock is for a server's
// "retry after so many seconds". Private addresses are secrets: errors show the host only.
func New(address string, client *http.Client, login Login, now func() time.Time) (*Account, error) {
	scheme, rest, remote := strings.Cut(address, "://")
	switch scheme = strings.ToLower(scheme); {
	case !remote:
		return &Account{path: address, shown: address, now: now}, nil
	case scheme == "file":
		u, err := url.Parse("file://" + rest)
		if err != nil || u.Host != "" && u.Host != "localhost" {
			return nil, fmt.Errorf("calendar file address %q: write file:///path/to/file.ics", address)
		}
		path := filepath.FromSlash(u.Path)
		return &Account{path: path, shown: path, now: now}, nil
	case scheme == "webcal" || scheme == "webcals":
		scheme = "https"
	case scheme != "http" && scheme != "https":
		return nil, fmt.Errorf("calendar address with scheme %q: use https, http, webcal or a file", scheme)
	}
	u, err := url.Parse(scheme + "://" + rest)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("calendar address: it is not a valid %s address", scheme) // never the address itself
	}
	if u.User != nil {
		password, _ := u.User.Password()
		login = Login{u.User.Username(), func(context.Context) (string, error) { return password, nil }}
		u.User = nil
	}
	return &Account{address: u, shown: u.Host + "/…", client: guarded(client), login: login, now: now}, nil
}

// Observe fetches the feed if it changed.
func (a *Account) Observe(ctx context.Context, q calendar.Query) (calendar.Observation, error) {
	if err := a.refresh(ctx); err != nil {
		return calendar.Observation{}, err
	}
	return a.held.Observe(q), nil
}

// FreeBusy is not supported: a feed answers no questions.
func (a *Account) FreeBusy(context.Context, string, calendar.Span) ([]calendar.Event, error) {
	return nil, &calendar.Error{Kind: calendar.Unsupported, Op: "ask free/busy", Target: a.shown}
}

// Apply is not supported: feeds are read-only.
func (a *Account) Apply(context.Context, calendar.Change) (string, error) {
	return "", &calendar.Error{Kind: calendar.Unsupported, Op: "write", Target: a.shown}
}

// About fetches the feed.
func (a *Account) About(ctx context.Context) (calendar.About, error) {
	if err := a.refresh(ctx); err != nil {
		return calendar.About{}, err
	}
	about := calendar.About{Name: a.shown, Sync: "whole file each time"}
	switch {
	case a.etag != "":
		about.Sync = "ETag"
	case a.modified != "":
		about.Sync = "Last-Modified"
	}
	return about, nil
}

func (a *Account) refresh(ctx context.Context) error {
	if a.address == nil {
		data, err := a.load()
		if err != nil {
			return err
		}
		return a.take(data)
	}
	return a.fetch(ctx)
}

// take reads a new text of the feed, unless it is the old one. What is no whole calendar is refused, so that an error page
// or half a download never looks like an empty calendar.
func (a *Account) take(data []byte) error {
	sum := sha256.Sum256(data)
	if a.read && sum == a.have {
		return nil
	}
	if err := whole(data); err != nil {
		return &calendar.Error{Kind: calendar.BadData, Op: "read", Target: a.shown, Err: err}
	}
	a.held.Put(a.shown, fmt.Sprintf("%x", sum[:16]), data)
	a.have, a.read = sum, true
	return nil
}

// whole looks at both ends only.
func whole(data []byte) error {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	head := bytes.ToUpper(data[:min(len(data), len(begin))])
	tail := bytes.ToUpper(data[max(0, len(data)-1024):]) // some servers add a line behind the end
	switch {
	case len(data) == 0:
		return fmt.Errorf("the answer is empty")
	case data[0] == '<':
		return fmt.Errorf("a web page came instead of a calendar: perhaps the address is not the feed's, or wants a sign-in")
	case string(head) != begin:
		return fmt.Errorf("it does not begin with %s, so it is not a calendar", begin)
	case !bytes.Contains(tail, []byte(end)):
		return fmt.Errorf("it ends before %s: only a part came", end)
	}
	return nil
}

const begin, end = "BEGIN:VCALENDAR", "END:VCALENDAR"
