package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"bilateral/internal/engine"
	"bilateral/internal/monitor"
	"bilateral/internal/notify"
	"bilateral/internal/store"
	"bilateral/systemd"

	"github.com/rs/zerolog"
)

// daemon is a running "bilateral run": it lets one setup after the other work, and tells the service manager.
type daemon struct {
	manager *systemd.Manager
	signals chan os.Signal

	mu      sync.Mutex
	refused string // why the config that was changed last is not in use; ""
	status  string // the one line that matters, of the last pass

	monitor *monitor.Monitor
	server  *monitor.Server // nil: nobody may look
}

// farewell is how long the end waits for notifications that are on their way.
const farewell = 10 * time.Second

// setup is a config and the engine built from it: both change together, and only between passes.
type setup struct {
	*app
	engine   *engine.Engine
	notifier *notify.Notifier
	server   *monitor.Server
	before   *engine.Status // what the last pass found; nil before the first
	zones    string         // stamp of the time zones that the config was read with
}

// runDaemon makes passes until it is told to end. Signals are caught before the lock is taken: from then on others send them.
func (a *app) runDaemon(ctx context.Context) error {
	if !a.pretended.IsZero() {
		return wrongUsage("Leave --now out, or make one pass with: bilateral run --once --now …", "the daemon lives in the present")
	}
	manager, err := systemd.NewManager()
	if err != nil {
		return wrongUsage("Correct WatchdogSec= in the unit.", "%w", err)
	}
	d := &daemon{manager: manager, signals: make(chan os.Signal, 8)}
	signal.Notify(d.signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGUSR1)
	defer signal.Stop(d.signals)
	if _, err := a.config(); err != nil { // before the lock: who sees it held may change the config and send a signal
		return err
	}
	lock, err := a.takeLock()
	if err != nil {
		return err
	}
	defer lock.Release()
	if err := a.wholeStore(); err != nil { // all setups share it
		return err
	}
	if err := d.watch(a); err != nil {
		return err
	}
	first, err := d.build(a)
	if err != nil {
		return err
	}
	d.use(first)
	defer func() { d.server.Close() }()
	host, _ := os.Hostname()
	if err := first.engine.Store.SetDaemon(store.Daemon{PID: os.Getpid(), Host: host, Started: a.now()}); err != nil {
		return err
	}
	first.engine.Log.Info().Str("config", a.configPath()).Int("bilaterals", len(first.engine.Bilaterals)).Msg("started")
	return d.live(ctx, first)
}

// build makes a complete setup from the config that a has read, or else as it is now.
func (d *daemon) build(a *app) (*setup, error) {
	fresh := *a
	fresh.count = d.monitor.Count
	e, err := fresh.engine(zerolog.InfoLevel)
	if err != nil {
		return nil, err
	}
	w, err := fresh.wiring()
	if err != nil {
		return nil, err
	}
	notifier, err := w.notifier(e.Store, e.Log)
	if err != nil {
		return nil, err
	}
	server, err := d.listen(w.config.Listen) // last, since it lasts
	if err != nil {
		return nil, err
	}
	e.Pulse = d.manager.Pulse()
	e.Alive = func() { heard(e.Log, d.manager.Alive()) }
	if said := builtInZones(zoneFolders, w.config); said != "" {
		e.Log.Warn().Msg(said)
	}
	return &setup{app: &fresh, engine: e, notifier: notifier, server: server, zones: zoneStamp(zoneFolders, w.config)}, nil
}

// heard logs that the service manager could not be told something. It is no reason to end: the manager judges silence.
func heard(log zerolog.Logger, err error) {
	if err != nil {
		log.Warn().Err(err).Msg("the service manager does not listen")
	}
}

// live lets one setup after the other work.
func (d *daemon) live(ctx context.Context, s *setup) error {
	for {
		next, err := d.liveUntilSignal(ctx, s)
		s.notifier.End(farewell)
		if err != nil || next == nil {
			return err
		}
		next.before = s.before
		s = next
		d.use(s)
		s.engine.Log.Info().Int("bilaterals", len(s.engine.Bilaterals)).Msg("the changed config is in use")
		heard(s.engine.Log, d.manager.Reloaded(d.line()))
	}
}

// liveUntilSignal lets one setup work. It returns the one to go on with after a change of the config, or nil to end.
func (d *daemon) liveUntilSignal(ctx context.Context, s *setup) (next *setup, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	wake, ended := make(chan struct{}, 1), make(chan error, 1)
	go func() { ended <- s.engine.Run(ctx, wake, d.passed(s)) }()
	for {
		select {
		case err := <-ended:
			return next, err
		case signal := <-d.signals:
			switch signal {
			case syscall.SIGUSR1:
				if next == nil {
					nudge(wake)
				}
			case syscall.SIGHUP:
				if changed := d.reload(s); changed != nil {
					if next == nil {
						close(wake) // it ends when the pass in hand is done
					} else if next.server != d.server && next.server != changed.server {
						next.server.Close()
					}
					next = changed
				}
			default:
				s.engine.Log.Info().Str("signal", signal.String()).Msg("ending after the write in hand")
				heard(s.engine.Log, d.manager.Stopping())
				stop()
				return nil, endOf(ended, d.signals)
			}
		}
	}
}

func nudge(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default: // a wake-up waits already
	}
}

// endOf waits for the pass to end; a second signal does not.
func endOf(ended <-chan error, signals <-chan os.Signal) error {
	for {
		select {
		case err := <-ended:
			return err
		case s := <-signals:
			if s == syscall.SIGTERM || s == syscall.SIGINT {
				return exit(exitFailed)
			}
		}
	}
}

// reload builds the setup of the changed config completely while the old one works; nil where the config is wrong: then
// the old one goes on, and the status says why.
func (d *daemon) reload(old *setup) *setup {
	heard(old.engine.Log, d.manager.Reloading())
	changed := *old.app
	changed.loaded = nil
	next, err := d.build(&changed)
	d.mu.Lock()
	d.refused = ""
	if err != nil {
		d.refused, _, _ = strings.Cut(err.Error(), "\n")
	}
	d.mu.Unlock()
	if err != nil {
		old.engine.Log.Error().Err(err).Msg("the changed config is wrong; going on with the old one")
		heard(old.engine.Log, d.manager.Reloaded(d.line()))
		return nil
	}
	return next
}

// passed hears of each pass. The first one makes the daemon ready, however it went: a boot without a network is no failure
// to start, and the status tells.
func (d *daemon) passed(s *setup) func(engine.Report, error) {
	tell := d.manager.Ready
	return func(r engine.Report, err error) {
		d.watchZones(s)
		status, unknown := s.engine.Status(s.now(), os.Getpid())
		if unknown == nil {
			unknown = s.tellSignIns(&status, s.now())
		}
		plain := *s.app
		plain.noColor = true // the line goes to the service manager and to /healthz
		line := plain.shortStatus(status)
		if problem := cmp.Or(err, unknown); problem != nil {
			line = fmt.Sprintf("no pass: %v", problem)
		}
		d.mu.Lock()
		d.status = line
		d.mu.Unlock()
		heard(s.engine.Log, tell(d.line()))
		tell = d.manager.Status
		status.Daemon.LastPassOK = status.Daemon.LastPassOK && err == nil
		d.monitor.Passed(monitor.Pass{Ended: s.now(), Took: r.Took, Good: status.Daemon.LastPassOK, Report: r, Status: status, Line: line})
		if unknown == nil {
			s.notifier.After(status)
			logChanges(s.engine.Log, s.before, status)
			s.before = &status
		}
		if failure := cmp.Or(err, unknown); failure != nil {
			s.engine.Log.Error().Err(failure).Msg("pass failed")
			return
		}
		s.engine.Log.Debug().Int("bilaterals", len(r.Bilaterals)).Dur("took", r.Took).Msg("pass done")
	}
}

// watchZones has the config read anew once the time zones were updated: they were loaded with it.
func (d *daemon) watchZones(s *setup) {
	now := zoneStamp(zoneFolders, s.loaded)
	if s.zones == now {
		return
	}
	s.zones = now
	select {
	case d.signals <- syscall.SIGHUP:
		s.engine.Log.Info().Msg("the time zones were updated")
	default: // so many signals wait that the next pass sees to it
		s.zones = ""
	}
}

// line is the status, after the reason why a changed config is not in use.
func (d *daemon) line() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refused == "" {
		return d.status
	}
	return "config not taken: " + d.refused + "; " + d.status
}
