package caldav_test

import (
	"context"
	"strings"
	"testing"

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

func TestAbout(t *testing.T) {
	for _, row := range []struct {
		sentence string
		flavour  flavour
		want     calendar.About
	}{
		{"a plain server", flavour{}, calendar.About{Name: "Work", Write: true, Sync: "changes only (sync-collection)"}},
		{"a server that schedules", flavour{inbox: true}, calendar.About{Name: "Work", Write: true, Invites: true, FreeBusy: true, Silent: true, Sync: "changes only (sync-collection)"}},
		{"an old server", flavour{noSync: true}, calendar.About{Name: "Work", Write: true, Sync: "a listing when anything changed (getctag)"}},
		{"a server without anything", flavour{noSync: true, noTag: true}, calendar.About{Name: "Work", Write: true, Sync: "a listing each time: the server tells of no changes"}},
		{"busy time only, and no word more", flavour{busyOnly: true, secretive: true}, calendar.About{Name: fakeWork, Sync: "free/busy only: titles and guests are hidden, and it is read whole each time"}},
		{"busy time only", flavour{busyOnly: true}, calendar.About{Name: "Work", Sync: "free/busy only: titles and guests are hidden, and it is read whole each time"}},
	} {
		got, err := open(t, newFake(row.flavour), nil).About(context.Background())
		if err != nil || got != row.want {
			t.Errorf("%s: got %+v, %v", row.sentence, got, err)
		}
	}
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
