package feed_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/calendartest"
	"bilateral/calendar/feed"
)

// web answers requests in the process, for any host.
type web func(*http.Request) *http.Response

func (w web) RoundTrip(r *http.Request) (*http.Response, error) {
	if resp := w(r); resp != nil {
		resp.Request = r
		return resp, nil
	}
	return nil, errors.New("connection refused")
}

func answer(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

const private = "https://cal.example.org/private-5ecret/basic.ics?token=5ecret"

func TestAnswersThatAreNoFeed(t *testing.T) {
	soon := calendartest.Now.Add(2 * time.Minute)
	for _, row := range []struct {
		sentence string
		answer   *http.Response
		want     calendar.ErrorKind
		retry    time.Time
	}{
		{"no connection", nil, calendar.Unreachable, time.Time{}},
		{"a sign-in is asked for", answer(401, ""), calendar.SignIn, time.Time{}},
		{"the login is not enough", answer(403, ""), calendar.Denied, time.Time{}},
		{"nothing there", answer(404, ""), calendar.Gone, time.Time{}},
		{"no longer there", answer(410, ""), calendar.Gone, time.Time{}},
		{"too many requests, wait two minutes", answer(429, "", "Retry-After", "120"), calendar.Quota, soon},
		{"too many requests, wait until a date", answer(429, "", "Retry-After", soon.Format(http.TimeFormat)), calendar.Quota, soon},
		{"too many requests, who knows how long", answer(429, "", "Retry-After", "-5"), calendar.Quota, time.Time{}},
		{"overloaded, wait two minutes", answer(503, "", "Retry-After", "120"), calendar.Quota, soon},
		{"overloaded", answer(503, ""), calendar.Unreachable, time.Time{}},
		{"broken gateway", answer(502, "<html>"), calendar.Unreachable, time.Time{}},
		{"a partial answer", answer(206, oneEvent), calendar.BadData, time.Time{}},
		{"not modified, though we have nothing", answer(304, ""), calendar.BadData, time.Time{}},
		{"a teapot", answer(418, ""), calendar.BadData, time.Time{}},
		{"what says it is gzip and is not", answer(200, oneEvent, "Content-Encoding", "gzip"), calendar.BadData, time.Time{}},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			a := open(t, private, &http.Client{Transport: web(func(*http.Request) *http.Response { return row.answer })}, feed.Login{})
			_, err := a.Observe(context.Background(), october)
			var e *calendar.Error
			if !errors.As(err, &e) || e.Kind != row.want || !e.RetryAt.Equal(row.retry) {
				t.Errorf("got %v, retry at %v", err, e.RetryAt)
			}
			if text := err.Error(); strings.Contains(text, "5ecret") || !strings.Contains(text, "cal.example.org") {
				t.Errorf("the error tells too much or too little: %s", text)
			}
		})
	}
}

func TestRedirects(t *testing.T) {
	for _, row := range []struct {
		sentence, from, to string
		followed           bool
	}{
		{"to another path of the same host", "https://cal.example.org/a", "https://cal.example.org/b", true},
		{"to the same host with the port spelt out", "https://cal.example.org/a", "https://cal.example.org:443/b", true},
		{"from http to https", "http://cal.example.org/a", "https://cal.example.org/a", true},
		{"from https to http", "https://cal.example.org/a", "http://cal.example.org/a", false},
		{"to another port", "https://cal.example.org/a", "https://cal.example.org:8443/a", false},
		{"from http on a port of its own to https", "http://cal.example.org:8080/a", "https://cal.example.org/a", false},
		{"to a subdomain", "https://example.org/a", "https://cal.example.org/a", false},
		{"to another host", "https://cal.example.org/a", "https://evil.example.com/a", false},
		{"to the machine's own address book", "http://cal.example.org/a", "http://169.254.169.254/a", false},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			reached := ""
			site := web(func(r *http.Request) *http.Response {
				if r.URL.String() == row.from {
					return answer(302, "", "Location", row.to)
				}
				user, password, _ := r.BasicAuth()
				reached = r.URL.String() + user + password
				return answer(200, oneEvent)
			})
			_, err := open(t, row.from, &http.Client{Transport: site}, feed.Login{Username: "u", Secret: is("5ecret")}).Observe(context.Background(), october)
			if row.followed && (err != nil || reached != row.to+"u5ecret") {
				t.Errorf("got %v, reached %q", err, reached)
			}
			if !row.followed && (calendar.KindOf(err) != calendar.BadData || reached != "") {
				t.Errorf("got %v, reached %q", err, reached)
			}
		})
	}
}

func TestRedirectsEnd(t *testing.T) {
	for hops, fine := range map[int]bool{5: true, 6: false, 1000: false} {
		asked := 0
		site := web(func(r *http.Request) *http.Response {
			if asked++; asked <= hops {
				return answer(301, "", "Location", fmt.Sprintf("/5ecret%d", asked))
			}
			return answer(200, oneEvent)
		})
		_, err := open(t, private, &http.Client{Transport: site}, feed.Login{}).Observe(context.Background(), october)
		if (err == nil) != fine || asked > 6 {
			t.Errorf("%d hops: %v after %d requests", hops, err, asked)
		}
		if err != nil && strings.Contains(err.Error(), "5ecret") {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
}

func is(secret string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return secret, nil }
}

func TestAPasswordThatWasRotatedIsAskedForAgain(t *testing.T) {
	good, told, asked := "old", "old", 0
	site := web(func(r *http.Request) *http.Response {
		if _, password, _ := r.BasicAuth(); password != good {
			return answer(401, "no")
		}
		return answer(200, oneEvent)
	})
	a := open(t, "https://cal.example.org/a", &http.Client{Transport: site}, feed.Login{Username: "u",
		Secret: func(context.Context) (string, error) { asked++; return told, nil }})
	observe(t, a)
	observe(t, a)
	if asked != 1 {
		t.Errorf("asked %d times for a password that works", asked)
	}
	good = "new" // the server's comes first
	if _, err := a.Observe(context.Background(), october); calendar.KindOf(err) != calendar.SignIn {
		t.Errorf("got %v", err)
	}
	told = "new"
	observe(t, a)
}

func TestLogin(t *testing.T) {
	for _, row := range []struct {
		sentence, address string
		login             feed.Login
		want              string
	}{
		{"none", "https://cal.example.org/a", feed.Login{}, "https://cal.example.org/a"},
		{"from the configuration", "https://cal.example.org/a", feed.Login{Username: "u", Secret: is("p")}, "https://cal.example.org/a u p"},
		{"from the address", "https://u:p@cal.example.org/a", feed.Login{}, "https://cal.example.org/a u p"},
		{"webcal is read as https", "webcal://cal.example.org/a?b=c", feed.Login{}, "https://cal.example.org/a?b=c"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			got := ""
			site := web(func(r *http.Request) *http.Response {
				got = r.URL.String()
				if user, password, ok := r.BasicAuth(); ok {
					got += " " + user + " " + password
				}
				return answer(200, oneEvent)
			})
			observe(t, open(t, row.address, &http.Client{Transport: site}, row.login))
			if got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func packed(data []byte) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.String()
}

func TestPackedFeeds(t *testing.T) {
	for sentence, client := range map[string]*http.Client{
		"unpacked by the transport": {Transport: &http.Transport{}},
		"packed though not asked":   {Transport: &http.Transport{DisableCompression: true}},
	} {
		t.Run(sentence, func(t *testing.T) {
			body := packed([]byte(oneEvent))
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				io.WriteString(w, body)
			}))
			defer s.Close()
			a := open(t, s.URL, client, feed.Login{})
			if o := observe(t, a); len(o.Events) != 1 {
				t.Errorf("got %+v", o)
			}
			body = packed(append([]byte(oneEvent), bytes.Repeat([]byte(" "), 64<<20)...)) // 1000:1
			if _, err := a.Observe(context.Background(), october); calendar.KindOf(err) != calendar.BadData {
				t.Errorf("a bomb: %v", err)
			}
			client.CloseIdleConnections()
		})
	}
}

func TestAConnectionThatBreaksIsUnreachable(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100000")
		io.WriteString(w, oneEvent) // whole to look at, but not all that was promised
	}))
	defer s.Close()
	_, err := open(t, s.URL, s.Client(), feed.Login{}).Observe(context.Background(), october)
	if calendar.KindOf(err) != calendar.Unreachable {
		t.Errorf("got %v", err)
	}
}

func TestAServerThatNeverAnswersIsLeftAtTheDeadline(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer s.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err := open(t, s.URL+"/5ecret", s.Client(), feed.Login{}).Observe(ctx, october)
	if calendar.KindOf(err) != calendar.Unreachable || strings.Contains(err.Error(), "5ecret") {
		t.Errorf("got %v", err)
	}
}
