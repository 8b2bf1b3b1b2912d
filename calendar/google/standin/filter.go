package standin

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

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

// tokens reports whether a list ends in a sync token: not with the filters that a sync may not have, but for the times.
func (f filter) tokens() bool {
	return f.order == "" && f.uid == "" && f.text == "" && f.updated.IsZero() && len(f.private) == 0 && len(f.share) == 0
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
