package caldav

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"syscall"

	"bilateral/calendar"
	"bilateral/calendar/web"
)

func failed(kind calendar.ErrorKind, op string, at *url.URL, err error) *calendar.Error {
	return &calendar.Error{Kind: kind, Reason: reasonOf(err), Op: op, Target: shown(at), Err: err}
}

func reasonOf(err error) calendar.Reason {
	var said *statusError
	switch {
	case errors.Is(err, errElsewhere):
		return calendar.Elsewhere
	case errors.Is(err, errNoXML):
		return calendar.WebPage
	case errors.As(err, &said) && said.status == http.StatusInsufficientStorage:
		return calendar.NoRoom
	case errors.As(err, &said) && said.status == http.StatusInternalServerError:
		return calendar.Failing
	}
	return calendar.Unsaid
}

// shown is an address as people may see it.
func shown(u *url.URL) string { return u.Host + u.Path }

// unanswered types an error of sending or reading. It drops the url.Error around the cause, which repeats the address.
func (s *session) unanswered(op string, at *url.URL, err error) error {
	var typed *calendar.Error
	var outer *url.Error
	switch {
	case errors.As(err, &typed):
		return err
	case errors.Is(err, errElsewhere):
		return failed(calendar.BadData, op, at, err)
	case errors.As(err, &outer):
		err = outer.Err
	}
	return failed(calendar.Unreachable, op, at, inWords(err))
}

// plainly is an error in words for people.
type plainly struct {
	error
	words string
}

func (p *plainly) Error() string { return p.words }
func (p *plainly) Unwrap() error { return p.error }

// inWords says what the net package says in the terms of programs.
func inWords(err error) error {
	var broken net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return &plainly{err, "it was interrupted"}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &broken) && broken.Timeout():
		return &plainly{err, "the server did not answer in time"}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return &plainly{err, "the connection broke off"}
	}
	return err
}

// unread types an error of reading an answer's body.
func (s *session) unread(op string, at *url.URL, err error) error {
	var broken net.Error
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &broken) {
		return failed(calendar.Unreachable, op, at, inWords(err))
	}
	return failed(calendar.BadData, op, at, err)
}

// statusError is what a server said instead of doing what it was asked.
type statusError struct {
	status     int
	conditions string // the preconditions that its body names
	inside     bool   // of a 207
}

func (e *statusError) Error() string {
	said := fmt.Sprintf("the server answered %d %s", e.status, http.StatusText(e.status))
	if e.inside {
		said = fmt.Sprintf("the server answered 207, with %d %s inside", e.status, http.StatusText(e.status))
	}
	if e.conditions != "" {
		said += " (" + e.conditions + ")"
	}
	return said
}

// refused types a status that is no success. It reads the precondition that the answer may name.
func (s *session) refused(op string, a *answer) *calendar.Error {
	said := &statusError{status: a.status, conditions: condition(a.body)}
	kind, again := web.Refusal(a.status, a.header, s.now())
	e := failed(kind, op, a.url, said)
	e.RetryAt = again
	return e
}

// kindIs is for the few errors that lead to another way.
func kindIs(err error, kinds ...calendar.ErrorKind) bool {
	return err != nil && slices.Contains(kinds, calendar.KindOf(err))
}
