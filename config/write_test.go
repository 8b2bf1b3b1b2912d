package config

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func answers(change func(*Answers)) Answers {
	a := Answers{Name: "Alice Chen", Email: "alice@example.org", Zone: "Europe/Berlin", ExecutiveName: "Dana Boss", ExecutiveEmail: "dana@example.org",
		ExecutiveZone: "America/New_York", Type: Vdir, Path: "alice", Prefer: "Wed 15:30"}
	change(&a)
	return a
}

func TestWhatInitWritesIsAccepted(t *testing.T) {
	rows := []struct {
		name   string
		change func(*Answers)
	}{
		{"a folder", func(*Answers) {}},
		{"a folder and the executive's", func(a *Answers) { a.ExecutivePath = "dana" }},
		{"a folder and the executive's feed", func(a *Answers) { a.ExecutivePath = "dana.ics"; a.Calendar = "dana" }},
		{"a CalDAV server", func(a *Answers) {
			a.Type, a.URL, a.Username, a.ExecutiveBusy = CalDAV, "https://dav.example.org/", "alice", []string{FreeBusy}
		}},
		{"a CalDAV collection", func(a *Answers) {
			a.Type, a.URL, a.Username, a.Collection = CalDAV, "https://dav.example.org/", "alice", "Work"
		}},
		{"Google", func(a *Answers) { a.Type = Google }},
		{"daily", func(a *Answers) { a.Cadence, a.Prefer = "daily", "15:30" }},
		{"monthly, with lengths", func(a *Answers) {
			a.Cadence, a.Prefer, a.Duration, a.Minimum = "monthly", "first Wed 15:30", "1h30m", "30m"
		}},
		{"names that TOML must quote", func(a *Answers) {
			a.Name, a.Calendar, a.Path, a.ExecutiveName = `Al "Ice" Chen`, "my work.x", `a\b`, "Ümit Öz"
		}},
		{"an executive without Latin letters", func(a *Answers) { a.ExecutiveName = "田中 花子" }},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var text bytes.Buffer
			if err := Write(&text, answers(row.change)); err != nil {
				t.Fatal(err)
			}
			path := write(t, t.TempDir(), "config.toml", text.String())
			c, err := Load(path, now)
			if err != nil {
				t.Fatalf("%v\n%s", err, text.String())
			}
			if len(c.Bilaterals) != 1 || c.Bilaterals[0].Mode != Watch {
				t.Errorf("got %+v", c.Bilaterals)
			}
		})
	}
}

// comment is a line of the written file that shows a default.
var comment = regexp.MustCompile(`(?m)^# ([a-z_]+ *= [^#\n]*)`)

func TestCommentsShowTheDefaults(t *testing.T) {
	for _, cadence := range []string{"weekly", "daily", "monthly"} {
		prefer := map[string]string{"weekly": "Wed 15:30", "daily": "15:30", "monthly": "last Wed 15:30"}[cadence]
		var text bytes.Buffer
		if err := Write(&text, answers(func(a *Answers) { a.Cadence, a.Prefer = cadence, prefer })); err != nil {
			t.Fatal(err)
		}
		bilateral := strings.Index(text.String(), "[[bilateral]]")
		plain := text.String()
		spoken := plain[:bilateral] + comment.ReplaceAllString(plain[bilateral:], "$1")
		if strings.Count(spoken, "\n# ") > strings.Count(plain[:bilateral], "\n# ") {
			t.Errorf("a comment that is no default:\n%s", spoken)
		}
		dir := t.TempDir()
		silent, err := Load(write(t, dir, "config.toml", plain), now)
		if err != nil {
			t.Fatal(err)
		}
		loud, err := Load(write(t, dir, "config.toml", spoken), now)
		if err != nil {
			t.Fatalf("%v\n%s", err, spoken)
		}
		// The list in the comment is an extract; it says so.
		loud.Bilaterals[0].LeaveWords = silent.Bilaterals[0].LeaveWords
		for _, b := range []*Bilateral{&loud.Bilaterals[0], &silent.Bilaterals[0]} {
			b.Yields, b.Executive.Yields, b.Executive.Busy = nil, nil, append([]string{}, b.Executive.Busy...)
			b.File = filepath.Base(b.File)
		}
		same(t, cadence, loud.Bilaterals[0], silent.Bilaterals[0])
	}
}
