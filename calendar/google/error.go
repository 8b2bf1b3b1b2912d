package google

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bilateral/calendar"
	"bilateral/calendar/web"

	"google.golang.org/api/googleapi"
)

// failed is an error of a call about a calendar.
func (a *Account) failed(op, calendar string, err error) error {
	return a.typed(op, "Google calendar "+calendar, err)
}

// failed is an error of a call about the event that is being written.
func (w *writing) failed(op string, err error) error { return w.typed(op, "Google event "+w.uid, err) }

// typed types an error of a call. What is typed already (by the sign-in below the client) stays as it is.
func (a *Account) typed(op, target string, err error) error {
	var typed *calendar.Error
	var said *googleapi.Error
	var outer *url.Error
	e := &calendar.Error{Op: op, Target: target, Err: err}
	switch {
	case err == nil:
		return nil
	case errors.As(err, &typed):
		return typed
	case errors.As(err, &said):
		e.Kind, e.RetryAt = web.Refusal(said.Code, said.Header, a.now())
		e.Kind, e.Err = means(said, e.Kind), inWords(said)
	case errors.Is(err, web.ErrTooLong), errors.Is(err, errEndless):
		e.Kind = calendar.BadData
	case errors.As(err, &outer): // it repeats the address
		e.Kind, e.Err = calendar.Unreachable, outer.Err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, io.ErrUnexpectedEOF):
		e.Kind = calendar.Unreachable
	default: // what is left is JSON that could not be read
		e.Kind = calendar.BadData
	}
	return e
}

// limits are the reasons that Google gives with 403 where it means: not now.
var limits = []string{"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "calendarUsageLimitsExceeded"}

// means is the kind of a refusal: what its status means anywhere, but for two that Google gives a meaning of its own.
func means(e *googleapi.Error, usual calendar.ErrorKind) calendar.ErrorKind {
	switch {
	case e.Code == http.StatusForbidden && slices.ContainsFunc(limits, func(r string) bool { return gives(e, r) }):
		return calendar.Quota
	case e.Code == http.StatusConflict:
		return calendar.Exists
	}
	return usual
}

// hasCode reports whether an error is an answer with one of these status codes.
func hasCode(err error, codes ...int) bool {
	var said *googleapi.Error
	return errors.As(err, &said) && slices.Contains(codes, said.Code)
}

func gives(e *googleapi.Error, reason string) bool {
	return slices.ContainsFunc(e.Errors, func(i googleapi.ErrorItem) bool { return i.Reason == reason })
}

// inWords is what Google said, on one line and no longer than people read. Its body is not repeated: it may hold anything.
func inWords(e *googleapi.Error) error {
	said := strings.Join(strings.Fields(e.Message), " ")
	if runes := []rune(said); len(runes) > 160 {
		said = string(runes[:160]) + "…"
	}
	if said == "" {
		said = http.StatusText(e.Code)
	}
	if len(e.Errors) > 0 && e.Errors[0].Reason != "" {
		said += " (" + e.Errors[0].Reason + ")"
	}
	return fmt.Errorf("the server answered %d: %s", e.Code, said)
}

// maxAnswer is the longest answer that is read: a page of 2,500 events has about 5 MB.
const maxAnswer = 128 << 20

// bounded is the client with a limit to what it reads, since Google's code reads every answer whole.
func bounded(c *http.Client) *http.Client {
	limited := *c
	limited.Transport = bound{cmp.Or(c.Transport, http.DefaultTransport)}
	return &limited
}

type bound struct{ base http.RoundTripper }

func (b bound) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{web.Limited(answer.Body, maxAnswer), answer.Body}
	return answer, nil
}
