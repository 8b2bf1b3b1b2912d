package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bilateral/calendar/imip"
	"bilateral/internal/engine"
	"bilateral/internal/store"

	"github.com/rs/zerolog"
)

func opened(t *testing.T, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// fake is a channel that a test reads and breaks.
type fake struct {
	name   string
	told   []string
	broken error
	poison string // a period that it refuses
}

func (f *fake) Name() string { return f.name }

func (f *fake) Tell(ctx context.Context, list []Notice) ([]bool, error) {
	return oneByOne(ctx, list, func(_ context.Context, n Notice) error {
		if f.broken != nil || n.Period == f.poison && f.poison != "" {
			return errors.Join(f.broken, errors.New("refused"))
		}
		f.told = append(f.told, wordsOf([]Notice{n})+" "+strings.TrimSpace(n.Code+" "+n.Period))
		return nil
	})
}

// after tells what a pass found, k passes after Monday.
func after(n *Notifier, k int, problems ...engine.Problem) {
	s := engine.Status{Generated: monday.Add(time.Duration(k) * 5 * time.Minute), Problems: problems}
	s.Daemon.LastPassOK = true
	n.Tell(context.Background(), s)
}

func notifier(t *testing.T, o Options) *Notifier {
	t.Helper()
	if o.Mildest == "" {
		o.Mildest = engine.Warning
	}
	return New(o)
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "; ") != strings.Join(want, "; ") {
		t.Errorf("%s: told %q, want %q", what, got, want)
	}
}

func TestARestartRepeatsNothing(t *testing.T) {
	dir := t.TempDir()
	problem := unmet("W49", engine.Critical)
	c := &fake{name: "command"}
	after(notifier(t, Options{Store: opened(t, dir), Channels: []Channel{c}}), 0, problem)
	again := notifier(t, Options{Store: opened(t, dir), Channels: []Channel{c}})
	after(again, 1, problem)
	same(t, "a restart while it stands", c.told, "critical period_unmet W49")
	after(again, 2)
	last := notifier(t, Options{Store: opened(t, dir), Channels: []Channel{c}})
	after(last, 3)
	after(last, 4)
	same(t, "a restart while it ends", c.told, "critical period_unmet W49", "over period_unmet W49")
}

func TestOneChannelsFailureIsNoOthers(t *testing.T) {
	s := opened(t, t.TempDir())
	var log bytes.Buffer
	good, bad := &fake{name: "command"}, &fake{name: "webhook", broken: errors.New("no route\nto host")}
	n := notifier(t, Options{Store: s, Channels: []Channel{good, bad}, Log: zerolog.New(&log)})
	problem := unmet("W49", engine.Critical)
	after(n, 0, problem)
	after(n, 1, problem)
	same(t, "the good one", good.told, "critical period_unmet W49")
	if c, err := s.Channel("webhook"); err != nil || !strings.Contains(c.Error, "no route to host") || !c.Failing.Equal(monday) {
		t.Errorf("the bad one: %+v %v", c, err)
	}
	if strings.Count(log.String(), "\n") != 1 {
		t.Errorf("a failure that lasts is logged again: %s", &log)
	}
	bad.broken = nil
	after(n, 2, problem)
	same(t, "the bad one, mended", bad.told, "critical period_unmet W49")
	if c, _ := s.Channel("webhook"); c.Error != "" {
		t.Errorf("it still counts as broken: %+v", c)
	}
}

func TestNothingIsToldOfAChannelByItself(t *testing.T) {
	a, b := &fake{name: "mail"}, &fake{name: "command"}
	n := notifier(t, Options{Store: opened(t, t.TempDir()), Channels: []Channel{a, b}})
	after(n, 0, engine.Problem{Code: engine.NotifyCode + "mail", Severity: engine.Warning})
	same(t, "mail", a.told)
	same(t, "command", b.told, "warning notify_mail")
}

func TestAMildProblemIsNotToldWhereOnlyCriticalOnesAre(t *testing.T) {
	c := &fake{name: "mail"}
	n := notifier(t, Options{Store: opened(t, t.TempDir()), Channels: []Channel{c}, Mildest: engine.Critical})
	after(n, 0, unmet("W49", engine.Warning))
	after(n, 1, unmet("W49", engine.Critical))
	after(n, 2, unmet("W49", engine.Warning))
	after(n, 3, unmet("W49", engine.Warning))
	same(t, "a period that was critical for a pass", c.told, "critical period_unmet W49", "over period_unmet W49")
}

func TestANoticeThatIsRefusedBlocksNoOther(t *testing.T) {
	c := &fake{name: "webhook", poison: "W49"}
	n := notifier(t, Options{Store: opened(t, t.TempDir()), Channels: []Channel{c}})
	after(n, 0, unmet("W49", engine.Critical), unmet("W50", engine.Critical))
	after(n, 1, unmet("W49", engine.Critical), unmet("W50", engine.Critical))
	same(t, "the other", c.told, "critical period_unmet W50")
}

func TestAFloodIsToldInPortions(t *testing.T) {
	c := &fake{name: "command"}
	n := notifier(t, Options{Store: opened(t, t.TempDir()), Channels: []Channel{c}})
	var flood []engine.Problem
	for k := range 50 {
		p := unmet("W49", engine.Critical)
		p.Bilateral = strings.Repeat("x", k+1)
		flood = append(flood, p)
	}
	for k, want := range []int{20, 40, 50, 50} {
		after(n, k, flood...)
		if len(c.told) != want {
			t.Errorf("after pass %d %d are told, want %d", k, len(c.told), want)
		}
	}
}

func TestAChannelThatIsTakenOutOfTheConfigIsNoProblemAnyMore(t *testing.T) {
	s := opened(t, t.TempDir())
	after(notifier(t, Options{Store: s, Channels: []Channel{&fake{name: "webhook", broken: io.EOF}}}), 0, unmet("W49", engine.Critical))
	after(notifier(t, Options{Store: s}), 1, unmet("W49", engine.Critical))
	if list, err := s.Channels(); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}

func TestAPassDoesNotWaitForASlowChannel(t *testing.T) {
	c := &slow{begun: make(chan struct{}), carry: make(chan struct{})}
	n := notifier(t, Options{Store: opened(t, t.TempDir()), Channels: []Channel{c}})
	problem := engine.Status{Generated: monday, Problems: []engine.Problem{unmet("W49", engine.Critical)}}
	n.After(problem)
	<-c.begun
	n.After(problem) // returns although the first tells still
	close(c.carry)
	n.End(time.Minute)
	n.After(problem)
	if got := c.calls.Load(); got != 1 {
		t.Errorf("told %d times", got)
	}
}

func TestTheEndWaitsForNoChannelForEver(t *testing.T) {
	s := opened(t, t.TempDir())
	c := &slow{begun: make(chan struct{}), carry: make(chan struct{})}
	n := notifier(t, Options{Store: s, Channels: []Channel{c}})
	n.After(engine.Status{Generated: monday, Problems: []engine.Problem{unmet("W49", engine.Critical)}})
	<-c.begun
	n.End(time.Millisecond)
	if known, err := s.Channel("slow"); err != nil || known.Error != "" || len(known.Notices) != 1 || known.Notices[0].Severity != "" {
		t.Errorf("what was given up counts as told, or as a failure: %+v %v", known, err)
	}
}

type slow struct {
	begun, carry chan struct{}
	calls        atomic.Int32
}

func (*slow) Name() string { return "slow" }

func (s *slow) Tell(ctx context.Context, list []Notice) ([]bool, error) {
	s.calls.Add(1)
	close(s.begun)
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.carry:
		return []bool{true}, nil
	}
}

func notice(over bool) Notice {
	return Notice{Problem: unmet("2026-W49", engine.Critical), Ended: over, Since: monday, At: monday.Add(time.Hour)}
}

func TestCommandGetsTheProblemOnItsStdin(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	told, err := Command{[]string{"/bin/sh", "-c", `cat >> "$0"`, out}}.Tell(context.Background(), []Notice{notice(false), notice(true)})
	if err != nil || !told[0] || !told[1] {
		t.Fatal(told, err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	for _, event := range []string{"began", "ended"} {
		var m message
		if err := d.Decode(&m); err != nil || m.Version != 1 || m.Event != event || m.Code != "period_unmet" || m.Severity != "critical" ||
			m.Bilateral != "dana" || m.Period != "2026-W49" || !m.Since.Equal(monday) || m.Do == "" || !strings.Contains(m.Text, "Thu 16:00 would do") {
			t.Errorf("%+v %v", m, err)
		}
	}
}

func TestCommandFailures(t *testing.T) {
	rows := []struct {
		name string
		argv []string
		want string
	}{
		{"there is no such program", []string{"/no/such"}, `"/no/such" failed`},
		{"it fails, and prints what it should not", []string{"/bin/sh", "-c", "echo hunter2 >&2; exit 3"}, "exit status 3"},
		{"its arguments are no shell's", []string{"/bin/false", "$(touch /tmp/never)", ";"}, "exit status 1"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			told, err := Command{r.argv}.Tell(context.Background(), []Notice{notice(false)})
			if told[0] || err == nil || !strings.Contains(err.Error(), r.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%v %v", told, err)
			}
		})
	}
}

func TestWebhookPostsAndStaysWithItsHost(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was told") }))
	defer other.Close()
	var got []byte
	mux := http.NewServeMux()
	mux.HandleFunc("POST /ok", func(_ http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		if r.Header.Get("Content-Type") != "application/json" {
			t.Error(r.Header)
		}
	})
	mux.Handle("POST /moved", http.RedirectHandler("/ok", http.StatusPermanentRedirect))
	mux.Handle("POST /dropped", http.RedirectHandler("/ok", http.StatusFound))
	mux.Handle("POST /elsewhere", http.RedirectHandler(other.URL+"/ok", http.StatusTemporaryRedirect))
	mux.Handle("POST /round", http.RedirectHandler("/round", http.StatusTemporaryRedirect))
	server := httptest.NewServer(mux)
	defer server.Close()
	rows := []struct{ name, path, want string }{
		{"an address that takes it", "/ok?token=hunter2", ""},
		{"one that moved within its host", "/moved?token=hunter2", ""},
		{"one that would drop what is posted", "/dropped?token=hunter2", "drops what is posted"},
		{"one that leads to another host", "/elsewhere?token=hunter2", "another host"},
		{"one that leads in a circle", "/round?token=hunter2", "for ever"},
		{"one that is gone", "/gone?token=hunter2", "answered 404"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			got = nil
			w, err := NewWebhook(server.URL+r.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			told, err := w.Tell(context.Background(), []Notice{notice(false)})
			if told[0] != (r.want == "") || told[0] != json.Valid(got) {
				t.Errorf("%v %v %s", told, err, got)
			}
			if r.want != "" && (err == nil || !strings.Contains(err.Error(), r.want) || strings.Contains(err.Error(), "hunter2")) {
				t.Errorf("%v, want %q and no secret", err, r.want)
			}
		})
	}
}

func TestHeartbeatBeatsAfterGoodPassesOnly(t *testing.T) {
	beats, code := 0, 200
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.ContentLength > 0 {
			t.Error(r.Method, r.ContentLength)
		}
		beats++
		w.WriteHeader(code)
	}))
	defer server.Close()
	h, err := NewHeartbeat(server.URL+"/secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := opened(t, t.TempDir())
	n := notifier(t, Options{Store: s, Heartbeat: h})
	after(n, 0)
	n.Tell(context.Background(), engine.Status{Generated: monday})
	if beats != 1 {
		t.Errorf("%d beats after a good pass and a bad one", beats)
	}
	code = 500
	after(n, 1)
	if c, _ := s.Channel("heartbeat"); !strings.Contains(c.Error, "answered 500") || strings.Contains(c.Error, "secret") {
		t.Errorf("%+v", c)
	}
	code = 204
	after(n, 2)
	if c, _ := s.Channel("heartbeat"); c.Error != "" {
		t.Errorf("%+v", c)
	}
}

func TestMailIsOneLetterInTheOwnersTime(t *testing.T) {
	var sent []imip.Message
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	m := Mail{Sender: "Alice Chen", From: "alice@example.org", To: "me@example.org", Zone: zone,
		Send: func(_ context.Context, l imip.Message) error { sent = append(sent, l); return nil }}
	list := []Notice{notice(false), notice(true)}
	list[0].Since = time.Date(2026, 11, 1, 5, 30, 0, 0, time.UTC) // 01:30, the first time that night
	list[1].Since = time.Date(2026, 11, 1, 6, 30, 0, 0, time.UTC) // 01:30, the second time
	for range 2 {
		if told, err := m.Tell(context.Background(), list); err != nil || !told[0] || !told[1] {
			t.Fatal(told, err)
		}
	}
	l := sent[0]
	if len(sent) != 2 || l.ID != sent[1].ID || !strings.HasSuffix(l.ID, "@example.org") {
		t.Errorf("the same letter sent again is another one: %q", l.ID)
	}
	if l.Subject != "bilateral: critical: dana 2026-W49: no meeting stands; no slot of 20 min is left; Thu 16:00 would do without busy 16:00-17:00 (Dana) (and 1 more)" {
		t.Errorf("subject %q", l.Subject)
	}
	for _, want := range []string{"Do: bilateral why dana 2026-W49", "Since Sun 1 Nov 01:30 EDT", "since Sun 1 Nov 01:30 EST; it is over now"} {
		if !strings.Contains(l.Text, want) {
			t.Errorf("no %q in\n%s", want, l.Text)
		}
	}
	m.Send = func(context.Context, imip.Message) error { return io.EOF }
	if told, err := m.Tell(context.Background(), list); err == nil || told[0] || told[1] {
		t.Errorf("a letter that was not taken counts as told: %v %v", told, err)
	}
}
