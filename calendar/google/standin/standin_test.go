package standin_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"bilateral/calendar/google/standin"
)

const (
	alice = "alice@example.org"
	dana  = "dana@example.org"
)

// world is a server with Alice in Berlin and Dana in New York, and a clock that the test moves.
type world struct {
	*testing.T
	*standin.Server
	now time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := newUnchecked(t)
	t.Cleanup(func() {
		for _, v := range w.Violations() {
			t.Errorf("violation: %s", v)
		}
	})
	return w
}

// newUnchecked is such a world in which requests may go wrong.
func newUnchecked(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, now: time.Date(2026, 10, 19, 8, 0, 0, 0, time.UTC)}
	w.Server = newServer(t, standin.Config{Now: w.clock})
	return w
}

func (w *world) clock() time.Time { return w.now }

func newServer(t *testing.T, c standin.Config) *standin.Server {
	t.Helper()
	server, err := standin.New(c)
	if err != nil {
		t.Fatal(err)
	}
	server.Person(alice, "Alice Chen", "Europe/Berlin")
	server.Person(dana, "Dana Boss", "America/New_York")
	return server
}

// service is Google's own client, signed in as a person.
func (w *world) service(email string) *calendar.Service {
	w.Helper()
	s, err := calendar.NewService(context.Background(), option.WithHTTPClient(w.Client(email)), option.WithEndpoint("http://google.example/calendar/v3/"))
	if err != nil {
		w.Fatal(err)
	}
	return s
}

func clock(zone, wall string) *calendar.EventDateTime {
	location, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", wall, location)
	if err != nil {
		panic(err)
	}
	return &calendar.EventDateTime{DateTime: at.Format(time.RFC3339), TimeZone: zone}
}

// weekly is Alice's 1:1 with Dana, Wednesdays 15:30 in Berlin, through the end of summer time there and in New York.
func weekly() *calendar.Event {
	return &calendar.Event{
		Id: "1on1dana", Summary: "Alice / Dana", Start: clock("Europe/Berlin", "2026-10-14 15:30"), End: clock("Europe/Berlin", "2026-10-14 16:15"),
		Recurrence: []string{"RRULE:FREQ=WEEKLY;BYDAY=WE"}, Attendees: []*calendar.EventAttendee{{Email: dana}},
		ExtendedProperties: &calendar.EventExtendedProperties{Private: map[string]string{"bilateral": "dana"}},
	}
}

// code is the status and reason of an error of Google's client.
func code(err error) (int, string) {
	var e *googleapi.Error
	if !errors.As(err, &e) {
		return 0, ""
	}
	if len(e.Errors) == 0 {
		return e.Code, ""
	}
	return e.Code, e.Errors[0].Reason
}

func (w *world) refused(err error, status int, reason string) {
	w.Helper()
	if c, r := code(err); c != status || r != reason {
		w.Errorf("got %v, want %d %s", err, status, reason)
	}
}

func must[T any](w *world) func(T, error) T {
	return func(v T, err error) T {
		w.Helper()
		if err != nil {
			w.Fatal(err)
		}
		return v
	}
}

func TestSeriesThroughTheRealClient(t *testing.T) {
	w := newWorld(t)
	mine := w.service(alice)
	made := must[*calendar.Event](w)(mine.Events.Insert("primary", weekly()).SendUpdates("all").Do())
	if made.ICalUID != "1on1dana@google.com" || !made.Organizer.Self || made.Attendees[0].ResponseStatus != "needsAction" {
		t.Errorf("made %+v", made)
	}
	all := must[*calendar.Events](w)(mine.Events.Instances("primary", "1on1dana").TimeMin("2026-10-20T00:00:00Z").TimeMax("2026-11-05T00:00:00Z").Do())
	var got []string
	for _, e := range all.Items {
		got = append(got, e.Id+" "+e.Start.DateTime)
	}
	want := []string{"1on1dana_20261021T133000Z 2026-10-21T15:30:00+02:00", "1on1dana_20261028T143000Z 2026-10-28T15:30:00+01:00", "1on1dana_20261104T143000Z 2026-11-04T15:30:00+01:00"}
	if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("instances %q, want %q", got, want)
	}
	theirs := must[*calendar.Event](w)(w.service(dana).Events.Get("primary", "1on1dana").Do())
	if theirs.Organizer.Self || !theirs.Attendees[0].Self || theirs.ExtendedProperties != nil || theirs.ICalUID != made.ICalUID {
		t.Errorf("dana's copy %+v", theirs)
	}
	moved := must[*calendar.Event](w)(mine.Events.Patch("primary", "1on1dana_20261028T143000Z",
		&calendar.Event{Start: clock("Europe/Berlin", "2026-10-29 09:00"), End: clock("Europe/Berlin", "2026-10-29 09:30")}).SendUpdates("all").Do())
	if moved.RecurringEventId != "1on1dana" || moved.OriginalStartTime.DateTime != "2026-10-28T15:30:00+01:00" || moved.Etag == made.Etag {
		t.Errorf("moved %+v", moved)
	}
	busy := must[*calendar.FreeBusyResponse](w)(w.service(dana).Freebusy.Query(&calendar.FreeBusyRequest{
		TimeMin: "2026-10-26T00:00:00Z", TimeMax: "2026-11-01T00:00:00Z", Items: []*calendar.FreeBusyRequestItem{{Id: "primary"}, {Id: alice}}}).Do())
	if b := busy.Calendars["primary"].Busy; len(b) != 1 || b[0].Start != "2026-10-29T08:00:00Z" {
		t.Errorf("dana's busy time: %+v", b)
	}
	if e := busy.Calendars[alice].Errors; len(e) != 1 || e[0].Reason != "notFound" {
		t.Errorf("a calendar that is not shared: %+v", busy.Calendars[alice])
	}
	if err := mine.Events.Delete("primary", "1on1dana").Do(); err != nil {
		t.Fatal(err)
	}
	w.refused(mine.Events.Delete("primary", "1on1dana").Do(), 410, "deleted")
	_, err := mine.Events.Insert("primary", weekly()).Do()
	w.refused(err, 409, "duplicate")
	if list := must[*calendar.CalendarList](w)(mine.CalendarList.List().Do()); len(list.Items) != 1 || !list.Items[0].Primary {
		t.Errorf("calendar list %+v", list.Items)
	}
}

func instant(e *calendar.EventDateTime) time.Time {
	at, err := time.Parse(time.RFC3339, e.DateTime)
	if err != nil {
		panic(err)
	}
	return at
}

func TestTheSmallerMethodsAnswer(t *testing.T) {
	w := newWorld(t)
	mine := w.service(alice)
	if c := must[*calendar.Calendar](w)(mine.Calendars.Get("primary").Do()); c.Id != alice || c.TimeZone != "Europe/Berlin" {
		t.Errorf("calendar %+v", c)
	}
	if s := must[*calendar.Setting](w)(mine.Settings.Get("timezone").Do()); s.Value != "Europe/Berlin" {
		t.Errorf("setting %+v", s)
	}
	must[*calendar.Settings](w)(mine.Settings.List().Do())
	if c := must[*calendar.Colors](w)(mine.Colors.Get().Do()); len(c.Event) != 11 {
		t.Errorf("%d colours", len(c.Event))
	}
	w.Share(alice, dana, "reader")
	if rules := must[*calendar.Acl](w)(mine.Acl.List("primary").Do()); len(rules.Items) != 2 || rules.Items[1].Role != "reader" || rules.Items[1].Scope.Value != dana {
		t.Errorf("rules %+v", rules.Items)
	}
	_, err := w.service(dana).Acl.List(alice).Do()
	w.refused(err, 403, "requiredAccessLevel")
	for range 3 {
		w.Calendar(alice, "Team")
	}
	page := must[*calendar.CalendarList](w)(mine.CalendarList.List().MaxResults(3).Do())
	rest := must[*calendar.CalendarList](w)(mine.CalendarList.List().MaxResults(3).PageToken(page.NextPageToken).Do())
	if len(page.Items) != 3 || len(rest.Items) != 1 || rest.NextPageToken != "" {
		t.Errorf("pages of %d and %d", len(page.Items), len(rest.Items))
	}
}

func TestWhatAProgramWithoutKnowledgeOfItLeavesAlone(t *testing.T) {
	w := newWorld(t)
	mine := w.service(alice)
	e := weekly()
	e.Attachments = []*calendar.EventAttachment{{FileUrl: "https://drive.google.com/file/d/1", Title: "Figures"}}
	if made := must[*calendar.Event](w)(mine.Events.Insert("primary", e).Do()); len(made.Attachments) != 0 {
		t.Errorf("attachments of a program that does not say it knows them: %+v", made.Attachments)
	}
	must[*calendar.Event](w)(mine.Events.Patch("primary", e.Id, &calendar.Event{Attachments: e.Attachments}).SupportsAttachments(true).Do())
	must[*calendar.Event](w)(mine.Events.Patch("primary", e.Id, &calendar.Event{Reminders: &calendar.EventReminders{
		Overrides: []*calendar.EventReminder{{Method: "popup", Minutes: 5}}, ForceSendFields: []string{"UseDefault"}}, ColorId: "3"}).Do())
	got := must[*calendar.Event](w)(mine.Events.Patch("primary", e.Id, &calendar.Event{Description: "Agenda",
		ExtendedProperties: &calendar.EventExtendedProperties{Private: map[string]string{"moves": "1"}}}).Do())
	if len(got.Attachments) != 1 || got.ColorId != "3" || got.Reminders.UseDefault || len(got.Reminders.Overrides) != 1 || len(got.Attendees) != 1 {
		t.Errorf("a patch of text disturbed %+v", got)
	}
	if p := got.ExtendedProperties.Private; p["bilateral"] != "dana" || p["moves"] != "1" {
		t.Errorf("private properties %v", p)
	}
	bare := must[*calendar.Event](w)(mine.Events.Patch("primary", e.Id, &calendar.Event{Attendees: []*calendar.EventAttendee{{Email: "eve@example.org"}},
		ExtendedProperties: &calendar.EventExtendedProperties{NullFields: []string{"Private"}}}).Do())
	if len(bare.Attendees) != 1 || bare.Attendees[0].Email != "eve@example.org" || bare.ExtendedProperties != nil {
		t.Errorf("arrays are replaced whole, null takes away: %+v", bare)
	}
}
