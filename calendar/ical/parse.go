package ical

import (
	"bytes"
	"strings"
)

// Parse reads an iCalendar file. It never fails: problems are in [File.Unreadable], and damage is confined to the
// component it stands in. data is not kept.
func Parse(name string, data []byte) *File {
	f := &File{Name: name}
	if len(data) > MaxBytes {
		f.report(0, "", "has %d bytes; more than %d MiB are not read", len(data), MaxBytes>>20)
		return f
	}
	p := parser{f: f, s: newLines(data)}
	for {
		first, ok := p.s.next()
		if !ok {
			break
		}
		p.line(first)
	}
	p.finish()
	return f
}

// place is the kind of component the parser is in.
type place uint8

const (
	outside place = iota
	inEvent
	inFreeBusy
	inZone
	inObservance
	inAvailability
	inAvailable
	elsewhere // a to-do, a journal entry, an alarm outside an event, …
)

// parser keeps no stack: a component that busy time needs never stands inside another such one, so a BEGIN of one ends
// whatever is open, and for everything else a depth is enough. Nesting of any depth costs nothing.
type parser struct {
	f     *File
	s     *lines
	at    place
	depth int // of components inside the present one
	line0 int // where the present one began

	event     *component
	text      textSpan // DESCRIPTION of the event, unread
	busy      []period // of the free/busy data
	hours     *availability
	zone      *vzone
	zoneText  strings.Builder
	calendars int  // open VCALENDARs
	found     bool // a VCALENDAR
	opened    int
	full      bool // more components than are read
	strings   map[string]string

	strange string // an unknown component that is open, and how many events there were before it
	before  int
}

// textSpan remembers a logical line for later: only recurring and marked events need their long texts.
type textSpan struct{ from, to int }

func (p *parser) line(first []byte) {
	end := nameEnd(first)
	if end < 0 { // a name that is itself folded, or no property at all
		whole, ok := p.s.unfold(first)
		if end = nameEnd(whole); end < 0 || !ok {
			return
		}
		p.property(whole, end, ok)
		return
	}
	name := wanted(first[:end], p.at)
	switch name {
	case "":
		p.s.skip()
	case "DESCRIPTION":
		from := p.s.pos
		p.s.skip()
		if p.depth == 0 && p.text.to == 0 {
			p.text = textSpan{p.startOf(first, from), p.s.pos}
		}
	default:
		whole, ok := p.s.unfold(first)
		p.property(whole, end, ok)
	}
}

// startOf is the place of a physical line that ended just before pos.
func (p *parser) startOf(line []byte, pos int) int {
	for pos > 0 && (p.s.data[pos-1] == '\n' || p.s.data[pos-1] == '\r') {
		pos--
	}
	return pos - len(line)
}

func (p *parser) property(line []byte, end int, whole bool) {
	name := wanted(line[:end], p.at)
	if name == "" {
		return
	}
	q, ok := splitLine(line, name, end)
	if !ok {
		return
	}
	switch {
	case name == "BEGIN":
		p.begin(upperWord(q.value))
	case name == "END":
		p.end(upperWord(q.value))
	case p.depth > 0:
	case !whole:
		if p.at == inEvent || p.at == inAvailable {
			p.event.broken(name + " is longer than any calendar writes")
		}
	default:
		p.take(q)
	}
}

func (p *parser) take(q prop) {
	switch p.at {
	case outside:
		switch {
		case q.name == "X-WR-TIMEZONE" && p.f.homeZone == "":
			p.f.homeZone = clean(string(clip(bytes.TrimSpace(q.value))))
		case q.name == "METHOD" && p.f.method == "":
			p.f.method = clean(upperWord(q.value))
		}
	case inEvent, inAvailable:
		p.readEvent(p.event, q)
	case inAvailability:
		p.readAvailability(q)
	case inFreeBusy:
		p.readFreeBusy(q)
	case inZone, inObservance:
		p.readZone(q)
	}
}

// intern makes the many equal names and addresses of a calendar share their memory.
func (p *parser) intern(s string) string {
	if known, ok := p.strings[s]; ok {
		return known
	}
	if p.strings == nil {
		p.strings = map[string]string{}
	}
	p.strings[s] = s
	return s
}

func upperWord(v []byte) string { return strings.ToUpper(string(clip(bytes.TrimSpace(v)))) }

// wanted returns the property's name in upper case if the component needs it, otherwise "".
func wanted(name []byte, at place) string {
	var upper [32]byte
	name = bytes.TrimSpace(name)
	if i := bytes.LastIndexByte(name, '.'); i >= 0 { // a group, as in vCard
		name = name[i+1:]
	}
	if len(name) == 0 || len(name) > len(upper) {
		return ""
	}
	for i, c := range name {
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		upper[i] = c
	}
	return wantedUpper(upper[:len(name)], at)
}

func wantedUpper(name []byte, at place) string {
	if structure := oneOf(name, "BEGIN", "END"); structure != "" {
		return structure
	}
	switch at {
	case outside:
		return oneOf(name, "X-WR-TIMEZONE", "METHOD")
	case inEvent, inAvailable:
		return wantedOfEvent(name)
	case inAvailability:
		return oneOf(name, "DTSTART", "DTEND", "DURATION", "BUSYTYPE", "PRIORITY")
	case inFreeBusy:
		return oneOf(name, "FREEBUSY")
	case inZone:
		return oneOf(name, "TZID", "X-LIC-LOCATION")
	case inObservance:
		return oneOf(name, "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE")
	}
	return ""
}

func wantedOfEvent(name []byte) string {
	switch name[0] {
	case 'X':
		if _, ours := markKey(string(name)); ours {
			return string(name)
		}
		return oneOf(name, "X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-CDO-ALLDAYEVENT", "X-GOOGLE-CONFERENCE",
			"X-MICROSOFT-SKYPETEAMSMEETINGURL")
	case 'D':
		return oneOf(name, "DESCRIPTION", "DTSTART", "DTEND", "DURATION", "DTSTAMP")
	case 'A':
		return oneOf(name, "ATTENDEE")
	case 'R':
		return oneOf(name, "RRULE", "RDATE", "RECURRENCE-ID")
	case 'E':
		return oneOf(name, "EXDATE", "EXRULE")
	case 'S':
		return oneOf(name, "SUMMARY", "STATUS", "SEQUENCE")
	}
	return oneOf(name, "UID", "TRANSP", "CATEGORIES", "ORGANIZER", "LOCATION", "COMMENT", "CLASS", "CONFERENCE", "URL")
}

func oneOf(name []byte, list ...string) string {
	for _, s := range list {
		if string(name) == s {
			return s
		}
	}
	return ""
}
