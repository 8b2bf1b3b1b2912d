package standin

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
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

// filter is what a list was asked for.
type filter struct {
	from, to       time.Time // zero: open
	updated        time.Time
	single         bool
	deleted        bool
	since          int64 // sync: only what changed after that tick; 0: a full list
	order          string
	uid, text      string
	kinds          []string
	private, share []string
}

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

// tokens reports whether a list ends in a sync token: not with the filters that a sync may not have, but for the times.
func (f filter) tokens() bool {
	return f.order == "" && f.uid == "" && f.text == "" && f.updated.IsZero() && len(f.private) == 0 && len(f.share) == 0
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

// filter reads a list's parameters and holds them to one another.
func (c *call) filter(d *diary) (filter, *problem) {
	q := c.query
	f := filter{
		single: q.Get("singleEvents") == "true", deleted: q.Get("showDeleted") == "true", order: q.Get("orderBy"),
		uid: q.Get("iCalUID"), text: q.Get("q"), kinds: q["eventTypes"],
		private: q["privateExtendedProperty"], share: q["sharedExtendedProperty"],
	}
	for name, at := range map[string]*time.Time{"timeMin": &f.from, "timeMax": &f.to, "updatedMin": &f.updated} {
		if q.Has(name) {
			*at, _ = time.Parse(time.RFC3339, q.Get(name)) // judged by the document
		}
	}
	switch {
	case !f.from.IsZero() && !f.to.IsZero() && !f.from.Before(f.to):
		return f, &problem{Code: 400, Reason: "timeRangeEmpty", Message: "The specified time range is empty.", Location: "timeMax"}
	case f.order == "startTime" && !f.single:
		return f, badRequest("orderBy", "The requested ordering is not available for the particular query.")
	case !f.updated.IsZero() && f.updated.Before(c.now().AddDate(0, 0, -28)):
		return f, &problem{Code: 410, Reason: "updatedMinTooLongAgo", Message: "The requested minimum modification time lies too far in the past.", Location: "updatedMin"}
	}
	for _, property := range slices.Concat(f.private, f.share) {
		if !strings.Contains(property, "=") {
			return f, badRequest("privateExtendedProperty", "Invalid extended property constraint %q.", property)
		}
	}
	if token := q.Get("syncToken"); token != "" {
		return f, c.resume(&f, token)
	}
	return f, nil
}

// resume reads a sync token.
func (c *call) resume(f *filter, token string) *problem {
	for _, never := range []string{"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "timeMin", "timeMax", "updatedMin"} {
		if c.query.Has(never) {
			return badRequest("syncToken", "Sync token cannot be used with the parameter %s.", never)
		}
	}
	if c.query.Get("showDeleted") == "false" {
		return badRequest("showDeleted", "It is not allowed to set showDeleted to False with a sync token.")
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return invalid("syncToken", "Invalid sync token value.")
	}
	tick, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return invalid("syncToken", "Invalid sync token value.")
	}
	if parts[2] != c.shape() {
		// The document calls this undefined behaviour; a client that relies on it would be wrong somewhere.
		return invalid("syncToken", "The parameters are not those that the sync token was given for.")
	}
	if tick < c.expired {
		return &problem{Code: 410, Reason: "fullSyncRequired", Message: "Sync token is no longer valid, a full sync is required.", Location: "syncToken"}
	}
	// Tick 0 is an empty calendar: -1 would read as a full list.
	f.since, f.deleted = max(tick, 0)+1, true
	return nil
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

// unfold are a series' instances that have no exception of their own.
func (d *diary) unfold(master *event, f filter) []*event {
	series, p := master.series(d.zone)
	if p != nil {
		return nil
	}
	until := f.to
	if until.IsZero() {
		until = series.start.at.AddDate(30, 0, 0)
	}
	var found []*event
	for _, at := range series.starts(until.AddDate(0, 0, 1)) {
		e := master.instance(at, d.zone)
		if here := d.events[e.id]; here == nil || here.dropped {
			found = append(found, e)
		}
	}
	return found
}

// passes judges one event.
func (d *diary) passes(e *event, f filter) bool {
	master := d.events[e.base]
	if e.changed < f.since || e.dropped && f.since == 0 {
		return false
	}
	if e.base != "" && master != nil && master.cancelled() && !f.single {
		return false // gone with the series
	}
	if e.cancelled() && !d.showsCancelled(e, f) {
		return false
	}
	if !f.updated.IsZero() {
		at, _ := time.Parse(time.RFC3339, e.text("updated"))
		if at.Before(f.updated) {
			return false
		}
	}
	return d.inWindow(e, f) && matches(e, f)
}

// showsCancelled follows events.list's words on showDeleted.
func (d *diary) showsCancelled(e *event, f filter) bool {
	switch {
	case f.since > 0 || !f.updated.IsZero():
		return true
	case f.single:
		return f.deleted && !e.recurring()
	case e.base != "":
		return true // "Cancelled instances … will still be included if showDeleted and singleEvents are both False"
	}
	return f.deleted
}

func (d *diary) inWindow(e *event, f filter) bool {
	if f.from.IsZero() && f.to.IsZero() {
		return true
	}
	if !e.recurring() {
		return overlaps(e, d, f.from, f.to)
	}
	return slices.ContainsFunc(d.unfold(e, f), func(in *event) bool { return overlaps(in, d, f.from, f.to) })
}

// overlaps is timeMin exclusive for the end, timeMax exclusive for the start.
func overlaps(e *event, d *diary, from, to time.Time) bool {
	start, end := e.span(d.zone)
	return (from.IsZero() || end.After(from)) && (to.IsZero() || start.Before(to))
}

func matches(e *event, f filter) bool {
	if f.uid != "" && e.text("iCalUID") != f.uid {
		return false
	}
	if len(f.kinds) > 0 && !slices.Contains(f.kinds, e.text("eventType")) {
		return false
	}
	words := strings.ToLower(e.text("summary") + " " + e.text("description") + " " + e.text("location") + " " + fmt.Sprint(e.list("attendees")))
	if f.text != "" && !strings.Contains(words, strings.ToLower(f.text)) {
		return false
	}
	return bears(e, "private", f.private) && bears(e, "shared", f.share)
}

// bears reports whether an event has all of those extended properties, each "key=value".
func bears(e *event, kind string, want []string) bool {
	all, _ := e.body["extendedProperties"].(object)
	properties, _ := all[kind].(object)
	for _, w := range want {
		key, value, _ := strings.Cut(w, "=")
		if properties[key] != value {
			return false
		}
	}
	return true
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

func (c *call) listInstances() (object, *problem) {
	d, p := c.diary("freeBusyReader")
	if p != nil {
		return nil, p
	}
	master, _ := d.find(c.path["eventId"])
	if master == nil || master.cancelled() {
		return nil, notFound()
	}
	f, p := c.filter(d)
	if p != nil {
		return nil, p
	}
	f.single, f.order = true, "startTime"
	l := &listing{diary: d.id, shape: c.shape()}
	if token := c.query.Get("pageToken"); token != "" {
		if l, p = c.open(d, f); p != nil {
			return nil, p
		}
		return c.page(d, l)
	}
	found := d.instances(master, f)
	if want := c.query.Get("originalStart"); want != "" {
		found = slices.DeleteFunc(found, func(e *event) bool { return !e.begins(want, d) })
	}
	for _, e := range found {
		l.ids = append(l.ids, e.id)
	}
	return c.page(d, l)
}

// instances are a series' instances in a window, by start.
func (d *diary) instances(master *event, f filter) []*event {
	found := append(d.unfold(master, f), d.exceptions(master.id)...)
	found = slices.DeleteFunc(found, func(e *event) bool {
		return e.dropped || e.cancelled() && !f.deleted || !overlaps(e, d, f.from, f.to)
	})
	slices.SortFunc(found, func(a, b *event) int {
		at, _ := a.span(d.zone)
		bt, _ := b.span(d.zone)
		return cmp.Or(at.Compare(bt), cmp.Compare(a.id, b.id))
	})
	return found
}

// begins reports whether an instance has that original start, as RFC 3339 time or date.
func (e *event) begins(text string, d *diary) bool {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return e.original.instant(d.zone).Equal(at)
	}
	at, err := time.Parse(time.DateOnly, text)
	return err == nil && e.original.allDay && e.original.at.Equal(at)
}
