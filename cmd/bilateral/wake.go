package main

import (
	"errors"
	"syscall"

	"bilateral/internal/store"
)

// wake tells a running daemon to look now. It carries no data: what changed stands in the database.
func (a *app) wake() error {
	pid, running := store.Holder(a.stateDir())
	if !running || pid == 0 {
		return nil
	}
	err := syscall.Kill(pid, syscall.SIGUSR1)
	if errors.Is(err, syscall.ESRCH) || errors.Is(err, syscall.EPERM) {
		return nil // it ended meanwhile, or runs as another user: its next pass will see the change
	}
	return err
}
