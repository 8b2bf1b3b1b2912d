package plan

import (
	"fmt"
	"strings"
	"time"

	"bilateral/calendar"
)

// When writes a span for people: Wed 2 Dec 15:30-16:15, in the zone given.
func When(s calendar.Span, zone *time.Location) string {
	a, b := s.Start.In(zone), s.End.In(zone)
	if calendar.DateOf(s.Start, zone) == calendar.DateOf(s.End, zone) {
		return a.Format("Mon 2 Jan 15:04") + "-" + b.Format("15:04")
	}
	return a.Format("Mon 2 Jan 15:04") + " - " + b.Format("Mon 2 Jan 15:04")
}

func (m *matter) when(s calendar.Span) string { return When(s, m.zone) }

// moment writes an instant for people.
func (m *matter) moment(t time.Time) string { return t.In(m.zone).Format("Mon 2 Jan 15:04") }

// sentence is the reason, for people: status, log, history, why and the agenda all print this one.
func (m *matter) sentence(d Decision) string {
	switch d.State {
	case Held:
		return m.heldSentence(d)
	case Pending:
		return fmt.Sprintf("%s; %s is free: %s", m.problem(d), m.when(d.Slot), m.waitSentence(d))
	case Lapsed:
		return m.waivedSentence(d)
	}
	return m.unmetSentence(d)
}

func (m *matter) heldSentence(d Decision) string {
	switch d.Code {
	case "counter":
		return fmt.Sprintf("%s proposed %s: taken", m.Policy.Theirs.Name, m.when(d.Slot))
	case "moved":
		return fmt.Sprintf("%s; moved to %s%s", m.problem(d), m.when(d.Slot), m.quality(d))
	case "restored":
		return fmt.Sprintf("there is room again: back at %s%s", m.when(d.Slot), m.quality(d))
	case "placed":
		return fmt.Sprintf("first placed at %s%s", m.when(d.Slot), m.quality(d))
	case "pinned":
		return m.when(d.Slot) + " stands where a person put it" + notes(d)
	}
	if d.Final {
		return m.when(d.Slot) + " was held"
	}
	return m.when(d.Slot) + " stands" + m.quality(d)
}

func (m *matter) quality(d Decision) string {
	length := fmt.Sprintf("%d of %d min", int(d.Slot.Length().Minutes()), int(m.Policy.Duration.Minutes()))
	switch d.Rung {
	case SameDay:
		return ", another time that day"
	case SamePeriod:
		return ", another day"
	case Shorter:
		return ", " + length
	case OverSoft:
		return ", over time that gives way"
	case InStretch:
		return ", in stretch hours"
	}
	return ""
}

func notes(d Decision) string {
	if len(d.Notes) == 0 {
		return ""
	}
	return " (" + strings.Join(d.Notes, "; ") + ")"
}

// noteChoice says what a person's choice of time sets aside.
func (m *matter) noteChoice(d *Decision) {
	switch {
	case !m.Period.Span.Contains(d.Slot):
		d.Notes = append(d.Notes, "out of "+m.Key)
	case !m.wide.contain(d.Slot):
		d.Notes = append(d.Notes, "outside the hours of both")
	}
	if d.Slot.Length() < m.Policy.Minimum {
		d.Notes = append(d.Notes, "below the minimum of "+minutes(m.Policy.Minimum))
	}
}

func minutes(d time.Duration) string { return fmt.Sprintf("%d min", int(d.Minutes())) }

// problem says what is wrong with what stands.
func (m *matter) problem(d Decision) string {
	if !m.stands() {
		if m.instance == nil {
			return "no meeting stands in " + m.Key
		}
		return "the meeting of " + m.Key + " does not stand"
	}
	at := m.when(m.instance.Slot)
	if m.instance.declined() {
		return fmt.Sprintf("%s was declined by %s", at, m.Policy.Theirs.Name)
	}
	if len(d.Blockers) == 0 {
		return at + " cannot stand"
	}
	b := d.Blockers[0]
	switch b.Why {
	case "hard", "away", "declined":
		return fmt.Sprintf("%s is taken (%s)", at, m.blocker(b))
	}
	return at + " is " + b.Why
}

// blocker names whose time it is, never what it is about.
func (m *matter) blocker(b Blocker) string {
	word := map[string]string{"away": "away", "declined": "declined"}[b.Why]
	if word == "" {
		word = "busy"
	}
	span := m.when(b.Span)
	if m.stands() && calendar.DateOf(b.Start, m.zone) == calendar.DateOf(m.instance.Slot.Start, m.zone) &&
		calendar.DateOf(b.End, m.zone) == calendar.DateOf(b.Start, m.zone) {
		span = b.Start.In(m.zone).Format("15:04") + "-" + b.End.In(m.zone).Format("15:04")
	}
	return fmt.Sprintf("%s %s (%s)", word, span, b.Who)
}

func (m *matter) waitSentence(d Decision) string {
	until := m.moment(d.Until)
	switch d.Code {
	case "paused":
		return "paused until " + until
	case "settling":
		return "moves at " + until + " if " + map[string]string{"gap": "the gap", "declined": "the decline", "conflict": "the conflict"}[m.kind()] + " still stands"
	case "far":
		return "far away; moves at " + until + " unless the conflict goes"
	case "daily":
		return "moved once today already; moves at " + until
	}
	return "outside the hours of " + m.Policy.Theirs.Name + " now; moves at " + until
}

func (m *matter) waivedSentence(d Decision) string {
	if d.Code == "skipped" {
		if reason := m.Skips[m.Key]; reason != "" {
			return "skipped: " + reason
		}
		return "skipped by the owner"
	}
	s := "nobody can meet: in " + m.Key + " no gap of " + minutes(m.Policy.Minimum) + " is left beside the absences"
	if !m.mutual.overlap(m.Period.Span) {
		s = "nobody can meet: the hours of the two do not overlap in " + m.Key
	}
	if d.Action == None && !d.Until.IsZero() {
		s += "; cancelled at " + m.moment(d.Until)
	}
	return s
}

func (m *matter) unmetSentence(d Decision) string {
	switch d.Code {
	case "series_gone":
		return "the series vanished from the calendar; it is not made again unasked"
	case "series_declined":
		return m.Policy.Theirs.Name + " declined the whole series; nothing is touched"
	case "source_unknown":
		return m.problem(d) + "; a source of busy time was never read, so nothing is placed or moved"
	case "no_instance":
		return "the series has no meeting in " + m.Key
	case "deleted":
		return "the meeting of " + m.Key + " was deleted in the calendar: skip it, or move it?"
	case "declined_note":
		return fmt.Sprintf("%s declined %s with a note", m.Policy.Theirs.Name, m.when(m.instance.Slot))
	case "pinned":
		return m.problem(d) + ", and stays where a person put it"
	case "frozen":
		return m.problem(d) + ", and starts too soon to be moved"
	case "budget":
		return fmt.Sprintf("%s; moved %s already: ask them", m.problem(d), times(m.instance.Moves))
	}
	return m.noSlotSentence(d)
}

func (m *matter) noSlotSentence(d Decision) string {
	s := m.problem(d) + "; no slot of " + minutes(m.Policy.Minimum) + " is left in " + m.Key
	for k, n := range d.NearMisses {
		var gives []string
		for _, b := range n.Gives[:min(len(n.Gives), 2)] {
			gives = append(gives, m.blocker(b))
		}
		if more := len(n.Gives) - len(gives); more > 0 {
			gives = append(gives, fmt.Sprintf("%d more", more))
		}
		word := "; "
		if k > 0 {
			word = ", or "
		}
		s += word + m.when(n.Slot) + " would do without " + strings.Join(gives, " and ")
	}
	return s
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}
