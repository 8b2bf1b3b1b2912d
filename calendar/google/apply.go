package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"bilateral/calendar"

	gcal "google.golang.org/api/calendar/v3"
)

// Apply makes a change of one series. At Google an instance is an event of its own, so that is a request for each, and
// each is safe by itself: what was written before a failure holds already when the change is worked out again.
//
// The calendar is followed first, and the series must then be the one that was observed. From there on every request is
// bound by If-Match to the event as it was followed. An instance without an exception has no ETag of its own that could
// have been observed: it is read, must still say what its master says, and is bound to that reading. What remains is a
// change that Google does not show in its list yet, and the return of a cancelled instance, of which Google tells nothing
// that a person could have changed.
func (a *Account) Apply(ctx context.Context, c calendar.Change) (string, error) {
	if err := a.locate(ctx); err != nil {
		return "", err
	}
	if err := a.follow(ctx); err != nil {
		return "", err
	}
	w := &writing{Account: a, ctx: ctx, uid: c.UID, series: c.Name}
	defer a.keep()
	switch {
	case c.Create != nil:
		return w.create(c)
	case c.Remove:
		return "", w.remove(c)
	}
	return w.change(c)
}

// writing is one change on its way.
type writing struct {
	*Account
	ctx    context.Context
	uid    string
	series string // id of the master
}

func (w *writing) master() *entry { return w.Items[w.series] }

func (w *writing) refused(kind calendar.ErrorKind, why string) error {
	return &calendar.Error{Kind: kind, Op: "write", Target: "Google event " + w.uid, Err: errors.New(why)}
}

// observed refuses a change of what is not any more what was observed.
func (w *writing) observed(c calendar.Change) error {
	switch {
	case w.master() == nil:
		return w.refused(calendar.Gone, "it is not in this calendar any more")
	case w.version(w.series) != c.Version:
		return w.refused(calendar.Conflict, "it was changed since it was looked at")
	}
	return nil
}

// remove deletes the event. Google keeps its id for good.
func (w *writing) remove(c calendar.Change) error {
	if err := w.observed(c); err != nil {
		return err
	}
	call := w.service.Events.Delete(w.ID, w.series).SendUpdates("none").Context(w.ctx)
	call.Header().Set("If-Match", w.master().ETag)
	if err := call.Do(); err != nil {
		return w.failed("remove", err)
	}
	touched := make(map[string]bool)
	w.drop(w.series, touched)
	w.rebuild(touched)
	w.save = true
	return nil
}

// change patches the instances, then the master. What a cancelled instance needs at its master, and dates that are taken
// back there, go before both.
func (w *writing) change(c calendar.Change) (string, error) {
	if err := w.observed(c); err != nil {
		return "", err
	}
	first, err := w.first(c)
	if err != nil {
		return "", err
	}
	if err := w.prepare(first, c.Instances); err != nil {
		return "", err
	}
	if err := w.instances(c.Instances); err != nil {
		return "", err
	}
	if err := w.last(c); err != nil {
		return "", err
	}
	return w.version(w.series), nil
}

// prepare writes to the master what must stand there before the instances change. That may give exceptions new ETags, so
// they are followed; but for that, everything must be as it was, or it would be taken for what was observed.
func (w *writing) prepare(e *gcal.Event, instances []calendar.InstancePatch) error {
	if e == nil {
		return nil
	}
	before := make([]*entry, len(instances))
	for i, p := range instances {
		before[i] = w.exception(p.Original)
	}
	if err := w.send(w.series, w.master().ETag, e, false); err != nil {
		return err
	}
	written := w.master().ETag
	if err := w.follow(w.ctx); err != nil {
		return err
	}
	if w.master() == nil || w.master().ETag != written {
		return w.refused(calendar.Conflict, "it was changed meanwhile")
	}
	for i, p := range instances {
		if now := w.exception(p.Original); !now.same(before[i]) {
			return w.refused(calendar.Conflict, "an instance was changed meanwhile")
		}
	}
	return nil
}

// same reports whether an exception is what it was; nil is that there is none.
func (x *entry) same(o *entry) bool {
	if x == nil || o == nil {
		return x == o
	}
	return x.says(o) && x.Start == o.Start && x.End == o.End
}

// instances patches one instance after the other.
func (w *writing) instances(list []calendar.InstancePatch) error {
	for _, p := range list {
		if p.Empty() {
			continue
		}
		if err := w.instance(p); err != nil {
			return fmt.Errorf("instance of %s: %w", p.Original.UTC().Format(time.RFC3339), err)
		}
	}
	return nil
}

func (w *writing) instance(p calendar.InstancePatch) error {
	if p.Rule != nil {
		return w.refused(calendar.Unknown, "a single instance has no rule of its own")
	}
	x := w.exception(p.Original)
	if x == nil {
		var err error
		if x, err = w.untouched(p.Original); err != nil {
			return err
		}
	}
	if p.Mark = w.kept(x, p.Patch); p.Empty() {
		return nil
	}
	e, err := w.instanceEvent(x, p.Patch)
	if err != nil {
		return err
	}
	if err := w.answer(e, x, p.Patch); err != nil {
		return err
	}
	return w.send(x.ID, x.ETag, e, p.Retimes())
}

// kept is what of a patch's mark is written to the instance itself: nothing of one that is and stays cancelled, since the
// note at the master holds it.
func (w *writing) kept(x *entry, p calendar.Patch) calendar.Mark {
	if x.Cancelled && (p.Cancelled == nil || *p.Cancelled) {
		return nil
	}
	return p.Mark
}

// exception of the instance with that original start, or nil.
func (w *writing) exception(original time.Time) *entry {
	for _, x := range w.exceptions(w.series) {
		if x.Original.Date == "" && x.Original.At.Equal(original) {
			return x
		}
	}
	return nil
}

// untouched reads an instance that has no exception, and makes sure of that.
func (w *writing) untouched(original time.Time) (*entry, error) {
	master := w.master()
	from, to := rfc3339(original, master.Start.Zone), rfc3339(original.Add(time.Minute), master.Start.Zone) // one of an endless series
	ask := func() *gcal.EventsInstancesCall {
		return w.service.Events.Instances(w.ID, w.series).OriginalStart(from)
	}
	x, err := w.instanceAt(original, ask().TimeMin(from).TimeMax(to))
	if hasCode(err, http.StatusBadRequest) { // nothing says that the original start goes together with a window
		x, err = w.instanceAt(original, ask())
	}
	switch {
	case err != nil:
		return nil, w.failed("read an instance of", err)
	case x == nil:
		return nil, w.refused(calendar.Conflict, "the series has no such instance")
	case !x.says(master) || !x.Start.At.Equal(original) || x.length() != master.length():
		return nil, w.refused(calendar.Conflict, "the instance was changed meanwhile")
	}
	return x, nil
}

var errFound = errors.New("found")

// instanceAt looks through the pages of an answer for the instance with that original start; nil if it has none.
func (w *writing) instanceAt(original time.Time, call *gcal.EventsInstancesCall) (found *entry, err error) {
	err = call.Pages(w.ctx, func(page *gcal.Events) error {
		for _, e := range page.Items {
			if x := entryOf(e); x.Original.At.Equal(original) {
				found = x
				return errFound
			}
		}
		return nil
	})
	if errors.Is(err, errFound) {
		err = nil
	}
	return found, err
}

// says reports whether people read the same in both but for the times.
func (x *entry) says(o *entry) bool {
	return x.Title == o.Title && x.Location == o.Location && x.Description == o.Description && x.Cancelled == o.Cancelled &&
		slices.Equal(x.Guests, o.Guests)
}
