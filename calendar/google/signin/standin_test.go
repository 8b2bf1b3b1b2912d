package signin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/google/standin"
)

// honest is Google by its own documents: it knows which method takes which scope.
func honest(t *testing.T) (*standin.Server, *httptest.Server, Options) {
	t.Helper()
	google, err := standin.New(standin.Config{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(google)
	t.Cleanup(web.Close)
	google.Person("alice@example.org", "Alice Chen", "Europe/Berlin")
	google.Person("dana@example.org", "Dana Boss", "America/New_York")
	google.Share("dana@example.org", "alice@example.org", "freeBusyReader")
	google.Consent("alice@example.org")
	return google, web, Options{Calendar: "team", Credentials: google.InstalledApp(web.URL), Endpoint: web.URL,
		TokenFile: filepath.Join(t.TempDir(), FileName("team")), Scopes: Scopes(true)}
}

func signInHonestly(t *testing.T, o Options) State {
	t.Helper()
	var shown <-chan string
	state, err := Login(context.Background(), o, 0, func(address string, _ int) error {
		shown = browse(t, address)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	<-shown
	return state
}

func TestTheScopesAreEnoughAndNoMore(t *testing.T) {
	const event = `{"id":"bilat1","summary":"Alice / Dana","start":{"dateTime":"2026-12-02T15:30:00Z","timeZone":"Europe/Berlin"},"end":{"dateTime":"2026-12-02T16:15:00Z","timeZone":"Europe/Berlin"},"recurrence":["RRULE:FREQ=WEEKLY"]}`
	const mine = "/calendar/v3/calendars/primary/events"
	for _, row := range []struct {
		sentence           string
		writes             bool
		method, path, body string
		status             int
	}{
		{"a writer makes a series", true, "POST", mine + "?sendUpdates=all", strings.Replace(event, "bilat1", "bilat2", 1), 200},
		{"a writer changes it", true, "PATCH", mine + "/bilat1", `{"description":"agenda"}`, 200},
		{"a writer deletes it", true, "DELETE", mine + "/bilat1", "", 204},
		{"a writer reads", true, "GET", mine, "", 200},
		{"a reader reads", false, "GET", mine, "", 200},
		{"a reader reads one", false, "GET", mine + "/bilat1", "", 200},
		{"a reader reads its instances", false, "GET", mine + "/bilat1/instances", "", 200},
		{"a reader finds calendars", false, "GET", "/calendar/v3/users/me/calendarList", "", 200},
		{"a reader asks when the executive is busy", false, "POST", "/calendar/v3/freeBusy",
			`{"timeMin":"2026-12-01T00:00:00Z","timeMax":"2026-12-08T00:00:00Z","items":[{"id":"dana@example.org"}]}`, 200},
		{"a reader does not write", false, "PATCH", mine + "/bilat1", `{"description":"agenda"}`, 403},
		{"a writer does not share", true, "POST", "/calendar/v3/calendars/primary/acl", `{"role":"reader","scope":{"type":"default"}}`, 403},
		{"a writer deletes no calendar", true, "DELETE", "/calendar/v3/calendars/primary", "", 403},
	} {
		_, web, o := honest(t)
		send := func(writes bool, method, path, body string) int {
			o.Scopes = Scopes(writes)
			if s := signInHonestly(t, o); s.Account != "alice@example.org" {
				t.Fatalf("%s: signed in as %q", row.sentence, s.Account)
			}
			r, _ := http.NewRequest(method, web.URL+path, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			answer, err := newClient(t, o).Do(r)
			var fault *Error
			switch {
			case errors.As(err, &fault) && fault.Fault == Partial:
				return http.StatusForbidden
			case err != nil:
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if answer.StatusCode >= 400 && row.status < 400 {
				text, _ := io.ReadAll(answer.Body)
				t.Logf("%s: %s", row.sentence, text)
			}
			return answer.StatusCode
		}
		if got := send(true, "POST", mine+"?sendUpdates=all", event); got != 200 {
			t.Fatalf("%s: no series to begin with: %d", row.sentence, got)
		}
		if got := send(row.writes, row.method, row.path, row.body); got != row.status {
			t.Errorf("%s: status %d, want %d", row.sentence, got, row.status)
		}
	}
}

func TestASignInLivesAsGoogleLets(t *testing.T) {
	google, web, o := honest(t)
	google.Testing(true)
	google.Rotate(true)
	if s := signInHonestly(t, o); time.Until(s.Ends).Round(time.Hour) != 7*24*time.Hour {
		t.Errorf("a testing app's sign-in ends %v", s.Ends)
	}
	c := newClient(t, o)
	reach := func() error {
		answer, err := c.Get(web.URL + "/calendar/v3/users/me/calendarList")
		if err == nil {
			answer.Body.Close()
		}
		return err
	}
	for range 3 {
		google.ExpireAccess()
		if err := reach(); err != nil {
			t.Fatal(err)
		}
	}
	google.Withdraw("alice@example.org")
	var fault *Error
	if err := reach(); calendar.KindOf(err) != calendar.SignIn || !errors.As(err, &fault) || fault.Fault != Lost {
		t.Errorf("withdrawn: %v", err)
	}
}

func TestAServiceAccountActsForWhomItMay(t *testing.T) {
	const bot = "bilateral@stand-in.iam.gserviceaccount.com"
	for _, row := range []struct {
		sentence string
		allowed  []string
		works    bool
	}{
		{"where an administrator allowed the scopes", Scopes(true), true},
		{"not where only others were allowed", Scopes(false), false},
		{"not where nobody allowed anything", nil, false},
	} {
		google, web, o := honest(t)
		key, err := google.ServiceAccount(bot, web.URL)
		if err != nil {
			t.Fatal(err)
		}
		google.Delegate(bot, row.allowed...)
		o.Credentials, o.Subject = key, "alice@example.org"
		answer, err := newClient(t, o).Get(web.URL + "/calendar/v3/users/me/calendarList")
		if err == nil {
			answer.Body.Close()
		}
		var fault *Error
		if row.works && err != nil || !row.works && (!errors.As(err, &fault) || fault.Fault != Undelegated || fault.Client == "") {
			t.Errorf("%s: %v", row.sentence, err)
		}
	}
}
