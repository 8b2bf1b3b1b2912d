package google

import (
	"errors"
	"strings"

	"bilateral/calendar"

	gcal "google.golang.org/api/calendar/v3"
)

// send patches one event and takes over what it then is. A new time asks the guests again: where Google lets their old
// answers stand, they are taken back.
func (w *writing) send(id, etag string, e *gcal.Event, mails bool) error {
	got, err := w.patch(id, etag, e, mails)
	if err != nil {
		return err
	}
	if guests, answered := unanswered(got.Attendees, w.Around.User); answered && !got.AttendeesOmitted && (e.Start != nil || e.Status == status(false)) {
		if got, err = w.patch(id, got.Etag, &gcal.Event{Attendees: guests}, false); err != nil {
			return err
		}
	}
	w.accept(got)
	return nil
}

func (w *writing) accept(got *gcal.Event) {
	touched := make(map[string]bool)
	w.put(entryOf(got), touched)
	w.rebuild(touched)
	w.save = true
}

// unanswered are guests without their answers, and whether they had given any. Who acts is asked nothing, also in another's
// calendar.
func unanswered(guests []*gcal.EventAttendee, me string) (out []*gcal.EventAttendee, answered bool) {
	for _, g := range guests {
		copied := *g
		if !g.Organizer && !g.Self && !g.Resource && !strings.EqualFold(g.Email, me) && g.ResponseStatus != "needsAction" {
			copied.ResponseStatus, copied.Comment, answered = "needsAction", "", true
		}
		out = append(out, &copied)
	}
	return out, answered
}

// patch sends one request and, where its outcome is not known, finds out.
func (w *writing) patch(id, etag string, e *gcal.Event, mails bool) (*gcal.Event, error) {
	call := w.service.Events.Patch(w.ID, id, e).SendUpdates(w.updates(mails)).Context(w.ctx)
	if etag != "" {
		call.Header().Set("If-Match", etag)
	}
	got, err := call.Do()
	if err == nil && got.Id != id {
		err = errOther
	}
	if err == nil {
		return got, nil
	}
	failure := w.failed("write", err)
	if !ambiguous(failure) {
		return nil, failure
	}
	now, err := w.service.Events.Get(w.ID, id).Context(w.ctx).Do()
	switch {
	case err != nil, now.Etag == etag:
		return nil, failure
	case holds(e, now):
		return now, nil
	}
	return nil, w.refused(calendar.Conflict, "the answer to our change was lost, and something else stands there now")
}

var errOther = errors.New("the answer is not about that event")

// updates says whether Google mails the guests. Of a series whose guests we write to ourselves it never does.
func (w *writing) updates(mails bool) string {
	if master := w.master(); !mails || master != nil && master.Properties[silent] != "" {
		return "none"
	}
	return "all"
}

// ambiguous reports whether a request may have been carried out although it failed.
func ambiguous(err error) bool {
	kind := calendar.KindOf(err)
	return kind == calendar.Unreachable || kind == calendar.BadData
}

// holds reports whether an event is what a patch would make of it.
func holds(e, now *gcal.Event) bool {
	if e.Status != "" && e.Status != now.Status {
		return false
	}
	if now.Status == "cancelled" {
		return true // nothing more is told of it
	}
	same := func(want, have string) bool { return want == "" || want == have }
	if !same(e.Summary, now.Summary) || !same(e.Location, now.Location) || !same(e.Description, now.Description) {
		return false
	}
	for _, t := range [][2]*gcal.EventDateTime{{e.Start, now.Start}, {e.End, now.End}} {
		want, err := momentOf(t[0])
		have, err2 := momentOf(t[1])
		if t[0] != nil && (err != nil || err2 != nil || want.Date != have.Date || !want.At.Equal(have.At)) {
			return false
		}
	}
	if e.ExtendedProperties == nil {
		return true
	}
	for name, value := range e.ExtendedProperties.Private {
		if now.ExtendedProperties == nil || now.ExtendedProperties.Private[name] != value {
			return false
		}
	}
	return true
}
