package signin

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fake is Google: its page, its tokens, and an API that counts who comes.
type fake struct {
	*httptest.Server

	mu       sync.Mutex
	now      time.Time
	consent  func(back url.Values)                             // what the person does: changes what the browser brings back
	token    func(w http.ResponseWriter, form url.Values) bool // true: it answered instead
	grant    map[string]any                                    // changes the answer that gives tokens
	primary  func(w http.ResponseWriter) bool
	rotates  bool
	asked    url.Values        // of the page, last
	codes    map[string]string // code -> challenge
	refresh  string            // the one that works; "": none
	access   string            // the one that works
	forms    []url.Values      // what the token endpoint was sent
	requests []string          // what the API was sent: authorization and body
	given    int
}

func newFake(t *testing.T) *fake {
	f := &fake{now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), codes: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/auth", f.page)
	mux.HandleFunc("/token", f.tokens)
	mux.HandleFunc("/calendar/v3/users/me/calendarList/primary", f.whose)
	mux.HandleFunc("/calendar/v3/work", f.work)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

func (f *fake) page(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = r.URL.Query()
	code := fmt.Sprintf("secret-code-%d", len(f.codes))
	f.codes[code] = f.asked.Get("code_challenge")
	back := url.Values{"code": {code}, "state": {f.asked.Get("state")}}
	if f.consent != nil {
		f.consent(back)
	}
	http.Redirect(w, r, f.asked.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

func (f *fake) tokens(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r.ParseForm()
	f.forms = append(f.forms, r.PostForm)
	w.Header().Set("Date", f.now.Format(http.TimeFormat))
	if f.token != nil && f.token(w, r.PostForm) {
		return
	}
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
		challenge, ok := f.codes[r.PostForm.Get("code")]
		if !ok || challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
			refuse(w, 400, "invalid_grant", "Malformed auth code.")
			return
		}
		f.refresh = "secret-refresh-0"
	case "refresh_token":
		if f.refresh == "" || r.PostForm.Get("refresh_token") != f.refresh {
			refuse(w, 400, "invalid_grant", "Token has been expired or revoked.")
			return
		}
		if f.rotates {
			f.refresh = fmt.Sprintf("secret-refresh-%d", f.given+1)
		}
	}
	f.give(w, r.PostForm.Get("grant_type"))
}

func (f *fake) give(w http.ResponseWriter, kind string) {
	f.given++
	f.access = fmt.Sprintf("secret-access-%d", f.given)
	answer := map[string]any{"access_token": f.access, "expires_in": 3600, "token_type": "Bearer", "scope": strings.Join(Scopes(true), " ")}
	if kind == "authorization_code" || kind == "refresh_token" && f.rotates {
		answer["refresh_token"] = f.refresh
	}
	for key, value := range f.grant {
		if answer[key] = value; value == nil {
			delete(answer, key)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer)
}

func (f *fake) whose(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.primary != nil && f.primary(w) || !f.authorized(w, r) {
		return
	}
	io.WriteString(w, `{"kind":"calendar#calendarListEntry","id":"alice@example.org"}`)
}

func (f *fake) work(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	f.requests = append(f.requests, r.Header.Get("Authorization")+" "+string(body))
	if f.authorized(w, r) {
		io.WriteString(w, "done")
	}
}

func (f *fake) authorized(w http.ResponseWriter, r *http.Request) bool {
	if f.access != "" && r.Header.Get("Authorization") == "Bearer "+f.access {
		return true
	}
	refuse(w, 401, "authError", "Invalid Credentials")
	return false
}

func refuse(w http.ResponseWriter, status int, code, words string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"error": code, "error_description": words})
}

// refuses makes the token endpoint say no.
func refuses(status int, code, words string) func(http.ResponseWriter, url.Values) bool {
	return func(w http.ResponseWriter, _ url.Values) bool {
		refuse(w, status, code, words)
		return true
	}
}

const oauthClientJSON = `{"installed":{"client_id":"4711.apps.example.org","client_secret":"secret-client","redirect_uris":["http://localhost"]}}`

// options are those of a person with a state folder of their own.
func (f *fake) options(t *testing.T) Options {
	return Options{
		Calendar: "team", Credentials: []byte(oauthClientJSON), AuthEndpoint: f.URL + "/auth", TokenEndpoint: f.URL + "/token", Endpoint: f.URL,
		TokenFile: filepath.Join(t.TempDir(), "state", FileName("team")), Scopes: Scopes(true), Now: f.clock,
	}
}

func (f *fake) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fake) sleep(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

// set changes the fake under its lock.
func (f *fake) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// asks counts the requests for tokens of one kind.
func (f *fake) asks(kind string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, form := range f.forms {
		if form.Get("grant_type") == kind {
			n++
		}
	}
	return n
}

// browse is a person with a browser: it goes where it is sent and returns what it is shown.
func browse(t *testing.T, address string) <-chan string {
	shown := make(chan string, 1)
	go func() {
		answer, err := http.Get(address)
		if err != nil {
			shown <- err.Error()
			return
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		shown <- answer.Status + "\n" + string(text)
	}()
	return shown
}

// signIn signs in, and returns what the browser showed.
func (f *fake) signIn(t *testing.T, o Options) (State, string, error) {
	t.Helper()
	var shown <-chan string
	state, err := Login(context.Background(), o, 0, func(address string, _ int) error {
		shown = browse(t, address)
		return nil
	})
	if shown == nil {
		return state, "", err
	}
	return state, <-shown, err
}

// signedIn are the options of a person who has signed in.
func (f *fake) signedIn(t *testing.T) Options {
	t.Helper()
	o := f.options(t)
	if _, _, err := f.signIn(t, o); err != nil {
		t.Fatal(err)
	}
	return o
}

func newClient(t *testing.T, o Options) *http.Client {
	t.Helper()
	c, err := Client(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// work sends one request with a body and wants it done.
func (f *fake) do(c *http.Client) error {
	answer, err := c.Post(f.URL+"/calendar/v3/work", "text/plain", strings.NewReader("body"))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return fmt.Errorf("status %d", answer.StatusCode)
	}
	return nil
}

func (f *fake) mustDo(t *testing.T, c *http.Client) {
	t.Helper()
	if err := f.do(c); err != nil {
		t.Fatal(err)
	}
}

// private reads a file and checks that it is for its owner alone.
func private(t *testing.T, path string) string {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("%s has mode %04o", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// noSecret checks a text that people or logs see. All secrets of these tests say that they are.
func noSecret(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(text, "secret-") || strings.Contains(text, "PRIVATE") {
		t.Errorf("a secret shows in %q", text)
	}
}

var testKey = sync.OnceValue(func() []byte {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
})

// serviceKey is a service account's key as Google's console gives it.
func serviceKey() []byte {
	text, _ := json.Marshal(map[string]string{"type": "service_account", "client_id": "1071", "client_email": "bot@project.example.org",
		"private_key_id": "k1", "private_key": string(testKey()), "token_uri": "https://oauth2.example.org/token"})
	return text
}

// claims reads what a service account's assertion says.
func claims(t *testing.T, form url.Values) map[string]any {
	t.Helper()
	parts := strings.Split(form.Get("assertion"), ".")
	if len(parts) != 3 {
		t.Fatalf("no assertion among %v", slices.Sorted(func(yield func(string) bool) {
			for k := range form {
				if !yield(k) {
					return
				}
			}
		}))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	var out map[string]any
	if err != nil || json.Unmarshal(text, &out) != nil {
		t.Fatal("the assertion is no JSON")
	}
	return out
}
