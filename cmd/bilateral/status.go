package main

import (
	"context"
	"slices"
	"time"

	"bilateral/calendar"
	"bilateral/internal/engine"
	"bilateral/internal/plan"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

// exitUnknown is what a monitoring system reads as: cannot be told.
const exitUnknown exit = 3

// few is of how many bilaterals all periods are shown.
const few = 10

// watchEvery is how often status --watch looks again.
const watchEvery = 2 * time.Second

type statusFlags struct {
	json, short, watch bool
	state              string // the mildest that is shown; "": everything
}

func (a *app) statusCommand() *cobra.Command {
	var f statusFlags
	c := &cobra.Command{
		Use:   "status [NAME]",
		Short: "Does the guarantee hold? One look",
		Long: "Tells what the last pass found, worst first; reaches no calendar. Exit codes are those of monitoring:\n" +
			"0 ok, 1 warning, 2 critical, 3 unknown (no pass yet, or the last one is too old); --state changes what is shown and not\n" +
			"the code. Of many bilaterals each is one line; status NAME tells all of one.",
		Example:           "  bilateral status\n  bilateral status dana --short\n  bilateral status --state critical\n  bilateral status --json | jq .problems",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeNames,
		RunE:              func(c *cobra.Command, args []string) error { return a.status(c.Context(), first(args), f) },
	}
	c.Flags().BoolVar(&f.json, "json", false, "as JSON")
	c.Flags().BoolVar(&f.short, "short", false, "one line")
	c.Flags().Var(&folderOrState{a, &f}, "state", "critical or warning: show what is at least as bad; or the state `folder`, as everywhere")
	c.Flags().BoolVar(&f.watch, "watch", false, "stay, and look again every 2 s")
	return c
}

// folderOrState is what --state means for this one command: besides the folder of every command, what to show.
type folderOrState struct {
	a *app
	f *statusFlags
}

// Set takes one value; a folder that is called critical is ./critical.
func (v *folderOrState) Set(s string) error {
	if s == engine.Critical || s == engine.Warning {
		v.f.state = s
		return nil
	}
	v.a.stateFlag = s
	return nil
}

func (v *folderOrState) String() string { return "" }

// Type serves the help.
func (v *folderOrState) Type() string { return "string" }

func (a *app) status(ctx context.Context, name string, f statusFlags) error {
	if f.json && f.short {
		return wrongUsage("Take one of them.", "--json and --short exclude each other")
	}
	if !f.watch {
		return a.statusOnce(name, f)
	}
	for {
		steer(a.out, "\x1b[H\x1b[2J")
		err := a.statusOnce(name, f)
		if _, told := err.(exit); err != nil && !told {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(watchEvery):
		}
	}
}

func (a *app) statusOnce(name string, f statusFlags) error {
	s, err := a.readStatus(name)
	if err != nil {
		return a.statusUnknown(err, f)
	}
	if f.state != "" {
		onlyWorse(&s, f.state)
	}
	switch {
	case f.json:
		err = a.printJSON(s)
	case f.short:
		a.printf("%s\n", a.shortStatus(s))
	default:
		err = a.printStatus(s, name == "" && len(s.Bilaterals) > few)
	}
	if err != nil {
		return err
	}
	if code := slices.Index([]string{engine.OK, engine.Warning, engine.Critical, engine.NoIdea}, s.State); code > 0 {
		return exit(code)
	}
	return nil
}

// statusUnknown says that nothing can be told, in the form that was asked for, and why. It is not critical: the daemon may be
// well.
func (a *app) statusUnknown(why error, f statusFlags) error {
	a.report(why)
	what, do, _ := a.advise(why)
	switch unreadable := (engine.Problem{Code: "unreadable", Severity: engine.Warning, Message: calendar.Plain(what), Do: calendar.Plain(do)}); {
	case f.json:
		if err := a.printJSON(nothingKnown(a.now(), unreadable)); err != nil {
			return err
		}
	case f.short:
		a.printf("%s: %s\n", a.paint(a.out).yellow(engine.NoIdea), unreadable.Message)
	}
	return exitUnknown
}

// readStatus reads the database alone: no calendar is opened for it.
func (a *app) readStatus(name string) (engine.Status, error) {
	if name != "" {
		if _, err := a.bilateral(name); err != nil {
			return engine.Status{}, err
		}
	}
	s, err := a.reading()
	if err != nil {
		return engine.Status{}, err
	}
	if s == nil {
		if _, err := a.config(); err != nil {
			return engine.Status{}, err
		}
		return nothingKnown(a.now(), engine.Problem{Code: "never_ran", Severity: engine.Warning, Message: "no pass has ever finished", Do: "bilateral run --once"}), nil
	}
	pid, _ := store.Holder(a.stateDir())
	status, err := a.statusOf(s, pid)
	if name != "" {
		narrow(&status, name)
	}
	return status, err
}

// nothingKnown is the status of which only one problem can be told.
func nothingKnown(now time.Time, p engine.Problem) engine.Status {
	return engine.Status{Version: 1, State: engine.NoIdea, Generated: now.UTC().Truncate(time.Second), Problems: []engine.Problem{p},
		Calendars: []engine.CalendarStatus{}, Bilaterals: []engine.BilateralStatus{}}
}

// offlineWith wires the config without accounts: for what is read off the database alone.
func (a *app) offlineWith(s *store.Store) (*engine.Engine, error) {
	w, err := a.wiring()
	if err != nil {
		return nil, err
	}
	w.offline = true
	bilaterals, err := w.bilaterals()
	return &engine.Engine{Store: s, Bilaterals: bilaterals, Interval: w.config.Interval}, err
}

// onlyWorse leaves what is at least as bad, and whom it is about. The state stays that of the whole.
func onlyWorse(s *engine.Status, least string) {
	if least == engine.Critical {
		s.Problems = slices.DeleteFunc(s.Problems, func(p engine.Problem) bool { return p.Severity != engine.Critical })
	}
	s.Bilaterals = slices.DeleteFunc(s.Bilaterals, func(b engine.BilateralStatus) bool {
		return !slices.ContainsFunc(s.Problems, func(p engine.Problem) bool { return p.Bilateral == b.Name })
	})
}

// narrow leaves what is about one bilateral or about all of them.
func narrow(s *engine.Status, name string) {
	s.Bilaterals = slices.DeleteFunc(s.Bilaterals, func(b engine.BilateralStatus) bool { return b.Name != name })
	s.Problems = slices.DeleteFunc(s.Problems, func(p engine.Problem) bool { return p.Bilateral != "" && p.Bilateral != name })
	if s.State == engine.NoIdea {
		return
	}
	s.State = engine.OK
	for _, p := range s.Problems {
		if s.State != engine.Critical {
			s.State = p.Severity
		}
	}
}

// badness sorts periods: what needs a look comes first, and all the rest stays in time order.
func badness(s plan.State) int {
	switch s {
	case plan.Unmet:
		return 0
	case plan.Pending:
		return 1
	}
	return 2
}
