package ical

import (
	"slices"
	"strings"

	"bilateral/calendar"
)

// organizer returns the address of a component's organizer, or of its series'.
func (s *seriesText) organizer(b *block) string {
	p, ok := b.get("ORGANIZER")
	if !ok && s.master != nil {
		p, _ = s.master.get("ORGANIZER")
	}
	return addressOf(p)
}

// addressOf returns the address of a calendar user, lower case. Some servers put a path there and the address into EMAIL.
func addressOf(p property) string {
	if email := p.param("EMAIL"); email != "" {
		return strings.ToLower(email)
	}
	address := strings.ToLower(strings.TrimSpace(p.value))
	return strings.TrimPrefix(address, "mailto:")
}

// askAgain takes back every answer to a component but the organizer's: what was accepted is no longer what is asked.
// RFC 6638 section 3.2.8 makes it the server's duty; where no server schedules it is ours.
func askAgain(b *block, organizer string) {
	b.rewrite(func(p property, _ bool) []property {
		if organizer != "" && addressOf(p) == organizer {
			return []property{p.with("PARTSTAT", string(calendar.Accepted))}
		}
		return []property{p.with("PARTSTAT", string(calendar.NeedsAction)).with("RSVP", "TRUE")}
	}, "ATTENDEE")
}

// Unserved is a text whose guests a server that schedules leaves alone: SCHEDULE-AGENT=CLIENT, RFC 6638 section 7.1. What
// the text says of it already stays. The error is that of a text which is cut off.
func Unserved(data []byte) ([]byte, error) {
	text, err := parseTree(data)
	if err != nil {
		return nil, err
	}
	for _, object := range text.children("VCALENDAR") {
		for _, event := range object.children("VEVENT") {
			organizer, _ := event.get("ORGANIZER")
			event.rewrite(func(p property, _ bool) []property {
				if addressOf(p) != addressOf(organizer) && p.param("SCHEDULE-AGENT") == "" {
					p.params = append(slices.Clip(p.params), unserved)
				}
				return []property{p}
			}, "ATTENDEE")
		}
	}
	return text.encode(), nil
}

// takeAnswer writes what a guest answered by mail, the note where Google and Apple keep it. A note of an earlier answer
// goes.
func takeAnswer(b *block, a calendar.Answer) {
	b.rewrite(func(p property, _ bool) []property {
		if addressOf(p) != strings.ToLower(a.Email) {
			return []property{p}
		}
		p = p.with("PARTSTAT", string(a.Status)).without("RSVP", "X-RESPONSE-COMMENT")
		if a.Comment != "" {
			p.params = append(p.params, `X-RESPONSE-COMMENT="`+parameterText(a.Comment)+`"`)
		}
		return []property{p}
	}, "ATTENDEE")
}
