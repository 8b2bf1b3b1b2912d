package store

import (
	"errors"
	"os"
	"testing"
)

func TestOneDaemonAStateDirectory(t *testing.T) {
	dir := t.TempDir()
	if pid, running := Holder(dir); running {
		t.Errorf("a daemon %d runs before the first", pid)
	}
	for range 2 { // the second time over what the first one left
		lock, err := TakeLock(dir)
		ok(t, err)
		var locked *ErrLocked
		if _, err := TakeLock(dir); !errors.As(err, &locked) || locked.PID != os.Getpid() {
			t.Errorf("a second daemon: %v", err)
		}
		if pid, running := Holder(dir); !running || pid != os.Getpid() {
			t.Errorf("holder: %d %v", pid, running)
		}
		if other, err := TakeLock(t.TempDir()); err != nil {
			t.Errorf("in another directory: %v", err)
		} else {
			ok(t, other.Release())
		}
		ok(t, lock.Release())
		if pid, running := Holder(dir); running {
			t.Errorf("a daemon %d runs after its release", pid)
		}
	}
}
