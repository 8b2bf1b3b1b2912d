package main

import (
	"slices"
	"strconv"
	"time"

	"bilateral/agenda"
	"bilateral/calendar"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

type listFlags struct {
	json, all, private bool
	kinds              []string
	name, query        string
}

func (a *app) listCommand() *cobra.Command {
	var f listFlags
	c := &cobra.Command{
		Use:               "list [TEXT]",
		Aliases:           []string{"ls"},
		Short:             "Open follow-ups",
		Example:           "  bilateral list\n  bilateral list --kind decision --kind problem\n  bilateral list vendor --all --json",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error {
			f.query = first(args)
			return a.list(f)
		},
	}
	c.Flags().BoolVar(&f.json, "json", false, "as JSON")
	c.Flags().BoolVar(&f.all, "all", false, "also what is done or dropped")
	c.Flags().BoolVar(&f.private, "private", false, "also what is for you alone")
	c.Flags().StringArrayVarP(&f.kinds, "kind", "k", nil, "only this kind (may be given several times)")
	c.Flags().StringVar(&f.name, "for", "", "only of the bilateral with this `name`")
	c.RegisterFlagCompletionFunc("for", a.completeFor)
	c.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(kindNames, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (a *app) list(f listFlags) error {
	filter := store.Filter{Bilateral: f.name, Query: f.query, IncludePrivate: true, Status: agenda.Open}
	if f.all {
		filter.Status = ""
	}
	for _, k := range f.kinds {
		if !slices.Contains(kindNames, k) {
			return checkKind(k)
		}
		filter.Kinds = append(filter.Kinds, agenda.Kind(k))
	}
	zone, err := a.zone()
	if err != nil {
		return err
	}
	items, err := a.entries(filter)
	if err != nil {
		return err
	}
	if len(items) == 0 && f.name != "" { // items may outlive their bilateral; a name that means nothing is a mistake
		if _, err := a.bilateral(f.name); err != nil {
			return err
		}
	}
	hidden := 0
	if !f.private {
		shown := slices.DeleteFunc(slices.Clone(items), func(e store.Entry) bool { return e.Private })
		hidden, items = len(items)-len(shown), shown
	}
	if f.json {
		return a.printJSON(listing{Version: 1, FollowUps: itemsJSON(items)})
	}
	a.printItems(items, hidden, zone)
	return nil
}

func checkKind(k string) error {
	f := itemFlags{kind: k}
	c := &cobra.Command{}
	f.define(c)
	c.Flags().Set("kind", k)
	return checkItem(c, &f)
}

func (a *app) entries(filter store.Filter) ([]store.Entry, error) {
	s, err := a.reading()
	if err != nil || s == nil {
		return nil, err
	}
	return s.List(filter)
}

func (a *app) printItems(items []store.Entry, hidden int, zone *time.Location) {
	p, today := a.paint(a.out), a.today(zone)
	var t table
	for _, e := range items {
		t.row(cell{e.ID, p.bold}, text(string(e.Kind)), text(e.Bilateral), dueCell(p, e, today), text(describe(e)))
	}
	t.write(a.out, "")
	if len(items) == 0 {
		a.printf("%s\n", "Nothing. Add one with: bilateral add TEXT --kind KIND")
	}
	if hidden > 0 {
		a.printf("%s\n", p.faint(strconv.Itoa(hidden)+" private: bilateral list --private"))
	}
}

func dueCell(p palette, e store.Entry, today calendar.Date) cell {
	if e.Due.IsZero() {
		return cell{}
	}
	due := calendar.DateOf(e.Due, time.UTC)
	c := cell{text: "by " + spoken(due, today)}
	if e.Status == agenda.Open && due.Before(today) {
		c = cell{"late, " + c.text, p.red}
	}
	return c
}

// describe is the text with what a list has no column for.
func describe(e store.Entry) string {
	s := e.Text
	switch {
	case e.Status != agenda.Open:
		s += " (" + string(e.Status) + ")"
	case e.Private:
		s += " (private)"
	case len(agenda.Lint(e.Item)) > 0:
		s += " (held back: incomplete)"
	}
	return s
}
