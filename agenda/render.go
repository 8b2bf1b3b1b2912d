package agenda

import (
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strings"
)

// HTML is the agenda as a fragment to paste into a page or a mail; all text is escaped.
func (a Agenda) HTML() string {
	var b strings.Builder
	a.each(func(heading string, lines []Line) {
		if heading != "" {
			fmt.Fprintf(&b, "<h3>%s</h3>\n", html.EscapeString(heading))
		}
		b.WriteString("<ul>\n")
		for _, line := range lines {
			b.WriteString("<li>" + html.EscapeString(line.String()) + listHTML(line.Details) + "</li>\n")
		}
		b.WriteString("</ul>\n")
	})
	return b.String()
}

func listHTML(details []string) string {
	if len(details) == 0 {
		return ""
	}
	var b strings.Builder
	for _, detail := range details {
		b.WriteString("<li>" + html.EscapeString(detail) + "</li>")
	}
	return "<ul>" + b.String() + "</ul>"
}

var markdownSpecial = regexp.MustCompile("[\\\\`*_\\[\\]<>|~&#]")

// Markdown is the agenda as a task list (GitHub's dialect); what Markdown would read as its own is escaped.
func (a Agenda) Markdown() string {
	var b strings.Builder
	escape := func(s string) string { return markdownSpecial.ReplaceAllString(s, `\$0`) }
	a.each(func(heading string, lines []Line) {
		if heading != "" {
			b.WriteString("### " + heading + "\n")
		}
		for _, line := range lines {
			box, text := line.String()[:3], line.String()[4:]
			b.WriteString("- " + box + " " + escape(text) + "\n")
			for _, detail := range line.Details {
				b.WriteString("  - " + escape(detail) + "\n")
			}
		}
		b.WriteString("\n")
	})
	return b.String()
}

func (a Agenda) each(show func(heading string, lines []Line)) {
	for _, section := range a.Sections {
		show(section.Heading, section.Lines)
	}
	if len(a.IfTimeAllows) > 0 {
		show(allowsHeading, a.IfTimeAllows)
	}
}

type lineJSON struct {
	ID      string   `json:"id"`
	Kind    Kind     `json:"kind"`
	Text    string   `json:"text"`
	Minutes int      `json:"minutes"`
	Done    bool     `json:"done"`
	Details []string `json:"details"`
}

type sectionJSON struct {
	Kind    Kind       `json:"kind"`
	Heading string     `json:"heading"`
	Items   []lineJSON `json:"items"`
}

type agendaJSON struct {
	Version       int           `json:"version"`
	UsedMinutes   int           `json:"used_minutes"`
	LengthMinutes int           `json:"length_minutes"`
	Sections      []sectionJSON `json:"sections"`
	IfTimeAllows  []lineJSON    `json:"if_time_allows"`
}

// MarshalJSON gives what the invitation carries, nothing of what is held back.
func (a Agenda) MarshalJSON() ([]byte, error) {
	out := agendaJSON{Version: 1, UsedMinutes: a.Used, LengthMinutes: a.Length,
		Sections: []sectionJSON{}, IfTimeAllows: linesJSON(a.IfTimeAllows)}
	for _, s := range a.Sections {
		out.Sections = append(out.Sections, sectionJSON{s.Kind, s.Heading, linesJSON(s.Lines)})
	}
	return json.Marshal(out)
}

func linesJSON(lines []Line) []lineJSON {
	out := make([]lineJSON, 0, len(lines))
	for _, l := range lines {
		details := append([]string{}, l.Details...)
		out = append(out, lineJSON{l.ID, l.Kind, l.Text, l.Minutes, l.Done, details})
	}
	return out
}
