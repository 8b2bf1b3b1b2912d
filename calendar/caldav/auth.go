package caldav

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"bilateral/calendar"
	"bilateral/calendar/web"
)

// authenticator adds credentials to requests. The secret is asked for when it is first needed, and again when the server
// no longer takes it, so that a rotated password works without a restart.
type authenticator struct {
	user   string
	secret func(context.Context) (string, error)

	held   string
	asked  bool
	scheme scheme
	digest *digest
	host   string // that digest is for
}

type scheme uint8

const (
	unknown scheme = iota // nothing heard from the server yet
	basic
	digested
)

// sign sets the Authorization header. A password goes out unasked only where nobody on the way can read it.
func (a *authenticator) sign(ctx context.Context, req *http.Request) error {
	if a.secret == nil {
		return nil
	}
	if err := a.ask(ctx, req.URL); err != nil {
		return err
	}
	switch {
	case a.scheme == digested:
		req.Header.Set("Authorization", a.digest.authorize(a.user, a.held, req.Method, req.URL.RequestURI()))
	case a.scheme == basic, req.URL.Scheme == "https", web.Loopback(req.URL):
		req.SetBasicAuth(a.user, a.held)
	}
	return nil
}

func (a *authenticator) ask(ctx context.Context, at *url.URL) error {
	if a.asked {
		return nil
	}
	secret, err := a.secret(ctx)
	if err != nil {
		return failed(calendar.SignIn, "sign in at", at, err)
	}
	a.held, a.asked = secret, true
	return nil
}

// challenged reads a 401 and reports whether to try again: with another scheme, a fresh nonce, or a secret that changed.
func (a *authenticator) challenged(ctx context.Context, resp *http.Response) (bool, error) {
	if a.secret == nil {
		return false, nil
	}
	sent := resp.Request.Header.Get("Authorization") != ""
	offered := parseChallenges(resp.Header.Values("WWW-Authenticate"))
	if d := offered.digest; d != nil && (!offered.basic || !sent || a.scheme == digested) {
		at := resp.Request.URL.Host
		fresh := a.scheme != digested || d.stale || a.host != at
		a.scheme, a.digest, a.host = digested, d, at
		if fresh {
			return true, nil
		}
	}
	if offered.basic && !sent {
		a.scheme = basic
		return true, nil
	}
	return a.renewed(ctx, resp.Request.URL)
}

// renewed asks for the secret again and reports whether it is another one.
func (a *authenticator) renewed(ctx context.Context, at *url.URL) (bool, error) {
	old := a.held
	a.asked = false
	if err := a.ask(ctx, at); err != nil {
		var typed *calendar.Error
		if errors.As(err, &typed) && ctx.Err() != nil {
			typed.Kind = calendar.Unreachable
		}
		return false, err
	}
	return a.held != old, nil
}
