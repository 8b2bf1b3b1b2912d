package mail

import (
	"bytes"
	"mime"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"bilateral/calendar/imip"
)

// headers are all that a mail of ours may have.
const headers = "|Auto-Submitted|Content-Transfer-Encoding|Content-Type|Date|From|Message-Id|Mime-Version|Subject|To|"

// FuzzHeaders: whatever stands in a title or a name, it cannot make a header of its own or begin the body.
func FuzzHeaders(f *testing.F) {
	f.Add("Alice / Dana", "Dana Boss")
	f.Add("Agenda\r\nBcc: eve@example.org\r\n\r\nbody", "Dana\r\nBcc: eve@example.org")
	f.Add("a\x00b\u2028Bcc: eve@example.org", "\"<eve@example.org>, \" =?utf-8?q?=0D=0ABcc:_eve?=")
	f.Fuzz(func(t *testing.T, title, name string) {
		m, err := compose(imip.Message{Method: "REQUEST", From: imip.Person{Name: name, Email: "alice@example.org"}, To: imip.Person{Name: name, Email: "dana@example.org"},
			Subject: title, Text: title, Calendar: []byte(title), ID: "x@example.org", Date: time.Date(2026, 12, 2, 9, 0, 0, 0, time.UTC)})
		if err != nil {
			return // refused: nothing goes out
		}
		var text bytes.Buffer
		if _, err := m.WriteTo(&text); err != nil {
			return
		}
		got, err := netmail.ReadMessage(&text)
		if err != nil {
			t.Fatal(err)
		}
		for key, values := range got.Header {
			if !strings.Contains(headers, "|"+key+"|") || len(values) != 1 {
				t.Fatalf("title %q, name %q: the mail has %s: %q", title, name, key, values)
			}
		}
		to, err := netmail.ParseAddressList(got.Header.Get("To"))
		if err != nil || len(to) != 1 || to[0].Address != "dana@example.org" {
			t.Fatalf("name %q: it goes to %v, %v", name, to, err)
		}
		if kind, _, err := mime.ParseMediaType(got.Header.Get("Content-Type")); err != nil || kind != "multipart/alternative" {
			t.Fatalf("title %q: the mail is %q, %v", title, kind, err)
		}
	})
}
