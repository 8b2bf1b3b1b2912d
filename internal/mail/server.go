package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
)

// server is an address from the config.
type server struct {
	host, port string
	implicit   bool // TLS from the first byte, RFC 8314; else STARTTLS
}

func (s *server) address() string { return net.JoinHostPort(s.host, s.port) }

// parseServer reads an address; nil for "".
func parseServer(address, scheme, implicitPort, startPort string) (*server, error) {
	if address == "" {
		return nil, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, fmt.Errorf("the %s server's address is none; write it like %ss://%s.example.org", strings.ToUpper(scheme), scheme, scheme)
	}
	s := &server{host: u.Hostname(), port: u.Port()}
	switch u.Scheme {
	case scheme:
		s.port = cmp.Or(s.port, startPort)
	case scheme + "s":
		s.port, s.implicit = cmp.Or(s.port, implicitPort), true
	default:
		return nil, fmt.Errorf("the %s server's address begins with %s://; it must begin with %ss:// or %s://", strings.ToUpper(scheme), u.Scheme, scheme, scheme)
	}
	return s, nil
}

// clear reports whether nothing needs to be encrypted on the way to the server.
func (m *Mail) clear(s *server) bool {
	ip := net.ParseIP(s.host)
	loopback := s.host == "localhost" || ip != nil && ip.IsLoopback()
	return loopback && !s.implicit && m.o.TLS == nil
}

func (m *Mail) tls(s *server) *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if m.o.TLS != nil {
		c = m.o.TLS.Clone()
	}
	if c.ServerName == "" {
		c.ServerName = s.host
	}
	return c
}

// dial connects, with TLS where that comes first. The connection breaks when ctx ends, and after most bytes: no server
// can keep a pass waiting or fill the memory.
func (m *Mail) dial(ctx context.Context, s *server, most int64) (net.Conn, error) {
	wire, err := new(net.Dialer).DialContext(ctx, "tcp", s.address())
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { wire.Close() })
	conn := &bounded{wire, most}
	if !s.implicit {
		return conn, nil
	}
	secure := tls.Client(conn, m.tls(s))
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}

// bounded is a connection from which only so much is read.
type bounded struct {
	net.Conn
	left int64
}

var errTooMuch = errors.New("the server sent more than any answer needs")

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooMuch
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.Conn.Read(p)
	b.left -= int64(n)
	return n, err
}

// broken is the cause of a failure as people understand it: a server that closes says so with less, and a deadline closes
// the connection under whoever reads it.
func broken(ctx context.Context, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("it takes longer than it may: %w", ctx.Err())
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, io.EOF):
		return fmt.Errorf("the server closed the connection: %w", err)
	}
	return err
}
