package main

import (
	"os"
	"syscall"

	"bilateral/internal/store"
	"bilateral/systemd"
)

// takeLock makes this process the one that makes passes on the state directory.
func (a *app) takeLock() (*store.Lock, error) {
	if err := a.mayWrite(); err != nil {
		return nil, err
	}
	return store.TakeLock(a.stateDir())
}

// mayWrite sends everybody else to the system service's user for what writes its state: members of the group may not, and
// what root made there the service could not open.
func (a *app) mayWrite() error {
	dir := a.stateDir()
	if dir != systemd.SystemState {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil // it is told where it is opened
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && owner.Uid != 0 && int(owner.Uid) != os.Geteuid() {
		return wrongUsage("Run it as that user: sudo -u "+systemd.SystemUser+" bilateral …", "the state in %s is the system service's own", dir)
	}
	return nil
}
