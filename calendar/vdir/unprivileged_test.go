package vdir_test

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// unprivileged runs f so that file modes count, also where the tests run as root: on a thread of its own without root's
// capabilities, which ends with it.
func unprivileged(t *testing.T, f func()) {
	t.Helper()
	var dropped error
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread is not used again
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		if dropped = unix.Capset(&header, &make([]unix.CapUserData, 2)[0]); dropped == nil {
			f()
		}
	}()
	<-done
	if dropped != nil {
		t.Fatal(dropped)
	}
}
