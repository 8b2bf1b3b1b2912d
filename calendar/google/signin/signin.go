// Package signin signs in to Google and stays signed in.
//
// There are two ways. A person signs in once with [Login], through an OAuth client of type "Desktop app": the browser
// comes back to a port of this machine (RFC 8252 section 7.3) and the code it brings is worth nothing without the verifier
// that never left this process (PKCE, RFC 7636). Or a service account's key speaks for itself, or for the person named as
// subject where an administrator allowed that. [Client] turns either into an http.Client for the API.
//
// What Google gave is kept in one file, mode 0600, replaced whole and under a lock: the daemon and the command line share
// it, and each uses what the other renewed.
package signin

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"bilateral/calendar"
)

// Options say who signs in, and where the sign-in is kept.
type Options struct {
	Calendar      string                                // its name in the config, for errors
	Credentials   []byte                                // the JSON that Google gives: an OAuth client (installed or web), or a service account's key
	Subject       string                                // service account only: whom to act for; "": itself
	AuthEndpoint  string                                // "": as Credentials say
	TokenEndpoint string                                // "": as Credentials say
	Endpoint      string                                // of the Calendar API, to ask whose account it is; "": Google's
	TokenFile     string                                // where the sign-in is kept; a lock stands beside it
	Token         func(context.Context) (string, error) // the content of such a file from elsewhere, read-only; nil: TokenFile alone
	Scopes        []string                              // what is needed: see [Scopes]
	Base          *http.Client                          // nil: http.DefaultClient
	Now           func() time.Time                      // nil: the real clock. Never a pretended one: tokens end in real time
}

func (o *Options) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

// client is what token requests are sent with. It follows no redirect: a secret is for the host that it was meant for.
func (o *Options) client() *http.Client {
	var c http.Client
	if o.Base != nil {
		c = *o.Base
	}
	c.Transport = cmp.Or(c.Transport, http.DefaultTransport)
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// fails wraps what stands in the way as an adapter's error.
func (o *Options) fails(kind calendar.ErrorKind, err error) error {
	return &calendar.Error{Kind: kind, Op: opFor(kind), Target: "calendar " + o.Calendar, Err: err}
}

// opFor is what failed: where a person must sign in, the kind says that.
func opFor(kind calendar.ErrorKind) string {
	if kind == calendar.SignIn || kind == calendar.Denied {
		return "open"
	}
	return "sign in to"
}

// tokens yields access tokens. The one that is named as refused is not given again.
type tokens interface {
	token(ctx context.Context, refused string) (string, error)
}

// Client returns a client whose requests carry an access token. It asks for none yet, so that a sign-in that is gone stops
// no other calendar: requests then fail with a [*calendar.Error], Kind SignIn, around an [*Error]; with Kind Unreachable
// or Quota where Google gave no token for now. Credentials that cannot be used fail at once, with an [*Error].
func Client(o Options) (*http.Client, error) {
	c, err := o.credentials()
	if err != nil {
		return nil, err
	}
	var source tokens = &person{o: o, c: c}
	if c.service != nil {
		source = &robot{o: o, c: c}
	}
	client := o.client()
	client.Transport = &transport{o: o, c: c, base: client.Transport, source: source}
	return client, nil
}
