//go:build servers

package endtoend

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// mailbox is somebody's inbox, seen with a plain mail program.
type mailbox struct {
	t    *testing.T
	user string
}

// letter is one mail in it.
type letter struct {
	from, to, subject, id string
	text                  string  // for people
	calendar              *object // nil: a plain letter
	method                string
	flags                 string
}

// delivered waits until the mail server has nothing in its queue: what it took is in a mailbox. go test's own limit ends a
// wait in vain.
func (m mailbox) delivered() {
	m.t.Helper()
	for {
		waiting, err := filepath.Glob(filepath.Join(post.Is["QUEUE"], "*-[DHJ]"))
		if err != nil {
			m.t.Fatal(err)
		}
		if len(waiting) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (m mailbox) open(readOnly bool) (*imapclient.Client, int) {
	m.t.Helper()
	m.delivered()
	c, err := imapclient.DialInsecure(post.Is["IMAP"], nil)
	if err != nil {
		m.t.Fatal(err)
	}
	if err := c.Login(m.user, m.user+"pw").Wait(); err != nil {
		m.t.Fatal(err)
	}
	box, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: readOnly}).Wait()
	if err != nil {
		m.t.Fatal(err)
	}
	return c, int(box.NumMessages)
}

func (m mailbox) empty() {
	m.t.Helper()
	c, n := m.open(false)
	defer c.Close()
	if n == 0 {
		return
	}
	deleted := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	if err := c.Store(imap.SeqSet{{Start: 1}}, deleted, nil).Close(); err != nil {
		m.t.Fatal(err)
	}
	if err := c.Expunge().Close(); err != nil {
		m.t.Fatal(err)
	}
}

// letters are all mails, in their order.
func (m mailbox) letters() []letter {
	m.t.Helper()
	c, n := m.open(true)
	defer c.Close()
	if n == 0 {
		return nil
	}
	list, err := c.Fetch(imap.SeqSet{{Start: 1}}, &imap.FetchOptions{Flags: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
	if err != nil {
		m.t.Fatal(err)
	}
	var out []letter
	for _, one := range list {
		l := m.parse(one.BodySection[0].Bytes)
		l.flags = fmt.Sprint(one.Flags)
		out = append(out, l)
	}
	return out
}

func (m mailbox) parse(text []byte) letter {
	m.t.Helper()
	mail, err := netmail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		m.t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(mail.Header.Get("Subject"))
	if err != nil {
		m.t.Fatal(err)
	}
	l := letter{from: mail.Header.Get("From"), to: mail.Header.Get("To"), subject: subject, id: mail.Header.Get("Message-Id")}
	media, params, _ := mime.ParseMediaType(mail.Header.Get("Content-Type"))
	if !strings.HasPrefix(media, "multipart/") {
		l.text = m.decoded(mail.Header.Get("Content-Transfer-Encoding"), mail.Body)
		return l
	}
	for r := multipart.NewReader(mail.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return l
		}
		if err != nil {
			m.t.Fatal(err)
		}
		text := m.decoded(p.Header.Get("Content-Transfer-Encoding"), p)
		media, params, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if media == "text/calendar" {
			l.calendar, l.method = parse(text), params["method"]
			contains(m.t, text, "METHOD:"+l.method+"\r\n")
		} else {
			l.text = text
		}
	}
}

func (m mailbox) decoded(encoding string, r io.Reader) string {
	m.t.Helper()
	switch strings.ToLower(encoding) {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		m.t.Fatal(err)
	}
	return string(text)
}

// sends sends a mail with a calendar part ("": none) by SMTP. from is what its header says.
func (m mailbox) sends(from, to, subject, method, calendar string) {
	m.t.Helper()
	text := "From: " + from + "\r\nTo: " + to + "\r\nSubject: " + subject + "\r\nDate: " + time.Now().Format(time.RFC1123Z) +
		"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\n" + subject + "\r\n"
	if calendar != "" {
		text += "--B\r\nContent-Type: text/calendar; charset=utf-8; method=" + method + "\r\n\r\n" + calendar
	}
	c, err := smtp.Dial(post.Is["SMTP"])
	if err != nil {
		m.t.Fatal(err)
	}
	defer c.Close()
	for _, say := range []error{c.Mail(m.user + "@example.org"), c.Rcpt(to)} {
		if say != nil {
			m.t.Fatal(say)
		}
	}
	body, err := c.Data()
	if err == nil {
		_, err = io.WriteString(body, text+"--B--\r\n")
	}
	if err == nil {
		err = body.Close()
	}
	if err != nil {
		m.t.Fatal(err)
	}
	m.delivered()
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}
