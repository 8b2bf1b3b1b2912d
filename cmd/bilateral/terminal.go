package main

import (
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"bilateral/calendar"

	"github.com/mattn/go-isatty"
)

// plain makes text from calendars and follow-ups harmless on a terminal.
func plain(s string) string { return calendar.Plain(s) }

// plainLines is plain, line by line.
func plainLines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = plain(line)
	}
	return strings.Join(lines, "\n")
}

func isTerminal(v any) bool {
	if g, ok := v.(*gate); ok {
		v = g.to
	}
	f, ok := v.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// patience is how long work may take before a person is told what goes on.
const patience = time.Second

// progress says on a terminal what goes on, once it takes long. The returned function ends that.
func (a *app) progress(what string) (end func()) {
	if !isTerminal(a.problems) {
		return func() {}
	}
	t := time.AfterFunc(patience, func() { a.note("%s", what) })
	return func() { t.Stop() }
}

// palette colours text, or does not.
type palette struct{ on bool }

// paint gives colours on a terminal only, unless they are not wanted: no-color.org.
func (a *app) paint(w io.Writer) palette {
	return palette{!a.noColor && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(w)}
}

func (p palette) wrap(code, s string) string {
	if !p.on || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p palette) red(s string) string    { return p.wrap("31", s) }
func (p palette) green(s string) string  { return p.wrap("32", s) }
func (p palette) yellow(s string) string { return p.wrap("33", s) }
func (p palette) faint(s string) string  { return p.wrap("2", s) }
func (p palette) bold(s string) string   { return p.wrap("1", s) }

// cell is text in a table, with the colour it gets after it was aligned.
type cell struct {
	text   string
	colour func(string) string
}

func text(s string) cell { return cell{text: plain(s)} }

// table aligns its columns; the last one is not padded.
type table struct{ rows [][]cell }

func (t *table) row(cells ...cell) { t.rows = append(t.rows, cells) }

func (t *table) write(w io.Writer, indent string) {
	widths := t.widths()
	for _, row := range t.rows {
		var b strings.Builder
		b.WriteString(indent)
		for i, c := range row {
			shown := c.text
			if c.colour != nil {
				shown = c.colour(shown)
			}
			b.WriteString(shown)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c.text)+2))
			}
		}
		io.WriteString(w, strings.TrimRight(b.String(), " ")+"\n")
	}
}

func (t *table) widths() []int {
	var out []int
	for _, row := range t.rows {
		for i, c := range row {
			if i == len(out) {
				out = append(out, 0)
			}
			out[i] = max(out[i], utf8.RuneCountInString(c.text))
		}
	}
	return out
}
