package standin

import (
	"time"

	"bilateral/calendar"
)

// longestQuery is what freeBusy.query answers at most. The document is silent; clients report 90 days.
const longestQuery = 90 * 24 * time.Hour

func (c *call) queryFreeBusy() (object, *problem) {
	from, to, p := c.window()
	if p != nil {
		return nil, p
	}
	zone := time.UTC
	if name, ok := c.body["timeZone"].(string); ok {
		var err error
		if zone, err = time.LoadLocation(name); err != nil {
			return nil, invalid("timeZone", "Invalid time zone %q.", name)
		}
	}
	mostCalendars, p := c.limit("calendarExpansionMax", 50)
	if p != nil {
		return nil, p
	}
	mostMembers, p := c.limit("groupExpansionMax", 100)
	if p != nil {
		return nil, p
	}
	ids, groups := c.asked(mostMembers)
	calendars := object{}
	for i, id := range ids {
		if i >= mostCalendars {
			calendars[id] = failed("tooManyCalendarsRequested")
			continue
		}
		calendars[id] = c.busy(id, from, to, zone)
	}
	reply := object{"kind": "calendar#freeBusy", "timeMin": from.Format(time.RFC3339), "timeMax": to.Format(time.RFC3339), "calendars": calendars}
	if len(groups) > 0 {
		reply["groups"] = groups
	}
	return reply, nil
}

// asked are the calendars that a query names, by themselves or in a group, and what is said of the groups.
func (c *call) asked(mostMembers int) (ids []string, groups object) {
	groups = object{}
	items, _ := c.body["items"].([]any)
	for _, item := range items {
		id, _ := item.(object)["id"].(string)
		members, isGroup := c.groups[id]
		switch {
		case isGroup && len(members) > mostMembers:
			groups[id] = failed("groupTooBig")
		case isGroup:
			groups[id] = object{"calendars": texts(members)}
			ids = append(ids, members...)
		default:
			ids = append(ids, id)
		}
	}
	return ids, groups
}

// window reads the stretch of time of a query.
func (c *call) window() (from, to time.Time, p *problem) {
	for name, at := range map[string]*time.Time{"timeMin": &from, "timeMax": &to} {
		text, _ := c.body[name].(string)
		if text == "" {
			return from, to, (&problem{Code: 400, Reason: "required", Message: "Missing " + name + " parameter."}).at(name)
		}
		var err error
		if *at, err = time.Parse(time.RFC3339, text); err != nil {
			return from, to, badRequest(name, "Invalid value for %s.", name)
		}
	}
	switch {
	case !from.Before(to):
		return from, to, &problem{Code: 400, Reason: "timeRangeEmpty", Domain: "calendar", Message: "The specified time range is empty.", Location: "timeMax"}
	case to.Sub(from) > longestQuery:
		return from, to, &problem{Code: 400, Reason: "timeRangeTooLong", Domain: "calendar", Message: "The requested time range is too long.", Location: "timeMax"}
	}
	return from.UTC(), to.UTC(), nil
}

func (c *call) limit(name string, most int) (int, *problem) {
	v, ok := c.body[name].(float64)
	if !ok {
		return most, nil
	}
	if v < 1 || int(v) > most {
		return 0, invalid(name, "Invalid value %v for %s: the maximum is %d.", v, name, most)
	}
	return int(v), nil
}

func failed(reason string) object {
	return object{"errors": []any{object{"domain": "global", "reason": reason}}}
}

func texts(list []string) []any {
	all := make([]any, len(list))
	for i, t := range list {
		all[i] = t
	}
	return all
}

// busy is one calendar's answer. What is not to be had is an error inside a reply that succeeds.
func (c *call) busy(id string, from, to time.Time, zone *time.Location) object {
	if id == "primary" {
		id = c.user
	}
	diaries := c.diaries
	if c.lagging != nil {
		diaries = c.lagging
	}
	d, failure := diaries[id], ""
	switch {
	case d == nil || d.rights[c.user] == "":
		failure = "notFound"
	case d.broken:
		failure = "internalError"
	}
	if failure != "" {
		o := failed(failure)
		o["busy"] = []any{}
		return o
	}
	periods := []any{}
	for _, s := range d.taken(from, to) {
		periods = append(periods, object{"start": s.Start.In(zone).Format(time.RFC3339), "end": s.End.In(zone).Format(time.RFC3339)})
	}
	return object{"busy": periods}
}

// taken are the busy stretches of a calendar inside a window, joined.
func (d *diary) taken(from, to time.Time) []calendar.Span {
	var found []calendar.Span
	for _, e := range d.selected(filter{from: from, to: to, single: true, order: "startTime"}) {
		if e.text("transparency") == "transparent" || e.text("eventType") == "workingLocation" || e.text("eventType") == "birthday" {
			continue
		}
		if me := attendee(e, d.id); me != nil && me["responseStatus"] == "declined" {
			continue
		}
		start, end := e.span(d.zone)
		found = append(found, calendar.Span{Start: start, End: end}.Clip(calendar.Span{Start: from, End: to}))
	}
	return calendar.United(found)
}
