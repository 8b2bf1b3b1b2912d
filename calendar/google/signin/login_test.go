package signin

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

func TestLoginKeepsWhatGoogleGave(t *testing.T) {
	f := newFake(t)
	o := f.options(t)
	state, shown, err := f.signIn(t, o)
	if err != nil {
		t.Fatal(err)
	}
	if state.Account != "alice@example.org" || !state.Ends.IsZero() {
		t.Errorf("signed in as %+v", state)
	}
	if !strings.HasPrefix(shown, "200 OK") || !strings.Contains(shown, "Signed in.") {
		t.Errorf("the browser shows %q", shown)
	}
	for key, want := range map[string]string{"response_type": "code", "access_type": "offline", "prompt": "consent", "code_challenge_method": "S256",
		"client_id": "4711.apps.example.org", "scope": strings.Join(Scopes(true), " ")} {
		if got := f.asked.Get(key); got != want {
			t.Errorf("the page was asked for %s %q, want %q", key, got, want)
		}
	}
	if !strings.HasPrefix(f.asked.Get("redirect_uri"), "http://127.0.0.1:") || len(f.asked.Get("state")) < 32 {
		t.Errorf("the page was asked with %v", f.asked)
	}
	var k kept
	if err := json.Unmarshal([]byte(private(t, o.TokenFile)), &k); err != nil {
		t.Fatal(err)
	}
	if k.Refresh != "secret-refresh-0" || k.Account != "alice@example.org" || k.Client != "4711.apps.example.org" || len(k.Scopes) != 3 ||
		!k.Obtained.Equal(f.now) || !k.Expiry.Equal(f.now.Add(time.Hour)) {
		t.Errorf("kept %+v", k)
	}
	if info, _ := os.Stat(filepath.Dir(o.TokenFile)); info.Mode().Perm() != 0o700 {
		t.Errorf("the state folder has mode %04o", info.Mode().Perm())
	}
	left, _ := filepath.Glob(o.TokenFile + ".*")
	if len(left) != 1 || left[0] != o.TokenFile+".lock" {
		t.Errorf("beside the sign-in stands %v", left)
	}
	f.mustDo(t, newClient(t, o))
	if n := f.asks("refresh_token"); n != 0 {
		t.Errorf("the access token of the sign-in itself was not used: %d were asked for", n)
	}
}

func TestLoginThatDoesNotSucceed(t *testing.T) {
	both := strings.Join([]string{eventsRead, freeBusy, list}, " ")
	for _, row := range []struct {
		sentence string
		change   func(f *fake)
		fault    Fault
		says     string
		kept     bool
	}{
		{"the person says no", func(f *fake) {
			f.consent = func(back url.Values) { back.Del("code"); back.Set("error", "access_denied") }
		}, Declined, "told not to allow", false},
		{"Google says no for a reason of its own", func(f *fake) {
			f.consent = func(back url.Values) { back.Del("code"); back.Set("error", "admin_policy_enforced") }
		}, Refused, "admin_policy_enforced", false},
		{"a reason that is no code is not repeated", func(f *fake) {
			f.consent = func(back url.Values) { back.Del("code"); back.Set("error", "<b>secret-x") }
		}, Refused, "gave no reason", false},
		{"another page's answer comes", func(f *fake) {
			f.consent = func(back url.Values) { back.Set("state", "another") }
		}, Forged, "belongs to no sign-in of ours", false},
		{"an answer without a state comes", func(f *fake) {
			f.consent = func(back url.Values) { back.Del("state") }
		}, Forged, "belongs to no sign-in of ours", false},
		{"somebody slips in a code of their own", func(f *fake) {
			f.consent = func(back url.Values) { back.Set("code", "secret-other") }
		}, Refused, "invalid_grant", false},
		{"the OAuth client was deleted", func(f *fake) { f.token = refuses(401, "deleted_client", "") }, OtherClient, "deleted_client", false},
		{"the client's secret is wrong", func(f *fake) { f.token = refuses(401, "invalid_client", "secret-client") }, OtherClient, "invalid_client", false},
		{"one box was not ticked", func(f *fake) { f.grant = map[string]any{"scope": both} }, Partial, "calendar.events is missing", false},
		{"no refresh token comes", func(f *fake) { f.grant = map[string]any{"refresh_token": nil} }, Passing, "no refresh token", false},
		{"the API is not enabled in the project", func(f *fake) {
			f.primary = func(w http.ResponseWriter) bool {
				w.WriteHeader(403)
				io.WriteString(w, `{"error":{"code":403,"errors":[{"reason":"accessNotConfigured"}]}}`)
				return true
			}
		}, APIOff, "not enabled", true},
	} {
		f := newFake(t)
		o := f.options(t)
		row.change(f)
		_, shown, err := f.signIn(t, o)
		var fault *Error
		if !errors.As(err, &fault) || fault.Fault != row.fault || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: got %v, want %q", row.sentence, err, row.says)
			continue
		}
		if _, err := os.Stat(o.TokenFile); (err == nil) != row.kept {
			t.Errorf("%s: kept: %v, want %t", row.sentence, err == nil, row.kept)
		}
		if !strings.HasPrefix(shown, "200 OK") || !strings.Contains(shown, "did not succeed") {
			t.Errorf("%s: the browser shows %q", row.sentence, shown)
		}
		noSecret(t, err.Error()+shown)
	}
}

func TestLoginWhileGoogleDoesNotAnswer(t *testing.T) {
	f := newFake(t)
	f.token = refuses(503, "", "secret-body")
	_, _, err := f.signIn(t, f.options(t))
	if calendar.KindOf(err) != calendar.Unreachable {
		t.Errorf("got %v", err)
	}
	noSecret(t, err.Error())
}

func TestLoginLearnsWhenATestingAppEnds(t *testing.T) {
	f := newFake(t)
	f.grant = map[string]any{"refresh_token_expires_in": 604799}
	o := f.options(t)
	state, _, err := f.signIn(t, o)
	want := f.now.Add(604799 * time.Second)
	if err != nil || !state.Ends.Equal(want) {
		t.Fatalf("ends %v (%v), want %v", state.Ends, err, want)
	}
	f.grant = nil
	f.sleep(2 * time.Hour)
	f.mustDo(t, newClient(t, o))
	if s, err := Read(o.TokenFile); err != nil || !s.Ends.Equal(want) {
		t.Errorf("after a renewal it ends %v (%v), want %v still", s.Ends, err, want)
	}
	if _, _, err := f.signIn(t, o); err != nil {
		t.Fatal(err)
	}
	if s, _ := Read(o.TokenFile); !s.Ends.IsZero() {
		t.Errorf("a lasting sign-in ends %v", s.Ends)
	}
}

func TestLoginWithoutAnAccountNameIsStillOne(t *testing.T) {
	f := newFake(t)
	f.primary = func(w http.ResponseWriter) bool { w.WriteHeader(500); return true }
	o := f.options(t)
	if state, _, err := f.signIn(t, o); err != nil || state.Account != "" {
		t.Fatalf("got %+v, %v", state, err)
	}
	private(t, o.TokenFile)
}

func TestLoginEndsWithoutAnAnswer(t *testing.T) {
	f := newFake(t)
	nothing := func(string, int) error { return nil }
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, row := range []struct {
		sentence string
		run      func() error
		fault    Fault
		says     string
	}{
		{"nobody signs in", func() error { _, err := login(context.Background(), f.options(t), 0, nothing, 0); return err }, Late, "nobody signed in"},
		{"the person presses ctrl-C", func() error { _, err := Login(ctx, f.options(t), 0, nothing); return err }, Interrupted, "interrupted"},
		{"the port is taken", func() error {
			_, err := Login(ctx, f.options(t), taken.Addr().(*net.TCPAddr).Port, nothing)
			return err
		}, Port, "address already in use"},
		{"a service account needs no login", func() error {
			o := f.options(t)
			o.Credentials = serviceKey()
			_, err := Login(ctx, o, 0, nothing)
			return err
		}, Needless, "needs no login"},
	} {
		err := row.run()
		var fault *Error
		if !errors.As(err, &fault) || fault.Fault != row.fault || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: got %v", row.sentence, err)
		}
	}
}

func TestLoginThatIsInterruptedWhileGoogleAnswersKeepsNothing(t *testing.T) {
	f := newFake(t)
	o := f.options(t)
	ctx, cancel := context.WithCancel(context.Background())
	f.token = func(http.ResponseWriter, url.Values) bool { cancel(); return false }
	var shown <-chan string
	_, err := Login(ctx, o, 0, func(address string, _ int) error { shown = browse(t, address); return nil })
	<-shown
	wantFault(t, err, Interrupted)
	if _, err := os.Stat(o.TokenFile); err == nil {
		t.Error("something was kept")
	}
}

func TestCallbackAnswersTheBrowserOnceAndNothingElse(t *testing.T) {
	back, err := listen(0)
	if err != nil {
		t.Fatal(err)
	}
	get := func(method, path, host string) string {
		r, _ := http.NewRequest(method, strings.TrimSuffix(back.address(), "/")+path, nil)
		r.Host = host
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return err.Error()
		}
		defer answer.Body.Close()
		return answer.Status
	}
	for _, row := range []struct{ sentence, method, path, host string }{
		{"an icon", "GET", "/favicon.ico", back.host},
		{"another path with an answer", "GET", "/x?code=c&state=s", back.host},
		{"the page without an answer", "GET", "/", back.host},
		{"an answer that is posted", "POST", "/?code=c&state=s", back.host},
		{"another name for this machine", "GET", "/?code=c&state=s", "evil.example.org"},
	} {
		if got := get(row.method, row.path, row.host); got != "404 Not Found" {
			t.Errorf("%s is answered %s", row.sentence, got)
		}
	}
	shown := browse(t, back.address()+"?code=c&state=s")
	if got := <-back.answer; got.code != "c" || !got.belongs("s") || got.belongs("") {
		t.Errorf("the answer is %+v", got)
	}
	if got := get("GET", "/?code=c&state=s", back.host); got != "404 Not Found" {
		t.Errorf("the same answer again is answered %s", got)
	}
	back.end("1 < 2")
	if got := <-shown; !strings.Contains(got, "<p>1 &lt; 2</p>") {
		t.Errorf("the browser shows %q", got)
	}
	if got := get("GET", "/", back.host); !strings.Contains(got, "refused") {
		t.Errorf("after the end it is answered %s", got)
	}
}

func TestLoginListensOnThePortItWasGiven(t *testing.T) {
	f := newFake(t)
	free, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	var shown <-chan string
	_, err = Login(context.Background(), f.options(t), port, func(address string, at int) error {
		if at != port {
			t.Errorf("it waits on port %d, want %d", at, port)
		}
		shown = browse(t, address)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	<-shown
}
