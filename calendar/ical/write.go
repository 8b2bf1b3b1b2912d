package ical

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"bilateral/calendar"
)

const (
	productID   = "-//bilateral//bilateral//EN"
	localFormat = "20060102T150405"
	utcFormat   = "20060102T150405Z"
	dayFormat   = "20060102"
)

// New renders the series of c.Create, under c.UID, as one object: its zone, its master with c.Create.Mark, and an
// override for each of c.Instances. now becomes CREATED and DTSTAMP. The object carries no METHOD, RFC 4791 section 4.1;
// an invitation by mail adds its own.
//
// The start must be expressible in its zone: in the hour that a clock change repeats, only its first run is (RFC 5545
// section 3.3.5).
func New(c calendar.Change, now time.Time) ([]byte, error) {
	if c.Create == nil || c.UID == "" {
		return nil, errors.New("a new series needs a draft and a UID")
	}
	text, err := newText(c.UID, *c.Create, now)
	if err != nil {
		return nil, fmt.Errorf("new series %q: %w", c.Create.Title, err)
	}
	c.Create = nil
	return Patched(text, c, now)
}

func newText(uid string, d calendar.Draft, now time.Time) ([]byte, error) {
	object, err := newObject(uid, d, now)
	if err != nil {
		return nil, err
	}
	return object.encodeStrictly()
}

func newObject(uid string, d calendar.Draft, now time.Time) (*block, error) {
	clock, err := draftClock(d)
	if err != nil {
		return nil, err
	}
	object := newCalendar()
	if clock.form == zoned && !d.AllDay {
		object.hold(zoneComponent(clock.zone, d.Start))
	}
	event := newBlock("VEVENT")
	object.hold(event)
	event.say("UID", escapeText(uid))
	event.say("DTSTAMP", now.UTC().Format(utcFormat))
	event.say("CREATED", now.UTC().Format(utcFormat))
	if err := setTimes(event, d, clock); err != nil {
		return nil, err
	}
	setTexts(event, d)
	setPeople(event, d)
	return object, setMarks(event, d.Mark)
}

// draftClock says how the times of a new series are written: UTC without a zone definition, any other zone by name.
func draftClock(d calendar.Draft) (clock, error) {
	switch {
	case d.Zone == nil || d.Zone.String() == "" || d.Zone.String() == "Local":
		return clock{}, errors.New("its time zone has no name")
	case d.Duration <= 0:
		return clock{}, fmt.Errorf("its duration is %s", d.Duration)
	case d.Zone.String() == "UTC":
		return clock{form: utc, zone: time.UTC}, nil
	}
	if strings.ContainsFunc(d.Zone.String(), notZoneRune) {
		return clock{}, fmt.Errorf("its time zone %q is no IANA name", d.Zone)
	}
	return clock{form: zoned, zone: d.Zone, tzid: "TZID=" + d.Zone.String()}, nil
}

func notZoneRune(r rune) bool { return notNameRune(r) && r != '/' && r != '+' }

func setTimes(event *block, d calendar.Draft, c clock) error {
	if d.AllDay {
		return setDays(event, d)
	}
	start, err := c.startOfSeries(d.Start)
	if err != nil {
		return err
	}
	event.tell(start)
	event.tell(c.property("DTEND", d.Start.Add(d.Duration)))
	if d.Rule == "" {
		return nil
	}
	rule, err := c.rule(d.Rule)
	event.say("RRULE", rule)
	return err
}

// setDays writes the dates on which an all-day event stands: from one midnight in its zone up to another.
func setDays(event *block, d calendar.Draft) error {
	first, end := calendar.DateOf(d.Start, d.Zone), calendar.DateOf(d.Start.Add(d.Duration+day*time.Second/2), d.Zone)
	if d.Rule != "" || !first.At(0, d.Zone).Equal(d.Start) || !first.Before(end) {
		return errors.New("an all-day event begins at midnight, lasts whole days and does not recur")
	}
	event.tell(dateProperty("DTSTART", first))
	event.tell(dateProperty("DTEND", end))
	return nil
}

func dateProperty(name string, d calendar.Date) property {
	return property{name: name, params: []string{"VALUE=DATE"}, value: strings.ReplaceAll(d.String(), "-", "")}
}

func setTexts(event *block, d calendar.Draft) {
	event.sayText("SUMMARY", d.Title)
	event.sayText("LOCATION", d.Location)
	event.sayText("DESCRIPTION", d.Description)
	event.say("SEQUENCE", "0")
	event.say("STATUS", "CONFIRMED")
	if d.Free {
		event.say("TRANSP", "TRANSPARENT")
	} else {
		event.say("TRANSP", "OPAQUE")
	}
	if d.Private {
		event.say("CLASS", "PRIVATE")
	}
}

// setPeople makes the event a meeting, if anybody is invited. The organizer is an attendee too, and has accepted: some
// clients show only attendees as taking part.
func setPeople(event *block, d calendar.Draft) {
	if d.Organizer.Email == "" || len(d.Attendees) == 0 {
		return
	}
	var agent []string
	if d.Unserved {
		agent = []string{unserved}
	}
	organizer := user("ORGANIZER", d.Organizer)
	organizer.params = append(organizer.params, agent...)
	event.tell(organizer)
	event.tell(answering(d.Organizer, calendar.Accepted))
	for _, a := range d.Attendees {
		if strings.EqualFold(a.Email, d.Organizer.Email) {
			continue
		}
		guest := answering(a, calendar.Accepted)
		if a.Status != calendar.Accepted {
			guest = answering(a, calendar.NeedsAction)
			guest.params = append(guest.params, "RSVP=TRUE")
		}
		guest.params = append(guest.params, agent...)
		event.tell(guest)
	}
}

// unserved keeps a server that schedules from writing to people whom we write to, RFC 6638 section 7.1.
const unserved = "SCHEDULE-AGENT=CLIENT"
