package config

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"bilateral/agenda"
	"bilateral/internal/plan"
)

var update = flag.Bool("update", false, "write the expected messages anew")

var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func TestBadConfigs(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.toml")
	if err != nil || len(files) < 25 {
		t.Fatalf("%d bad configs, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".toml"), func(t *testing.T) {
			_, err := Load(file, now)
			if err == nil {
				t.Fatal("accepted")
			}
			expected := strings.TrimSuffix(file, ".toml") + ".txt"
			if *update {
				if err := os.WriteFile(expected, []byte(err.Error()+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, readErr := os.ReadFile(expected)
			if readErr != nil {
				t.Fatal(readErr)
			}
			if got := err.Error() + "\n"; got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// load reads a config out of testdata/good.
func load(t *testing.T, name string) *Config {
	t.Helper()
	c, err := Load(filepath.Join("testdata", "good", name), now)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryKeyArrives(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	here, err := filepath.Abs("testdata/good")
	if err != nil {
		t.Fatal(err)
	}
	berlin, newYork := zoneOf(t, "Europe/Berlin"), zoneOf(t, "America/New_York")
	c := load(t, "all.toml")

	if c.Path != filepath.Join(here, "all.toml") || c.Interval != 5*time.Minute {
		t.Errorf("head: %s %s", c.Path, c.Interval)
	}
	same(t, "me", c.Me, Me{"Alice Chen", "alice@example.org", berlin})
	calendars := []Calendar{
		{Name: "work", Type: CalDAV, URL: "https://dav.example.org/", Username: "alice", Password: Secret{Command: []string{"pass", "show", "dav"}}, Collection: "Work"},
		{Name: "team", Type: Google, Collection: "primary", Credentials: Secret{File: filepath.Join(here, "client.json")}, Token: Secret{Credential: "team"}, Subject: "alice@example.org",
			Endpoint: "http://127.0.0.1:8080", AuthEndpoint: "http://[::1]:8080/auth", TokenEndpoint: "http://localhost:8080/token"},
		{Name: "local", Type: Vdir, Path: filepath.Join(home, "calendars/alice")},
		{Name: "feed", Type: ICS, URL: "http://feed.example.org/dana.ics", Insecure: true},
	}
	same(t, "calendars", c.Calendars, calendars)
	same(t, "mail", c.Mail, Mail{SMTP: "smtps://smtp.example.org", IMAP: "imaps://imap.example.org", Username: "alice", Password: Secret{Credential: "smtp"}})
	same(t, "notify", c.Notify, Notify{Severity: Critical, Command: []string{filepath.Join(here, "tell-me"), "loudly"}, Webhook: "https://chat.example.org/hooks/1",
		Mail: "alice@example.org", Calendar: "local", Heartbeat: "http://127.0.0.1:8080/ping"})
	same(t, "listen", c.Listen, "127.0.0.1:9464")

	b := c.Bilaterals[0]
	same(t, "executive", b.Executive, Executive{Name: "Dana Boss", Email: "dana@example.org", Zone: newYork,
		Busy: []string{"freebusy", "feed"}, Yields: []string{"Gym"}, Holidays: []string{"US-NY"}})
	mine := plan.Side{Name: "Alice", Zone: berlin, Stretch: []plan.Hours{{Weekday: time.Friday, From: 780, To: 900}}}
	for _, d := range week[:5] {
		mine.Hours = append(mine.Hours, plan.Hours{Weekday: d, From: 540, To: 720})
	}
	for _, d := range []time.Weekday{time.Monday, time.Wednesday, time.Thursday} {
		mine.Hours = append(mine.Hours, plan.Hours{Weekday: d, From: 780, To: 1440})
	}
	theirs := plan.Side{Name: "Dana", Zone: newYork, Stretch: []plan.Hours{{Weekday: time.Saturday, From: 540, To: 600}}}
	for _, d := range week[:5] {
		theirs.Hours = append(theirs.Hours, plan.Hours{Weekday: d, From: 540, To: 1080})
	}
	same(t, "policy", b.Policy, plan.Policy{
		Cadence: plan.Cadence{Unit: plan.Week, Every: 1}, Prefer: plan.Prefer{Weekday: time.Wednesday, Minute: 930},
		Duration: 45 * time.Minute, Minimum: 20 * time.Minute, Horizon: plan.Horizon{Days: 70}, Notice: 36 * time.Hour, Freeze: 3 * time.Hour,
		Settle: 15 * time.Minute, ActWithin: 21 * day, Buffer: 5 * time.Minute, MaxMoves: 4, OnDelete: plan.Replan, Mine: mine, Theirs: theirs})
	same(t, "agenda", b.Agenda, agenda.Policy{Show: agenda.Titles, Publish: []agenda.Moment{{When: agenda.DayBefore, Minute: 1020}, {When: agenda.Ahead, Before: 2 * time.Hour}}})

	b.Policy, b.Agenda, b.Executive = plan.Policy{}, agenda.Policy{}, Executive{}
	same(t, "the rest", b, Bilateral{Name: "dana", File: "testdata/good/all.toml", Calendar: "work", Mode: Act, Busy: []string{"work", "local"},
		Yields: []string{"Focus", "Hold"}, Holidays: []string{"DE-BE", filepath.Join(here, "extra.ics")}, LeaveWords: []string{"vacation"},
		Invite: InviteMail, Floor: FloorSend, Adopt: "uid-1@example.org", Title: "1:1", Location: "Room 5",
		Conference: ConferenceNone, Visibility: VisibilityDefault, Prep: 15 * time.Minute})
}

func TestDefaultsDependOnTheCadence(t *testing.T) {
	c := load(t, "least.toml")
	rows := map[string]plan.Policy{
		"weekly": {Cadence: plan.Cadence{Unit: plan.Week, Every: 1}, Prefer: plan.Prefer{Weekday: time.Wednesday, Minute: 930}, Duration: 45 * time.Minute,
			Minimum: 20 * time.Minute, Horizon: plan.Horizon{Days: 56}, Notice: day, Freeze: 2 * time.Hour, MaxMoves: 2},
		"daily": {Cadence: plan.Cadence{Unit: plan.Day, Every: 1}, Prefer: plan.Prefer{Minute: 630}, Duration: 15 * time.Minute,
			Minimum: 10 * time.Minute, Horizon: plan.Horizon{Days: 14}, Notice: 2 * time.Hour, Freeze: 30 * time.Minute, MaxMoves: 1},
		"fortnight": {Cadence: plan.Cadence{Unit: plan.Week, Every: 2}, Prefer: plan.Prefer{Weekday: time.Monday, Minute: 600}, Duration: 15 * time.Minute,
			Minimum: 15 * time.Minute, Horizon: plan.Horizon{Days: 56}, Notice: day, Freeze: 2 * time.Hour, MaxMoves: 2},
		"monthly": {Cadence: plan.Cadence{Unit: plan.Month, Every: 1}, Prefer: plan.Prefer{Weekday: time.Friday, Nth: -1, Minute: 600}, Duration: 45 * time.Minute,
			Minimum: 20 * time.Minute, Horizon: plan.Horizon{Months: 3}, Notice: day, Freeze: 2 * time.Hour, MaxMoves: 3},
	}
	for _, b := range c.Bilaterals {
		want := rows[b.Name]
		want.Settle, want.ActWithin, want.OnDelete = 10*time.Minute, 14*day, plan.Ask
		want.Mine, want.Theirs = b.Policy.Mine, b.Policy.Theirs
		same(t, b.Name, b.Policy, want)
		same(t, b.Name+"'s hours", b.Policy.Theirs.Hours, officeHours())
		same(t, b.Name+"'s calendar", []string{b.Calendar, b.Busy[0], b.Title, b.Mode}, []string{"local", "local", "Alice / Dana", Watch})
		if b.Executive.Busy != nil {
			t.Errorf("a folder has no server to ask, but busy is %q", b.Executive.Busy)
		}
		if len(b.Agenda.Publish) != 3 || b.Agenda.Show != agenda.Full {
			t.Errorf("%s: agenda %+v", b.Name, b.Agenda)
		}
	}
}

func TestFolderAddsBilaterals(t *testing.T) {
	dir := t.TempDir()
	main := write(t, dir, "config.toml", head+pair("zoe"))
	write(t, dir, "bilateral.d/20-b.toml", pair("bob")+`holidays = ["days.ics"]`+"\n")
	write(t, dir, "bilateral.d/10-a.toml", pair("ann"))
	write(t, dir, "bilateral.d/notes.txt", "not ours")
	c, err := Load(main, now)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, b := range c.Bilaterals {
		names = append(names, b.Name)
	}
	same(t, "order", names, []string{"zoe", "ann", "bob"})
	same(t, "paths", c.Bilaterals[2].Executive.Holidays, []string{filepath.Join(dir, "bilateral.d/days.ics")})

	write(t, dir, "bilateral.d/30-c.toml", "interval = \"1m\"\n"+pair("ann"))
	_, err = Load(main, now)
	text := "" // of both errors
	if err != nil {
		text = err.Error()
	}
	for _, want := range []string{`30-c.toml:1: "interval" does not belong into bilateral.d`, `30-c.toml:2: a second bilateral is named "ann"`, "10-a.toml:1"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestMissingFileIsToldApart(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.toml"), now)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "bilateral init") {
		t.Errorf("got %v", err)
	}
}

func TestPreferIsJudgedInBothZones(t *testing.T) {
	rows := []struct{ name, cadence, prefer, mine, theirs, zone, advice string }{
		{"an afternoon in Berlin is a morning in New York", "weekly", "Wed 15:30", "Mon-Fri 09:00-18:00", "Mon-Fri 09:00-18:00", "America/New_York", ""},
		{"a morning in Berlin is night in New York", "weekly", "Wed 10:00", "Mon-Fri 09:00-18:00", "Mon-Fri 09:00-18:00", "America/New_York", `prefer = "Wed 15:00"`},
		{"an hour that only the weeks between two changes of clocks offer is legal", "weekly", "Wed 14:00", "Mon-Fri 14:00-14:30", "Mon-Fri 09:00-18:00", "America/New_York", ""},
		{"a Sunday is nobody's", "weekly", "Sun 10:00", "Mon-Fri 09:00-17:00", "Mon-Fri 09:00-17:00", "Europe/Berlin", `prefer = "Fri 10:00"`},
		{"a monthly Sunday is nobody's", "monthly", "last Sun 10:00", "Mon-Fri 09:00-17:00", "Mon-Fri 09:00-17:00", "Europe/Berlin", `prefer = "last Fri 10:00"`},
		{"too late by a minute of the least length", "daily", "16:55", "Mon-Fri 09:00-17:00", "Mon-Fri 09:00-17:00", "Europe/Berlin", `prefer = "16:45"`},
		{"a Monday there is a Tuesday here", "weekly", "Tue 03:30", "Tue 00:00-04:00", "Mon 16:00-20:00", "America/Los_Angeles", ""},
		{"a Monday there is no Monday here", "weekly", "Mon 03:30", "Mon-Tue 00:00-04:00", "Mon 16:00-20:00", "America/Los_Angeles", `prefer = "Tue 03:15"`},
		{"hours that never meet have no nearest time", "weekly", "Mon 09:00", "Mon-Fri 09:00-10:00", "Mon-Fri 09:00-10:00", "America/New_York", "never overlap"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			text := head + "[[bilateral]]\nname = \"dana\"\ncadence = \"" + row.cadence + "\"\nprefer = \"" + row.prefer + "\"\nhours = [\"" + row.mine + "\"]\n" +
				"[bilateral.executive]\nname = \"Dana Boss\"\nemail = \"dana@example.org\"\ntimezone = \"" + row.zone + "\"\nhours = [\"" + row.theirs + "\"]\n"
			_, err := Load(write(t, t.TempDir(), "config.toml", text), now)
			switch {
			case row.advice == "" && err != nil:
				t.Error(err)
			case row.advice != "" && (err == nil || !strings.Contains(err.Error(), row.advice)):
				t.Errorf("no %s in %v", row.advice, err)
			}
		})
	}
}

func TestNoErrorRepeatsASecret(t *testing.T) {
	for _, line := range []string{`password = "hunter2"`, `password = hunter2`, `password = ["hunter2"]`, `password = { file = ["hunter2"] }`,
		`password = "hunter2`, `password = { env = "hunter2 hunter2" }`, `password = { credential = "/hunter2" }`, `url = "https://alice:hunter2@dav.example.org"`} {
		text := head + "[calendar.work]\ntype = \"caldav\"\nusername = \"alice\"\n" + line + "\n"
		_, err := Load(write(t, t.TempDir(), "config.toml", text), now)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, glob := range []string{"testdata/bad/*.toml", "testdata/good/*.toml"} {
		files, err := filepath.Glob(glob)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	path := filepath.Join(f.TempDir(), "config.toml")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Load(path, now)
		if err != nil {
			checkErrors(t, err)
			return
		}
		for _, b := range c.Bilaterals {
			if p := b.Policy; b.Name == "" || p.Minimum > p.Duration || p.Minimum <= 0 || p.Duration%(5*time.Minute) != 0 || p.Mine.Zone == nil || p.Theirs.Zone == nil {
				t.Errorf("accepted %+v", b)
			}
		}
	})
}

// checkErrors asks of every error that it says where, what and what to do.
func checkErrors(t *testing.T, err error) {
	var list Errors
	if !errors.As(err, &list) {
		t.Fatalf("not Errors: %v", err)
	}
	for _, e := range list {
		if e.Line < 1 || e.Problem == "" || e.Do == "" || e.File == "" {
			t.Errorf("incomplete: %+v", e)
		}
	}
}

const head = `[me]
name = "Alice Chen"
email = "alice@example.org"
timezone = "Europe/Berlin"
[calendar.local]
type = "vdir"
path = "alice"
`

func pair(name string) string {
	return "[[bilateral]]\nname = \"" + name + "\"\nprefer = \"Wed 15:30\"\n[bilateral.executive]\nname = \"Dana Boss\"\nemail = \"dana@example.org\"\n"
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// same compares with the zone's identity left out: LoadLocation gives a new one each time.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\ngot  %+v\nwant %+v", what, got, want)
	}
}

func BenchmarkLoadOffice(b *testing.B) {
	text := head
	for i := range 50 {
		text += pair("dana-" + strconv.Itoa(i))
	}
	path := filepath.Join(b.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Load(path, now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPreferOutside(b *testing.B) {
	for b.Loop() {
		if _, err := Load("testdata/bad/prefer_outside.toml", now); err == nil {
			b.Fatal("accepted")
		}
	}
}
