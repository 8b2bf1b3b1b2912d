// Package servers starts real servers on loopback, for tests that are not content with a fake. Its scripts install what is
// missing, which needs root.
package servers

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Server is one that runs, as its start script describes it: for calendars, ROOT, ALICE, DANA and so on are addresses.
type Server struct {
	Name string // radicale, cyrus, …
	Is   map[string]string
	dir  string
}

// Start starts the server of that name with its data in dir, and waits until it answers. Others may take a port between our
// look and the server's: then it is tried again with another.
func Start(name, dir string) (*Server, error) {
	s := &Server{Name: name, Is: map[string]string{}, dir: dir}
	var failed error
	for range 3 {
		said, err := exec.Command(script("start-"+name+".sh"), dir, freePorts()).Output()
		if err == nil {
			s.describe(string(said))
			return s, nil
		}
		s.Stop()
		failed = fmt.Errorf("start %s: %w", name, err)
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			failed = fmt.Errorf("%w\n%s", failed, exit.Stderr)
		}
		if !s.begun() {
			break // it is not there at all
		}
	}
	return nil, failed
}

func (s *Server) describe(said string) {
	for line := range strings.Lines(said) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		s.Is[key] = value
	}
}

// begun reports whether there was ever a process.
func (s *Server) begun() bool {
	_, err := os.Stat(filepath.Join(s.dir, "pid"))
	return err == nil
}

// Stop ends the server and whatever it started.
func (s *Server) Stop() {
	_ = exec.Command(script("stop.sh"), s.dir).Run() // it tells on standard error; the test is over all the same
}

// script is the path of one beside this file.
func script(name string) string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), name)
}

// freePorts returns the first of as many free ports in a row as a server may take.
func freePorts() string {
	const row = 4
	for {
		first, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "0"
		}
		port := first.Addr().(*net.TCPAddr).Port
		held := []net.Listener{first}
		for n := 1; n < row; n++ {
			if next, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+n)); err == nil {
				held = append(held, next)
			}
		}
		for _, l := range held {
			l.Close()
		}
		if len(held) == row {
			return fmt.Sprint(port)
		}
	}
}
