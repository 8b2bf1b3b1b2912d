package caldav

import (
	"context"
	"encoding/xml"
	"net/url"
	"strings"
	"time"

	"bilateral/calendar"
)

// hours is what the calendar's owner has set as their available times, RFC 7953: the calendar-availability property of
// their schedule inbox. Who asks the server for their busy time gets it counted in; who reads their calendar does not.
type hours struct {
	Asked time.Time
	Data  []byte
}

// hoursName is what the hours are called among the objects of a calendar. It is no path, so that it is none of theirs.
const hoursName = "availability"

// hoursAge is for how long they are taken to hold: people change them when they change jobs.
const hoursAge = 24 * time.Hour

// readHours asks for the owner's hours once a day. That they cannot be had is no failure, since most people have none set,
// and most servers show them to nobody else.
func (a *Account) readHours(ctx context.Context) {
	if age := a.now().Sub(a.Hours.Asked); age >= 0 && age < hoursAge {
		return
	}
	data, err := a.askHours(ctx)
	if err != nil && !kindIs(err, calendar.Denied, calendar.Gone, calendar.Unsupported, calendar.BadData) {
		return // the next look may have more luck
	}
	a.Hours, a.save = hours{Asked: a.now(), Data: data}, true
	a.presentHours()
}

func (a *Account) askHours(ctx context.Context) ([]byte, error) {
	inbox, err := a.ownersInbox(ctx)
	if err != nil || inbox == "" {
		return nil, err
	}
	at, err := url.Parse(inbox)
	if err != nil {
		return nil, nil
	}
	name := caldav("calendar-availability")
	r, _, err := a.session.one(ctx, at, []xml.Name{name})
	if err != nil {
		return nil, err
	}
	if text := r.prop(name); text != nil && strings.TrimSpace(text.text) != "" {
		return []byte(text.text), nil
	}
	return nil, nil
}

// ownersInbox is the schedule inbox of whom the calendar belongs to; "" where that is not known.
func (a *Account) ownersInbox(ctx context.Context) (string, error) {
	if a.Place.Owner == "" {
		return "", nil
	}
	if samePath(pathOf(a.Place.Owner), pathOf(a.Place.Principal)) {
		err := a.meet(ctx)
		return a.Person.Inbox, err
	}
	principal, err := url.Parse(a.Place.Owner)
	if err != nil {
		return "", nil
	}
	who, err := a.session.person(ctx, principal)
	return who.Inbox, err
}

// presentHours puts the hours before the parser.
func (a *Account) presentHours() {
	if len(a.Hours.Data) == 0 {
		a.held.Drop(hoursName)
		return
	}
	a.held.Put(hoursName, fingerprint(a.Hours.Data), a.Hours.Data)
}
