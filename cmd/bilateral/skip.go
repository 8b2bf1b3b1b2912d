package main

import (
	"strings"

	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

func (a *app) skipCommand() *cobra.Command {
	var reason string
	c := a.periodCommand("skip", "Waives a period, with the reason", func(r *store.Request) error {
		if strings.TrimSpace(reason) == "" {
			return wrongUsage("Say why: bilateral skip "+r.Bilateral+" "+r.Period+" --reason \"…\"", "to skip a meeting takes a reason")
		}
		r.Kind, r.Args = store.Skip, map[string]string{"reason": reason}
		return nil
	})
	c.Example = "  bilateral skip dana 2026-W49 --reason \"both at the fair\"\n  bilateral skip tomorrow --reason ill"
	c.Flags().StringVar(&reason, "reason", "", "why")
	return c
}

func (a *app) unskipCommand() *cobra.Command {
	c := a.periodCommand("unskip", "Takes a skip back: the period is planned again", func(r *store.Request) error {
		r.Kind = store.Unskip
		return nil
	})
	c.Example = "  bilateral unskip dana 2026-W49"
	return c
}

func (a *app) unpinCommand() *cobra.Command {
	c := a.periodCommand("unpin", "Lets a meeting that a person put in its place move again", func(r *store.Request) error {
		r.Kind = store.Unpin
		return nil
	})
	c.Example = "  bilateral unpin dana 2026-W49"
	return c
}

// periodCommand is an order about one period: [NAME] PERIOD or DATE.
func (a *app) periodCommand(verb, short string, fill func(*store.Request) error) *cobra.Command {
	return &cobra.Command{
		Use:               verb + " [NAME] PERIOD or DATE",
		Short:             short,
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: a.completePeriods,
		RunE: func(c *cobra.Command, args []string) error {
			b, rest, err := a.nameAnd(args)
			if err != nil {
				return err
			}
			if len(rest) != 1 {
				return wrongUsage("Write for instance: bilateral "+verb+" "+b.Name+" 2026-W49", "%s needs a period or a date", verb)
			}
			r := store.Request{Bilateral: b.Name}
			if r.Period, err = a.period(b, rest[0]); err != nil {
				return err
			}
			if err := fill(&r); err != nil {
				return err
			}
			return a.order(c.Context(), r)
		},
	}
}
