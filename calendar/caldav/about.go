package caldav

import (
	"context"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
)

// aboutAge is for how long what was found out about a calendar is taken to hold. A refused write ends that sooner.
const aboutAge = 24 * time.Hour

// abilities is what was found out, and when.
type abilities struct {
	Asked time.Time
	Are   calendar.About
}

// About looks at the collection and at the user's principal; nothing is written to find out.
func (a *Account) About(ctx context.Context) (calendar.About, error) {
	now := a.now()
	if err := a.locate(ctx); err != nil {
		if _, err = a.onlyBusy(ctx, calendar.Query{Window: calendar.Span{Start: now, End: now.AddDate(0, 0, 1)}}, err); err != nil {
			return calendar.About{}, err
		}
	}
	known := a.Abilities
	if age := now.Sub(known.Asked); a.file != "" && !known.Asked.IsZero() && age >= 0 && age < aboutAge {
		return known.Are, nil
	}
	about := calendar.About{Name: a.Place.Name, User: a.session.auth.user,
		Sync: "free/busy alone, read whole each time: titles and guests are hidden"}
	if !a.Place.BusyOnly {
		var err error
		if about, err = a.ask(ctx); err != nil {
			return calendar.About{}, err
		}
	}
	about.Address, about.Ahead = shown(a.Calendar.at()), a.session.ahead
	a.Abilities, a.save = abilities{Asked: now, Are: about}, true
	a.keep()
	return about, nil
}

// ask asks for everything that About tells of a collection that can be read.
func (a *Account) ask(ctx context.Context) (calendar.About, error) {
	at := a.Calendar.at()
	props := collectionProps
	if !a.Calendar.Sync {
		props = append([]xml.Name{ctagName, dav("sync-token")}, props...)
	}
	r, from, err := a.session.one(ctx, at, props)
	if err != nil {
		return calendar.About{}, err
	}
	if err := a.meet(ctx); err != nil {
		return calendar.About{}, err
	}
	auto, err := a.session.schedules(ctx, at)
	if err != nil {
		return calendar.About{}, err
	}
	p := placeOf(r, from)
	about := calendar.About{Name: p.Name, Write: p.Write, User: a.user(), Others: a.others(ctx), Sync: howChangesAreFound(a.Calendar.Sync, r)}
	about.FreeBusy = a.Person.Outbox != "" && len(a.Person.Emails) > 0
	about.Invites = auto && a.Person.Outbox != "" && !a.session.whole
	about.Silent = about.Invites          // the server itself puts a change into the guest's copy, RFC 6638 section 3.2.1
	about.Parts = about.Silent && !p.SOGo // a new component is news to servers, also where only its text is
	return about, nil
}

func howChangesAreFound(sync bool, r *resource) string {
	switch {
	case sync:
		return "one small request (sync-collection)"
	case r.collectionTag() != "":
		return "one small request, and a full listing when anything changed (getctag)"
	}
	return "a full listing each time: the server does not tell of changes"
}

// user is how the server knows us.
func (a *Account) user() string {
	var emails []string
	for _, address := range a.Person.Emails {
		emails = append(emails, strings.ToLower(address[len("mailto:"):]))
	}
	if len(emails) == 0 {
		return a.session.auth.user
	}
	return strings.Join(emails, ", ")
}

// others names the account's other calendars. They are good to know only: that they cannot be listed is no failure.
func (a *Account) others(ctx context.Context) []string {
	var found []place
	for _, home := range a.Person.Homes {
		at, err := url.Parse(home)
		if err != nil {
			continue
		}
		some, _, _ := a.finder.calendars(ctx, at)
		found = append(found, some...)
	}
	return listNames(slices.DeleteFunc(found, func(p place) bool { return samePath(pathOf(p.URL), a.Calendar.at().Path) }))
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
		at, err := from.Parse(hrefs[0])
		a.session.admit(at)
		return at, err
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
