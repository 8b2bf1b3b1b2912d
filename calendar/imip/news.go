package imip

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"bilateral/calendar"
)

// news is what a message has to say to the person who reads it without a calendar.
type news struct {
	what     string // the first word of the subject
	sentence string
	title    string
	when     calendar.Span
	rhythm   string // of a whole series
	before   string // a line about the time that no longer holds
	location string
	link     string
	agenda   string
	answer   string // how to answer
	from, to *time.Location
}

func (e Envelope) news(method string, s calendar.Series, original time.Time) news {
	n := news{
		title: cmp.Or(oneLine(s.Title), "meeting"), when: calendar.Span{Start: s.Start, End: s.Start.Add(s.Duration)},
		location: s.Location, link: s.Link, agenda: s.Description, rhythm: rhythm(s.Rule),
	}
	n.from = cmp.Or(e.FromZone, s.Zone, time.UTC)
	n.to = cmp.Or(e.ToZone, n.from)
	sender := cmp.Or(oneLine(e.From.Name), oneLine(e.From.Email))
	usual := n.when
	if !original.IsZero() {
		usual = n.tellInstance(s, original)
	}
	switch {
	case method == MethodCancel:
		n.what, n.sentence, n.agenda, n.link, n.location = "Cancelled", sender+" cancelled this meeting:", "", "", ""
		if original.IsZero() && n.rhythm != "" {
			n.sentence = sender + " cancelled these meetings:"
		}
	case !e.Was.IsZero() && e.Was.Equal(n.when):
		n.what, n.sentence = "Agenda", sender+" sends you the agenda of this meeting:"
	case !e.Was.IsZero() || !usual.IsZero() && !usual.Equal(n.when):
		n.what, n.sentence = "Moved", sender+" moved this meeting:"
		n.tellBefore(e.Was, usual)
	case original.IsZero() && s.Sequence > 0:
		n.what, n.sentence = "Updated invitation", sender+" sends you this invitation as it stands now:"
	default:
		n.what, n.sentence = "Invitation", sender+" invites you to:"
	}
	if n.what != "Cancelled" && !(n.what == "Agenda" && e.accepted(s, original)) {
		n.tellAnswer(original.IsZero())
	}
	return n
}

// accepted reports whether the guest will come already.
func (e Envelope) accepted(s calendar.Series, original time.Time) bool {
	list := s.Attendees
	if i := s.At(original); i != nil {
		list = i.Attendees
	}
	guest, _ := calendar.Attends(list, e.To.Email)
	return guest.Status == calendar.Accepted
}

// tellInstance narrows the news to one instance and returns where it would usually stand.
func (n *news) tellInstance(s calendar.Series, original time.Time) (usual calendar.Span) {
	n.when, n.rhythm = calendar.Span{Start: original, End: original.Add(s.Duration)}, ""
	i := s.At(original)
	if i == nil {
		return n.when
	}
	n.when, n.agenda = i.Span, i.Description
	n.title, n.location = cmp.Or(oneLine(i.Title), n.title), cmp.Or(i.Location, n.location)
	return i.Standing
}

func (n *news) tellBefore(was, usual calendar.Span) {
	if !was.IsZero() {
		n.before = "Before: " + n.time(was)
	} else if !usual.IsZero() {
		n.before = "Usual time: " + n.time(usual)
	}
}

func (n *news) tellAnswer(series bool) {
	n.answer = "Please accept or decline in your calendar; decline to get another time."
	if series && n.rhythm != "" {
		n.answer = "Please accept in your calendar. Decline a single meeting to get another time for it."
	}
}

// subject names the date where the guest is.
func (n news) subject() string {
	return n.what + ": " + n.title + ", " + n.when.Start.In(n.to).Format("Mon 2 Jan")
}

func (n news) text() string {
	when := n.time(n.when)
	if n.rhythm != "" {
		when = n.rhythm + ", first " + when
	}
	lines := []string{n.sentence, n.title, when}
	if n.before != "" {
		lines = append(lines, n.before)
	}
	if at := oneLine(n.location); at != "" {
		lines = append(lines, "Where: "+at)
	}
	if link := oneLine(n.link); link != "" {
		lines = append(lines, "Online: "+link)
	}
	if n.answer != "" {
		lines = append(lines, n.answer)
	}
	if agenda := strings.TrimSpace(plain(n.agenda)); agenda != "" {
		lines = append(lines, "", agenda)
	}
	return strings.Join(lines, "\n") + "\n"
}

// time tells a span on the clock of the guest, who reads it, and its start on the organizer's where that reads otherwise.
func (n news) time(s calendar.Span) string {
	here, there := s.Start.In(n.to), s.Start.In(n.from)
	text := here.Format("Mon 2 Jan 15:04") + "-" + clockAfter(here, s.End.In(n.to)) + " " + n.to.String()
	if here.Format(time.DateTime) == there.Format(time.DateTime) {
		return text
	}
	return fmt.Sprintf("%s (%s %s)", text, clockAfter(here, there), n.from)
}

// clockAfter is a time of day, with its date where that is another than the one before it.
func clockAfter(before, t time.Time) string {
	if t.Format(time.DateOnly) == before.Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return t.Format("Mon 2 Jan 15:04")
}

// rhythm says a rule in words; "" for a single meeting.
func rhythm(rule string) string {
	units := map[string]string{"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
	unit, every := "", ""
	for part := range strings.SplitSeq(strings.ToUpper(rule), ";") {
		switch key, value, _ := strings.Cut(part, "="); key {
		case "FREQ":
			unit = units[value]
		case "INTERVAL":
			every = value
		}
	}
	switch {
	case rule == "":
		return ""
	case unit == "":
		return "Regularly"
	case every == "" || every == "1":
		return "Every " + unit
	}
	return "Every " + oneLine(every) + " " + unit + "s"
}
