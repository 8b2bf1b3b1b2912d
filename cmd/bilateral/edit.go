package main

import (
	"slices"

	"bilateral/agenda"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

// itemParts are the flags that change something.
var itemParts = []string{"text", "kind", "due", "proposal", "option", "default", "detail", "goal", "minutes", "priority", "at-risk"}

func (a *app) editCommand() *cobra.Command {
	var f itemFlags
	c := &cobra.Command{
		Use:               "edit ID…",
		Short:             "Changes parts of a follow-up",
		Example:           "  bilateral edit k3f9 --due \"in 2 weeks\"\n  bilateral edit k3f9 --text \"Vendor B, 52k EUR\" --proposal yes\n  bilateral edit k3f9 --due none",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: a.completeItems(agenda.Open),
		RunE: func(c *cobra.Command, ids []string) error {
			return a.edit(c, &f, ids)
		},
	}
	f.define(c)
	c.Flags().StringVar(&f.text, "text", "", "new text")
	return c
}

func (a *app) edit(c *cobra.Command, f *itemFlags, ids []string) error {
	if err := checkItem(c, f); err != nil {
		return err
	}
	if !slices.ContainsFunc(itemParts, c.Flags().Changed) {
		return wrongUsage("Say what to change: --text, --due, --proposal, --kind and others; see: bilateral edit --help", "nothing to change was given")
	}
	due, err := a.parseDue(f.due)
	if err != nil {
		return err
	}
	return a.eachItem(ids, func(s *store.Store, e store.Entry) (store.Entry, error) {
		if f.kind == string(agenda.Personal) && !e.Private {
			return e, wrongUsage("Drop it, and add it anew: bilateral add \"…\" --kind personal", "%s may stand in an invitation already, and what is personal never does", e.ID)
		}
		return s.Update(e.ID, "cli", a.now(), func(item *agenda.Item) { f.apply(c, item, due) })
	})
}

// eachItem changes follow-ups, shows each as it is now, and tells the daemon.
func (a *app) eachItem(ids []string, change func(*store.Store, store.Entry) (store.Entry, error)) error {
	s, found, err := a.find(ids)
	if err != nil {
		return err
	}
	p := a.paint(a.out)
	for _, e := range found {
		now, err := change(s, e)
		if err != nil {
			return err
		}
		a.printf("%s  %-7s  %s\n", p.bold(now.ID), now.Status, plain(now.Text))
		a.warnLint(now)
	}
	return a.wake()
}
