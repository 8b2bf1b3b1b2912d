package main

import (
	"strings"

	"bilateral/agenda"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

func (a *app) doneCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "done ID…",
		Short:             "Closes follow-ups as done",
		Example:           "  bilateral done k3f9 m2t7",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: a.completeItems(agenda.Open),
		RunE: func(_ *cobra.Command, ids []string) error {
			return a.eachItem(ids, func(s *store.Store, e store.Entry) (store.Entry, error) {
				return s.CloseItem(e.ID, agenda.Done, "", "cli", a.now())
			})
		},
	}
}

func (a *app) dropCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:               "drop ID… --reason WHY",
		Short:             "Closes follow-ups that will not be done, with the reason",
		Example:           "  bilateral drop k3f9 --reason \"vendor withdrew\"",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: a.completeItems(agenda.Open),
		RunE: func(_ *cobra.Command, ids []string) error {
			if strings.TrimSpace(reason) == "" {
				return wrongUsage("Say why: bilateral drop "+strings.Join(ids, " ")+" --reason \"…\"", "to drop a follow-up takes a reason")
			}
			return a.eachItem(ids, func(s *store.Store, e store.Entry) (store.Entry, error) {
				return s.CloseItem(e.ID, agenda.Dropped, reason, "cli", a.now())
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why")
	return c
}

func (a *app) reopenCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "reopen ID…",
		Short:             "Opens closed follow-ups again",
		Example:           "  bilateral reopen k3f9",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: a.completeItems(""),
		RunE: func(_ *cobra.Command, ids []string) error {
			return a.eachItem(ids, func(s *store.Store, e store.Entry) (store.Entry, error) {
				return s.Reopen(e.ID, "cli", a.now())
			})
		},
	}
}
