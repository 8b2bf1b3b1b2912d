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

// longestQuery is the longest window that is asked for at once: Google does not say what it takes; clients report 90 days.
const longestQuery = 89 * 24 * time.Hour

// FreeBusy asks Google. It answers 200 also where it will not tell of a calendar: that is an error here, never free time.
func (a *Account) FreeBusy(ctx context.Context, email string, window calendar.Span) ([]calendar.Event, error) {
	if err := a.locate(ctx); err != nil {
		return nil, err
	}
	var out []calendar.Event
	for from := window.Start; from.Before(window.End); from = from.Add(longestQuery) {
		part := calendar.Span{Start: from, End: from.Add(longestQuery)}
		if part.End.After(window.End) {
			part.End = window.End
		}
		busy, err := a.ask(ctx, email, part)
		if err != nil {
			return nil, err
		}
		out = append(out, busy...)
	}
	return out, nil
}

func (a *Account) ask(ctx context.Context, email string, window calendar.Span) ([]calendar.Event, error) {
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
	case hasReason(found.Errors, "internalError"), hasReason(found.Errors, "backendError"):
		return nil, a.unanswered(email, calendar.Unreachable, errors.New("it could not be looked up"))
	case len(found.Errors) > 0:
		return nil, a.unanswered(email, calendar.Denied, fmt.Errorf("it is not told (%s)", reasons(found.Errors)))
	}
	return a.periods(email, found.Busy)
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
