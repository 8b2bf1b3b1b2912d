//go:build servers

package endtoend

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bilateral/test/servers"
)

// newMailWorld is a world in which Dana hears of things by mail: [mail] is set up, and she lives by her inbox.
func newMailWorld(t *testing.T, s *servers.Server, with settings) *world {
	t.Helper()
	w := newWorld(t, s, with)
	w.guest = guest{mailbox: mailbox{t, "dana"}, copies: map[string]*object{}, seen: map[string]bool{}}
	w.owner = mailbox{t, "alice"}
	w.guest.empty()
	w.owner.empty()
	w.smtp = newGate(t, post.Is["SMTP"])
	path := filepath.Join(w.dir, "config.toml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w.write("config.toml", string(text)+fmt.Sprintf("\n[mail]\nsmtp = \"smtp://%s\"\nimap = \"imap://%s\"\nusername = \"alice\"\npassword = { file = \"password\" }\n",
		w.smtp.address, post.Is["IMAP"]))
	return w
}

// startByMail starts the series, of which Dana gets one mail.
func (w *world) startByMail() {
	w.t.Helper()
	w.start()
	w.reads(1)
}

// gate stands before the SMTP server and can be shut.
type gate struct {
	t               *testing.T
	address, behind string
	listener        net.Listener
}

func newGate(t *testing.T, behind string) *gate {
	t.Helper()
	g := &gate{t: t, address: "127.0.0.1:0", behind: behind}
	g.opens()
	t.Cleanup(g.shuts)
	return g
}

func (g *gate) shuts() { g.listener.Close() }

func (g *gate) opens() {
	g.t.Helper()
	l, err := net.Listen("tcp", g.address)
	if err != nil {
		g.t.Fatal(err)
	}
	g.listener, g.address = l, l.Addr().String()
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go g.passes(in)
		}
	}()
}

func (g *gate) passes(in net.Conn) {
	defer in.Close()
	out, err := net.Dial("tcp", g.behind)
	if err != nil {
		return
	}
	defer out.Close()
	go func() {
		_, _ = io.Copy(out, in)
		out.Close()
	}()
	_, _ = io.Copy(in, out) // ends when either side has gone
}

func TestStartShowsTheMailAndSendsOne(t *testing.T) {
	w := newMailWorld(t, radicale, settings{})
	said := w.run(0, "check")
	contains(t, said, "mails go out by smtp://"+w.smtp.address+", answers are read at imap://", "it sends no invitations: those to dana@example.org go by mail")
	w.run(0, "run", "--once")
	w.reads(0)
	said = w.run(0, "start", "dana", "--yes")
	mail := w.reads(1)[0]
	contains(t, said, "Mails go to: dana@example.org (1)", "Subject: "+mail.subject)
	for line := range strings.Lines(mail.text) {
		contains(t, said, strings.TrimSpace(line))
	}
	if mail.method != "REQUEST" || !strings.Contains(mail.from, "alice@example.org") || mail.to == "" {
		t.Errorf("the mail is %+v", mail)
	}
	t.Logf("Subject: %s\n\n%s", mail.subject, mail.text)
	lacks(t, w.guest.copy().String(), "X-BILATERAL")
	for _, original := range []string{"2035-10-17 15:30", "2035-10-24 15:30", "2035-10-31 15:30", "2035-11-07 15:30"} {
		if at := w.berlin(original); !w.agree(at).Equal(at) {
			t.Errorf("the meeting of %s is somewhere else", at)
		}
	}
	w.restful()
	w.reads(0)
}

func TestAConflictIsMailedAsOneInstance(t *testing.T) {
	for _, row := range []struct{ sentence, now, original string }{
		{"in a week like any other", "2035-10-25 17:00", "2035-11-07 15:30"},
		{"in the week in which only one of the two clocks has gone back", "2035-10-22 17:00", "2035-10-31 15:30"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			w := newMailWorld(t, radicale, settings{})
			w.at(row.now)
			w.startByMail()
			original := w.berlin(row.original)
			booked := []time.Time{original.Add(-30 * time.Minute), original.Add(30 * time.Minute)}
			w.dana.books("board", booked[0], "SUMMARY:Board")
			w.dana.books("call", booked[1], "SUMMARY:A call")
			w.later(5*time.Minute, 0)
			w.reads(0)
			w.later(15*time.Minute, 1)
			mail := w.reads(1)[0]
			if mail.method != "REQUEST" || len(mail.calendar.events) != 1 {
				t.Errorf("%s has %d parts of the series", mail.method, len(mail.calendar.events))
			}
			now := w.agree(original)
			w.legal(original, now, booked...)
			contains(t, mail.subject, "Moved: Alice / Dana, "+now.In(location(t, "America/New_York")).Format("Mon 2 Jan"))
			contains(t, mail.text, now.Format("Mon 2 Jan 15:04")+"-", "Europe/Berlin ("+now.In(location(t, "America/New_York")).Format("15:04")+" America/New_York)",
				"Before: "+original.Format("Mon 2 Jan 15:04"))
			t.Logf("Subject: %s\n\n%s", mail.subject, mail.text)
			w.restful()
			w.reads(0)
		})
	}
}
