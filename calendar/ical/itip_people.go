package ical

import (
	"cmp"
	"slices"
	"strings"

	"bilateral/calendar"
)

// people names everybody whom the series invites, RFC 5546 section 3.2.2. The organizer takes part.
func (m Itip) people(b *block, invited []calendar.Attendee) {
	organizer := m.Organizer
	var sender []string
	if other := m.Series.Organizer; strings.Contains(other, "@") && !strings.EqualFold(other, organizer.Email) {
		known, _ := calendar.Attends(invited, other)
		sender = []string{parameter("SENT-BY", "mailto:"+organizer.Email)} // RFC 6047 section 2.2.1: the mail's sender
		organizer = calendar.Attendee{Email: other, Name: known.Name}
	}
	asks := user("ORGANIZER", organizer)
	asks.params = append(asks.params, sender...)
	b.tell(asks)
	b.tell(answering(organizer, calendar.Accepted, individual))
	if _, named := calendar.Attends(invited, m.Guest.Email); !named {
		invited = append(slices.Clip(invited), m.Guest)
	}
	for _, a := range invited {
		if strings.EqualFold(a.Email, organizer.Email) || a.Email == "" {
			continue
		}
		if strings.EqualFold(a.Email, m.Guest.Email) {
			a.Name = cmp.Or(a.Name, m.Guest.Name)
		}
		guest := answering(a, cmp.Or(a.Status, calendar.NeedsAction), individual)
		if m.Method == "REQUEST" {
			guest.params = append(guest.params, "RSVP=TRUE")
		}
		b.tell(guest)
	}
}

// individual says that somebody is no room, which is the default too: RFC 5545 section 3.2.3.
const individual = "CUTYPE=INDIVIDUAL"

// answering is an attendee with an answer, behind the other parameters that are given.
func answering(a calendar.Attendee, status calendar.PartStat, params ...string) property {
	p := user("ATTENDEE", a)
	p.params = append(append(p.params, params...), "PARTSTAT="+token(string(status)), "ROLE=REQ-PARTICIPANT")
	return p
}

// token is a parameter value of letters, digits and hyphens.
func token(s string) string {
	if s == "" || strings.ContainsFunc(s, notNameRune) {
		return string(calendar.NeedsAction)
	}
	return s
}

func user(name string, a calendar.Attendee) property {
	p := property{name: name, value: "mailto:" + lineText(a.Email)}
	if a.Name != "" {
		p.params = append(p.params, parameter("CN", a.Name))
	}
	return p
}

// parameter is a parameter with any text as its value, in quotes where RFC 5545 section 3.2 asks for them.
func parameter(name, value string) string {
	value = parameterText(value)
	if strings.ContainsAny(value, ":;,") {
		value = `"` + value + `"`
	}
	return name + "=" + value
}
