package feed

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"bilateral/calendar"
	"bilateral/calendar/ical"
	"bilateral/calendar/web"
)

// maxHops is how many redirects are followed.
const maxHops = 5

// errElsewhere is a redirect that is not followed.
var errElsewhere = errors.New("redirected")

// guarded returns the client with redirects kept to the same origin, or from http to https of the same host. Go's own rule
// sends credentials on to subdomains and other ports, and the secret path of a feed anywhere.
func guarded(client *http.Client) *http.Client {
	c := *client
	c.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		from := via[len(via)-1].URL
		if len(via) > maxHops {
			return fmt.Errorf("%w more than %d times", errElsewhere, maxHops)
		}
		if !web.SameOrigin(from, next.URL) && !upgrade(from, next.URL) {
			return fmt.Errorf("%w to %s://%s: if that is right, put the new address into the configuration",
				errElsewhere, next.URL.Scheme, next.URL.Host)
		}
		return nil
	}
	return &c
}

func upgrade(from, to *url.URL) bool {
	return strings.EqualFold(from.Hostname(), to.Hostname()) &&
		from.Scheme == "http" && web.Port(from) == "80" && to.Scheme == "https" && web.Port(to) == "443"
}

// get asks for the feed.
func (a *Account) get(ctx context.Context) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.address.String(), nil)
	if err != nil {
		return nil, a.failed(calendar.BadData, errors.New("the address cannot be asked for"))
	}
	req.Header.Set("Accept", "text/calendar, */*;q=0.1")
	if a.login.Secret != nil && a.secret == "" {
		if a.secret, err = a.login.Secret(ctx); err != nil {
			return nil, a.failed(calendar.SignIn, err)
		}
	}
	if a.login.Username != "" || a.secret != "" {
		req.SetBasicAuth(a.login.Username, a.secret)
	}
	if a.read && a.etag != "" {
		req.Header.Set("If-None-Match", a.etag)
	}
	if a.read && a.modified != "" {
		req.Header.Set("If-Modified-Since", a.modified)
	}
	resp, err := a.client.Do(req)
	if err != nil {
		return nil, a.unanswered(err)
	}
	return resp, nil
}

// rotated asks for the password again and reports whether it is another one. One that cannot be had is asked for with the
// next look.
func (a *Account) rotated(ctx context.Context) bool {
	if a.login.Secret == nil {
		return false
	}
	old := a.secret
	secret, err := a.login.Secret(ctx)
	a.secret = secret
	return err == nil && secret != old
}

// fetch gets the feed unless it is the one we have (RFC 9110 section 13.1).
func (a *Account) fetch(ctx context.Context) error {
	resp, err := a.get(ctx)
	if err == nil && resp.StatusCode == http.StatusUnauthorized && a.rotated(ctx) {
		resp.Body.Close()
		resp, err = a.get(ctx)
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotModified && a.read:
		return nil
	case resp.StatusCode != http.StatusOK:
		return a.refused(resp)
	}
	data, err := a.body(resp)
	if err != nil {
		return err
	}
	// Validators only of a text that was understood: a 304 must never stand for one that was not.
	if err := a.take(data); err != nil {
		return err
	}
	a.etag, a.modified = resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
	return nil
}

func (a *Account) failed(kind calendar.ErrorKind, err error) *calendar.Error {
	return &calendar.Error{Kind: kind, Op: "read", Target: a.shown, Err: err}
}

// unanswered drops the url.Error around the cause, which has the whole address in it.
func (a *Account) unanswered(err error) error {
	kind := calendar.Unreachable
	if errors.Is(err, errElsewhere) {
		kind = calendar.BadData
	}
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	return a.failed(kind, err)
}

func (a *Account) refused(resp *http.Response) error {
	kind, again := web.Refusal(resp.StatusCode, resp.Header, a.now())
	e := a.failed(kind, fmt.Errorf("the server answered %d %s", resp.StatusCode, http.StatusText(resp.StatusCode)))
	e.RetryAt = again
	return e
}

// body reads the answer, up to ical.MaxBytes after unpacking.
func (a *Account) body(resp *http.Response) ([]byte, error) {
	r, err := web.Unpacked(resp)
	if err != nil {
		return nil, a.failed(calendar.BadData, err)
	}
	data, err := limited(r)
	switch {
	case errors.Is(err, errTooLong), errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return nil, a.failed(calendar.BadData, err)
	case err != nil:
		return nil, a.unanswered(err)
	}
	return data, nil
}

var errTooLong = fmt.Errorf("it is longer than the %d MiB that are read", ical.MaxBytes>>20)

func limited(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, ical.MaxBytes+1))
	if err == nil && len(data) > ical.MaxBytes {
		return nil, errTooLong
	}
	return data, err
}
