package standin

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// diary is one calendar.
type diary struct {
	id, owner, title string
	zone             *time.Location
	rights           map[string]string // access role by address
	events           map[string]*event // by id: singles, masters and exceptions, also deleted ones
	changed          int64             // tick of the last change
	updated          string            // its moment
	broken           bool              // freeBusy.query answers internalError
}

// listed is a calendar in a person's list.
type listed struct {
	selected, hidden bool
	name             string // summaryOverride
}

// roles are the access roles from least to most.
var roles = []string{"", "freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner"}

func newDiary(id, owner, title string, zone *time.Location) *diary {
	return &diary{id: id, owner: owner, title: title, zone: zone, rights: map[string]string{owner: "owner"}, events: make(map[string]*event), updated: "2020-01-01T00:00:00.000Z"}
}

func (d *diary) clone() *diary {
	c := *d
	c.rights = maps.Clone(d.rights)
	c.events = make(map[string]*event, len(d.events))
	for id, e := range d.events {
		copied := *e
		copied.body = clone(e.body)
		c.events[id] = &copied
	}
	return &c
}

// may reports whether an address has at least that role.
func (d *diary) may(email, role string) bool {
	return slices.Index(roles, d.rights[email]) >= slices.Index(roles, role)
}

// Share gives a person a role at a calendar: owner, writer, writerWithoutPrivateAccess, reader, freeBusyReader, or ""
// to take it away. The calendar joins or leaves the person's list.
func (s *Server) Share(calendar, email, role string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, p := s.diaries[calendar], s.people[email]
	if role == "" {
		delete(d.rights, email)
		delete(p.listed, calendar)
		return
	}
	d.rights[email] = role
	p.listed[calendar] = &listed{selected: true}
}

// Break makes free/busy queries for a calendar fail with internalError, or mends it.
func (s *Server) Break(calendar string, broken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.diaries[calendar].broken = broken
}

// Group names a group of calendars for free/busy queries.
func (s *Server) Group(id string, members ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups[id] = members
}

// diary finds the calendar that a request names, if the caller has the role. Without any right it does not exist.
func (c *call) diary(role string) (*diary, *problem) {
	id := c.path["calendarId"]
	if id == "primary" {
		id = c.user
	}
	from := c.diaries
	if c.lagging != nil && (c.method.ID == "calendar.events.list" || c.method.ID == "calendar.events.instances") {
		from = c.lagging
	}
	d := from[strings.ToLower(id)]
	switch {
	case d == nil || d.rights[c.user] == "":
		return nil, notFound()
	case !d.may(c.user, role):
		return nil, forbidden("requiredAccessLevel", fmt.Sprintf("You need to have %s access to this calendar.", role))
	}
	return d, nil
}

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // a test's fixture is wrong
	}
	return zone
}

// clone copies a JSON value of objects deeply.
func clone(o object) object {
	if o == nil {
		return nil
	}
	return cloned(o).(object)
}

func cloned(v any) any {
	switch v := v.(type) {
	case object:
		c := make(object, len(v))
		for k, item := range v {
			c[k] = cloned(item)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, item := range v {
			c[i] = cloned(item)
		}
		return c
	}
	return v
}
