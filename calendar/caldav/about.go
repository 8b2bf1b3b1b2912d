package caldav

import (
	"context"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"

	"bilateral/calendar"
)

// About looks at the collection and at the user's principal; nothing is written to find out.
func (a *Account) About(ctx context.Context) (calendar.About, error) {
	if err := a.locate(ctx); err != nil {
		now := a.now()
		if _, err = a.onlyBusy(ctx, calendar.Query{Window: calendar.Span{Start: now, End: now.AddDate(0, 0, 1)}}, err); err != nil {
			return calendar.About{}, err
		}
	}
	if a.Place.BusyOnly {
		return calendar.About{Name: a.Place.Name, Sync: "free/busy only: titles and guests are hidden, and it is read whole each time"}, nil
	}
	at := a.Calendar.at()
	props := collectionProps
	if !a.Calendar.Sync {
		props = append([]xml.Name{ctagName, dav("sync-token")}, props...)
	}
	r, from, err := a.session.one(ctx, at, props)
	if err != nil {
		return calendar.About{}, err
	}
	p := placeOf(r, from)
	about := calendar.About{Name: p.Name, Write: p.Write}
	switch {
	case a.Calendar.Sync:
		about.Sync = "changes only (sync-collection)"
	case r.text(ctagName) != "" || r.text(dav("sync-token")) != "":
		about.Sync = "a listing when anything changed (getctag)"
	default:
		about.Sync = "a listing each time: the server tells of no changes"
	}
	if err := a.meet(ctx); err != nil {
		return calendar.About{}, err
	}
	auto, err := a.session.schedules(ctx, at)
	if err != nil {
		return calendar.About{}, err
	}
	about.FreeBusy = a.Person.Outbox != "" && len(a.Person.Emails) > 0
	about.Invites = auto && a.Person.Outbox != ""
	about.Silent = about.Invites // the server itself puts a change into the guest's copy, RFC 6638 section 3.2.1
	a.keep()
	return about, nil
}

// meet learns who the user is to the server. A server without principals, or one that keeps them to itself, has no
// scheduling for this user either.
func (a *Account) meet(ctx context.Context) error {
	if a.Person.Asked {
		return nil
	}
	var who person
	principal, err := a.principal(ctx)
	if err == nil && principal != nil {
		who, err = a.session.person(ctx, principal)
	}
	if err != nil && !kindIs(err, calendar.Denied, calendar.Gone, calendar.Unsupported, calendar.BadData) {
		return err
	}
	who.Asked = true
	a.Person, a.save = who, true
	return nil
}

// principal returns the address of the user's principal, or nil where the server has none.
func (a *Account) principal(ctx context.Context) (*url.URL, error) {
	if a.Place.Principal != "" {
		return url.Parse(a.Place.Principal)
	}
	r, from, err := a.session.one(ctx, a.Calendar.at(), []xml.Name{dav("current-user-principal")})
	if err != nil {
		return nil, err
	}
	if hrefs := r.prop(dav("current-user-principal")).hrefs(); len(hrefs) > 0 {
		return from.Parse(hrefs[0])
	}
	return nil, nil
}

// schedules asks whether the server delivers invitations: the token stands alone in the DAV header (RFC 6638 section 2).
// Some servers announce a word much like it, with nothing behind it.
func (s *session) schedules(ctx context.Context, at *url.URL) (bool, error) {
	a, err := s.do(ctx, request{method: "OPTIONS", url: at, op: "read"})
	if err != nil {
		return false, err
	}
	defer a.close()
	if a.status == http.StatusUnauthorized {
		return false, s.refused("read", a)
	}
	for _, header := range a.header.Values("DAV") {
		for token := range strings.SplitSeq(header, ",") {
			if strings.TrimSpace(token) == "calendar-auto-schedule" {
				return true, nil
			}
		}
	}
	return false, nil
}
