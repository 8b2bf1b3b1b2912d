package main

import (
	"fmt"
	"strings"
	"time"

	"bilateral/agenda"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

func (a *app) showCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:               "show ID…",
		Short:             "A follow-up with its history",
		Example:           "  bilateral show k3f9\n  bilateral show k3       # the beginning will do, where it is the only one",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: a.completeItems(""),
		RunE: func(_ *cobra.Command, ids []string) error {
			zone, err := a.zone()
			if err != nil {
				return err
			}
			s, found, err := a.find(ids)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(listing{Version: 1, FollowUps: itemsJSON(found)})
			}
			for i, e := range found {
				if i > 0 {
					a.printf("\n")
				}
				if err := a.showItem(s, e, zone); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// find looks all ids up before anything is done to one of them.
func (a *app) find(ids []string) (*store.Store, []store.Entry, error) {
	s, err := a.store()
	if err != nil {
		return nil, nil, err
	}
	var found []store.Entry
	for _, id := range ids {
		e, err := s.Get(id)
		if err != nil {
			return nil, nil, err
		}
		found = append(found, e)
	}
	return s, found, nil
}

func (a *app) showItem(s *store.Store, e store.Entry, zone *time.Location) error {
	p := a.paint(a.out)
	a.printf("%s  %s\n", p.bold(e.ID), plain(e.Text))
	var t table
	for _, f := range facts(e, zone) {
		t.row(cell{f[0], p.faint}, text(f[1]))
	}
	t.write(a.out, "  ")
	for _, found := range lintOf(e) {
		a.printf("  %s\n", p.yellow(plain("held back: "+found.Message+"; "+found.Do)))
	}
	history, err := s.ItemHistory(e.ID)
	if err != nil {
		return err
	}
	var h table
	for _, event := range history {
		h.row(text(event.At.In(zone).Format("Mon 2 Jan 2006 15:04")), text(event.What), text(event.Note))
	}
	a.printf("\n")
	h.write(a.out, "  ")
	return nil
}

func lintOf(e store.Entry) []agenda.Finding {
	if e.Private || e.Status != agenda.Open {
		return nil
	}
	return agenda.Lint(e.Item)
}

// facts are the parts of an item that are set, in the order in which people ask for them.
func facts(e store.Entry, zone *time.Location) [][2]string {
	var out [][2]string
	add := func(name, value string) {
		if value != "" {
			out = append(out, [2]string{name, value})
		}
	}
	kind := string(e.Kind) + " for " + e.Bilateral
	if e.Private {
		kind += ", private"
	}
	add("kind", kind)
	add("status", statusOf(e, zone))
	add("due", dueOf(e))
	add("proposal", e.Proposal)
	add("options", strings.Join(e.Options, "; "))
	add("default", e.Default)
	add("details", strings.Join(e.Details, "; "))
	add("goal", e.Goal)
	if e.Minutes > 0 {
		add("minutes", fmt.Sprint(e.Minutes))
	}
	if e.Priority != 0 {
		add("priority", fmt.Sprint(e.Priority))
	}
	if e.AtRisk {
		add("at risk", "yes")
	}
	if e.Carried > 0 {
		add("carried over", times(e.Carried))
	}
	return out
}

func statusOf(e store.Entry, zone *time.Location) string {
	s := string(e.Status)
	if !e.Closed.IsZero() {
		s += " " + e.Closed.In(zone).Format("Mon 2 Jan 2006 15:04")
	}
	if e.Reason != "" {
		s += ": " + e.Reason
	}
	return s
}

func dueOf(e store.Entry) string {
	if e.Due.IsZero() {
		return ""
	}
	s := e.Due.Format("Mon 2 Jan 2006")
	if !e.FirstDue.IsZero() && !e.FirstDue.Equal(e.Due) {
		s += ", first promised for " + e.FirstDue.Format("Mon 2 Jan 2006")
	}
	return s
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
