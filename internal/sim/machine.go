package sim

import (
	"context"
	"database/sql/driver"
	"strings"
	"sync"

	"modernc.org/sqlite"
)

// Machine is the computer that the simulated processes run on: it can stop one of them at any commit of its database.
type Machine struct {
	mu        sync.Mutex
	processes map[string]*process // by state directory
}

// NewMachine watches every SQLite database that this program opens from now on. Once per test binary will do.
func NewMachine() *Machine {
	m := &Machine{processes: map[string]*process{}}
	sqlite.RegisterConnectionHook(func(c sqlite.ExecQuerierContext, dsn string) error {
		p := m.find(dsn)
		hooked, able := c.(sqlite.HookRegisterer)
		if p == nil || !able {
			return nil
		}
		hooked.RegisterCommitHook(func() int32 {
			if p.step("commit") || p.full {
				return 1 // rolled back: the process died before it, or there is no room
			}
			return 0
		})
		// Power does not fail here, processes do, and those leave what they wrote with the kernel.
		pragmas := "PRAGMA synchronous=OFF"
		if p.sealed {
			pragmas += ";PRAGMA query_only=ON"
		}
		_, err := c.ExecContext(context.Background(), pragmas, []driver.NamedValue{})
		return err
	})
	return m
}

func (m *Machine) find(dsn string) *process {
	m.mu.Lock()
	defer m.mu.Unlock()
	for dir, p := range m.processes {
		if strings.Contains(dsn, dir+"/") {
			return p
		}
	}
	return nil
}

func (m *Machine) start(dir string, p *process) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.processes[dir] = p
}

// process is a daemon that may die: from the fatal step on, nothing that it does has an effect.
type process struct {
	left  int  // steps until death; 0: it lives on
	hardy bool // it fails at that step alone, and lives on
	dead  bool
	full  bool // nothing can be written to its disk
	// sealed: its state directory is read-only, and was so when it began.
	sealed bool
	at     string // what it died or failed at; "" if nothing went wrong
}

// step counts one step and reports whether the process is dead at it.
func (p *process) step(what string) bool {
	if p.left > 0 && !p.dead {
		p.left--
		if p.left == 0 {
			p.dead, p.at = !p.hardy, what
			return true
		}
	}
	return p.dead
}
