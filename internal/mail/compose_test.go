package mail_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"

	"bilateral/calendar/imip"
	"bilateral/internal/mail"
)

// sent is a mail as the server got it.
func sent(t *testing.T, m imip.Message) *netmail.Message {
	t.Helper()
	p := &post{}
	if err := open(t, mail.Options{SMTP: "smtp://" + p.serve(t, nil, false)}).Send(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	text := p.mails()[0]
	for line := range strings.SplitSeq(text, "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("a line of %d octets: %.100q", len(line), line)
		}
	}
	got, err := netmail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

type decoded struct{ contentType, text string }

func parts(t *testing.T, m *netmail.Message) (list []decoded) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s, %v", kind, err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, decoded{p.Header.Get("Content-Type"), decode(t, p.Header.Get("Content-Transfer-Encoding"), p)})
	}
}

func decode(t *testing.T, encoding string, r io.Reader) string {
	t.Helper()
	switch encoding {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	default:
		t.Fatalf("encoding %q", encoding)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAnInvitationArrivesAsItWasWritten(t *testing.T) {
	m := invitation(t)
	got := sent(t, m)
	list := parts(t, got)
	if len(list) != 2 {
		t.Fatalf("%d parts", len(list))
	}
	if kind, params, err := mime.ParseMediaType(list[1].contentType); err != nil || kind != "text/calendar" || params["method"] != "REQUEST" || params["charset"] != "UTF-8" {
		t.Errorf("the calendar part is %q", list[1].contentType)
	}
	if !bytes.Equal([]byte(list[1].text), m.Calendar) {
		t.Errorf("the calendar part arrives as\n%q\nwant\n%q", list[1].text, m.Calendar)
	}
	if kind, _, _ := mime.ParseMediaType(list[0].contentType); kind != "text/plain" || strings.ReplaceAll(list[0].text, "\r\n", "\n") != m.Text {
		t.Errorf("the text arrives as %q: %q", list[0].contentType, list[0].text)
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
	from, _ := got.Header.AddressList("From")
	to, _ := got.Header.AddressList("To")
	if subject != m.Subject || len(from) != 1 || *from[0] != (netmail.Address{Name: m.From.Name, Address: m.From.Email}) ||
		len(to) != 1 || to[0].Name != m.To.Name || to[0].Address != m.To.Email {
		t.Errorf("%q from %v to %v", subject, from, to)
	}
	for header, want := range map[string]string{"Message-Id": "<" + m.ID + ">", "Auto-Submitted": "auto-generated", "Bcc": "", "Cc": "", "User-Agent": "", "X-Mailer": "",
		"Date": "Sun, 22 Nov 2026 10:00:00 +0000"} {
		if got := got.Header.Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
}

func TestALetterIsPlainText(t *testing.T) {
	m := invitation(t)
	m.Method, m.Calendar, m.Text = "", nil, "Dear Dana,\n\nhere is what I would have asked.\n"
	got := sent(t, m)
	kind, _, _ := mime.ParseMediaType(got.Header.Get("Content-Type"))
	text := decode(t, got.Header.Get("Content-Transfer-Encoding"), got.Body)
	if kind != "text/plain" || strings.ReplaceAll(text, "\r\n", "\n") != m.Text {
		t.Errorf("%s: %q", kind, text)
	}
}

func TestNoNameOrSubjectAddsAHeader(t *testing.T) {
	for _, row := range []struct{ sentence, name, email string }{
		{"a name with a line break", "Dana\r\nBcc: eve@example.com", "dana@example.org"},
		{"a name with quotes and brackets", `"Dana" <eve@example.com>`, "dana@example.org"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			m := invitation(t)
			m.To, m.Subject = imip.Person{Name: row.name, Email: row.email}, "x\r\nBcc: eve@example.com"
			got := sent(t, m)
			to, err := got.Header.AddressList("To")
			if err != nil || len(to) != 1 || to[0].Address != row.email || got.Header.Get("Bcc") != "" {
				t.Errorf("to %v, bcc %q, %v", to, got.Header.Get("Bcc"), err)
			}
		})
	}
}
