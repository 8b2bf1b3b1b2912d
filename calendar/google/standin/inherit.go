package standin

import (
	"fmt"
	"maps"
	"slices"
)

// inherit carries a master's change to its exceptions: what an exception had in common with the old master it has in
// common with the new one. Exceptions that the new rule has no place for are gone.
func (c *call) inherit(d *diary, old, next *event) {
	series, p := next.series(d.zone)
	for _, e := range d.exceptions(next.id) {
		if next.cancelled() {
			continue
		}
		if e.dropped {
			if p == nil && series.has(e.original) {
				c.revive(d, e, next)
			}
			continue
		}
		if p != nil || !series.has(e.original) && !c.conduct.KeepsStrays {
			e.dropped, e.body["status"] = true, "cancelled"
			c.touch(d, e)
			continue
		}
		// A client forgot the exceptions with the series: where that comes back, a sync must tell of them again.
		restored := old.cancelled()
		if (c.conduct.KeepsTexts || !takeOver(e, old, next)) && !restored {
			continue
		}
		c.touch(d, e)
		c.invite(d, e, "")
	}
}

// revive makes a plain exception of one that was dropped, now that the rule has a place for it again: a client was told of
// its end and must hear that it stands.
func (c *call) revive(d *diary, dropped, master *event) {
	e := master.instance(dropped.original, d.zone)
	raise(dropped, e)
	d.events[e.id] = e
	c.touch(d, e)
}

// own are the fields that an exception never takes from its master.
var own = []string{"id", "start", "end", "recurrence", "status", "sequence", "recurringEventId", "originalStartTime", "created",
	"updated", "etag", "attendees", "iCalUID"}

func takeOver(e, old, next *event) bool {
	changed := false
	for _, name := range slices.Sorted(maps.Keys(merge(old.body, next.body))) {
		same := fmt.Sprint(e.body[name]) == fmt.Sprint(old.body[name])
		if slices.Contains(own, name) || !same || fmt.Sprint(old.body[name]) == fmt.Sprint(next.body[name]) {
			continue
		}
		changed = true
		restore(e.body, clone(next.body), name)
	}
	return takeOverGuests(e, old, next) || changed
}

// takeOverGuests does the same guest by guest, so that an answer to the series reaches the exceptions that had none.
func takeOverGuests(e, old, next *event) bool {
	var guests []any
	for _, g := range next.list("attendees") {
		email := g.(object)["email"].(string)
		here, was := attendee(e, email), attendee(old, email)
		switch {
		case here != nil && fmt.Sprint(here) != fmt.Sprint(was):
			guests = append(guests, here)
		case here != nil || was == nil:
			guests = append(guests, cloned(g))
		}
	}
	for _, g := range e.list("attendees") {
		if attendee(old, g.(object)["email"].(string)) == nil && attendee(next, g.(object)["email"].(string)) == nil {
			guests = append(guests, g)
		}
	}
	if fmt.Sprint(guests) == fmt.Sprint(e.list("attendees")) {
		return false
	}
	e.body["attendees"] = guests
	return true
}
