// Package systemd is what the program knows of its service manager: telling it how the daemon is, and installing a unit
// that it can live in. Off systemd, telling does nothing.
package systemd

import (
	"fmt"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Manager is the service manager that started this process (sd_notify(3)), or nobody. Its methods may be called by several
// goroutines.
type Manager struct {
	watchdog time.Duration // 0: it does not watch
	ready    atomic.Bool
}

// step is how long one step of the daemon may take while it starts: as TimeoutStartSec in the units.
const step = 7 * time.Minute

// NewManager finds the manager by the environment: NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
func NewManager() (*Manager, error) {
	watchdog, err := daemon.SdWatchdogEnabled(false)
	return &Manager{watchdog: watchdog}, err
}

// Pulse is how often [Manager.Alive] must be called at least, a third of the patience that the watchdog has; 0: it does
// not matter.
func (m *Manager) Pulse() time.Duration { return m.watchdog / 3 }

// Alive tells that the daemon made a step. Before it is ready that gives it time for another one.
func (m *Manager) Alive() error {
	if !m.ready.Load() {
		return tell(daemon.SdNotifyWatchdog, fmt.Sprintf("EXTEND_TIMEOUT_USEC=%d", step.Microseconds()))
	}
	if m.watchdog == 0 {
		return nil
	}
	return tell(daemon.SdNotifyWatchdog)
}

// Ready tells that the daemon is at work, with its status.
func (m *Manager) Ready(status string) error {
	m.ready.Store(true)
	return tell(daemon.SdNotifyReady, line(status))
}

// Status tells how things stand, in one line.
func (m *Manager) Status(status string) error { return tell(line(status)) }

// Reloading tells that a changed config is being read; [Manager.Reloaded] must follow. Before the daemon is ready, nobody
// waits for either.
func (m *Manager) Reloading() error {
	if !m.ready.Load() {
		return nil
	}
	return tell(daemon.SdNotifyReloading, daemon.SdNotifyMonotonicUsec()) // the time is for Type=notify-reload
}

// Reloaded tells that the reload has ended, well or not, with the status.
func (m *Manager) Reloaded(status string) error {
	if !m.ready.Load() {
		return m.Status(status)
	}
	return m.Ready(status)
}

// Stopping tells that the daemon is about to end.
func (m *Manager) Stopping() error {
	return tell(daemon.SdNotifyStopping, line("ending after the write in hand"))
}

// line is a status as one line: a line break in it would begin another message, such as MAINPID=.
func line(status string) string {
	return "STATUS=" + strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(status, "\uFFFD"))
}

func tell(messages ...string) error {
	if _, err := daemon.SdNotify(false, strings.Join(messages, "\n")); err != nil {
		return fmt.Errorf("tell the service manager: %w", err)
	}
	return nil
}
