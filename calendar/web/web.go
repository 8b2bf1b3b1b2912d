// Package web is what all calendars behind HTTP have in common: which addresses may be trusted with a secret, what a
// refusal means, and how much of an answer is read. It sends nothing; each adapter has a client of its own.
package web

import (
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"bilateral/calendar"
)

// SameOrigin reports whether two addresses have one scheme, host and port (RFC 6454 section 4): a secret for one may go to
// the other.
func SameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && Port(a) == Port(b)
}

// Port is the port of an address, also where its scheme says it; "" where nothing does.
func Port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

// Loopback reports whether an address is this machine's own, so that nobody on the way can read what is sent there.
func Loopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// Refusal says what a status that is no success means to a caller, and when the server wants to be asked again (UTC; zero
// where it does not say).
func Refusal(status int, header http.Header, now time.Time) (calendar.ErrorKind, time.Time) {
	again := retryAt(header.Get("Retry-After"), now)
	if status == http.StatusServiceUnavailable && !again.IsZero() {
		return calendar.Quota, again
	}
	return KindOf(status), again
}

// KindOf says what a status that is no success means to a caller.
func KindOf(status int) calendar.ErrorKind {
	switch status {
	case http.StatusUnauthorized:
		return calendar.SignIn
	case http.StatusForbidden, http.StatusInsufficientStorage, http.StatusRequestEntityTooLarge:
		return calendar.Denied
	case http.StatusNotFound, http.StatusGone:
		return calendar.Gone
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return calendar.Unsupported
	case http.StatusPreconditionFailed, http.StatusLocked:
		return calendar.Conflict
	case http.StatusTooManyRequests:
		return calendar.Quota
	case http.StatusRequestTimeout:
		return calendar.Unreachable
	}
	if status >= 500 {
		return calendar.Unreachable
	}
	return calendar.BadData
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
