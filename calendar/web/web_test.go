package web_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/web"
)

func address(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestASecretMayGo(t *testing.T) {
	for _, row := range []struct {
		sentence, from, to string
		want               bool
	}{
		{"to another path of the same origin", "https://dav.example.org/a", "https://DAV.example.org:443/b", true},
		{"not to another port", "https://dav.example.org/", "https://dav.example.org:8443/", false},
		{"not to a subdomain", "https://example.org/", "https://dav.example.org/", false},
		{"not in the clear", "https://dav.example.org/", "http://dav.example.org/", false},
	} {
		if got := web.SameOrigin(address(t, row.from), address(t, row.to)); got != row.want {
			t.Errorf("%s: got %v", row.sentence, got)
		}
	}
	for text, want := range map[string]bool{"http://localhost:1/": true, "http://127.0.0.1/": true, "http://[::1]:80/": true,
		"http://localhost.example.org/": false, "http://192.0.2.1/": false} {
		if got := web.Loopback(address(t, text)); got != want {
			t.Errorf("%s is this machine: %v", text, got)
		}
	}
}

// The server's date stands in GMT: in the hour that Berlin's clocks repeat, that is the only one it can mean.
func TestARefusalMeans(t *testing.T) {
	now := time.Date(2026, 10, 25, 2, 30, 0, 0, time.FixedZone("CEST", 7200))
	for _, row := range []struct {
		sentence string
		status   int
		after    string
		kind     calendar.ErrorKind
		again    time.Time
	}{
		{"sign in", 401, "", calendar.SignIn, time.Time{}},
		{"that somebody wrote meanwhile", 412, "", calendar.Conflict, time.Time{}},
		{"ask again in two minutes", 429, "120", calendar.Quota, now.Add(2 * time.Minute)},
		{"ask again at that moment", 429, "Sun, 25 Oct 2026 01:15:00 GMT", calendar.Quota, time.Date(2026, 10, 25, 1, 15, 0, 0, time.UTC)},
		{"a busy server that says when", 503, "60", calendar.Quota, now.Add(time.Minute)},
		{"a broken server, without a moment", 503, "soon", calendar.Unreachable, time.Time{}},
		{"nothing that is known", 418, "-5", calendar.BadData, time.Time{}},
	} {
		kind, again := web.Refusal(row.status, http.Header{"Retry-After": {row.after}}, now)
		if kind != row.kind || !again.Equal(row.again) || again.Location() != time.UTC {
			t.Errorf("%s: got %v, %v", row.sentence, kind, again)
		}
	}
}

func TestALongAnswerNeverPassesForAWholeOne(t *testing.T) {
	const text = "twelve bytes"
	for most, whole := range map[int64]bool{11: false, 12: true, 13: true} {
		for _, r := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text)), iotest.DataErrReader(strings.NewReader(text))} {
			data, err := io.ReadAll(web.Limited(r, most))
			if whole && (err != nil || string(data) != text) || !whole && !errors.Is(err, web.ErrTooLong) {
				t.Errorf("of at most %d bytes: got %q, %v", most, data, err)
			}
		}
	}
}

func TestAPackedAnswerIsUnpacked(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write([]byte("BEGIN"))
	w.Close()
	for encoding, body := range map[string]string{"": "BEGIN", "GZIP": packed.String()} {
		r, err := web.Unpacked(&http.Response{Header: http.Header{"Content-Encoding": {encoding}}, Body: io.NopCloser(strings.NewReader(body))})
		if err != nil {
			t.Fatal(err)
		}
		if data, err := io.ReadAll(r); err != nil || string(data) != "BEGIN" {
			t.Errorf("%q: got %q, %v", encoding, data, err)
		}
	}
	if _, err := web.Unpacked(&http.Response{Header: http.Header{"Content-Encoding": {"gzip"}}, Body: io.NopCloser(strings.NewReader("BEGIN"))}); err == nil {
		t.Error("what is no gzip was unpacked")
	}
}
