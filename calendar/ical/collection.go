package ical

import (
	"maps"
	"slices"
	"strings"

	"bilateral/calendar"
)

// answersKept is how many answers a [Collection] remembers: the daemon asks each calendar one or two questions a pass.
const answersKept = 4

// Collection holds the parsed objects of one calendar by name and version. An object is parsed when its version changes,
// and a question that was answered before is answered from memory until any object changes. The zero value is an empty
// calendar. It is not safe for concurrent use.
type Collection struct {
	objects map[string]object
	parsed  int // since the last Observe
	answers []answer
}

type object struct {
	version string
	file    *File  // nil where the object was refused unread
	refused string // why
	hidden  bool   // because it is not for us to see
	events  int    // what it counts for in Observation.Objects
}

type answer struct {
	query calendar.Query
	calendar.Observation
}

// Put sets the object called name. Nothing is parsed if it is there with that version already; so versions must differ
// wherever contents do.
func (c *Collection) Put(name, version string, data []byte) {
	if o, ok := c.objects[name]; ok && o.file != nil && o.version == version {
		return
	}
	file := Parse(name, data)
	file.Version = version
	c.parsed++
	c.set(name, object{version: version, file: file, events: count(file)})
}

// Refuse sets the object called name as one that could not be read, and says why.
func (c *Collection) Refuse(name, why string) {
	refused := object{refused: why, events: 1}
	if c.objects[name] != refused {
		c.set(name, refused)
	}
}

// Hide sets the object called name as one that is in order and not for us to see.
func (c *Collection) Hide(name, why string) {
	hidden := object{refused: why, hidden: true, events: 1}
	if c.objects[name] != hidden {
		c.set(name, hidden)
	}
}

// count is the number of events by UID, with free/busy data as one more, so that a file of many events counts as the many
// objects it would be on a server. A file without any is nothing, unless that is because it cannot be read.
func count(f *File) int {
	uids := make(map[string]bool, len(f.events))
	for _, e := range f.events {
		uids[e.uid] = true
	}
	if len(f.periods) > 0 || len(uids) == 0 && len(f.bad) > 0 {
		return len(uids) + 1
	}
	return len(uids)
}

// Drop removes the object called name, if it is there.
func (c *Collection) Drop(name string) {
	if _, ok := c.objects[name]; ok {
		delete(c.objects, name)
		c.answers = nil
	}
}

func (c *Collection) set(name string, o object) {
	if c.objects == nil {
		c.objects = make(map[string]object)
	}
	c.objects[name] = o
	c.answers = nil
}

// Version returns the version of the object called name; false if it is not there or was refused.
func (c *Collection) Version(name string) (string, bool) {
	o, ok := c.objects[name]
	return o.version, ok && o.file != nil
}

// Find returns the name of the first object, by name, with an event of that UID.
func (c *Collection) Find(uid string) (string, bool) {
	for _, name := range c.Names() {
		if f := c.objects[name].file; f != nil && slices.ContainsFunc(f.events, func(e *component) bool { return e.uid == uid }) {
			return name, true
		}
	}
	return "", false
}

// Len is the number of names.
func (c *Collection) Len() int { return len(c.objects) }

// Names returns the names of all objects, refused ones too, in order.
func (c *Collection) Names() []string { return slices.Sorted(maps.Keys(c.objects)) }

// Observe answers a query as [calendar.Account] does. Slices and marks of the answer belong to the caller, except what
// hangs below an Event (categories, attendees), which is shared and must not be changed.
func (c *Collection) Observe(q calendar.Query) calendar.Observation {
	i := slices.IndexFunc(c.answers, func(a answer) bool { return sameQuery(a.query, q) })
	if i < 0 {
		if len(c.answers) == answersKept {
			c.answers = slices.Delete(c.answers, 0, 1)
		}
		i = len(c.answers)
		q.UIDs = slices.Clone(q.UIDs)
		c.answers = append(c.answers, answer{q, c.look(q)})
	}
	o := copied(c.answers[i].Observation)
	o.Parsed, c.parsed = c.parsed, 0
	return o
}

func sameQuery(a, b calendar.Query) bool {
	return a.Window.Equal(b.Window) && a.Zone == b.Zone && a.Guest == b.Guest && slices.Equal(a.UIDs, b.UIDs)
}

func (c *Collection) look(q calendar.Query) calendar.Observation {
	var files []*File
	var o calendar.Observation
	for _, name := range c.Names() {
		o.Objects += c.objects[name].events
		if f := c.objects[name].file; f != nil {
			files = append(files, f)
			o.Unreadable = append(o.Unreadable, f.Unreadable()...)
		} else {
			o.Unreadable = append(o.Unreadable, calendar.Unreadable{Where: name, Why: c.objects[name].refused, Hidden: c.objects[name].hidden})
		}
	}
	view := View{Window: q.Window, Zone: q.Zone}
	events, unreadable := Expand(files, view)
	o.Events, o.Unreadable = events, append(o.Unreadable, unreadable...)
	o.Series = SeriesOf(files, view, func(m Meta) bool { return asked(q, m) })
	return o
}

// asked reports whether the query wants the whole series: ours, named, or one that may be adopted.
func asked(q calendar.Query, m Meta) bool {
	if len(m.Mark) > 0 || slices.Contains(q.UIDs, m.UID) {
		return true
	}
	if q.Guest == "" || !m.Recurring {
		return false
	}
	_, invited := calendar.Attends(m.Attendees, q.Guest)
	return invited || strings.EqualFold(m.Organizer, q.Guest)
}

func copied(o calendar.Observation) calendar.Observation {
	o.Events, o.Unreadable, o.Series = slices.Clone(o.Events), slices.Clone(o.Unreadable), slices.Clone(o.Series)
	for i := range o.Series {
		s := &o.Series[i]
		s.Excluded, s.Attendees, s.Mark = slices.Clone(s.Excluded), slices.Clone(s.Attendees), s.Mark.Clone()
		s.Instances = slices.Clone(s.Instances)
		for j := range s.Instances {
			in := &s.Instances[j]
			in.Attendees, in.Mark = slices.Clone(in.Attendees), in.Mark.Clone()
		}
	}
	return o
}
