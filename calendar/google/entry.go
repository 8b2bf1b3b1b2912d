package google

import (
	"fmt"
	"strings"
	"time"

	"bilateral/calendar"

	gcal "google.golang.org/api/calendar/v3"
)

// entry is one event resource (a single event, a master, or an exception) as it was read last, reduced to what is used
// here. Its fields are kept on disk.
type entry struct {
	ID, ETag string
	UID      string    // iCalUID: the same for all instances of a series
	Updated  time.Time // of the main data; zero where Google does not tell
	Series   string    // id of the master, of an exception
	Why      string    // why its times cannot be read

	Start, End, Original moment
	Recurrence           []string // RRULE, EXRULE, RDATE and EXDATE lines
	Sequence             int64
	Cancelled, Tentative bool
	Transparent          bool
	Kind                 calendar.Kind

	Title, Location string
	Description     string // as stored: text or HTML
	Link            string // of the video meeting
	Private         bool
	Organizer       string
	Guests          []guest
	Properties      map[string]string // those private extended properties that are ours
}

type guest struct {
	Email, Name, Answer, Note string
	Organizer                 bool
}

// moment is Google's EventDateTime: a date, or an instant with the zone in which it was given.
type moment struct {
	Date string
	At   time.Time
	Zone string // IANA name, or ""
}

func (m moment) isZero() bool { return m.Date == "" && m.At.IsZero() }

// entryOf reduces an event resource.
func entryOf(e *gcal.Event) *entry {
	x := &entry{
		ID: e.Id, ETag: e.Etag, UID: e.ICalUID, Series: e.RecurringEventId, Recurrence: e.Recurrence, Sequence: e.Sequence,
		Cancelled: e.Status == "cancelled", Tentative: e.Status == "tentative", Transparent: e.Transparency == "transparent",
		Kind: kinds[e.EventType], Title: e.Summary, Location: e.Location, Description: e.Description,
		Link: linkOf(e), Private: e.Visibility == "private" || e.Visibility == "confidential",
	}
	x.Updated, _ = time.Parse(time.RFC3339, e.Updated) // what cannot be read is as if it were not told
	for _, t := range []struct {
		name string
		from *gcal.EventDateTime
		to   *moment
	}{{"start", e.Start, &x.Start}, {"end", e.End, &x.End}, {"originalStartTime", e.OriginalStartTime, &x.Original}} {
		var err error
		if *t.to, err = momentOf(t.from); err != nil && x.Why == "" {
			x.Why = fmt.Sprintf("%s: %v", t.name, err)
		}
	}
	if e.Organizer != nil {
		x.Organizer = strings.ToLower(e.Organizer.Email)
	}
	for _, g := range e.Attendees {
		if g.Resource {
			continue // a room is nobody
		}
		x.Guests = append(x.Guests, guest{Email: strings.ToLower(g.Email), Name: g.DisplayName, Answer: g.ResponseStatus, Note: g.Comment, Organizer: g.Organizer})
	}
	if e.ExtendedProperties != nil {
		x.Properties = ourProperties(e.ExtendedProperties.Private)
	}
	x.forget()
	return x
}

// linkOf is where people meet online: Google's own link or, of another maker's, the one for video.
func linkOf(e *gcal.Event) string {
	if e.HangoutLink != "" || e.ConferenceData == nil {
		return e.HangoutLink
	}
	for _, p := range e.ConferenceData.EntryPoints {
		if p.EntryPointType == "video" {
			return p.Uri
		}
	}
	return ""
}

// kinds are Google's eventTypes that are no meetings.
var kinds = map[string]calendar.Kind{
	"outOfOffice": calendar.OutOfOffice, "focusTime": calendar.Focus, "workingLocation": calendar.WorkingLocation, "birthday": calendar.Birthday,
}

// forget drops the words of what can never be a series of ours: they are nobody's business.
func (x *entry) forget() {
	if len(x.Recurrence) == 0 && x.Series == "" && len(x.Properties) == 0 {
		x.Description, x.Location, x.Link = "", "", ""
	}
}

func momentOf(t *gcal.EventDateTime) (moment, error) {
	switch {
	case t == nil:
		return moment{}, nil
	case t.Date != "":
		if _, err := time.Parse(time.DateOnly, t.Date); err != nil {
			return moment{}, fmt.Errorf("%.40q is no date", t.Date)
		}
		return moment{Date: t.Date}, nil
	}
	at, err := time.Parse(time.RFC3339, t.DateTime)
	if err != nil {
		return moment{}, fmt.Errorf("%.40q is no time", t.DateTime)
	}
	return moment{At: at.UTC(), Zone: t.TimeZone}, nil
}

// bare reports whether Google told of a cancelled exception no more than it promises to: which one it is.
func (x *entry) bare() bool { return x.Cancelled && x.Start.isZero() }

// fill completes a bare entry with what was known of it.
func (x *entry) fill(old *entry) {
	bare := *x
	*x = *old
	x.ETag, x.Updated, x.Cancelled, x.Original = bare.ETag, bare.Updated, true, bare.Original
	if !old.Cancelled {
		x.Sequence++ // not told; a cancellation raises it, RFC 5546 section 2.1.4
	}
}

// newer reports whether x is a later state of the event than o. What does not tell its age counts as later.
func (x *entry) newer(o *entry) bool {
	return x.Updated.IsZero() || o.Updated.IsZero() || !x.Updated.Before(o.Updated)
}

// retimes reports whether the instances of the series o stand elsewhere in x.
func (x *entry) retimes(o *entry) bool {
	return x.Start != o.Start || strings.Join(x.Recurrence, "\n") != strings.Join(o.Recurrence, "\n")
}
