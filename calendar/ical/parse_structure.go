package ical

import "bytes"

// This half of the parser deals with BEGIN and END, the other (parse.go) with the lines between them.

func (p *parser) begin(name string) {
	switch name {
	case "VCALENDAR":
		p.abandon("the next calendar begins before it ends")
		p.calendars++
		p.found, p.strange = true, ""
	case "VEVENT", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY":
		p.abandon("the next component begins before it ends")
		p.open(name)
	case "STANDARD", "DAYLIGHT":
		if p.at == inZone && p.depth == 0 {
			p.at = inObservance
			p.zoneText.WriteString("BEGIN\n")
			return
		}
		p.depth++
	case "AVAILABLE":
		if p.at == inAvailability && p.depth == 0 {
			p.openAvailable()
			return
		}
		p.depth++
	default:
		if p.at == outside {
			p.at = elsewhere
			p.strange, p.before = name, len(p.f.events)
			return
		}
		p.depth++
	}
}

func (p *parser) open(name string) {
	p.depth, p.line0 = 0, p.s.start
	if p.opened++; p.opened > maxComponents {
		p.full, p.at = true, elsewhere
		return
	}
	switch name {
	case "VEVENT":
		p.at, p.event, p.text = inEvent, &component{file: p.f, line: p.s.start}, textSpan{}
	case "VFREEBUSY":
		p.at, p.busy = inFreeBusy, nil
	case "VAVAILABILITY":
		p.at, p.hours = inAvailability, &availability{bounds: component{file: p.f, line: p.s.start}}
	case "VTIMEZONE":
		p.at, p.zone = inZone, &vzone{}
		p.zoneText.Reset()
	}
}

// openAvailable begins one stretch inside an availability; too many of them are too many components.
func (p *parser) openAvailable() {
	if p.opened++; p.opened > maxComponents {
		p.full = true
		p.hours.bounds.broken("it has too many parts")
		p.depth++
		return
	}
	p.at, p.event = inAvailable, &component{file: p.f, line: p.s.start}
}

func (p *parser) end(name string) {
	switch name {
	case "VCALENDAR":
		p.abandon("the calendar ends before it does")
		p.calendars, p.strange = max(0, p.calendars-1), ""
	case "VEVENT":
		if p.at == inEvent {
			p.closeEvent()
		}
		p.at, p.depth = outside, 0
	case "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY":
		if p.at == inFreeBusy {
			p.f.periods = append(p.f.periods, p.busy...)
		}
		if p.at == inAvailable {
			p.hours.bounds.broken("its AVAILABLE does not end")
			p.at = inAvailability
		}
		if p.at == inAvailability {
			p.closeAvailability()
		}
		p.closeZone()
		p.at, p.depth = outside, 0
	default:
		p.endOther(name)
	}
}

func (p *parser) endOther(name string) {
	switch {
	case p.depth > 0:
		p.depth--
	case p.at == outside && p.strange == name && name != "":
		// What stands inside an unknown component is not the calendar's (RFC 5545 section 3.6: ignore it), but only
		// its END proves that it was inside.
		p.f.events, p.strange = p.f.events[:p.before], ""
	case p.at == inAvailable && name == "AVAILABLE":
		p.closeAvailable()
		p.at = inAvailability
	case p.at == inObservance && (name == "STANDARD" || name == "DAYLIGHT"):
		p.at = inZone
	case p.at == elsewhere:
		p.at, p.strange = outside, ""
	}
}

func (p *parser) closeEvent() {
	c := p.event
	p.event = nil
	switch {
	case c.fatal != "":
		p.f.report(c.line, c.uid, "%s; this event is left out", c.fatal)
	case c.start.form == absent && p.f.method == "REPLY":
		p.f.undated = append(p.f.undated, c)
	case c.start.form == absent:
		p.f.report(c.line, c.uid, "has no DTSTART; this event is left out")
	default:
		for _, why := range c.leftOut {
			p.f.report(c.line, c.uid, "%s", why)
		}
		p.keepText(c)
		p.f.events = append(p.f.events, c)
	}
}

// keepText reads DESCRIPTION where a series can need it.
func (p *parser) keepText(c *component) {
	if p.text.to == 0 || !c.recurring() && !c.override() && c.mark == nil {
		return
	}
	s := newLines(p.s.data[p.text.from:p.text.to])
	first, ok := s.next()
	if !ok {
		return
	}
	line, _ := s.unfold(first)
	if end := nameEnd(line); end > 0 {
		if q, ok := splitLine(line, "DESCRIPTION", end); ok {
			c.description = readText(q.value)
		}
	}
}

// abandon gives up what is open, because something begins or ends that cannot stand inside it.
func (p *parser) abandon(why string) {
	switch p.at {
	case inEvent:
		p.f.report(p.event.line, p.event.uid, "is not complete: %s; this event is left out", why)
	case inFreeBusy:
		p.f.periods = append(p.f.periods, p.busy...)
		p.f.report(p.line0, "", "free/busy is not complete: %s; what came before counts", why)
	case inAvailability, inAvailable:
		p.f.report(p.line0, "", "availability is not complete: %s; it is left out", why)
	case inZone, inObservance:
		p.f.report(p.line0, "", "time zone is not complete: %s; it is left out", why)
	}
	p.at, p.depth = outside, 0
}

func (p *parser) finish() {
	open := p.at != outside
	p.abandon("the file ends in the middle of it")
	switch {
	case !p.found && len(bytes.TrimSpace(p.s.data)) == 0:
		p.f.report(0, "", "is empty")
	case !p.found: // RFC 5545 section 3.4; what looks like events in it may be anything
		p.f.events, p.f.undated, p.f.periods = nil, nil, nil
		p.f.report(0, "", "is not an iCalendar file: it has no BEGIN:VCALENDAR")
	case p.full:
		p.f.report(0, "", "has more than %d components; the rest is left out", maxComponents)
	case open || p.calendars > 0:
		p.f.report(0, "", "is cut off: it ends without END:VCALENDAR; events up to there count")
	}
}
