//go:build servers

package endtoend

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// newFolders is a world without a server: two folders of .ics files, and a postbox for what goes to Dana. top and hers are
// lines of the config, at its beginning and about her.
func newFolders(t *testing.T, top, hers string) (*world, *postbox) {
	t.Helper()
	w, box := &world{t: t, dir: t.TempDir()}, newPostbox(t)
	w.at("2035-10-15 16:00")
	for _, name := range []string{"alice", "dana"} {
		if err := os.Mkdir(filepath.Join(w.dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	w.write("config.toml", top+`
[me]
name     = "Alice Chen"
email    = "alice@example.org"
timezone = "Europe/Berlin"

[calendar.work]
type = "vdir"
path = "alice"

[calendar.dana]
type = "vdir"
path = "dana"

[mail]
smtp = "smtp://`+box.address+`"

[[bilateral]]
name     = "dana"
calendar = "work"
mode     = "act"
cadence  = "weekly"
prefer   = "Wed 15:30"
duration = "45m"
minimum  = "20m"
horizon  = "4 weeks"
settle   = "0m"

[bilateral.executive]
name     = "Dana Boss"
email    = "dana@example.org"
timezone = "America/New_York"
busy     = ["dana"]
`+hers)
	return w, box
}

// booksInto makes an entry of an hour in somebody's folder.
func (w *world) booksInto(folder, uid string, start time.Time) {
	w.t.Helper()
	const form = "20060102T150405Z"
	w.write(filepath.Join(folder, uid+".ics"), "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//A calendar program//EN\r\nBEGIN:VEVENT\r\nUID:"+uid+
		"\r\nDTSTAMP:20351001T000000Z\r\nSUMMARY:Board\r\nDTSTART:"+start.UTC().Format(form)+"\r\nDTEND:"+start.Add(time.Hour).UTC().Format(form)+
		"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
}

// ours is the one series in Alice's folder, and its file.
func (w *world) ours() (path string, o *object) {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(w.dir, "alice", "*@bilateral.ics"))
	if err != nil || len(files) != 1 {
		w.t.Fatalf("there are %d series: %v %v", len(files), files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		w.t.Fatal(err)
	}
	return files[0], parse(string(text))
}

// postbox is an SMTP server that takes everything.
type postbox struct {
	address string
	mu      sync.Mutex
	took    [][]byte
}

func newPostbox(t *testing.T) *postbox {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &postbox{address: l.Addr().String()}
	s := smtp.NewServer(b)
	s.Domain, s.AllowInsecureAuth = "example.org", true
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return b
}

// NewSession implements smtp.Backend.
func (b *postbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &taking{b}, nil }

// mails are all that came so far.
func (b *postbox) mails(t *testing.T) []letter {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []letter
	for _, text := range b.took {
		out = append(out, mailbox{t: t}.parse(text))
	}
	return out
}

type taking struct{ *postbox }

func (s *taking) Mail(string, *smtp.MailOptions) error { return nil }
func (s *taking) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *taking) Reset()                               {}
func (s *taking) Logout() error                        { return nil }

func (s *taking) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err // it broke off
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took = append(s.took, text)
	return nil
}

// advised expects the last run to have complained in two lines, the first with these words.
func (w *world) advised(words ...string) {
	w.t.Helper()
	lines := strings.Split(strings.TrimSpace(w.problems), "\n")
	if len(lines) != 2 || lines[1] == "" || strings.Contains(lines[1], "bug report") {
		w.t.Errorf("it complains so:\n%s", w.problems)
	}
	contains(w.t, lines[0], words...)
}
