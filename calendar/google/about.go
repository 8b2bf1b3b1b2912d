package google

import (
	"context"
	"slices"

	"bilateral/calendar"
)

// roles that may write.
var writers = []string{"owner", "writer", "writerWithoutPrivateAccess"}

// About looks at the calendar. Its list of events tells the name and the rights, and needs no more than the scope for
// events.
func (a *Account) About(ctx context.Context) (calendar.About, error) {
	if err := a.locate(ctx); err != nil {
		return calendar.About{}, err
	}
	answer, err := a.service.Events.List(a.ID).MaxResults(1).Context(ctx).Do()
	if err != nil {
		return calendar.About{}, a.failed("read", a.wanted, err)
	}
	return calendar.About{
		Name: answer.Summary, Write: slices.Contains(writers, answer.AccessRole), Invites: true, FreeBusy: true, Silent: true,
		Sync: "changes only (sync token)",
	}, nil
}
