package standin

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// listing is a list of which pages are still to be read: the ids as they were at the first page.
type listing struct {
	diary string
	ids   []string
	shape string // the parameters that must not change from page to page
	since int64  // of a sync: the tick of its token
	sync  string // the token for the last page
}

// defaultPage is "250 events" of events.list's description.
const defaultPage = 250

func (c *call) listEvents() (object, *problem) {
	d, p := c.diary("freeBusyReader")
	if p != nil {
		return nil, p
	}
	f, p := c.filter(d)
	if p != nil {
		return nil, p
	}
	l, p := c.open(d, f)
	if p != nil {
		return nil, p
	}
	return c.page(d, l)
}

// open finds the listing of a page token, or begins one.
func (c *call) open(d *diary, f filter) (*listing, *problem) {
	if token := c.query.Get("pageToken"); token != "" {
		l := c.listings[token]
		if l == nil || l.diary != d.id || l.shape != c.shape() {
			return nil, invalid("pageToken", "Invalid page token value.")
		}
		return l, nil
	}
	l := &listing{diary: d.id, shape: c.shape(), since: f.since}
	for _, e := range d.selected(f) {
		l.ids = append(l.ids, e.id)
	}
	if f.tokens() {
		l.sync = fmt.Sprintf("%s.%d.%s", c.token("sync"), d.changed, c.shape())
	}
	return l, nil
}

// shape are the parameters that pages and syncs have in common.
func (c *call) shape() string {
	q := maps.Clone(c.query)
	for _, free := range []string{"pageToken", "syncToken", "maxResults", "alt", "prettyPrint", "quotaUser", "key", "timeMin", "timeMax", "showDeleted"} {
		delete(q, free)
	}
	return strconv.FormatUint(hash(q.Encode()), 36)
}

// page renders the part of a listing that the request asks for.
func (c *call) page(d *diary, l *listing) (object, *problem) {
	size, ok := number(c.query.Get("maxResults"))
	if !ok {
		size = defaultPage
	}
	v, p := c.view(d)
	if p != nil {
		return nil, p
	}
	items := []any{}
	rest := l.ids
	for len(rest) > 0 && len(items) < size {
		if e, _ := d.find(rest[0]); e != nil {
			items = append(items, d.render(e, v))
		} else if e := d.events[rest[0]]; e != nil && l.since > 0 {
			items = append(items, d.render(e, v))
		}
		rest = rest[1:]
	}
	reply := object{
		"kind": "calendar#events", "summary": d.title, "timeZone": v.zone.String(), "accessRole": d.rights[c.user], "items": items,
		"etag": fmt.Sprintf(`"%d"`, int64(hash(c.query.Encode()+c.user)>>20)+d.changed), "updated": d.updated,
		"defaultReminders": c.defaultReminders(d),
	}
	switch {
	case len(rest) > 0:
		next := *l
		next.ids = rest
		token := c.token("page")
		c.listings[token] = &next
		reply["nextPageToken"] = token
	case l.sync != "":
		reply["nextSyncToken"] = l.sync
	}
	return reply, nil
}

func (c *call) defaultReminders(d *diary) []any {
	if d.owner != c.user {
		return []any{}
	}
	return []any{object{"method": "popup", "minutes": 10}}
}

// ExpireTokens makes all sync tokens given so far answer 410, fullSyncRequired.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick++
	s.expired = s.tick
	for _, d := range s.diaries {
		d.changed = s.tick
	}
}

// selected are the events that a filter lets through, in the order asked for.
func (d *diary) selected(f filter) []*event {
	var found []*event
	for _, e := range d.events {
		if f.single && e.recurring() && !e.cancelled() {
			found = append(found, d.unfold(e, f)...)
			continue
		}
		found = append(found, e)
	}
	found = slices.DeleteFunc(found, func(e *event) bool { return !d.passes(e, f) })
	slices.SortFunc(found, func(a, b *event) int {
		switch f.order {
		case "startTime":
			at, _ := a.span(d.zone)
			bt, _ := b.span(d.zone)
			return cmp.Or(at.Compare(bt), cmp.Compare(a.id, b.id))
		case "updated":
			return cmp.Or(cmp.Compare(a.text("updated"), b.text("updated")), cmp.Compare(a.id, b.id))
		}
		return cmp.Compare(a.id, b.id) // "an unspecified, stable order"
	})
	return found
}

func (c *call) getEvent() (object, *problem) {
	d, p := c.diary("freeBusyReader")
	if p != nil {
		return nil, p
	}
	e, _ := d.find(c.path["eventId"])
	if e == nil {
		return nil, notFound()
	}
	v, p := c.view(d)
	if p != nil {
		return nil, p
	}
	return d.render(e, v), nil
}
