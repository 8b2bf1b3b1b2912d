package signin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// patience is how long a person may take to sign in.
const patience = 5 * time.Minute

// Login signs a person in and keeps what Google gave. present is told the address that the person has to open in a browser,
// and the port on which this machine waits for the answer (port 0 takes any that is free); an error of it ends the sign-in.
// Errors are those of [Client]'s requests, and those that [Fault] lists; with [APIOff] the person is signed in all the same.
func Login(ctx context.Context, o Options, port int, present func(address string, port int) error) (State, error) {
	return login(ctx, o, port, present, patience)
}

func login(ctx context.Context, o Options, port int, present func(string, int) error, patience time.Duration) (State, error) {
	c, err := o.credentials()
	if err != nil {
		return State{}, err
	}
	if c.service != nil {
		return State{}, o.fault(Needless, "", nil)
	}
	back, err := listen(port)
	if err != nil {
		return State{}, o.fault(Port, err.Error(), nil)
	}
	page := "The sign-in did not succeed. See the terminal in which bilateral login runs."
	defer func() { back.end(page) }()
	c.user.RedirectURL = back.address()
	k, err := o.signIn(ctx, c.user, back, present, patience)
	if err != nil {
		return State{}, err
	}
	account, off := o.identify(ctx, k.Access)
	k.Account = account
	if err := o.store(ctx, k); err != nil {
		return State{}, err
	}
	if off != nil {
		off.Client = k.Client
		return k.state(), off
	}
	page = "Signed in. You can close this page and go back to the terminal."
	return k.state(), nil
}

// signIn sends the person to Google and takes what comes back.
func (o *Options) signIn(ctx context.Context, c *oauth2.Config, back *callback, present func(string, int) error, patience time.Duration) (kept, error) {
	verifier, state := oauth2.GenerateVerifier(), oauth2.GenerateVerifier() // both 32 random bytes
	// Without consent Google gives no refresh token to one who has signed in before.
	address := c.AuthCodeURL(state, oauth2.AccessTypeOffline, oauth2.SetAuthURLParam("prompt", "consent"), oauth2.S256ChallengeOption(verifier))
	if err := present(address, back.port); err != nil {
		return kept{}, err
	}
	got, err := o.await(ctx, back, state, patience)
	if err != nil {
		return kept{}, err
	}
	t, err := c.Exchange(context.WithValue(ctx, oauth2.HTTPClient, o.client()), got.code, oauth2.VerifierOption(verifier))
	if ctx.Err() != nil {
		return kept{}, o.fault(Interrupted, "", nil)
	}
	if err != nil {
		return kept{}, untaken(o.refusal(err, credentials{user: c, client: c.ClientID}))
	}
	now := o.now()
	k := kept{Client: c.ClientID, Scopes: o.Scopes, Obtained: now.UTC().Truncate(time.Second)}
	k.take(t, now)
	if k.Refresh == "" {
		return kept{}, o.fault(Passing, "", nil)
	}
	if less := missing(k.Scopes, o.Scopes); len(less) > 0 {
		return kept{}, o.fault(Partial, short(less), nil)
	}
	return k, nil
}

// untaken says what invalid_grant means of a code: there is no sign-in yet that could be lost.
func untaken(err error) error {
	var fault *Error
	if errors.As(err, &fault) && fault.Fault == Lost {
		fault.Fault, fault.Detail = Refused, "it does not take the code that it gave the browser (invalid_grant)"
	}
	return err
}

// await waits for the browser's answer and judges it.
func (o *Options) await(ctx context.Context, back *callback, state string, patience time.Duration) (answer, error) {
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case got := <-back.answer:
		switch {
		case !got.belongs(state):
			return got, o.fault(Forged, "", nil)
		case got.refusal == "access_denied":
			return got, o.fault(Declined, "", nil)
		case got.refusal != "":
			return got, o.fault(Refused, cmp.Or(word(got.refusal), "it gave no reason"), nil)
		}
		return got, nil
	case <-late.C:
		return answer{}, o.fault(Late, fmt.Sprintf("%.0f minutes", patience.Minutes()), nil)
	case <-ctx.Done():
		return answer{}, o.fault(Interrupted, "", nil)
	}
}

func (o *Options) store(ctx context.Context, k kept) error {
	unlock, err := lock(ctx, o.TokenFile)
	if err != nil {
		return o.fault(Unkept, o.TokenFile, err)
	}
	defer unlock()
	if err := k.write(o.TokenFile); err != nil {
		return o.fault(Unkept, o.TokenFile, err)
	}
	return nil
}

// apiHost is where the Calendar API is.
const apiHost = "https://www.googleapis.com"

// identify asks whose account it is: a primary calendar is named by its owner's address. That needs no scope for profiles.
// An answer that does not tell is no failure, for the person is signed in; that the API is off is worth a word.
func (o *Options) identify(ctx context.Context, access string) (account string, off *Error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, o.api()+"/users/me/calendarList/primary", nil)
	if err != nil {
		return "", nil
	}
	r.Header.Set("Authorization", "Bearer "+access)
	answer, err := o.client().Do(r)
	if err != nil {
		return "", nil
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<20)) // cut short, it is no JSON
	var primary struct{ ID string }
	switch {
	case answer.StatusCode == http.StatusForbidden && isOff(body):
		return "", o.fault(APIOff, "", nil)
	case answer.StatusCode == http.StatusOK && json.Unmarshal(body, &primary) == nil && strings.Contains(primary.ID, "@"):
		return primary.ID, nil
	}
	return "", nil
}

// api is the address of the API without a slash at its end. An endpoint may leave the path out.
func (o *Options) api() string {
	base := strings.TrimRight(cmp.Or(o.Endpoint, apiHost), "/")
	if u, err := url.Parse(base); err == nil && u.Path == "" {
		base += "/calendar/v3"
	}
	return base
}
