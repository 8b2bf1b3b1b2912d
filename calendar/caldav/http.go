package caldav

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/web"
)

const (
	maxHops = 5

	// Answers may be this long, unpacked. The short one is for what tells of a single resource, the long one for listings and
	// for a first pass, which may be a whole calendar.
	maxShort   = 1 << 20
	maxAnswer  = 16 << 20
	maxListing = 64 << 20

	// A request takes no longer than this, whatever its context allows: a server that sends a byte a second is as good as dead.
	maxWait        = time.Minute
	maxWaitListing = 5 * time.Minute
)

var errElsewhere = errors.New("redirected")

// session sends requests to one server.
type session struct {
	client *http.Client
	origin *url.URL   // credentials go there
	named  []*url.URL // and to these: trust.go
	auth   *authenticator
	now    func() time.Time
	heard  time.Time // the server's clock, in its last answer
	ahead  time.Duration
	// whole: the server can tell guests of a whole series only. DAViCal (1.1.12 was tried) delivers a new series to its
	// guests, and of a later change the series' own time and text. An instance that stands elsewhere or says something else
	// reaches nobody, and where it names a guest, as it must, the whole write ends in a 500 for as long as the guest has not
	// emptied their inbox. So it is not taken for a server that invites, and is told so: [ical.Unserved].
	whole bool

	progress func(done, total int) // or nil
	seen     int                   // objects that the long question in hand has named so far
}

// tell tells of progress.
func (s *session) tell(done, total int) {
	if s.progress != nil {
		s.progress(done, total)
	}
}

// request is one question to the server.
type request struct {
	method string
	url    *url.URL
	depth  string
	header http.Header
	body   []byte
	media  string // Content-Type of the body; "": XML
	long   bool   // the answer may be a whole calendar
	slow   bool   // the server may have to read a whole calendar for it
	op     string // for errors: "read", "write", …
}

// answer is what came back. Its body must be closed.
type answer struct {
	status int
	header http.Header
	url    *url.URL // after redirects
	body   io.Reader
	long   bool
	close  func()
}

func newSession(client *http.Client, origin *url.URL, auth *authenticator, now func() time.Time) *session {
	c := *client
	// Go's own rule turns PROPFIND into GET and sends credentials on to subdomains and other ports.
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &session{client: &c, origin: origin, auth: auth, now: now}
}

// do sends a request, follows redirects inside the origin with the same method, and signs in. Any status is an answer;
// only no answer is an error.
func (s *session) do(ctx context.Context, r request) (*answer, error) {
	wait := maxWait
	if r.long || r.slow {
		wait = maxWaitListing
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	a, err := s.follow(ctx, r)
	if err != nil {
		cancel()
		return nil, err
	}
	shut := a.close
	a.close = func() { shut(); cancel() }
	return a, nil
}

// follow asks where the redirects lead.
func (s *session) follow(ctx context.Context, r request) (*answer, error) {
	at := r.url
	for range maxHops + 1 {
		resp, err := s.signed(ctx, r, at)
		if err != nil {
			return nil, s.unanswered(r.op, at, err)
		}
		s.meet(resp)
		next, err := redirect(at, resp)
		if err == nil && next == nil {
			return s.answer(r, at, resp)
		}
		resp.Body.Close()
		if err != nil {
			return nil, failed(calendar.BadData, r.op, at, err)
		}
		at = next
	}
	return nil, failed(calendar.BadData, r.op, r.url, fmt.Errorf("%w more than %d times", errElsewhere, maxHops))
}

// meet learns from an answer what time it is there, and which server it is.
func (s *session) meet(resp *http.Response) {
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		s.heard, s.ahead = date, date.Sub(s.now()).Round(time.Second)
	}
	s.whole = s.whole || resp.Header.Get("X-DAViCal-Version") != ""
}

// stamp dates what is written. Where the server's clock is ahead of ours it counts: a scheduling server drops a change
// that looks older than the guest's answer, which it dated itself (RFC 5546 section 2.1.5).
func (s *session) stamp() time.Time {
	if now := s.now(); now.After(s.heard) {
		return now
	}
	return s.heard
}

func (s *session) answer(r request, at *url.URL, resp *http.Response) (*answer, error) {
	limit := int64(maxAnswer)
	switch {
	case r.long:
		limit = maxListing
	case r.depth == "0":
		limit = maxShort
	}
	body, err := web.Unpacked(resp)
	if err != nil {
		resp.Body.Close()
		return nil, failed(calendar.BadData, r.op, at, err)
	}
	return &answer{status: resp.StatusCode, header: resp.Header, url: at, body: web.Limited(body, limit), long: r.long,
		close: func() { resp.Body.Close() }}, nil
}

// signed sends one request with credentials, again where the server asks for other ones.
func (s *session) signed(ctx context.Context, r request, at *url.URL) (*http.Response, error) {
	if !s.trusts(at) {
		return nil, fmt.Errorf("%w to %s://%s", errElsewhere, at.Scheme, at.Host)
	}
	for try := 0; ; try++ {
		req, err := newRequest(ctx, r, at)
		if err != nil {
			return nil, err
		}
		if err := s.auth.sign(ctx, req); err != nil {
			return nil, err
		}
		resp, err := s.client.Do(req)
		if err != nil || resp.StatusCode != http.StatusUnauthorized || try == 2 {
			return resp, err
		}
		again, err := s.auth.challenged(ctx, resp)
		if err != nil || !again {
			return resp, err
		}
		resp.Body.Close()
	}
}

func newRequest(ctx context.Context, r request, at *url.URL) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, at.String(), bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	if r.depth != "" {
		req.Header.Set("Depth", r.depth)
	}
	if len(r.body) > 0 {
		media := r.media
		if media == "" {
			media = "application/xml; charset=utf-8"
		}
		req.Header.Set("Content-Type", media)
	}
	req.Header.Set("User-Agent", "bilateral")
	if r.method == "PROPFIND" || r.method == "REPORT" {
		// Both are idempotent (RFC 4918 section 9.1, RFC 3253 section 3.6), which net/http knows of its own methods only: where the
		// server had closed a kept connection, it then asks again on a fresh one. SOGo closes each, and does not always say so.
		// Without a value the header is not sent.
		req.Header["Idempotency-Key"] = nil
	}
	return req, nil
}

// redirect returns where the answer sends us, or nil if it is no redirect. The method is kept, also for 301 and 302: no
// DAV server means GET by them. A 303 means just that, so it is no answer to a DAV question.
func redirect(from *url.URL, resp *http.Response) (*url.URL, error) {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	to, err := from.Parse(resp.Header.Get("Location"))
	if err != nil || resp.Header.Get("Location") == "" {
		return nil, fmt.Errorf("%w to no valid address", errElsewhere)
	}
	to.User, to.Fragment = nil, ""
	if !web.SameOrigin(from, to) {
		return nil, fmt.Errorf("%w to %s://%s", errElsewhere, to.Scheme, to.Host)
	}
	return to, nil
}
