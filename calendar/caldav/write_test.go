package caldav_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"bilateral/calendar"
)

// ours creates a series at the server and returns an empty change of it.
func ours(t *testing.T, server *fake) (func() error, calendar.Change) {
	t.Helper()
	a := open(t, server, nil)
	if _, err := a.Apply(context.Background(), calendar.Change{UID: "ours", Create: draft(t)}); err != nil {
		t.Fatal(err)
	}
	s := observe(t, a).Series[0]
	c := calendar.Change{UID: s.UID, Name: s.Name, Version: s.Version, Series: &calendar.Patch{Mark: calendar.Mark{"agenda": "1"}}}
	return func() error { _, err := a.Apply(context.Background(), c); return err }, c
}

func TestAWriteThatFailsIsTyped(t *testing.T) {
	put := func(status int, body string) spoiler {
		return func(_ int, w http.ResponseWriter, r *http.Request) bool {
			if r.Method != "PUT" {
				return false
			}
			w.WriteHeader(status)
			w.Write([]byte(body))
			return true
		}
	}
	for _, row := range []struct {
		sentence string
		spoil    spoiler
		want     calendar.ErrorKind
		says     string
	}{
		{"a multistatus is no success", put(207, multistatusHead+"</d:multistatus>"), calendar.BadData, "207"},
		{"a 202 is no success", put(202, ""), calendar.BadData, "202"},
		{"not allowed", put(403, `<d:error xmlns:d="DAV:"><d:need-privileges/></d:error>`), calendar.Denied, "need-privileges"},
		{"no room left", put(507, ""), calendar.Denied, "507"},
		{"changed meanwhile", put(412, ""), calendar.Conflict, "412"},
		{"gone", put(404, ""), calendar.Gone, "404"},
		{"too many requests", put(429, ""), calendar.Quota, "429"},
		{"no answer", put(droppedAfter, ""), calendar.Unreachable, ""},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			server := newFake(flavour{})
			write, _ := ours(t, server)
			server.spoil = row.spoil
			if err := write(); calendar.KindOf(err) != row.want || !strings.Contains(err.Error(), row.says) {
				t.Errorf("got %v", err)
			}
			server.spoil = nil
			if err := write(); err != nil {
				t.Errorf("and then: %v", err)
			}
		})
	}
}

func TestAWriteDependsOn(t *testing.T) {
	for _, row := range []struct {
		sentence     string
		flavour      flavour
		header, want string
		requests     int
	}{
		{"the ETag", flavour{}, "If-Match", `"1"`, 2},
		{"the Schedule-Tag where there is one", flavour{tags: true}, "If-Schedule-Tag-Match", `"t1"`, 2},
		{"a look before, where the ETag is weak", flavour{etags: "weak"}, "If-Match", "*", 3},
		{"a look before, where there is none", flavour{etags: "none"}, "If-Match", "*", 3},
		{"an unquoted ETag as it is", flavour{etags: "unquoted"}, "If-Match", "e1", 2},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			server := newFake(row.flavour)
			write, _ := ours(t, server)
			server.since()
			got := ""
			server.spoil = func(_ int, w http.ResponseWriter, r *http.Request) bool {
				if r.Method == "PUT" {
					got = r.Header.Get(row.header)
				}
				return false
			}
			if err := write(); err != nil || got != row.want {
				t.Errorf("sent %q, %v", got, err)
			}
			if log := server.since(); len(log) != row.requests {
				t.Errorf("%v", log)
			}
		})
	}
}

func TestAServerThatIsDeafToConditionsIsSeenThrough(t *testing.T) {
	t.Run("where another's change came after ours", func(t *testing.T) {
		server := newFake(flavour{deaf: true})
		write, c := ours(t, server)
		server.spoil = func(_ int, w http.ResponseWriter, r *http.Request) bool {
			if r.Method == "REPORT" { // the look after the write
				person{server}.Put("ours", event("ours", 20))
			}
			return false
		}
		if err := write(); calendar.KindOf(err) != calendar.Conflict {
			t.Errorf("%s: got %v", c.UID, err)
		}
	})
	t.Run("where what is to be removed was changed meanwhile", func(t *testing.T) {
		server := newFake(flavour{deaf: true})
		_, c := ours(t, server)
		a := open(t, server, nil)
		gone := calendar.Change{UID: c.UID, Name: c.Name, Version: observe(t, a).Series[0].Version, Remove: true}
		person{server}.Put("ours", event("ours", 20))
		if _, err := a.Apply(context.Background(), gone); calendar.KindOf(err) != calendar.Conflict || (person{server}).Text("ours") == nil {
			t.Errorf("got %v", err)
		}
	})
	t.Run("where the series was deleted meanwhile", func(t *testing.T) {
		server := newFake(flavour{sogo: true})
		write, _ := ours(t, server)
		person{server}.Delete("ours")
		if err := write(); calendar.KindOf(err) != calendar.Gone || (person{server}).Text("ours") != nil {
			t.Errorf("got %v", err)
		}
	})
	t.Run("where the event is there already", func(t *testing.T) {
		server := newFake(flavour{deaf: true})
		person{server}.Put("theirs", event("ours", 20))
		a := open(t, server, nil)
		if _, err := a.Apply(context.Background(), calendar.Change{UID: "ours", Create: draft(t)}); calendar.KindOf(err) != calendar.Exists {
			t.Errorf("got %v", err)
		}
	})
}

func TestASeriesUnderAnotherNameIsNotMadeTwice(t *testing.T) {
	server := newFake(flavour{})
	a := open(t, server, nil)
	observe(t, a)
	server.spoil = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if r.Method == "PUT" { // between our look and our write
			person{server}.Put("theirs", event("ours", 20))
		}
		return false
	}
	if _, err := a.Apply(context.Background(), calendar.Change{UID: "ours", Create: draft(t)}); calendar.KindOf(err) != calendar.Exists {
		t.Errorf("got %v", err)
	}
}

func TestANewSeriesTakesOverFromAnother(t *testing.T) {
	server := newFake(flavour{})
	_, c := ours(t, server)
	a := open(t, server, nil)
	observe(t, a)
	d := draft(t)
	d.Like, d.Attendees = c.Name, nil
	if _, err := a.Apply(context.Background(), calendar.Change{UID: "next", Create: d}); err != nil {
		t.Fatal(err)
	}
	if text := string(person{server}.Text("next")); !strings.Contains(text, "RSVP=TRUE:mailto:dana") {
		t.Errorf("the guest is gone from\n%s", text)
	}
}

// TestAChangeIsNotDatedBeforeTheServersClock: a scheduling server drops a change that looks older than a guest's answer.
func TestAChangeIsNotDatedBeforeTheServersClock(t *testing.T) {
	for date, want := range map[string]string{
		"Mon, 19 Oct 2026 08:10:00 GMT": "DTSTAMP:20261019T081000Z", // ten minutes ahead of us
		"Mon, 19 Oct 2026 07:50:00 GMT": "DTSTAMP:20261019T080000Z", // ten minutes behind
	} {
		server := newFake(flavour{})
		server.spoil = func(_ int, w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Date", date)
			return false
		}
		ours(t, server)
		if text := string(person{server}.Text("ours")); !strings.Contains(text, want) {
			t.Errorf("the server says %s, and the change has not %s:\n%s", date, want, text)
		}
	}
}
