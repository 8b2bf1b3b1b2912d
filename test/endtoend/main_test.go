//go:build servers

// Package endtoend runs the built program against real servers, with other people at work in the same calendars. Each test
// asserts on what the servers hold, on what the program prints, and on what it sent.
package endtoend

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"bilateral/test/servers"
)

var (
	program string
	// Radicale does not schedule; Cyrus does (RFC 6638).
	radicale, cyrus *servers.Server
	post            *servers.Server // Exim, and another Cyrus with the mailboxes
)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "endtoend")
		if err != nil {
			return failed(err)
		}
		defer os.RemoveAll(dir)
		program = filepath.Join(dir, "bilateral")
		if said, err := exec.Command("go", "build", "-o", program, "bilateral/cmd/bilateral").CombinedOutput(); err != nil {
			return failed(fmt.Errorf("build: %w\n%s", err, said))
		}
		for name, s := range map[string]**servers.Server{"radicale": &radicale, "cyrus": &cyrus, "mail": &post} {
			if *s, err = servers.Start(name, filepath.Join(dir, name)); err != nil {
				return failed(err)
			}
			defer (*s).Stop()
		}
		return m.Run()
	}())
}

func failed(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}
