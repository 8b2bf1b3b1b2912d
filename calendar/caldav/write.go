package caldav

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/ical"
)

// Apply writes one object with one PUT, on the condition that it is the one that was observed, and reads it again:
// servers rewrite what they are given. Kind Unreachable may mean that it was written all the same: observe again.
func (a *Account) Apply(ctx context.Context, c calendar.Change) (string, error) {
	if err := a.locate(ctx); err != nil {
		return "", err
	}
	if a.Place.BusyOnly {
		return "", failed(calendar.Denied, "write", a.Calendar.at(), errors.New("this calendar shows its busy time only"))
	}
	defer a.keep()
	switch {
	case c.Create != nil:
		return a.create(ctx, c)
	case c.Remove:
		return "", a.remove(ctx, c)
	}
	return a.patch(ctx, c)
}

func (a *Account) create(ctx context.Context, c calendar.Change) (string, error) {
	at := a.Calendar.at()
	if err := a.follow(ctx); err != nil { // servers that ignore If-None-Match, or take a UID twice, are known
		return "", err
	}
	if path, taken := a.held.Find(c.UID); taken {
		return "", failed(calendar.Exists, "create", at.ResolveReference(&url.URL{Path: path}), nil)
	}
	if a.session.whole {
		draft := *c.Create
		draft.Unserved = true
		c.Create = &draft
	}
	data, err := a.render(c)
	if err != nil {
		return "", failed(calendar.Unknown, "create", at, err)
	}
	target := at.JoinPath(ical.FileName(c.UID))
	if err := a.put(ctx, target, data, "If-None-Match", "*"); err != nil {
		if said, taken := conflicts(err); taken {
			return "", failed(calendar.Exists, "create", target, said)
		}
		return "", err
	}
	return a.confirm(ctx, c, listed{path: target.Path, href: target.EscapedPath()})
}

// render writes a new series, like an old one of this calendar where the draft says so.
func (a *Account) render(c calendar.Change) ([]byte, error) {
	if c.Create.Like == "" {
		return ical.New(c, a.session.stamp())
	}
	old := a.Calendar.Items[c.Create.Like]
	if old == nil {
		return nil, fmt.Errorf("%q is not in this calendar", c.Create.Like)
	}
	return ical.NewLike(c, old.Data, a.session.stamp())
}

// conflicts tells a UID or address that is taken: 412, or a precondition of RFC 4791 section 5.3.2.1 or RFC 6638 section
// 3.2.4.1.
func conflicts(err error) (*statusError, bool) {
	var said *statusError
	if !errors.As(err, &said) {
		return nil, false
	}
	return said, said.status == http.StatusPreconditionFailed ||
		strings.Contains(said.conditions, "no-uid-conflict") || strings.Contains(said.conditions, "unique-scheduling-object-resource")
}

// observed is the object that a change is about, if it still is what was observed.
func (a *Account) observed(c calendar.Change) (*item, *url.URL, error) {
	at := a.Calendar.at()
	it := a.Calendar.Items[c.Name]
	if it == nil {
		return nil, nil, failed(calendar.Gone, "write", at.ResolveReference(&url.URL{Path: c.Name}), errors.New("it is not in this calendar"))
	}
	target, err := at.Parse(it.Href)
	if err != nil {
		return nil, nil, failed(calendar.BadData, "write", at, err)
	}
	if it.version() != c.Version {
		return nil, nil, failed(calendar.Conflict, "write", target, nil)
	}
	return it, target, nil
}

// remove takes one object away with one DELETE. It looks first: some servers (SOGo) heed no precondition here, and what was
// deleted cannot be looked at afterwards.
func (a *Account) remove(ctx context.Context, c calendar.Change) error {
	it, target, err := a.observed(c)
	if err != nil {
		return err
	}
	header, value, err := a.condition(ctx, it.listed(c.Name), it, true)
	if err != nil {
		return err
	}
	if err := a.send(ctx, request{method: "DELETE", url: target, header: http.Header{header: {value}}, op: "remove"}); err != nil {
		return err
	}
	delete(a.Calendar.Items, c.Name)
	a.present(c.Name)
	a.save, a.futile = true, 0
	return nil
}

func (i *item) listed(path string) listed {
	return listed{path: path, href: i.Href, etag: i.ETag, tag: i.Tag}
}

func (a *Account) patch(ctx context.Context, c calendar.Change) (string, error) {
	it, target, err := a.observed(c)
	if err != nil {
		return "", err
	}
	data, err := a.patched(it.Data, c)
	if err != nil {
		return "", failed(calendar.Unknown, "write", target, err)
	}
	e := it.listed(c.Name)
	header, value, err := a.condition(ctx, e, it, a.Place.SOGo) // SOGo makes anew what was deleted, whatever the condition
	if err != nil {
		return "", err
	}
	if err := a.put(ctx, target, data, header, value); err != nil {
		return "", err
	}
	return a.confirm(ctx, c, e)
}

// patched is the new text; where the server schedules, in an order that no scheduler takes for the end of the series.
func (a *Account) patched(data []byte, c calendar.Change) ([]byte, error) {
	if a.session.whole {
		var err error
		if data, err = ical.Unserved(data); err != nil {
			return nil, err
		}
	}
	if a.Place.SOGo && saysMore(c) {
		c = raised(c, data)
	}
	text, err := ical.Patched(data, c, a.session.stamp())
	if err != nil || a.Person.Outbox == "" || a.session.whole {
		return text, err
	}
	return ical.StandingLast(text, c.UID, a.session.stamp())
}

// condition is what a change depends on. The Schedule-Tag comes first: a guest's answer changes the ETag, not this one,
// and the server then keeps the answer (RFC 6638 section 3.2.10). A weak ETag never matches (RFC 9110 section 13.1.1),
// so the object is read again and compared instead, and must at least exist still. With look that is done in any case.
func (a *Account) condition(ctx context.Context, e listed, it *item, look bool) (header, value string, err error) {
	strong := func(tag string) bool { return tag != "" && !strings.HasPrefix(tag, "W/") }
	if look || !strong(it.Tag) && !strong(it.ETag) {
		err = a.unchanged(ctx, e, it)
	}
	switch {
	case err != nil:
		return "", "", err
	case strong(it.Tag):
		return "If-Schedule-Tag-Match", it.Tag, nil
	case strong(it.ETag):
		return "If-Match", it.ETag, nil
	}
	return "If-Match", "*", nil
}

// unchanged reads the object again, and is nil if that is what we had.
func (a *Account) unchanged(ctx context.Context, e listed, it *item) error {
	before := it.version()
	if err := a.reread(ctx, e); err != nil {
		return err
	}
	target, _ := a.Calendar.at().Parse(e.href)
	switch now := a.Calendar.Items[e.path]; {
	case now == nil:
		return failed(calendar.Gone, "write", target, nil)
	case now.version() != before:
		return failed(calendar.Conflict, "write", target, nil)
	}
	return nil
}

// put writes an object. Only 200, 201 and 204 are success: a 207 has a failure inside.
func (a *Account) put(ctx context.Context, target *url.URL, data []byte, header, value string) error {
	return a.send(ctx, request{method: "PUT", url: target, header: http.Header{header: {value}}, body: data,
		media: "text/calendar; charset=utf-8", op: "write"})
}

// send makes a request that changes something, on a fresh connection: a write that breaks off on one that the server had
// closed may have been done or not, and must not be tried twice.
func (a *Account) send(ctx context.Context, r request) error {
	a.session.client.CloseIdleConnections()
	got, err := a.session.do(ctx, r)
	if err != nil {
		return err
	}
	defer got.close()
	if slices.Contains([]int{http.StatusOK, http.StatusCreated, http.StatusNoContent}, got.status) {
		return nil
	}
	var refused *calendar.Error
	if got.status == http.StatusMultiStatus {
		refused = a.session.inner(got)
	}
	if refused == nil {
		refused = a.session.refused(r.op, got)
	}
	if refused.Kind == calendar.Denied {
		a.Abilities, a.save = abilities{}, true // it may be read-only by now
	}
	return refused
}

// reread fetches one object and takes it over.
func (a *Account) reread(ctx context.Context, e listed) error {
	_, err := a.Calendar.fetchBatch(ctx, a.session, []listed{e})
	a.present(e.path)
	a.save, a.futile = true, 0
	return err
}

// confirm reads what was written and looks whether it is what stands: some servers ignore preconditions, so that of two
// writers the later one wins. If it cannot be read now, the next look will do it.
func (a *Account) confirm(ctx context.Context, c calendar.Change, e listed) (string, error) {
	if err := a.reread(ctx, e); err != nil {
		return "", nil
	}
	target, _ := a.Calendar.at().Parse(e.href)
	it := a.Calendar.Items[e.path]
	if it == nil || it.Why != "" || !stands(c, it.Data) {
		return "", failed(calendar.Conflict, "write", target, errors.New("somebody else's change stands where ours was written"))
	}
	return it.version(), nil
}

// stands reports whether a text holds what the change asked for. Words are not compared: servers trim and re-fold them.
func stands(c calendar.Change, data []byte) bool {
	var moments []time.Time // that must be looked at
	var wants []calendar.InstancePatch
	for _, p := range c.Instances {
		moments = append(moments, p.Original, p.Original.Add(time.Minute))
		if p.Span != nil {
			moments = append(moments, p.Span.Start, p.Span.End)
		}
		wants = append(wants, calendar.InstancePatch{Original: p.Original, Patch: firm(p.Patch)})
	}
	var view ical.View
	if len(moments) > 0 {
		view.Window = calendar.Span{Start: slices.MinFunc(moments, time.Time.Compare), End: slices.MaxFunc(moments, time.Time.Compare)}
	}
	found := seriesIn(data, c.UID, view)
	if len(found) != 1 {
		return false
	}
	master := calendar.Patch{}
	switch {
	case c.Create != nil:
		master.Mark = c.Create.Mark
	case c.Series != nil:
		master = firm(*c.Series)
	}
	_, differs := calendar.Diff(found[0], master, wants)
	return !differs
}

// seriesIn is the series of a UID as it stands in a text; empty where it is not there.
func seriesIn(data []byte, uid string, view ical.View) []calendar.Series {
	return ical.SeriesOf([]*ical.File{ical.Parse(uid, data)}, view, func(m ical.Meta) bool { return m.UID == uid })
}

// firm leaves of a patch what a server has no reason to change.
func firm(p calendar.Patch) calendar.Patch {
	kept := calendar.Patch{Span: p.Span, Cancelled: p.Cancelled, Mark: p.Mark}
	if p.Cancelled != nil && *p.Cancelled {
		kept.Span = nil
	}
	return kept
}
