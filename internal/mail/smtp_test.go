package mail_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"bilateral/calendar"
	"bilateral/calendar/imip"
	"bilateral/internal/mail"
)

const password = "open-sesame"

var clock = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func secret(context.Context) (string, error) { return password, nil }

// certificate is one for 127.0.0.1, and who trusts it.
func certificate(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	t.Cleanup(s.Close)
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates}, &tls.Config{RootCAs: pool}
}

func listen(t *testing.T, secure *tls.Config) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if secure != nil {
		l = tls.NewListener(l, secure)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// post is an SMTP server that keeps what it takes, and refuses what it is told to.
type post struct {
	refuse   map[string]*smtp.SMTPError // by command, or by recipient
	mu       sync.Mutex
	took     []string
	signedIn int
}

func (p *post) NewSession(*smtp.Conn) (smtp.Session, error) { return &postSession{post: p}, nil }

func (p *post) signIns() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.signedIn
}

func (p *post) mails() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.took
}

func (p *post) refused(what string) error {
	if e := p.refuse[what]; e != nil {
		return e
	}
	return nil
}

type postSession struct{ *post }

func (s *postSession) Reset()                               {}
func (s *postSession) Logout() error                        { return nil }
func (s *postSession) Mail(string, *smtp.MailOptions) error { return s.refused("MAIL") }
func (s *postSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	return s.refused(to)
}

func (s *postSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.refused("DATA"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took = append(s.took, string(text))
	return nil
}

func (s *postSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *postSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, secret string) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.signedIn++
		if user != "alice" || secret != password {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

// serve starts the server; with a config it offers STARTTLS, or where implicit begins with TLS.
func (p *post) serve(t *testing.T, secure *tls.Config, implicit bool) (address string) {
	t.Helper()
	s := smtp.NewServer(p)
	s.Domain, s.AllowInsecureAuth, s.ErrorLog = "localhost", true, log.New(io.Discard, "", 0)
	var l net.Listener
	if implicit {
		l = listen(t, secure)
	} else {
		s.TLSConfig = secure
		l = listen(t, nil)
	}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return l.Addr().String()
}

func open(t *testing.T, o mail.Options) *mail.Mail {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return clock }
	}
	if o.Username != "" && o.Secret == nil {
		o.Secret = secret
	}
	m, err := mail.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func invitation(t *testing.T) imip.Message {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	e := imip.Envelope{From: imip.Person{Name: `Alice "CTO" Chen`, Email: "alice@example.org"}, To: imip.Person{Name: "Dana Boß", Email: "dana@example.org"},
		FromZone: berlin, ToZone: berlin, Now: clock}
	start := time.Date(2026, 12, 2, 14, 30, 0, 0, time.UTC)
	return imip.Request(e, calendar.Series{UID: "w1@example.org", Start: start, Zone: berlin, Duration: 45 * time.Minute, Rule: "FREQ=WEEKLY",
		Title: "Alice / Dana: Größe", Description: "[ ] a line that is longer than any line of a mail may be, " + strings.Repeat("on and on ", 120) + "\n.\nFrom here"})
}

func kind(err error) calendar.ErrorKind { return calendar.KindOf(err) }

func TestAMailIsSent(t *testing.T) {
	server, client := certificate(t)
	for _, row := range []struct {
		sentence, scheme string
		secure           bool
		implicit         bool
		user             string
	}{
		{"by TLS from the first byte", "smtps", true, true, "alice"},
		{"by STARTTLS", "smtp", true, false, "alice"},
		{"over the loopback as it is", "smtp", false, false, "alice"},
		{"without signing in", "smtp", false, false, ""},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			p := &post{}
			o := mail.Options{Username: row.user}
			var secure *tls.Config
			if row.secure {
				secure, o.TLS = server, client
			}
			o.SMTP = row.scheme + "://" + p.serve(t, secure, row.implicit)
			m := open(t, o)
			if err := m.Check(context.Background()); err != nil {
				t.Fatal(err)
			}
			if len(p.mails()) > 0 {
				t.Error("a check has sent a mail")
			}
			if err := m.Send(context.Background(), invitation(t)); err != nil {
				t.Fatal(err)
			}
			if len(p.mails()) != 1 || (p.signIns() > 0) != (row.user != "") {
				t.Errorf("%d mails, %d sign-ins", len(p.mails()), p.signIns())
			}
		})
	}
}

func TestARefusalIsTold(t *testing.T) {
	server, client := certificate(t)
	dead := listen(t, nil)
	dead.Close()
	refusal := func(code int) *smtp.SMTPError { return &smtp.SMTPError{Code: code, Message: "so it is"} }
	for _, row := range []struct {
		sentence string
		refuse   map[string]*smtp.SMTPError
		change   func(*mail.Options)
		kind     calendar.ErrorKind
		says     string
	}{
		{"a wrong password", nil, func(o *mail.Options) { o.Secret = func(context.Context) (string, error) { return "wrong-secret", nil } }, calendar.SignIn, "535"},
		{"a password that cannot be read", nil, func(o *mail.Options) {
			o.Secret = func(context.Context) (string, error) { return "", errors.New("no such file") }
		}, calendar.SignIn, "no such file"},
		{"a server that wants a sign-in", map[string]*smtp.SMTPError{"MAIL": refusal(530)}, nil, calendar.SignIn, "530"},
		{"a recipient who is none", map[string]*smtp.SMTPError{"dana@example.org": refusal(550)}, nil, calendar.Denied, "mail to dana@example.org"},
		{"a mailbox that is full for the moment", map[string]*smtp.SMTPError{"dana@example.org": refusal(452)}, nil, calendar.Quota, "452"},
		{"a greylisting", map[string]*smtp.SMTPError{"dana@example.org": refusal(451)}, nil, calendar.Quota, "451"},
		{"a sender who may not", map[string]*smtp.SMTPError{"MAIL": refusal(553)}, nil, calendar.Denied, "553"},
		{"a mail that is taken for spam", map[string]*smtp.SMTPError{"DATA": refusal(554)}, nil, calendar.Denied, "554"},
		{"a server without disk space", map[string]*smtp.SMTPError{"DATA": refusal(452)}, nil, calendar.Quota, "452"},
		{"a certificate that nobody vouches for", nil, func(o *mail.Options) { o.TLS = &tls.Config{} }, calendar.Unreachable, "certificate"},
		{"nobody there", nil, func(o *mail.Options) { o.SMTP = "smtps://" + dead.Addr().String() }, calendar.Unreachable, "refused"},
		{"no server configured", nil, func(o *mail.Options) { o.SMTP = "" }, calendar.Unsupported, "no SMTP server"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			p := &post{refuse: row.refuse}
			o := mail.Options{SMTP: "smtps://" + p.serve(t, server, true), Username: "alice", Secret: secret, TLS: client}
			if row.change != nil {
				row.change(&o)
			}
			err := open(t, o).Send(context.Background(), invitation(t))
			if kind(err) != row.kind || !strings.Contains(err.Error(), row.says) {
				t.Errorf("got %q (%v)", err, kind(err))
			}
			if err != nil && (strings.Contains(err.Error(), password) || strings.Contains(err.Error(), "wrong-secret")) {
				t.Errorf("the password is in %q", err)
			}
			if len(p.mails()) > 0 {
				t.Error("the mail was taken")
			}
		})
	}
}

// Somebody between us and the server may take the offer of TLS out of its greeting.
func TestWithoutTLSNoPasswordIsSent(t *testing.T) {
	_, client := certificate(t)
	p := &post{}
	m := open(t, mail.Options{SMTP: "smtp://" + p.serve(t, nil, false), Username: "alice", TLS: client})
	err := m.Send(context.Background(), invitation(t))
	if kind(err) != calendar.Unreachable || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("got %v", err)
	}
	if p.signIns() > 0 || len(p.mails()) > 0 {
		t.Errorf("%d sign-ins, %d mails", p.signIns(), len(p.mails()))
	}
}

// mute takes connections and never says a word; it closes called at the first.
func mute(t *testing.T) (address string, called chan struct{}) {
	l, called := listen(t, nil), make(chan struct{})
	go func() {
		first := true
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
			if first {
				close(called)
			}
			first = false
		}
	}()
	return l.Addr().String(), called
}

func TestASilentServerIsLeftWhenTimeIsUp(t *testing.T) {
	_, client := certificate(t)
	for _, scheme := range []string{"smtp", "smtps"} {
		t.Run(scheme, func(t *testing.T) {
			address, called := mute(t)
			ctx, cancel := context.WithCancel(context.Background())
			go func() { <-called; cancel() }()
			m := open(t, mail.Options{SMTP: scheme + "://" + address, TLS: client})
			err := m.Send(ctx, invitation(t))
			if kind(err) != calendar.Unreachable || !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAnAddressIsOne(t *testing.T) {
	for _, row := range []struct{ sentence, smtp, imap, err string }{
		{"with and without port", "smtps://smtp.example.org", "imap://[::1]:1143", ""},
		{"another protocol's", "https://smtp.example.org", "", "must begin with smtps:// or smtp://"},
		{"with a password in it", "smtps://alice:open-sesame@smtp.example.org", "", "smtps://smtp.example.org"},
		{"without a host", "", "imaps://", "imaps://imap.example.org"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			_, err := mail.New(mail.Options{SMTP: row.smtp, IMAP: row.imap})
			if (err != nil) != (row.err != "") || err != nil && (!strings.Contains(err.Error(), row.err) || strings.Contains(err.Error(), password)) {
				t.Errorf("got %v, want %q", err, row.err)
			}
		})
	}
}
