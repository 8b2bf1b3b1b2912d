package standin

import (
	"fmt"
	"maps"
	"strings"
)

// wellFormed holds an id to base32hex and its length, as the document says.
func wellFormed(id string) bool {
	odd := func(r rune) bool { return !strings.ContainsRune("0123456789abcdefghijklmnopqrstuv", r) }
	return len(id) >= 5 && len(id) <= 1024 && !strings.ContainsFunc(id, odd)
}

// readOnly are the fields that a client may send back but not set.
var readOnly = []string{"kind", "etag", "htmlLink", "created", "updated", "creator", "organizer", "hangoutLink", "locked",
	"recurringEventId", "originalStartTime", "attendeesOmitted", "endTimeUnspecified"}

func (c *call) insertEvent() (object, *problem) {
	d, p := c.diary("writer")
	if p != nil {
		return nil, p
	}
	if c.body["id"] != nil && c.body["iCalUID"] != nil {
		return nil, invalid("iCalUID", "Only one of id and iCalUID should be supplied at event creation time.")
	}
	return c.create(d, object{"email": d.id, "displayName": c.nameOf(d)})
}

// importEvent takes over a copy of an event that stands elsewhere: its iCalUID and organizer are the caller's word.
func (c *call) importEvent() (object, *problem) {
	d, p := c.diary("writer")
	if p != nil {
		return nil, p
	}
	organizer, ok := c.body["organizer"].(object)
	if !ok {
		organizer = object{"email": d.id, "displayName": c.nameOf(d)}
	}
	return c.create(d, clone(organizer))
}

// create keeps a new event, or says why not.
func (c *call) create(d *diary, organizer object) (object, *problem) {
	id, hasID := c.body["id"].(string)
	if !hasID {
		id = c.fresh()
	}
	if !wellFormed(id) && !c.byHand { // Google's own ids may be of another form
		return nil, invalid("id", "Invalid resource id value.")
	}
	if d.uses(id, c.body["iCalUID"]) {
		return nil, &problem{Code: 409, Reason: "duplicate", Message: "The requested identifier already exists."}
	}
	e := &event{id: id, body: c.settable(c.body, object{})}
	if e.body["iCalUID"] == nil {
		e.body["iCalUID"] = id + "@google.com"
	}
	e.body["creator"], e.body["organizer"] = object{"email": c.user, "displayName": c.people[c.user].name}, organizer
	e.body["created"] = c.now().UTC().Format(stamped)
	if e.body["eventType"] == nil {
		e.body["eventType"] = "default"
	}
	if e.body["sequence"] == nil {
		e.body["sequence"] = 0.0
	}
	if p := c.settle(d, nil, e); p != nil {
		return nil, p
	}
	d.events[id] = e
	c.touch(d, e)
	c.invite(d, e, "invite")
	c.block(d, e)
	v, p := c.view(d)
	return d.render(e, v), p
}

// uses reports whether an id or iCalUID is in use, be it by a deleted event.
func (d *diary) uses(id string, uid any) bool {
	if d.events[id] != nil || uid == nil {
		return d.events[id] != nil
	}
	for _, e := range d.events {
		if e.base == "" && e.body["iCalUID"] == uid && !e.cancelled() {
			return true
		}
	}
	return false
}

func (c *call) nameOf(d *diary) string {
	if p := c.people[d.id]; p != nil {
		return p.name
	}
	return d.title
}

// settable is what of a request's body counts, on top of what stood before: conferences and attachments only for a
// client that says it knows them.
func (c *call) settable(body, before object) object {
	next := maps.Clone(body)
	for _, f := range readOnly {
		restore(next, before, f)
	}
	delete(next, "id")
	if before["iCalUID"] != nil {
		restore(next, before, "iCalUID")
	}
	if c.query.Get("conferenceDataVersion") != "1" {
		restore(next, before, "conferenceData")
	}
	if c.query.Get("supportsAttachments") != "true" {
		restore(next, before, "attachments")
	}
	return clone(next)
}

func restore(next, before object, field string) {
	delete(next, field)
	if v, ok := before[field]; ok {
		next[field] = v
	}
}

// target finds the event of a request that changes it, and holds the request to its If-Match.
func (c *call) target() (*diary, *event, *problem) {
	d, p := c.diary("writer")
	if p != nil {
		return nil, nil, p
	}
	e, _ := d.find(c.path["eventId"])
	if e == nil {
		return nil, nil, notFound()
	}
	if want := c.header.Get("If-Match"); want != "" && want != "*" && want != e.etag() {
		return nil, nil, conditionNotMet()
	}
	return d, e, nil
}

func (c *call) patchEvent() (object, *problem) {
	d, e, p := c.target()
	if p != nil {
		return nil, p
	}
	if id, ok := c.body["id"]; ok && id != e.id {
		return nil, invalid("id", "Invalid resource id value.")
	}
	return c.change(d, e, merge(e.body, c.body))
}

func (c *call) updateEvent() (object, *problem) {
	d, e, p := c.target()
	if p != nil {
		return nil, p
	}
	next := maps.Clone(c.body)
	for _, keep := range []string{"eventType", "sequence"} {
		if next[keep] == nil && e.body[keep] != nil {
			next[keep] = e.body[keep]
		}
	}
	if next["status"] == nil {
		next["status"] = "confirmed"
	}
	return c.change(d, e, next)
}

// merge applies a PATCH: objects field by field, arrays and plain values whole, null takes away.
func merge(old, patch object) object {
	next := clone(old)
	if next == nil {
		next = object{}
	}
	for name, v := range patch {
		switch v := v.(type) {
		case nil:
			delete(next, name)
		case object:
			before, _ := next[name].(object)
			next[name] = merge(before, v)
		default:
			next[name] = cloned(v)
		}
	}
	return next
}

// change sets an event to its next body, with all that follows from it.
func (c *call) change(d *diary, old *event, body object) (object, *problem) {
	next := *old
	next.body = c.settable(body, old.body)
	if next.text("eventType") != old.text("eventType") {
		return nil, invalid("eventType", "The event type cannot be changed.")
	}
	if p := c.settle(d, old, &next); p != nil {
		return nil, p
	}
	before := *old
	before.body = clone(old.body)
	if organizes(d, old) || old.body["guestsCanModify"] == true {
		c.commit(d, &before, &next)
	} else if p := c.reply(d, &before, &next); p != nil {
		return nil, p
	}
	v, p := c.view(d)
	e, _ := d.find(old.id)
	if e == nil {
		e = &next
	}
	return d.render(e, v), p
}

// organizes reports whether the calendar holds the organizer's copy of an event.
func organizes(d *diary, e *event) bool {
	organizer, _ := e.body["organizer"].(object)
	return organizer == nil || organizer["email"] == d.id
}

// commit keeps the organizer's change of an event and carries it to its exceptions and to the guests.
func (c *call) commit(d *diary, old, next *event) {
	what := "update"
	if next.cancelled() {
		what = "cancel"
	}
	if retimes(old, next, d) || next.text("status") != old.text("status") {
		raise(old, next)
	}
	if retimes(old, next, d) && !c.conduct.KeepsAnswers {
		askAgain(old, next)
	}
	d.events[next.id] = next
	c.touch(d, next)
	if next.base == "" && next.recurring() {
		c.inherit(d, old, next)
	}
	c.dismiss(d, old, next)
	c.invite(d, next, what)
}

// retimes reports whether guests would have to come at another time.
func retimes(old, next *event, d *diary) bool {
	start, end := old.span(d.zone)
	newStart, newEnd := next.span(d.zone)
	return !start.Equal(newStart) || !end.Equal(newEnd) || fmt.Sprint(old.list("recurrence")) != fmt.Sprint(next.list("recurrence"))
}

func raise(old, next *event) {
	was, _ := old.body["sequence"].(float64)
	if now, _ := next.body["sequence"].(float64); now <= was {
		next.body["sequence"] = was + 1
	}
}

// askAgain takes the guests' answers back, but for those that the organizer set with the same change.
func askAgain(old, next *event) {
	organizer, _ := next.body["organizer"].(object)
	for _, g := range next.list("attendees") {
		g := g.(object)
		before := attendee(old, g["email"].(string))
		if before == nil || organizer != nil && g["email"] == organizer["email"] || g["responseStatus"] != before["responseStatus"] {
			continue
		}
		g["responseStatus"] = "needsAction"
		delete(g, "comment")
	}
}

func (c *call) deleteEvent() (object, *problem) {
	d, e, p := c.target()
	switch {
	case p != nil:
		return nil, p
	case e.cancelled():
		return nil, deleted()
	}
	body := clone(e.body)
	body["status"] = "cancelled"
	_, p = c.change(d, e, body)
	return nil, p
}
