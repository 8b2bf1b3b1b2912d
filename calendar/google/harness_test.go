package google

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/calendartest"
	"bilateral/calendar/google/standin"
	"bilateral/calendar/ical"

	"golang.org/x/oauth2"
	gcal "google.golang.org/api/calendar/v3"
	"google.golang.org/api/option"
)

const (
	alice = "alice@example.org"
	dana  = "dana@example.org"
)

// world is a Google with Alice in Berlin and Dana in New York.
type world struct {
	*testing.T
	*standin.Server
	now time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, now: calendartest.Now}
	server, err := standin.New(standin.Config{Now: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	w.Server = server
	server.Person(alice, "Alice Chen", "Europe/Berlin")
	server.Person(dana, "Dana Boss", "America/New_York")
	t.Cleanup(func() {
		for _, v := range server.Violations() {
			t.Errorf("the interface was broken: %s", v)
		}
	})
	return w
}

func (w *world) account(o Options) *Account {
	w.Helper()
	if o.Client == nil {
		o.Client = w.Client(alice)
	}
	if o.Endpoint == "" {
		o.Endpoint = "http://google.example"
	}
	o.Now = func() time.Time { return w.now }
	a, err := New(o)
	if err != nil {
		w.Fatal(err)
	}
	return a
}

// other is Alice with another program, which speaks iCalendar.
type other struct {
	*testing.T
	service *gcal.Service
}

func (w *world) other(email string) other {
	w.Helper()
	s, err := gcal.NewService(context.Background(), option.WithHTTPClient(w.Client(email)), option.WithEndpoint("http://google.example/calendar/v3/"))
	if err != nil {
		w.Fatal(err)
	}
	return other{w.T, s}
}

func TestConformance(t *testing.T) {
	conform(t, func(t *testing.T) (calendar.Account, calendartest.Other) {
		w := newWorld(t)
		return w.account(Options{}), w.other(alice)
	})
}

// TestConformanceOverHTTP is the same over a socket, with a mirror on disk.
func TestConformanceOverHTTP(t *testing.T) {
	conform(t, func(t *testing.T) (calendar.Account, calendartest.Other) {
		w := newWorld(t)
		server := httptest.NewServer(w.Server)
		t.Cleanup(server.Close)
		source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: w.Token(alice)})
		client := &http.Client{Transport: &oauth2.Transport{Source: source, Base: server.Client().Transport}}
		return w.account(Options{Client: client, Endpoint: server.URL, Mirror: t.TempDir()}), w.other(alice)
	})
}

func conform(t *testing.T, world func(t *testing.T) (calendar.Account, calendartest.Other)) {
	calendartest.Run(t, calendartest.Harness{
		New: world,
		Exempt: map[string]string{
			"a broken object is named and the others count": "Google refuses events whose times it cannot read",
			"a floating time is read in the reader's zone":  "Google has no floating times",
		},
	})
}

// sure is for calls of the other people, which do not fail.
func sure[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// find returns the event with that iCalUID, or one of ours by its id.
func (o other) find(uid string) *gcal.Event {
	o.Helper()
	for _, icalUID := range []string{uid, ical.EventID(uid) + "@google.com"} {
		for _, e := range sure(o.service.Events.List("primary").ICalUID(icalUID).Do()).Items {
			if e.RecurringEventId == "" {
				return e
			}
		}
	}
	return nil
}

func (o other) Text(uid string) []byte {
	o.Helper()
	e := o.find(uid)
	if e == nil {
		return nil
	}
	var exceptions []*entry
	for _, x := range sure(o.service.Events.List("primary").Do()).Items {
		if x.RecurringEventId == e.Id {
			exceptions = append(exceptions, entryOf(x))
		}
	}
	text := string(object(entryOf(e), exceptions))
	text = strings.Replace(text, "UID:"+e.ICalUID, "UID:"+uid, -1)
	if e.ExtendedProperties != nil {
		text = strings.Replace(text, "END:VEVENT", e.ExtendedProperties.Shared["unknown"]+"END:VEVENT", 1)
	}
	return []byte(text)
}

func (o other) Delete(uid string) {
	o.Helper()
	if err := o.service.Events.Delete("primary", o.find(uid).Id).Do(); err != nil {
		o.Fatal(err)
	}
}

// Put makes Google's events of iCalendar text, as a program that syncs both would.
func (o other) Put(uid string, text []byte) {
	o.Helper()
	components := read(string(text))
	if len(components) == 0 || components[0].event().Start == nil {
		return // nothing that Google could hold
	}
	master := o.find(uid)
	for _, c := range components {
		e := c.event()
		switch {
		case c.value("RECURRENCE-ID") == "" && master == nil:
			e.ICalUID = uid
			master = sure(o.service.Events.Import("primary", e).Do())
		case c.value("RECURRENCE-ID") == "":
			if p := master.ExtendedProperties; p != nil {
				e.ExtendedProperties.Private = p.Private
			}
			master = sure(o.service.Events.Update("primary", master.Id, e).Do())
		default:
			o.override(master, c, e)
		}
	}
}

func (o other) override(master *gcal.Event, c component, e *gcal.Event) {
	original := c.moment("RECURRENCE-ID")
	for _, x := range sure(o.service.Events.Instances("primary", master.Id).ShowDeleted(true).OriginalStart(original.DateTime).Do()).Items {
		e.ExtendedProperties = nil
		if len(e.Attendees) == 0 {
			e.Attendees = x.Attendees
		}
		sure(o.service.Events.Patch("primary", x.Id, e).Do())
	}
}

// component is the lines of one VEVENT.
type component struct{ lines []string }

func read(text string) []component {
	text = regexp.MustCompile("\r?\n[ \t]").ReplaceAllString(text, "")
	var out []component
	inside := false
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		switch {
		case line == "BEGIN:VEVENT":
			out, inside = append(out, component{}), true
		case line == "END:VEVENT":
			inside = false
		case inside:
			out[len(out)-1].lines = append(out[len(out)-1].lines, line)
		}
	}
	return out
}

func split(line string) (name, parameters, value string) {
	quoted := false
	end := strings.IndexFunc(line, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ':' && !quoted
	})
	if end < 0 {
		return "", "", line
	}
	name, parameters, _ = strings.Cut(line[:end], ";")
	return name, parameters, line[end+1:]
}

func (c component) find(want string) (parameters, value string) {
	for _, line := range c.lines {
		if name, parameters, value := split(line); name == want {
			return parameters, value
		}
	}
	return "", ""
}

func (c component) value(name string) string {
	_, value := c.find(name)
	return value
}

func (c component) moment(name string) *gcal.EventDateTime {
	parameters, value := c.find(name)
	if t, err := time.Parse("20060102", value); err == nil {
		return &gcal.EventDateTime{Date: t.Format(time.DateOnly)}
	}
	zone := "UTC"
	if _, tzid, ok := strings.Cut(parameters, "TZID="); ok {
		zone = strings.Trim(tzid, `"`)
	}
	at, err := readTime(value, zone)
	if err != nil {
		return nil
	}
	return dateTime(at, zone)
}

var plainText = strings.NewReplacer("\\n", "\n", "\\,", ",", "\\;", ";", "\\\\", "\\")

// known are the properties that Google has fields for.
var known = []string{"UID", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RECURRENCE-ID", "SUMMARY", "DESCRIPTION", "LOCATION",
	"SEQUENCE", "STATUS", "TRANSP", "ORGANIZER", "ATTENDEE"}

func (c component) event() *gcal.Event {
	e := &gcal.Event{Start: c.moment("DTSTART"), End: c.moment("DTEND"), Summary: plainText.Replace(c.value("SUMMARY")),
		Description: plainText.Replace(c.value("DESCRIPTION")), Location: plainText.Replace(c.value("LOCATION")), Status: strings.ToLower(c.value("STATUS"))}
	if e.Start == nil {
		return e
	}
	if length := c.value("DURATION"); length != "" {
		d := sure(time.ParseDuration(strings.ToLower(strings.TrimPrefix(length, "PT"))))
		e.End = dateTime(sure(time.Parse(time.RFC3339, e.Start.DateTime)).Add(d), e.Start.TimeZone)
	}
	if e.End == nil {
		e.End = e.Start
	}
	fmt.Sscan(c.value("SEQUENCE"), &e.Sequence)
	if organizer := c.value("ORGANIZER"); organizer != "" {
		e.Organizer = &gcal.EventOrganizer{Email: strings.ToLower(strings.TrimPrefix(organizer, "mailto:"))}
	}
	e.ExtendedProperties = &gcal.EventExtendedProperties{Private: map[string]string{}, Shared: map[string]string{}}
	unknown := ""
	for _, line := range c.lines {
		name, parameters, value := split(line)
		switch {
		case name == "RRULE" || name == "EXDATE":
			e.Recurrence = append(e.Recurrence, line)
		case name == "ATTENDEE":
			e.Attendees = append(e.Attendees, attendee(parameters, value))
		case name == "X-BILATERAL":
			e.ExtendedProperties.Private[seriesPrefix+"id"] = decode(value)
		case !slices.Contains(known, name) && !strings.HasPrefix(name, "X-BILATERAL"):
			unknown += line + "\r\n"
		}
	}
	if unknown != "" {
		e.ExtendedProperties.Shared["unknown"] = unknown
	}
	return e
}

func attendee(parameters, address string) *gcal.EventAttendee {
	a := &gcal.EventAttendee{Email: strings.TrimPrefix(address, "mailto:")}
	for word, answer := range answers {
		if strings.Contains(parameters, "PARTSTAT="+string(answer)) {
			a.ResponseStatus = word
		}
	}
	if _, name, ok := strings.Cut(parameters, "CN="); ok {
		a.DisplayName, _, _ = strings.Cut(strings.Trim(name, `"`), ";")
	}
	return a
}
