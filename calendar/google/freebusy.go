package google

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"

	gcal "google.golang.org/api/calendar/v3"
)

// shortest is how far a window is halved where Google finds it too long.
const shortest = 24 * time.Hour

// FreeBusy asks Google. It answers 200 also where it will not tell of a calendar: that is an error here, never free time.
func (a *Account) FreeBusy(ctx context.Context, email string, window calendar.Span) ([]calendar.Event, error) {
	if err := a.locate(ctx); err != nil {
		return nil, err
	}
	answer, err := a.service.Freebusy.Query(&gcal.FreeBusyRequest{
		TimeMin: window.Start.UTC().Format(time.RFC3339), TimeMax: window.End.UTC().Format(time.RFC3339),
		Items: []*gcal.FreeBusyRequestItem{{Id: email}},
	}).Context(ctx).Do()
	if err != nil {
		return nil, a.failed("ask free/busy of", email, err)
	}
	found, told := theirs(answer, email)
	switch {
	case !told:
		return nil, a.unanswered(email, calendar.Denied, errors.New("the answer does not speak of that calendar"))
	case hasReason(found.Errors, "timeRangeTooLong") && window.Length() > shortest:
		return a.halves(ctx, email, window)
	case hasReason(found.Errors, "internalError"), hasReason(found.Errors, "backendError"):
		return nil, a.unanswered(email, calendar.Unreachable, errors.New("it could not be looked up"))
	case len(found.Errors) > 0:
		return nil, a.unanswered(email, calendar.Denied, fmt.Errorf("it is not told (%s)", reasons(found.Errors)))
	}
	return a.periods(email, found.Busy)
}

// halves asks for a window in two parts.
func (a *Account) halves(ctx context.Context, email string, window calendar.Span) ([]calendar.Event, error) {
	middle := window.Start.Add(window.Length() / 2).Truncate(time.Minute)
	first, err := a.FreeBusy(ctx, email, calendar.Span{Start: window.Start, End: middle})
	if err != nil {
		return nil, err
	}
	second, err := a.FreeBusy(ctx, email, calendar.Span{Start: middle, End: window.End})
	return append(first, second...), err
}

func theirs(answer *gcal.FreeBusyResponse, email string) (gcal.FreeBusyCalendar, bool) {
	for id, c := range answer.Calendars {
		if strings.EqualFold(id, email) {
			return c, true
		}
	}
	return gcal.FreeBusyCalendar{}, false
}

func hasReason(list []*gcal.Error, reason string) bool {
	return slices.ContainsFunc(list, func(e *gcal.Error) bool { return e.Reason == reason })
}

func reasons(list []*gcal.Error) string {
	var out []string
	for _, e := range list {
		out = append(out, e.Reason)
	}
	return strings.Join(out, ", ")
}

// periods reads an answer whole or not at all: a part that is not understood must not read as free.
func (a *Account) periods(email string, busy []*gcal.TimePeriod) ([]calendar.Event, error) {
	var out []calendar.Event
	for _, p := range busy {
		start, err := time.Parse(time.RFC3339, p.Start)
		end, err2 := time.Parse(time.RFC3339, p.End)
		if err := errors.Join(err, err2); err != nil || end.Before(start) {
			return nil, a.unanswered(email, calendar.BadData, fmt.Errorf("from %.40q to %.40q is no time", p.Start, p.End))
		}
		out = append(out, calendar.Event{Span: calendar.Span{Start: start, End: end}.UTC(), Anonymous: true})
	}
	return out, nil
}

func (a *Account) unanswered(email string, kind calendar.ErrorKind, err error) error {
	return &calendar.Error{Kind: kind, Op: "ask free/busy of", Target: "Google calendar " + email, Err: err}
}
