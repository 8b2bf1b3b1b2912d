package caldav

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"bilateral/calendar"
	"bilateral/calendar/web"
)

// person is what the server knows of the user, RFC 6638 section 2.
type person struct {
	Asked  bool // the rest is what the server said
	Homes  []string
	Inbox  string
	Outbox string
	Emails []string // calendar-user-address-set, as they are written: mailto: addresses first
}

var (
	ctagName = xml.Name{Space: csNS, Local: "getctag"}

	// Not sync-token or getctag: Radicale reads every object of a collection for them.
	collectionProps = []xml.Name{dav("resourcetype"), dav("displayname"), dav("current-user-principal"), dav("owner"), dav("current-user-privilege-set"),
		dav("supported-report-set"), caldav("calendar-home-set"), caldav("supported-calendar-component-set")}
	personProps = []xml.Name{caldav("calendar-home-set"), caldav("schedule-inbox-URL"), caldav("schedule-outbox-URL"), caldav("calendar-user-address-set")}
)

// finder looks for the configured collection.
type finder struct {
	session *session
	start   *url.URL
	wanted  string // display name or path; "": the server's default
	lookup  lookup
}

// find tries the address itself, then .well-known (RFC 8615), then DNS (RFC 6764).
func (f *finder) find(ctx context.Context) (place, person, error) {
	if f.isPath() {
		return f.direct(ctx)
	}
	p, who, err := f.from(ctx, f.start)
	bare := kindIs(err, calendar.Unreachable) && f.start.Path == "/" && ctx.Err() == nil // perhaps a domain without a web server
	if err == nil || !bare && !kindIs(err, calendar.Gone, calendar.Unsupported, calendar.BadData) || errors.Is(err, errElsewhere) || errors.Is(err, errChoice) {
		return p, who, err
	}
	if !bare {
		known := *f.start
		known.Path, known.RawPath = "/.well-known/caldav", ""
		p, who, second := f.from(ctx, &known)
		if second == nil || errors.Is(second, errElsewhere) || errors.Is(second, errChoice) {
			return p, who, second
		}
	}
	if at, third := f.fromDNS(ctx); third != nil {
		return p, who, third
	} else if at != nil {
		f.session.admit(at)
		return f.from(ctx, at)
	}
	return p, who, err
}

func (f *finder) isPath() bool { return strings.Contains(f.wanted, "/") }

// direct takes a configured path for what it is.
func (f *finder) direct(ctx context.Context) (place, person, error) {
	at, err := f.start.Parse(f.wanted)
	if err != nil {
		return place{}, person{}, failed(calendar.BadData, "find", f.start, fmt.Errorf("the collection %q is no path", f.wanted))
	}
	r, from, err := f.session.one(ctx, at, collectionProps)
	if err != nil {
		return place{}, person{}, err
	}
	if !r.is(caldav("calendar")) {
		return place{}, person{}, failed(calendar.Gone, "find", at, errors.New("there is something else than a calendar"))
	}
	return placeOf(r, from), person{}, nil
}

// errChoice means that calendars were found and none of them is the one.
var errChoice = errors.New("choose a calendar")

// from starts at an address: a collection, a home set, a principal, or a root that knows the principal.
func (f *finder) from(ctx context.Context, at *url.URL) (place, person, error) {
	r, from, err := f.session.one(ctx, at, collectionProps)
	if err != nil {
		return place{}, person{}, err
	}
	if r.is(caldav("calendar")) && (f.wanted == "" || len(called(f.wanted, []place{placeOf(r, from)})) > 0) {
		return placeOf(r, from), person{}, nil
	}
	if len(r.prop(caldav("calendar-home-set")).hrefs()) > 0 {
		return f.viaPrincipal(ctx, from, from)
	}
	// A home set of somebody else (a shared one) must not lead to the user's own calendars; a root cannot be a home.
	if from.Path != "" && from.Path != "/" && r.is(dav("collection")) {
		found, inbox, err := f.calendars(ctx, from)
		if err == nil && len(found) > 0 {
			p, err := f.choose(ctx, from, found, inbox)
			return p, person{}, err
		}
	}
	hrefs := r.prop(dav("current-user-principal")).hrefs()
	if len(hrefs) == 0 {
		return place{}, person{}, failed(calendar.Gone, "find", from, errors.New("no calendar is there, and nothing that leads to one"))
	}
	principal, err := from.Parse(hrefs[0])
	if err != nil {
		return place{}, person{}, failed(calendar.BadData, "find", from, errors.New("the server names a principal with no valid address"))
	}
	f.session.admit(principal)
	return f.viaPrincipal(ctx, from, principal)
}

func (f *finder) viaPrincipal(ctx context.Context, from, principal *url.URL) (place, person, error) {
	who, err := f.session.person(ctx, principal)
	if err != nil {
		return place{}, who, err
	}
	var found []place
	for _, home := range who.Homes {
		at, err := from.Parse(home)
		if err != nil {
			continue
		}
		some, _, err := f.calendars(ctx, at)
		if err != nil {
			return place{}, who, err
		}
		found = append(found, some...)
	}
	p, err := f.choose(ctx, principal, found, who.Inbox)
	return p, who, err
}

// one asks for properties of a single address.
func (s *session) one(ctx context.Context, at *url.URL, props []xml.Name) (*resource, *url.URL, error) {
	m, from, err := s.propfind(ctx, at, "0", props...)
	if err != nil {
		return nil, nil, err
	}
	if len(m.resources) == 0 {
		return nil, nil, failed(calendar.BadData, "find", at, errNoXML)
	}
	r := m.resources[0]
	if r.status/100 > 2 {
		return nil, nil, failed(web.KindOf(r.status), "find", at, &statusError{status: r.status})
	}
	return r, from, nil
}

// person asks a principal for its calendars and its mailboxes of scheduling.
func (s *session) person(ctx context.Context, principal *url.URL) (person, error) {
	r, from, err := s.one(ctx, principal, personProps)
	if err != nil {
		return person{}, err
	}
	resolved := func(name string) (list []string) {
		for _, href := range r.prop(caldav(name)).hrefs() {
			if at, err := from.Parse(href); err == nil {
				s.admit(at)
				list = append(list, at.String())
			}
		}
		return list
	}
	first := func(name string) string {
		for _, address := range resolved(name) {
			if at, err := url.Parse(address); err == nil && s.trusts(at) {
				return address
			}
		}
		return ""
	}
	who := person{Asked: true, Homes: resolved("calendar-home-set"), Inbox: first("schedule-inbox-URL"), Outbox: first("schedule-outbox-URL")}
	for _, address := range r.prop(caldav("calendar-user-address-set")).hrefs() {
		if strings.HasPrefix(strings.ToLower(address), "mailto:") {
			who.Emails = append(who.Emails, address)
		}
	}
	return who, nil
}

// calendars lists the calendars for events in a home set, and its schedule inbox.
func (f *finder) calendars(ctx context.Context, home *url.URL) (list []place, inbox string, err error) {
	m, from, err := f.session.propfind(ctx, home, "1", collectionProps...)
	if err != nil {
		return nil, "", err
	}
	for _, r := range m.resources {
		at, err := from.Parse(r.href)
		switch {
		case err != nil:
		case r.is(caldav("schedule-inbox")):
			inbox = at.String()
		case r.is(caldav("calendar")) && holdsEvents(r):
			list = append(list, placeOf(r, at))
		}
	}
	return list, inbox, nil
}

// choose picks the wanted calendar, the server's default one (RFC 6638 section 9.2), or the only one.
func (f *finder) choose(ctx context.Context, at *url.URL, all []place, inbox string) (place, error) {
	found := all
	if f.wanted != "" {
		if found = called(f.wanted, found); len(found) == 0 {
			return place{}, failed(calendar.Gone, "find", at, fmt.Errorf("%w: none is called %q%s", errChoice, f.wanted, choices(all)))
		}
	}
	if len(found) > 1 {
		if standard := f.standard(ctx, inbox); standard != "" {
			if i := slices.IndexFunc(found, func(p place) bool { return samePath(pathOf(p.URL), standard) }); i >= 0 {
				return found[i], nil
			}
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	if len(found) == 0 {
		return place{}, failed(calendar.Gone, "find", at, errors.New("the account has no calendar for events"))
	}
	return place{}, failed(calendar.Gone, "find", at, fmt.Errorf("%w by its path, such as collection = %q: the server names no default%s",
		errChoice, pathOf(found[0].URL), choices(found)))
}

// called returns the calendars with a name, or last part of a path: exactly so, else in any case.
func called(name string, all []place) []place {
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		found := slices.DeleteFunc(slices.Clone(all), func(p place) bool { return !same(p.Name, name) && !same(lastOf(p.URL), name) })
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// choices lists calendars for an error.
func choices(found []place) string {
	if len(found) == 0 {
		return ""
	}
	return "; there are " + strings.Join(listNames(found), ", ")
}

// listNames is how people are told of calendars; of many only the first.
func listNames(found []place) []string {
	var list []string
	for _, p := range found[:min(len(found), 20)] {
		list = append(list, fmt.Sprintf("%q (%s)", p.Name, pathOf(p.URL)))
	}
	return list
}

// standard returns the path of the default calendar, or "".
func (f *finder) standard(ctx context.Context, inbox string) string {
	at, err := url.Parse(inbox)
	if err != nil || inbox == "" {
		return ""
	}
	r, from, err := f.session.one(ctx, at, []xml.Name{caldav("schedule-default-calendar-URL")})
	if err != nil {
		return ""
	}
	for _, href := range r.prop(caldav("schedule-default-calendar-URL")).hrefs() {
		if at, err := from.Parse(href); err == nil {
			return at.Path
		}
	}
	return ""
}
