package google

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
)

const (
	utcFormat   = "20060102T150405Z"
	localFormat = "20060102T150405"
)

// object writes a series, or a single event, as iCalendar text for our own reader: nobody else sees it.
func object(master *entry, exceptions []*entry) []byte {
	var w writer
	w.line("BEGIN", "VCALENDAR")
	if master != nil {
		w.unserved = master.Properties[silent] != ""
		w.master(master)
	}
	for _, x := range exceptions {
		w.exception(master, x)
	}
	w.line("END", "VCALENDAR")
	return []byte(w.String())
}

type writer struct {
	strings.Builder
	unserved bool // the guests are written to by us
}

func (w *writer) line(name, value string) {
	w.WriteString(name)
	w.WriteByte(':')
	w.WriteString(value)
	w.WriteString("\r\n")
}

func (w *writer) master(m *entry) {
	w.line("BEGIN", "VEVENT")
	w.line("UID", oneLine(m.UID))
	w.time("DTSTART", m.Start, len(m.Recurrence) > 0)
	w.time("DTEND", m.End, len(m.Recurrence) > 0)
	for _, rule := range m.Recurrence {
		w.WriteString(oneLine(rule) + "\r\n")
	}
	w.words(m)
	w.mark(seriesMark(m))
	w.line("END", "VEVENT")
}

func (w *writer) exception(master, x *entry) {
	w.line("BEGIN", "VEVENT")
	w.line("UID", oneLine(x.UID))
	w.time("RECURRENCE-ID", x.Original, false)
	switch {
	case !x.Start.isZero():
		w.time("DTSTART", x.Start, false)
		w.time("DTEND", x.End, false)
	case master != nil && master.Start.Date == "":
		w.time("DTSTART", x.Original, false)
		w.line("DURATION", fmt.Sprintf("PT%dS", int(max(0, master.length()).Seconds())))
	default:
		w.time("DTSTART", x.Original, false)
	}
	words := *x
	if x.bare() && master != nil {
		words = *master
		words.Cancelled, words.Sequence = true, max(x.Sequence, master.Sequence+1)
	}
	w.words(&words)
	w.mark(instanceMark(master, x))
	w.line("END", "VEVENT")
}

func (x *entry) length() time.Duration { return x.End.At.Sub(x.Start.At) }

// time writes a moment. What recurs is written on the wall clock of its zone, since that is what its rule goes by; any
// other as the instant that it is.
func (w *writer) time(name string, m moment, recurs bool) {
	switch {
	case m.Date != "":
		w.line(name+";VALUE=DATE", strings.ReplaceAll(m.Date, "-", ""))
	case m.At.IsZero():
	case !recurs || m.Zone == "" || m.Zone == "UTC":
		w.line(name, m.At.Format(utcFormat))
	default:
		zone, err := time.LoadLocation(m.Zone)
		if err != nil {
			zone = time.UTC // the reader does not know it either, and says so
		}
		w.line(name+";TZID="+quoted(m.Zone), m.At.In(zone).Format(localFormat))
	}
}

func (w *writer) words(x *entry) {
	w.text("SUMMARY", x.Title)
	w.text("LOCATION", x.Location)
	w.text("DESCRIPTION", shown(x.Description))
	w.line("SEQUENCE", fmt.Sprint(x.Sequence))
	switch {
	case x.Cancelled:
		w.line("STATUS", "CANCELLED")
	case x.Tentative:
		w.line("STATUS", "TENTATIVE")
	}
	if x.Transparent {
		w.line("TRANSP", "TRANSPARENT")
	}
	if x.Private {
		w.line("CLASS", "PRIVATE")
	}
	if x.Link != "" {
		w.line("X-GOOGLE-CONFERENCE", oneLine(x.Link))
	}
	if x.Organizer != "" {
		w.line("ORGANIZER", "mailto:"+oneLine(x.Organizer))
	}
	for _, g := range x.Guests {
		w.guest(g)
	}
}

var answers = map[string]calendar.PartStat{
	"needsAction": calendar.NeedsAction, "declined": calendar.Declined, "tentative": calendar.Maybe, "accepted": calendar.Accepted,
}

func (w *writer) guest(g guest) {
	w.WriteString("ATTENDEE")
	if w.unserved && !g.Organizer {
		w.WriteString(";SCHEDULE-AGENT=CLIENT")
	}
	if answer, known := answers[g.Answer]; known {
		w.WriteString(";PARTSTAT=" + string(answer))
	}
	if g.Name != "" {
		w.WriteString(";CN=" + quoted(g.Name))
	}
	if g.Note != "" {
		w.WriteString(";X-RESPONSE-COMMENT=" + quoted(g.Note))
	}
	w.line("", "mailto:"+oneLine(g.Email))
}

// mark writes all values as base64, which the reader undoes.
func (w *writer) mark(m calendar.Mark) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		name := "X-BILATERAL"
		if key != "id" {
			name += "-" + strings.ToUpper(key)
		}
		w.line(name, "b64."+base64.RawURLEncoding.EncodeToString([]byte(m[key])))
	}
}

var escapes = strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\r\n", "\\n", "\n", "\\n", "\r", "\\n")

func (w *writer) text(name, value string) {
	if value != "" {
		w.line(name, escapes.Replace(value))
	}
}

var breaks = strings.NewReplacer("\r", " ", "\n", " ")

func oneLine(s string) string { return breaks.Replace(s) }

// quoted writes a parameter's value with the escapes of RFC 6868.
func quoted(s string) string {
	return `"` + strings.NewReplacer("^", "^^", `"`, "^'", "\r\n", "^n", "\n", "^n", "\r", "^n").Replace(s) + `"`
}
