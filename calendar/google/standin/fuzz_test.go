package standin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bilateral/calendar/google/standin"
)

// FuzzRequest: no request makes the server panic, or say what the discovery document does not know.
func FuzzRequest(f *testing.F) {
	for _, seed := range [][3]string{
		{"GET", "calendars/primary/events?singleEvents=true&timeMax=2027-01-01T00:00:00Z", ""},
		{"GET", "calendars/primary/events/1on1dana/instances?originalStart=2026-10-28T15:30:00%2B01:00", ""},
		{"POST", "calendars/primary/events", `{"start":{"date":"2026-10-21"},"end":{"date":"2026-10-22"},"recurrence":["RRULE:FREQ=DAILY;UNTIL=20261101"]}`},
		{"PATCH", "calendars/primary/events/1on1dana", `{"recurrence":["RRULE:FREQ=MONTHLY;BYDAY=-1WE","EXDATE;TZID=Europe/Berlin:20261028T153000"],"attendees":null}`},
		{"PATCH", "calendars/primary/events/1on1dana_20261028T143000Z", `{"status":"cancelled","extendedProperties":{"private":{"a":"b","c":null}}}`},
		{"PUT", "calendars/primary/events/1on1dana?conferenceDataVersion=1", `{"start":{"dateTime":"2026-10-25T02:30:00","timeZone":"Europe/Berlin"},"end":{"dateTime":"2026-10-25T03:30:00+01:00"},"conferenceData":{"createRequest":{"requestId":"r"}}}`},
		{"DELETE", "calendars/dana@example.org/events/1on1dana?sendUpdates=all", ""},
		{"POST", "freeBusy", `{"timeMin":"2026-10-01T00:00:00Z","timeMax":"2026-11-01T00:00:00Z","items":[{"id":"primary"}]}`},
		{"POST", "calendars/primary/events/import", `{"iCalUID":"x","start":{"date":"2026-10-21"},"end":{"date":"2026-10-22"},"organizer":{"email":"eve@example.org"}}`},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, verb, path, body string) {
		server := newServer(t, standin.Config{Now: func() time.Time { return time.Date(2026, 10, 19, 8, 0, 0, 0, time.UTC) }})
		server.Share(dana, alice, "writer")
		if _, err := server.As(alice).Book(standin.Booking{ID: "1on1dana", Start: time.Unix(1_792_000_000, 0), End: time.Unix(1_792_003_600, 0),
			Recurrence: []string{"RRULE:FREQ=WEEKLY"}, Guests: []string{dana}}); err != nil {
			t.Fatal(err)
		}
		address, err := url.Parse("http://google.example/calendar/v3/" + path)
		if err != nil {
			return
		}
		r := &http.Request{Method: verb, URL: address, Header: make(http.Header), Body: http.NoBody}
		if body != "" {
			r.Body = readCloser{strings.NewReader(body)}
		}
		for range 2 { // what was written must be readable
			if answer, err := server.Client(alice).Do(r); err == nil {
				answer.Body.Close()
			}
			r = &http.Request{Method: "GET", URL: &url.URL{Scheme: "http", Host: "google.example", Path: "/calendar/v3/calendars/primary/events"}, Header: make(http.Header), Body: http.NoBody}
		}
		for _, v := range server.Violations() {
			if strings.Contains(v, ": own ") {
				t.Error(v)
			}
		}
	})
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }
