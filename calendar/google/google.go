// Package google is a Google calendar as a [calendar.Account], through Google's own client.
//
// It keeps a mirror of the calendar's masters, exceptions and single events, follows it by sync token, and hands each
// series to calendar/ical as iCalendar text, so that rules, overrides and changes of the clock are expanded by the code
// that expands them everywhere. Google is asked for single instances only where one is to be changed.
//
// A series is known by the UID it was made with: its event id holds it (see ical.EventID). Our mark stands in private
// extended properties. Descriptions are passed on as Google stores them, which may be HTML: package agenda reads both,
// and so what people formatted stays formatted.
//
// Begin with [Account.Observe]. sync.go follows the calendar, entry.go and object.go turn an event into iCalendar text,
// apply.go and send.go change one; mark.go says where our own words stand. Signing in is package signin's.
package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/ical"
	"bilateral/calendar/snapshot"

	gcal "google.golang.org/api/calendar/v3"
	"google.golang.org/api/option"
)

// Primary is Google's name for the main calendar of whoever is signed in.
const Primary = "primary"

// Options says which calendar, and as whom.
type Options struct {
	Calendar string       // id, display name or "primary"; "" is "primary"
	Client   *http.Client // signed in
	Endpoint string       // of another server that speaks Google's API; "": Google's
	Mirror   string       // the folder for the mirror; "": it is kept in memory only
	Account  string       // any name that tells this sign-in from others with a mirror in the same folder
	Now      func() time.Time
}

// Account is one Google calendar as a [calendar.Account].
type Account struct {
	service *gcal.Service
	wanted  string // the calendar as configured
	now     func() time.Time
	file    string // of the mirror, or ""
	page    int64  // events in one answer of a list

	mirror
	loaded   bool
	followed bool // the mirror is as the calendar was since this account was made
	save     bool // the mirror holds more than its file
	groups   map[string]map[string]bool
	kinds    map[string]calendar.Kind // by UID, what iCalendar has no word for
	held     ical.Collection
}

// New checks the options; it reaches no server.
func New(o Options) (*Account, error) {
	if o.Client == nil {
		return nil, errors.New("a Google calendar needs a client that is signed in")
	}
	options := []option.ClientOption{option.WithHTTPClient(bounded(o.Client)), option.WithUserAgent("bilateral")}
	if o.Endpoint != "" {
		at, err := endpoint(o.Endpoint)
		if err != nil {
			return nil, err
		}
		options = append(options, option.WithEndpoint(at))
	}
	service, err := gcal.NewService(context.Background(), options...)
	if err != nil {
		return nil, fmt.Errorf("set up the Google calendar client: %w", err)
	}
	a := &Account{service: service, wanted: o.Calendar, now: o.Now, page: largestPage}
	if a.wanted == "" {
		a.wanted = Primary
	}
	if a.now == nil {
		a.now = time.Now
	}
	if o.Mirror != "" {
		a.file = filepath.Join(o.Mirror, snapshot.Name("google", o.Endpoint, o.Account, a.wanted))
	}
	return a, nil
}

// endpoint is the base address of another server; one without a path has Google's.
func endpoint(address string) (string, error) {
	at, err := url.Parse(address)
	if err != nil || at.Host == "" {
		return "", fmt.Errorf("the endpoint %q is no address: write for instance http://127.0.0.1:8080", address)
	}
	if at.Path == "" || at.Path == "/" {
		at.Path = "/calendar/v3/"
	}
	if !strings.HasSuffix(at.Path, "/") {
		at.Path += "/"
	}
	return at.String(), nil
}

// Observe asks what changed since the last look, which is one small request if nothing did.
func (a *Account) Observe(ctx context.Context, q calendar.Query) (calendar.Observation, error) {
	if err := a.locate(ctx); err != nil {
		return calendar.Observation{}, err
	}
	if err := a.follow(ctx); err != nil {
		return calendar.Observation{}, err
	}
	o := a.held.Observe(q)
	for i := range o.Events {
		if kind, special := a.kinds[o.Events[i].UID]; special {
			o.Events[i].Kind = kind
		}
	}
	for i := range o.Series {
		knowRobots(&o.Series[i])
	}
	return o, nil
}

// knowRobots tells answers that a rule gave: Google's out-of-office and focus events decline by themselves, with a note
// that says so. One that a person worded otherwise counts as that person's.
func knowRobots(s *calendar.Series) {
	know := func(list []calendar.Attendee) {
		for i := range list {
			list[i].Robot = list[i].Status == calendar.Declined && isRobot(list[i].Comment)
		}
	}
	know(s.Attendees)
	for i := range s.Instances {
		know(s.Instances[i].Attendees)
	}
}

// robotNotes begin the messages that Google's own pages propose for such declines.
var robotNotes = []string{"declined because i am out of office", "declined because i'm out of office", "declined because i am in focus time",
	"declined because i'm in focus time", "automatically declined"}

func isRobot(note string) bool {
	note = strings.ToLower(strings.TrimSpace(strings.ReplaceAll(note, "’", "'")))
	for _, begin := range robotNotes {
		if strings.HasPrefix(note, begin) {
			return true
		}
	}
	return false
}
