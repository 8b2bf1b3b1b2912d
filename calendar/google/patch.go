package google

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"

	gcal "google.golang.org/api/calendar/v3"
)

// rfc3339 writes an instant with the offset of a zone.
func rfc3339(t time.Time, zone string) string {
	if z, err := time.LoadLocation(zone); err == nil {
		t = t.In(z)
	}
	return t.Format(time.RFC3339)
}

func dateTime(t time.Time, zone string) *gcal.EventDateTime {
	if zone == "" {
		zone = "UTC"
	}
	return &gcal.EventDateTime{DateTime: rfc3339(t, zone), TimeZone: zone}
}

var errAllDay = errors.New("an all-day event is not given times")

// retime sets start and end, in the zone that the series has.
func (w *writing) retime(e *gcal.Event, span calendar.Span) error {
	start := w.master().Start
	switch {
	case start.Date != "":
		return w.refused(calendar.Unknown, errAllDay.Error())
	case !span.Start.Before(span.End):
		return w.refused(calendar.Unknown, "it would not end after it starts")
	}
	e.Start, e.End = dateTime(span.Start, start.Zone), dateTime(span.End, start.Zone)
	return nil
}

// say sets texts. Fields that are emptied must be forced, or the client leaves them out.
func say(e *gcal.Event, was *entry, p calendar.Patch) {
	for _, f := range []struct {
		name string
		to   *string
		text *string
	}{{"Summary", &e.Summary, p.Title}, {"Location", &e.Location, p.Location}} {
		if f.text != nil {
			*f.to = *f.text
			e.ForceSendFields = append(e.ForceSendFields, f.name)
		}
	}
	if p.Description != nil {
		e.Description = written(was.Description, *p.Description)
		e.ForceSendFields = append(e.ForceSendFields, "Description")
	}
}

// instanceEvent is the request that patches one instance. x is the exception, or the untouched instance as it was read.
func (w *writing) instanceEvent(x *entry, p calendar.Patch) (*gcal.Event, error) {
	e := &gcal.Event{}
	say(e, x, p)
	if p.Span != nil {
		if err := w.retime(e, *p.Span); err != nil {
			return nil, err
		}
	}
	if p.Cancelled != nil {
		e.Status = status(*p.Cancelled)
	}
	mark, was := p.Mark, x.Properties
	if x.Cancelled && p.Cancelled != nil && !*p.Cancelled {
		mark, was = w.revived(x, p.Mark)
	}
	properties := make(edits)
	if err := properties.setAll(was, instancePrefix, mark); err != nil {
		return nil, err
	}
	e.ExtendedProperties = properties.properties()
	return e, nil
}

func status(cancelled bool) string {
	if cancelled {
		return "cancelled"
	}
	return "confirmed"
}

// after is a mark as a patch leaves it.
func after(m calendar.Mark, patch calendar.Mark) calendar.Mark {
	out := make(calendar.Mark)
	maps.Copy(out, m)
	for k, v := range patch {
		if out[k] = v; v == "" {
			delete(out, k)
		}
	}
	return out
}

// revived is the patch of the mark of an instance that comes back, and the properties that it may have: it may stand again
// with those that it was cancelled with, which Google did not tell.
func (w *writing) revived(x *entry, patch calendar.Mark) (mark calendar.Mark, was map[string]string) {
	had := after(instanceMark(w.master(), x), nil)
	mark, was = after(had, patch), make(map[string]string)
	maps.Copy(was, x.Properties)
	for _, m := range []calendar.Mark{had, values(x.Properties, instancePrefix)} {
		for k := range m {
			if mark[k] == "" {
				mark[k] = ""
			}
			if name := instancePrefix + k; was[name] == "" {
				was[name] = "?"
			}
		}
	}
	return mark, was
}

// first is what the master must say before instances are cancelled or brought back: the marks of those that will be
// cancelled, and no EXDATE of those that come back. Nil where there is nothing.
func (w *writing) first(c calendar.Change) (*gcal.Event, error) {
	master, e := w.master(), &gcal.Event{}
	notes := make(edits)
	recurrence := master.Recurrence
	for _, p := range c.Instances {
		switch {
		case p.Cancelled != nil && !*p.Cancelled:
			recurrence = readmit(recurrence, p.Original, master.Start.Zone)
		case p.Cancelled != nil || w.absent(p.Original) && len(p.Mark) > 0:
			if err := w.note(notes, p); err != nil {
				return nil, err
			}
		}
	}
	e.ExtendedProperties = notes.properties()
	if !slices.Equal(recurrence, master.Recurrence) {
		e.Recurrence = recurrence
	}
	if e.ExtendedProperties == nil && e.Recurrence == nil {
		return nil, nil
	}
	return e, nil
}

// absent reports whether the instance is cancelled.
func (w *writing) absent(original time.Time) bool {
	x := w.exception(original)
	return x != nil && x.Cancelled
}

// note keeps the mark that a cancelled instance will have, unless it is kept already.
func (w *writing) note(notes edits, p calendar.InstancePatch) error {
	var have calendar.Mark
	if x := w.exception(p.Original); x != nil {
		have = instanceMark(w.master(), x)
	}
	want := after(have, p.Mark)
	key := p.Original.UTC().Format(utcFormat)
	if kept, there := gone(w.master())[key]; there && maps.Equal(kept, want) || !there && len(want) == 0 {
		return nil
	}
	return notes.set(w.master().Properties, gonePrefix, key, goneNote(want))
}

// last is the change of the master itself. Notes about instances that are not cancelled any more go with it.
func (w *writing) last(c calendar.Change) error {
	master, properties := w.master(), make(edits)
	if err := w.forgetNotes(properties); err != nil {
		return err
	}
	p := calendar.Patch{}
	if c.Series != nil {
		p = *c.Series
	}
	if p.Empty() && len(properties) == 0 {
		return nil
	}
	e, until, err := w.seriesEvent(p, properties)
	if err != nil {
		return err
	}
	if err := w.send(w.series, master.ETag, e, p.Retimes()); err != nil {
		return err
	}
	if p.Span == nil && p.Rule == nil {
		return nil
	}
	return w.tidy(until)
}

// seriesEvent is the request that patches the master, with the edits of its properties, and the UNTIL of its new rule.
func (w *writing) seriesEvent(p calendar.Patch, properties edits) (e *gcal.Event, until time.Time, err error) {
	master := w.master()
	e = &gcal.Event{}
	say(e, master, p)
	if p.Span != nil {
		if err := w.retime(e, *p.Span); err != nil {
			return nil, until, err
		}
	}
	if p.Rule != nil {
		if e.Recurrence, until, err = withRule(master, *p.Rule); err != nil {
			return nil, until, w.refused(calendar.Unknown, err.Error())
		}
		e.ForceSendFields = append(e.ForceSendFields, "Recurrence")
	}
	if p.Cancelled != nil {
		e.Status = status(*p.Cancelled)
	}
	if err := properties.setAll(master.Properties, seriesPrefix, p.Mark); err != nil {
		return nil, until, err
	}
	e.ExtendedProperties = properties.properties()
	return e, until, w.answer(e, master, p)
}

// answer puts a guest's answer that came by mail into a patch. Google takes the list of guests whole, so it is read whole,
// as it was when the event was followed.
func (w *writing) answer(e *gcal.Event, x *entry, p calendar.Patch) error {
	e.Sequence = max(int64(p.Sequence), 0)
	if e.Sequence <= x.Sequence {
		e.Sequence = 0
	}
	if p.Answer == nil {
		return nil
	}
	now, err := w.service.Events.Get(w.ID, x.ID).Context(w.ctx).Do()
	switch {
	case err != nil:
		return w.failed("read", err)
	case now.Etag != x.ETag || now.AttendeesOmitted:
		return w.refused(calendar.Conflict, "it was changed meanwhile")
	}
	for _, g := range now.Attendees {
		if strings.EqualFold(g.Email, p.Answer.Email) {
			g.ResponseStatus, g.Comment = wordFor(p.Answer.Status), p.Answer.Comment
		}
	}
	e.Attendees = now.Attendees
	return nil
}

// wordFor is Google's word for an answer.
func wordFor(status calendar.PartStat) string {
	for word, s := range answers {
		if s == status {
			return word
		}
	}
	return "needsAction"
}

// keepNotes is how long after its time a cancelled instance's mark is kept: longer than anybody asks for.
const keepNotes = 180 * 24 * time.Hour

// forgetNotes removes notes about instances that are back, or long past.
func (w *writing) forgetNotes(properties edits) error {
	for _, key := range slices.Sorted(maps.Keys(gone(w.master()))) {
		original, err := time.Parse(utcFormat, key)
		if err == nil && w.absent(original) && original.After(w.now().Add(-keepNotes)) {
			continue
		}
		if err := properties.set(w.master().Properties, gonePrefix, key, ""); err != nil {
			return err
		}
	}
	return nil
}

// tidy cancels the exceptions that a shortened series left behind: they would stand on as meetings of their own beside
// those of the series that follows.
func (w *writing) tidy(until time.Time) error {
	if err := w.follow(w.ctx); err != nil {
		return err
	}
	if until.IsZero() {
		return nil
	}
	for _, x := range w.exceptions(w.series) {
		if x.Cancelled || x.Original.Date != "" || !x.Original.At.After(until) {
			continue
		}
		if err := w.send(x.ID, x.ETag, &gcal.Event{Status: status(true)}, true); err != nil {
			return err
		}
	}
	return nil
}
