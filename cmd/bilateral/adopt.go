package main

import (
	"context"
	"slices"

	"bilateral/calendar"
	"bilateral/config"
	"bilateral/internal/engine"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

func (a *app) adoptCommand() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "adopt NAME [UID]",
		Short: "Lists, or takes over, a 1:1 series that stands already",
		Long: "Without UID it lists the recurring meetings of just the two of you. With UID it takes that series over: its time becomes\n" +
			"the standing time, its room, link, title and guests stay as they are.",
		Example:           "  bilateral adopt dana\n  bilateral adopt dana 7f3a@example.org",
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			b, rest, err := a.nameAnd(args)
			if err != nil {
				return err
			}
			found, err := a.candidates(c.Context(), b)
			if err != nil {
				return err
			}
			if len(rest) == 0 {
				return a.listCandidates(b, found)
			}
			return a.adopt(c.Context(), b, rest[0], found, yes)
		},
	}
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return c
}

// candidates are the recurring meetings of just the two in the calendar that holds the bilateral.
func (a *app) candidates(ctx context.Context, b config.Bilateral) ([]calendar.Series, error) {
	w, err := a.wiring()
	if err != nil {
		return nil, err
	}
	wired, err := w.bilateral(ctx, b)
	if err != nil {
		return nil, err
	}
	return new(engine.Engine).Candidates(ctx, wired, a.now())
}

func (a *app) listCandidates(b config.Bilateral, found []calendar.Series) error {
	if len(found) == 0 {
		a.printf("No recurring meeting of just you and %s stands in %s. A new series is made by: bilateral start %s\n",
			plain(b.Executive.Name), b.Calendar, b.Name)
		return nil
	}
	p := a.paint(a.out)
	var t table
	for _, s := range found {
		t.row(cell{plain(s.UID), p.bold}, text(s.Rule), text(s.Instances[0].Start.In(b.Policy.Mine.Zone).Format("Mon 2 Jan 15:04 MST")), text(s.Title))
	}
	t.write(a.out, "")
	a.printf("Take one over: bilateral adopt %s UID\n", b.Name)
	return nil
}

func (a *app) adopt(ctx context.Context, b config.Bilateral, uid string, found []calendar.Series, yes bool) error {
	i := slices.IndexFunc(found, func(s calendar.Series) bool { return s.UID == uid })
	if i < 0 {
		return wrongUsage("See which can be: bilateral adopt "+b.Name, "no series %q of just the two of you is in %s", uid, b.Calendar)
	}
	s := found[i]
	a.printf("%s, %s, next %s: it gets our mark and is kept from now on; title, place, link and guests stay.\n", plain(s.Title), s.Rule,
		s.Instances[0].Start.In(b.Policy.Mine.Zone).Format("Mon 2 Jan 15:04 MST"))
	if err := a.confirm(yes, "Take it over?"); err != nil {
		return err
	}
	conf, err := a.config()
	if err != nil {
		return err
	}
	if err := config.SetAdopt(conf.Path, b.Name, uid); err != nil {
		return failed("Write adopt = \""+uid+"\" into the bilateral's table by hand.", "%w", err)
	}
	a.loaded = nil
	if err := a.reloadDaemon(); err != nil {
		return err
	}
	return a.order(ctx, store.Request{Bilateral: b.Name, Kind: store.Adopt, Args: map[string]string{"uid": uid}})
}
