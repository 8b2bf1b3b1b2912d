package ical

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"bilateral/calendar"

	goical "github.com/emersion/go-ical"
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
	var text bytes.Buffer
	object, err := newObject(c.UID, *c.Create, now)
	if err != nil {
		return nil, fmt.Errorf("new series %q: %w", c.Create.Title, err)
	}
	if err := goical.NewEncoder(&text).Encode(object); err != nil {
		return nil, fmt.Errorf("new series %q: %w", c.Create.Title, err)
	}
	c.Create = nil
	return Patched(text.Bytes(), c, now) // also folds: the encoder does not
}

func newObject(uid string, d calendar.Draft, now time.Time) (*goical.Calendar, error) {
	clock, err := draftClock(d)
	if err != nil {
		return nil, err
	}
	cal := goical.NewCalendar()
	setRaw(cal.Component, goical.PropProductID, productID)
	setRaw(cal.Component, goical.PropVersion, "2.0")
	setRaw(cal.Component, goical.PropCalendarScale, "GREGORIAN")
	if clock.form == zoned && !d.AllDay {
		cal.Children = append(cal.Children, zoneComponent(clock.zone, d.Start))
	}
	event := goical.NewComponent(goical.CompEvent)
	cal.Children = append(cal.Children, event)
	setRaw(event, goical.PropUID, escapeText(uid))
	setRaw(event, goical.PropDateTimeStamp, now.UTC().Format(utcFormat))
	setRaw(event, goical.PropCreated, now.UTC().Format(utcFormat))
	if err := setTimes(event, d, clock); err != nil {
		return nil, err
	}
	setTexts(event, d)
	setPeople(event, d)
	return cal, setMarks(event, d.Mark)
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

func setTimes(event *goical.Component, d calendar.Draft, c clock) error {
	if d.AllDay {
		return setDays(event, d)
	}
	start, err := c.startOfSeries(d.Start)
	if err != nil {
		return err
	}
	setProperty(event, start)
	setProperty(event, c.property(goical.PropDateTimeEnd, d.Start.Add(d.Duration)))
	if d.Rule == "" {
		return nil
	}
	rule, err := c.rule(d.Rule)
	setRaw(event, goical.PropRecurrenceRule, rule)
	return err
}

// setDays writes the dates on which an all-day event stands: from one midnight in its zone up to another.
func setDays(event *goical.Component, d calendar.Draft) error {
	first, end := calendar.DateOf(d.Start, d.Zone), calendar.DateOf(d.Start.Add(d.Duration+day*time.Second/2), d.Zone)
	if d.Rule != "" || !first.At(0, d.Zone).Equal(d.Start) || !first.Before(end) {
		return errors.New("an all-day event begins at midnight, lasts whole days and does not recur")
	}
	for name, date := range map[string]calendar.Date{goical.PropDateTimeStart: first, goical.PropDateTimeEnd: end} {
		p := property{name: name, params: []string{"VALUE=DATE"}, value: strings.ReplaceAll(date.String(), "-", "")}
		setProperty(event, p)
	}
	return nil
}

func setTexts(event *goical.Component, d calendar.Draft) {
	setText(event, goical.PropSummary, d.Title)
	setText(event, goical.PropLocation, d.Location)
	setText(event, goical.PropDescription, d.Description)
	setRaw(event, goical.PropSequence, "0")
	setRaw(event, goical.PropStatus, string(goical.EventConfirmed))
	setRaw(event, goical.PropTransparency, "OPAQUE")
	if d.Free {
		setRaw(event, goical.PropTransparency, "TRANSPARENT")
	}
	if d.Private {
		setRaw(event, goical.PropClass, "PRIVATE")
	}
}

// setPeople makes the event a meeting, if anybody is invited. The organizer is an attendee too, and has accepted: some
// clients show only attendees as taking part.
func setPeople(event *goical.Component, d calendar.Draft) {
	if d.Organizer.Email == "" || len(d.Attendees) == 0 {
		return
	}
	organizer := person(goical.PropOrganizer, d.Organizer)
	setAgent(organizer, d.Unserved)
	event.Props.Set(organizer)
	self := person(goical.PropAttendee, d.Organizer)
	setAnswer(self, calendar.Accepted)
	event.Props.Add(self)
	for _, a := range d.Attendees {
		if strings.EqualFold(a.Email, d.Organizer.Email) {
			continue
		}
		guest := person(goical.PropAttendee, a)
		if a.Status == calendar.Accepted {
			setAnswer(guest, calendar.Accepted)
		} else {
			setAnswer(guest, calendar.NeedsAction)
			guest.Params.Set(goical.ParamRSVP, "TRUE")
		}
		setAgent(guest, d.Unserved)
		event.Props.Add(guest)
	}
}

// setAgent keeps a server that schedules from writing to people whom we write to, RFC 6638 section 7.1.
func setAgent(p *goical.Prop, unserved bool) {
	if unserved {
		p.Params.Set("SCHEDULE-AGENT", "CLIENT")
	}
}

func setAnswer(p *goical.Prop, answer calendar.PartStat) {
	p.Params.Set(goical.ParamRole, "REQ-PARTICIPANT")
	p.Params.Set(goical.ParamParticipationStatus, string(answer))
}

func person(name string, a calendar.Attendee) *goical.Prop {
	p := goical.NewProp(name)
	p.Value = "mailto:" + lineText(a.Email)
	if name := parameterText(a.Name); name != "" {
		p.Params.Set(goical.ParamCommonName, name)
	}
	return p
}

func setMarks(event *goical.Component, m calendar.Mark) error {
	entries, err := markProperties(m)
	for _, e := range entries {
		if e.value != "" {
			setRaw(event, e.name, e.value)
		}
	}
	return err
}

func setText(c *goical.Component, name, text string) {
	if text != "" {
		setRaw(c, name, escapeText(text))
	}
}

// setRaw sets a value that is encoded already. The codec's own setters write zones without names and refuse CR LF.
func setRaw(c *goical.Component, name, value string) {
	p := goical.NewProp(name)
	p.Value = value
	c.Props.Set(p)
}

// setProperty takes over a property of the tree, whose only parameters here are VALUE and TZID.
func setProperty(c *goical.Component, p property) {
	prop := goical.NewProp(p.name)
	prop.Value = p.value
	for _, raw := range p.params {
		key, value, _ := strings.Cut(raw, "=")
		prop.Params.Set(key, value)
	}
	c.Props.Set(prop)
}
