package mail_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"bilateral/calendar"
	"bilateral/calendar/imip"
	"bilateral/internal/mail"
)

// box is an IMAP server with one mailbox, that writes down what is done to it.
type box struct {
	user   *imapmemserver.User
	mu     sync.Mutex
	done   []string
	before func(what string) error // called before each command that is written down
}

func newBox(t *testing.T) *box {
	b := &box{user: imapmemserver.NewUser("alice", password)}
	if err := b.user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	return b
}

// deliver puts a mail into the inbox, as it arrives then.
func (b *box) deliver(t *testing.T, text string, at time.Time) {
	t.Helper()
	if _, err := b.user.Append("INBOX", literal{strings.NewReader(text)}, &imap.AppendOptions{Time: at}); err != nil {
		t.Fatal(err)
	}
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

// deeds are the commands since the last look.
func (b *box) deeds() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	done := strings.Join(b.done, "; ")
	b.done = nil
	return done
}

func (b *box) note(format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	b.mu.Lock()
	b.done = append(b.done, what)
	before := b.before
	b.mu.Unlock()
	if before != nil {
		return before(what)
	}
	return nil
}

type visit struct {
	imapserver.Session
	*box
}

func (v visit) Select(name string, o *imap.SelectOptions) (*imap.SelectData, error) {
	how := "SELECT"
	if o.ReadOnly {
		how = "EXAMINE"
	}
	if err := v.note("%s %s", how, name); err != nil {
		return nil, err
	}
	return v.Session.Select(name, o)
}

func (v visit) Search(k imapserver.NumKind, c *imap.SearchCriteria, o *imap.SearchOptions) (*imap.SearchData, error) {
	what := "SEARCH"
	if !c.Since.IsZero() {
		what += " since " + c.Since.Format(time.DateOnly)
	}
	for _, set := range c.UID {
		what += " " + set.String()
	}
	if err := v.note("%s", what); err != nil {
		return nil, err
	}
	return v.Session.Search(k, c, o)
}

func (v visit) Fetch(w *imapserver.FetchWriter, set imap.NumSet, o *imap.FetchOptions) error {
	what := "STRUCTURE"
	for _, s := range o.BodySection {
		what = "READ"
		if !s.Peek {
			what = "READ AND MARK"
		}
	}
	if err := v.note("%s %v", what, set); err != nil {
		return err
	}
	return v.Session.Fetch(w, set, o)
}

func (v visit) Store(w *imapserver.FetchWriter, set imap.NumSet, f *imap.StoreFlags, o *imap.StoreOptions) error {
	v.note("STORE")
	return v.Session.Store(w, set, f, o)
}

func (v visit) Expunge(w *imapserver.ExpungeWriter, set *imap.UIDSet) error {
	v.note("EXPUNGE")
	return v.Session.Expunge(w, set)
}

func (b *box) serve(t *testing.T, secure *tls.Config, implicit bool) (address string) {
	t.Helper()
	s := imapmemserver.New()
	s.AddUser(b.user)
	o := &imapserver.Options{InsecureAuth: true, Logger: log.New(io.Discard, "", 0),
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return visit{s.NewSession(), b}, nil, nil
		}}
	var l net.Listener
	if implicit {
		l = listen(t, secure)
	} else {
		o.TLSConfig = secure
		l = listen(t, nil)
	}
	server := imapserver.New(o)
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return l.Addr().String()
}

// reply is dana's mail about the instance of a day in December.
func reply(day int, status string) string {
	object := fmt.Sprintf("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:w1@example.org\r\nDTSTAMP:20261122T080000Z\r\n"+
		"RECURRENCE-ID;TZID=Europe/Berlin:202612%02dT153000\r\nATTENDEE;PARTSTAT=%s:mailto:dana@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", day, status)
	return letter("dana@example.org", "multipart/alternative; boundary=b", "--b\r\nContent-Type: text/plain\r\n\r\nno\r\n--b\r\n"+
		"Content-Type: text/calendar; method=REPLY; charset=UTF-8\r\n\r\n"+object+"\r\n--b--\r\n")
}

func letter(from, kind, body string) string {
	return "From: " + from + "\r\nTo: alice@example.org\r\nSubject: about it\r\nMIME-Version: 1.0\r\nContent-Type: " + kind + "\r\n\r\n" + body
}

func said(list []imip.Reply) string {
	var all []string
	for _, r := range list {
		all = append(all, fmt.Sprintf("%s %s", r.Original.Format("01-02"), r.Status))
	}
	return strings.Join(all, ", ")
}

func TestAGuestInTheMailbox(t *testing.T) {
	b := newBox(t)
	b.deliver(t, reply(1, "ACCEPTED"), clock.AddDate(0, 0, -90)) // before anybody asked
	b.deliver(t, letter("erin@example.org", "text/plain", "hello"), clock.AddDate(0, 0, -2))
	b.deliver(t, reply(2, "ACCEPTED"), clock.AddDate(0, 0, -2))
	b.deliver(t, letter("erin@example.org", "text/calendar; method=REQUEST", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), clock.AddDate(0, 0, -1))
	b.deliver(t, reply(9, "DECLINED")+strings.Repeat("x", 5<<20), clock.AddDate(0, 0, -1)) // no answer is so long
	b.deliver(t, reply(16, "DECLINED"), clock.AddDate(0, 0, -1))
	now, state := clock, t.TempDir()
	address := b.serve(t, nil, false)
	fresh := func() *mail.Mail {
		return open(t, mail.Options{IMAP: "imap://" + address, Username: "alice", State: state, Now: func() time.Time { return now }})
	}
	m := fresh()
	for _, step := range []struct {
		sentence string
		before   func()
		want     string
		deeds    string
	}{
		{"the first look goes back sixty days, and opens answers only", nil, "12-02 ACCEPTED, 12-16 DECLINED",
			"EXAMINE INBOX; SEARCH since 2026-09-23; STRUCTURE 2:6; READ 3; READ 6"},
		{"a second look at the same mailbox reads nothing and says the same", nil, "12-02 ACCEPTED, 12-16 DECLINED", "EXAMINE INBOX"},
		{"a new mail is the only one that is looked at", func() { b.deliver(t, reply(23, "TENTATIVE"), now) },
			"12-02 ACCEPTED, 12-16 DECLINED, 12-23 TENTATIVE", "EXAMINE INBOX; SEARCH 7:*; STRUCTURE 7; READ 7"},
		{"a restart within the day reads once more what may not have been recorded", func() { m, now = fresh(), now.Add(3*time.Hour) },
			"12-02 ACCEPTED, 12-16 DECLINED, 12-23 TENTATIVE", "EXAMINE INBOX; SEARCH since 2026-09-23; STRUCTURE 2:7; READ 3; READ 6; READ 7"},
		{"a day after it was first said, what the first look found is said no more", func() { now = now.Add(22 * time.Hour) },
			"12-23 TENTATIVE", "EXAMINE INBOX"},
		{"a restart then reads only what is younger", func() { m = fresh() }, "12-23 TENTATIVE", "EXAMINE INBOX; SEARCH 7:*; STRUCTURE 7; READ 7"},
		{"two days later nothing is left to say", func() { now = now.Add(48 * time.Hour) }, "", "EXAMINE INBOX"},
		{"and a restart reads nothing", func() { m = fresh() }, "", "EXAMINE INBOX"},
		{"a check opens the mailbox and reads nothing", func() {
			if err := m.Check(context.Background()); err != nil {
				t.Error(err)
			}
		}, "", "EXAMINE INBOX; EXAMINE INBOX"},
		{"a mailbox that was numbered anew is read again", func() {
			if err := errors.Join(b.user.Delete("INBOX"), b.user.Create("INBOX", nil)); err != nil {
				t.Error(err)
			}
			b.deliver(t, reply(30, "DECLINED"), now)
		}, "12-30 DECLINED", "EXAMINE INBOX; SEARCH since 2026-09-26; STRUCTURE 1; READ 1"},
		{"an empty mailbox has no answers", func() {
			if err := errors.Join(b.user.Delete("INBOX"), b.user.Create("INBOX", nil)); err != nil {
				t.Error(err)
			}
		}, "", "EXAMINE INBOX"},
	} {
		t.Run(step.sentence, func(t *testing.T) {
			b.deeds()
			if step.before != nil {
				step.before()
			}
			list, err := m.Replies(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if got := said(list); got != step.want {
				t.Errorf("read %q, want %q", got, step.want)
			}
			if got := b.deeds(); got != step.deeds {
				t.Errorf("did %q, want %q", got, step.deeds)
			}
		})
	}
}

func TestNothingInTheMailboxChanges(t *testing.T) {
	b := newBox(t)
	for day := range 3 {
		b.deliver(t, reply(day+1, "DECLINED"), clock)
	}
	state := t.TempDir()
	m := open(t, mail.Options{IMAP: "imap://" + b.serve(t, nil, false), Username: "alice", State: state})
	if list, err := m.Replies(context.Background()); err != nil || len(list) != 3 {
		t.Fatalf("read %q, %v", said(list), err)
	}
	status, err := b.user.Status("INBOX", &imap.StatusOptions{NumMessages: true, NumUnseen: true})
	if err != nil || *status.NumMessages != 3 || *status.NumUnseen != 3 {
		t.Errorf("%d mails, %d of them unread, %v", *status.NumMessages, *status.NumUnseen, err)
	}
	files, _ := filepath.Glob(filepath.Join(state, "*"))
	if len(files) != 1 {
		t.Fatalf("kept %v", files)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("kept as %v, %v", info.Mode(), err)
	}
	if text, _ := os.ReadFile(files[0]); bytes.Contains(text, []byte("dana")) || bytes.Contains(text, []byte(password)) {
		t.Errorf("kept %s", text)
	}
}

func TestAPositionThatCannotBeReadIsNone(t *testing.T) {
	b, state := newBox(t), t.TempDir()
	b.deliver(t, reply(2, "DECLINED"), clock)
	address := b.serve(t, nil, false)
	for _, text := range []string{"", "{", `{"Validity":1,"Handed":"all"}`, `{"Validity":1,"Handed":[{"UID":9,"At":"2030-01-01T00:00:00Z"}]}`} {
		t.Run(fmt.Sprintf("%q", text), func(t *testing.T) {
			m := open(t, mail.Options{IMAP: "imap://" + address, Username: "alice", State: state})
			if _, err := m.Replies(context.Background()); err != nil { // makes the file
				t.Fatal(err)
			}
			files, _ := filepath.Glob(filepath.Join(state, "*"))
			if err := os.WriteFile(files[0], []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			m = open(t, mail.Options{IMAP: "imap://" + address, Username: "alice", State: state})
			if list, err := m.Replies(context.Background()); err != nil || said(list) != "12-02 DECLINED" {
				t.Errorf("read %q, %v", said(list), err)
			}
		})
	}
}

// What breaks off is taken up again: nothing is lost, nothing is read twice within one life.
func TestALookThatBreaksOffGoesOn(t *testing.T) {
	b := newBox(t)
	for n := range 450 {
		text := letter("erin@example.org", "text/plain", "hello")
		if n%100 == 0 {
			text = reply(1+n/100, "DECLINED")
		}
		b.deliver(t, text, clock)
	}
	m := open(t, mail.Options{IMAP: "imap://" + b.serve(t, nil, false), Username: "alice", State: t.TempDir()})
	b.before = func(what string) error {
		if what == "READ 301" {
			return errors.New("the disk is on fire")
		}
		return nil
	}
	if list, err := m.Replies(context.Background()); err == nil || list != nil {
		t.Errorf("read %q, %v", said(list), err)
	}
	b.before = nil
	b.deeds()
	list, err := m.Replies(context.Background())
	if want := "12-01 DECLINED, 12-02 DECLINED, 12-03 DECLINED, 12-04 DECLINED, 12-05 DECLINED"; err != nil || said(list) != want {
		t.Errorf("read %q, %v", said(list), err)
	}
	if got, want := b.deeds(), "EXAMINE INBOX; SEARCH 201:*; STRUCTURE 201:400; READ 201; READ 301; STRUCTURE 401:450; READ 401"; got != want {
		t.Errorf("did %q, want %q", got, want)
	}
}

func TestAMailboxThatIsShutIsTold(t *testing.T) {
	server, client := certificate(t)
	dead := listen(t, nil)
	dead.Close()
	for _, row := range []struct {
		sentence string
		change   func(o *mail.Options, b *box)
		kind     calendar.ErrorKind
		says     string
	}{
		{"a wrong password", func(o *mail.Options, _ *box) {
			o.Secret = func(context.Context) (string, error) { return "wrong-secret", nil }
		}, calendar.SignIn, "AUTHENTICATIONFAILED"},
		{"a password that cannot be read", func(o *mail.Options, _ *box) {
			o.Secret = func(context.Context) (string, error) { return "", errors.New("no such file") }
		}, calendar.SignIn, "no such file"},
		{"a mailbox that may not be opened", func(_ *mail.Options, b *box) {
			b.before = func(string) error {
				return &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeNoPerm, Text: "not yours"}
			}
		}, calendar.Denied, "not yours"},
		{"a server that is too busy", func(_ *mail.Options, b *box) {
			b.before = func(string) error {
				return &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeUnavailable, Text: "later"}
			}
		}, calendar.Quota, "later"},
		{"a certificate that nobody vouches for", func(o *mail.Options, _ *box) { o.TLS = &tls.Config{} }, calendar.Unreachable, "certificate"},
		{"nobody there", func(o *mail.Options, _ *box) { o.IMAP = "imaps://" + dead.Addr().String() }, calendar.Unreachable, "refused"},
		{"a server that does not turn to TLS", func(o *mail.Options, b *box) { o.IMAP = "imap://" + b.serve(t, nil, false) }, calendar.Unreachable, "STARTTLS"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			b := newBox(t)
			o := mail.Options{IMAP: "imaps://" + b.serve(t, server, true), Username: "alice", Secret: secret, TLS: client}
			row.change(&o, b)
			_, err := open(t, o).Replies(context.Background())
			if kind(err) != row.kind || !strings.Contains(err.Error(), row.says) {
				t.Errorf("got %q (%v)", err, kind(err))
			}
			if err != nil && (strings.Contains(err.Error(), password) || strings.Contains(err.Error(), "wrong-secret")) {
				t.Errorf("the password is in %q", err)
			}
		})
	}
}

func TestAnswersComeOverTLS(t *testing.T) {
	server, client := certificate(t)
	for _, row := range []struct {
		sentence, scheme string
		implicit         bool
	}{{"from the first byte", "imaps", true}, {"by STARTTLS", "imap", false}} {
		t.Run(row.sentence, func(t *testing.T) {
			b := newBox(t)
			b.deliver(t, reply(2, "DECLINED"), clock)
			m := open(t, mail.Options{IMAP: row.scheme + "://" + b.serve(t, server, row.implicit), Username: "alice", TLS: client})
			if list, err := m.Replies(context.Background()); err != nil || said(list) != "12-02 DECLINED" {
				t.Errorf("read %q, %v", said(list), err)
			}
		})
	}
}

func TestASilentMailboxIsLeftWhenTimeIsUp(t *testing.T) {
	_, client := certificate(t)
	for _, scheme := range []string{"imap", "imaps"} {
		t.Run(scheme, func(t *testing.T) {
			address, called := mute(t)
			ctx, cancel := context.WithCancel(context.Background())
			go func() { <-called; cancel() }()
			_, err := open(t, mail.Options{IMAP: scheme + "://" + address, TLS: client}).Replies(ctx)
			if kind(err) != calendar.Unreachable || !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAMailThatHangsIsLeftWhenTimeIsUp(t *testing.T) {
	b := newBox(t)
	b.deliver(t, reply(2, "DECLINED"), clock)
	ctx, cancel := context.WithCancel(context.Background())
	b.before = func(what string) error {
		if strings.HasPrefix(what, "READ") {
			cancel()
			<-ctx.Done()
			return errors.New("too late")
		}
		return nil
	}
	m := open(t, mail.Options{IMAP: "imap://" + b.serve(t, nil, false), Username: "alice"})
	if _, err := m.Replies(ctx); kind(err) != calendar.Unreachable || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestWithoutAMailboxNobodyAnswers(t *testing.T) {
	m := open(t, mail.Options{})
	list, err := m.Replies(context.Background())
	if len(list) > 0 || err != nil || m.Check(context.Background()) != nil {
		t.Errorf("read %v, %v", list, err)
	}
}
