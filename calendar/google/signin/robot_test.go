package signin

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

func (f *fake) service(t *testing.T, subject string) Options {
	o := f.options(t)
	o.Credentials, o.Subject = serviceKey(), subject
	return o
}

func TestAServiceAccountSignsInByItself(t *testing.T) {
	for _, row := range []struct {
		sentence, subject string
		sub               any
	}{
		{"for the person who is its subject", "alice@example.org", "alice@example.org"},
		{"for itself", "", nil},
	} {
		f := newFake(t)
		o := f.service(t, row.subject)
		c := newClient(t, o)
		f.mustDo(t, c)
		f.mustDo(t, c)
		if len(f.forms) != 1 {
			t.Errorf("%s: %d tokens were asked for, want 1", row.sentence, len(f.forms))
		}
		got := claims(t, f.forms[0])
		if got["sub"] != row.sub || got["iss"] != "bot@project.example.org" || got["scope"] != strings.Join(Scopes(true), " ") || got["aud"] != f.URL+"/token" {
			t.Errorf("%s: it claims %v", row.sentence, got)
		}
		f.sleep(2 * time.Hour)
		f.mustDo(t, c)
		f.set(func() { f.access = "" }) // withdrawn
		f.mustDo(t, c)
		if len(f.forms) != 3 {
			t.Errorf("%s: %d tokens were asked for, want 3", row.sentence, len(f.forms))
		}
		s, err := Look(context.Background(), o)
		if err != nil || s.Account != row.subject || s.Service != "bot@project.example.org" {
			t.Errorf("%s: check sees %+v, %v", row.sentence, s, err)
		}
	}
}

func TestAServiceAccountThatIsRefused(t *testing.T) {
	for _, row := range []struct {
		sentence, subject string
		answer            func(http.ResponseWriter, url.Values) bool
		off               time.Duration
		fault             Fault
		says              string
	}{
		{"no administrator allowed it", "alice@example.org", refuses(401, "unauthorized_client", "secret-x"), 0, Undelegated, "may not act for alice@example.org"},
		{"the administrator allowed other scopes", "alice@example.org", refuses(403, "access_denied", ""), 0, Undelegated, "may not act for alice@example.org"},
		{"the subject is nobody", "alice@example.org", refuses(400, "invalid_grant", "Invalid email or User ID"), 0, BadSubject, "alice@example.org"},
		{"the key was deleted", "", refuses(400, "invalid_grant", "Invalid JWT Signature."), 0, BadKey, "key"},
		{"the clock is an hour ahead", "", refuses(400, "invalid_grant", "Invalid JWT: Token must be a short-lived token"), time.Hour, Clock, "1h0m0s"},
		{"the clock is a day behind", "", refuses(400, "invalid_grant", "Invalid JWT"), -24 * time.Hour, Clock, "24h0m0s"},
		{"the clock is wrong, and the answer carries no hour", "", refuses(400, "invalid_grant", "… and in a reasonable timeframe."), 0, Clock, "more than"},
		{"the account was disabled", "", refuses(401, "disabled_client", ""), 0, OtherClient, "disabled_client"},
	} {
		f := newFake(t)
		o := f.service(t, row.subject)
		o.Now = func() time.Time { return f.clock().Add(row.off) }
		f.token = row.answer
		err := f.do(newClient(t, o))
		t.Log(row.sentence)
		wantFault(t, err, row.fault)
		if calendar.KindOf(err) != calendar.SignIn || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: got %v", row.sentence, err)
		}
	}
	f := newFake(t)
	f.token = refuses(502, "", "")
	if err := f.do(newClient(t, f.service(t, ""))); calendar.KindOf(err) != calendar.Unreachable {
		t.Errorf("while Google does not answer: %v", err)
	}
	f.Close()
	if err := f.do(newClient(t, f.service(t, ""))); calendar.KindOf(err) != calendar.Unreachable {
		t.Errorf("without a network: %v", err)
	}
}
