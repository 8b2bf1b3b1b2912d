package google

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"

	gcal "google.golang.org/api/calendar/v3"
)

// edited is Alice's client whose answers are changed on their way, where they have such a path.
func (w *world) edited(path string, edit func(r *http.Request, answer map[string]any) (status int)) *http.Client {
	client := w.Client(alice)
	base := client.Transport
	client.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		answer, err := base.RoundTrip(r)
		if err != nil || r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, path) {
			return answer, err
		}
		var body map[string]any
		if err := json.Unmarshal(sure(io.ReadAll(answer.Body)), &body); err != nil {
			w.Error(err)
		}
		answer.StatusCode = edit(r, body)
		answer.Body = readCloser(string(sure(json.Marshal(body))))
		return answer, nil
	})
	return client
}

// TestInstancesAreFoundHoweverTheyAreListed: a server may refuse what nothing says to go together, take no notice of a
// window, or give small pages.
func TestInstancesAreFoundHoweverTheyAreListed(t *testing.T) {
	for sentence, edit := range map[string]func(r *http.Request, answer map[string]any) int{
		"a server that takes no window beside the original start": func(r *http.Request, answer map[string]any) int {
			if r.URL.Query().Has("timeMin") {
				return http.StatusBadRequest
			}
			return http.StatusOK
		},
		"a server whose first page is of others": func(r *http.Request, answer map[string]any) int {
			if r.URL.Query().Get("pageToken") == "" {
				answer["items"], answer["nextPageToken"] = []any{}, "more"
			}
			return http.StatusOK
		},
	} {
		w := newWorld(t)
		client := w.edited("/instances", edit)
		under := client.Transport
		client.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			if q := r.URL.Query(); strings.HasSuffix(r.URL.Path, "/instances") && q.Get("pageToken") == "more" {
				return w.edited("", func(*http.Request, map[string]any) int { return http.StatusOK }).Transport.RoundTrip(without(r, "pageToken"))
			}
			return under.RoundTrip(r)
		})
		a := w.account(Options{Client: client})
		s := w.create(a)
		w.apply(a, change(s, move(second, second.Add(time.Hour)))) // after the clocks went back
		if got := w.instance(a, second); !got.Start.Equal(second.Add(time.Hour)) {
			t.Errorf("%s: it stands at %s", sentence, got.Start)
		}
	}
}

// TestAnAnswerAboutNothingIsNoSuccess: it may have been written or not, so that is looked up.
func TestAnAnswerAboutNothingIsNoSuccess(t *testing.T) {
	for sentence, written := range map[string]bool{"it was written": true, "it was not": false} {
		w := newWorld(t)
		client := w.Client(alice)
		base, empty := client.Transport, false
		client.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			if r.Method != http.MethodPatch || !empty {
				return base.RoundTrip(r)
			}
			if written {
				sure(base.RoundTrip(r))
			}
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: readCloser("{}"), Request: r}, nil
		})
		a := w.account(Options{Client: client})
		s := w.create(a)
		empty = true
		_, err := a.Apply(t.Context(), change(s, move(second, second.Add(time.Hour))))
		if (err == nil) != written {
			t.Errorf("%s: got %v", sentence, err)
		}
		empty = false
		if got := w.instance(a, second); got.Start.Equal(second.Add(time.Hour)) != written {
			t.Errorf("%s: it stands at %s", sentence, got.Start)
		}
	}
}

// TestWhatAnotherMachineMadeMeanwhileIsLookedAt: it is there, so it is nothing that was deleted.
func TestWhatAnotherMachineMadeMeanwhileIsLookedAt(t *testing.T) {
	w := newWorld(t)
	other, client := w.account(Options{}), w.Client(alice)
	base := client.Transport
	client.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPost && other != nil {
			w.create(other)
			other = nil
		}
		return base.RoundTrip(r)
	})
	a := w.account(Options{Client: client})
	create := calendar.Change{UID: ours, Create: weekly()}
	if _, err := a.Apply(t.Context(), create); calendar.KindOf(err) != calendar.Conflict {
		t.Errorf("at once: %v", err)
	}
	if s := w.series(a); len(w.Mails()) != 1 {
		t.Errorf("%s: mails %+v", s.Name, w.Mails())
	}
	if _, err := a.Apply(t.Context(), create); calendar.KindOf(err) != calendar.Exists {
		t.Errorf("once it is seen: %v", err)
	}
}

// TestWhoIsAskedAnew: of a meeting in Dana's calendar Alice is a guest, and it is she who moves it.
func TestWhoIsAskedAnew(t *testing.T) {
	guests := []*gcal.EventAttendee{{Email: dana, Organizer: true, Self: true, ResponseStatus: "accepted"}, {Email: "Alice@example.org", ResponseStatus: "accepted"},
		{Email: "room@example.org", Resource: true, ResponseStatus: "accepted"}}
	if out, answered := unanswered(guests, alice); answered || len(out) != len(guests) {
		t.Errorf("got %+v", out)
	}
	out, answered := unanswered(append(guests, &gcal.EventAttendee{Email: "bob@example.org", ResponseStatus: "declined", Comment: "Not then"}), alice)
	if bob := out[3]; !answered || bob.ResponseStatus != "needsAction" || bob.Comment != "" {
		t.Errorf("got %+v", bob)
	}
}

func without(r *http.Request, parameter string) *http.Request {
	r = r.Clone(r.Context())
	q := r.URL.Query()
	q.Del(parameter)
	r.URL.RawQuery = q.Encode()
	return r
}

// TestAnAnswerMayLeaveOutTheCalendarsName: it is no other calendar for that, which would have to be read whole.
func TestAnAnswerMayLeaveOutTheCalendarsName(t *testing.T) {
	w := newWorld(t)
	a := w.account(Options{Client: w.edited("/events", func(r *http.Request, answer map[string]any) int {
		if r.URL.Query().Has("syncToken") {
			delete(answer, "summary")
			delete(answer, "accessRole")
		}
		return http.StatusOK
	})})
	w.observe(a)
	w.book("event99", 99)
	w.Forget()
	o := w.observe(a)
	about, err := a.About(t.Context())
	if n := w.asked(); n != 2 || o.Objects != 1 || about.Name != alice || !about.Write || err != nil { // the list of calendars is the other
		t.Errorf("%d requests, %d objects, %+v, %v", n, o.Objects, about, err)
	}
}

// TestWhatTheCalendarTellsOfItselfIsAskedOnceADay: each command is a process of its own, and a pass costs one request.
func TestWhatTheCalendarTellsOfItselfIsAskedOnceADay(t *testing.T) {
	w := newWorld(t)
	options := Options{Mirror: t.TempDir(), Calendar: dana}
	w.Share(dana, alice, "writer")
	a := w.account(options)
	about := func() calendar.About {
		w.observe(a)
		return sure(a.About(t.Context()))
	}
	about()
	for _, row := range []struct {
		sentence string
		before   func()
		want     int
		writes   bool
	}{
		{"a second pass", func() {}, 1, true},
		{"a pass after a restart", func() { a = w.account(options) }, 1, true},
		{"a right that was taken away is seen at once", func() { w.Share(dana, alice, "reader"); w.Forget() }, 1, false},
		{"a day later the list of calendars is read again", func() { w.now = w.now.Add(25 * time.Hour) }, 2, false},
	} {
		w.Forget()
		row.before()
		got := about()
		if n := w.asked(); n > row.want || got.Write != row.writes || got.User != alice || len(got.Others) != 1 {
			t.Errorf("%s: %d requests, want %d; %+v", row.sentence, n, row.want, got)
		}
	}
}

// TestInTheExecutivesCalendarTheOwnerIsAskedNothing: Alice makes the series, and Dana holds it.
func TestInTheExecutivesCalendarTheOwnerIsAskedNothing(t *testing.T) {
	w := newWorld(t)
	w.Share(dana, alice, "writer")
	a, draft := w.account(Options{Calendar: dana}), weekly()
	draft.Organizer, draft.Attendees = calendar.Attendee{Email: dana}, []calendar.Attendee{{Email: alice, Status: calendar.Accepted}}
	w.apply(a, calendar.Change{UID: ours, Create: draft})
	s := w.series(a)
	for _, who := range []string{alice, dana} {
		if got, there := calendar.Attends(s.Attendees, who); !there || got.Status != calendar.Accepted || s.Organizer != dana {
			t.Errorf("%s: %+v, organizer %s", who, got, s.Organizer)
		}
	}
}
