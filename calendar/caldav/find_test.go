package caldav_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/caldav"
)

func TestDiscovery(t *testing.T) {
	for _, row := range []struct {
		sentence, path, collection string
		flavour                    flavour
		want                       string // "": found; else a part of the error
	}{
		{"from the collection", fakeWork, "", flavour{}, ""},
		{"from the home set", fakeHome, "", flavour{}, ""},
		{"from the principal", "/principals/alice/", "", flavour{}, ""},
		{"from a root that knows the principal", "/dav/", "", flavour{}, ""},
		{"from a host that has .well-known only", "/", "", flavour{}, ""},
		{"by name", "/dav/", "Work", flavour{}, ""},
		{"by name in another case", "/dav/", "work", flavour{}, ""},
		{"by path", "/dav/", "/dav/alice/work/", flavour{}, ""},
		{"by path, encoded otherwise", "/dav/", "/dav/%61lice/work/", flavour{}, ""},
		{"by the server's default", "/dav/", "", flavour{inbox: true}, ""},
		{"by a name that is none", "/dav/", "Home", flavour{}, `none is called "Home"; there are "Work" (/dav/alice/work/)`},
		{"of tasks only", "/dav/", "Tasks", flavour{}, `none is called "Tasks"`},
		{"by a path with something else", "/dav/", "/dav/alice/", flavour{}, "something else than a calendar"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			server := filled(row.flavour, 2)
			a := open(t, server, func(o *caldav.Options) { o.URL, o.Collection = "https://dav.example.org"+row.path, row.collection })
			o, err := a.Observe(context.Background(), october)
			switch {
			case row.want == "" && (err != nil || o.Objects != 2):
				t.Errorf("got %d objects, %v", o.Objects, err)
			case row.want != "" && (calendar.KindOf(err) != calendar.Gone || !strings.Contains(err.Error(), row.want)):
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestCalendarsMayBeOnAnotherHostOfTheDomain(t *testing.T) {
	for _, row := range []struct {
		sentence, home string
		reached        bool
	}{
		{"its own, written out", "https://dav.example.org:443", true},
		{"another host of the same domain, as at iCloud", "https://p07-caldav.example.org:443", true},
		{"another port of the same domain", "https://p07-caldav.example.org:8443", false},
		{"another domain", "https://dav.example.net", false},
		{"a domain that ends like it", "https://dav.badexample.org", false},
		{"plain http", "http://p07-caldav.example.org", false},
		{"this machine", "https://127.0.0.1", false},
	} {
		for _, f := range []flavour{{inbox: true}, {inbox: true, digest: true}} {
			t.Run(row.sentence, func(t *testing.T) {
				f.home = row.home
				server := filled(f, 2)
				ours(t, server)
				mirror := t.TempDir()
				for _, pass := range []string{"first", "after a restart"} {
					a := open(t, server, func(o *caldav.Options) { o.URL, o.Mirror = "https://dav.example.org/dav/", mirror })
					o, err := a.Observe(context.Background(), october)
					var typed *calendar.Error
					if row.reached && (err != nil || o.Objects != 3) || !row.reached && (!errors.As(err, &typed) || typed.Reason != calendar.Elsewhere) {
						t.Errorf("%s: got %d objects, %v", pass, o.Objects, err)
					}
					if busy, err := a.FreeBusy(context.Background(), "dana@example.org", october.Window); row.reached && len(busy) != 1 {
						t.Errorf("%s: free/busy: %v, %v", pass, busy, err)
					}
				}
				for host := range server.hosts {
					if host != "https://dav.example.org" && (!row.reached || host != row.home) {
						t.Errorf("credentials went to %s", host)
					}
				}
			})
		}
	}
}

func TestAbout(t *testing.T) {
	const small, tagged, whole = "one small request (sync-collection)", "one small request, and a full listing when anything changed (getctag)",
		"a full listing each time: the server does not tell of changes"
	const hidden = "free/busy alone, read whole each time: titles and guests are hidden"
	const address = "dav.example.org" + fakeWork
	for _, row := range []struct {
		sentence string
		flavour  flavour
		want     calendar.About
	}{
		{"a plain server", flavour{}, calendar.About{Name: "Work", Write: true, Sync: small, Address: address, User: "alice"}},
		{"a server that schedules", flavour{inbox: true}, calendar.About{Name: "Work", Write: true, Invites: true, FreeBusy: true, Silent: true, Parts: true, Sync: small,
			Address: address, User: "alice@example.org"}},
		{"an account with two calendars", flavour{second: true}, calendar.About{Name: "Work", Write: true, Sync: small, Address: address, User: "alice",
			Others: []string{`"Home" (/dav/alice/home/)`}}},
		{"a calendar that may be read only", flavour{readOnly: true}, calendar.About{Name: "Work", Sync: small, Address: address, User: "alice"}},
		{"a server whose clock is ahead", flavour{ahead: 10 * time.Minute}, calendar.About{Name: "Work", Write: true, Sync: small, Address: address, User: "alice",
			Ahead: 10 * time.Minute}},
		{"an old server", flavour{noSync: true}, calendar.About{Name: "Work", Write: true, Sync: tagged, Address: address, User: "alice"}},
		{"a server without anything", flavour{noSync: true, noTag: true}, calendar.About{Name: "Work", Write: true, Sync: whole, Address: address, User: "alice"}},
		{"busy time only, and no word more", flavour{busyOnly: true, secretive: true}, calendar.About{Name: fakeWork, Sync: hidden, Address: address, User: "alice"}},
		{"busy time only", flavour{busyOnly: true}, calendar.About{Name: "Work", Sync: hidden, Address: address, User: "alice"}},
	} {
		got, err := open(t, newFake(row.flavour), func(o *caldav.Options) { o.Collection = "Work" }).About(context.Background())
		if row.flavour.busyOnly {
			got, err = open(t, newFake(row.flavour), nil).About(context.Background())
		}
		if err != nil || !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s: got %+v, %v", row.sentence, got, err)
		}
	}
}

func TestAboutIsAskedOnceADayAndAfterARefusal(t *testing.T) {
	server, now, mirror := newFake(flavour{inbox: true}), clock(), t.TempDir()
	restarted := func() *caldav.Account {
		return open(t, server, func(o *caldav.Options) { o.Mirror, o.Now = mirror, func() time.Time { return now } })
	}
	ask := func(sentence string, want int) *caldav.Account {
		t.Helper()
		server.since()
		a := restarted()
		if about, err := a.About(context.Background()); err != nil || about.Write == server.readOnly {
			t.Errorf("%s: got %+v, %v", sentence, about, err)
		}
		if n := len(server.since()); (n > 0) != (want > 0) {
			t.Errorf("%s: %d requests", sentence, n)
		}
		return a
	}
	ask("at first", 1)
	observe(t, restarted())
	a := ask("after a restart", 0)
	observe(t, a)
	server.readOnly = true
	if _, err := a.Apply(context.Background(), calendar.Change{UID: "x", Create: draft(t)}); calendar.KindOf(err) != calendar.Denied {
		t.Errorf("a create gives %v", err)
	}
	ask("after a refused write", 1)
	now = now.Add(25 * time.Hour)
	ask("a day later", 1)
}

func TestFreeBusy(t *testing.T) {
	for _, row := range []struct {
		sentence, email string
		flavour         flavour
		busy            int
		want            calendar.ErrorKind
	}{
		{"of somebody the server knows", "dana@example.org", flavour{inbox: true}, 1, calendar.Unknown},
		{"of somebody it does not know", "nobody@example.org", flavour{inbox: true}, 0, calendar.Denied},
		{"with success and nothing behind it", "erin@example.org", flavour{inbox: true}, 0, calendar.Denied},
		{"with an empty answer of SOGo, which it gives of who shares nothing, too", "frank@example.org", flavour{inbox: true}, 0, calendar.Denied},
		{"of no address", "dana@example.org\r\nX: y", flavour{inbox: true}, 0, calendar.Denied},
		{"at a server that cannot be asked", "dana@example.org", flavour{}, 0, calendar.Unsupported},
	} {
		got, err := open(t, newFake(row.flavour), nil).FreeBusy(context.Background(), row.email, october.Window)
		if len(got) != row.busy || calendar.KindOf(err) != row.want || row.busy == 0 && err == nil {
			t.Errorf("%s: got %+v, %v", row.sentence, got, err)
		}
	}
}

func TestACalendarThatShowsBusyTimeOnly(t *testing.T) {
	for _, f := range []flavour{{busyOnly: true}, {busyOnly: true, secretive: true}} {
		a := open(t, newFake(f), nil)
		first, second := observe(t, a), observe(t, a)
		if len(first.Events) != 1 || !first.Events[0].Anonymous || first.Parsed != 1 || second.Parsed != 0 {
			t.Errorf("got %+v, then %+v", first, second)
		}
		if _, err := a.Apply(context.Background(), calendar.Change{UID: "x", Create: draft(t)}); calendar.KindOf(err) != calendar.Denied {
			t.Errorf("a create gives %v", err)
		}
	}
}
