//go:build servers

package endtoend

import (
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// service is the daemon under a service manager with a watchdog.
type service struct {
	t     *testing.T
	cmd   *exec.Cmd
	told  *net.UnixConn
	log   bytes.Buffer
	ended chan error
}

// serves starts the daemon. It lives in the present.
func (w *world) serves() *service {
	w.t.Helper()
	dir, err := os.MkdirTemp("", "notify") // a socket's path must be short
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { os.RemoveAll(dir) })
	s := &service{t: w.t, cmd: w.present("run", "--log-format", "json"), ended: make(chan error, 1)}
	if s.told, err = net.ListenUnixgram("unixgram", &net.UnixAddr{Name: dir + "/socket", Net: "unixgram"}); err != nil {
		w.t.Fatal(err)
	}
	s.cmd.Env = append(s.cmd.Env, "NOTIFY_SOCKET="+dir+"/socket", "WATCHDOG_USEC=3000000")
	s.cmd.Stderr = &s.log
	if err := s.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	go func() { s.ended <- s.cmd.Wait() }()
	w.t.Cleanup(func() {
		s.cmd.Process.Kill()
		s.told.Close()
	})
	return s
}

// present is the program as it runs now, by the clock on the wall.
func (w *world) present(args ...string) *exec.Cmd {
	cmd := exec.Command(program, append([]string{"--config", filepath.Join(w.dir, "config.toml"), "--state", filepath.Join(w.dir, "state")}, args...)...)
	cmd.Env = []string{"HOME=" + w.dir, "PATH=" + os.Getenv("PATH")}
	return cmd
}

// hears waits until the daemon tells something with these words.
func (s *service) hears(words string) string {
	s.t.Helper()
	if err := s.told.SetReadDeadline(time.Now().Add(time.Minute)); err != nil { // it hangs
		s.t.Fatal(err)
	}
	buffer := make([]byte, 1<<16)
	for {
		n, err := s.told.Read(buffer)
		if err != nil {
			s.t.Fatalf("it never told %q: %v\n%s", words, err, &s.log)
		}
		if text := string(buffer[:n]); strings.Contains(text, words) {
			return text
		}
	}
}

// wakes has it make a pass now, as commands that change something do.
func (s *service) wakes() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		s.t.Fatal(err)
	}
}

// hearsUntil lets it make passes until that is so.
func (s *service) hearsUntil(so func() bool) {
	s.t.Helper()
	for range 20 {
		s.wakes()
		s.hears("STATUS=")
		if so() {
			return
		}
	}
	s.t.Fatalf("20 passes did not bring it about\n%s", &s.log)
}

// ends tells the daemon to end, which it must do well.
func (s *service) ends() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	if err := <-s.ended; err != nil {
		s.t.Errorf("it ended with %v\n%s", err, &s.log)
	}
}

// refuses expects the daemon not to start, for these reasons.
func (w *world) refuses(words ...string) {
	w.t.Helper()
	cmd := w.present("run", "--log-format", "json")
	var said bytes.Buffer
	cmd.Stderr = &said
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		w.t.Errorf("it ended with %v", err)
	}
	w.problems = said.String()
	w.advised(words...)
}

// aheadIn is an instance of the series far enough ahead to be moved, and near enough to be moved now.
func (o *object) aheadIn(t *testing.T, now time.Time) time.Time {
	t.Helper()
	at := o.events[0].moment(t, "DTSTART")
	for at.Before(now.Add(49 * time.Hour)) {
		at = at.AddDate(0, 0, 7)
	}
	return at
}

func TestTheDaemonLivesThroughAFullDisk(t *testing.T) {
	w, box := newFolders(t, "", "hours = [\"Mon-Sun 00:00-24:00\"]\n") // whenever this is
	d := newDisk(t, filepath.Join(w.dir, "state"), 0)
	s := w.serves()
	contains(t, s.hears("READY=1"), "STATUS=ok: ")
	_, o := w.ours()
	original := o.aheadIn(t, time.Now())
	before := w.all("alice")

	d.fill()
	w.booksInto("dana", "board", original)
	s.wakes()
	contains(t, s.hears("STATUS=no pass"), "disk of")
	for range 3 {
		s.hears("WATCHDOG=1")
	}
	same(t, "Alice's files", w.all("alice"), before)
	if n := len(box.mails(t)); n != 1 {
		t.Errorf("%d mails went out", n)
	}
	w.now = time.Now().Add(time.Hour)
	if now := w.status(3); now.State != "unknown" || now.Problems[0].Code != "not_recorded" || !strings.Contains(now.Problems[0].Do, "disk is full") || len(now.Bilaterals[0].Periods) == 0 {
		t.Errorf("status says %+v", now)
	}
	d.free()
	s.hearsUntil(func() bool {
		_, o = w.ours()
		return !o.slot(t, original).Equal(original) && len(box.mails(t)) == 2
	})
	s.ends()
	contains(t, s.log.String(), `"level":"error"`, "disk of")

	d.fill()
	w.refuses("disk of")
	d.free()
	d.seal()
	w.refuses("cannot be written")
	d.unseal()
	s = w.serves()
	contains(t, s.hears("READY=1"), "STATUS=ok: ")
	s.ends()
	if n := len(box.mails(t)); n != 2 {
		t.Errorf("%d mails in the end", n)
	}
}
