//go:build servers

package mail_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"bilateral/calendar"
	"bilateral/calendar/imip"
	"bilateral/internal/mail"
	"bilateral/test/servers"
)

var (
	daemons *servers.Server // Exim and Cyrus
	trust   *tls.Config     // in their certificate
)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "mail")
		if err == nil {
			defer os.RemoveAll(dir)
			daemons, err = servers.Start("mail", filepath.Join(dir, "mail"))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer daemons.Stop()
		text, err := os.ReadFile(daemons.Is["CERTIFICATE"])
		pool := x509.NewCertPool()
		if err != nil || !pool.AppendCertsFromPEM(text) {
			fmt.Fprintln(os.Stderr, "no certificate:", err)
			return 1
		}
		trust = &tls.Config{RootCAs: pool}
		return m.Run()
	}())
}

// as is a person with a password there.
func as(t *testing.T, user string, change func(*mail.Options)) *mail.Mail {
	o := mail.Options{SMTP: "smtps://" + daemons.Is["SMTPS"], IMAP: "imaps://" + daemons.Is["IMAPS"], Username: user, TLS: trust,
		Secret: func(context.Context) (string, error) { return user + "pw", nil }, Now: time.Now}
	if change != nil {
		change(&o)
	}
	return open(t, o)
}

// inboxOf returns the mails of somebody, in their order, once there are as many as that. It looks as any mail program does.
func inboxOf(t *testing.T, user string, atLeast int) []*imapclient.FetchMessageBuffer {
	t.Helper()
	c, err := imapclient.DialInsecure(daemons.Is["IMAP"], nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login(user, user+"pw").Wait(); err != nil {
		t.Fatal(err)
	}
	for {
		open, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
		if err != nil {
			t.Fatal(err)
		}
		if int(open.NumMessages) < atLeast {
			time.Sleep(10 * time.Millisecond) // it is on its way; go test's own limit ends a wait in vain
			continue
		}
		if open.NumMessages == 0 {
			return nil
		}
		all := imap.SeqSet{{Start: 1}}
		list, err := c.Fetch(all, &imap.FetchOptions{UID: true, Flags: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
}

// answer is what dana's program sends back.
func answer(m imip.Message, status string) imip.Message {
	object := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//dana//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:w1@example.org\r\nDTSTAMP:20261122T110000Z\r\n" +
		"RECURRENCE-ID;TZID=Europe/Berlin:20261209T153000\r\nSEQUENCE:0\r\nATTENDEE;PARTSTAT=" + status + ":mailto:dana@example.org\r\n" +
		"COMMENT:Größer wäre besser\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	return imip.Message{Method: "REPLY", From: imip.Person{Name: "Dana", Email: "dana@example.org"}, To: m.From, Subject: status, Text: "no\n",
		Calendar: []byte(object), ID: status + "@example.org", Date: m.Date}
}

func TestAnInvitationThroughRealServersAndBack(t *testing.T) {
	ctx, m := context.Background(), invitation(t)
	had := len(inboxOf(t, "dana", 0))
	if err := as(t, "alice", nil).Send(ctx, m); err != nil {
		t.Fatal(err)
	}
	got, err := netmail.ReadMessage(bytes.NewReader(inboxOf(t, "dana", had+1)[had].BodySection[0].Bytes))
	if err != nil {
		t.Fatal(err)
	}
	if list := parts(t, got); len(list) != 2 || list[1].text != string(m.Calendar) {
		t.Errorf("dana has %q", list)
	}

	alice := as(t, "alice", func(o *mail.Options) { o.State = t.TempDir() })
	before, err := alice.Replies(ctx)
	if err != nil {
		t.Fatal(err)
	}
	had = len(inboxOf(t, "alice", 0))
	if err := as(t, "dana", nil).Send(ctx, answer(m, "DECLINED")); err != nil {
		t.Fatal(err)
	}
	inboxOf(t, "alice", had+1)
	list, err := alice.Replies(ctx)
	if err != nil || len(list) != len(before)+1 {
		t.Fatalf("read %q, before %q, %v", said(list), said(before), err)
	}
	r := list[len(list)-1]
	if said(list[len(list)-1:]) != "12-09 DECLINED" || r.Comment != "Größer wäre besser" || r.From != "dana@example.org" {
		t.Errorf("read %+v", r)
	}
	last := inboxOf(t, "alice", had+1)[had]
	for _, flag := range last.Flags {
		if flag == imap.FlagSeen {
			t.Error("the answer is marked as read")
		}
	}
}

// A bounce carries the invitation that came back, calendar part and all.
func TestABounceIsNoAnswer(t *testing.T) {
	ctx, m := context.Background(), invitation(t)
	alice := as(t, "alice", nil)
	before, err := alice.Replies(ctx)
	if err != nil {
		t.Fatal(err)
	}
	had := len(inboxOf(t, "alice", 0))
	m.To.Email = "gone@example.org"
	if err := alice.Send(ctx, m); err != nil {
		t.Fatal(err)
	}
	if text := inboxOf(t, "alice", had+1)[had].BodySection[0].Bytes; !bytes.Contains(text, []byte("this person has left")) || !bytes.Contains(text, []byte("text/calendar")) {
		t.Errorf("the bounce is\n%s", text)
	}
	if list, err := alice.Replies(ctx); err != nil || len(list) != len(before) {
		t.Errorf("read %q, before %q, %v", said(list), said(before), err)
	}
}

func TestRealServersRefuse(t *testing.T) {
	wrong := func(o *mail.Options) { o.Secret = func(context.Context) (string, error) { return "wrong-secret", nil } }
	for _, row := range []struct {
		sentence, to string
		change       func(*mail.Options)
		kind         calendar.ErrorKind
		says         string
	}{
		{"a mailbox that is none", "bounce@example.org", nil, calendar.Denied, "550"},
		{"a mailbox that is full", "full@example.org", nil, calendar.Quota, "451"},
		{"another server's mailbox", "dana@example.com", nil, calendar.Denied, "relay not permitted"},
		{"a wrong password", "dana@example.org", wrong, calendar.SignIn, "535"},
		{"their certificate, as nobody vouches for it", "dana@example.org", func(o *mail.Options) { o.TLS = &tls.Config{} }, calendar.Unreachable, "certificate"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			m := invitation(t)
			m.To.Email = row.to
			err := as(t, "alice", row.change).Send(context.Background(), m)
			if kind(err) != row.kind || !strings.Contains(err.Error(), row.says) || strings.Contains(err.Error(), "wrong-secret") {
				t.Errorf("got %q (%v)", err, kind(err))
			}
		})
	}
	if _, err := as(t, "alice", wrong).Replies(context.Background()); kind(err) != calendar.SignIn {
		t.Errorf("the mailbox with a wrong password: %v", err)
	}
}

func TestRealServersAreReachedInEveryWay(t *testing.T) {
	for _, row := range []struct {
		sentence, smtp, imap string
		tls                  *tls.Config
	}{
		{"by TLS from the first byte", "smtps://" + daemons.Is["SMTPS"], "imaps://" + daemons.Is["IMAPS"], trust},
		{"by STARTTLS", "smtp://" + daemons.Is["SMTP"], "imap://" + daemons.Is["IMAP"], trust},
		{"over the loopback as it is", "smtp://" + daemons.Is["SMTP"], "imap://" + daemons.Is["IMAP"], nil},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			m := as(t, "alice", func(o *mail.Options) { o.SMTP, o.IMAP, o.TLS = row.smtp, row.imap, row.tls })
			if err := m.Check(context.Background()); err != nil {
				t.Error(err)
			}
			if err := m.Send(context.Background(), invitation(t)); err != nil {
				t.Error(err)
			}
			if _, err := m.Replies(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}
