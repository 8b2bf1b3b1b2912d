//go:build servers

package endtoend

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// object is iCalendar text as a plain calendar program sees it: lines, and which of them make up which event. It knows
// nothing of this project's own reader, so that the two cannot be wrong in the same way.
type object struct {
	head, tail []string
	events     []*event
}

type event struct{ lines []string }

var fold = regexp.MustCompile("\r?\n[ \t]")

func parse(text string) *object {
	o := &object{}
	var in *event
	for _, line := range strings.Split(strings.TrimSpace(strings.ReplaceAll(fold.ReplaceAllString(text, ""), "\r", "")), "\n") {
		switch {
		case line == "BEGIN:VEVENT":
			in = &event{}
			o.events = append(o.events, in)
		case line == "END:VEVENT":
			in = nil
		case in != nil:
			in.lines = append(in.lines, line)
		case len(o.events) == 0:
			o.head = append(o.head, line)
		default:
			o.tail = append(o.tail, line)
		}
	}
	return o
}

func (o *object) String() string {
	lines := slices.Clone(o.head)
	for _, e := range o.events {
		lines = append(append(append(lines, "BEGIN:VEVENT"), e.lines...), "END:VEVENT")
	}
	var b strings.Builder
	for _, line := range append(lines, o.tail...) {
		for len(line) > 70 { // ASCII, but for what a server kept as it was
			cut := 70
			for line[cut]&0xC0 == 0x80 {
				cut--
			}
			b.WriteString(line[:cut] + "\r\n ")
			line = line[cut:]
		}
		b.WriteString(line + "\r\n")
	}
	return b.String()
}

// nameOf is a line's property name.
func nameOf(line string) string {
	return strings.ToUpper(line[:strings.IndexAny(line+":", ";:")])
}

// all are the lines of that property.
func (e *event) all(name string) []string {
	var out []string
	for _, line := range e.lines {
		if nameOf(line) == name {
			out = append(out, line)
		}
	}
	return out
}

// value is the first such property's value, or "".
func (e *event) value(name string) string {
	for _, line := range e.all(name) {
		_, value, _ := strings.Cut(line, ":")
		return value
	}
	return ""
}

func (e *event) drop(names ...string) {
	e.lines = slices.DeleteFunc(e.lines, func(line string) bool { return slices.Contains(names, nameOf(line)) })
}

func (e *event) String() string { return strings.Join(e.lines, "\n") }

func (e *event) set(name, line string) {
	e.drop(name)
	e.lines = append(e.lines, name+line)
}

// moment is a property with a date and time.
func (e *event) moment(t *testing.T, name string) time.Time {
	t.Helper()
	lines := e.all(name)
	if len(lines) == 0 {
		return time.Time{}
	}
	params, value, _ := strings.Cut(lines[0], ":")
	zone := time.UTC
	if _, id, ok := strings.Cut(params, "TZID="); ok {
		id, _, _ = strings.Cut(id, ";")
		zone = location(t, strings.Trim(id, `"`))
	}
	at, err := time.ParseInLocation("20060102T150405", strings.TrimSuffix(value, "Z"), zone)
	if err != nil {
		t.Fatalf("%s: %v", lines[0], err)
	}
	return at
}

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func local(at time.Time) string { return ";TZID=Europe/Berlin:" + at.Format("20060102T150405") }

// at is the override of the instance with that original start; nil where the series itself rules.
func (o *object) at(t *testing.T, original time.Time) *event {
	t.Helper()
	for _, e := range o.events {
		if e.moment(t, "RECURRENCE-ID").Equal(original) {
			return e
		}
	}
	return nil
}

// override is the same, made if there is none, as calendar programs do it: a copy of the whole master.
func (o *object) override(t *testing.T, original time.Time) *event {
	t.Helper()
	if e := o.at(t, original); e != nil {
		return e
	}
	e := &event{slices.Clone(o.events[0].lines)}
	length := e.moment(t, "DTEND").Sub(e.moment(t, "DTSTART"))
	e.drop("RRULE", "EXDATE", "RDATE")
	e.set("RECURRENCE-ID", local(original))
	e.set("DTSTART", local(original))
	e.set("DTEND", local(original.Add(length)))
	o.events = append(o.events, e)
	return e
}

// slot is where the instance stands; zero where it is cancelled or was taken out.
func (o *object) slot(t *testing.T, original time.Time) time.Time {
	t.Helper()
	if e := o.at(t, original); e != nil {
		if e.value("STATUS") == "CANCELLED" {
			return time.Time{}
		}
		return e.moment(t, "DTSTART")
	}
	for _, line := range o.events[0].all("EXDATE") {
		if strings.Contains(line, original.Format("20060102T150405")) {
			return time.Time{}
		}
	}
	return original
}

// says sets an attendee's answer.
func (e *event) says(email, answer string) {
	for k, line := range e.lines {
		if nameOf(line) == "ATTENDEE" && strings.Contains(strings.ToLower(line), "mailto:"+email) {
			e.lines[k] = regexp.MustCompile(`;PARTSTAT=[A-Z-]+`).ReplaceAllString(line, "")
			e.lines[k] = strings.Replace(e.lines[k], "ATTENDEE", "ATTENDEE;PARTSTAT="+answer, 1)
		}
	}
}
