package store

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// asStranger runs f with the file rights of a user that owns nothing, so that modes count also where tests run as root.
func asStranger(t *testing.T, f func()) {
	t.Helper()
	runtime.LockOSThread() // setfsuid(2) is of the thread
	defer runtime.UnlockOSThread()
	if os.Geteuid() == 0 {
		ok(t, syscall.Setfsuid(65534))
		defer func() { ok(t, syscall.Setfsuid(0)) }()
	}
	f()
}

// A system service's state: the group of the folder may look, others may not. Where tests run as root, the stranger is
// of root's group.
func TestTheGroupOfASystemServiceMayLook(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	ok(t, os.Chmod(filepath.Dir(filepath.Dir(dir)), 0o755))
	ok(t, os.Mkdir(dir, 0o700))
	ok(t, os.Chmod(dir, 0o750))
	lock, err := TakeLock(dir)
	ok(t, err)
	s := opened(t, dir)
	look := func(when string, want int) {
		t.Helper()
		asStranger(t, func() {
			r, err := OpenReadOnly(dir)
			if err != nil {
				t.Fatalf("%s: %v", when, err)
			}
			defer r.Close()
			if got := must[[]Entry](t)(r.List(Filter{})); len(got) != want {
				t.Errorf("%s: %d follow-ups, want %d", when, len(got), want)
			}
		})
	}
	added(t, s, "Vendor B?")
	look("beside the daemon, whose log is open", 1)
	added(t, s, "Board date?")
	look("after another change", 2)
	asStranger(t, func() {
		if pid, running := Holder(dir); !running || pid != os.Getpid() {
			t.Error("a member does not see that a daemon runs")
		}
	})
	for _, file := range must[[]os.DirEntry](t)(os.ReadDir(dir)) {
		if info := must[os.FileInfo](t)(file.Info()); info.Mode().Perm() != 0o640 {
			t.Errorf("%s has mode %o", file.Name(), info.Mode().Perm())
		}
	}
	ok(t, s.Close())
	ok(t, lock.Release())
	look("after the daemon's end, without a log and no right to make one", 2)
}

func TestADirectoryThatMayNotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	s := opened(t, dir)
	added(t, s, "Vendor B?")
	ok(t, s.Close())
	ok(t, os.Chmod(filepath.Dir(filepath.Dir(dir)), 0o755))
	ok(t, os.Chmod(filepath.Join(dir, File), 0o444))
	ok(t, os.Chmod(dir, 0o555))
	defer os.Chmod(dir, 0o700)
	empty := filepath.Join(filepath.Dir(dir), "empty")
	ok(t, os.Mkdir(empty, 0o555))

	asStranger(t, func() {
		var file *FileError
		if _, err := Open(empty); !errors.As(err, &file) || file.Fault != Unwritable {
			t.Errorf("making a database: %v", err)
		}
		if _, err := TakeLock(empty); !errors.As(err, &file) || file.Fault != Unwritable {
			t.Errorf("taking the lock: %v", err)
		}
		r, err := OpenReadOnly(dir)
		if err != nil {
			t.Fatalf("reading: %v", err)
		}
		defer r.Close()
		if got := must[[]Entry](t)(r.List(Filter{})); len(got) != 1 {
			t.Errorf("%d follow-ups", len(got))
		}
	})
}
