package google

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"bilateral/calendar"

	gcal "google.golang.org/api/calendar/v3"
)

// locate opens the mirror and finds the calendar's id: what was configured or, for a display name, what the list of
// calendars says.
func (a *Account) locate(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return a.failed("read", a.wanted, err)
	}
	a.open()
	if a.ID != "" {
		return nil
	}
	if a.wanted == Primary || strings.Contains(a.wanted, "@") {
		a.ID = a.wanted
		return nil
	}
	id, err := a.named(ctx, a.wanted)
	if err != nil {
		return err
	}
	a.ID = id
	return nil
}

// named finds the one calendar with a display name.
func (a *Account) named(ctx context.Context, name string) (string, error) {
	list, err := a.calendars(ctx)
	if err != nil {
		return "", err
	}
	var ids, all []string
	for _, c := range list {
		title := cmp.Or(c.SummaryOverride, c.Summary)
		all = append(all, fmt.Sprintf("%q", title))
		if strings.EqualFold(title, name) || strings.EqualFold(c.Summary, name) {
			ids = append(ids, c.Id)
		}
	}
	switch {
	case len(ids) == 1:
		return ids[0], nil
	case len(ids) > 1:
		return "", &calendar.Error{Kind: calendar.Gone, Op: "find", Target: name,
			Err: fmt.Errorf("%d calendars have that name: take the id of one, %s", len(ids), strings.Join(ids, " or "))}
	}
	slices.Sort(all)
	return "", &calendar.Error{Kind: calendar.Gone, Op: "find", Target: name, Err: fmt.Errorf("no calendar of this account has that name; there are %s", strings.Join(all, ", "))}
}

// calendars lists the account's calendars, hidden ones too; beside an error those of the pages that came.
func (a *Account) calendars(ctx context.Context) (list []*gcal.CalendarListEntry, err error) {
	err = a.service.CalendarList.List().ShowHidden(true).MaxResults(250).Pages(ctx, func(page *gcal.CalendarList) error {
		list = append(list, page.Items...)
		return nil
	})
	return list, a.failed("read the list of calendars for", a.wanted, err)
}
