package standin_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"
	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"bilateral/calendar/google/standin"
)

// reach are the two ways to the server: in process, and over loopback.
var reach = map[string]func(*world) *calendar.Service{
	"in process": func(w *world) *calendar.Service { return w.service(alice) },
	"over loopback": func(w *world) *calendar.Service {
		server := httptest.NewUnstartedServer(w.Server)
		server.Start()
		w.Cleanup(server.Close)
		source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: w.Token(alice)})
		s, err := calendar.NewService(context.Background(), option.WithTokenSource(source), option.WithEndpoint(server.URL+"/calendar/v3/"))
		if err != nil {
			w.Fatal(err)
		}
		return s
	},
}

func TestFaults(t *testing.T) {
	const insert = "calendar.events.insert"
	is := func(status int, reason string) func(error) bool {
		return func(err error) bool { c, r := code(err); return c == status && r == reason }
	}
	for _, row := range []struct {
		sentence string
		fault    standin.Fault
		want     func(error) bool
		written  bool
		after    string // Retry-After
	}{
		{"too fast for the project", standin.Fault{Status: 403, Reason: "rateLimitExceeded", Times: 1}, is(403, "rateLimitExceeded"), false, ""},
		{"too fast for the person, with a time to wait", standin.Fault{Status: 429, Reason: "userRateLimitExceeded", RetryAfter: 90 * time.Second, Times: 1}, is(429, "userRateLimitExceeded"), false, "90"},
		{"the day's quota is gone", standin.Fault{Status: 403, Reason: "quotaExceeded", Times: 1}, is(403, "quotaExceeded"), false, ""},
		{"a failure before the effect", standin.Fault{Status: 500, Method: insert, Times: 1}, is(500, "backendError"), false, ""},
		{"a failure after the effect", standin.Fault{Status: 503, After: true, Times: 1}, is(503, "backendError"), true, ""},
		{"an answer that is lost", standin.Fault{Drop: true, Times: 1}, func(err error) bool { var e *googleapi.Error; return err != nil && !errors.As(err, &e) }, true, ""},
		{"an answer that ends half way", standin.Fault{Truncate: true, Times: 1}, func(err error) bool { return err != nil && strings.Contains(err.Error(), "unexpected end of JSON") }, true, ""},
		{"a fault of another method", standin.Fault{Status: 500, Method: "calendar.events.list"}, func(err error) bool { return err == nil }, true, ""},
		{"the second request fails", standin.Fault{Status: 500, Skip: 1}, func(err error) bool { return err == nil }, true, ""},
	} {
		for way, service := range reach {
			t.Run(row.sentence+", "+way, func(t *testing.T) {
				w := newWorld(t)
				mine := service(w)
				w.Inject(row.fault)
				_, err := mine.Events.Insert("primary", weekly()).Do()
				if !row.want(err) {
					t.Errorf("got %v", err)
				}
				var e *googleapi.Error
				if errors.As(err, &e) && e.Header.Get("Retry-After") != row.after {
					t.Errorf("Retry-After: %q", e.Header.Get("Retry-After"))
				}
				if w.Heal(); (w.As(alice).Event("1on1dana") != nil) != row.written {
					t.Errorf("written: %v", !row.written)
				}
				if log := w.Requests(); len(log) != 1 || log[0].Method != insert || !log[0].Writes() || log[0].Header.Get("Authorization") != "" {
					t.Errorf("requests: %+v", log)
				}
			})
		}
	}
}

func TestAFaultEnds(t *testing.T) {
	w := newWorld(t)
	mine := w.service(alice)
	w.Inject(standin.Fault{Status: 403, Reason: "rateLimitExceeded", Until: w.now.Add(time.Hour)})
	_, err := mine.Events.List("primary").Do()
	w.refused(err, 403, "rateLimitExceeded")
	w.now = w.now.Add(time.Hour)
	must[*calendar.Events](w)(mine.Events.List("primary").Do())
	w.Inject(standin.Fault{Status: 500, Skip: 1, Times: 2})
	var failed []bool
	for range 4 {
		_, err := mine.Events.List("primary").Do()
		failed = append(failed, err != nil)
	}
	if !slices.Equal(failed, []bool{false, true, true, false}) {
		t.Errorf("failed: %v", failed)
	}
}

func TestPagesInDisorder(t *testing.T) {
	w, mine := booked(t)
	board := w.book(alice, "Board", "2026-10-21 09:00", "2026-10-21 10:00")
	w.Inject(standin.Fault{Duplicate: true, Times: 1})
	w.Inject(standin.Fault{Reverse: true, Times: 1})
	for _, want := range [][]string{{"1on1dana", board, "1on1dana", board}, {board, "1on1dana"}, {"1on1dana", board}} {
		var got []string
		for _, e := range must[*calendar.Events](w)(mine.Events.List("primary").Do()).Items {
			got = append(got, e.Id)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestASlowBodyTakesTheCallersTime(t *testing.T) {
	w := newWorld(t)
	mine := w.service(alice)
	synctest.Test(t, func(t *testing.T) {
		w.Inject(standin.Fault{Slow: time.Minute})
		began := time.Now()
		must[*calendar.Events](w)(mine.Events.List("primary").Do())
		if took := time.Since(began); took != time.Minute {
			t.Errorf("took %s", took)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, err := mine.Events.List("primary").Context(ctx).Do(); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after the deadline: %v", err)
		}
	})
}

func TestTokenEndpointFails(t *testing.T) {
	d := newDesk(t)
	d.Consent(alice)
	token := d.signIn()
	d.Inject(standin.Fault{Method: "oauth.token", Status: 503, Reason: "internal_failure", Times: 1})
	if _, err := d.renewed(token.RefreshToken); err == nil || strings.Contains(err.Error(), "invalid_grant") {
		t.Errorf("got %v", err)
	}
	d.Rotate(true)
	d.Inject(standin.Fault{Method: "oauth.token", Drop: true, Times: 1})
	if _, err := d.renewed(token.RefreshToken); err == nil {
		t.Error("the lost answer came")
	}
	_, err := d.renewed(token.RefreshToken)
	d.denied(err, "invalid_grant") // it was rotated all the same
}

func TestManyAtOnce(t *testing.T) {
	w, _ := booked(t)
	var all sync.WaitGroup
	for _, who := range []string{alice, dana} {
		mine := w.service(who)
		all.Go(func() {
			for range 20 {
				_, _ = mine.Events.List("primary").Do()
				_ = w.As(dana).Answer(second, "accepted", "")
				_, _ = mine.Events.Patch("primary", second, &calendar.Event{Reminders: &calendar.EventReminders{UseDefault: true}}).Do()
			}
		})
	}
	all.Wait()
	if e := w.event(alice, second); e.Attendees[0].ResponseStatus != "accepted" {
		t.Errorf("got %+v", e)
	}
}

func TestAMethodThatIsNotThere(t *testing.T) {
	w := newUnchecked(t)
	_, err := w.service(alice).Events.QuickAdd("primary", "lunch").Do()
	w.refused(err, http.StatusNotImplemented, "notImplemented")
	if v := w.Violations(); len(v) != 1 {
		t.Errorf("violations: %q", v)
	}
}
