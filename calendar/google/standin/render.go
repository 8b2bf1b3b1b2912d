package standin

import (
	"strconv"
	"time"
)

// view is who reads a calendar, and how.
type view struct {
	user   string
	zone   *time.Location
	guests int  // maxAttendees; 0: all
	tells  bool // also the fields of cancelled instances
}

// view reads the parameters that shape replies.
func (c *call) view(d *diary) (view, *problem) {
	v := view{user: c.user, zone: d.zone, tells: c.conduct.TellsCancelled}
	if name := c.query.Get("timeZone"); name != "" {
		zone, err := time.LoadLocation(name)
		if err != nil {
			return v, invalid("timeZone", "Invalid time zone %q.", name)
		}
		v.zone = zone
	}
	v.guests, _ = number(c.query.Get("maxAttendees"))
	return v, nil
}

func number(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// sparse are the fields of a cancelled instance.
var sparse = []string{"recurringEventId", "originalStartTime"}

// masked are the fields of an event whose details the reader may not see.
var masked = []string{"status", "start", "end", "recurrence", "recurringEventId", "originalStartTime", "transparency", "iCalUID", "sequence", "created", "updated"}

// render is an event as a reader gets it.
func (d *diary) render(e *event, v view) object {
	var o object
	switch {
	case e.cancelled() && e.base != "" && !v.tells:
		o = pick(e.body, sparse)
		o["status"] = "cancelled"
	case d.hides(e, v.user):
		o = pick(e.body, masked)
		o["visibility"] = "private"
	default:
		o = d.renderWhole(e, v)
	}
	o["kind"], o["id"], o["etag"] = "calendar#event", e.id, e.etag()
	for _, field := range []string{"start", "end", "originalStartTime"} {
		if o[field] != nil {
			o[field] = shown(o[field], v.zone)
		}
	}
	return o
}

func pick(body object, fields []string) object {
	o := make(object)
	for _, f := range fields {
		if v, ok := body[f]; ok {
			o[f] = cloned(v)
		}
	}
	return o
}

// hides reports whether a reader sees only that the time is taken.
func (d *diary) hides(e *event, user string) bool {
	if !d.may(user, "reader") {
		return true
	}
	private := e.text("visibility") == "private" || e.text("visibility") == "confidential"
	return private && !d.may(user, "writer") && attendee(e, user) == nil
}

func (d *diary) renderWhole(e *event, v view) object {
	o := clone(e.body)
	o["htmlLink"] = "https://www.google.com/calendar/event?eid=" + e.id
	for _, field := range []string{"creator", "organizer"} {
		if who, ok := o[field].(object); ok && who["email"] == d.id {
			who["self"] = true
		}
	}
	organizer, _ := o["organizer"].(object)
	guests, _ := o["attendees"].([]any)
	for _, g := range guests {
		g := g.(object)
		mark(g, "self", g["email"] == d.id)
		mark(g, "organizer", organizer != nil && g["email"] == organizer["email"])
	}
	if v.guests > 0 && len(guests) > v.guests {
		// "If there are more than the specified number of attendees, only the participant is returned."
		o["attendees"], o["attendeesOmitted"] = only(guests, d.id), true
	}
	return o
}

func mark(o object, field string, on bool) {
	delete(o, field)
	if on {
		o[field] = true
	}
}

func only(guests []any, email string) []any {
	for _, g := range guests {
		if g.(object)["email"] == email {
			return []any{g}
		}
	}
	return []any{}
}

// attendee is the entry of an address among the guests, or nil.
func attendee(e *event, email string) object {
	for _, g := range e.list("attendees") {
		if g := g.(object); g["email"] == email {
			return g
		}
	}
	return nil
}
