package main

import (
	"slices"
	"strings"

	"bilateral/agenda"
	"bilateral/calendar"
	"bilateral/config"
	"bilateral/internal/plan"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

// bilateral finds the one meant: by name, or the only one.
func (a *app) bilateral(name string) (config.Bilateral, error) {
	c, err := a.config()
	if err != nil {
		return config.Bilateral{}, err
	}
	if name == "" && len(c.Bilaterals) == 1 {
		return c.Bilaterals[0], nil
	}
	if b, ok := c.Bilateral(name); ok {
		return b, nil
	}
	names := bilateralNames(c)
	switch {
	case len(names) == 0:
		return config.Bilateral{}, wrongUsage("Add a [[bilateral]] table, or begin anew with: bilateral init", "no bilateral is configured in %s", c.Path)
	case name == "":
		return config.Bilateral{}, wrongUsage("Name one of: "+strings.Join(names, ", "), "there are %d bilaterals", len(names))
	}
	return config.Bilateral{}, wrongUsage("Configured are: "+strings.Join(names, ", "), "no bilateral is named %q", name)
}

func bilateralNames(c *config.Config) []string {
	var names []string
	for _, b := range c.Bilaterals {
		names = append(names, b.Name)
	}
	return names
}

// nameAnd takes an optional bilateral's name off the front of the arguments.
func (a *app) nameAnd(args []string) (config.Bilateral, []string, error) {
	c, err := a.config()
	if err != nil {
		return config.Bilateral{}, nil, err
	}
	if len(args) > 0 {
		if b, ok := c.Bilateral(args[0]); ok {
			return b, args[1:], nil
		}
	}
	if len(c.Bilaterals) == 1 {
		return c.Bilaterals[0], args, nil
	}
	b, err := a.bilateral(first(args))
	return b, nil, err
}

func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

// period finds the key of the period that a PERIOD or a date means.
func (a *app) period(b config.Bilateral, s string) (string, error) {
	c, err := a.config()
	if err != nil {
		return "", err
	}
	key, err := periodKey(s, b.Policy.Cadence.Unit, a.today(c.Me.Zone))
	if err != nil || b.Policy.Cadence.Every <= 1 {
		return key, err
	}
	week, _ := weekStart(key)
	return a.blockOf(b, week), nil
}

// blockOf is the key of the block of weeks that holds a week. Blocks are counted from one that was decided, also far beyond
// the guarded ones.
func (a *app) blockOf(b config.Bilateral, week calendar.Date) string {
	zone := b.Policy.Mine.Zone
	at := week.At(12*60, zone)
	var standing *plan.Standing
	for _, v := range a.known(b.Name) {
		if v.Span.Has(at) {
			return v.Period
		}
		standing = &plan.Standing{First: calendar.DateOf(v.Span.Start, zone), Prefer: b.Policy.Prefer}
	}
	return plan.KeyOf(b.Policy, standing, a.now(), at)
}

// known are the decisions of the last pass; none where there was none, or they cannot be read.
func (a *app) known(name string) []store.Dated {
	s, err := a.reading()
	if err != nil || s == nil {
		return nil
	}
	known, _ := s.Verdicts(name)
	return known
}

// completeNames offers the bilaterals for the first argument.
func (a *app) completeNames(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	conf, err := config.Load(a.configPath(), a.now())
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, b := range conf.Bilaterals {
		out = append(out, cobra.CompletionWithDesc(b.Name, b.Executive.Name))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeFor offers the bilaterals for a flag.
func (a *app) completeFor(c *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return a.completeNames(c, nil, typed)
}

// completePeriods offers the guarded periods as second argument, after the names.
func (a *app) completePeriods(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return a.completeNames(c, args, typed)
	}
	s, err := a.reading()
	if err != nil || s == nil || len(args) > 1 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	known, _ := s.Verdicts(args[0])
	var out []string
	for _, v := range known {
		out = append(out, cobra.CompletionWithDesc(v.Period, plain(v.Sentence)))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeItems offers ids of follow-ups with that status.
func (a *app) completeItems(status agenda.Status) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		s, err := a.reading()
		if err != nil || s == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		items, _ := s.List(store.Filter{Status: status, IncludePrivate: true})
		var out []string
		for _, item := range items {
			if !slices.Contains(args, item.ID) {
				out = append(out, cobra.CompletionWithDesc(item.ID, plain(item.Text)))
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

// spoken writes a date for people; the year only where it is not this one.
func spoken(d, today calendar.Date) string {
	if d.Year != today.Year {
		return dueDate(d).Format("Mon 2 Jan 2006")
	}
	return dueDate(d).Format("Mon 2 Jan")
}
