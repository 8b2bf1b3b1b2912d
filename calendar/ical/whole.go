package ical

import (
	"cmp"
	"slices"
	"time"

	"bilateral/calendar"
)

// Meta is what there is to know of a series before it is built.
type Meta struct {
	UID       string
	Mark      calendar.Mark // of the master
	Attendees []calendar.Attendee
	Organizer string
	Recurring bool
}

// SeriesOf builds the series that want selects, by UID: master, rule and every instance of it that stands in the window
// by its original or its present start, cancelled and excluded ones too. want sees single events as well, which become a
// series with one instance and no rule. Overrides without their master are no series. What is doubtful is
// reported by Expand. The description of a single event is there only if the event carries a Mark.
func SeriesOf(files []*File, v View, want func(master Meta) bool) []calendar.Series {
	x := newExpander(files, v)
	var out []calendar.Series
	for _, g := range x.groups {
		m := g.master
		if m == nil || m.uid == "" {
			continue
		}
		if !want(Meta{UID: m.uid, Mark: m.mark, Attendees: m.attendees, Organizer: m.organizer, Recurring: m.recurring()}) {
			continue
		}
		out = append(out, x.whole(g, x.clock(m)))
	}
	slices.SortStableFunc(out, func(a, b calendar.Series) int { return cmp.Compare(a.UID, b.UID) })
	return out
}

func (x *expander) whole(g *group, t *timing) calendar.Series {
	m := g.master
	start, end := t.at(m.start.wall)
	s := calendar.Series{
		UID: m.uid, Name: m.file.Name, Version: m.file.Version,
		Start: time.Unix(start, 0).UTC(), Duration: time.Duration(end-start) * time.Second, Rule: m.ruleText,
		Title: m.title, Location: m.location, Description: m.description, Link: m.link, Private: m.private, Organizer: m.organizer, Attendees: m.attendees,
		Cancelled: m.cancelled, Sequence: m.sequence, Mark: m.mark.Clone(),
		Excluded: t.excluded(m), Until: t.lastStart(m),
	}
	if m.start.form == zoned || m.start.form == utc {
		s.Zone = t.zone
	}
	for _, slot := range x.slots(g) {
		if x.inView(slot.original) || x.inView(slot.start) {
			s.Instances = append(s.Instances, slot.instance(m))
		}
	}
	slices.SortStableFunc(s.Instances, func(a, b calendar.Instance) int { return a.Original.Compare(b.Original) })
	return s
}

func (x *expander) inView(at int64) bool { return at >= x.from && at < x.to }

func (s slot) instance(master *component) calendar.Instance {
	c := s.is
	i := calendar.Instance{
		Original: time.Unix(s.original, 0).UTC(), Span: span(s.start, s.end), Standing: span(s.standing[0], s.standing[1]),
		Override: s.own && c.override(), Excluded: s.excluded,
		Description: c.description, Title: c.title, Location: c.location, Attendees: c.attendees, Sequence: c.sequence,
	}
	if s.stray {
		i.Standing = calendar.Span{}
	}
	if i.Override {
		i.Cancelled, i.Mark = c.cancelled, c.mark.Clone()
		i.Attendees = c.answers(master)
	}
	return i
}

// answers are the attendees of an override. A COMMENT that the series does not have came with a refusal of this instance,
// where the server did not keep it with the attendee (RFC 5546 section 3.2.3).
func (c *component) answers(master *component) []calendar.Attendee {
	if c.comment == "" || c.comment == master.comment {
		return c.attendees
	}
	out := slices.Clone(c.attendees)
	for k := range out {
		if out[k].Status == calendar.Declined && out[k].Comment == "" {
			out[k].Comment = c.comment
		}
	}
	return out
}

// excluded lists the EXDATEs as the starts that they remove.
func (t *timing) excluded(c *component) []time.Time {
	var out []time.Time
	for _, m := range c.removed {
		out = append(out, time.Unix(t.meant(m, c), 0).UTC())
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// lastStart is the last start that the rule allows: by UNTIL, or counted by COUNT; zero where it goes on for ever. RDATEs
// may come later and are not looked at.
func (t *timing) lastStart(c *component) time.Time {
	var last int64
	for _, r := range c.rules {
		wall, limit := t.lastOf(r)
		switch {
		case limit != 0:
			last = max(last, limit)
		case r.count > 0:
			walls, err := r.walls(c.start.wall, c.start.wall, min(wall, c.start.wall+maxExtent), &effort{maxInstances, maxSteps})
			if err != nil || len(walls) == 0 {
				return time.Time{}
			}
			last = max(last, instant(walls[len(walls)-1], t.zone))
		case wall != forever:
			last = max(last, instant(wall, t.zone))
		default:
			return time.Time{}
		}
	}
	if len(c.rules) == 0 {
		return time.Time{}
	}
	return time.Unix(last, 0).UTC()
}
