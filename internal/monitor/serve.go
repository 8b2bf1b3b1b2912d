package monitor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// socketMode lets the group of the service look.
const socketMode = 0o660

// Listen takes an address as the config has it: a port of the loopback, or unix: and a path. A socket that a killed process left behind is replaced; one at which
// somebody answers is not.
func Listen(address string) (net.Listener, error) {
	path, isSocket := strings.CutPrefix(address, "unix:")
	if !isSocket {
		return net.Listen("tcp", address)
	}
	if err := clear(path); err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, socketMode); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// clear removes a socket at which nobody answers.
func clear(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return nil // listening says what is wrong, if it is not simply absent
	}
	if info.Mode()&os.ModeSocket == 0 {
		return fmt.Errorf("%s is there already and is no socket", path)
	}
	if other, err := net.DialTimeout("unix", path, time.Second); err == nil {
		other.Close()
		return fmt.Errorf("another process listens at %s", path)
	}
	return os.Remove(path)
}

// Server answers at one address until it is closed.
type Server struct {
	Address string
	http    http.Server
	ended   chan struct{}
}

// patience is how long one look may take, and how long a connection may wait for the next.
const patience = 10 * time.Second

// Serve listens at an address and answers with what the monitor shows.
func (m *Monitor) Serve(address string) (*Server, error) {
	l, err := Listen(address)
	if err != nil {
		return nil, fmt.Errorf("listen at %s: %w", address, err)
	}
	s := &Server{Address: address, ended: make(chan struct{}), http: http.Server{Handler: m.Handler(), ReadHeaderTimeout: patience, ReadTimeout: patience,
		WriteTimeout: patience, IdleTimeout: time.Minute, MaxHeaderBytes: 1 << 14}}
	go func() {
		defer close(s.ended)
		_ = s.http.Serve(l) // it returns when it is closed
	}()
	return s, nil
}

// Close lets answers that are on their way end, for a second, and stops. A nil server is closed.
func (s *Server) Close() {
	if s == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		s.http.Close()
	}
	<-s.ended
}
