package agenda

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

const maxDetails = 5 // of one item

// writer words the lines of one agenda.
type writer struct {
	in    Input
	today time.Time
	goals map[string]string
}

func newWriter(in Input) writer {
	w := writer{in: in, today: civil(in.Now, in.Zone), goals: map[string]string{}}
	for _, item := range in.Items {
		if item.Kind == Goal {
			w.goals[item.ID] = Clean(item.Text)
		}
	}
	return w
}

func (w writer) done(item FollowUp) Line {
	tail := "done"
	if !item.Closed.IsZero() {
		tail += " " + w.date(civil(item.Closed, w.in.Zone))
	}
	return Line{ID: item.ID, Kind: item.Kind, Text: sentence(item.Text, tail), Done: true}
}

func (w writer) open(item Item) Line {
	line := Line{ID: item.ID, Kind: item.Kind, Minutes: minutes(item), Text: sentence(item.Text, w.when(item))}
	if w.in.Show == Titles {
		return line
	}
	for _, detail := range w.details(item, &line) {
		if detail = Clean(detail); detail != "" && len(line.Details) < maxDetails {
			line.Details = append(line.Details, shorten(detail, maxLine))
		}
	}
	return line
}

// sentence puts an item's text and its date together, as long as a line may be; the text gives way.
func sentence(text, tail string) string {
	if tail == "" {
		return shorten(Clean(text), maxLine)
	}
	return join(shorten(Clean(text), maxLine-utf8.RuneCountInString(tail)-2), ", ", tail)
}

// join needs no comma or full stop after a text that has its own end.
func join(text, by, tail string) string {
	if strings.HasSuffix(text, "?") || strings.HasSuffix(text, "!") {
		return text + " " + strings.ToUpper(tail[:1]) + tail[1:]
	}
	return strings.TrimRight(text, ".") + by + tail
}

// details begins with the proposal, unless the line has room for it.
func (w writer) details(item Item, line *Line) []string {
	var out []string
	if proposal := Clean(item.Proposal); proposal != "" {
		lead := "I propose "
		if item.Kind == Decision {
			lead = "I recommend "
		}
		inline := join(line.Text, ". ", lead+proposal)
		if utf8.RuneCountInString(inline) <= maxLine {
			line.Text = inline
		} else {
			out = append(out, lead+proposal)
		}
	}
	if options := Clean(strings.Join(item.Options, "; ")); options != "" {
		out = append(out, "options: "+options)
	}
	if byDefault := Clean(item.Default); byDefault != "" && w.in.Delivered {
		out = append(out, "if I hear nothing: "+byDefault)
	}
	if goal := w.goal(item.Goal); goal != "" {
		out = append(out, "serves: "+goal)
	}
	return append(out, item.Details...)
}

// goal is the goal in words. An ID that is not among the shared items may be a private goal's: nothing is said of it.
func (w writer) goal(goal string) string {
	if id, ok := ParseID(goal); ok {
		return w.goals[id]
	}
	return goal
}

// when words an item's date: a promise that is late names the date that was promised and the new one.
func (w writer) when(item Item) string {
	if item.Due.IsZero() {
		return ""
	}
	tail := "by " + w.date(item.Due)
	if item.Kind == Direction {
		tail = w.promised(item)
	}
	if atRisk(item, w.next()) {
		tail += ", at risk"
	}
	return tail
}

func (w writer) promised(item Item) string {
	switch {
	case item.Due.Before(w.today):
		return "late: was due " + w.date(item.Due)
	case !item.FirstDue.IsZero() && item.FirstDue.Before(item.Due):
		return fmt.Sprintf("late: was due %s, now %s", w.date(item.FirstDue), w.date(item.Due))
	}
	return "due " + w.date(item.Due)
}

func (w writer) next() time.Time {
	if w.in.Next.IsZero() {
		return w.in.Next
	}
	return w.in.Next.In(w.in.Zone)
}

// date names a civil date as people do; the year only where it is another than the meeting's.
func (w writer) date(day time.Time) string {
	if day.Year() != w.in.Meeting.In(w.in.Zone).Year() {
		return day.Format("Mon 2 Jan 2006")
	}
	return day.Format("Mon 2 Jan")
}
