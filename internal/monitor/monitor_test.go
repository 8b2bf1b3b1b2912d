package monitor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/internal/engine"
)

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// clock is a clock that a test sets.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func watching(good time.Time) (*Monitor, *clock) {
	c := &clock{monday}
	return New(Build{"1.2.3", "abc", "go1.26"}, c.now, 5*time.Minute, good), c
}

func get(t *testing.T, m *Monitor, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func status(names ...string) engine.Status {
	s := engine.Status{State: engine.Warning, Problems: []engine.Problem{{Code: "calendar_unreadable", Severity: engine.Warning}},
		Calendars: []engine.CalendarStatus{{Name: "work", Reachable: true}, {Name: "dana"}}}
	for _, n := range names {
		s.Bilaterals = append(s.Bilaterals, engine.BilateralStatus{Name: n, Executive: "dana@example.org", Guarantee: engine.Guarantee{Held: 6, Unmet: 2}})
	}
	return s
}

func TestHealthTurnsWhenNoPassIsGood(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	back := time.Date(2026, 10, 25, 2, 50, 0, 0, zone) // 02:50 CEST; ten minutes later it is 02:00 CET
	rows := []struct {
		name   string
		start  time.Time
		pass   time.Duration // after the start; 0: none
		good   bool
		looked time.Duration
		code   int
	}{
		{"a daemon that has just started is given time", monday, 0, false, 14 * time.Minute, 200},
		{"one that never has a good pass is not well after three intervals", monday, 0, false, 16 * time.Minute, 503},
		{"a good pass", monday, 10 * time.Minute, true, 20 * time.Minute, 200},
		{"three intervals after it", monday, 10 * time.Minute, true, 26 * time.Minute, 503},
		{"passes that fail do not count", monday, 14 * time.Minute, false, 16 * time.Minute, 503},
		{"an hour that repeats is no hour of silence", back, 5 * time.Minute, true, 15 * time.Minute, 200},
		{"nor does it hide one", back, 5 * time.Minute, true, 25 * time.Minute, 503},
		{"a clock set back is no fault", monday, 10 * time.Minute, true, -time.Hour, 200},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			c := &clock{r.start}
			m := New(Build{}, c.now, 5*time.Minute, time.Time{})
			if r.pass > 0 {
				m.Passed(Pass{Ended: r.start.Add(r.pass), Good: r.good, Line: "ok: 8 held"})
			}
			c.at = r.start.Add(r.looked)
			code, line := get(t, m, "/healthz")
			if code != r.code || (code == 503) != strings.HasPrefix(line, "no good pass for ") || strings.Count(line, "\n") != 1 {
				t.Errorf("%d %q, want %d", code, line, r.code)
			}
		})
	}
}

func TestMetricsTellWhatPassesDid(t *testing.T) {
	m, c := watching(monday.Add(-time.Hour))
	if _, before := get(t, m, "/metrics"); !strings.Contains(before, "bilateral_seconds_since_good_pass 3600\n") {
		t.Errorf("a good pass of the time before the start is forgotten:\n%s", before)
	}
	unreachable := &calendar.Error{Kind: calendar.Unreachable, Op: "read", Target: "dav.example.org"}
	m.Passed(Pass{Ended: monday, Took: 2 * time.Second, Good: true, Status: status("dana", "ann"), Report: engine.Report{Bilaterals: []engine.BilateralReport{
		{Name: "dana", Steps: []engine.Step{
			{Action: "move", Mails: []string{"dana@example.org"}, Done: true},
			{Action: "agenda", Title: "secret plans", Done: true},
			{Action: "mail", Mails: []string{"dana@example.org"}, Done: true},
			{Action: "move", Mails: []string{"dana@example.org"}}, // not done
		}},
		{Name: "ann", Err: fmt.Errorf("read: %w", unreachable)},
	}}})
	m.Passed(Pass{Ended: monday, Status: status("dana")})
	c.at = monday.Add(90 * time.Second)
	_, text := get(t, m, "/metrics")
	for _, want := range []string{
		`bilateral_build_info{commit="abc",goversion="go1.26",version="1.2.3"} 1`,
		`bilateral_periods{bilateral="dana",state="held"} 6`,
		`bilateral_periods{bilateral="dana",state="unmet"} 2`,
		`bilateral_periods{bilateral="dana",state="waived"} 0`,
		`bilateral_moves_total{bilateral="dana"} 1`,
		`bilateral_writes_total{bilateral="dana"} 2`,
		`bilateral_mails_total{bilateral="dana"} 2`,
		`bilateral_errors_total{kind="unreachable"} 1`,
		`bilateral_errors_total{kind="pass"} 1`,
		`bilateral_passes_total{result="good"} 1`,
		`bilateral_passes_total{result="failed"} 1`,
		`bilateral_problems{severity="critical"} 0`,
		`bilateral_problems{severity="warning"} 1`,
		`bilateral_calendar_reachable{calendar="dana"} 0`,
		`bilateral_seconds_since_good_pass 90`,
		`bilateral_pass_duration_seconds_count 2`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("no %s", want)
		}
	}
	for _, never := range []string{"example.org", "secret", `bilateral_periods{bilateral="ann"`} {
		if strings.Contains(text, never) {
			t.Errorf("%q stands in the metrics", never)
		}
	}
}

func TestNothingIsSaidOfProblemsBeforeTheFirstPass(t *testing.T) {
	m, _ := watching(time.Time{})
	if _, text := get(t, m, "/metrics"); strings.Contains(text, "bilateral_problems") || strings.Contains(text, "bilateral_seconds_since") {
		t.Error(text)
	}
}

func TestTheDocumentedMetricsAreThere(t *testing.T) {
	m, _ := watching(monday)
	m.Count("work", nil)
	m.Passed(Pass{Ended: monday, Status: status("dana"), Report: engine.Report{Bilaterals: []engine.BilateralReport{{Name: "dana", Err: io.EOF}}}})
	_, text := get(t, m, "/metrics")
	for _, file := range []string{"../../docs/monitoring.md", "../../docs/monitoring/alerts.yml"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		names := regexp.MustCompile(`bilateral_[a-z_]+`).FindAllString(string(data), -1)
		if len(names) == 0 {
			t.Errorf("%s names no metric", file)
		}
		for _, name := range names {
			if !strings.Contains(text, "# TYPE "+name+" ") {
				t.Errorf("%s names %s, which there is not", file, name)
			}
		}
	}
}

func TestRequestsAreCountedByCalendar(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	m, _ := watching(time.Time{})
	for _, name := range []string{"work", "work", "team"} {
		client := http.Client{Transport: m.Count(name, nil)}
		answer, err := client.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}
	_, text := get(t, m, "/metrics")
	if !strings.Contains(text, `bilateral_requests_total{calendar="work"} 2`) || !strings.Contains(text, `bilateral_requests_total{calendar="team"} 1`) {
		t.Error(text)
	}
}

func TestServesAtAPortAndASocket(t *testing.T) {
	m, _ := watching(time.Time{})
	socket := filepath.Join(t.TempDir(), "s")
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := port.Addr().String()
	port.Close()
	for _, address := range []string{free, "unix:" + socket} {
		s, err := m.Serve(address)
		if err != nil {
			t.Fatal(err)
		}
		client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			if path, ok := strings.CutPrefix(address, "unix:"); ok {
				return (&net.Dialer{}).DialContext(ctx, "unix", path)
			}
			return (&net.Dialer{}).DialContext(ctx, "tcp", address)
		}}}
		answer, err := client.Get("http://bilateral/healthz")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		client.CloseIdleConnections()
		if answer.StatusCode != 200 || !strings.HasPrefix(string(body), "starting") {
			t.Errorf("%s: %d %q", address, answer.StatusCode, body)
		}
		if _, err := m.Serve(address); err == nil {
			t.Errorf("two listen at %s", address)
		}
		s.Close()
	}
}

func TestASocketIsTheGroupsAndReplacesNothingElse(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, "left")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: left, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false) // as a killed process leaves it
	l.Close()
	again, err := Listen("unix:" + left)
	if err != nil {
		t.Fatalf("a socket that nobody serves is in the way: %v", err)
	}
	defer again.Close()
	if info, err := os.Stat(left); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("the socket's mode is %v (%v)", info.Mode(), err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen("unix:" + file); err == nil || !strings.Contains(err.Error(), "no socket") {
		t.Errorf("a file was replaced: %v", err)
	}
	if _, err := Listen("unix:" + filepath.Join(dir, "none", "s")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestOneMayLookWhileAnotherTells(t *testing.T) {
	m, _ := watching(time.Time{})
	var both sync.WaitGroup
	both.Go(func() {
		for range 100 {
			m.Passed(Pass{Ended: monday, Good: true, Status: status("dana")})
			m.Reloaded(time.Minute)
		}
	})
	both.Go(func() {
		for range 20 {
			m.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/metrics", nil))
			m.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/healthz", nil))
		}
	})
	both.Wait()
}
