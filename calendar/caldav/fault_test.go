package caldav_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/caldav"
)

type spoiler func(n int, w http.ResponseWriter, r *http.Request) bool

// always answers every request so.
func always(status int, media, body string) spoiler {
	return func(_ int, w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		io.WriteString(w, body)
		return true
	}
}

// oncePerPath spoils the first request to a path.
func oncePerPath(path string, status int) spoiler {
	done := false
	return func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if done || r.URL.Path != path {
			return false
		}
		done = true
		w.WriteHeader(status)
		return true
	}
}

func TestAnAnswerThatIsNone(t *testing.T) {
	const head = multistatusHead
	bomb := `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>` + head + `<d:response><d:href>&b;</d:href></d:response></d:multistatus>`
	for _, row := range []struct {
		sentence string
		spoil    spoiler
		want     calendar.ErrorKind
	}{
		{"a web page with 200", always(200, "text/html", "<!DOCTYPE html><html><body>Please sign in</body></html>"), calendar.BadData},
		{"a web page with 207", always(207, "text/html", "<html><head><meta charset=x></head><body><p>Hi"), calendar.BadData},
		{"nothing at all with 207", always(207, "application/xml", ""), calendar.BadData},
		{"half a multistatus", always(207, "application/xml", head+found("/dav/alice/work/e0.ics", "<d:getetag>x</d:getetag>")+"<d:response><d:hr"), calendar.BadData},
		{"a multistatus without its end", always(207, "application/xml", head+found("/dav/alice/work/e0.ics", "<d:getetag>x</d:getetag>")), calendar.BadData},
		{"an XML bomb", always(207, "application/xml", bomb), calendar.BadData},
		{"an external entity", always(207, "application/xml", `<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>`), calendar.BadData},
		{"a million nested elements", always(207, "application/xml", head+strings.Repeat("<d:a>", 1_000_000)), calendar.BadData},
		{"UTF-7", always(207, "application/xml", `<?xml version="1.0" encoding="utf-7"?>`+"+ADw-d:multistatus"), calendar.BadData},
		{"a sign-in that does not work", always(401, "text/plain", ""), calendar.SignIn},
		{"no permission", always(403, "text/plain", ""), calendar.Denied},
		{"a calendar that is not there", always(404, "text/plain", ""), calendar.Gone},
		{"too many requests", always(429, "text/plain", ""), calendar.Quota},
		{"a server that fails", always(500, "text/plain", ""), calendar.Unreachable},
		{"a gateway without a server", always(502, "text/plain", ""), calendar.Unreachable},
		{"a broken connection", always(droppedAfter, "text/plain", ""), calendar.Unreachable},
		{"a redirect to another host", redirect("https://elsewhere.example.net/dav/"), calendar.BadData},
		{"a redirect to a subdomain", redirect("https://x.dav.example.org/"), calendar.BadData},
		{"a redirect to another port", redirect("https://dav.example.org:8443/"), calendar.BadData},
		{"a redirect to plain http", redirect("http://dav.example.org/"), calendar.BadData},
		{"a redirect to this machine", redirect("http://127.0.0.1/"), calendar.BadData},
		{"a redirect to itself", redirect(""), calendar.BadData},
		{"a redirect without an address", always(301, "text/plain", ""), calendar.BadData},
	} {
		for _, pass := range []string{"first", "later"} {
			t.Run(row.sentence+", at the "+pass+" pass", func(t *testing.T) {
				server := filled(flavour{}, 3)
				a := open(t, server, nil)
				if pass == "later" {
					observe(t, a)
					server.set(fakeWork+"new.ics", event("new", 26))
				}
				server.spoil = row.spoil
				_, err := a.Observe(context.Background(), october)
				if calendar.KindOf(err) != row.want {
					t.Errorf("got %v, want kind %v", err, row.want)
				}
				if err != nil && strings.Contains(err.Error(), "pw") {
					t.Errorf("the secret is in %q", err)
				}
				server.spoil = nil
				want := map[string]int{"first": 3, "later": 4}[pass]
				if o := observe(t, a); o.Objects != want {
					t.Errorf("afterwards %d objects, want %d", o.Objects, want)
				}
			})
		}
	}
}

// redirect sends every request on; it fails the test's wish if it ever sees the other host.
func redirect(to string) spoiler {
	return func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Host != "dav.example.org" || r.URL.Scheme != "https" {
			w.WriteHeader(http.StatusTeapot)
			return true
		}
		where := to
		if where == "" {
			where = r.URL.Path
		}
		w.Header().Set("Location", where)
		w.WriteHeader(http.StatusPermanentRedirect)
		return true
	}
}

func TestARedirectKeepsTheMethodAndStaysAtHome(t *testing.T) {
	for _, status := range []int{301, 302, 307, 308} {
		server := filled(flavour{}, 3)
		server.spoil = func(_ int, w http.ResponseWriter, r *http.Request) bool {
			path, moved := strings.CutPrefix(r.URL.Path, "/old")
			if !moved {
				return false
			}
			w.Header().Set("Location", path)
			w.WriteHeader(status)
			return true
		}
		a := open(t, server, func(o *caldav.Options) { o.URL = "https://dav.example.org/old" + fakeWork })
		if o := observe(t, a); o.Objects != 3 {
			t.Errorf("%d: %d objects", status, o.Objects)
		}
		if log := server.since(); log[1] != "PROPFIND "+fakeWork {
			t.Errorf("%d: %v", status, log)
		}
	}
}

func TestAGiantAnswerIsNotReadToItsEnd(t *testing.T) {
	var sent atomic.Int64 // a client that gave up asks again while the answer before is still being written
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/xml")
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(http.StatusMultiStatus)
		packed := gzip.NewWriter(w)
		io.WriteString(packed, multistatusHead)
		block := []byte(strings.Repeat("<d:x/>", 100_000))
		for left := 1 << 30; left > 0; left -= len(block) {
			if _, err := packed.Write(block); err != nil {
				return
			}
			sent.Add(int64(len(block)))
		}
	}))
	defer server.Close()
	a, err := caldav.New(caldav.Options{URL: server.URL, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Observe(context.Background(), october); calendar.KindOf(err) != calendar.BadData || sent.Load() >= 1<<30 {
		t.Errorf("%d bytes sent, got %v", sent.Load(), err)
	}
}

func TestACertificateThatIsNotTrustedEndsThePass(t *testing.T) {
	asked := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	a, err := caldav.New(caldav.Options{URL: server.URL, Username: "alice", Secret: func(context.Context) (string, error) { return "pw", nil }})
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Observe(context.Background(), october)
	if calendar.KindOf(err) != calendar.Unreachable || !strings.Contains(err.Error(), "certificate") || asked != 0 {
		t.Errorf("%d requests, %v", asked, err)
	}
}

func TestASlowServerIsGivenUpAtTheDeadline(t *testing.T) {
	for _, row := range []struct {
		sentence string
		begin    string // what is sent at once; then a byte now and again
	}{
		{"nothing comes", ""},
		{"the head does not end", "HTTP/1.1 207 Multi-Status\r\nX-Slow: "},
		{"the body does not end", "HTTP/1.1 207 Multi-Status\r\nContent-Type: application/xml\r\n\r\n" + multistatusHead},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			address, asked := trickle(t, row.begin)
			a, err := caldav.New(caldav.Options{URL: "http://" + address + fakeWork, Now: clock})
			if err != nil {
				t.Fatal(err)
			}
			late, stop := context.WithTimeout(context.Background(), 100*time.Millisecond)
			defer stop()
			_, err = a.Observe(late, october)
			if calendar.KindOf(err) != calendar.Unreachable || !strings.HasSuffix(err.Error(), "not reachable: the server did not answer in time") {
				t.Errorf("got %v", err)
			}
			if asked.Load() == 0 {
				t.Error("the server was never asked")
			}
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// trickle is a server that sends a byte now and again until the other side hangs up.
func trickle(t *testing.T, begin string) (address string, asked *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	asked = new(atomic.Int64)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			go func() {
				defer conn.Close()
				_, err := http.ReadRequest(bufio.NewReader(conn))
				if err == nil {
					_, err = io.WriteString(conn, begin)
				}
				for ; err == nil; time.Sleep(5 * time.Millisecond) {
					if begin != "" {
						_, err = io.WriteString(conn, " ")
					} else {
						_, err = conn.Read(make([]byte, 1))
					}
				}
			}()
		}
	}()
	return listener.Addr().String(), asked
}

func TestQuotaSaysWhen(t *testing.T) {
	for header, want := range map[string]time.Time{"120": clock().Add(2 * time.Minute), "Mon, 19 Oct 2026 09:00:00 GMT": clock().Add(time.Hour)} {
		server := filled(flavour{}, 1)
		server.spoil = func(_ int, w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		_, err := open(t, server, nil).Observe(context.Background(), october)
		var typed *calendar.Error
		if !errors.As(err, &typed) || typed.Kind != calendar.Quota || !typed.RetryAt.Equal(want) {
			t.Errorf("%s: got %v, at %v", header, err, typed.RetryAt)
		}
	}
}

// TestAFaultAtEveryRequest lets each request of a day fail in turn, before and after its effect, and tries again as the
// daemon does: what stands in the end is what was wanted, once.
func TestAFaultAtEveryRequest(t *testing.T) {
	for _, f := range []flavour{{}, {noData: true, noSync: true, rewrites: true}, {etags: "weak", tags: true}} {
		for _, fault := range []string{"500", "dropped before", "dropped after", "truncated"} {
			for n := 1; n < 60; n++ {
				server := filled(f, 3)
				hit := false
				server.spoil = failing(server, n, fault, &hit)
				day(t, server, f.name+" "+fault+" at request "+strconv.Itoa(n))
				if !hit {
					break
				}
			}
		}
	}
}

// failing spoils request n.
func failing(server *fake, n int, fault string, hit *bool) spoiler {
	return func(at int, w http.ResponseWriter, r *http.Request) bool {
		if at != n || *hit {
			return false
		}
		*hit = true
		if fault == "500" {
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}
		if fault != "dropped before" {
			done := httptest.NewRecorder()
			server.ServeHTTP(done, r)
			if fault == "truncated" && done.Body.Len() > 20 {
				w.WriteHeader(done.Code)
				w.Write(done.Body.Bytes()[:done.Body.Len()-20])
				return true
			}
		}
		w.WriteHeader(droppedAfter)
		return true
	}
}

// day creates a series and moves an instance, each until it stands.
func day(t *testing.T, server *fake, sentence string) {
	t.Helper()
	a := open(t, server, nil)
	moved := calendar.Span{Start: time.Date(2026, 10, 29, 9, 0, 0, 0, time.UTC), End: time.Date(2026, 10, 29, 9, 45, 0, 0, time.UTC)}
	original := time.Date(2026, 10, 28, 14, 30, 0, 0, time.UTC)
	for range 8 {
		o, err := a.Observe(context.Background(), october)
		if err != nil {
			continue
		}
		if len(o.Series) == 0 {
			a.Apply(context.Background(), calendar.Change{UID: "ours", Create: draft(t)})
			continue
		}
		want := []calendar.InstancePatch{{Original: original, Patch: calendar.Patch{Span: &moved, Mark: calendar.Mark{"moves": "1"}}}}
		c, differs := calendar.Diff(o.Series[0], calendar.Patch{}, want)
		if !differs {
			break
		}
		a.Apply(context.Background(), c)
	}
	server.spoil = nil
	o := observe(t, a)
	if o.Objects != 4 || len(o.Series) != 1 {
		t.Fatalf("%s: %d objects, %d series", sentence, o.Objects, len(o.Series))
	}
	in := o.Series[0].At(original)
	if in == nil || !in.Span.Equal(moved) || in.Sequence > o.Series[0].Sequence+1 {
		t.Errorf("%s: the instance is %+v", sentence, in)
	}
}

func draft(t testing.TB) *calendar.Draft {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return &calendar.Draft{Title: "Alice / Dana", Start: time.Date(2026, 10, 21, 13, 30, 0, 0, time.UTC), Zone: berlin, Duration: 45 * time.Minute,
		Rule: "FREQ=WEEKLY;BYDAY=WE", Organizer: calendar.Attendee{Email: "alice@example.org"},
		Attendees: []calendar.Attendee{{Email: "dana@example.org"}}, Mark: calendar.Mark{"id": "dana"}}
}

// closer closes each connection after its answer without having said so: what comes on it next gets none.
type closer struct{ *fake }

type closed struct{} // of a connection's context

func (c closer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Context().Value(closed{}).(*atomic.Bool).Swap(true) {
		panic(http.ErrAbortHandler)
	}
	c.fake.ServeHTTP(w, r)
}

func TestAConnectionThatTheServerHadClosedIsNoFailure(t *testing.T) {
	server := httptest.NewUnstartedServer(closer{filled(flavour{}, 3)})
	server.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
		return context.WithValue(ctx, closed{}, new(atomic.Bool))
	}
	server.Start()
	defer server.Close()
	a := open(t, nil, func(o *caldav.Options) { o.URL, o.Client = server.URL+fakeWork, server.Client() })
	observe(t, a)
	version, err := a.Apply(context.Background(), calendar.Change{UID: "ours", Create: draft(t)})
	if err != nil || version == "" {
		t.Fatalf("got %q, %v", version, err)
	}
	if o := observe(t, a); o.Objects != 4 {
		t.Errorf("%d objects", o.Objects)
	}
}
