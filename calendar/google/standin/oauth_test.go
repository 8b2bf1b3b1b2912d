package standin_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
)

const (
	base       = "http://127.0.0.1:4711"
	fullScope  = "https://www.googleapis.com/auth/calendar"
	eventScope = "https://www.googleapis.com/auth/calendar.events"
)

// desk is an installed app at which Alice signs in.
type desk struct {
	*world
	config *oauth2.Config
	ctx    context.Context
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	w := newWorld(t)
	config, err := google.ConfigFromJSON(w.InstalledApp(base), eventScope, fullScope)
	if err != nil {
		t.Fatal(err)
	}
	config.RedirectURL, config.Endpoint.AuthStyle = "http://127.0.0.1:9999/", oauth2.AuthStyleInParams
	client := &http.Client{Transport: w.Transport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &desk{w, config, context.WithValue(context.Background(), oauth2.HTTPClient, client)}
}

// visit opens the address that the app shows and returns what the browser is sent back with.
func (d *desk) visit(address string) url.Values {
	d.Helper()
	answer, err := d.ctx.Value(oauth2.HTTPClient).(*http.Client).Get(address)
	if err != nil {
		d.Fatal(err)
	}
	back, err := answer.Location()
	if err != nil {
		return nil
	}
	return back.Query()
}

func (d *desk) signIn(options ...oauth2.AuthCodeOption) *oauth2.Token {
	d.Helper()
	verifier := oauth2.GenerateVerifier()
	back := d.visit(d.config.AuthCodeURL("the state", append(options, oauth2.AccessTypeOffline, oauth2.S256ChallengeOption(verifier))...))
	if back.Get("state") != "the state" {
		d.Fatalf("sent back with %v", back)
	}
	return must[*oauth2.Token](d.world)(d.config.Exchange(d.ctx, back.Get("code"), oauth2.VerifierOption(verifier)))
}

// renewed asks for a new access token as a program does that was started anew.
func (d *desk) renewed(refresh string) (*oauth2.Token, error) {
	return d.config.TokenSource(d.ctx, &oauth2.Token{RefreshToken: refresh}).Token()
}

func (d *desk) denied(err error, reason string) {
	d.Helper()
	var e *oauth2.RetrieveError
	// The package's source for service accounts leaves ErrorCode empty.
	if !errors.As(err, &e) || !strings.Contains(string(e.Body), `"error":"`+reason+`"`) {
		d.Errorf("got %v, want %s", err, reason)
	}
}

func (d *desk) lists(token *oauth2.Token) int {
	d.Helper()
	r, _ := http.NewRequest("GET", base+"/calendar/v3/calendars/primary/events", nil)
	token.SetAuthHeader(r)
	answer, err := d.Transport().RoundTrip(r)
	if err != nil {
		d.Fatal(err)
	}
	return answer.StatusCode
}

func TestSigningIn(t *testing.T) {
	d := newDesk(t)
	d.Consent(alice)
	token := d.signIn()
	if token.RefreshToken == "" || token.TokenType != "Bearer" || token.Extra("scope") != eventScope+" "+fullScope || token.Extra("refresh_token_expires_in") != nil {
		t.Errorf("got %+v", token)
	}
	if got := d.lists(token); got != 200 {
		t.Errorf("the list is answered with %d", got)
	}
	if again := d.signIn(); again.RefreshToken != "" {
		t.Error("a second sign-in got a refresh token though nobody was asked again")
	}
	if asked := d.signIn(oauth2.SetAuthURLParam("prompt", "consent")); asked.RefreshToken == "" {
		t.Error("a sign-in that asks again got no refresh token")
	}
	d.now = d.now.Add(61 * time.Minute)
	if got := d.lists(token); got != 401 {
		t.Errorf("after an hour the list is answered with %d", got)
	}
	renewed := must[*oauth2.Token](d.world)(d.renewed(token.RefreshToken))
	if renewed.RefreshToken != token.RefreshToken || d.lists(renewed) != 200 {
		t.Errorf("renewed: %+v", renewed)
	}
}

func TestRefreshTokensRotate(t *testing.T) {
	d := newDesk(t)
	d.Consent(alice)
	d.Rotate(true)
	one := d.signIn()
	two := must[*oauth2.Token](d.world)(d.renewed(one.RefreshToken))
	if two.RefreshToken == one.RefreshToken {
		t.Error("the refresh token is the same")
	}
	_, err := d.renewed(one.RefreshToken)
	d.denied(err, "invalid_grant")
	must[*oauth2.Token](d.world)(d.renewed(two.RefreshToken))
}

func TestSignInsEnd(t *testing.T) {
	for _, row := range []struct {
		sentence string
		end      func(*desk, *oauth2.Token)
		access   int
	}{
		{"the person takes the consent back", func(d *desk, _ *oauth2.Token) { d.Withdraw(alice) }, 401},
		{"the app revokes its refresh token", func(d *desk, token *oauth2.Token) { d.post("/revoke", url.Values{"token": {token.RefreshToken}}, 200) }, 401},
		{"the app revokes its access token", func(d *desk, token *oauth2.Token) { d.post("/revoke", url.Values{"token": {token.AccessToken}}, 200) }, 401},
		{"a week has passed for an app in Testing", func(d *desk, _ *oauth2.Token) { d.now = d.now.AddDate(0, 0, 7) }, 401},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			d := newDesk(t)
			d.Consent(alice)
			d.Testing(true)
			token := d.signIn()
			if token.Extra("refresh_token_expires_in") != 604800.0 {
				t.Errorf("expires in %v", token.Extra("refresh_token_expires_in"))
			}
			row.end(d, token)
			if got := d.lists(token); got != row.access {
				t.Errorf("the list is answered with %d", got)
			}
			_, err := d.renewed(token.RefreshToken)
			d.denied(err, "invalid_grant")
		})
	}
}

func (d *desk) post(path string, form url.Values, want int) {
	d.Helper()
	answer, err := d.ctx.Value(oauth2.HTTPClient).(*http.Client).PostForm(base+path, form)
	if err != nil || answer.StatusCode != want {
		d.Errorf("%s: %v %v", path, answer, err)
	}
}

func TestAPersonWhoSaysNo(t *testing.T) {
	d := newDesk(t)
	d.Deny()
	if back := d.visit(d.config.AuthCodeURL("s", oauth2.S256ChallengeOption(oauth2.GenerateVerifier()))); back.Get("error") != "access_denied" || back.Get("state") != "s" {
		t.Errorf("sent back with %v", back)
	}
	d.Consent(alice, fullScope)
	if token := d.signIn(); token.Extra("scope") != fullScope {
		t.Errorf("agreed to %v", token.Extra("scope"))
	}
}

// lenient is a desk at which requests go wrong on purpose, so many times.
func lenient(t *testing.T, violations int) *desk {
	d := &desk{}
	t.Cleanup(func() {
		if v := d.Violations(); len(v) != violations {
			t.Errorf("violations: %q, want %d", v, violations)
		}
	})
	inner := newUnchecked(t)
	config, err := google.ConfigFromJSON(inner.InstalledApp(base), fullScope)
	if err != nil {
		t.Fatal(err)
	}
	config.RedirectURL, config.Endpoint.AuthStyle = "http://127.0.0.1:9999/", oauth2.AuthStyleInParams
	client := &http.Client{Transport: inner.Transport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	*d = desk{inner, config, context.WithValue(context.Background(), oauth2.HTTPClient, client)}
	return d
}

func TestWrongAuthorizationRequests(t *testing.T) {
	challenge := oauth2.S256ChallengeOption("0123456789012345678901234567890123456789012")
	for _, row := range []struct {
		sentence string
		spoil    func(*oauth2.Config)
		options  []oauth2.AuthCodeOption
		state    string
	}{
		{"no PKCE", func(*oauth2.Config) {}, nil, "s"},
		{"plain PKCE", func(*oauth2.Config) {}, []oauth2.AuthCodeOption{challenge, oauth2.SetAuthURLParam("code_challenge_method", "plain")}, "s"},
		{"no state", func(*oauth2.Config) {}, []oauth2.AuthCodeOption{challenge}, ""},
		{"a redirect that leaves the machine", func(c *oauth2.Config) { c.RedirectURL = "http://evil.example/" }, []oauth2.AuthCodeOption{challenge}, "s"},
		{"another client", func(c *oauth2.Config) { c.ClientID = "x" }, []oauth2.AuthCodeOption{challenge}, "s"},
		{"a scope that is none", func(c *oauth2.Config) { c.Scopes = []string{"https://www.googleapis.com/auth/everything"} }, []oauth2.AuthCodeOption{challenge}, "s"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			d := lenient(t, 1)
			d.Consent(alice)
			row.spoil(d.config)
			if back := d.visit(d.config.AuthCodeURL(row.state, row.options...)); back != nil {
				t.Errorf("sent back with %v", back)
			}
		})
	}
}

func TestWrongCodes(t *testing.T) {
	for _, row := range []struct {
		sentence   string
		spoil      func(d *desk, code string) (*oauth2.Token, error)
		violations int
	}{
		{"another verifier", func(d *desk, code string) (*oauth2.Token, error) {
			return d.config.Exchange(d.ctx, code, oauth2.VerifierOption(oauth2.GenerateVerifier()))
		}, 1},
		{"a code that is none", func(d *desk, _ string) (*oauth2.Token, error) {
			return d.config.Exchange(d.ctx, "x", oauth2.VerifierOption("v"))
		}, 0},
		{"a code too old", func(d *desk, code string) (*oauth2.Token, error) {
			d.now = d.now.Add(11 * time.Minute)
			return d.config.Exchange(d.ctx, code, oauth2.VerifierOption("v"))
		}, 0},
		{"a code used twice", func(d *desk, code string) (*oauth2.Token, error) {
			token := must[*oauth2.Token](d.world)(d.config.Exchange(d.ctx, code, oauth2.VerifierOption("v")))
			_, err := d.config.Exchange(d.ctx, code, oauth2.VerifierOption("v"))
			if _, dead := d.renewed(token.RefreshToken); dead == nil {
				d.Error("the sign-in outlived the second use of its code")
			}
			return nil, err
		}, 1},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			d := lenient(t, row.violations)
			d.Consent(alice)
			back := d.visit(d.config.AuthCodeURL("s", oauth2.AccessTypeOffline, oauth2.S256ChallengeOption("v")))
			_, err := row.spoil(d, back.Get("code"))
			d.denied(err, "invalid_grant")
		})
	}
}

func TestServiceAccounts(t *testing.T) {
	const robot = "robot@stand-in.iam.gserviceaccount.com"
	d := newDesk(t)
	d.now = time.Now() // the client stamps its assertion by the machine's clock
	key, err := d.ServiceAccount(robot, base)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		sentence, subject string
		delegated         []string
		want              string
	}{
		{"for itself", "", nil, ""},
		{"for a person without delegation", alice, nil, "unauthorized_client"},
		{"for a person with another scope delegated", alice, []string{eventScope}, "unauthorized_client"},
		{"for a person with the scope delegated", alice, []string{eventScope, fullScope}, ""},
		{"for somebody who is not in the domain", "eve@example.org", []string{fullScope}, "invalid_grant"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			d.Delegate(robot, row.delegated...)
			config, err := google.JWTConfigFromJSON(key, fullScope)
			if err != nil {
				t.Fatal(err)
			}
			config.Subject = row.subject
			token, err := config.TokenSource(d.ctx).Token()
			if row.want != "" {
				d.denied(err, row.want)
				return
			}
			if err != nil || d.lists(token) != 200 {
				t.Errorf("got %v, %v", token, err)
			}
		})
	}
	d.Delegate(robot, fullScope)
	for sentence, now := range map[string]time.Time{"a clock behind the client's": time.Now().Add(-10 * time.Minute), "an assertion long past": time.Now().Add(2 * time.Hour)} {
		d.now = now
		config, _ := google.JWTConfigFromJSON(key, fullScope)
		if _, err := config.TokenSource(d.ctx).Token(); err == nil {
			t.Errorf("%s is no matter", sentence)
		}
	}
	d.now = time.Now()
	tooLong, _ := google.JWTConfigFromJSON(key, fullScope)
	tooLong.Expires = 2 * time.Hour
	_, err = tooLong.TokenSource(d.ctx).Token()
	d.denied(err, "invalid_grant")
	other, err := newWorld(t).ServiceAccount(robot, base)
	if err != nil {
		t.Fatal(err)
	}
	config, _ := google.JWTConfigFromJSON(other, fullScope)
	_, err = config.TokenSource(d.ctx).Token()
	d.denied(err, "invalid_grant")
}

func TestAServiceAccountAloneInvitesNobody(t *testing.T) {
	const robot = "robot@stand-in.iam.gserviceaccount.com"
	d := newDesk(t)
	d.now = time.Now()
	key, err := d.ServiceAccount(robot, base)
	if err != nil {
		t.Fatal(err)
	}
	d.Share(alice, robot, "writer")
	config, _ := google.JWTConfigFromJSON(key, fullScope)
	token := must[*oauth2.Token](d.world)(config.TokenSource(d.ctx).Token())
	for body, want := range map[string]int{`"attendees":[{"email":"dana@example.org"}]`: 403, `"summary":"x"`: 200} {
		r, _ := http.NewRequest("POST", base+"/calendar/v3/calendars/"+alice+"/events", strings.NewReader(`{"start":{"date":"2026-10-21"},"end":{"date":"2026-10-22"},`+body+`}`))
		token.SetAuthHeader(r)
		if answer, err := d.Transport().RoundTrip(r); err != nil || answer.StatusCode != want {
			t.Errorf("%s: %v %v", body, answer, err)
		}
	}
}

func TestTheDocumentedScopesOpenTheirMethods(t *testing.T) {
	w := newWorld(t)
	var opened []string
	for _, scope := range []string{eventScope, fullScope, fullScope + ".readonly", fullScope + ".freebusy"} {
		client := oauth2.NewClient(context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Transport: w.Transport()}),
			oauth2.StaticTokenSource(&oauth2.Token{AccessToken: w.Token(alice, scope)}))
		for _, path := range []string{"users/me/calendarList", "calendars/primary/events"} {
			if answer, err := client.Get(base + "/calendar/v3/" + path); err == nil && answer.StatusCode == 200 {
				opened = append(opened, strings.TrimPrefix(scope, fullScope)+" "+path)
			}
		}
	}
	want := []string{".events calendars/primary/events", " users/me/calendarList", " calendars/primary/events", ".readonly users/me/calendarList", ".readonly calendars/primary/events"}
	if !slices.Equal(opened, want) {
		t.Errorf("opened %q, want %q", opened, want)
	}
}
