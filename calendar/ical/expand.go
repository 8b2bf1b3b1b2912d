package ical

import (
	"cmp"
	"slices"
	"time"

	"bilateral/calendar"
)

// Expand merges files (a series is one UID, wherever its components stand) and returns every instance whose span touches
// the window, by start, then UID: also transparent, cancelled and declined ones, for judging is the work of
// calendar.Person. Free/busy periods, and what lies outside a VAVAILABILITY's hours, come as Anonymous events. The second
// result names what could not be placed in time.
func Expand(files []*File, v View) ([]calendar.Event, []calendar.Unreadable) {
	x := newExpander(files, v)
	found := x.inWindow(x.groups)
	for _, f := range files {
		for i := range f.periods {
			p := &f.periods[i]
			if touches(p.start, p.end, x.from, x.to) {
				found = append(found, slot{start: p.start, end: p.end, period: p})
			}
		}
	}
	away := x.absences(files)
	for i := range away {
		found = append(found, slot{start: away[i].start, end: away[i].end, period: &away[i]})
	}
	return sorted(found), told(x.bad, x.unsaid, "all calendars together")
}

// inWindow returns the instances that touch the window.
func (x *expander) inWindow(groups []*group) []slot {
	var found []slot
	for _, g := range groups {
		for _, s := range x.slots(g) {
			if !s.excluded && s.touches(x.from, x.to) {
				found = append(found, s)
			}
		}
	}
	return found
}

// sorted makes events of slots, by start, then UID, then as they were found. It sorts places, since events are large.
func sorted(found []slot) []calendar.Event {
	places := make([]int, len(found))
	for i := range places {
		places[i] = i
	}
	slices.SortFunc(places, func(i, j int) int {
		a, b := &found[i], &found[j]
		if a.start != b.start {
			return cmp.Compare(a.start, b.start)
		}
		return cmp.Or(cmp.Compare(a.uid(), b.uid()), cmp.Compare(a.end, b.end), i-j)
	})
	out := make([]calendar.Event, len(found))
	for i, place := range places {
		out[i] = found[place].event()
	}
	return out
}

// touches reports whether [start, end) shares a moment with [from, to); an event of no length is its start.
func touches(start, end, from, to int64) bool {
	return start < to && (end > from || start == end && start >= from)
}

func span(start, end int64) calendar.Span {
	return calendar.Span{Start: time.Unix(start, 0).UTC(), End: time.Unix(end, 0).UTC()}
}

// expander is one expansion. Instants are Unix seconds.
type expander struct {
	from, to int64
	home     *time.Location
	zones    *zones
	groups   []*group
	bad      []calendar.Unreadable
	unsaid   int // problems beyond maxReports
	reported map[*component]bool
	left     effort // for all rules together, so that many small bombs are no big one
}

const (
	allInstances = 1_000_000
	allSteps     = 20 * maxSteps
)

// group is every component of one UID.
type group struct {
	master    *component
	overrides []*component
}

func newExpander(files []*File, v View) *expander {
	x := &expander{from: v.Window.Start.Unix(), to: v.Window.End.Unix(), home: v.zone(), zones: newZones(), reported: map[*component]bool{},
		left: effort{allInstances, allSteps}}
	var all []*component
	for _, f := range files {
		all = append(all, f.events...)
	}
	x.groups = groupsOf(all)
	return x
}

// groupsOf puts together what has one UID, in the order of the first of each.
func groupsOf(all []*component) []*group {
	var groups []*group
	byUID := map[string]*group{}
	for _, c := range all {
		g := byUID[c.uid]
		if g == nil || c.uid == "" { // without a UID nothing belongs together
			g = &group{}
			byUID[c.uid] = g
			groups = append(groups, g)
		}
		g.add(c)
	}
	return groups
}

func (g *group) add(c *component) {
	switch {
	case c.override():
		g.overrides = append(g.overrides, c)
	case g.master == nil || c.newer(g.master):
		g.master = c
	}
}

func (x *expander) report(c *component, why error) {
	if len(x.bad) == maxReports {
		x.unsaid++
		return
	}
	x.bad = append(x.bad, calendar.Unreadable{Where: c.where(), Why: why.Error()})
}

// reportOnce is for what every look at a component finds anew.
func (x *expander) reportOnce(c *component, why error) {
	if !x.reported[c] {
		x.reported[c] = true
		x.report(c, why)
	}
}

// slot is one instance on its way out.
type slot struct {
	original   int64 // where the rule puts it
	start, end int64
	standing   [2]int64   // where it would stand without an override of its own
	is         *component // whose words count: the master, or an override
	own        bool       // is stands for this instance alone
	stray      bool       // an override of an instance that the rule does not have
	excluded   bool       // by EXDATE
	recurs     bool
	period     *period // of free/busy, instead of all that
}

func (s *slot) uid() string {
	if s.is == nil {
		return ""
	}
	return s.is.uid
}

func (s slot) touches(from, to int64) bool { return touches(s.start, s.end, from, to) }

func (s slot) event() calendar.Event {
	if s.period != nil {
		return s.period.event()
	}
	c := s.is
	e := calendar.Event{
		Span: span(s.start, s.end), UID: c.uid, AllDay: c.start.form == date || c.allDay, Title: c.title, Categories: c.categories,
		Kind: c.kind, Transparent: c.transparent, Cancelled: c.cancelled, Tentative: c.tentative,
		Attendees: c.attendees, Organizer: c.organizer,
	}
	if s.recurs {
		e.RecurrenceID = time.Unix(s.original, 0).UTC()
	}
	return e
}

// slots returns the instances of a group that may touch the window, excluded ones too.
func (x *expander) slots(g *group) []slot {
	if g.master == nil {
		return x.orphans(g.overrides)
	}
	c := x.clock(g.master)
	if len(g.overrides) == 0 && !g.master.recurring() && len(g.master.removed) == 0 {
		start, end := c.at(g.master.start.wall)
		return []slot{{original: start, start: start, end: end, standing: [2]int64{start, end}, is: g.master, own: true}}
	}
	return x.series(g, c)
}

// orphans are overrides whose master is not there: an invitation to one meeting of somebody's series.
func (x *expander) orphans(list []*component) []slot {
	var out []slot
	for _, o := range x.tied(list, nil) {
		start, end := o.clock.at(o.is.start.wall)
		out = append(out, slot{original: o.original, start: start, end: end, standing: [2]int64{start, end}, is: o.is, own: true, recurs: true})
	}
	return out
}
