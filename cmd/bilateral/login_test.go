package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"bilateral/calendar/google/signin"
	"bilateral/internal/engine"

	"github.com/rogpeppe/go-internal/testscript"
)

// standInGoogle starts a server that signs in as Google does, and puts its address into config.toml for http://127.0.0.1:1.
// Its argument is what becomes of it: google [deny|forge|testing|lost]. The calendar itself it lets nobody see.
func standInGoogle(ts *testscript.TestScript, _ bool, args []string) {
	mood := first(args)
	mux := http.NewServeMux()
	mux.HandleFunc("/auth", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		back := url.Values{"state": {q.Get("state")}, "code": {"secret-code"}}
		switch mood {
		case "deny":
			back = url.Values{"state": {q.Get("state")}, "error": {"access_denied"}}
		case "forge":
			back.Set("state", "another")
		}
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.FormValue("grant_type") == "refresh_token" && mood == "lost" {
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `{"error":"invalid_grant"}`)
			return
		}
		answer := map[string]any{"access_token": "secret-access", "refresh_token": "secret-refresh", "expires_in": 3600,
			"scope": strings.Join(signin.Scopes(true), " ")}
		if mood == "testing" {
			answer["refresh_token_expires_in"] = 7 * 24 * 3600
		}
		json.NewEncoder(w).Encode(answer)
	})
	mux.HandleFunc("/calendar/v3/users/me/calendarList/primary", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"id":"alice@example.org"}`)
	})
	mux.HandleFunc("/calendar/v3/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	server := httptest.NewServer(mux)
	ts.Defer(server.Close)
	path := ts.MkAbs("config.toml")
	text := strings.ReplaceAll(ts.ReadFile("config.toml"), "http://127.0.0.1:1", server.URL)
	ts.Check(os.WriteFile(path, []byte(text), 0o600))
	ts.Check(os.Chmod(ts.MkAbs("client.json"), 0o600))
}

// signsIn runs bilateral login as a person does who follows the address that it prints: signsin CODE [ARGUMENTS]; or, with a
// ! before it, presses ctrl-C instead. What it says is kept in login.out (the address left out) and login.err.
func signsIn(ts *testscript.TestScript, givesUp bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	c := exec.Command("bilateral", append([]string{"login"}, args[1:]...)...)
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if path := filepath.Join(dir, "bilateral"); exists(path) {
			c.Path, c.Err = path, nil
		}
	}
	c.Dir = ts.MkAbs(".")
	for _, name := range []string{"HOME", "TZ", "PATH", "DISPLAY", "BILATERAL_CONFIG", "STATE_DIRECTORY"} {
		c.Env = append(c.Env, name+"="+ts.Getenv(name))
	}
	var said, shown bytes.Buffer
	c.Stderr = &said
	out, err := c.StdoutPipe()
	ts.Check(err)
	ts.Check(c.Start())
	lines := bufio.NewReader(out)
	address, _ := lines.ReadString('\n')
	u, err := url.Parse(strings.TrimSuffix(address, "\n"))
	switch {
	case err != nil || u.Query().Get("client_id") == "":
		fmt.Fprintf(&shown, "no address: %q\n", address)
	case givesUp:
		ts.Check(c.Process.Signal(os.Interrupt))
	default:
		answer, err := http.Get(u.String())
		ts.Check(err)
		_, err = io.Copy(&shown, answer.Body)
		ts.Check(err)
		answer.Body.Close()
	}
	rest, err := io.ReadAll(lines)
	ts.Check(err)
	c.Wait()
	for name, text := range map[string][]byte{"login.out": rest, "login.err": said.Bytes(), "login.html": shown.Bytes()} {
		ts.Check(os.WriteFile(ts.MkAbs(name), text, 0o600))
	}
	if got := c.ProcessState.ExitCode(); got != want {
		ts.Fatalf("exit code %d, want %d: %s", got, want, said.String())
	}
}

func TestStatusTellsWhenASignInEnds(t *testing.T) {
	berlin, _ := time.LoadLocation("Europe/Berlin")
	newYork, _ := time.LoadLocation("America/New_York")
	at := func(s string) time.Time {
		out, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	ends := at("2026-12-03T02:00:00Z")
	for _, row := range []struct {
		sentence string
		known    signin.State
		now      time.Time
		zone     *time.Location
		want     string // severity, code and message; "": nothing
	}{
		{"no end is known", signin.State{}, ends, berlin, ""},
		{"four days before", signin.State{Ends: ends}, ends.AddDate(0, 0, -4), berlin, ""},
		{"three days before", signin.State{Ends: ends}, ends.AddDate(0, 0, -3), berlin, "warning sign_in_ends Google sign-in of calendar team ends Thu 3 Dec"},
		{"the day is the owner's", signin.State{Ends: ends}, ends.AddDate(0, 0, -3), newYork, "warning sign_in_ends Google sign-in of calendar team ends Wed 2 Dec"},
		{"over the change to winter time", signin.State{Ends: at("2026-10-25T22:30:00Z")}, at("2026-10-23T00:30:00+02:00"), berlin,
			"warning sign_in_ends Google sign-in of calendar team ends Sun 25 Oct"},
		{"a second before three days of 24 hours", signin.State{Ends: at("2026-10-25T22:30:00Z")}, at("2026-10-23T00:29:59+02:00"), berlin, ""},
		{"afterwards", signin.State{Ends: ends}, ends, berlin, "critical sign_in_ends Google sign-in of calendar team ended Thu 3 Dec"},
		{"Google took it no more", signin.State{Ends: ends, Lost: at("2026-11-22T10:00:00Z")}, at("2026-11-22T11:00:00Z"), berlin,
			"critical sign_in Google sign-in of calendar team is gone: it has expired or was withdrawn"},
	} {
		got := ""
		if p, ok := signInProblem("team", row.known, row.now, row.zone); ok {
			got = p.Severity + " " + p.Code + " " + p.Message
			if p.Do != "bilateral login team" {
				t.Errorf("%s: do %q", row.sentence, p.Do)
			}
		}
		if got != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.want)
		}
	}
}

func TestASignInsProblemStandsWhereItsSeverityBelongs(t *testing.T) {
	for _, row := range []struct {
		sentence, severity, before, state string
		at                                int
	}{
		{"a warning comes last", engine.Warning, engine.Critical, engine.Critical, 1},
		{"a warning makes a good state a warning", engine.Warning, "", engine.Warning, 0},
		{"what is critical comes first", engine.Critical, engine.Warning, engine.Critical, 0},
	} {
		s := engine.Status{State: engine.OK}
		if row.before != "" {
			s.State, s.Problems = row.before, []engine.Problem{{Severity: row.before}}
		}
		addProblem(&s, engine.Problem{Code: "sign_in_ends", Severity: row.severity})
		if s.State != row.state || s.Problems[row.at].Code != "sign_in_ends" {
			t.Errorf("%s: %+v", row.sentence, s)
		}
	}
	s := engine.Status{State: engine.NoIdea}
	addProblem(&s, engine.Problem{Severity: engine.Warning})
	if s.State != engine.NoIdea {
		t.Error("a sign-in does not make known what is not")
	}
}

func TestWhatAPassSaidOfASignInLeadsToLogin(t *testing.T) {
	gone := "the calendar team cannot be read (open calendar team: sign-in needed: nobody has signed in yet); …"
	for _, row := range []struct {
		sentence string
		problems []engine.Problem
		want     string // code, severity and step of each
	}{
		{"of a calendar that is only read", []engine.Problem{{Code: "lint", Severity: engine.Warning, Do: "x"}, {Code: "calendar_unreadable", Severity: engine.Warning, Message: gone}},
			"calendar_unreadable critical bilateral login team; lint warning x; "},
		{"of the calendar where the series lives", []engine.Problem{{Code: "sign_in", Severity: engine.Critical, Message: gone}, {Code: "calendar_unreadable", Severity: engine.Warning, Message: gone}},
			"sign_in critical bilateral login team; calendar_unreadable warning bilateral login team; "},
		{"not for a service account, which knows no login", []engine.Problem{{Code: "sign_in", Severity: engine.Critical, Message: "dana: read the calendar team: open calendar team: sign-in needed: the service account may not act for alice@example.org"}},
			"sign_in critical bilateral check; "},
		{"nothing, where Google only does not answer", []engine.Problem{{Code: "calendar_unreadable", Severity: engine.Warning, Do: "x", Message: "sign in to calendar team: not reachable"}},
			"calendar_unreadable warning x; "},
		{"nothing of another calendar", []engine.Problem{{Code: "sign_in", Severity: engine.Critical, Do: "x", Message: "open calendar team2: sign-in needed"}}, "sign_in critical x; "},
	} {
		s := engine.Status{State: engine.Warning, Problems: row.problems}
		pointAtLogin(&s, "team")
		got := ""
		for _, p := range s.Problems {
			got += p.Code + " " + p.Severity + " " + p.Do + "; "
		}
		if got != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.want)
		}
	}
}

func TestEverySignInFaultHasItsAdvice(t *testing.T) {
	for f := signin.Absent; f <= signin.Refused; f++ {
		do, code := adviseSignIn(&signin.Error{Fault: f, Calendar: "team", Client: "1071", Scopes: []string{"https://a", "https://b"}})
		if do == "" || code == 0 {
			t.Errorf("fault %d: %q, exit code %d", f, do, code)
		}
		if strings.HasPrefix((&signin.Error{Fault: f}).Error(), "%!") {
			t.Errorf("fault %d has no sentence", f)
		}
	}
	do, code := adviseSignIn(&signin.Error{Fault: signin.Undelegated, Client: "1071", Scopes: []string{"https://a", "https://b"}})
	if code != exitNeedsPerson || !strings.Contains(do, "client ID 1071, scopes https://a,https://b") {
		t.Errorf("an administrator is told %q", do)
	}
}
