package caldav

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"bilateral/calendar"
)

func base(t testing.TB) *url.URL {
	t.Helper()
	u, err := url.Parse("https://dav.example.org/cal/")
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestAMultistatusIsRead(t *testing.T) {
	const answer = `<?xml version="1.0" encoding="UTF-8"?>
<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
 <D:response><D:href>
   /cal/a%20b.ics </D:href><D:propstat><D:prop><D:getetag> W/"1" </D:getetag><C:calendar-data><![CDATA[BEGIN:X&]]>&amp;Y&#x0B;</C:calendar-data></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>
 <D:response><D:href>/cal/c.ics</D:href><D:href>https://dav.example.org/cal/d.ics</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>
 <D:response><D:href>/cal/e.ics</D:href><D:propstat><D:prop><D:getetag/></D:prop><D:status>HTTP/1.1 403 Forbidden</D:status></D:propstat></D:response>
 <D:response><D:href>https://elsewhere.example.net/cal/f.ics</D:href></D:response>
 <D:response><D:href>%zz</D:href></D:response>
 <D:sync-token>t1</D:sync-token>
</D:multistatus>`
	for _, r := range []io.Reader{strings.NewReader(answer), iotest.OneByteReader(strings.NewReader(answer))} {
		m, err := parseMultistatus(r, base(t), func() {})
		if err != nil || m.token != "t1" || len(m.resources) != 4 {
			t.Fatalf("got %+v, %v", m, err)
		}
		a := m.resources[0]
		if a.path != "/cal/a b.ics" || a.href != "/cal/a%20b.ics" || a.text(dav("getetag")) != `W/"1"` || a.prop(caldav("calendar-data")).text != "BEGIN:X&&Y\uFFFD" {
			t.Errorf("got %+v", a)
		}
		if !m.resources[1].gone() || m.resources[2].path != "/cal/d.ics" || m.resources[3].denied != 403 {
			t.Errorf("got %+v", m.resources)
		}
	}
}

func TestWhatXMLForbidsIsReplaced(t *testing.T) {
	for _, row := range []struct{ sentence, in, out string }{
		{"plain text", "a<b>c</b>\r\n\t", "a<b>c</b>\r\n\t"},
		{"a control character", "a\x00\x0b\x1fb", "a\uFFFD\uFFFD\uFFFDb"},
		{"a reference to one", "a&#11;&#x1F;&#xb;b", "a\uFFFD\uFFFD\uFFFDb"},
		{"other references", "&amp;&#10;&#x20;&#128512;&nbsp;&#;&#x;&", "&amp;&#10;&#x20;&#128512;&nbsp;&#;&#x;&"},
		{"a reference to half a surrogate", "&#xD800;", "\uFFFD"},
		{"what is no UTF-8", "\xff\xfeä\xc3", "\uFFFD\uFFFDä\uFFFD"},
		{"noncharacters", "\uFFFE\uFFFF🎉", "\uFFFD\uFFFD🎉"},
	} {
		for _, r := range []io.Reader{strings.NewReader(row.in), iotest.OneByteReader(strings.NewReader(row.in)), iotest.DataErrReader(strings.NewReader(row.in))} {
			got, err := io.ReadAll(newCleaner(r))
			if err != nil || string(got) != row.out {
				t.Errorf("%s: got %q, %v", row.sentence, got, err)
			}
		}
	}
	if _, err := io.ReadAll(newCleaner(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("abc"))))); !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("an error on the way became %v", err)
	}
}

// FuzzMultistatus holds the reader to what it is for: any bytes give an answer or an error, the same in one piece as in
// many, and what is read can be written and read again.
func FuzzMultistatus(f *testing.F) {
	f.Add([]byte(`<D:multistatus xmlns:D="DAV:"><D:response><D:href>/cal/a</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response></D:multistatus>`))
	f.Add([]byte(`<multistatus xmlns="DAV:"><response><href>/cal/%61</href><propstat><prop><getetag>"1"</getetag></prop></propstat></response><sync-token>x</sync-token></multistatus>`))
	f.Add([]byte("<!DOCTYPE html><html>"))
	f.Add([]byte("<a>&#11;\x00</a>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		one, err := parseMultistatus(bytes.NewReader(data), base(t), func() {})
		many, again := parseMultistatus(iotest.OneByteReader(bytes.NewReader(data)), base(t), func() {})
		if (err == nil) != (again == nil) || err == nil && !reflect.DeepEqual(one, many) {
			t.Fatalf("in one piece %+v, %v; in many %+v, %v", one, err, many, again)
		}
		clean, err := io.ReadAll(newCleaner(bytes.NewReader(data)))
		if twice, _ := io.ReadAll(newCleaner(bytes.NewReader(clean))); err != nil || !bytes.Equal(clean, twice) {
			t.Fatalf("%q became %q and then %q, %v", data, clean, twice, err)
		}
		for _, r := range one.resources {
			var back struct{ Text string }
			if err := xml.Unmarshal([]byte("<X><Text>"+escaped(r.href)+"</Text></X>"), &back); err != nil || back.Text != r.href {
				t.Fatalf("%q was written as %q", r.href, back.Text)
			}
		}
	})
}

// FuzzReply feeds messages of an inbox.
func FuzzReply(f *testing.F) {
	f.Add([]byte("BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20261028T143000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:d@example.org\nCOMMENT:x\nEND:VEVENT\nEND:VCALENDAR\n"))
	f.Add([]byte("METHOD:COUNTER\nBEGIN:VEVENT\nEND:VEVENT"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, r := range readReplies(data) {
			if r.UID == "" {
				t.Errorf("a reply to nothing: %+v", r)
			}
		}
	})
}

// FuzzChallenge feeds WWW-Authenticate.
func FuzzChallenge(f *testing.F) {
	f.Add(`Basic realm="a", Digest realm="b, c", nonce="x\"y", qop="auth", algorithm=SHA-256`)
	f.Add(`Digest nonce=`)
	f.Fuzz(func(t *testing.T, header string) {
		c := parseChallenges([]string{header})
		if c.digest == nil {
			return
		}
		if value := c.digest.authorize("alice", "pw", "GET", "/"); strings.ContainsAny(value, "\r\n") {
			t.Errorf("%q", value)
		}
	})
}

func TestChallenges(t *testing.T) {
	for _, row := range []struct {
		sentence  string
		headers   []string
		basic     bool
		algorithm string
		nonce     string
	}{
		{"basic alone", []string{`Basic realm="x"`}, true, "", ""},
		{"two in one header, a comma in a realm", []string{`Digest realm="a, b", nonce="n", qop="auth,auth-int", Basic realm="x"`}, true, "", "n"},
		{"the stronger of two digests", []string{`Digest realm="a", nonce="1", algorithm=MD5`, `Digest realm="a", nonce="2", algorithm=SHA-256`}, false, "SHA-256", "2"},
		{"an algorithm that is not known", []string{`Digest realm="a", nonce="1", algorithm=SHA-512-256`}, false, "", ""},
		{"a token before", []string{`Negotiate, basic`}, true, "", ""},
	} {
		c := parseChallenges(row.headers)
		got := digest{}
		if c.digest != nil {
			got = *c.digest
		}
		if c.basic != row.basic || got.algorithm != row.algorithm || got.nonce != row.nonce {
			t.Errorf("%s: got %v %+v", row.sentence, c.basic, got)
		}
	}
}

// TestDigestIsComputedAsInTheRFC uses the example of RFC 7616 section 3.9.1.
func TestDigestIsComputedAsInTheRFC(t *testing.T) {
	for algorithm, want := range map[string]string{
		"MD5": "8ca523f5e9506fed4657c9700eebdbec", "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"} {
		d := &digest{realm: "http-auth@example.org", nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", algorithm: algorithm, auth: true,
			session: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"}
		if got := d.authorize("Mufasa", "Circle of Life", "GET", "/dir/index.html"); !strings.Contains(got, `response="`+want+`"`) {
			t.Errorf("%s: got %s", algorithm, got)
		}
	}
}

// names is DNS in memory.
type names map[string]string

func (n names) LookupSRV(_ context.Context, service, proto, domain string) (string, []*net.SRV, error) {
	host, ok := n["_"+service+"._"+proto+"."+domain]
	if !ok {
		return "", nil, errors.New("no such name")
	}
	return "", []*net.SRV{{Target: host, Port: 443}}, nil
}

func (n names) LookupTXT(_ context.Context, name string) ([]string, error) {
	return []string{n["TXT "+name]}, nil
}

func TestDNSLeadsTo(t *testing.T) {
	for _, row := range []struct {
		sentence string
		start    string
		dns      names
		want     string
		kind     calendar.ErrorKind
	}{
		{"nowhere, without a record", "https://example.org/", names{}, "", 0},
		{"a host of the domain", "https://example.org/", names{"_caldavs._tcp.example.org": "dav.example.org."}, "https://dav.example.org/.well-known/caldav", 0},
		{"the path that TXT names", "https://example.org/", names{"_caldavs._tcp.example.org": "dav.example.org.", "TXT _caldavs._tcp.example.org": "path=/caldav/"}, "https://dav.example.org/caldav/", 0},
		{"nowhere, where the service is denied", "https://example.org/", names{"_caldavs._tcp.example.org": "."}, "", 0},
		{"another domain's host only by the user's hand", "https://example.org/", names{"_caldavs._tcp.example.org": "dav.example.net."}, "", calendar.Gone},
		{"a host beside it in its domain", "https://mail.example.co.uk/", names{"_caldavs._tcp.mail.example.co.uk": "dav.example.co.uk."}, "https://dav.example.co.uk/.well-known/caldav", 0},
		{"not to a stranger under the same country's roof", "https://example.co.uk/", names{"_caldavs._tcp.example.co.uk": "evil.co.uk."}, "", calendar.Gone},
		{"a domain that only ends like it, neither", "https://example.org/", names{"_caldavs._tcp.example.org": "dav.badexample.org."}, "", calendar.Gone},
		{"nowhere, for an address of digits", "https://192.0.2.1/", names{"_caldavs._tcp.192.0.2.1": "x.192.0.2.1"}, "", 0},
	} {
		start, err := url.Parse(row.start)
		if err != nil {
			t.Fatal(err)
		}
		f := finder{start: start, lookup: row.dns}
		at, err := f.fromDNS(context.Background())
		got := ""
		if at != nil {
			got = at.String()
		}
		if got != row.want || calendar.KindOf(err) != row.kind {
			t.Errorf("%s: got %q, %v", row.sentence, got, err)
		}
	}
}

type answering func(*http.Request) (*http.Response, error)

func (f answering) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestADomainWithoutAWebServerIsLookedUpInDNS(t *testing.T) {
	const collection = `<multistatus xmlns="DAV:"><response><href>/cal/</href><propstat><prop><resourcetype><collection/><calendar xmlns="urn:ietf:params:xml:ns:caldav"/></resourcetype></prop>` +
		`<status>HTTP/1.1 200 OK</status></propstat></response></multistatus>`
	reach := answering(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host != "dav.example.org" {
			return nil, errors.New("connection refused")
		}
		return &http.Response{StatusCode: 207, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(collection)), Request: r}, nil
	})
	for _, row := range []struct {
		sentence, start string
		dns             names
		want            string
		kind            calendar.ErrorKind
	}{
		{"a record leads on", "https://example.org/", names{"_caldavs._tcp.example.org": "dav.example.org.", "TXT _caldavs._tcp.example.org": "path=/cal/"}, "https://dav.example.org/cal/", 0},
		{"no record: it is not reachable", "https://example.org/", names{}, "", calendar.Unreachable},
		{"an address with a path is meant as it stands", "https://example.org/cal/", names{"_caldavs._tcp.example.org": "dav.example.org."}, "", calendar.Unreachable},
	} {
		start, err := url.Parse(row.start)
		if err != nil {
			t.Fatal(err)
		}
		f := finder{session: newSession(&http.Client{Transport: reach}, start, &authenticator{}, time.Now), start: start, lookup: row.dns}
		p, _, err := f.find(context.Background())
		if p.URL != row.want || calendar.KindOf(err) != row.kind {
			t.Errorf("%s: got %q, %v", row.sentence, p.URL, err)
		}
	}
}
