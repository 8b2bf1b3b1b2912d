package standin

import (
	"cmp"
	"slices"
	"time"
)

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
