package google

import (
	"cmp"
	"maps"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/ical"

	gcal "google.golang.org/api/calendar/v3"
)

// create inserts a series under an id that holds its UID, so that a second create collides, and then places its overrides.
func (w *writing) create(c calendar.Change) (string, error) {
	if name, taken := w.held.Find(c.UID); taken {
		return "", w.refused(calendar.Exists, "the event "+name+" has that UID")
	}
	id := ical.EventID(c.UID)
	if id == "" {
		return "", w.refused(calendar.Unknown, "its UID is too long for a Google event")
	}
	e, err := w.draft(c)
	if err != nil {
		return "", err
	}
	e.Id, w.series = id, id
	got, err := w.insert(e)
	if err != nil {
		return "", err
	}
	w.accept(got)
	if err := w.instances(c.Instances); err != nil {
		return "", err
	}
	return w.version(w.series), nil
}

// insert sends the request and, where its outcome is not known, finds out. The event was not there a moment ago, so if it
// is there now it is ours.
func (w *writing) insert(e *gcal.Event) (*gcal.Event, error) {
	call := w.service.Events.Insert(w.ID, e).SendUpdates(w.updates(e.ExtendedProperties == nil || e.ExtendedProperties.Private[silent] == "")).Context(w.ctx)
	if e.ConferenceData != nil {
		call.ConferenceDataVersion(1)
	}
	if len(e.Attachments) > 0 {
		call.SupportsAttachments(true)
	}
	got, err := call.Do()
	if err == nil && got.Id != e.Id {
		err = errOther
	}
	if err == nil {
		return got, nil
	}
	failure := w.failed("create", err)
	taken := calendar.KindOf(failure) == calendar.Exists
	if !taken && !ambiguous(failure) {
		return nil, failure
	}
	now, err := w.service.Events.Get(w.ID, e.Id).Context(w.ctx).Do()
	there := err == nil && now.Status != "cancelled"
	switch {
	case taken && there:
		return nil, w.refused(calendar.Conflict, "it was made meanwhile")
	case taken:
		return nil, w.refused(calendar.Exists, "Google gives an id once only, and one of this series was here before; it may have been deleted")
	case there:
		return now, nil
	}
	return nil, failure
}

// draft is the event to insert.
func (w *writing) draft(c calendar.Change) (*gcal.Event, error) {
	d := c.Create
	e, err := w.like(d.Like)
	if err != nil {
		return nil, err
	}
	if err := w.place(e, d); err != nil {
		return nil, err
	}
	if d.Free {
		e.Transparency = "transparent"
	}
	e.Summary, e.Location = cmp.Or(d.Title, e.Summary), cmp.Or(d.Location, e.Location)
	if d.Description != "" {
		e.Description = written(e.Description, d.Description)
	}
	if d.Private {
		e.Visibility, e.GuestsCanInviteOthers = "private", new(false)
	}
	if len(e.Attendees) == 0 && len(d.Attendees) > 0 {
		e.Attendees = w.guests(d)
	}
	if d.Meet && e.ConferenceData == nil {
		e.ConferenceData = &gcal.ConferenceData{CreateRequest: &gcal.CreateConferenceRequest{RequestId: ical.EventID(c.UID),
			ConferenceSolutionKey: &gcal.ConferenceSolutionKey{Type: "hangoutsMeet"}}}
	}
	return e, w.drawMark(e, c)
}

// place sets when a draft stands.
func (w *writing) place(e *gcal.Event, d *calendar.Draft) (err error) {
	switch {
	case d.Zone == nil || d.Zone.String() == "" || d.Zone.String() == "Local":
		return w.refused(calendar.Unknown, "its time zone has no name")
	case d.Duration <= 0:
		return w.refused(calendar.Unknown, "it has no length")
	}
	zone := d.Zone.String()
	e.Start, e.End = dateTime(d.Start, zone), dateTime(d.Start.Add(d.Duration), zone)
	if d.AllDay {
		half := 12 * time.Hour // of a day that is an hour longer or shorter
		e.Start, e.End = dateOnly(d.Start.Add(half), d.Zone), dateOnly(d.Start.Add(d.Duration+half), d.Zone)
	}
	if d.Rule == "" {
		return nil
	}
	if e.Recurrence, _, err = withRule(&entry{Start: moment{At: d.Start, Zone: zone}}, d.Rule); err != nil {
		return w.refused(calendar.Unknown, err.Error())
	}
	return nil
}

func dateOnly(t time.Time, zone *time.Location) *gcal.EventDateTime {
	return &gcal.EventDateTime{Date: calendar.DateOf(t, zone).String()}
}

// drawMark puts the marks of the series, and of the instances that will be cancelled, into a draft.
func (w *writing) drawMark(e *gcal.Event, c calendar.Change) error {
	properties := make(edits)
	if err := properties.setAll(nil, seriesPrefix, c.Create.Mark); err != nil {
		return err
	}
	for _, p := range c.Instances {
		if p.Cancelled == nil || !*p.Cancelled || len(p.Mark) == 0 {
			continue
		}
		if err := properties.set(nil, gonePrefix, p.Original.UTC().Format(utcFormat), goneNote(after(nil, p.Mark))); err != nil {
			return err
		}
	}
	if c.Create.Unserved {
		properties[silent] = new("1")
	}
	ours := properties.properties()
	switch {
	case e.ExtendedProperties == nil:
		e.ExtendedProperties = ours
	case ours != nil:
		maps.Copy(e.ExtendedProperties.Private, ours.Private)
	}
	return nil
}

// guests are the people of a new series. Who acts has accepted, also as a guest in another's calendar, and so has the one
// whose calendar it is: an organizer is asked nothing.
func (w *writing) guests(d *calendar.Draft) []*gcal.EventAttendee {
	var out []*gcal.EventAttendee
	for i, g := range append([]calendar.Attendee{d.Organizer}, d.Attendees...) {
		if g.Email == "" || i > 0 && strings.EqualFold(g.Email, d.Organizer.Email) {
			continue
		}
		answer := "needsAction"
		if i == 0 || g.Status == calendar.Accepted || strings.EqualFold(g.Email, w.ID) {
			answer = "accepted"
		}
		out = append(out, &gcal.EventAttendee{Email: g.Email, DisplayName: g.Name, ResponseStatus: answer})
	}
	return out
}

// like is what a new series takes over from one that it goes on from: people (asked anew), video link, reminders,
// attachments and the rest that the draft does not say.
func (w *writing) like(id string) (*gcal.Event, error) {
	if id == "" {
		return &gcal.Event{}, nil
	}
	old, err := w.service.Events.Get(w.ID, id).Context(w.ctx).Do()
	if err != nil {
		return nil, w.failed("read", err)
	}
	e := &gcal.Event{
		Summary: old.Summary, Location: old.Location, Description: old.Description, Attachments: old.Attachments,
		ColorId: old.ColorId, ConferenceData: old.ConferenceData, Reminders: old.Reminders, Visibility: old.Visibility, Transparency: old.Transparency,
		GuestsCanInviteOthers: old.GuestsCanInviteOthers, GuestsCanModify: old.GuestsCanModify, GuestsCanSeeOtherGuests: old.GuestsCanSeeOtherGuests,
		AnyoneCanAddSelf: old.AnyoneCanAddSelf, Source: old.Source,
	}
	if e.Reminders != nil {
		e.Reminders.ForceSendFields = []string{"UseDefault"} // false and no override means: none at all
	}
	e.Attendees, _ = unanswered(old.Attendees, w.Around.User)
	if e.ConferenceData != nil {
		e.ConferenceData.CreateRequest = nil // it is made already, and asking again would make another
	}
	if p := old.ExtendedProperties; p != nil {
		others := make(map[string]string)
		maps.Copy(others, p.Private)
		for name := range ourProperties(p.Private) {
			delete(others, name)
		}
		e.ExtendedProperties = &gcal.EventExtendedProperties{Private: others, Shared: p.Shared}
	}
	return e, nil
}
