//go:build servers || otherservers

package caldav_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"bilateral/calendar"
	"bilateral/calendar/caldav"
	"bilateral/calendar/calendartest"
	"bilateral/test/servers"
)

type server struct{ *servers.Server }

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

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
	// SOGo closes connections without saying so.
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
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
