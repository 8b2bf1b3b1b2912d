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
