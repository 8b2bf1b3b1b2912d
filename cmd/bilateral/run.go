package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"bilateral/internal/engine"
	"bilateral/internal/plan"
	"bilateral/internal/store"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
)

func (a *app) runCommand() *cobra.Command {
	var once bool
	c := &cobra.Command{
		Use:   "run",
		Short: "The daemon, in the foreground; or exactly one pass",
		Long: "Makes a pass at once, then every interval, and sooner when something falls due or you changed something. SIGTERM ends\n" +
			"it after the write in hand, a second one at once; SIGHUP reads the config anew.",
		Example:           "  bilateral run\n  bilateral run --once      # 0: done; 1: something could not be reached or written; 3: needs a person",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			if once {
				return a.runOnce(c.Context())
			}
			return a.runDaemon(c.Context())
		},
	}
	c.Flags().BoolVar(&once, "once", false, "make one pass and end")
	return c
}

func (a *app) runOnce(ctx context.Context) error {
	report, err := a.pass(ctx, engine.Options{Now: a.now()})
	if err != nil {
		return err
	}
	zone, err := a.zone()
	if err != nil {
		return err
	}
	p := a.paint(a.out)
	for _, b := range report.Bilaterals {
		a.printf("%s  %s\n", p.bold(b.Name), passTitle(b))
		a.printSteps(b.Steps, zone)
		a.printOpen(b.Decisions)
		for _, n := range b.Notes {
			a.printf("  %s  %s\n", n.Period, p.yellow(plain(n.Text)))
		}
	}
	return passError(report)
}

// printOpen lists what waits for something or is unmet, and returns how many there are.
func (a *app) printOpen(decisions []plan.Decision) int {
	p, n := a.paint(a.out), 0
	for _, d := range decisions {
		if d.Code == "watch" {
			continue // it stands among the steps
		}
		if d.State == plan.Pending || d.State == plan.Unmet || !d.Until.IsZero() {
			n++
			a.printf("  %s  %s  %s\n", d.Period.Key, p.severity(string(d.State))(string(d.State)), plain(d.Sentence))
		}
	}
	return n
}

func passTitle(b engine.BilateralReport) string {
	done := 0
	for _, s := range b.Steps {
		if s.Done {
			done++
		}
	}
	switch {
	case len(b.Steps) == 0:
		return "nothing to write"
	case done == len(b.Steps):
		return "done:"
	case done == 0:
		return "not done (watch mode, or stopped); this would be:"
	}
	return "done in part:"
}

// passError is what became of a pass as an error with its exit code.
func passError(r engine.Report) error {
	for _, b := range r.Bilaterals {
		if b.Err != nil {
			return stopped(b)
		}
	}
	if r.NeedsPerson() {
		return needsPerson("See what and why: bilateral status", "a person is needed")
	}
	if err := r.Err(); err != nil {
		return failed("See which and why: bilateral check", "%w", err)
	}
	return nil
}

// runDaemon makes passes until it is told to end. Signals are caught before the lock is taken: from then on others send them.
func (a *app) runDaemon(ctx context.Context) error {
	if !a.pretended.IsZero() {
		return wrongUsage("Leave --now out, or make one pass with: bilateral run --once --now …", "the daemon lives in the present")
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGUSR1)
	defer signal.Stop(signals)
	lock, err := store.TakeLock(a.stateDir())
	if err != nil {
		return err
	}
	defer lock.Release()
	e, err := a.engine(ctx, zerolog.InfoLevel)
	if err != nil {
		return err
	}
	host, _ := os.Hostname()
	if err := e.Store.SetDaemon(store.Daemon{PID: os.Getpid(), Host: host, Started: a.now()}); err != nil {
		return err
	}
	e.Log.Info().Str("config", a.configPath()).Int("bilaterals", len(e.Bilaterals)).Msg("started")
	for e != nil && err == nil {
		e, err = a.runUntilSignal(ctx, e, signals)
	}
	return err
}

// runUntilSignal lets one engine run. It returns the engine to go on with after a change of the config, or nil to end.
func (a *app) runUntilSignal(ctx context.Context, e *engine.Engine, signals <-chan os.Signal) (*engine.Engine, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	wake, ended := make(chan struct{}, 1), make(chan error, 1)
	go func() { ended <- e.Run(ctx, wake, logPass(e.Log)) }()
	for {
		select {
		case err := <-ended:
			return nil, err
		case s := <-signals:
			switch s {
			case syscall.SIGUSR1:
				select {
				case wake <- struct{}{}:
				default: // a wake-up waits already
				}
				continue
			case syscall.SIGHUP:
				if next := a.reload(ctx, e); next != nil {
					stop()
					return next, <-ended
				}
				continue
			}
			e.Log.Info().Str("signal", s.String()).Msg("ending after the write in hand")
			stop()
			return nil, endOf(ended, signals)
		}
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

// reload builds the engine of the changed config completely before the old one stops; nil where the config is wrong.
func (a *app) reload(ctx context.Context, old *engine.Engine) *engine.Engine {
	was := a.loaded
	a.loaded = nil
	next, err := a.engine(context.WithoutCancel(ctx), zerolog.InfoLevel)
	if err != nil {
		a.loaded = was
		old.Log.Error().Err(err).Msg("the changed config is wrong; going on with the old one")
		return nil
	}
	old.Log.Info().Msg("read the config anew")
	return next
}

func logPass(log zerolog.Logger) func(engine.Report, error) {
	return func(r engine.Report, err error) {
		if err == nil {
			err = r.Err()
		}
		if err != nil {
			log.Error().Err(err).Msg("pass failed")
			return
		}
		log.Debug().Int("bilaterals", len(r.Bilaterals)).Msg("pass done")
	}
}
