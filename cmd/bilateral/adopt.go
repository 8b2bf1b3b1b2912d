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
		Use:   "adopt [NAME] [UID]",
		Short: "Lists, or takes over, a 1:1 series that stands already",
		Long: "Without UID it lists the recurring meetings of just the two of you. With UID it takes that series over: its time becomes\n" +
			"the standing time, its room, link, title and guests stay as they are.",
		Example:           "  bilateral adopt dana\n  bilateral adopt dana 7f3a@example.org",
		Args:              cobra.MaximumNArgs(2),
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
				a.listCandidates(b, found)
				return nil
			}
			s, err := choose(b, rest[0], found)
			if err != nil {
				return err
			}
			return a.adopt(c.Context(), b, s, yes)
		},
	}
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return c
}

// candidates are what stands in the calendar that holds the bilateral.
type candidates struct {
	series  []calendar.Series // recurring meetings of just the two
	foreign map[string]bool   // by UID: another's, and the server takes changes from the organizer alone
	kept    []calendar.Series // the bilateral's own
}

func (a *app) candidates(ctx context.Context, b config.Bilateral) (candidates, error) {
	w, err := a.wiring()
	if err != nil {
		return candidates{}, err
	}
	known := *w
	known.offline, known.calendars = true, map[string]*engine.Calendar{}
	all, err := known.bilaterals()
	if err != nil {
		return candidates{}, err
	}
	wired, err := w.bilateral(b)
	if err != nil {
		return candidates{}, err
	}
	out, e := candidates{foreign: map[string]bool{}}, &engine.Engine{Bilaterals: all}
	if out.series, err = e.Candidates(ctx, wired, a.now()); err != nil {
		return out, err
	}
	if out.kept, err = e.Kept(ctx, wired, a.now()); err != nil {
		return out, err
	}
	about, err := wired.Home.Account.About(ctx)
	for _, s := range out.series {
		out.foreign[s.UID] = wired.Foreign(s, about)
	}
	return out, err
}

func (a *app) listCandidates(b config.Bilateral, found candidates) {
	for _, s := range found.kept {
		a.printf("%s (%s) is kept already; no other is taken over as long as it stands.\n", plain(s.UID), plain(s.Title))
	}
	if len(found.series) == 0 {
		if len(found.kept) == 0 {
			a.printf("No recurring meeting of just you and %s stands in %s. A new series is made by: bilateral start %s\n",
				plain(b.Executive.Name), b.Calendar, b.Name)
		}
		return
	}
	p := a.paint(a.out)
	var t table
	for _, s := range found.series {
		whose := ""
		if found.foreign[s.UID] {
			whose = "organized by " + s.Organizer + ": it cannot be changed here"
		}
		t.row(cell{plain(s.UID), p.bold}, text(s.Rule), text(s.Instances[0].Start.In(b.Policy.Mine.Zone).Format("Mon 2 Jan 15:04 MST")), text(s.Title), text(whose))
	}
	t.write(a.out, "")
	if len(found.kept) == 0 && slices.ContainsFunc(found.series, func(s calendar.Series) bool { return !found.foreign[s.UID] }) {
		a.printf("Take one over: bilateral adopt %s UID\n", b.Name)
	}
}

// choose is the series with that UID, if it can be taken over.
func choose(b config.Bilateral, uid string, found candidates) (s calendar.Series, err error) {
	if len(found.kept) > 0 {
		own := found.kept[0].UID
		if own == uid {
			return s, wrongUsage("There is nothing to do; see: bilateral status "+b.Name, "the series %s is kept already", uid)
		}
		return s, wrongUsage("Delete that one in the calendar first; then again: bilateral adopt "+b.Name+" "+uid,
			"the series %s is kept already, and no other beside it", own)
	}
	i := slices.IndexFunc(found.series, func(s calendar.Series) bool { return s.UID == uid })
	switch {
	case i < 0:
		return s, wrongUsage("See which can be: bilateral adopt "+b.Name, "no series %q of just the two of you is in %s", uid, b.Calendar)
	case found.foreign[uid]:
		return s, wrongUsage("Name the calendar of "+b.Executive.Name+" as calendar in the config, if you may write there; or ask to be made the organizer; or make a series of your own: bilateral start "+b.Name,
			"the series %s is organized by %s, and the server of %s takes changes from the organizer alone", uid, found.series[i].Organizer, b.Calendar)
	}
	return found.series[i], nil
}

func (a *app) adopt(ctx context.Context, b config.Bilateral, s calendar.Series, yes bool) error {
	a.printf("%s, %s, next %s: it gets our mark and is kept from now on; title, place, link and guests stay.\n", plain(s.Title), s.Rule,
		s.Instances[0].Start.In(b.Policy.Mine.Zone).Format("Mon 2 Jan 15:04 MST"))
	if err := a.confirm(yes, "Take it over?"); err != nil {
		return err
	}
	conf, err := a.config()
	if err != nil {
		return err
	}
	if err := config.SetAdopt(conf.Path, b.Name, s.UID); err != nil {
		return failed("Write adopt = \""+s.UID+"\" into the bilateral's table by hand.", "%w", err)
	}
	a.loaded = nil
	if err := a.reloadDaemon(); err != nil {
		return err
	}
	return a.order(ctx, store.Request{Bilateral: b.Name, Kind: store.Adopt, Args: map[string]string{"uid": s.UID}})
}
