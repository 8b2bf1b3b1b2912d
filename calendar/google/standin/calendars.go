package standin

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// colorIDs are the event colours of colors.get.
var colorIDs = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"}

// mine are the calendars in the caller's list: the primary one and those that were shared, by id.
func (c *call) mine() []string {
	ids := slices.Collect(maps.Keys(c.people[c.user].listed))
	if c.diaries[c.user] != nil {
		ids = append(ids, c.user)
	}
	slices.Sort(ids)
	return ids
}

func (c *call) listCalendars() (object, *problem) {
	ids := c.mine()
	if role := c.query.Get("minAccessRole"); role != "" {
		ids = slices.DeleteFunc(ids, func(id string) bool { return !c.diaries[id].may(c.user, role) })
	}
	if c.query.Get("showHidden") != "true" {
		ids = slices.DeleteFunc(ids, func(id string) bool { l := c.people[c.user].listed[id]; return l != nil && l.hidden })
	}
	reply := object{"kind": "calendar#calendarList"}
	if token := c.query.Get("pageToken"); token != "" {
		l := c.listings[token]
		if l == nil || l.shape != c.shape() || l.diary != "" {
			return nil, invalid("pageToken", "Invalid page token value.")
		}
		ids = l.ids
	}
	size, ok := number(c.query.Get("maxResults"))
	if !ok {
		size = 100
	}
	if len(ids) > size {
		token := c.token("page")
		c.listings[token] = &listing{ids: ids[size:], shape: c.shape()}
		reply["nextPageToken"], ids = token, ids[:size]
	} else {
		reply["nextSyncToken"] = c.token("sync")
	}
	items := []any{}
	for _, id := range ids {
		items = append(items, c.entry(id))
	}
	reply["items"], reply["etag"] = items, fmt.Sprintf(`"p%d"`, hash(strings.Join(ids, " ")))
	return reply, nil
}

// Hide takes a calendar out of the list that a person sees, without taking the right to it.
func (s *Server) Hide(calendar, email string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people[email].listed[calendar] = &listed{hidden: true}
}

func (c *call) getListed() (object, *problem) {
	id := c.path["calendarId"]
	if id == "primary" {
		id = c.user
	}
	if !slices.Contains(c.mine(), id) {
		return nil, notFound()
	}
	return c.entry(id), nil
}

func (c *call) entry(id string) object {
	d := c.diaries[id]
	o := object{
		"kind": "calendar#calendarListEntry", "etag": fmt.Sprintf(`"%d"`, hash(id+d.rights[c.user])>>12), "id": id, "summary": d.title,
		"timeZone": d.zone.String(), "accessRole": d.rights[c.user], "defaultReminders": c.defaultReminders(d), "selected": true,
		"colorId": "14", "backgroundColor": "#9fe1e7", "foregroundColor": "#000000",
		"conferenceProperties": object{"allowedConferenceSolutionTypes": []any{"hangoutsMeet"}},
	}
	if id == c.user {
		o["primary"] = true
	}
	if l := c.people[c.user].listed[id]; l != nil {
		o["selected"] = l.selected
		mark(o, "hidden", l.hidden)
		if l.name != "" {
			o["summaryOverride"] = l.name
		}
	}
	return o
}

func (c *call) getCalendar() (object, *problem) {
	d, p := c.diary("freeBusyReader")
	if p != nil {
		return nil, p
	}
	return object{
		"kind": "calendar#calendar", "etag": fmt.Sprintf(`"%d"`, hash(d.id)>>12), "id": d.id, "summary": d.title, "timeZone": d.zone.String(),
		"conferenceProperties": object{"allowedConferenceSolutionTypes": []any{"hangoutsMeet"}}, "dataOwner": d.owner,
	}, nil
}

func (c *call) listRules() (object, *problem) {
	d, p := c.diary("owner")
	if p != nil {
		return nil, p
	}
	items := []any{}
	for _, email := range slices.Sorted(maps.Keys(d.rights)) {
		items = append(items, object{"kind": "calendar#aclRule", "etag": fmt.Sprintf(`"%d"`, hash(email+d.rights[email])>>12), "id": "user:" + email,
			"role": d.rights[email], "scope": object{"type": "user", "value": email}})
	}
	return object{"kind": "calendar#acl", "etag": fmt.Sprintf(`"p%d"`, hash(fmt.Sprint(items))), "items": items, "nextSyncToken": c.token("sync")}, nil
}

func (c *call) listSettings() (object, *problem) {
	items := []any{}
	for _, id := range []string{"locale", "timezone"} {
		items = append(items, c.setting(id))
	}
	return object{"kind": "calendar#settings", "etag": `"p1"`, "items": items, "nextSyncToken": c.token("sync")}, nil
}

func (c *call) getSetting() (object, *problem) {
	if o := c.setting(c.path["setting"]); o != nil {
		return o, nil
	}
	return nil, notFound()
}

func (c *call) setting(id string) object {
	values := map[string]string{"locale": "en", "timezone": c.people[c.user].zone.String()}
	if values[id] == "" {
		return nil
	}
	return object{"kind": "calendar#setting", "etag": `"1"`, "id": id, "value": values[id]}
}

func (c *call) getColors() (object, *problem) {
	events := object{}
	for _, id := range colorIDs {
		events[id] = object{"background": "#a4bdfc", "foreground": "#1d1d1d"}
	}
	return object{"kind": "calendar#colors", "updated": "2012-02-14T00:00:00.000Z", "event": events, "calendar": object{}}, nil
}
