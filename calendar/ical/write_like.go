package ical

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"bilateral/calendar"
)

// NewLike renders a new series as [New] does, with what the draft does not say taken over from the series in old: its
// people (asked anew), alarms, video link, unknown properties. For a series that goes on under a new UID after a split.
func NewLike(c calendar.Change, old []byte, now time.Time) ([]byte, error) {
	bare := c
	bare.Instances = nil
	data, err := New(bare, now)
	if err != nil {
		return nil, err
	}
	made, err := openSeries(data, c.UID)
	if err != nil {
		return nil, err
	}
	if err := made.takeOver(old); err != nil {
		return nil, fmt.Errorf("new series %q: %w", c.Create.Title, err)
	}
	c.Create = nil
	return Patched(made.text.encode(), c, now)
}

// ownLines are the properties that a series says for itself, whatever it goes on from.
var ownLines = []string{"UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "SEQUENCE", "CREATED",
	"DTSTAMP", "LAST-MODIFIED", "STATUS", "RECURRENCE-ID"}

func (s *seriesText) takeOver(old []byte) error {
	text, err := parseTree(old)
	if err != nil {
		return err
	}
	from, home := firstMaster(text)
	if from == nil {
		return errors.New("the series that it goes on from is not in its file")
	}
	if len(from.all("ATTENDEE")) > 0 {
		s.master.remove("ATTENDEE")
		s.master.remove("ORGANIZER")
	}
	said := map[string]bool{}
	for _, it := range s.master.items {
		if p, ok := it.property(); ok {
			said[strings.ToUpper(p.name)] = true
		}
	}
	for _, it := range from.items {
		if p, ok := it.property(); ok && (said[strings.ToUpper(p.name)] || containsFold(ownLines, p.name) || isMark(p.name)) {
			continue
		}
		if it.child != nil {
			it.child = it.child.clone()
		}
		s.master.items = append(s.master.items, it)
	}
	askAgain(s.master, s.organizer(s.master))
	s.takeZones(home)
	return nil
}

// takeZones brings the zone definitions that taken-over lines may name.
func (s *seriesText) takeZones(from *block) {
	known := map[string]bool{}
	for _, z := range s.home.children("VTIMEZONE") {
		known[z.value("TZID")] = true
	}
	var zones []item
	for _, z := range from.children("VTIMEZONE") {
		if !known[z.value("TZID")] {
			zones = append(zones, item{child: z.clone()})
		}
	}
	s.home.items = append(zones, s.home.items...)
}

func firstMaster(text *block) (master, home *block) {
	for _, cal := range text.children("VCALENDAR") {
		for _, event := range cal.children("VEVENT") {
			if _, override := event.get("RECURRENCE-ID"); !override {
				return event, cal
			}
		}
	}
	return nil, nil
}
