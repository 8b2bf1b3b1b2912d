package ical

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// seriesText is one series inside a text: its master, its overrides, and how it writes times.
type seriesText struct {
	text      *block // all of it
	now       string // DTSTAMP of what is changed
	home      *block // the VCALENDAR that holds the series
	master    *block // nil where the text holds single instances only
	overrides []*block
	clock     clock
	clockErr  error
	start     time.Time // of the master; zero for a floating or all-day series
	zoneOf    func(tzid string) (*time.Location, error)
	sequence  int  // of the master, before anything an instance does to it
	raised    bool // this change has raised the master's SEQUENCE
}

// openSeries reads a text and finds the series in it. Zones are those of the reader, so that both halves mean the same
// instant by the same text.
func openSeries(data []byte, uid string) (*seriesText, error) {
	text, err := parseTree(data)
	if err != nil {
		return nil, err
	}
	s, err := findSeries(text, uid)
	if err != nil {
		return nil, err
	}
	file, known := Parse(uid, data), newZones()
	s.zoneOf = func(tzid string) (*time.Location, error) { return known.find(file, tzid) }
	s.clock, s.start, s.clockErr = s.readClock()
	return s, nil
}

// findSeries finds the components of a UID. Where a component is there twice, the one with the highest SEQUENCE, then
// the latest DTSTAMP, is the series (RFC 5546 section 2.1.5).
func findSeries(text *block, uid string) (*seriesText, error) {
	s := &seriesText{text: text}
	for _, cal := range text.children("VCALENDAR") {
		for _, event := range cal.children("VEVENT") {
			if id := event.value("UID"); uid == "" || (id != uid && UIDOf(id) != uid && readText([]byte(id)) != plainText(uid)) {
				continue
			}
			s.home = cal
			if _, isOverride := event.get("RECURRENCE-ID"); isOverride {
				s.overrides = append(s.overrides, event)
			} else if s.master == nil || newer(event, s.master) {
				s.master = event
			}
		}
	}
	if s.home == nil {
		return nil, errors.New("the text does not hold it")
	}
	return s, nil
}

// readClock learns how the series writes its times. Where that cannot be known, texts and marks can be changed still.
func (s *seriesText) readClock() (clock, time.Time, error) {
	model, name := s.master, "DTSTART"
	if model == nil {
		model, name = s.overrides[0], "RECURRENCE-ID"
	}
	start, ok := model.get(name)
	if !ok {
		return clock{}, time.Time{}, fmt.Errorf("it has no %s", name)
	}
	return clockOf(start, s.zoneOf)
}

func newer(a, b *block) bool {
	if x, y := sequenceOf(a), sequenceOf(b); x != y {
		return x > y
	}
	return a.value("DTSTAMP") > b.value("DTSTAMP")
}

// sequenceOf returns the SEQUENCE of a component; 0 where it is missing or no number.
func sequenceOf(b *block) int {
	if b == nil {
		return 0
	}
	n, err := strconv.Atoi(b.value("SEQUENCE"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// setSequence never goes beyond what an INTEGER holds (RFC 5545 section 3.3.8): readers would start again from 0.
func setSequence(b *block, n int) {
	if n <= math.MaxInt32 {
		b.set(property{name: "SEQUENCE", value: strconv.Itoa(n)})
	}
}

func isCancelled(b *block) bool { return strings.EqualFold(b.value("STATUS"), "CANCELLED") }

// timed refuses a series whose times name no instant.
func (s *seriesText) timed() error {
	switch {
	case s.clockErr != nil:
		return s.clockErr
	case s.clock.form == floating:
		return errors.New("its times have no zone, so they cannot be changed safely: give the series a time zone in a calendar app")
	case s.clock.form == date:
		return errors.New("it is an all-day series: give it a time of day in a calendar app")
	}
	return nil
}

// overrideFor returns the override of the instance with that original start, or makes one.
func (s *seriesText) overrideFor(original time.Time) (*block, error) {
	if err := s.timed(); err != nil {
		return nil, err
	}
	var found *block
	for _, o := range s.overrides {
		id, _ := o.get("RECURRENCE-ID")
		if at, ok := s.instant(id); ok && id.param("RANGE") != "" && !at.After(original) {
			return nil, errors.New("it was changed together with all that follow (RANGE=THISANDFUTURE): make that a series of its own in a calendar app")
		}
		if s.means(id, id.value, original) && (found == nil || newer(o, found)) {
			found = o
		}
	}
	if found != nil {
		return found, nil
	}
	if s.master == nil {
		return nil, errors.New("the text holds neither this instance nor its series")
	}
	return s.addOverride(original)
}

// means reports whether a value of a RECURRENCE-ID or EXDATE names the instant. Servers rewrite both into UTC or other
// zones, so they are compared as instants, never as text.
func (s *seriesText) means(p property, value string, t time.Time) bool {
	m, err := momentOf(p, value)
	if err != nil {
		return false
	}
	zone := s.clock.zone
	if m.form == zoned {
		zone = s.zoneNamed(p.param("TZID"))
	}
	return s.clock.names(m, zone, t)
}

// zoneNamed finds the zone of a RECURRENCE-ID, EXDATE or DTEND; where it is unknown, the series' zone is the likeliest.
func (s *seriesText) zoneNamed(tzid string) *time.Location {
	if zone, err := s.zoneOf(tzid); err == nil {
		return zone
	}
	return s.clock.zone
}

// addOverride copies the master into an override of one instance, RFC 5546 section 4.4.2, behind the last component of
// the series. What makes the master a series stays behind, as do our marks, which speak of the series.
func (s *seriesText) addOverride(original time.Time) (*block, error) {
	o := s.master.clone()
	for _, name := range []string{"RRULE", "RDATE", "EXDATE", "EXRULE"} {
		o.remove(name)
	}
	for _, it := range slices.Clone(o.items) {
		if p, ok := it.property(); ok && isMark(p.name) {
			o.remove(p.name)
		}
	}
	if _, counted := s.master.get("SEQUENCE"); counted {
		setSequence(o, s.sequence)
	}
	length, hasEnd := s.length()
	o.put("DTSTART", s.clock.property("DTSTART", original))
	if hasEnd {
		o.put("DTEND", s.clock.property("DTEND", original.Add(length)))
	}
	at := slices.IndexFunc(o.items, func(it item) bool { p, ok := it.property(); return ok && p.is("DTSTART") })
	o.items = slices.Insert(o.items, at, item{line: s.clock.property("RECURRENCE-ID", original).String()})
	s.insertOverride(o)
	return o, nil
}

func (s *seriesText) insertOverride(o *block) {
	last := s.master
	if len(s.overrides) > 0 {
		last = s.overrides[len(s.overrides)-1]
	}
	home := s.home
	at := slices.IndexFunc(home.items, func(it item) bool { return it.child == last })
	home.items = slices.Insert(home.items, at+1, item{child: o})
	s.overrides = append(s.overrides, o)
}

// length returns the exact length of the master, where it is given by DTEND.
func (s *seriesText) length() (time.Duration, bool) {
	end, ok := s.master.get("DTEND")
	if !ok {
		return 0, false
	}
	t, ok := s.instant(end)
	if !ok || t.Before(s.start) {
		return 0, true
	}
	return t.Sub(s.start), true
}
