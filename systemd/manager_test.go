package systemd

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// listening makes the test a service manager; the returned function gives what it was told last, or "" for nothing.
func listening(t *testing.T) func() string {
	t.Helper()
	dir, err := os.MkdirTemp("", "notify") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "socket")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return func() string {
		buffer := make([]byte, 1<<16)
		conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		n, err := conn.Read(buffer)
		if err != nil {
			return ""
		}
		return string(buffer[:n])
	}
}

func manager(t *testing.T) *Manager {
	t.Helper()
	m, err := NewManager()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWhatTheManagerHears(t *testing.T) {
	starting := func(*Manager) error { return nil }
	started := func(m *Manager) error { return m.Ready("ok: 8 held") }
	for _, row := range []struct {
		name   string
		before func(*Manager) error
		tell   func(*Manager) error
		want   string
	}{
		{"a step of a long first pass asks for more time", starting, (*Manager).Alive, "WATCHDOG=1\nEXTEND_TIMEOUT_USEC=420000000"},
		{"a step later feeds the watchdog and asks for nothing", started, (*Manager).Alive, "WATCHDOG=1"},
		{"ready comes with the status", starting, started, "READY=1\nSTATUS=ok: 8 held"},
		{"a reload comes with the moment that Type=notify-reload asks for", started, (*Manager).Reloading, "RELOADING=1\nMONOTONIC_USEC=…"},
		{"a reload before the start is nobody's business", starting, (*Manager).Reloading, ""},
		{"the end of a reload makes it ready again", started, func(m *Manager) error { return m.Reloaded("ok") }, "READY=1\nSTATUS=ok"},
		{"the end of a reload before the start does not make it ready", starting, func(m *Manager) error { return m.Reloaded("ok") }, "STATUS=ok"},
		{"the end is told", started, (*Manager).Stopping, "STOPPING=1\nSTATUS=ending after the write in hand"},
		{"a line break in a title cannot give orders to the manager", started, func(m *Manager) error { return m.Status("Board\nMAINPID=1\x1b[2J") }, "STATUS=Board MAINPID=1 [2J"},
		{"text that is no UTF-8 does not lose the status", started, func(m *Manager) error { return m.Status("Caf\xe9") }, "STATUS=Caf\uFFFD"},
	} {
		t.Run(row.name, func(t *testing.T) {
			heard := listening(t)
			t.Setenv("WATCHDOG_USEC", "6000000")
			m := manager(t)
			if err := row.before(m); err != nil {
				t.Fatal(err)
			}
			if m.ready.Load() {
				heard()
			}
			if err := row.tell(m); err != nil {
				t.Fatal(err)
			}
			got := regexp.MustCompile("USEC=[0-9]+\n$").ReplaceAllString(heard(), "USEC=…") // the moment of a reload
			if got != row.want {
				t.Errorf("heard %q, want %q", got, row.want)
			}
		})
	}
}

func TestWhoWatches(t *testing.T) {
	for _, row := range []struct {
		name, usec, pid string
		pulse           time.Duration
		wrong           bool
	}{
		{"nobody", "", "", 0, false},
		{"a watchdog is fed three times in its patience", "30000000", "", 10 * time.Second, false},
		{"a watchdog that means this process", "30000000", strconv.Itoa(os.Getpid()), 10 * time.Second, false},
		{"a watchdog of the process that started this one", "30000000", "1", 0, false},
		{"a watchdog whose patience is no number", "soon", "", 0, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Setenv("WATCHDOG_USEC", row.usec)
			t.Setenv("WATCHDOG_PID", row.pid)
			m, err := NewManager()
			if m.Pulse() != row.pulse || (err != nil) != row.wrong {
				t.Errorf("pulse %s, %v", m.Pulse(), err)
			}
		})
	}
}

func TestOffSystemdNothingIsToldAndNothingFails(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	m := manager(t)
	for _, err := range []error{m.Alive(), m.Ready("ok"), m.Alive(), m.Status("ok"), m.Reloading(), m.Reloaded("ok"), m.Stopping()} {
		if err != nil {
			t.Error(err)
		}
	}
}

func TestAManagerThatIsGoneIsTold(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", filepath.Join(t.TempDir(), "none"))
	if err := manager(t).Ready("ok"); err == nil || !strings.Contains(err.Error(), "tell the service manager") {
		t.Errorf("got %v", err)
	}
}
