package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"bilateral/config"
	"bilateral/internal/engine"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

func (a *app) startCommand() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "start [NAME]",
		Short: "Leaves watch mode: shows the invitation, the writes and the mails, and asks once",
		Long: "Shows exactly what will be written and who gets a mail, asks, sets mode = \"act\" in the config, and does it. After a\n" +
			"series vanished from the calendar, it makes a new one; after a fuse blew, it lets writes go on.",
		Example:           "  bilateral start dana\n  bilateral start dana --yes     # for scripts",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			b, err := a.bilateral(first(args))
			if err != nil {
				return err
			}
			return a.start(c.Context(), b, yes)
		},
	}
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return c
}

func (a *app) start(ctx context.Context, b config.Bilateral, yes bool) error {
	report, err := a.pass(ctx, engine.Options{Now: a.now(), Only: b.Name, Dry: true, Act: true})
	if err != nil {
		return err
	}
	for _, one := range report.Bilaterals {
		if one.Err != nil && (one.Code == "" || one.Code == "adopt_foreign") {
			return stopped(one)
		}
		if err := a.showStart(b, one); err != nil {
			return err
		}
	}
	if err := a.confirm(yes, "Start it?"); err != nil {
		return err
	}
	if err := a.setActing(b); err != nil {
		return err
	}
	return a.order(ctx, store.Request{Bilateral: b.Name, Kind: store.Start})
}

// setActing writes the mode into the config, and lets a running daemon read it.
func (a *app) setActing(b config.Bilateral) error {
	if b.Mode == config.Act {
		return nil
	}
	conf, err := a.config()
	if err != nil {
		return err
	}
	if err := config.SetMode(conf.Path, b.Name, config.Act); err != nil {
		return failed("Write mode = \"act\" into the bilateral's table by hand.", "%w", err)
	}
	a.loaded = nil
	return a.reloadDaemon()
}

// showStart shows the invitation as it will stand, and everything else that will be written or mailed.
func (a *app) showStart(b config.Bilateral, r engine.BilateralReport) error {
	zone, err := a.zone()
	if err != nil {
		return err
	}
	p := a.paint(a.out)
	if len(r.Steps) == 0 {
		a.printf("%s: nothing to write now; from now on changes are made.\n", b.Name)
		return nil
	}
	a.printf("%s (times in %s)\n", p.bold("What will be written for "+b.Name), zone)
	a.printSteps(r.Steps, zone)
	for _, s := range r.Steps {
		if s.Title != "" {
			a.printf("\n%s %s\n%s with %s <%s>\n", p.bold("Invitation:"), plain(s.Title), stepTimes(s, zone), plain(b.Executive.Name), b.Executive.Email)
		}
		if s.Text != "" {
			a.printf("\n%s\n", indent(plainLines(s.Text)))
		}
		if s.Mail != "" {
			a.printf("\n%s\n%s\n", p.bold("Mail to "+strings.Join(s.Mails, ", ")+":"), indent(plainLines(s.Mail)))
		}
	}
	a.printf("\n%s\n", mailCount(r.Steps))
	return nil
}

func indent(s string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n    ")
}

func mailCount(steps []engine.Step) string {
	n := map[string]int{}
	for _, s := range steps {
		for _, m := range s.Mails {
			n[m]++
		}
	}
	if len(n) == 0 {
		return "Nobody gets a mail from this."
	}
	var out []string
	for _, m := range slices.Sorted(maps.Keys(n)) {
		out = append(out, fmt.Sprintf("%s (%d)", m, n[m]))
	}
	return "Mails go to: " + strings.Join(out, ", ")
}
