package google

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/google/standin"
)

func TestFreeBusy(t *testing.T) {
	w := newWorld(t)
	a := w.account(Options{})
	ask := func(who string) ([]calendar.Event, error) {
		return a.FreeBusy(context.Background(), who, calendar.Span{Start: w.now, End: w.now.AddDate(0, 7, 0)})
	}
	for _, who := range []string{dana, "nobody@example.org"} {
		if busy, err := ask(who); calendar.KindOf(err) != calendar.Denied || busy != nil {
			t.Errorf("%s, hidden: got %v, %v", who, busy, err)
		}
	}
	w.Share(dana, alice, "freeBusyReader")
	for _, start := range []time.Time{at(newYork, "2026-10-26 09:00"), at(newYork, "2026-11-02 09:00"), at(newYork, "2027-04-05 09:00")} {
		if _, err := w.As(dana).Book(standin.Booking{Title: "Secret", Start: start, End: start.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	busy, err := ask(dana)
	var got []string
	for _, e := range busy {
		got = append(got, e.Title+e.UID+e.Start.In(berlin).Format("2006-01-02 15:04"))
		if !e.Anonymous || e.Length() != time.Hour {
			t.Errorf("got %+v", e)
		}
	}
	if want := "[2026-10-26 14:00 2026-11-02 15:00 2027-04-05 15:00]"; err != nil || fmt.Sprint(got) != want {
		t.Errorf("got %v, %v, want %s", got, err, want)
	}
	w.Break(dana, true)
	if busy, err := ask(dana); calendar.KindOf(err) != calendar.Unreachable || busy != nil {
		t.Errorf("broken: got %v, %v", busy, err)
	}
}

// canned answers every request alike.
func canned(status int, header http.Header, body string) *http.Client {
	return &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		if header == nil {
			header = http.Header{}
		}
		header.Set("Content-Type", "application/json")
		return &http.Response{StatusCode: status, Header: header, Body: readCloser(body), Request: r}, nil
	})}
}

func TestFreeBusyThatIsNotUnderstood(t *testing.T) {
	for _, row := range []struct {
		sentence, body string
		kind           calendar.ErrorKind
	}{
		{"nothing about that calendar", `{"calendars":{}}`, calendar.Denied},
		{"an error beside busy times", `{"calendars":{"dana@example.org":{"errors":[{"domain":"global","reason":"notFound"}],"busy":[]}}}`, calendar.Denied},
		{"a time that is none", `{"calendars":{"dana@example.org":{"busy":[{"start":"soon","end":"2026-10-26T09:00:00Z"}]}}}`, calendar.BadData},
		{"an end before the start", `{"calendars":{"dana@example.org":{"busy":[{"start":"2026-10-26T09:00:00Z","end":"2026-10-26T08:00:00Z"}]}}}`, calendar.BadData},
		{"half an answer", `{"calendars":{"dana@example.org":{"busy":[`, calendar.BadData},
	} {
		a := sure(New(Options{Client: canned(200, nil, row.body)}))
		if busy, err := a.FreeBusy(context.Background(), dana, autumn.Window); calendar.KindOf(err) != row.kind || busy != nil {
			t.Errorf("%s: got %v, %v", row.sentence, busy, err)
		}
	}
}

func TestErrorsAreTyped(t *testing.T) {
	said := func(reason string) string {
		return `{"error":{"code":0,"message":"Said\nso.","errors":[{"domain":"usageLimits","reason":"` + reason + `","message":"x"}]}}`
	}
	for _, row := range []struct {
		status int
		header http.Header
		body   string
		kind   calendar.ErrorKind
		later  bool
	}{
		{400, nil, said("invalid"), calendar.BadData, false},
		{401, nil, said("authError"), calendar.SignIn, false},
		{403, nil, said("forbidden"), calendar.Denied, false},
		{403, nil, said("insufficientPermissions"), calendar.Denied, false},
		{403, nil, said("rateLimitExceeded"), calendar.Quota, false},
		{403, http.Header{"Retry-After": {"90"}}, said("userRateLimitExceeded"), calendar.Quota, true},
		{403, nil, said("quotaExceeded"), calendar.Quota, false},
		{404, nil, said("notFound"), calendar.Gone, false},
		{429, http.Header{"Retry-After": {"Mon, 19 Oct 2026 08:01:30 GMT"}}, said("rateLimitExceeded"), calendar.Quota, true},
		{500, nil, "<html>oops</html>", calendar.Unreachable, false},
		{503, nil, "", calendar.Unreachable, false},
		{503, http.Header{"Retry-After": {"90"}}, "", calendar.Quota, true},
		{200, nil, `{"items":[{"id":"x"`, calendar.BadData, false},
		{200, nil, `<html>sign in to the hotel's network</html>`, calendar.BadData, false},
		{302, http.Header{"Location": {"https://elsewhere.example.org/"}}, "", calendar.BadData, false},
	} {
		client := canned(row.status, row.header, row.body)
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		a := sure(New(Options{Client: client, Now: func() time.Time { return time.Date(2026, 10, 19, 8, 0, 0, 0, time.UTC) }}))
		_, err := a.Observe(context.Background(), autumn)
		var e *calendar.Error
		if !errors.As(err, &e) || e.Kind != row.kind || e.RetryAt.IsZero() == row.later || strings.ContainsAny(err.Error(), "\n>") {
			t.Errorf("%d %s: got %v", row.status, row.body, err)
		} else if row.later && !e.RetryAt.Equal(time.Date(2026, 10, 19, 8, 1, 30, 0, time.UTC)) {
			t.Errorf("%d: again at %s", row.status, e.RetryAt)
		}
	}
}

func TestErrorsOfTheWayThere(t *testing.T) {
	signIn := &calendar.Error{Kind: calendar.SignIn, Op: "sign in to", Target: "calendar team"}
	for _, row := range []struct {
		sentence string
		err      error
		kind     calendar.ErrorKind
	}{
		{"no network", errors.New("dial tcp: no route to host"), calendar.Unreachable},
		{"a connection that breaks", io.ErrUnexpectedEOF, calendar.Unreachable},
		{"a deadline", context.DeadlineExceeded, calendar.Unreachable},
		{"a sign-in that is gone stays what it is", signIn, calendar.SignIn},
	} {
		a := sure(New(Options{Client: &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, row.err })}}))
		_, err := a.About(context.Background())
		if calendar.KindOf(err) != row.kind || strings.Contains(fmt.Sprint(err), "googleapis.com") {
			t.Errorf("%s: got %v", row.sentence, err)
		}
	}
}

func TestCalendarsByName(t *testing.T) {
	w := newWorld(t)
	work := w.Calendar(alice, "Work")
	w.Calendar(alice, "Twin")
	w.Calendar(alice, "Twin")
	w.Hide(work, alice)
	for _, row := range []struct{ wanted, name, err string }{
		{"", alice, ""}, {"primary", alice, ""}, {"work", "Work", ""}, {work, "Work", ""},
		{"Twin", "", "2 calendars have that name"}, {"Nothing", "", `"Twin", "Twin", "Work", "alice@example.org"`}, {"gone@group.calendar.google.com", "", "404"},
	} {
		about, err := w.account(Options{Calendar: row.wanted}).About(context.Background())
		if about.Name != row.name || (err == nil) != (row.err == "") || !strings.Contains(fmt.Sprint(err), row.err) || err != nil && calendar.KindOf(err) != calendar.Gone {
			t.Errorf("%q: got %+v, %v", row.wanted, about, err)
		}
	}
}

func TestAboutTellsTheRights(t *testing.T) {
	w := newWorld(t)
	team := w.Calendar(alice, "Team")
	for role, writes := range map[string]bool{"owner": true, "writer": true, "reader": false, "freeBusyReader": false} {
		w.Share(dana, alice, role)
		about, err := w.account(Options{Calendar: dana}).About(context.Background())
		if err != nil || about.Write != writes || !about.Invites || !about.Silent || !about.FreeBusy || about.User != alice ||
			!slices.Equal(about.Others, []string{alice, "Team (" + team + ")"}) || !strings.Contains(about.Notes[0], "America/New_York") {
			t.Errorf("%s: %+v, %v", role, about, err)
		}
	}
}

func TestWhoDeclinesByRule(t *testing.T) {
	w := newWorld(t)
	a := w.account(Options{})
	s := w.create(a)
	for original, row := range map[time.Time]struct {
		note  string
		robot bool
	}{second: {"Declined because I am out of office", true}, third: {"Not before the board", false}} {
		if err := w.As(dana).Answer(sureID(s.Name, original), "declined", row.note); err != nil {
			t.Fatal(err)
		}
		if got, _ := calendar.Attends(w.instance(a, original).Attendees, dana); got.Comment != row.note || got.Robot != row.robot {
			t.Errorf("%q: %+v", row.note, got)
		}
	}
}

func TestOptions(t *testing.T) {
	for sentence, o := range map[string]Options{"without a client": {}, "with an endpoint that is none": {Client: http.DefaultClient, Endpoint: "localhost"}} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", sentence)
		}
	}
	for given, want := range map[string]string{"http://127.0.0.1:1": "http://127.0.0.1:1/calendar/v3/", "http://127.0.0.1:1/calendar/v3": "http://127.0.0.1:1/calendar/v3/"} {
		if got, err := endpoint(given); got != want || err != nil {
			t.Errorf("%s: %s, %v", given, got, err)
		}
	}
}

// TestEventsThatCannotBeRead are none of Google's, but another server may have them.
func TestEventsThatCannotBeRead(t *testing.T) {
	for sentence, event := range map[string]string{
		"no time":                         `{"id":"x","iCalUID":"x","start":{"dateTime":"soon"},"end":{"dateTime":"later"}}`,
		"no date":                         `{"id":"x","iCalUID":"x","start":{"date":"2026-13-01"},"end":{"date":"2026-13-02"}}`,
		"a series in a zone that is none": `{"id":"x","iCalUID":"x","start":{"dateTime":"2026-10-14T15:30:00+02:00","timeZone":"Nowhere/Atlantis"},"end":{"dateTime":"2026-10-14T16:30:00+02:00","timeZone":"Nowhere/Atlantis"},"recurrence":["RRULE:FREQ=DAILY"]}`,
		"a line break in a rule":          `{"id":"x","iCalUID":"x","start":{"dateTime":"2026-10-14T15:30:00Z","timeZone":"UTC"},"end":{"dateTime":"2026-10-14T16:30:00Z"},"recurrence":["RRULE:FREQ=DAILY\nEND:VEVENT"]}`,
	} {
		a := sure(New(Options{Client: canned(200, nil, `{"items":[`+event+`,null,{},{"id":"sound","iCalUID":"sound","start":{"dateTime":"2026-10-14T15:30:00Z"},"end":{"dateTime":"2026-10-14T16:30:00Z"}}],"nextSyncToken":"1"}`)}))
		o, err := a.Observe(context.Background(), autumn)
		if err != nil || len(o.Unreadable) == 0 || o.Objects != 2 {
			t.Errorf("%s: got %+v, %v", sentence, o, err)
		}
		if !slices.ContainsFunc(o.Events, func(e calendar.Event) bool { return e.UID == "sound" }) {
			t.Errorf("%s: the other is lost: %v", sentence, titles(o))
		}
	}
}
