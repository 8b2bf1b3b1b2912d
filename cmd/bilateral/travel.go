package main

import (
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

func (a *app) travelCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "travel [NAME] ZONE FROM..TO",
		Short: "The executive's hours are in that zone for these days",
		Long:  "From the first to the last day, both included, the executive's hours are read in the zone of where they are.",
		Example: "  bilateral travel dana Asia/Tokyo 2026-12-01..2026-12-05\n" +
			"  bilateral travel Europe/London tomorrow..fri",
		Args:              cobra.RangeArgs(2, 3),
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			b, rest, err := a.nameAnd(args)
			if err != nil {
				return err
			}
			if len(rest) != 2 {
				return wrongUsage("Write for instance: bilateral travel "+b.Name+" Asia/Tokyo 2026-12-01..2026-12-05", "travel needs a zone and the days")
			}
			zone, err := time.LoadLocation(rest[0])
			if err != nil || rest[0] == "" || rest[0] == "Local" {
				return wrongUsage("Write for instance Asia/Tokyo or Europe/London.", "%q is no time zone", rest[0])
			}
			from, to, err := a.days(rest[1])
			if err != nil {
				return err
			}
			value := zone.String() + ":" + from.String() + ":" + to.String()
			return a.order(c.Context(), store.Request{Bilateral: b.Name, Kind: store.Travel, Args: map[string]string{"travel": value}})
		},
	}
}

// days reads FROM..TO.
func (a *app) days(s string) (from, to calendar.Date, err error) {
	first, last, ok := strings.Cut(s, "..")
	if !ok {
		last = first
	}
	zone, err := a.zone()
	if err != nil {
		return from, to, err
	}
	if from, err = parseDate(first, a.today(zone)); err != nil {
		return from, to, err
	}
	if to, err = parseDate(last, a.today(zone)); err == nil && to.Before(from) {
		err = wrongUsage("Write the earlier day first: 2026-12-01..2026-12-05", "%s ends before it begins", s)
	}
	return from, to, err
}
