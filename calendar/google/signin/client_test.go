package signin

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bilateral/calendar"
)

// wantFault checks that a request failed for want of a sign-in, in words without a secret.
func wantFault(t *testing.T, err error, want Fault) {
	t.Helper()
	var fault *Error
	if !errors.As(err, &fault) || fault.Fault != want || fault.Calendar != "team" {
		t.Fatalf("got %v (%+v), want fault %d", err, fault, want)
	}
	noSecret(t, err.Error())
}

func TestClientRenewsWhatHasEnded(t *testing.T) {
	f := newFake(t)
	o := f.signedIn(t)
	c := newClient(t, o)
	for range 3 {
		f.mustDo(t, c)
	}
	if n := f.asks("refresh_token"); n != 0 {
		t.Errorf("within the hour %d tokens were asked for", n)
	}
	f.sleep(time.Hour - 30*time.Second) // a request takes a while: it must not end on the way
	f.mustDo(t, c)
	f.mustDo(t, c)
	if n := f.asks("refresh_token"); n != 1 {
		t.Errorf("after the hour %d tokens were asked for, want 1", n)
	}
	f.mustDo(t, newClient(t, o))
	if n := f.asks("refresh_token"); n != 1 {
		t.Error("the next process does not use the token that this one kept")
	}
}

func TestClientKeepsARotatedTokenBeforeItIsUsed(t *testing.T) {
	f := newFake(t)
	o := f.signedIn(t)
	f.rotates = true
	c := newClient(t, o)
	for range 3 {
		f.sleep(2 * time.Hour)
		f.mustDo(t, c)
		if text := private(t, o.TokenFile); !strings.Contains(text, f.refresh) || !strings.Contains(text, f.access) {
			t.Fatal("the file does not hold what Google gave last")
		}
	}
}

func TestARotatedTokenThatCannotBeKeptIsNotUsed(t *testing.T) {
	f := newFake(t)
	o := f.signedIn(t)
	before := private(t, o.TokenFile)
	dir := filepath.Dir(o.TokenFile)
	f.rotates = true
	f.token = func(http.ResponseWriter, url.Values) bool { // the disk goes away between the question and the answer
		if err := os.Rename(dir, dir+".gone"); err != nil {
			t.Error(err)
		}
		return false
	}
	f.sleep(2 * time.Hour)
	c := newClient(t, o)
	err := f.do(c)
	wantFault(t, err, Unkept)
	if calendar.KindOf(err) == calendar.SignIn {
		t.Error("it counts as a lost sign-in")
	}
	if len(f.requests) > 0 {
		t.Error("the new token was used all the same")
	}
	if err := os.Rename(dir+".gone", dir); err != nil {
		t.Fatal(err)
	}
	if private(t, o.TokenFile) != before {
		t.Error("the old sign-in is not what is kept")
	}
	f.set(func() { f.token, f.refresh = nil, "secret-refresh-0" }) // Google takes the old one for a while
	f.mustDo(t, c)
}

func TestWhatACrashLeftWhileItWasWrittenDoesNoHarm(t *testing.T) {
	f := newFake(t)
	o := f.signedIn(t)
	if err := os.WriteFile(o.TokenFile+".tmp", []byte(`{"refresh_token":"secret-ha`), 0o644); err != nil {
		t.Fatal(err)
	}
	f.sleep(2 * time.Hour)
	f.mustDo(t, newClient(t, o))
	private(t, o.TokenFile)
	if left, _ := filepath.Glob(o.TokenFile + "*"); len(left) != 2 {
		t.Errorf("there are %v", left)
	}
}

func TestAnAccessTokenThatCannotBeKeptIsUsed(t *testing.T) {
	f := newFake(t)
	o := f.signedIn(t)
	f.token = func(http.ResponseWriter, url.Values) bool {
		os.Rename(filepath.Dir(o.TokenFile), filepath.Dir(o.TokenFile)+".gone")
		return false
	}
	f.sleep(2 * time.Hour)
	f.mustDo(t, newClient(t, o))
}

func TestTwoProcessesShareASignIn(t *testing.T) {
	f := newFake(t)
	o := f.signedIn(t)
	f.rotates = true
	daemon, command := newClient(t, o), newClient(t, o)
	f.mustDo(t, daemon)
	f.mustDo(t, command)
	for n := 1; n <= 3; n++ {
		f.sleep(2 * time.Hour)
		f.mustDo(t, daemon)
		f.mustDo(t, command)
		if asked := f.asks("refresh_token"); asked != n {
			t.Fatalf("in round %d %d tokens were asked for: one does not use what the other renewed", n, asked)
		}
		daemon, command = command, daemon
	}
}

func TestManyAtOnceRenewOnce(t *testing.T) {
	f := newFake(t)
	o := f.signedIn(t)
	f.rotates = true
	f.sleep(2 * time.Hour)
	var all sync.WaitGroup
	for range 4 {
		c := newClient(t, o)
		for range 4 {
			all.Go(func() {
				if err := f.do(c); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	if n := f.asks("refresh_token"); n != 1 {
		t.Errorf("%d tokens were asked for, want 1", n)
	}
}

func TestASignInThatIsGoneIsToldAndNotAskedForAgain(t *testing.T) {
	f := newFake(t)
	o := f.signedIn(t)
	f.refresh = ""
	f.sleep(2 * time.Hour)
	c := newClient(t, o)
	for range 12 { // passes of five minutes
		err := f.do(c)
		wantFault(t, err, Lost)
		if calendar.KindOf(err) != calendar.SignIn {
			t.Fatalf("kind %v", calendar.KindOf(err))
		}
		f.sleep(5 * time.Minute)
	}
	wantFault(t, f.do(newClient(t, o)), Lost)
	if n := f.asks("refresh_token"); n > 2 {
		t.Errorf("Google was asked %d times in an hour", n)
	}
	if s, err := Read(o.TokenFile); err != nil || s.Lost.IsZero() {
		t.Errorf("the file says %+v (%v)", s, err)
	}
	if _, _, err := f.signIn(t, o); err != nil {
		t.Fatal(err)
	}
	f.mustDo(t, c) // the same daemon, without a restart
	if s, _ := Read(o.TokenFile); !s.Lost.IsZero() {
		t.Error("the new sign-in counts as lost")
	}
}

func TestWhatGoogleAnswersInsteadOfAToken(t *testing.T) {
	html := func(w http.ResponseWriter, _ url.Values) bool {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<html>secret-portal: buy some hours")
		return true
	}
	elsewhere := func(w http.ResponseWriter, _ url.Values) bool {
		w.Header().Set("Location", "http://127.0.0.1:1/secret-elsewhere")
		w.WriteHeader(http.StatusTemporaryRedirect)
		return true
	}
	limited := func(w http.ResponseWriter, _ url.Values) bool {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	}
	broken := func(w http.ResponseWriter, _ url.Values) bool { panic(http.ErrAbortHandler) }
	for _, row := range []struct {
		sentence string
		answer   func(http.ResponseWriter, url.Values) bool
		kind     calendar.ErrorKind
		fault    Fault
		wait     time.Duration
	}{
		{"its server fails", refuses(500, "", "secret-body"), calendar.Unreachable, 0, 0},
		{"its server is overloaded", refuses(503, "", ""), calendar.Unreachable, 0, 0},
		{"the line breaks", broken, calendar.Unreachable, 0, 0},
		{"a hotel's page comes instead", html, calendar.Unreachable, 0, 0},
		{"a redirect would take the token to another host", elsewhere, calendar.Unreachable, 0, 0},
		{"too many were asked for", limited, calendar.Quota, 0, 2 * time.Minute},
		{"the OAuth client was deleted", refuses(401, "deleted_client", ""), calendar.SignIn, OtherClient, 0},
		{"the OAuth client may not do this", refuses(400, "unauthorized_client", ""), calendar.SignIn, OtherClient, 0},
		{"a policy of the Workspace forbids it", refuses(400, "admin_policy_enforced", "secret-x"), calendar.SignIn, Refused, 0},
		{"a refusal without a reason", refuses(403, "", ""), calendar.SignIn, Refused, 0},
	} {
		f := newFake(t)
		o := f.signedIn(t)
		f.sleep(2 * time.Hour)
		f.set(func() { f.token = row.answer })
		c := newClient(t, o)
		err := f.do(c)
		var e *calendar.Error
		if !errors.As(err, &e) || e.Kind != row.kind {
			t.Errorf("%s: got %v", row.sentence, err)
			continue
		}
		noSecret(t, err.Error())
		if strings.Contains(err.Error(), f.URL+"/token") {
			t.Errorf("%s: the address of a token endpoint helps nobody: %v", row.sentence, err)
		}
		if want := f.now.Add(row.wait); row.wait > 0 && !e.RetryAt.Equal(want) {
			t.Errorf("%s: try again at %v, want %v", row.sentence, e.RetryAt, want)
		}
		if row.fault != 0 {
			wantFault(t, err, row.fault)
		}
		f.set(func() { f.token = nil })
		f.mustDo(t, c) // it passes
	}
}

func TestClientStopsWithItsRequest(t *testing.T) {
	f := newFake(t)
	o := f.signedIn(t)
	f.sleep(2 * time.Hour)
	ctx, cancel := context.WithCancel(context.Background())
	f.token = func(http.ResponseWriter, url.Values) bool { cancel(); return false }
	r, _ := http.NewRequestWithContext(ctx, "GET", f.URL+"/calendar/v3/work", nil)
	if _, err := newClient(t, o).Do(r); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := newClient(t, f.service(t, "")).Do(r); !errors.Is(err, context.Canceled) {
		t.Errorf("a service account: got %v", err)
	}
	unlock, err := lock(context.Background(), o.TokenFile)
	if err != nil {
		t.Fatal("the lock is still held")
	}
	unlock()
}

func TestALockThatIsHeldIsWaitedForNoLongerThanTheRequest(t *testing.T) {
	f := newFake(t)
	o := f.signedIn(t)
	f.sleep(2 * time.Hour)
	unlock, err := lock(context.Background(), o.TokenFile)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (&person{o: o, c: credentials{client: "4711.apps.example.org"}}).token(ctx, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestATokenThatIsRefusedBeforeItsTimeIsRenewedOnce(t *testing.T) {
	for _, row := range []struct {
		sentence string
		change   func(f *fake)
		asked    int
		works    bool
	}{
		{"the clock was set back, so that a dead token looks alive", func(f *fake) { f.now, f.access = f.now.Add(-3*time.Hour), "" }, 1, true},
		{"the access token was withdrawn", func(f *fake) { f.access = "" }, 1, true},
		{"the clock was set ahead, so that a good token looks dead", func(f *fake) { f.now = f.now.Add(48 * time.Hour) }, 1, true},
		{"the API refuses whatever it is given", func(f *fake) {
			f.access, f.token = "", func(w http.ResponseWriter, _ url.Values) bool {
				w.Header().Set("Content-Type", "application/json")
				io.WriteString(w, `{"access_token":"secret-wrong","expires_in":3600}`)
				return true
			}
		}, 1, false},
	} {
		f := newFake(t)
		o := f.signedIn(t)
		c := newClient(t, o)
		f.set(func() { row.change(f) })
		err := f.do(c)
		if (err == nil) != row.works {
			t.Errorf("%s: got %v", row.sentence, err)
		}
		if n := f.asks("refresh_token"); n != row.asked {
			t.Errorf("%s: %d tokens were asked for, want %d", row.sentence, n, row.asked)
		}
		for _, r := range f.requests {
			if !strings.HasSuffix(r, " body") {
				t.Errorf("%s: a request came without its body", row.sentence)
			}
		}
	}
}

func TestNoSignInToUse(t *testing.T) {
	f := newFake(t)
	for _, row := range []struct {
		sentence string
		change   func(o *Options)
		fault    Fault
	}{
		{"nobody signed in", func(o *Options) { os.Remove(o.TokenFile) }, Absent},
		{"the file is torn", func(o *Options) { os.Truncate(o.TokenFile, 40) }, Absent},
		{"others can read it", func(o *Options) { os.Chmod(o.TokenFile, 0o640) }, Exposed},
		{"the config names another OAuth client now", func(o *Options) {
			o.Credentials = []byte(strings.Replace(oauthClientJSON, "4711", "4712", 1))
		}, Absent},
		{"a series came into a calendar that was only read", func(o *Options) {
			text, _ := os.ReadFile(o.TokenFile)
			os.WriteFile(o.TokenFile, []byte(strings.Replace(string(text), events+`"`, eventsRead+`"`, 1)), 0o600)
		}, Partial},
	} {
		o := f.signedIn(t)
		row.change(&o)
		err := f.do(newClient(t, o))
		t.Log(row.sentence)
		wantFault(t, err, row.fault)
		if calendar.KindOf(err) != calendar.SignIn {
			t.Errorf("%s: kind %v", row.sentence, calendar.KindOf(err))
		}
		if _, err := Look(context.Background(), o); err == nil {
			t.Errorf("%s: check would see nothing", row.sentence)
		}
	}
}

func TestASignInFromElsewhere(t *testing.T) {
	f := newFake(t)
	given, err := os.ReadFile(f.signedIn(t).TokenFile)
	if err != nil {
		t.Fatal(err)
	}
	o := f.options(t)
	reads := 0
	o.Token = func(context.Context) (string, error) { reads++; return string(given), nil }
	f.rotates = true
	f.sleep(2 * time.Hour)
	c := newClient(t, o)
	f.mustDo(t, c)
	f.sleep(2 * time.Hour)
	f.mustDo(t, c)
	if reads != 1 {
		t.Errorf("it was read %d times", reads)
	}
	private(t, o.TokenFile)
	f.sleep(2 * time.Hour)
	f.mustDo(t, newClient(t, o)) // after a restart what it was rotated to counts
	if s, err := Look(context.Background(), o); err != nil || s.Account != "alice@example.org" {
		t.Errorf("check sees %+v, %v", s, err)
	}

	other := f.signedIn(t)
	f.set(func() { f.refresh = "secret-refresh-new" })
	k, _ := read(other.TokenFile)
	k.Refresh, k.Access = "secret-refresh-new", ""
	fresh, _ := json.Marshal(k)
	o.Token = func(context.Context) (string, error) { return string(fresh), nil }
	f.mustDo(t, newClient(t, o)) // another one from elsewhere counts more than what is kept

	o.Token = func(context.Context) (string, error) { return "secret-refresh", nil }
	wantFault(t, f.do(newClient(t, o)), Absent)
	o.Token = func(context.Context) (string, error) { return "", errors.New("systemd passed no credential") }
	wantFault(t, f.do(newClient(t, o)), Absent)
}

func TestASignInFromElsewhereThatCannotBeKeptIsRenewedOnce(t *testing.T) {
	f := newFake(t)
	given, err := os.ReadFile(f.signedIn(t).TokenFile)
	if err != nil {
		t.Fatal(err)
	}
	o := f.options(t)
	o.Token = func(context.Context) (string, error) { return string(given), nil }
	f.token = func(http.ResponseWriter, url.Values) bool {
		os.Rename(filepath.Dir(o.TokenFile), filepath.Dir(o.TokenFile)+".gone")
		return false
	}
	f.sleep(2 * time.Hour)
	c := newClient(t, o)
	f.mustDo(t, c)
	f.mustDo(t, c)
	if n := f.asks("refresh_token"); n != 1 {
		t.Errorf("%d tokens were asked for, want 1", n)
	}
}

func TestATokenFollowsNoRedirect(t *testing.T) {
	f := newFake(t)
	o := f.signedIn(t)
	var stolen string
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { stolen = r.Header.Get("Authorization") }))
	defer thief.Close()
	api := httptest.NewServer(http.RedirectHandler(thief.URL, http.StatusTemporaryRedirect))
	defer api.Close()
	answer, err := newClient(t, o).Get(api.URL)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if stolen != "" || answer.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("the token went along to another host (%s)", answer.Status)
	}
}
