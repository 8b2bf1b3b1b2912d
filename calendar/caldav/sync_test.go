package caldav_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/caldav"
)

// october holds the end of summer time in Berlin.
var october = calendar.Query{Zone: time.UTC, Window: calendar.Span{
	Start: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC)}}

// event is an hour in Berlin.
func event(uid string, day int) []byte {
	return fmt.Appendf(nil, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//EN\r\nBEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20261001T000000Z\r\n"+
		"DTSTART;TZID=Europe/Berlin:202610%02dT100000\r\nDURATION:PT1H\r\nSUMMARY:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", uid, day, uid)
}

// filled is a server with n events on the days of October.
func filled(f flavour, n int) *fake {
	server := newFake(f)
	for i := range n {
		uid := fmt.Sprintf("e%d", i)
		server.set(fakeWork+uid+".ics", event(uid, 1+i%28))
	}
	return server
}

func observe(t testing.TB, a *caldav.Account) calendar.Observation {
	t.Helper()
	o, err := a.Observe(context.Background(), october)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// uids are the UIDs of all events seen, in order.
func uids(o calendar.Observation) []string {
	set := make(map[string]bool)
	for _, e := range o.Events {
		set[e.UID] = true
	}
	return slices.Sorted(maps.Keys(set))
}

func TestAPassCosts(t *testing.T) {
	for _, row := range []struct {
		sentence                         string
		flavour                          flavour
		first, same, one, restart, twice int
	}{
		{"with sync that gives texts: one request each", flavour{}, 2, 1, 1, 1, 1},
		{"with sync that is named in another way: the same", flavour{bare: true}, 2, 1, 1, 1, 1},
		{"with sync that gives no texts: one more for what changed", flavour{noData: true}, 5, 1, 2, 1, 2},
		{"with pages: a request for each page", flavour{page: 100}, 4, 1, 1, 1, 1},
		{"with getctag alone: a listing when something changed", flavour{noSync: true}, 6, 1, 3, 1, 3},
		{"with nothing: a listing each time", flavour{noSync: true, noTag: true}, 6, 2, 3, 2, 3},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			server := filled(row.flavour, 250)
			mirror := t.TempDir()
			with := func(o *caldav.Options) { o.Mirror = mirror }
			a := open(t, server, with)
			costs := func(what string, a *caldav.Account, want, objects int) {
				t.Helper()
				server.since()
				if o := observe(t, a); o.Objects != objects {
					t.Errorf("%s: %d objects, want %d", what, o.Objects, objects)
				}
				if log := server.since(); len(log) != want {
					t.Errorf("%s: %d requests, want %d: %v", what, len(log), want, log)
				}
			}
			costs("the first pass", a, row.first, 250)
			costs("no change", a, row.same, 250)
			server.set(fakeWork+"new.ics", event("new", 26))
			costs("one change", a, row.one, 251)
			costs("no change after a restart", open(t, server, with), row.restart, 251)
			server.set(fakeWork+"e0.ics", event("e0", 27))
			server.remove(fakeWork + "e1.ics")
			costs("one changed and one deleted", a, row.twice, 250)
		})
	}
}

func TestAPassWithAnInboxCostsOneRequestToo(t *testing.T) {
	server, mirror := filled(flavour{inbox: true}, 5), t.TempDir()
	with := func(o *caldav.Options) { o.Mirror = mirror }
	a := open(t, server, with)
	apply(t, a, calendar.Change{UID: "ours", Create: draft(t)})
	observe(t, a)
	observe(t, a)
	for _, again := range []*caldav.Account{a, a, open(t, server, with)} {
		server.since()
		if o := observe(t, again); len(o.Series) != 1 {
			t.Errorf("got %+v", o.Series)
		}
		if log := server.since(); len(log) != 1 {
			t.Errorf("requests: %v", log)
		}
	}
}

// TestATagThatIsNewForNothingIsKept is every write of ours: what it changed was read at once, and only the tag is news.
func TestATagThatIsNewForNothingIsKept(t *testing.T) {
	server, mirror := filled(flavour{noSync: true}, 5), t.TempDir()
	with := func(o *caldav.Options) { o.Mirror = mirror }
	observe(t, open(t, server, with))
	server.clock++
	observe(t, open(t, server, with))
	server.since()
	observe(t, open(t, server, with))
	if log := server.since(); len(log) != 1 {
		t.Errorf("no change after a restart: %v", log)
	}
}

// TestAnInboxThatNothingComesIntoIsNotRead: RFC 6638 section 2 has both mailboxes, apart from calendars, or no scheduling.
func TestAnInboxThatNothingComesIntoIsNotRead(t *testing.T) {
	for _, f := range []flavour{{inboxOnly: true}, {inbox: true, sogo: true}} {
		server := filled(f, 5)
		a := open(t, server, nil)
		apply(t, a, calendar.Change{UID: "ours", Create: draft(t)})
		server.since()
		observe(t, a)
		observe(t, a)
		if log := server.since(); len(log) != 2+1 { // and once who the user is
			t.Errorf("%+v: two looks: %v", f, log)
		}
	}
}

func TestALostTokenLosesNothing(t *testing.T) {
	for _, answer := range []string{"", "500", "everything"} {
		for _, noData := range []bool{false, true} {
			t.Run(fmt.Sprintf("answered with %q, texts held back %v", answer, noData), func(t *testing.T) {
				server := filled(flavour{oldToken: answer, noData: noData}, 5)
				a := open(t, server, nil)
				observe(t, a)
				// The server is restored from a backup: one object is gone and one is another, and no one remembers.
				delete(server.objects, fakeWork+"e1.ics")
				server.objects[fakeWork+"e2.ics"] = &stored{text: event("new", 26), changed: 2}
				server.clock = 4
				want := []string{"e0", "e3", "e4", "new"}
				for range 3 {
					if got := uids(observe(t, a)); !slices.Equal(got, want) {
						t.Errorf("got %v, want %v", got, want)
					}
				}
			})
		}
	}
}

func TestASyncThatIsRefusedIsDoneWithout(t *testing.T) {
	for _, status := range []int{400, 403, 415, 501} {
		server := filled(flavour{}, 3)
		server.spoil = func(_ int, w http.ResponseWriter, r *http.Request) bool {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			if !bytes.Contains(body, []byte("sync-collection")) {
				return false
			}
			w.WriteHeader(status)
			return true
		}
		a := open(t, server, nil)
		observe(t, a)
		server.set(fakeWork+"new.ics", event("new", 26))
		if o := observe(t, a); o.Objects != 4 {
			t.Errorf("%d: %d objects", status, o.Objects)
		}
		server.since()
		observe(t, a)
		if log := server.since(); len(log) != 1 {
			t.Errorf("%d: %v", status, log)
		}
	}
}

func TestAServerThatRepeatsItselfIsBelievedAfterOneLook(t *testing.T) {
	server := filled(flavour{repeats: true}, 5)
	a := open(t, server, nil)
	observe(t, a)
	observe(t, a)
	server.since()
	observe(t, a)
	if log := server.since(); len(log) != 1 {
		t.Errorf("%d requests for nothing new: %v", len(log), log)
	}
}

func TestAnAnswerThatIsTooLongIsAskedForInHalves(t *testing.T) {
	server := filled(flavour{noData: true, multigets: 30}, 120)
	if o := observe(t, open(t, server, nil)); o.Objects != 120 || len(o.Unreadable) != 0 {
		t.Errorf("%d objects, %v", o.Objects, o.Unreadable)
	}
}

func TestAFirstPassThatWasBrokenOffGoesOn(t *testing.T) {
	server, dir := filled(flavour{noData: true}, 350), t.TempDir()
	with := func(o *caldav.Options) { o.Mirror = dir }
	server.spoil = func(n int, w http.ResponseWriter, r *http.Request) bool { // the third of four multigets
		if n == 5 {
			w.WriteHeader(http.StatusBadGateway)
		}
		return n == 5
	}
	server.since()
	if _, err := open(t, server, with).Observe(context.Background(), october); calendar.KindOf(err) != calendar.Unreachable {
		t.Fatalf("got %v", err)
	}
	server.spoil = nil
	server.since()
	if o := observe(t, open(t, server, with)); o.Objects != 350 {
		t.Errorf("%d objects", o.Objects)
	}
	if log := server.since(); len(log) != 3 { // a listing, and the 150 objects that are missing
		t.Errorf("%d requests: %v", len(log), log)
	}
}

func TestOneBrokenObjectVoidsNothing(t *testing.T) {
	server := filled(flavour{}, 3)
	server.set(fakeWork+"control.ics", []byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:control\r\nDTSTART:20261020T100000Z\r\nSUMMARY:a\x0b\xffb\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	server.set(fakeWork+"noise.ics", []byte("noise"))
	server.set(fakeWork+"empty.ics", nil)
	o := observe(t, open(t, server, nil))
	if got := uids(o); !slices.Equal(got, []string{"control", "e0", "e1", "e2"}) || len(o.Unreadable) != 2 {
		t.Errorf("got %v, unreadable %v", got, o.Unreadable)
	}
}

func TestAPrivateEntryOfAnothersIsHiddenNotBroken(t *testing.T) {
	server := filled(flavour{noData: true, noMultiget: true}, 3)
	server.spoil = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		private := r.Method == "GET" && path.Base(r.URL.Path) == "e1.ics"
		if private {
			w.WriteHeader(http.StatusForbidden)
		}
		return private
	}
	o := observe(t, open(t, server, nil))
	if len(o.Unreadable) != 1 || !o.Unreadable[0].Hidden || o.Objects != 3 || len(o.Events) != 2 {
		t.Errorf("%d objects, %d events, unreadable %+v", o.Objects, len(o.Events), o.Unreadable)
	}
}

func TestAMirrorThatIsDamagedIsMadeAnew(t *testing.T) {
	for _, row := range []struct {
		sentence string
		damage   func(data []byte) []byte
	}{
		{"missing", func([]byte) []byte { return nil }},
		{"empty", func([]byte) []byte { return []byte{} }},
		{"cut in half", func(d []byte) []byte { return d[:len(d)/2] }},
		{"of a later version", func(d []byte) []byte { return append([]byte("bilateral caldav mirror 9\n"), d[26:]...) }},
		{"with a flipped bit", func(d []byte) []byte { d[len(d)-50] ^= 4; return d }},
		{"noise", func([]byte) []byte { return []byte("noise") }},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			server, dir := filled(flavour{}, 5), t.TempDir()
			with := func(o *caldav.Options) { o.Mirror = dir }
			observe(t, open(t, server, with))
			files, _ := filepath.Glob(filepath.Join(dir, "*"))
			if len(files) != 1 {
				t.Fatalf("files: %v", files)
			}
			if info, _ := os.Stat(files[0]); info.Mode().Perm() != 0o600 {
				t.Errorf("the mirror can be read by others: %v", info.Mode())
			}
			data, _ := os.ReadFile(files[0])
			os.Remove(files[0])
			if data = row.damage(data); data != nil {
				os.WriteFile(files[0], data, 0o600)
			}
			if o := observe(t, open(t, server, with)); o.Objects != 5 {
				t.Errorf("%d objects", o.Objects)
			}
		})
	}
}

func TestAMirrorIsNotTakenForAnotherCalendars(t *testing.T) {
	server, dir := filled(flavour{}, 2), t.TempDir()
	observe(t, open(t, server, func(o *caldav.Options) { o.Mirror = dir }))
	server.set("/dav/alice/work/more.ics", event("more", 3))
	a := open(t, server, func(o *caldav.Options) { o.Mirror, o.Collection = dir, "Work" })
	server.since()
	if observe(t, a); len(server.since()) == 1 {
		t.Error("another collection's mirror was used")
	}
}

func TestACollectionThatMovedIsFoundAgain(t *testing.T) {
	server, dir := filled(flavour{}, 2), t.TempDir()
	with := func(o *caldav.Options) { o.Mirror, o.URL = dir, "https://dav.example.org/" }
	observe(t, open(t, server, with))
	old := server.spoil
	server.spoil = oncePerPath("/dav/alice/work/", 404)
	if o := observe(t, open(t, server, with)); o.Objects != 2 {
		t.Errorf("%d objects", o.Objects)
	}
	server.spoil = old
}

// instances across the change of clocks, for a reader in another zone: what the mirror keeps is text, not times.
func TestAMirrorKeepsTheWallClock(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	server, dir := newFake(flavour{}), t.TempDir()
	server.set(fakeWork+"w.ics", []byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:w\r\nDTSTART;TZID=Europe/Berlin:20261021T153000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\nEND:VEVENT\r\n"+
		"BEGIN:VEVENT\r\nUID:f\r\nDTSTART:20261030T090000\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	with := func(o *caldav.Options) { o.Mirror = dir }
	observe(t, open(t, server, with))
	q := october
	q.Zone = newYork
	o, err := open(t, server, with).Observe(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range o.Events {
		got = append(got, e.Start.Format("02 15:04"))
	}
	if want := []string{"21 13:30", "28 14:30", "30 13:00"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestProgressIsToldWhileACalendarIsReadForTheFirstTime(t *testing.T) {
	for _, row := range []struct {
		sentence string
		flavour  flavour
		want     [][2]int // some of the calls, in order; the last is the last
	}{
		{"in one answer, where nobody knows how many there are", flavour{}, [][2]int{{1, 0}, {250, 0}, {250, 250}}},
		{"in batches", flavour{noData: true}, [][2]int{{250, 0}, {0, 250}, {100, 250}, {200, 250}, {250, 250}}},
	} {
		var calls [][2]int
		a := open(t, filled(row.flavour, 250), func(o *caldav.Options) {
			o.Progress = func(done, total int) { calls = append(calls, [2]int{done, total}) }
		})
		observe(t, a)
		left := row.want
		for _, call := range calls {
			if len(left) > 0 && call == left[0] {
				left = left[1:]
			}
		}
		if len(left) > 0 || calls[len(calls)-1] != row.want[len(row.want)-1] {
			t.Errorf("%s: never told %v; last %v", row.sentence, left, calls[len(calls)-1])
		}
	}
}
