package main

import (
	"context"
	"errors"

	"bilateral/internal/engine"
	"bilateral/internal/plan"

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
	if err := errors.Join(a.opened.KeepCopy(a.now()), a.notifyOnce(ctx)); err != nil {
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
	if err := ended(r.Bilaterals); err != nil {
		return err
	}
	if r.NeedsPerson() {
		return needsPerson("See what and why: bilateral status", "a person is needed")
	}
	if err := r.Err(); err != nil {
		return failed("See which and why: bilateral check", "%w", err)
	}
	return nil
}
