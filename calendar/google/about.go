package google

import (
	"context"
	"fmt"
	"slices"

	"bilateral/calendar"

	gcal "google.golang.org/api/calendar/v3"
)

// roles that may write.
var writers = []string{"owner", "writer", "writerWithoutPrivateAccess"}

// About looks at the calendar and at the list of the account's calendars. The list is another scope, and may be had or not:
// the events alone tell the name and the rights.
func (a *Account) About(ctx context.Context) (calendar.About, error) {
	if err := a.locate(ctx); err != nil {
		return calendar.About{}, err
	}
	answer, err := a.service.Events.List(a.ID).MaxResults(1).Context(ctx).Do()
	if err != nil {
		return calendar.About{}, a.failed("read", a.wanted, err)
	}
	about := calendar.About{
		Name: answer.Summary, Write: slices.Contains(writers, answer.AccessRole), Invites: true, FreeBusy: true, Silent: true,
		Sync:  "changes only (sync token)",
		Notes: []string{fmt.Sprintf("you are its %s; its time zone is %s", roleNames[answer.AccessRole], answer.TimeZone)},
	}
	a.lookAround(ctx, &about)
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

// lookAround adds what the list of calendars tells: who is signed in, the other calendars, the kinds of video link.
func (a *Account) lookAround(ctx context.Context, about *calendar.About) {
	_ = a.service.CalendarList.List().ShowHidden(true).MaxResults(250).Pages(ctx, func(page *gcal.CalendarList) error {
		for _, c := range page.Items {
			if c.Primary {
				about.User = c.Id
			}
			if c.Id != a.ID && !(c.Primary && a.ID == Primary) {
				about.Others = append(about.Others, named(c))
				continue
			}
			about.Address = c.Id
			links := c.ConferenceProperties
			if about.Write && links != nil && !slices.Contains(links.AllowedConferenceSolutionTypes, "hangoutsMeet") {
				about.Notes = append(about.Notes, `no Meet links can be made in it: conference = "meet" would have no effect`)
			}
		}
		return nil
	})
}
