package ical

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
)

// retimeMaster moves the whole series: a new DTSTART and length, in the zone it has.
func (s *seriesText) retimeMaster(span calendar.Span) error {
	if err := s.timed(); err != nil {
		return err
	}
	if _, err := s.clock.startOfSeries(span.Start); err != nil {
		return err
	}
	return s.retime(s.master, span)
}

// retime sets the start and end of a component.
func (s *seriesText) retime(b *block, span calendar.Span) error {
	if !span.Start.Before(span.End) {
		return fmt.Errorf("it would end at %s, not after it starts", span.End.UTC().Format(time.RFC3339))
	}
	b.put("DTSTART", s.clock.property("DTSTART", span.Start))
	b.remove("DURATION")
	b.put("DTEND", s.clock.property("DTEND", span.End))
	return nil
}

// put sets a time and keeps the parameters that do not say how it is written.
func (b *block) put(name string, p property) {
	if old, ok := b.get(name); ok {
		p.name = old.name
		p.params = append(slices.Clone(p.params), old.without("TZID", "VALUE").params...)
	}
	b.set(p)
}

// setRule gives the series a rule; an empty one makes it a single event. It reports whether instances were only taken
// away at the end (a series that ends where another begins): then nobody needs to be asked again.
func (s *seriesText) setRule(value string) (shortened bool, err error) {
	if err := s.timed(); err != nil {
		return false, err
	}
	old := s.master.value("RRULE")
	if value == "" {
		s.master.remove("RRULE")
		return false, nil
	}
	rule, err := s.clock.rule(value)
	if err != nil {
		return false, err
	}
	s.master.set(property{name: "RRULE", value: rule})
	before, _ := s.until(old)
	until, ends := s.until(rule)
	if !ends {
		return false, nil
	}
	s.dropAfter(until)
	return sameRule(old, rule) && (before.IsZero() || !until.After(before)), nil
}

// until returns the UNTIL of a rule.
func (s *seriesText) until(rule string) (time.Time, bool) {
	for _, part := range ruleParts(rule) {
		if value, ok := strings.CutPrefix(part, "UNTIL="); ok {
			t, err := s.clock.until(value)
			return t, err == nil
		}
	}
	return time.Time{}, false
}

// sameRule reports whether two rules differ in nothing but their end.
func sameRule(a, b string) bool {
	endless := func(rule string) []string {
		parts := slices.DeleteFunc(ruleParts(rule), func(part string) bool {
			return strings.HasPrefix(part, "UNTIL=") || strings.HasPrefix(part, "COUNT=")
		})
		slices.Sort(parts)
		return parts
	}
	return slices.Equal(endless(a), endless(b))
}

// dropAfter removes the overrides of instances that the rule no longer yields. Left there, they would stand on as
// meetings of their own beside those of the series that follows.
func (s *seriesText) dropAfter(until time.Time) {
	s.overrides = slices.DeleteFunc(s.overrides, func(o *block) bool {
		id, _ := o.get("RECURRENCE-ID")
		t, ok := s.instant(id)
		if !ok || !t.After(until) {
			return false
		}
		s.home.items = slices.DeleteFunc(s.home.items, func(it item) bool { return it.child == o })
		return true
	})
}

// instant returns the moment that a RECURRENCE-ID or DTEND names; a bare date is its first midnight in the series' zone.
func (s *seriesText) instant(p property) (time.Time, bool) {
	m, err := momentOf(p, p.value)
	if err != nil || s.clock.zone == nil {
		return time.Time{}, false
	}
	switch m.form {
	case utc:
		return m.clockTime(), true
	case zoned:
		return calendar.Resolve(m.clockTime(), s.zoneNamed(p.param("TZID"))), true
	}
	return calendar.Resolve(m.clockTime(), s.clock.zone), true
}

// excluded reports whether an EXDATE takes the instance away.
func (s *seriesText) excluded(original time.Time) bool {
	if s.master == nil {
		return false
	}
	for _, p := range s.master.all("EXDATE") {
		for value := range strings.SplitSeq(p.value, ",") {
			if s.means(p, value, original) {
				return true
			}
		}
	}
	return false
}

// readmit takes an instance out of every EXDATE, which may be a list. That is a change of the master too, so its
// SEQUENCE rises, once a change; its answers stay, since its override asks again.
func (s *seriesText) readmit(original time.Time) {
	if s.master == nil {
		return
	}
	readmitted := false
	s.master.rewrite(func(p property, _ bool) []property {
		values := strings.Split(p.value, ",")
		kept := slices.DeleteFunc(slices.Clone(values), func(v string) bool { return s.means(p, v, original) })
		if len(kept) == len(values) {
			return []property{p}
		}
		readmitted = true
		if len(kept) == 0 {
			return nil
		}
		p.value = strings.Join(kept, ",")
		return []property{p}
	}, "EXDATE")
	if readmitted {
		s.touch(s.master, !s.raised)
		s.raised = true
	}
}
