package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// lived is a daemon in this process, and what it told whom.
type lived struct {
	*testing.T
	dir, socket string
	config      string

	mu     sync.Mutex
	beats  int
	events []string // of the problem that the test makes
	log    bytes.Buffer
}

func (l *lived) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.Write(b)
}

func (l *lived) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.Method == http.MethodGet {
		l.beats++
		return
	}
	var m struct{ Event, Code string }
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		l.Error(err)
	}
	if m.Code == "calendar_unreadable" {
		l.events = append(l.events, m.Event)
	}
}

func (l *lived) told() (events string, beats int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.events, "; "), l.beats
}

const watchedConfig = `
listen = "unix:%[2]s"
[me]
name     = "Alice Chen"
email    = "alice@example.org"
timezone = "Europe/Berlin"
[calendar.work]
type = "vdir"
path = "alice"
[calendar.dana]
type = "vdir"
path = "dana"
[notify]
command   = ["/bin/sh", "-c", "cat >> told.json"]
webhook   = "%[1]s/hook"
calendar  = "work"
heartbeat = "%[1]s/beat"
[[bilateral]]
name     = "dana"
calendar = "work"
mode     = "act"
cadence  = "weekly"
prefer   = "Wed 15:30"
horizon  = "3 weeks"
[bilateral.executive]
name     = "Dana Boss"
email    = "dana@example.org"
timezone = "America/New_York"
busy     = ["dana"]
`

func newLived(t *testing.T) *lived {
	l := &lived{T: t, dir: t.TempDir()}
	l.socket, l.config = filepath.Join(l.dir, "watch"), filepath.Join(l.dir, "config.toml")
	for _, name := range []string{"alice", "dana"} {
		if err := os.Mkdir(filepath.Join(l.dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	if err := os.WriteFile(l.config, fmt.Appendf(nil, watchedConfig, server.URL, l.socket), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(l.dir)
	if code := run(t.Context(), l.args("run", "--once"), strings.NewReader(""), io.Discard, l); code != 0 {
		t.Fatalf("the first pass ended with %d: %s", code, &l.log)
	}
	if err := os.Remove("dana"); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *lived) args(words ...string) []string {
	return append(words, "--config", l.config, "--state", filepath.Join(l.dir, "state"))
}

// run lets a daemon live while f looks.
func (l *lived) run(f func()) {
	l.Helper()
	ended := make(chan int)
	go func() {
		ended <- run(context.Background(), l.args("run"), strings.NewReader(""), io.Discard, l)
	}()
	l.await("the first pass", func() bool { code, _ := l.look("/healthz"); return code != 0 })
	f()
	l.signal(syscall.SIGTERM)
	if code := <-ended; code != 0 {
		l.Errorf("it ended with %d: %s", code, &l.log)
	}
}

func (l *lived) signal(s syscall.Signal) {
	l.Helper()
	if err := syscall.Kill(os.Getpid(), s); err != nil {
		l.Fatal(err)
	}
}

func (l *lived) await(what string, f func() bool) {
	l.Helper()
	for deadline := time.Now().Add(20 * time.Second); !f(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			events, beats := l.told()
			l.mu.Lock()
			defer l.mu.Unlock()
			l.Fatalf("%s never came; told: %q, %d beats; log:\n%s", what, events, beats, &l.log)
		}
	}
}

// look asks the socket; code 0: nobody answers.
func (l *lived) look(path string) (code int, body string) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", l.socket)
	}}}
	answer, err := client.Get("http://bilateral" + path)
	if err != nil {
		return 0, ""
	}
	defer answer.Body.Close()
	data, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(data)
}

// notes counts those in the owner's calendar that are about the problem.
func (l *lived) notes() int {
	files, err := filepath.Glob(filepath.Join(l.dir, "alice", "notice-*.ics"))
	if err != nil {
		l.Fatal(err)
	}
	n := 0
	for _, file := range files {
		if data, _ := os.ReadFile(file); bytes.Contains(data, []byte("SUMMARY:the calendar dana")) {
			n++
		}
	}
	return n
}

func (l *lived) metric(line string) bool {
	_, text := l.look("/metrics")
	return strings.Contains(text, "\n"+line+"\n")
}

func TestADaemonIsLookedAtAndSpeaksUp(t *testing.T) {
	l := newLived(t)
	events := func(want string) func() bool { return func() bool { got, _ := l.told(); return got == want } }
	l.run(func() {
		l.await("the beginning of the problem", events("began"))
		l.await("the note", func() bool { return l.notes() == 1 })
		l.await("the figures", func() bool {
			return l.metric(`bilateral_calendar_reachable{calendar="dana"} 0`)
		})
		if code, line := l.look("/healthz"); code != 200 || !strings.HasPrefix(line, "warning: ") {
			l.Errorf("%d %q", code, line)
		}
		before, err := os.Stat(l.socket)
		if err != nil {
			l.Fatal(err)
		}
		l.signal(syscall.SIGHUP)
		l.await("the reload", func() bool { return l.logged("the changed config is in use") == 1 })
		l.await("a pass of the new setup", func() bool { return l.metric(`bilateral_passes_total{result="good"} 2`) })
		if after, err := os.Stat(l.socket); err != nil || !os.SameFile(before, after) {
			l.Errorf("the reload made another socket: %v", err)
		}
	})
	l.run(func() {
		l.await("a pass after the restart", func() bool { return l.metric(`bilateral_passes_total{result="good"} 1`) })
		if err := os.Mkdir(filepath.Join(l.dir, "dana"), 0o700); err != nil {
			l.Fatal(err)
		}
		l.await("the end of the problem", func() bool {
			l.signal(syscall.SIGUSR1)
			return events("began; ended")()
		})
		l.await("the end of the note", func() bool { return l.notes() == 0 })
		if _, beats := l.told(); beats < 3 {
			l.Errorf("%d beats", beats)
		}
	})
	if data, err := os.ReadFile("told.json"); err != nil || bytes.Count(data, []byte(`"code":"calendar_unreadable"`)) != 2 {
		l.Errorf("the command was told %s (%v)", data, err)
	}
	if n := l.logged(`"level":"warn","code":"calendar_unreadable"`); n != 2 { // once by each daemon
		l.Errorf("the problem stands %d times in the log:\n%s", n, &l.log)
	}
	if n := l.logged(`"level":"info","code":"calendar_unreadable"`); n != 1 {
		l.Errorf("its end stands %d times in the log:\n%s", n, &l.log)
	}
}

func (l *lived) logged(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.log.String(), text)
}
