//go:build servers

package endtoend

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bilateral/test/servers"
)

// world is one server with Alice, the owner, and Dana, her executive, in empty calendars, and the program set up for them.
// It is autumn 2035, far ahead: Cyrus tells nobody of instances that lie behind its own clock. Europe's clocks go back on 28
// October, New York's on 4 November; in the week between, Dana's mornings begin at 14:00 in Berlin and not at 15:00.
type world struct {
	t           *testing.T
	server      *servers.Server
	proxy       *proxy
	dir         string
	now         time.Time
	alice, dana person
	heard       int    // messages that Dana had got when she was asked last
	problems    string // what the last run said on standard error
	guest       guest  // Dana where she is told by mail
	owner       mailbox
	smtp        *gate
}

// settings are what a test changes of the config.
type settings struct {
	home, mine, theirs string // where the series lives; calendars of busy time
	more               string // lines of [[bilateral]]
	email              string // of the executive
}

const configText = `
[me]
name     = "Alice Chen"
email    = "alice@example.org"
timezone = "Europe/Berlin"

[calendar.work]
type     = "caldav"
url      = "$WORK"
username = "alice"
password = { file = "password" }

[calendar.dana]
type     = "caldav"
url      = "$DANA"
username = "alice"
password = { file = "password" }

[[bilateral]]
name     = "dana"
calendar = "$HOME"
busy     = [$MINE]
mode     = "watch"
cadence  = "weekly"
prefer   = "Wed 15:30"
duration = "45m"
minimum  = "20m"
horizon  = "4 weeks"
hours    = ["Mon-Fri 09:00-18:00"]
publish  = ["day before 16:00", "1h"]
$MORE

[bilateral.executive]
name     = "Dana Boss"
email    = "$EMAIL"
timezone = "America/New_York"
hours    = ["Mon-Fri 09:00-18:00"]
busy     = [$THEIRS]
`

func newWorld(t *testing.T, s *servers.Server, with settings) *world {
	t.Helper()
	w := &world{t: t, server: s, proxy: newProxy(t, s.Is["ROOT"]), dir: t.TempDir()}
	w.alice, w.dana = person{t, "alice", s.Is["ALICE"]}, person{t, "dana", s.Is["DANA"]}
	w.clear()
	w.at("2035-10-15 16:00")
	for _, d := range []struct {
		to     *string
		normal string
	}{{&with.home, "work"}, {&with.mine, `"work"`}, {&with.theirs, `"dana"`}, {&with.email, "dana@example.org"}} {
		if *d.to == "" {
			*d.to = d.normal
		}
	}
	text := strings.NewReplacer("$WORK", w.through(s.Is["ALICE"]), "$DANA", w.through(s.Is["DANA_AS_ALICE"]), "$HOME", with.home, "$MINE", with.mine,
		"$THEIRS", with.theirs, "$EMAIL", with.email, "$MORE", with.more).Replace(configText)
	w.write("config.toml", text)
	w.write("password", "alicepw\n")
	return w
}

// clear empties everybody's calendars; of what that tells the others, too.
func (w *world) clear() {
	w.t.Helper()
	w.alice.empty(w.alice.collection)
	w.dana.empty(w.dana.collection)
	if w.server == cyrus {
		w.dana.empty(w.dana.inbox())
		w.alice.empty(w.alice.inbox())
	}
}

// through is an address of the server as the program gets it: by way of the proxy.
func (w *world) through(address string) string {
	w.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		w.t.Fatal(err)
	}
	u.Host = strings.TrimPrefix(w.proxy.URL, "http://")
	return u.String()
}

func (w *world) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// berlin is a moment on Alice's wall clock.
func (w *world) berlin(clock string) time.Time {
	w.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", clock, location(w.t, "Europe/Berlin"))
	if err != nil {
		w.t.Fatal(err)
	}
	return at
}

// at lets it be that moment.
func (w *world) at(clock string) { w.now = w.berlin(clock) }

// run runs the program, which must end with that code, and returns what it printed.
func (w *world) run(code int, args ...string) string {
	w.t.Helper()
	args = append([]string{"--config", filepath.Join(w.dir, "config.toml"), "--state", filepath.Join(w.dir, "state"),
		"--now", w.now.UTC().Format(time.RFC3339)}, args...)
	cmd := exec.Command(program, args...)
	cmd.Env = []string{"HOME=" + w.dir, "PATH=" + os.Getenv("PATH")}
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	w.problems = problems.String()
	if got := cmd.ProcessState.ExitCode(); got != code {
		w.t.Fatalf("%s at %s: exit code %d instead of %d\n%s%s", strings.Join(args[6:], " "), w.now.Format(time.RFC3339), got, code, &out, &problems)
	}
	return out.String()
}

// pass lets one pass be made, which must do well, and returns what it sent and said.
func (w *world) pass() (traffic, string) {
	w.t.Helper()
	w.proxy.take()
	said := w.run(0, "run", "--once")
	return w.proxy.take(), said
}

// later makes a pass after that time, and expects that many writes of it.
func (w *world) later(after time.Duration, writes int) string {
	w.t.Helper()
	w.now = w.now.Add(after)
	sent, said := w.pass()
	if sent.writes() != writes {
		w.t.Errorf("at %s the pass wrote %d times instead of %d: %v\n%s", w.now.Format(time.RFC3339), sent.writes(), writes, sent, said)
	}
	return said
}

// start leaves watch mode, and lets the passes be made after which everything has come to rest.
func (w *world) start() {
	w.t.Helper()
	w.run(0, "start", "dana", "--yes")
	w.later(5*time.Minute, 0)
}

// restful lets a pass be made that has nothing to do: nothing is written, each source costs one request, and all objects
// stay as they are. There are two sources, the calendar of each or the second one's free/busy.
func (w *world) restful() {
	w.t.Helper()
	w.later(5*time.Minute, 0) // what the last write set off elsewhere is read in
	mine, hers := w.alice.objects(w.alice.collection), w.dana.objects(w.dana.collection)
	w.now = w.now.Add(5 * time.Minute)
	sent, said := w.pass()
	if len(sent) != 2 || sent.writes() != 0 {
		w.t.Errorf("a pass with nothing to do sent %v\n%s", sent, said)
	}
	contains(w.t, said, "nothing to write")
	same(w.t, "Alice's objects", w.alice.objects(w.alice.collection), mine)
	same(w.t, "Dana's objects", w.dana.objects(w.dana.collection), hers)
}

type status struct {
	State     string
	Problems  []struct{ Code, Severity, Period, Message, Do string }
	Calendars []struct {
		Name      string
		Reachable bool
		Error     *string
		Degraded  string
	}
	Bilaterals []struct {
		UID  string
		Next *struct {
			Start     time.Time
			Published *time.Time
			Delivered string
		}
		Periods []period
	}
}

type period struct {
	Period, State, Code, Basis, Reason string
	Start                              *time.Time
	Pinned, Moved                      bool
}

// status is what `bilateral status --json` says, which must end with that code.
func (w *world) status(code int) status {
	w.t.Helper()
	var s status
	if err := json.Unmarshal([]byte(w.run(code, "status", "--json")), &s); err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (s status) period(key string) period {
	for _, b := range s.Bilaterals {
		for _, p := range b.Periods {
			if p.Period == key {
				return p
			}
		}
	}
	return period{}
}

// problem is the first of that code.
func (s status) problem(code string) (severity, message, do string) {
	for _, p := range s.Problems {
		if p.Code == code {
			return p.Severity, p.Message, p.Do
		}
	}
	return "", "", ""
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in\n%s", part, text)
		}
	}
}

func lacks(t *testing.T, text, part string) {
	t.Helper()
	if strings.Contains(text, part) {
		t.Errorf("%q is in\n%s", part, text)
	}
}

func same(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: there are %v, there were %v", what, got, want)
	}
	for name, tag := range want {
		if got[name] != tag {
			t.Errorf("%s: %s was written: %s, before %s", what, name, got[name], tag)
		}
	}
}

// legal checks a time against the promise, by hand: on the grid, in the week of the original, in the hours of both on a
// working day, and over none of the hours that somebody booked.
func (w *world) legal(original, start time.Time, booked ...time.Time) {
	w.t.Helper()
	year, week := original.ISOWeek()
	if y, k := start.ISOWeek(); y != year || k != week {
		w.t.Errorf("%s lies in week %d-W%d, and the meeting is for %d-W%d", start, y, k, year, week)
	}
	if start.Minute()%5 != 0 || start.Second() != 0 {
		w.t.Errorf("%s is not on the grid of five minutes", start)
	}
	end := start.Add(45 * time.Minute)
	for _, zone := range []string{"Europe/Berlin", "America/New_York"} {
		from, to := start.In(location(w.t, zone)), end.In(location(w.t, zone))
		minutes := to.Hour()*60 + to.Minute()
		if from.Weekday() == time.Saturday || from.Weekday() == time.Sunday || from.Hour() < 9 || minutes > 18*60 || to.Day() != from.Day() {
			w.t.Errorf("%s is outside the hours in %s", from, zone)
		}
	}
	for _, b := range booked {
		if start.Before(b.Add(time.Hour)) && b.Before(end) {
			w.t.Errorf("%s overlaps what is booked at %s", start, b)
		}
	}
}

// onEach runs a test on each server, in a world of its own.
func onEach(t *testing.T, do func(w *world)) {
	t.Helper()
	for _, s := range []*servers.Server{radicale, cyrus} {
		t.Run("on "+s.Name, func(t *testing.T) { do(newWorld(t, s, settings{})) })
	}
}
