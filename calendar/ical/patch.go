package ical

import (
	"errors"
	"fmt"
	"time"

	"bilateral/calendar"
)

// Patched applies a change of an existing series to the text of the object that holds it, and returns the new text.
// Whatever the change does not name survives with its meaning: unknown properties and parameters, alarms, unknown
// components, zones, other overrides, other events; so do the order of components and of properties. Lines are folded
// anew.
//
// A patched component gets now as DTSTAMP and LAST-MODIFIED. A change of time, rule or status raises its SEQUENCE by one
// (RFC 5546 section 2.1.4), and a new time asks its guests again (RFC 6638 section 3.2.8).
//
// It is an error if the text does not hold the series whole, if times of a floating or all-day series are to be changed
// (they have no zone of their own), or if the result could not be written unambiguously. Nothing is half done.
func Patched(data []byte, c calendar.Change, now time.Time) ([]byte, error) {
	if c.Create != nil {
		return nil, errors.New("a new series cannot be patched into an existing one")
	}
	s, err := openSeries(data, c.UID)
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", c.UID, err)
	}
	s.now = now.UTC().Format(utcFormat)
	if err := s.apply(c); err != nil {
		return nil, fmt.Errorf("event %s: %w", c.UID, err)
	}
	return s.text.encode(), nil
}

func (s *seriesText) apply(c calendar.Change) error {
	if c.Series != nil && !c.Series.Empty() {
		if err := s.patchMaster(*c.Series); err != nil {
			return err
		}
	}
	s.sequence = sequenceOf(s.master)
	s.raised = c.Series != nil && c.Series.Retimes()
	for _, p := range c.Instances {
		if p.Empty() {
			continue
		}
		if err := s.patchInstance(p); err != nil {
			return fmt.Errorf("instance of %s: %w", p.Original.UTC().Format(time.RFC3339), err)
		}
	}
	return nil
}

func (s *seriesText) patchMaster(p calendar.Patch) error {
	if s.master == nil {
		return errors.New("the text holds single instances only, no series")
	}
	asks := false
	if p.Span != nil {
		if err := s.retimeMaster(*p.Span); err != nil {
			return err
		}
		asks = true
	}
	if p.Rule != nil {
		shortened, err := s.setRule(*p.Rule)
		if err != nil {
			return err
		}
		asks = asks || !shortened
	}
	if p.Cancelled != nil {
		asks = asks || !*p.Cancelled
		setStatus(s.master, *p.Cancelled)
	}
	if p.Cancelled != nil && *p.Cancelled {
		s.cancelOverrides()
	}
	return s.finish(s.master, p, asks)
}

// cancelOverrides cancels the moved instances of a series that is cancelled: RFC 5546 section 4.4.4, every instance goes.
func (s *seriesText) cancelOverrides() {
	for _, o := range s.overrides {
		if !isCancelled(o) {
			setStatus(o, true)
			s.touch(o, true)
		}
	}
}

func (s *seriesText) patchInstance(p calendar.InstancePatch) error {
	if p.Rule != nil {
		return errors.New("a single instance has no rule of its own")
	}
	o, err := s.overrideFor(p.Original)
	if err != nil {
		return err
	}
	stood, form := !isCancelled(o), hasEnd(o)
	if p.Span != nil {
		if err := s.retime(o, *p.Span); err != nil {
			return err
		}
	}
	switch {
	case p.Cancelled == nil && s.excluded(p.Original):
		// An override beside an EXDATE stands for some readers: what was not brought back must stay away for all.
		setStatus(o, true)
	case p.Cancelled != nil && *p.Cancelled:
		setStatus(o, true)
	case p.Cancelled != nil:
		setStatus(o, false)
		s.readmit(p.Original)
	}
	if stood == isCancelled(o) && form == hasEnd(o) {
		s.turnEnd(o)
	}
	asks := p.Span != nil || (p.Cancelled != nil && !*p.Cancelled)
	return s.finish(o, p.Patch, asks)
}

// finish does what a patch does to any component.
func (s *seriesText) finish(b *block, p calendar.Patch, asks bool) error {
	setTextOf(b, "SUMMARY", p.Title)
	setTextOf(b, "LOCATION", p.Location)
	setTextOf(b, "DESCRIPTION", p.Description)
	if p.Description != nil {
		// The same text as HTML (Outlook's X-ALT-DESC; RFC 9073 section 6.5): clients prefer it, and would show the old one.
		b.remove("X-ALT-DESC")
		b.remove("STYLED-DESCRIPTION")
	}
	if err := setMarks(b, p.Mark); err != nil {
		return err
	}
	if p.Answer != nil {
		takeAnswer(b, *p.Answer)
	}
	if asks {
		askAgain(b, s.organizer(b))
	}
	s.touch(b, p.Retimes())
	if p.Sequence > sequenceOf(b) {
		setSequence(b, p.Sequence)
	}
	return nil
}

// setTextOf sets a TEXT property in its place and keeps its language. ALTREP names the same text elsewhere, which is now
// another.
func setTextOf(b *block, name string, text *string) {
	if text == nil {
		return
	}
	if *text == "" {
		b.remove(name)
		return
	}
	p, ok := b.get(name)
	if !ok {
		p = property{name: name}
	}
	p = p.without("ALTREP", "VALUE", "ENCODING")
	p.value = escapeText(*text)
	b.set(p)
}

func setStatus(b *block, cancelled bool) {
	status := "CONFIRMED"
	if cancelled {
		status = "CANCELLED"
	}
	b.set(property{name: "STATUS", value: status})
}

// touch stamps a changed component.
func (s *seriesText) touch(b *block, raise bool) {
	b.set(property{name: "DTSTAMP", value: s.now})
	b.set(property{name: "LAST-MODIFIED", value: s.now})
	if raise {
		setSequence(b, sequenceOf(b)+1)
	}
}
