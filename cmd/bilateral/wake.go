package main

import (
	"errors"
	"syscall"

	"bilateral/internal/store"
)

// wake tells a running daemon to look now. It carries no data: what changed stands in the database.
func (a *app) wake() error { return a.signal(syscall.SIGUSR1) }

// reloadDaemon tells a running daemon to read the config anew.
func (a *app) reloadDaemon() error { return a.signal(syscall.SIGHUP) }

func (a *app) signal(s syscall.Signal) error {
	pid, running := store.Holder(a.stateDir())
	if !running || pid == 0 {
		return nil
	}
	err := syscall.Kill(pid, s)
	if errors.Is(err, syscall.ESRCH) || errors.Is(err, syscall.EPERM) {
		return nil // it ended meanwhile, or runs as another user: its next pass will see the change
	}
	return err
}
