package ical

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"bilateral/calendar"
)

// Itip is a message from the organizer of a series to a guest, RFC 5546 section 3.2. It is written from what the series
// says and not from the object that holds it: marks, alarms and whatever else the organizer keeps there stay at home.
type Itip struct {
	Method    string // REQUEST or CANCEL
	Stamp     time.Time
	Organizer calendar.Attendee // who sends it, and asks unless Series.Organizer is somebody else
	Guest     calendar.Attendee // who gets it; invited even where the series does not name them
	Series    calendar.Series
	Original  time.Time      // of the one instance that it is about; zero: the whole series
	Zone      *time.Location // of a series whose times have none; nil is UTC
}

// Encode writes the message as one object, folded, with CRLF. A series that cannot be named in its own zone (RFC 5545
// section 3.3.5) is written in UTC. It never fails: what came from outside cannot end a line.
func (m Itip) Encode() []byte {
	c := m.clock()
	cal := newCalendar()
	cal.say("METHOD", m.Method)
	if c.form == zoned {
		cal.hold(zoneComponent(c.zone, m.earliest()))
	}
	if !m.Original.IsZero() {
		cal.hold(m.instance(c, m.at(m.Original)))
		return cal.encode()
	}
	cal.hold(m.master(c))
	for _, i := range m.Series.Instances {
		if m.Method == "REQUEST" && i.Override && !i.Cancelled && !i.Excluded {
			cal.hold(m.instance(c, i))
		}
	}
	return cal.encode()
}

func (m Itip) clock() clock {
	zone := cmp.Or(m.Series.Zone, m.Zone, time.UTC)
	name := zone.String()
	if name == "" || name == "UTC" || name == "Local" { // Local is another zone wherever it is read
		return clock{form: utc, zone: time.UTC}
	}
	return clock{form: zoned, zone: zone, tzid: parameter("TZID", name)}
}

// earliest is the first moment that the message names: the zone must be described from there on.
func (m Itip) earliest() time.Time {
	first := m.Series.Start
	if !m.Original.IsZero() {
		first = m.Original
	}
	for _, i := range m.Series.Instances {
		if i.Override && i.Start.Before(first) {
			first = i.Start
		}
	}
	return first
}

// at is the instance with that original start, or what the series says of it where it was not observed.
func (m Itip) at(original time.Time) calendar.Instance {
	s := m.Series
	if i := s.At(original); i != nil {
		return *i
	}
	return calendar.Instance{
		Original: original, Span: calendar.Span{Start: original, End: original.Add(s.Duration)},
		Title: s.Title, Location: s.Location, Description: s.Description, Attendees: s.Attendees, Sequence: s.Sequence,
	}
}

func (m Itip) master(c clock) *block {
	s := m.Series
	b := m.event(s.Sequence)
	b.tell(c.property("DTSTART", s.Start))
	b.tell(c.property("DTEND", s.Start.Add(s.Duration)))
	if s.Rule != "" {
		rule, err := c.rule(s.Rule)
		if err != nil {
			rule = lineText(s.Rule) // as it stands in the calendar
		}
		b.say("RRULE", rule)
	}
	for _, original := range m.absent() {
		b.tell(c.property("EXDATE", original))
	}
	m.words(b, s.Title, s.Location, s.Description)
	m.people(b, s.Attendees)
	return b
}

// absent are the instances that a series goes without. One that was cancelled by an override is among them: a REQUEST
// has no STATUS:CANCELLED (RFC 5546 section 3.2.2).
func (m Itip) absent() []time.Time {
	out := slices.Clone(m.Series.Excluded)
	for _, i := range m.Series.Instances {
		if i.Cancelled || i.Excluded {
			out = append(out, i.Original)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// instance is written with the highest SEQUENCE that a guest can have of it: a change of the series raises the master's
// alone, and a lower one would be late news to them (RFC 5546 section 2.1.5).
func (m Itip) instance(c clock, i calendar.Instance) *block {
	b := m.event(max(i.Sequence, m.Series.Sequence))
	if m.Series.Rule != "" || len(m.Series.Instances) > 1 {
		b.tell(c.property("RECURRENCE-ID", i.Original))
	}
	b.tell(c.property("DTSTART", i.Start))
	b.tell(c.property("DTEND", i.End))
	m.words(b, cmp.Or(i.Title, m.Series.Title), cmp.Or(i.Location, m.Series.Location), i.Description)
	people := i.Attendees
	if len(people) == 0 {
		people = m.Series.Attendees
	}
	m.people(b, people)
	return b
}

func (m Itip) event(sequence int) *block {
	b := newBlock("VEVENT")
	b.say("UID", escapeText(m.Series.UID))
	b.say("DTSTAMP", m.Stamp.UTC().Format(utcFormat))
	b.say("SEQUENCE", strconv.Itoa(sequence))
	return b
}

func (m Itip) words(b *block, title, location, description string) {
	status := "CONFIRMED"
	if m.Method == "CANCEL" {
		status, description = "CANCELLED", ""
	}
	b.sayText("SUMMARY", title)
	b.sayText("LOCATION", location)
	b.sayText("DESCRIPTION", description)
	if link := lineText(m.Series.Link); link != "" && m.Method != "CANCEL" {
		b.tell(property{name: "CONFERENCE", params: []string{"VALUE=URI", "FEATURE=VIDEO"}, value: link})
		b.say("URL", link) // for clients that do not know RFC 7986
	}
	if m.Series.Private {
		b.say("CLASS", "PRIVATE")
	}
	b.say("STATUS", status)
	b.say("TRANSP", "OPAQUE")
}
