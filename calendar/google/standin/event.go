package standin

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// event is a single event, a master, or an exception of one, as one calendar keeps it.
type event struct {
	id       string
	base     string      // of an instance: its master's id
	original when        // of an instance
	body     object      // what every reader is shown; the times in UTC
	stamp    int64       // the ETag
	changed  int64       // tick of the last change
	rule     *recurrence // what series read,
	ruled    int64       // and of which state
	dropped  bool        // an exception that the series' new rule has no place for: only a sync tells of its end
}

func (e *event) text(field string) string {
	t, _ := e.body[field].(string)
	return t
}

func (e *event) cancelled() bool { return e.text("status") == "cancelled" }

func (e *event) recurring() bool { return len(e.list("recurrence")) > 0 }

func (e *event) list(field string) []any {
	l, _ := e.body[field].([]any)
	return l
}

func (e *event) etag() string { return fmt.Sprintf(`"%d"`, e.stamp) }

// span is where the event stands, all-day ones from midnight to midnight of the calendar.
func (e *event) span(home *time.Location) (start, end time.Time) {
	from, p := readWhen("start", e.body["start"], home)
	to, q := readWhen("end", e.body["end"], home)
	if p != nil || q != nil {
		return time.Time{}, time.Time{}
	}
	return from.instant(home), to.instant(home)
}

// series reads the recurrence of a master, once for each state of it.
func (e *event) series(home *time.Location) (*recurrence, *problem) {
	if e.rule != nil && e.ruled == e.stamp {
		return e.rule, nil
	}
	start, p := readWhen("start", e.body["start"], home)
	if p != nil {
		return nil, p
	}
	r, p := readRecurrence(e.list("recurrence"), start)
	if p == nil {
		e.rule, e.ruled = r, e.stamp
	}
	return r, p
}

// instance is the instance of a master at an original start, as it stands without an exception of its own.
func (e *event) instance(at when, home *time.Location) *event {
	start, _ := readWhen("start", e.body["start"], home)
	end, _ := readWhen("end", e.body["end"], home)
	body := clone(e.body)
	delete(body, "recurrence")
	body["recurringEventId"] = e.id
	body["originalStartTime"] = at.kept()
	body["start"] = at.kept()
	last := when{at: at.at.Add(end.at.Sub(start.at)), zone: end.zone, allDay: at.allDay}
	body["end"] = last.kept()
	return &event{id: e.id + "_" + at.suffix(), base: e.id, original: at, body: body, stamp: e.stamp, changed: e.changed}
}

// find returns an event by id: one that is kept, or an untouched instance of a series (then kept is false).
func (d *diary) find(id string) (e *event, kept bool) {
	if e := d.events[id]; e != nil && !e.dropped {
		if master := d.events[e.base]; e.base == "" || master == nil || !master.cancelled() {
			return e, true
		}
		return nil, false
	}
	at := strings.LastIndexByte(id, '_')
	if at < 0 {
		return nil, false
	}
	master := d.events[id[:at]]
	if master == nil || !master.recurring() || master.cancelled() {
		return nil, false
	}
	series, p := master.series(d.zone)
	if p != nil {
		return nil, false
	}
	original, ok := readSuffix(id[at+1:], series.start)
	if !ok || !series.has(original) {
		return nil, false
	}
	return master.instance(original, d.zone), false
}

func readSuffix(text string, start when) (when, bool) {
	layout := "20060102T150405Z"
	if start.allDay {
		layout = "20060102"
	}
	at, err := time.Parse(layout, text)
	return when{at: at, zone: start.zone, allDay: start.allDay}, err == nil
}

// exceptions are the kept instances of a series.
func (d *diary) exceptions(master string) []*event {
	return d.where(func(e *event) bool { return e.base == master && master != "" })
}

// where are the kept events of one kind, by id: the same requests come to the same ETags, whatever the order of maps.
func (d *diary) where(is func(*event) bool) []*event {
	var found []*event
	for _, e := range d.events {
		if is(e) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b *event) int { return cmp.Compare(a.id, b.id) })
	return found
}

// stamped is how created and updated are written.
const stamped = "2006-01-02T15:04:05.000Z"

// touch gives an event the marks of a change.
func (s *Server) touch(d *diary, e *event) {
	s.tick++
	e.changed, d.changed = s.tick, s.tick
	// Real ETags are twice the moment of the change in microseconds; two changes never share one.
	s.stamp = max(s.stamp+2, s.now().UnixMicro()*2)
	e.stamp = s.stamp
	e.body["updated"] = s.now().UTC().Format(stamped)
	d.updated = e.text("updated")
	s.await(d, e)
}
