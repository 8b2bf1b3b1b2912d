package google

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bilateral/calendar"

	gcal "google.golang.org/api/calendar/v3"
)

// roles that may write.
var writers = []string{"owner", "writer", "writerWithoutPrivateAccess"}

// About tells of the calendar what the answers about its events say, and what the list of the account's calendars said not
// long ago. The list is another scope, and may be had or not: the events alone tell the name and the rights.
func (a *Account) About(ctx context.Context) (calendar.About, error) {
	if err := a.locate(ctx); err != nil {
		return calendar.About{}, err
	}
	if !a.followed {
		if err := a.follow(ctx); err != nil {
			return calendar.About{}, err
		}
	}
	a.lookAround(ctx)
	about := calendar.About{
		Name: a.Title, Write: slices.Contains(writers, a.Role), Invites: true, FreeBusy: true, Silent: true,
		Sync:    "changes only (sync token)",
		Address: a.Around.Address, User: a.Around.User, Others: a.Around.Others,
		Notes: []string{fmt.Sprintf("you are its %s; its time zone is %s", roleNames[a.Role], a.Zone)},
	}
	if about.Write && a.Around.NoMeet {
		about.Notes = append(about.Notes, `no Meet links can be made in it: conference = "meet" would have no effect`)
	}
	return about, nil
}

var roleNames = map[string]string{"owner": "owner", "writer": "editor", "writerWithoutPrivateAccess": "editor (but for private events)",
	"reader": "reader", "freeBusyReader": "reader (of busy times alone)"}

// named is a calendar as people and the config call it.
func named(c *gcal.CalendarListEntry) string {
	if c.Summary == c.Id {
		return c.Id
	}
	return fmt.Sprintf("%s (%s)", c.Summary, c.Id)
}

// around is what the list of calendars tells: who is signed in, the calendar's address, the other calendars, whether the
// calendar knows no Meet links.
type around struct {
	Looked        time.Time
	User, Address string
	Others        []string
	NoMeet        bool
}

// lookAgain is how long the list of calendars is taken to hold: a restart is to cost no more than a pass.
const lookAgain = 24 * time.Hour

// lookAround reads the list of calendars, unless that was done a short while ago. Without an answer nothing is known.
func (a *Account) lookAround(ctx context.Context) {
	now := a.now().UTC()
	if age := now.Sub(a.Around.Looked); !a.Around.Looked.IsZero() && age >= 0 && age < lookAgain {
		return
	}
	list, err := a.calendars(ctx)
	switch calendar.KindOf(err) {
	case calendar.Unreachable, calendar.Quota, calendar.BadData:
		return // it may answer next time
	}
	found := around{Looked: now}
	for _, c := range list {
		found.add(c, a.ID)
	}
	a.Around, a.save = found, true
	a.keep()
}

// add takes one calendar of the list; id is the one that all is about.
func (r *around) add(c *gcal.CalendarListEntry, id string) {
	if c.Primary {
		r.User = c.Id
	}
	if c.Id != id && !(c.Primary && id == Primary) {
		r.Others = append(r.Others, named(c))
		return
	}
	links := c.ConferenceProperties
	r.Address, r.NoMeet = c.Id, links != nil && !slices.Contains(links.AllowedConferenceSolutionTypes, "hangoutsMeet")
}
