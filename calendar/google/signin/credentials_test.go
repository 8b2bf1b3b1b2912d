package signin

import (
	"errors"
	"strings"
	"testing"
)

func TestCredentialsThatCannotBeUsed(t *testing.T) {
	key := string(serviceKey())
	for _, row := range []struct{ sentence, text, subject, says string }{
		{"nothing", "", "", "no JSON"},
		{"a password", "secret-word", "", "no JSON"},
		{"another JSON", `{"a":1}`, "", "neither an OAuth client nor"},
		{"what gcloud keeps", `{"type":"authorized_user","refresh_token":"secret-r"}`, "", "not known here"},
		{"an OAuth client without an id", `{"installed":{"client_secret":"secret-c"}}`, "", "neither an OAuth client nor"},
		{"an OAuth client with a subject", oauthClientJSON, "alice@example.org", "subject has no place"},
		{"an OAuth client that sends the secret in the clear", `{"installed":{"client_id":"x","token_uri":"http://secret-host.example.org/"}}`, "", "not https"},
		{"a service account's key without the key", `{"type":"service_account","client_email":"bot@example.org"}`, "", "private key cannot be read"},
		{"a service account's key cut short", strings.Replace(key, `\nMI`, `\nXX`, 1), "", "private key cannot be read"},
		{"a service account's key that sends its word in the clear", strings.Replace(key, "https://", "http://", 1), "", "not https"},
	} {
		_, err := Client(Options{Calendar: "team", Credentials: []byte(row.text), Subject: row.subject})
		var fault *Error
		if !errors.As(err, &fault) || fault.Fault != Credentials || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: got %v", row.sentence, err)
			continue
		}
		noSecret(t, err.Error())
	}
}

func TestCredentialsThatCanBeUsed(t *testing.T) {
	for _, row := range []struct{ sentence, text, client string }{
		{"a desktop app", oauthClientJSON, "4711.apps.example.org"},
		{"a web application", strings.Replace(oauthClientJSON, "installed", "web", 1), "4711.apps.example.org"},
		{"a service account", string(serviceKey()), "1071"},
	} {
		o := Options{Credentials: []byte(row.text)}
		c, err := o.credentials()
		if err != nil || c.client != row.client {
			t.Errorf("%s: %q, %v", row.sentence, c.client, err)
		}
		if c.user != nil && !strings.HasPrefix(c.user.Endpoint.TokenURL, "https://oauth2.googleapis.com/") {
			t.Errorf("%s: tokens come from %s", row.sentence, c.user.Endpoint.TokenURL)
		}
	}
}

func TestScopesHoldOneAnother(t *testing.T) {
	all := scopes + "calendar"
	for _, row := range []struct {
		sentence string
		granted  []string
		writes   bool
		missing  string
	}{
		{"what was asked for is enough", Scopes(true), true, ""},
		{"a writer may read", Scopes(true), false, ""},
		{"a reader may not write", Scopes(false), true, "calendar.events"},
		{"the widest holds all", []string{all}, true, ""},
		{"nothing holds nothing", nil, true, "calendar.events, calendar.events.freebusy, calendar.calendarlist.readonly"},
		{"reading everything is not writing", []string{scopes + "calendar.readonly"}, true, "calendar.events"},
	} {
		if got := short(missing(row.granted, Scopes(row.writes))); got != row.missing {
			t.Errorf("%s: missing is %q, want %q", row.sentence, got, row.missing)
		}
	}
}

func TestFileNameStaysInItsFolder(t *testing.T) {
	for name, want := range map[string]string{"team": "google-team.json", "../x": "google-..%2Fx.json", "a b": "google-a%20b.json"} {
		if got := FileName(name); got != want {
			t.Errorf("%q is kept in %q, want %q", name, got, want)
		}
	}
}

func FuzzCredentials(f *testing.F) {
	f.Add([]byte(oauthClientJSON))
	f.Add([]byte(`{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		o := Options{Credentials: text}
		c, err := o.credentials()
		if err == nil && (c.user == nil) == (c.service == nil) {
			t.Error("neither or both are set")
		}
	})
}

func FuzzKept(f *testing.F) {
	f.Add([]byte(`{"refresh_token":"secret-r","scopes":["a"],"ends":"2026-12-03T00:00:00Z"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if k, err := parse(text); err == nil && k.Refresh == "" {
			t.Error("a sign-in without a refresh token is none")
		}
	})
}
