package main

import (
	"strings"
	"time"

	"bilateral/agenda"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

// itemFlags are the parts of a follow-up as flags of add and edit.
type itemFlags struct {
	kind, due, proposal, fallback, goal, text string
	options, details                          []string
	minutes, priority                         int
	atRisk                                    bool
}

var kindNames = []string{"decision", "problem", "question", "direction", "waiting", "update", "goal", "personal"}

func (f *itemFlags) define(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVarP(&f.kind, "kind", "k", "", "decision, problem, question, direction (they asked, you owe it), waiting (they owe it), update, goal or personal")
	flags.StringVarP(&f.due, "due", "d", "", "`date`: 2026-12-02, tomorrow, fri, \"in 2 weeks\"")
	flags.StringVarP(&f.proposal, "proposal", "p", "", "your recommendation or solution")
	flags.StringArrayVar(&f.options, "option", nil, "an option of a decision (may be given several times)")
	flags.StringVar(&f.fallback, "default", "", "of a decision: what happens if you hear nothing")
	flags.StringArrayVar(&f.details, "detail", nil, "a line below the item (may be given several times)")
	flags.StringVar(&f.goal, "goal", "", "the goal it serves: an id, or words")
	flags.IntVarP(&f.minutes, "minutes", "m", 0, "how long it takes in the meeting")
	flags.IntVar(&f.priority, "priority", 0, "higher comes first")
	flags.BoolVar(&f.atRisk, "at-risk", false, "it may not be done in time")
	c.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(kindNames, cobra.ShellCompDirectiveNoFileComp))
}

// apply puts the flags that were given into an item.
func (f *itemFlags) apply(c *cobra.Command, item *agenda.Item, due time.Time) {
	set := func(flag string, take func()) {
		if c.Flags().Changed(flag) {
			take()
		}
	}
	set("kind", func() { item.Kind = agenda.Kind(f.kind) })
	set("due", func() { item.Due = due })
	set("proposal", func() { item.Proposal = f.proposal })
	set("option", func() { item.Options = f.options })
	set("default", func() { item.Default = f.fallback })
	set("detail", func() { item.Details = f.details })
	set("goal", func() { item.Goal = f.goal })
	set("minutes", func() { item.Minutes = f.minutes })
	set("priority", func() { item.Priority = f.priority })
	set("at-risk", func() { item.AtRisk = f.atRisk })
	if f.text != "" {
		item.Text = f.text
	}
}

// parseDue reads --due; "none" and "" take the date away.
func (a *app) parseDue(s string) (time.Time, error) {
	if s == "" || s == "none" {
		return time.Time{}, nil
	}
	zone, err := a.zone()
	if err != nil {
		return time.Time{}, err
	}
	d, err := parseDate(s, a.today(zone))
	return dueDate(d), err
}

func (a *app) zone() (*time.Location, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	return c.Me.Zone, nil
}

func (a *app) addCommand() *cobra.Command {
	var f itemFlags
	var private bool
	var name string
	c := &cobra.Command{
		Use:   "add TEXT --kind KIND",
		Short: "A new follow-up; prints its id",
		Long: "Adds a follow-up. It stands on the agenda of the next meeting, and stays until it is done or dropped.\n" +
			"Personal items, and any item with --private, are for you alone: they never reach the invitation.",
		Example: "  bilateral add \"Vendor B, 48k EUR\" --kind decision --proposal yes --due fri\n" +
			"  bilateral add \"Hiring is two weeks late\" --kind problem --proposal \"agency until January\"\n" +
			"  bilateral add \"Board slides\" --kind direction --due 2026-12-02",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			f.text = strings.Join(args, " ")
			return a.addItem(c, &f, name, private)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	f.define(c)
	c.Flags().BoolVar(&private, "private", false, "for you alone, never in the invitation")
	c.Flags().StringVar(&name, "for", "", "`name` of the bilateral, if there are several")
	c.RegisterFlagCompletionFunc("for", a.completeFor)
	return c
}

func (a *app) addItem(c *cobra.Command, f *itemFlags, name string, private bool) error {
	if err := checkItem(c, f); err != nil {
		return err
	}
	b, err := a.bilateral(name)
	if err != nil {
		return err
	}
	due, err := a.parseDue(f.due)
	if err != nil {
		return err
	}
	item := agenda.Item{Bilateral: b.Name}
	f.apply(c, &item, due)
	s, err := a.store()
	if err != nil {
		return err
	}
	if item.Kind == agenda.Personal {
		private = true
	}
	if item, err = insertItem(s, item, private, a.now()); err != nil {
		return err
	}
	a.printf("%s\n", item.ID)
	a.warnLint(store.Entry{Item: item, Private: private})
	return a.wake()
}

// insertItem chooses the type, and with it who may ever see the item.
func insertItem(s *store.Store, item agenda.Item, private bool, at time.Time) (agenda.Item, error) {
	if private {
		p, err := s.AddPrivate(agenda.Private{Item: item}, "cli", at)
		return p.Item, err
	}
	f, err := s.Add(agenda.FollowUp{Item: item}, "cli", at)
	return f.Item, err
}

// checkItem looks at what can be judged before anything is opened.
func checkItem(c *cobra.Command, f *itemFlags) error {
	kinds := "Kinds: " + strings.Join(kindNames, ", ") + "."
	known := false
	for _, k := range kindNames {
		known = known || k == f.kind
	}
	switch {
	case c.Name() == "add" && f.kind == "":
		return wrongUsage(kinds+" Say which with --kind.", "a follow-up needs a kind")
	case c.Flags().Changed("kind") && !known:
		return wrongUsage(kinds, "%q is no kind of follow-up", f.kind)
	case c.Name() == "add" && strings.TrimSpace(f.text) == "":
		return wrongUsage("Write for instance: bilateral add \"Vendor B?\" --kind question", "a follow-up needs a text")
	case f.minutes < 0 || f.minutes > 8*60:
		return wrongUsage("Write for instance: --minutes 10", "--minutes %d is out of reach", f.minutes)
	}
	return nil
}

// warnLint says why an item will not be put before the executive as it is.
func (a *app) warnLint(e store.Entry) {
	if e.Private || e.Status != agenda.Open {
		return
	}
	for _, found := range agenda.Lint(e.Item) {
		a.note("Note: %s, so it is held back from the agenda.", found.Message)
		a.note("Complete it with: %s", found.Do)
	}
}
