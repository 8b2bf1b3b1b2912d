package caldav_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/caldav"
	"bilateral/calendar/calendartest"
)

func clock() time.Time { return calendartest.Now }

// open returns alice's account at the fake, given the calendar's own address.
func open(t testing.TB, f *fake, more func(*caldav.Options)) *caldav.Account {
	t.Helper()
	o := caldav.Options{URL: "https://dav.example.org" + fakeWork, Username: "alice", Client: &http.Client{Transport: f}, Now: clock,
		Secret: func(context.Context) (string, error) { return "pw", nil }}
	if more != nil {
		more(&o)
	}
	a, err := caldav.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// at is the instance with that original start.
func at(t *testing.T, s calendar.Series, original time.Time) calendar.Instance {
	t.Helper()
	in := s.At(original)
	if in == nil {
		t.Fatalf("no instance of %s in %+v", original, s)
	}
	return *in
}

func apply(t *testing.T, a calendar.Account, c calendar.Change) {
	t.Helper()
	if _, err := a.Apply(context.Background(), c); err != nil {
		t.Fatal(err)
	}
}

// flavours are the servers that the conformance suite is run on.
var flavours = []flavour{
	{name: "by the RFCs"},
	{name: "with scheduling and Schedule-Tags", tags: true, inbox: true},
	{name: "that gives no texts in a sync, two objects a page", noData: true, page: 2},
	{name: "without sync", noSync: true, noData: true},
	{name: "without sync or getctag, without ETags", noSync: true, noTag: true, etags: "none"},
	{name: "with weak ETags that rewrites", etags: "weak", rewrites: true},
	{name: "with unquoted ETags that repeats itself", etags: "unquoted", repeats: true},
	{name: "that rewrites, encodes, and leaves out what is missing", rewrites: true, encodes: true, omits: true, noData: true},
	{name: "without multiget, with digest", noMultiget: true, noData: true, digest: true},
}

func TestConformsOnAServer(t *testing.T) {
	for _, f := range flavours {
		t.Run(f.name, func(t *testing.T) {
			calendartest.Run(t, calendartest.Harness{New: func(t *testing.T) (calendar.Account, calendartest.Other) {
				server := newFake(f)
				return open(t, server, func(o *caldav.Options) { o.Mirror = t.TempDir() }), person{server}
			}})
		})
	}
}
