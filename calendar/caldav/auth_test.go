package caldav_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"bilateral/calendar"
	"bilateral/calendar/caldav"
)

func TestNewRefuses(t *testing.T) {
	for _, row := range []struct{ sentence, address, want string }{
		{"plain http to another machine", "http://dav.example.org/", "plain http"},
		{"a name in the address", "https://alice:secret@dav.example.org/", "user name"},
		{"another scheme", "ftp://dav.example.org/", "use https"},
		{"no host", "https:///dav", "not valid"},
		{"a word", "calendar", "not valid"},
	} {
		_, err := caldav.New(caldav.Options{URL: row.address})
		if err == nil || !strings.Contains(err.Error(), row.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v", row.sentence, err)
		}
	}
	for _, address := range []string{"http://127.0.0.1:5232/", "http://localhost/", "http://[::1]:80/x/"} {
		if _, err := caldav.New(caldav.Options{URL: address}); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestASecretThatWasRotatedIsAskedForAgain(t *testing.T) {
	for _, row := range []struct {
		sentence string
		flavour  flavour
	}{{"basic", flavour{}}, {"digest", flavour{digest: true}}} {
		t.Run(row.sentence, func(t *testing.T) {
			server := filled(row.flavour, 1)
			asked := 0
			a := open(t, server, func(o *caldav.Options) {
				o.Secret = func(context.Context) (string, error) { asked++; return server.password, nil }
			})
			observe(t, a)
			observe(t, a)
			if asked != 1 {
				t.Errorf("asked %d times for a secret that works", asked)
			}
			server.password = "new"
			observe(t, a)
			if asked != 2 {
				t.Errorf("asked %d times after it changed", asked)
			}
		})
	}
}

func TestASecretThatIsNotToBeHadIsASignIn(t *testing.T) {
	a := open(t, newFake(flavour{}), func(o *caldav.Options) {
		o.Secret = func(context.Context) (string, error) { return "", errors.New("the file is not there") }
	})
	if _, err := a.Observe(context.Background(), october); calendar.KindOf(err) != calendar.SignIn {
		t.Errorf("got %v", err)
	}
}

func TestDigestIsAskedForOnce(t *testing.T) {
	server := filled(flavour{digest: true}, 1)
	a := open(t, server, nil)
	observe(t, a)
	server.since()
	observe(t, a)
	if log := server.since(); len(log) != 1 {
		t.Errorf("%v", log)
	}
}

func TestAPasswordGoesOverPlainHTTPOnlyWhenTheServerWantsItSo(t *testing.T) {
	server := filled(flavour{digest: true}, 1)
	var sent []string
	through := roundTrip(func(r *http.Request) (*http.Response, error) {
		sent = append(sent, r.Header.Get("Authorization"))
		return server.RoundTrip(r)
	})
	a := open(t, server, func(o *caldav.Options) {
		o.URL, o.Insecure, o.Client = "http://dav.example.org"+fakeWork, true, &http.Client{Transport: through}
	})
	observe(t, a)
	for _, header := range sent {
		if strings.HasPrefix(header, "Basic") {
			t.Errorf("sent %q", sent)
		}
	}
}
