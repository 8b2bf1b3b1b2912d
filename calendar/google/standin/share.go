package standin

import (
	"fmt"
	"maps"
	"slices"
)

// private are the fields that each copy of an event has for itself.
var private = []string{"reminders", "colorId", "transparency", "visibility"}

// reply keeps a guest's change of the own copy: the answer goes to the organizer, the rest stays. What is the
// organizer's to change is refused.
func (c *call) reply(d *diary, old, next *event) *problem {
	if next.cancelled() && !old.cancelled() {
		return c.leave(d, old, next)
	}
	free := append([]string{"attendees", "extendedProperties", "updated", "sequence", "iCalUID"}, private...)
	for name := range merge(old.body, next.body) {
		if !slices.Contains(free, name) && fmt.Sprint(old.body[name]) != fmt.Sprint(next.body[name]) {
			return forbidden("forbiddenForNonOrganizer", "Shared properties can only be changed by the organizer of the event.")
		}
	}
	if p := mayInvite(d, old, next); p != nil {
		return p
	}
	sharedBefore, _ := old.body["extendedProperties"].(object)
	sharedAfter, _ := next.body["extendedProperties"].(object)
	if fmt.Sprint(sharedBefore["shared"]) != fmt.Sprint(sharedAfter["shared"]) {
		return forbidden("forbiddenForNonOrganizer", "Shared properties can only be changed by the organizer of the event.")
	}
	d.events[next.id] = next
	c.touch(d, next)
	if fmt.Sprint(old.list("attendees")) != fmt.Sprint(next.list("attendees")) {
		c.answered(d, next)
	}
	return nil
}

// mayInvite judges a guest's change of the guest list: only the own entry, and new guests where that is allowed.
func mayInvite(d *diary, old, next *event) *problem {
	refused := forbidden("forbiddenForNonOrganizer", "Shared properties can only be changed by the organizer of the event.")
	for _, g := range next.list("attendees") {
		email := g.(object)["email"].(string)
		before := attendee(old, email)
		switch {
		case email == d.id:
		case before == nil && old.body["guestsCanInviteOthers"] == false:
			return refused
		case before != nil && fmt.Sprint(before) != fmt.Sprint(g):
			return refused
		}
	}
	for _, g := range old.list("attendees") {
		if attendee(next, g.(object)["email"].(string)) == nil {
			return refused
		}
	}
	return nil
}

// leave is a guest who deletes the own copy: it is gone there, and declined for the organizer.
func (c *call) leave(d *diary, old, next *event) *problem {
	if me := attendee(next, d.id); me != nil {
		me["responseStatus"] = "declined"
	}
	d.events[next.id] = next
	c.touch(d, next)
	if next.base == "" {
		c.inherit(d, old, next)
	}
	c.answered(d, next)
	return nil
}

// answered carries a guest's answer from the guest's copy to the organizer's, and from there to the others'.
func (c *call) answered(d *diary, copied *event) {
	organizer, _ := copied.body["organizer"].(object)
	email, _ := organizer["email"].(string)
	home := c.diaries[email]
	if home == nil {
		c.mail(email, copied.id, "reply")
		return
	}
	e, _ := home.find(copied.id)
	if e == nil {
		return
	}
	old, next := *e, *e
	old.body, next.body = clone(e.body), clone(e.body)
	guests := next.list("attendees")
	for _, g := range copied.list("attendees") {
		g := clone(g.(object))
		at := slices.IndexFunc(guests, func(o any) bool { return o.(object)["email"] == g["email"] })
		switch {
		case at < 0:
			guests = append(guests, g)
		case g["email"] == d.id:
			guests[at] = g
		}
	}
	next.body["attendees"] = guests
	home.events[next.id] = &next
	c.touch(home, &next)
	if next.base == "" && next.recurring() {
		c.inherit(home, &old, &next)
	}
	c.mail(email, copied.id, "reply")
	c.deliver(home, &next)
}

// invite carries the organizer's event to the guests and writes their mails; what is "" for a change that follows from
// another, which has mails of its own.
func (c *call) invite(d *diary, e *event, what string) {
	if !organizes(d, e) {
		return
	}
	c.deliver(d, e)
	for _, g := range e.list("attendees") {
		if email := g.(object)["email"].(string); email != d.id && email != c.user {
			c.mail(email, e.id, what)
		}
	}
}

// deliver brings each guest's copy up to date.
func (c *call) deliver(d *diary, e *event) {
	if e.body["privateCopy"] == true {
		return
	}
	for _, g := range e.list("attendees") {
		email := g.(object)["email"].(string)
		if to := c.diaries[email]; to != nil && to != d {
			c.hand(to, e)
		}
	}
}

// hand brings one guest's copy up to date.
func (c *call) hand(to *diary, e *event) {
	body := clone(e.body)
	stripPrivate(body)
	here := to.events[e.id]
	if here == nil && e.base != "" {
		here, _ = to.find(e.id)
	}
	if here != nil {
		for _, f := range private {
			restore(body, here.body, f)
		}
		keepPrivate(body, here.body)
		body["updated"] = here.body["updated"]
		if fmt.Sprint(body) == fmt.Sprint(here.body) {
			return
		}
	} else if e.cancelled() && e.base == "" {
		return // a guest who never had the event hears nothing of its end
	}
	next := &event{id: e.id, base: e.base, original: e.original, body: body}
	var old *event
	if here != nil {
		was := *here
		was.body = clone(here.body)
		old = &was
	}
	to.events[e.id] = next
	c.touch(to, next)
	if old != nil && next.base == "" && next.recurring() {
		c.inherit(to, old, next)
	}
	if old == nil || retimes(old, next, to) {
		c.turnDown(to, next)
	}
}

// stripPrivate takes away what is the organizer's alone.
func stripPrivate(body object) {
	for _, f := range []string{"reminders", "colorId"} {
		delete(body, f)
	}
	body["reminders"] = object{"useDefault": true}
	if all, ok := body["extendedProperties"].(object); ok {
		delete(all, "private")
		if len(all) == 0 {
			delete(body, "extendedProperties")
		}
	}
}

func keepPrivate(body, here object) {
	mine, _ := here["extendedProperties"].(object)
	if mine["private"] == nil {
		return
	}
	all, _ := body["extendedProperties"].(object)
	all = maps.Clone(all)
	if all == nil {
		all = object{}
	}
	all["private"] = mine["private"]
	body["extendedProperties"] = all
}

// dismiss takes the event from guests who are no longer invited.
func (c *call) dismiss(d *diary, old, next *event) {
	for _, g := range old.list("attendees") {
		email := g.(object)["email"].(string)
		to := c.diaries[email]
		if attendee(next, email) != nil || email == d.id {
			continue
		}
		c.mail(email, next.id, "cancel")
		if to == nil {
			continue
		}
		if e, _ := to.find(next.id); e != nil && !e.cancelled() {
			gone := *e
			gone.body = clone(e.body)
			gone.body["status"] = "cancelled"
			to.events[gone.id] = &gone
			c.touch(to, &gone)
		}
	}
}
