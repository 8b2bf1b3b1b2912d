package google

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"bilateral/calendar"

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
		e.Kind, e.RetryAt, e.Err = kindOf(said), retryAt(said.Header.Get("Retry-After"), a.now()), inWords(said)
		if said.Code == http.StatusServiceUnavailable && !e.RetryAt.IsZero() {
			e.Kind = calendar.Quota
		}
	case errors.Is(err, errTooLong), errors.Is(err, errEndless):
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

func kindOf(e *googleapi.Error) calendar.ErrorKind {
	switch {
	case e.Code == http.StatusUnauthorized:
		return calendar.SignIn
	case e.Code == http.StatusTooManyRequests, e.Code == http.StatusForbidden && slices.ContainsFunc(limits, func(r string) bool { return gives(e, r) }):
		return calendar.Quota
	case e.Code == http.StatusForbidden:
		return calendar.Denied
	case e.Code == http.StatusNotFound, e.Code == http.StatusGone:
		return calendar.Gone
	case e.Code == http.StatusConflict:
		return calendar.Exists
	case e.Code == http.StatusPreconditionFailed:
		return calendar.Conflict
	case e.Code >= 500, e.Code == http.StatusRequestTimeout:
		return calendar.Unreachable
	}
	return calendar.BadData
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

// retryAt reads Retry-After, RFC 9110 section 10.2.3: seconds or a date. Zero if it says neither.
func retryAt(value string, now time.Time) time.Time {
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return now.Add(time.Duration(seconds) * time.Second).UTC()
	}
	t, err := http.ParseTime(value)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// maxAnswer is the longest answer that is read: a page of 2,500 events has about 5 MB.
const maxAnswer = 128 << 20

var errTooLong = errors.New("the answer is longer than 128 MB")

// bounded is the client with a limit to what it reads, since Google's code reads every answer whole.
func bounded(c *http.Client) *http.Client {
	limited := *c
	limited.Transport = bound{c.Transport}
	return &limited
}

type bound struct{ base http.RoundTripper }

func (b bound) RoundTrip(r *http.Request) (*http.Response, error) {
	base := b.base
	if base == nil {
		base = http.DefaultTransport
	}
	answer, err := base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = &boundBody{ReadCloser: answer.Body, left: maxAnswer}
	return answer, nil
}

type boundBody struct {
	io.ReadCloser
	left int64
}

func (b *boundBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLong
	}
	return n, err
}
