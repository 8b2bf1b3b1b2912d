package config

import (
	"fmt"
	"io"
	"strings"
	"text/template"

	_ "embed"
)

// Answers is what the set-up asks for. Empty answers are left to their defaults, which the written file shows.
type Answers struct {
	Name, Email, Zone string // of the owner
	Bilateral         string // its name; "": the executive's first name

	ExecutiveName, ExecutiveEmail, ExecutiveZone string
	ExecutivePath                                string   // a folder or .ics file with the executive's calendar; "" if there is none
	ExecutiveBusy                                []string // else: names of calendars, or FreeBusy

	Calendar     string // its name; "": work
	Type         string // of the calendar
	Path         string // vdir
	URL          string // caldav
	Username     string // caldav
	Collection   string // caldav, google
	PasswordFile string // caldav; "": password.txt beside the config
	Credentials  string // google: file; "": client.json beside the config

	Cadence, Prefer, Duration, Minimum string
}

//go:embed config.toml.tmpl
var starter string

// Write writes a first config in mode watch, with every other setting as a comment that shows its default.
func Write(w io.Writer, a Answers) error {
	t, err := template.New("config").Funcs(template.FuncMap{"quote": quote, "list": quoteList, "key": quoteKey}).Parse(starter)
	if err != nil {
		return fmt.Errorf("write config: %w", err)
	}
	a.fill()
	if err := t.Execute(w, a); err != nil {
		return fmt.Errorf("write config: %w", err)
	}
	return nil
}

func (a *Answers) fill() {
	fill := func(s *string, otherwise string) {
		if *s == "" {
			*s = otherwise
		}
	}
	fill(&a.Bilateral, strings.ToLower(strings.Map(asciiOnly, firstName(a.ExecutiveName))))
	fill(&a.Bilateral, "boss")
	fill(&a.Calendar, "work")
	fill(&a.ExecutiveZone, a.Zone)
	fill(&a.PasswordFile, "password.txt")
	fill(&a.Credentials, "client.json")
	fill(&a.Cadence, "weekly")
	if c, err := parseCadence(a.Cadence); err == nil {
		d := defaultsFor(c.Unit)
		fill(&a.Duration, spoken(d.Duration))
		fill(&a.Minimum, spoken(d.Minimum))
	}
	if a.ExecutivePath != "" {
		a.ExecutiveBusy = []string{a.TheirCalendar()}
	}
}

func asciiOnly(c rune) rune {
	if nameLetter(c) {
		return c
	}
	return -1
}

// TheirCalendar names the calendar that stands for ExecutivePath.
func (a Answers) TheirCalendar() string {
	if a.Bilateral == a.Calendar || a.Bilateral == FreeBusy {
		return a.Bilateral + "-busy"
	}
	return a.Bilateral
}

// TheirType is the type of the calendar at ExecutivePath.
func (a Answers) TheirType() string {
	if strings.HasSuffix(strings.ToLower(a.ExecutivePath), ".ics") {
		return ICS
	}
	return Vdir
}

// Defaults are the settings that depend on the cadence, as the config writes them.
func (a Answers) Defaults() map[string]string {
	c, _ := parseCadence(a.Cadence) // a wrong one is reported when the file is read
	d := defaultsFor(c.Unit)
	horizon := plural(d.Horizon.Months, "month")
	if d.Horizon.Days > 0 {
		horizon = plural(d.Horizon.Days/7, "week")
	}
	return map[string]string{"horizon": horizon, "notice": spoken(d.Notice), "freeze": spoken(d.Freeze), "moves": fmt.Sprint(d.MaxMoves),
		"title": firstName(a.Name) + " / " + firstName(a.ExecutiveName)}
}

// TheirBusyDefault is what the executive's busy is where nothing is written, as the config writes it.
func (a Answers) TheirBusyDefault() string {
	if a.Type == CalDAV || a.Type == Google {
		return quoteList([]string{FreeBusy})
	}
	return quoteList(nil)
}

func quoteList(words []string) string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = quote(w)
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// quoteKey writes a table's name, bare where TOML allows it.
func quoteKey(name string) string {
	if name == "" || strings.ContainsFunc(name, func(c rune) bool { return c == '.' || !nameLetter(c) }) {
		return quote(name)
	}
	return name
}
