//go:build servers

package endtoend

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAStateThatCannotBeWrittenStopsWritesAndMailsAndNothingElse(t *testing.T) {
	for _, row := range []struct {
		sentence   string
		harm, mend func(*disk)
		words      string
	}{
		{"its disk is full", (*disk).fill, (*disk).free, "disk of"},
		{"its disk is read-only", (*disk).seal, (*disk).unseal, "cannot be written"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			w := newMailWorld(t, radicale, settings{})
			w.at("2035-10-18 16:00")
			d := newDisk(t, filepath.Join(w.dir, "state"), 0)
			w.startByMail()
			original := w.berlin("2035-10-31 15:30") // only one of the two clocks has gone back
			w.dana.books("board", original, "SUMMARY:Board")
			w.later(5*time.Minute, 0)
			kept := strings.Fields(w.run(0, "add", "Vendor B?", "--kind", "question"))[0]

			row.harm(d)
			w.now = w.now.Add(15 * time.Minute)
			w.proxy.take()
			w.run(1, "run", "--once")
			w.advised(row.words)
			w.run(1, "add", "Board date?", "--kind", "question")
			w.advised(row.words)
			w.run(1, "skip", "dana", "2035-W44", "--reason", "offsite")
			w.advised(row.words)
			if n := w.proxy.take().writes(); n != 0 {
				t.Errorf("%d writes that could not be recorded", n)
			}
			w.reads(0)
			contains(t, w.run(0, "status"), "1 pending", "Wed 31 Oct 15:30")
			contains(t, w.run(0, "list"), kept)
			w.now = w.now.Add(time.Hour)
			if s := w.status(3); s.State != "unknown" || s.Problems[0].Code != "not_running" || s.Problems[0].Do == "" {
				t.Errorf("status says %+v", s)
			}

			row.mend(d)
			contains(t, w.later(5*time.Minute, 1), "move")
			w.legal(original, w.agreedAfter(original, 1), original)
			w.restful()
			w.reads(0)
			contains(t, w.run(0, "list"), kept)
			w.run(0, "add", "Board date?", "--kind", "question")
			w.status(0)
		})
	}
}

// agreedAfter expects so many mails, and then both copies to say the same; it returns when the meeting is.
func (w *world) agreedAfter(original time.Time, mails int) time.Time {
	w.t.Helper()
	w.reads(mails)
	return w.agree(original)
}

func TestADiskThatFillsUpInTheMiddleOfAPass(t *testing.T) {
	for _, row := range []struct {
		sentence      string
		when          func(w *world, fill func())
		written, sent int // before the pass broke off
		mails         int // after there was room
	}{
		{"between the intent and the record of the write", func(w *world, fill func()) { w.proxy.beforePut(fill) }, 1, 0, 1},
		{"between the record that a mail is sent and the server's word", func(w *world, fill func()) { w.postAfter(fill) }, 1, 1, 1},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			w := newMailWorld(t, radicale, settings{})
			d := newDisk(t, filepath.Join(w.dir, "state"), 0)
			w.startByMail()
			original := w.berlin("2035-10-24 15:30")
			w.dana.books("board", original, "SUMMARY:Board")
			w.later(5*time.Minute, 0)
			w.now = w.now.Add(15 * time.Minute)
			w.proxy.take()
			row.when(w, d.fill)
			w.run(1, "run", "--once")
			w.advised("disk of")
			if n := w.proxy.take().writes(); n != row.written {
				t.Errorf("%d writes", n)
			}
			before := w.reads(row.sent)
			d.free()
			w.later(5*time.Minute, 0)
			for k, again := range w.reads(row.mails) {
				if len(before) > 0 && again.id != before[k].id {
					t.Errorf("the mail that may not have gone out is sent again as another one: %s, then %s", before[k].id, again.id)
				}
			}
			w.legal(original, w.agree(original), original)
			w.restful()
			w.reads(0)
			w.status(0)
		})
	}
}

// postAfter does something when the program has come to the mail server, and before it may speak to it.
func (w *world) postAfter(do func()) {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { l.Close() })
	go func() {
		for first := true; ; first = false {
			in, err := l.Accept()
			if err != nil {
				return
			}
			if first {
				do()
			}
			out, err := net.Dial("tcp", w.smtp.address)
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(out, in)
				out.Close()
			}()
			go func() {
				_, _ = io.Copy(in, out)
				in.Close()
			}()
		}
	}()
	text, err := os.ReadFile(filepath.Join(w.dir, "config.toml"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.write("config.toml", strings.Replace(string(text), w.smtp.address, l.Addr().String(), 1))
}

func TestACalendarOnAFullDiskKeepsWhatItHas(t *testing.T) {
	w, box := newFolders(t, "", "")
	w.at("2035-10-18 16:00")
	d := newDisk(t, filepath.Join(w.dir, "alice"), 1<<20)
	w.run(0, "run", "--once")
	path, o := w.ours()
	for range 20_000 { // more than the program may write where that stands for the room
		o.events[0].lines = append(o.events[0].lines, "X-NOTE:"+strings.Repeat("a", 60))
	}
	w.write(strings.TrimPrefix(path, w.dir+"/"), o.String())
	original := w.berlin("2035-10-31 15:30")
	w.booksInto("dana", "board", original)
	before := w.all("alice")
	d.fill()
	for range 2 {
		w.now = w.now.Add(5 * time.Minute)
		w.run(1, "run", "--once")
		w.advised("alice", path)
	}
	delete(before, "ballast")
	after := w.all("alice")
	delete(after, "ballast")
	same(t, "Alice's files", after, before)
	s := w.status(1)
	if p := s.period("2035-W44"); p.State != "pending" || len(box.mails(t)) != 1 {
		t.Errorf("status says %+v, and %d mails went out", p, len(box.mails(t)))
	}
	d.free()
	w.now = w.now.Add(5 * time.Minute)
	contains(t, w.run(0, "run", "--once"), "move")
	_, o = w.ours()
	w.legal(original, o.slot(t, original).In(original.Location()), original)
	w.now = w.now.Add(5 * time.Minute)
	contains(t, w.run(0, "run", "--once"), "nothing to write")
	if mails := box.mails(t); len(mails) != 2 || !strings.Contains(mails[1].subject, "Moved") {
		t.Errorf("the mails are %+v", mails)
	}
	if left, _ := filepath.Glob(filepath.Join(w.dir, "alice", ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// all is what a folder holds.
func (w *world) all(folder string) map[string]string {
	w.t.Helper()
	out := map[string]string{}
	entries, err := os.ReadDir(filepath.Join(w.dir, folder))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(w.dir, folder, e.Name()))
		if err != nil {
			w.t.Fatal(err)
		}
		out[e.Name()] = string(text)
	}
	return out
}
