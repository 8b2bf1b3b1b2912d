package standin

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Hand is a person at Google's web page: what they do takes effect at once, without fault, log or quota, and by the same
// rules and rights as a program's requests. Their guests are mailed.
type Hand struct {
	server   *Server
	user     string
	calendar string
}

// As is a person at their own calendar.
func (s *Server) As(email string) *Hand { return &Hand{s, email, email} }

// At is the same person at another calendar.
func (h *Hand) At(calendar string) *Hand { return &Hand{h.server, h.user, calendar} }

// Booking is a new event.
type Booking struct {
	ID         string // "" for Google's choice
	Title      string
	Start, End time.Time
	Zone       string // IANA; "" for the calendar's
	AllDay     bool   // the dates that Start and End read in their own location
	Recurrence []string
	Guests     []string
	More       map[string]any // any other field of an Event, as in JSON
}

// Book makes an event and returns its id.
func (h *Hand) Book(b Booking) (string, error) {
	body := object{}
	maps.Copy(body, clone(b.More))
	body["summary"] = b.Title
	body["start"], body["end"] = h.time(b.Start, b.Zone, b.AllDay), h.time(b.End, b.Zone, b.AllDay)
	if b.ID != "" {
		body["id"] = b.ID
	}
	if len(b.Recurrence) > 0 {
		body["recurrence"] = texts(b.Recurrence)
	}
	var guests []any
	for _, g := range b.Guests {
		guests = append(guests, object{"email": g})
	}
	if guests != nil {
		body["attendees"] = guests
	}
	o, err := h.do("calendar.events.insert", "", body)
	id, _ := o["id"].(string)
	return id, err
}

func (h *Hand) time(at time.Time, zone string, allDay bool) object {
	if allDay {
		return object{"date": at.Format(time.DateOnly)}
	}
	if zone == "" {
		h.server.mu.Lock()
		zone = h.server.diaries[h.calendar].zone.String()
		h.server.mu.Unlock()
	}
	return object{"dateTime": at.Format(time.RFC3339), "timeZone": zone}
}

// Event is an event or an instance as this person sees it, or nil.
func (h *Hand) Event(id string) map[string]any {
	o, _ := h.do("calendar.events.get", id, nil)
	return o
}

// Edit sets fields of an event or an instance, as a PATCH does.
func (h *Hand) Edit(id string, fields map[string]any) error {
	_, err := h.do("calendar.events.patch", id, clone(fields))
	return err
}

// Answer replies to an invitation, with a note or "". Status is accepted, tentative, declined or needsAction.
func (h *Hand) Answer(id, status, note string) error {
	e := h.Event(id)
	guests, _ := e["attendees"].([]any)
	guests = slices.Clone(guests)
	for i, g := range guests {
		g := clone(g.(object))
		delete(g, "self")
		delete(g, "organizer")
		if g["email"] == h.calendar {
			g["responseStatus"] = status
			delete(g, "comment")
			if note != "" {
				g["comment"] = note
			}
		}
		guests[i] = g
	}
	return h.Edit(id, object{"attendees": guests})
}

// Drag moves an event, an instance or a whole series to another time, in the zone it has.
func (h *Hand) Drag(id string, start, end time.Time) error {
	e := h.Event(id)
	at, _ := e["start"].(object)
	zone, _ := at["timeZone"].(string)
	return h.Edit(id, object{"start": h.time(start, zone, false), "end": h.time(end, zone, false)})
}

// Delete deletes an event, an instance or a whole series.
func (h *Hand) Delete(id string) error {
	_, err := h.do("calendar.events.delete", id, nil)
	return err
}

// Restore brings back what was deleted, as from the bin.
func (h *Hand) Restore(id string) error { return h.Edit(id, object{"status": "confirmed"}) }

// EditDescription changes a description in the web page's editor: edit gets the text as it shows, and what it returns is
// kept as the editor keeps it, in HTML.
func (h *Hand) EditDescription(id string, edit func(text string) string) error {
	before, _ := h.Event(id)["description"].(string)
	return h.Edit(id, object{"description": toHTML(edit(toText(before)))})
}

// Split is "this and all following events": the series ends before an original start, and a second one goes on from
// start, under an id that says where it came from. It returns the new id.
func (h *Hand) Split(id string, original, start, end time.Time) (string, error) {
	h.server.mu.Lock()
	d := h.server.diaries[h.calendar]
	master, _ := d.find(id)
	if master == nil || !master.recurring() {
		h.server.mu.Unlock()
		return "", notFound()
	}
	body := clone(master.body)
	h.server.mu.Unlock()
	var ended []any
	for _, line := range body["recurrence"].([]any) {
		ended = append(ended, endedBefore(line.(string), original))
	}
	if err := h.Edit(id, object{"recurrence": ended}); err != nil {
		return "", err
	}
	for _, f := range slices.Concat(readOnly, []string{"id", "iCalUID", "sequence"}) {
		delete(body, f)
	}
	zone, _ := body["start"].(object)["timeZone"].(string)
	body["start"], body["end"] = h.time(start, zone, false), h.time(end, zone, false)
	body["id"] = id + "_R" + original.UTC().Format("20060102T150405")
	o, err := h.do("calendar.events.insert", "", body)
	next, _ := o["id"].(string)
	return next, err
}

// endedBefore is a recurrence line of a series that ends before an instant.
func endedBefore(line string, at time.Time) string {
	rule, ok := strings.CutPrefix(line, "RRULE:")
	if !ok {
		return line
	}
	parts := slices.DeleteFunc(strings.Split(rule, ";"), func(p string) bool {
		return strings.HasPrefix(p, "UNTIL=") || strings.HasPrefix(p, "COUNT=")
	})
	return "RRULE:" + strings.Join(append(parts, "UNTIL="+at.Add(-time.Second).UTC().Format("20060102T150405Z")), ";")
}

// do runs one method as the person.
func (h *Hand) do(id, event string, body object) (object, error) {
	s := h.server
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.api.byID[id]
	query := url.Values{}
	if m.HTTPMethod != http.MethodGet {
		query.Set("sendUpdates", "all")
		query.Set("conferenceDataVersion", "1")
		query.Set("supportsAttachments", "true")
		if m.HTTPMethod == http.MethodDelete {
			query = url.Values{"sendUpdates": {"all"}}
		}
	}
	c := &call{Server: s, grant: &grant{user: h.user}, method: m, path: map[string]string{"calendarId": h.calendar, "eventId": event},
		query: query, body: body, header: make(http.Header), byHand: true}
	if m.Request != nil {
		err := judge{api: s.api, method: id, nulls: true}.check("body", m.Request, body)
		if err != nil {
			return nil, fmt.Errorf("%s by %s: %w", id, h.user, err)
		}
	}
	c.meet()
	reply, p := s.methods()[id](c)
	if p == nil {
		reply, p = s.checked(c, reply)
	}
	if p != nil {
		return nil, fmt.Errorf("%s by %s: %w", id, h.user, p)
	}
	return reply, nil
}
