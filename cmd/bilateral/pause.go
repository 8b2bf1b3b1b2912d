package main

import (
	"time"

	"bilateral/config"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

func (a *app) pauseCommand() *cobra.Command {
	var until string
	c := &cobra.Command{
		Use:               "pause [NAME] --until D",
		Short:             "No moves and no mails until then",
		Long:              "Until the given date begins, or the given moment, nothing is moved and nobody gets a mail. Without NAME: for all.",
		Example:           "  bilateral pause --until 2026-12-02\n  bilateral pause dana --until \"fri 12:00\"",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			end, err := a.pauseEnd(until)
			if err != nil {
				return err
			}
			return a.orderEach(c, args, store.Request{Kind: store.Pause, Args: map[string]string{"until": end.UTC().Format(time.RFC3339)}})
		},
	}
	c.Flags().StringVar(&until, "until", "", "`date` or moment: 2026-12-02, fri, \"fri 12:00\"")
	return c
}

func (a *app) pauseEnd(until string) (time.Time, error) {
	if until == "" {
		return time.Time{}, wrongUsage("Write for instance: bilateral pause --until fri", "pause needs an end")
	}
	zone, err := a.zone()
	if err != nil {
		return time.Time{}, err
	}
	end, err := readMoment(until, a.now(), zone)
	if err == nil && !end.After(a.now()) {
		err = wrongUsage("Name a later moment.", "%s has passed already", end.In(zone).Format("Mon 2 Jan 2006 15:04"))
	}
	return end, err
}

func (a *app) resumeCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "resume [NAME]",
		Short:             "Ends a pause",
		Example:           "  bilateral resume",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			return a.orderEach(c, args, store.Request{Kind: store.Resume})
		},
	}
}

// orderEach gives the order for the one bilateral that is named, else for all of them.
func (a *app) orderEach(c *cobra.Command, args []string, r store.Request) error {
	list, err := a.chosen(first(args))
	if err != nil {
		return err
	}
	var requests []store.Request
	for _, b := range list {
		r.Bilateral = b.Name
		requests = append(requests, r)
	}
	return a.order(c.Context(), requests...)
}

// chosen is the bilateral of that name, or without a name all of them.
func (a *app) chosen(name string) ([]config.Bilateral, error) {
	conf, err := a.config()
	if err != nil {
		return nil, err
	}
	if name == "" && len(conf.Bilaterals) > 0 {
		return conf.Bilaterals, nil
	}
	b, err := a.bilateral(name)
	return []config.Bilateral{b}, err
}
