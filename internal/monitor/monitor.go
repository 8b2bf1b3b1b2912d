// Package monitor shows a running daemon to those who watch machines: /healthz and /metrics (Prometheus), on the loopback
// or a unix socket and nowhere else.
//
// Labels carry the names that the config gives to bilaterals and calendars, and words of our own: no title, address or
// text of anybody.
package monitor

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"bilateral/internal/engine"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Build says which program this is.
type Build struct{ Version, Commit, Go string }

// Pass is a pass that ended.
type Pass struct {
	Ended  time.Time
	Took   time.Duration
	Good   bool          // every bilateral had its turn and all was recorded
	Report engine.Report // what it did; empty where it failed as a whole
	Status engine.Status // what then was known
	Line   string        // the same in one line, for people
}

// Monitor holds what is shown. Its methods may be called from several goroutines.
type Monitor struct {
	now      func() time.Time
	registry *prometheus.Registry
	counts   counts

	mu       sync.Mutex
	interval time.Duration
	since    time.Time // of the last good pass, or of the start
	good     time.Time // the end of the last good pass; zero: none is known
	status   engine.Status
	line     string
}

// New begins to watch. good is when the last good pass ended, zero if none ever did.
func New(b Build, now func() time.Time, interval time.Duration, good time.Time) *Monitor {
	m := &Monitor{now: now, registry: prometheus.NewRegistry(), counts: newCounts(), interval: interval, since: now(), good: good,
		line: "starting: no pass has ended yet"}
	m.counts.register(m.registry, b)
	m.registry.MustRegister(m.standing())
	return m
}

// Reloaded takes over the interval of a changed config.
func (m *Monitor) Reloaded(interval time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.interval = interval
}

// Passed hears of each pass.
func (m *Monitor) Passed(p Pass) {
	m.counts.add(p)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.status, m.line = p.Status, p.Line
	if p.Good {
		m.since, m.good = p.Ended, p.Ended
	}
}

// stale is after how many intervals without a good pass the daemon is not well: as in status.
const stale = 3

// health is the one line, and whether passes go well. After a start there is as much time for the first good pass as
// between two.
func (m *Monitor) health() (line string, well bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if silent := m.now().Sub(m.since); silent > stale*m.interval {
		return fmt.Sprintf("no good pass for %s; %s", silent.Round(time.Second), m.line), false
	}
	return m.line, true
}

// Handler serves /healthz and /metrics.
func (m *Monitor) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		line, well := m.health()
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		if !well {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		fmt.Fprintln(w, line)
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: atOnce}))
	return mux
}

// atOnce bounds how many look at the same time.
const atOnce = 4
