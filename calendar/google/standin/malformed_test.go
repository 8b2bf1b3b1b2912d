package standin_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"bilateral/calendar/google/standin"
)

// says sends one request as Alice and returns what it was refused with.
func says(t *testing.T, s *standin.Server, verb, path, body string) (status int, reason string) {
	t.Helper()
	r, err := http.NewRequest(verb, "http://google.example/calendar/v3/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := s.Client(alice).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	data, _ := io.ReadAll(answer.Body)
	var said struct {
		Error struct {
			Code   int
			Errors []struct{ Domain, Reason, Message string }
			Status string
		}
	}
	if len(data) == 0 || json.Unmarshal(data, &said) != nil || len(said.Error.Errors) != 1 {
		return answer.StatusCode, ""
	}
	if said.Error.Code != answer.StatusCode || said.Error.Errors[0].Domain == "" || said.Error.Errors[0].Message == "" {
		t.Errorf("not Google's error format: %s", data)
	}
	return answer.StatusCode, said.Error.Errors[0].Reason
}

func TestWhatIsNotDocumentedIsRefusedAndRemembered(t *testing.T) {
	const sound = `"start":{"dateTime":"2026-10-21T10:00:00+02:00"},"end":{"dateTime":"2026-10-21T11:00:00+02:00"}`
	const events = "calendars/primary/events"
	long := strings.Repeat("x", 1025)
	for _, row := range []struct {
		sentence, verb, path, body string
		reason                     string
	}{
		{"a path that is none", "GET", "calendars/primary/meetings", "", "badRequest"},
		{"a parameter that is none", "GET", events + "?until=tomorrow", "", "badRequest"},
		{"a parameter twice that is not repeated", "GET", events + "?q=a&q=b", "", "badRequest"},
		{"no number of results", "GET", events + "?maxResults=many", "", "badRequest"},
		{"no result at all", "GET", events + "?maxResults=0", "", "badRequest"},
		{"more than 2500 results", "GET", events + "?maxResults=2501", "", "badRequest"},
		{"a time without an offset", "GET", events + "?timeMin=2026-10-21T10:00:00", "", "badRequest"},
		{"a choice that is none", "DELETE", events + "/abcde?sendUpdates=some", "", "badRequest"},
		{"a switch that is neither on nor off", "GET", events + "?singleEvents=yes", "", "badRequest"},
		{"an order by start of masters", "GET", events + "?orderBy=startTime", "", "badRequest"},
		{"a sync token with a window", "GET", events + "?syncToken=x.1.y&timeMin=2026-10-21T10:00:00Z", "", "badRequest"},
		{"a sync token with a property", "GET", events + "?syncToken=x.1.y&privateExtendedProperty=a%3Db", "", "badRequest"},
		{"a sync token without what was deleted", "GET", events + "?syncToken=x.1.y&showDeleted=false", "", "badRequest"},
		{"a sync token that is none", "GET", events + "?syncToken=x", "", "invalid"},
		{"a page token that is none", "GET", events + "?pageToken=x", "", "invalid"},
		{"a window that ends before it begins", "GET", events + "?timeMin=2026-10-22T10:00:00Z&timeMax=2026-10-21T10:00:00Z", "", "timeRangeEmpty"},
		{"a body that is no JSON", "POST", events, "{", "parseError"},
		{"a field that is none", "POST", events, `{` + sound + `,"title":"x"}`, "badRequest"},
		{"a field of another type", "POST", events, `{` + sound + `,"summary":7}`, "badRequest"},
		{"no start", "POST", events, `{"end":{"date":"2026-10-21"}}`, "required"},
		{"a local time without a zone", "POST", events, `{"start":{"dateTime":"2026-10-21T10:00:00"},"end":{"dateTime":"2026-10-21T11:00:00"}}`, "required"},
		{"a zone that is none", "POST", events, `{"start":{"dateTime":"2026-10-21T10:00:00","timeZone":"Mars/Base"},"end":{"dateTime":"2026-10-21T11:00:00"}}`, "invalid"},
		{"a date and a time", "POST", events, `{"start":{"date":"2026-10-21","dateTime":"2026-10-21T10:00:00Z"},"end":{"date":"2026-10-22"}}`, "invalid"},
		{"an end before the start", "POST", events, `{"start":{"date":"2026-10-21"},"end":{"date":"2026-10-20"}}`, "timeRangeEmpty"},
		{"a series without a zone", "POST", events, `{` + sound + `,"recurrence":["RRULE:FREQ=WEEKLY"]}`, "required"},
		{"a rule that is none", "POST", events, `{"start":{"date":"2026-10-21"},"end":{"date":"2026-10-22"},"recurrence":["RRULE:FREQ=OFTEN"]}`, "invalid"},
		{"DTSTART among the rules", "POST", events, `{"start":{"date":"2026-10-21"},"end":{"date":"2026-10-22"},"recurrence":["DTSTART:20261021","RRULE:FREQ=DAILY"]}`, "invalid"},
		{"an id with other letters", "POST", events, `{` + sound + `,"id":"with-dash"}`, "invalid"},
		{"an id too short", "POST", events, `{` + sound + `,"id":"abcd"}`, "invalid"},
		{"both an id and an iCalUID", "POST", events, `{` + sound + `,"id":"abcde","iCalUID":"abcde@example.org"}`, "invalid"},
		{"a guest without an address", "POST", events, `{` + sound + `,"attendees":[{"displayName":"Dana"}]}`, "invalid"},
		{"an extended property too long", "POST", events, `{` + sound + `,"extendedProperties":{"private":{"k":"` + long + `"}}}`, "invalid"},
		{"an extended property that is no text", "POST", events, `{` + sound + `,"extendedProperties":{"private":{"k":1}}}`, "badRequest"},
		{"default reminders and others", "POST", events, `{` + sound + `,"reminders":{"useDefault":true,"overrides":[{"method":"popup","minutes":5}]}}`, "cannotUseDefaultRemindersAndSpecifyOverride"},
		{"a colour that is none", "POST", events, `{` + sound + `,"colorId":"99"}`, "invalid"},
		{"an event type that programs cannot make", "POST", events, `{` + sound + `,"eventType":"fromGmail"}`, "invalid"},
		{"another event type", "PATCH", events + "/abcde", `{"eventType":"focusTime","focusTimeProperties":{}}`, "invalid"},
		{"a sequence that falls", "PATCH", events + "/abcde", `{"sequence":-1}`, "invalid"},
		{"free and busy of more than ninety days", "POST", "freeBusy", `{"timeMin":"2026-01-01T00:00:00Z","timeMax":"2026-06-01T00:00:00Z","items":[]}`, "timeRangeTooLong"},
		{"free and busy of more than 50 calendars", "POST", "freeBusy", `{"timeMin":"2026-01-01T00:00:00Z","timeMax":"2026-01-02T00:00:00Z","items":[],"calendarExpansionMax":51}`, "invalid"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			s, err := standin.New(standin.Config{Now: func() time.Time { return time.Date(2026, 10, 19, 8, 0, 0, 0, time.UTC) }})
			if err != nil {
				t.Fatal(err)
			}
			s.Person(alice, "Alice Chen", "Europe/Berlin")
			if _, err := s.As(alice).Book(standin.Booking{ID: "abcde", Start: time.Unix(1_800_000_000, 0), End: time.Unix(1_800_003_600, 0)}); err != nil {
				t.Fatal(err)
			}
			if status, reason := says(t, s, row.verb, row.path, row.body); status != 400 || reason != row.reason {
				t.Errorf("got %d %s, want 400 %s", status, reason, row.reason)
			}
			if v := s.Violations(); len(v) != 1 {
				t.Errorf("violations: %q", v)
			}
		})
	}
}

func TestWhoIsNotSignedIn(t *testing.T) {
	w := newWorld(t)
	for _, row := range []struct {
		sentence, bearer string
		status           int
		tells            string
	}{
		{"no token", "", 401, `Bearer realm="https://accounts.google.com/", error="invalid_token"`},
		{"a token that is none", "Bearer x", 401, `Bearer realm="https://accounts.google.com/", error="invalid_token"`},
		{"a token for something else", "Bearer " + w.Token(alice, "https://www.googleapis.com/auth/calendar.freebusy"), 403, `Bearer realm="https://accounts.google.com/", error="insufficient_scope"`},
		{"a token for reading", "Bearer " + w.Token(alice, "https://www.googleapis.com/auth/calendar.events.readonly"), 200, ""},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			r, _ := http.NewRequest("GET", "http://google.example/calendar/v3/calendars/primary/events", nil)
			r.Header.Set("Authorization", row.bearer)
			answer, err := w.Transport().RoundTrip(r)
			if err != nil || answer.StatusCode != row.status || !strings.HasPrefix(answer.Header.Get("WWW-Authenticate"), row.tells) {
				t.Errorf("got %v %v %v", answer.StatusCode, answer.Header, err)
			}
		})
	}
}
