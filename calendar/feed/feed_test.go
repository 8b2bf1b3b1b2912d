package feed_test

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/calendartest"
	"bilateral/calendar/feed"
)

// publisher is the other person: what they put into their calendar is published as one text.
type publisher struct {
	mu      sync.Mutex
	objects map[string][]byte
	publish func(text []byte)
}

func newPublisher(publish func([]byte)) *publisher {
	p := &publisher{objects: make(map[string][]byte), publish: publish}
	p.publish(p.text())
	return p
}

func (p *publisher) text() []byte {
	if len(p.objects) == 0 {
		return []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//EN\r\nEND:VCALENDAR\r\n")
	}
	var all [][]byte
	for _, uid := range slices.Sorted(maps.Keys(p.objects)) {
		all = append(all, p.objects[uid])
	}
	return bytes.Join(all, nil)
}

func (p *publisher) Put(uid string, text []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.objects[uid] = text
	p.publish(p.text())
}

func (p *publisher) Text(uid string) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.objects[uid]
}

func (p *publisher) Delete(uid string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.objects, uid)
	p.publish(p.text())
}

func clock() time.Time { return calendartest.Now }

func open(t *testing.T, address string, client *http.Client, login feed.Login) *feed.Account {
	t.Helper()
	a, err := feed.New(address, client, login, clock)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestConformanceOverHTTP(t *testing.T) {
	calendartest.Run(t, calendartest.Harness{ReadOnly: true, New: func(t *testing.T) (calendar.Account, calendartest.Other) {
		site := newSite(t)
		return open(t, site.URL, site.Client(), feed.Login{}), newPublisher(site.publish)
	}})
}

func TestConformanceOverAFile(t *testing.T) {
	calendartest.Run(t, calendartest.Harness{ReadOnly: true, New: func(t *testing.T) (calendar.Account, calendartest.Other) {
		path := filepath.Join(t.TempDir(), "feed.ics")
		publish := func(text []byte) {
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Error(err)
			}
		}
		return open(t, "file://"+path, nil, feed.Login{}), newPublisher(publish)
	}})
}

// site is a web server with one text, its ETag and its date.
type site struct {
	*httptest.Server
	mu       sync.Mutex
	body     []byte
	version  int
	answers  map[int]int // by status
	dateOnly bool
}

func newSite(t *testing.T) *site {
	s := &site{answers: make(map[int]int)}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *site) publish(text []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body = text
	s.version++
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	etag, date := `"`+strings.Repeat("v", s.version)+`"`, calendartest.Now.Add(time.Duration(s.version)*time.Hour).Format(http.TimeFormat)
	status := http.StatusOK
	if s.dateOnly {
		w.Header().Set("Last-Modified", date)
	} else {
		w.Header().Set("ETag", etag)
	}
	if r.Header.Get("If-None-Match") == etag || s.dateOnly && r.Header.Get("If-Modified-Since") == date {
		status = http.StatusNotModified
	}
	s.answers[status]++
	w.WriteHeader(status)
	if status == http.StatusOK {
		w.Write(s.body)
	}
}

var october = calendar.Query{Zone: time.UTC, Window: calendar.Span{
	Start: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC)}}

const oneEvent = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//EN\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20261001T000000Z\r\n" +
	"DTSTART:20261021T100000Z\r\nDTEND:20261021T110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

func observe(t *testing.T, a *feed.Account) calendar.Observation {
	t.Helper()
	o, err := a.Observe(context.Background(), october)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestAnUnchangedFeedIsNotSentAgain(t *testing.T) {
	for sentence, dateOnly := range map[string]bool{"by its ETag": false, "by its date": true} {
		t.Run(sentence, func(t *testing.T) {
			s := newSite(t)
			s.dateOnly = dateOnly
			s.publish([]byte(oneEvent))
			a := open(t, s.URL, s.Client(), feed.Login{})
			for i, parsed := range []int{1, 0, 0} {
				if o := observe(t, a); o.Parsed != parsed || len(o.Events) != 1 {
					t.Errorf("look %d: %d parsed, %d events", i, o.Parsed, len(o.Events))
				}
			}
			if s.answers[200] != 1 || s.answers[304] != 2 {
				t.Errorf("answers: %v", s.answers)
			}
		})
	}
}

func TestAFeedThatBreaksIsAnErrorUntilItIsWholeAgain(t *testing.T) {
	s := newSite(t)
	a := open(t, s.URL, s.Client(), feed.Login{})
	for _, broken := range []string{"", "<!DOCTYPE html><p>Please sign in", "\n <html>", "BEGIN:VCARD\r\nEND:VCARD\r\n", oneEvent[:len(oneEvent)/2], "\x1f\x8b\x08"} {
		s.publish([]byte(broken))
		for range 2 { // the second time the server would answer 304, were it asked whether that text changed
			if _, err := a.Observe(context.Background(), october); calendar.KindOf(err) != calendar.BadData {
				t.Errorf("%q: got %v", broken, err)
			}
		}
		s.publish([]byte("\xef\xbb\xbf" + oneEvent))
		if o := observe(t, a); len(o.Events) != 1 {
			t.Errorf("whole again: %+v", o)
		}
	}
}

func TestFreeBusyFeed(t *testing.T) {
	s := newSite(t)
	s.publish([]byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VFREEBUSY\r\nDTSTAMP:20261001T000000Z\r\n" +
		"FREEBUSY;FBTYPE=BUSY:20261024T100000Z/PT1H,20261026T100000Z/PT1H\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"))
	o := observe(t, open(t, s.URL, s.Client(), feed.Login{}))
	if len(o.Events) != 2 || !o.Events[0].Anonymous || o.Objects != 1 {
		t.Errorf("got %+v", o)
	}
}

func TestAFeedOnlyReads(t *testing.T) {
	s := newSite(t)
	s.publish([]byte(oneEvent))
	a := open(t, s.URL, s.Client(), feed.Login{})
	about, err := a.About(context.Background())
	if err != nil || about.Write || about.Sync != "ETag" {
		t.Errorf("about: %+v, %v", about, err)
	}
	_, wrote := a.Apply(context.Background(), calendar.Change{UID: "a"})
	_, asked := a.FreeBusy(context.Background(), "dana@example.org", october.Window)
	for _, err := range []error{wrote, asked} {
		if calendar.KindOf(err) != calendar.Unsupported {
			t.Errorf("got %v", err)
		}
	}
}

func TestFilesThatAreNoFeed(t *testing.T) {
	folder := t.TempDir()
	os.WriteFile(filepath.Join(folder, "page.ics"), []byte("<html>"), 0o600)
	for _, row := range []struct {
		sentence, path string
		want           calendar.ErrorKind
	}{
		{"a missing file is gone", filepath.Join(folder, "missing.ics"), calendar.Gone},
		{"a file below a file is gone", filepath.Join(folder, "page.ics", "x"), calendar.Gone},
		{"a folder is no feed", folder, calendar.BadData},
		{"a device is no feed", "/dev/zero", calendar.BadData},
		{"a web page is no feed", filepath.Join(folder, "page.ics"), calendar.BadData},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			_, err := open(t, row.path, nil, feed.Login{}).Observe(context.Background(), october)
			if calendar.KindOf(err) != row.want || !strings.Contains(err.Error(), row.path) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	for _, address := range []string{"ftp://example.org/a.ics", "https://", "https://exa mple.org/secret", "https://u:secret@exa mple.org/", "file://host/a.ics"} {
		if _, err := feed.New(address, http.DefaultClient, feed.Login{}, clock); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
