//go:build servers

package caldav_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"bilateral/calendar"
	"bilateral/calendar/caldav"
	"bilateral/calendar/calendartest"
	"bilateral/test/servers"
)

type server struct{ *servers.Server }

// Radicale does not schedule; Cyrus does.
var radicale, cyrus server

// TestMain starts the real servers.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "caldav")
		if err != nil {
			return fail(err)
		}
		defer os.RemoveAll(dir)
		for name, s := range map[string]*server{"radicale": &radicale, "cyrus": &cyrus} {
			if s.Server, err = servers.Start(name, filepath.Join(dir, name)); err != nil {
				return fail(err)
			}
			defer s.Stop()
		}
		return m.Run()
	}())
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// counter counts the requests that go through it.
type counter struct {
	n     atomic.Int64
	trace bool
}

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n.Add(1)
	if c.trace {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		fmt.Printf(">> %s %s %v\n%s\n", r.Method, r.URL, r.Header, body)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && c.trace {
		body, _ := io.ReadAll(resp.Body)
		resp.Body = io.NopCloser(bytes.NewReader(body))
		fmt.Printf("<< %s %v\n%s\n", resp.Status, resp.Header, body)
	}
	return resp, err
}

func (c *counter) since() int64 { return c.n.Swap(0) }

// as opens a collection as one of the users.
func as(t *testing.T, user, address, collection string, through http.RoundTripper, mirror string) *caldav.Account {
	t.Helper()
	a, err := caldav.New(caldav.Options{URL: address, Username: user, Collection: collection, Mirror: mirror,
		Secret: func(context.Context) (string, error) { return user + "pw", nil },
		Client: &http.Client{Transport: through}, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// hand is a person at a collection, with curl as it were.
type hand struct {
	t                *testing.T
	user, collection string
}

func (h hand) do(method, path, text string) *http.Response {
	h.t.Helper()
	req, err := http.NewRequest(method, h.collection+path, strings.NewReader(text))
	if err != nil {
		h.t.Fatal(err)
	}
	req.SetBasicAuth(h.user, h.user+"pw")
	switch method {
	case "PUT":
		req.Header.Set("Content-Type", "text/calendar")
	case "PROPPATCH":
		req.Header.Set("Content-Type", "application/xml")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp
}

func (h hand) Put(uid string, text []byte) {
	h.t.Helper()
	if resp := h.do("PUT", uid+".ics", string(text)); resp.StatusCode/100 != 2 {
		body, _ := io.ReadAll(resp.Body)
		h.t.Fatalf("the other person's PUT of %s: %s\n%s", uid, resp.Status, body)
	}
}

func (h hand) Text(uid string) []byte {
	resp := h.do("GET", uid+".ics", "")
	if resp.StatusCode != http.StatusOK {
		return nil
	}
	body, _ := io.ReadAll(resp.Body)
	return body
}

func (h hand) Delete(uid string) {
	h.t.Helper()
	if resp := h.do("DELETE", uid+".ics", ""); resp.StatusCode/100 != 2 {
		h.t.Fatalf("the other person's DELETE of %s: %s", uid, resp.Status)
	}
}

var made atomic.Int64

// fresh makes an empty calendar of alice's, and removes it afterwards with all that is in it.
func (s server) fresh(t *testing.T) hand {
	t.Helper()
	h := hand{t, "alice", fmt.Sprintf("%stest%d/", s.Is["ALICE_HOME"], made.Add(1))}
	if resp := h.do("MKCALENDAR", "", ""); resp.StatusCode != http.StatusCreated {
		t.Fatalf("MKCALENDAR: %s", resp.Status)
	}
	t.Cleanup(func() {
		h.do("DELETE", calendartestUID+".ics", "") // the guest hears of it, and the UID is free again
		h.do("DELETE", "", "")
	})
	return h
}

const calendartestUID = "5f2c7a-1on1@bilateral.example.org"

// refusals are the cases that need an object on the server that it would never take, or keep.
func refusals(server string) map[string]string {
	return map[string]string{
		"a broken object is named and the others count":                            server + " refuses broken objects",
		"a calendar read twice is the same, and the second time nothing is parsed": server + " refuses the broken object of this case",
		"events of others are never touched":                                       server + " refuses the broken object of this case",
		"what we do not know survives our change":                                  server + " itself rewrites X- properties with commas",
	}
}

func (s server) conforms(t *testing.T, exempt map[string]string) {
	calendartest.Run(t, calendartest.Harness{Exempt: exempt, New: func(t *testing.T) (calendar.Account, calendartest.Other) {
		h := s.fresh(t)
		return as(t, "alice", h.collection, "", http.DefaultTransport, t.TempDir()), h
	}})
}

func TestRadicaleConforms(t *testing.T) {
	exempt := refusals("Radicale")
	exempt["an instance that a person moved, deleted or cancelled is known by its original start"] = "Radicale refuses overrides in another zone than their master"
	radicale.conforms(t, exempt)
}

func TestCyrusConforms(t *testing.T) { cyrus.conforms(t, refusals("Cyrus")) }

func mustPath(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	return u.Path
}

func TestOfTwoWritersOneIsTold(t *testing.T) {
	for _, s := range []server{radicale, cyrus} {
		t.Run("on "+s.Name, func(t *testing.T) {
			h := s.fresh(t)
			one, two := as(t, "alice", h.collection, "", http.DefaultTransport, ""), as(t, "alice", h.collection, "", http.DefaultTransport, "")
			d := draft(t)
			d.Attendees = nil
			create := calendar.Change{UID: calendartestUID, Create: d}
			observe(t, two)
			apply(t, one, create)
			if _, err := two.Apply(context.Background(), create); calendar.KindOf(err) != calendar.Exists {
				t.Errorf("the second create: %v", err)
			}
			series := observe(t, one).Series[0]
			observe(t, two)
			c := calendar.Change{UID: series.UID, Name: series.Name, Version: series.Version, Series: &calendar.Patch{Title: new("by the first")}}
			apply(t, one, c)
			c.Series = &calendar.Patch{Title: new("by the second")}
			if _, err := two.Apply(context.Background(), c); calendar.KindOf(err) != calendar.Conflict {
				t.Errorf("the second change: %v", err)
			}
			if series = observe(t, two).Series[0]; series.Title != "by the first" {
				t.Errorf("there stands %q", series.Title)
			}
		})
	}
}
