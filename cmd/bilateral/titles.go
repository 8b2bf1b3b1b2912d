package main

import (
	"context"
	"slices"

	"bilateral/calendar"
	"bilateral/config"
	"bilateral/internal/engine"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// titlesOf reads the bilateral's calendars around a period, and returns what stands there under which title. It is read
// live and kept nowhere.
func (a *app) titlesOf(ctx context.Context, s *store.Store, b config.Bilateral, period calendar.Span) (func(plan.Blocker) []string, error) {
	w, err := a.wiring()
	if err != nil {
		return nil, err
	}
	wired, err := w.bilateral(b)
	if err != nil {
		return nil, err
	}
	own, err := s.KnownSeries(b.Name)
	if err != nil {
		return nil, err
	}
	around := calendar.Span{Start: period.Start.AddDate(0, 0, -1), End: period.End.AddDate(0, 0, 1)}
	events := map[string][]calendar.Event{}
	for who, side := range map[string]engine.Side{wired.Policy.Mine.Name: wired.Owner, wired.Policy.Theirs.Name: wired.Executive} {
		for _, c := range side.Calendars {
			seen, err := c.Account.Observe(ctx, calendar.Query{Window: around, Zone: c.Zone})
			if err != nil {
				return nil, err
			}
			ours := func(e calendar.Event) bool {
				return slices.ContainsFunc(own, func(k store.Known) bool { return k.UID == e.UID }) || side.Judge.Judge(e) == calendar.Free
			}
			events[who] = append(events[who], slices.DeleteFunc(slices.Clone(seen.Events), ours)...)
		}
	}
	return func(x plan.Blocker) []string { return titlesIn(events[x.Who], x.Span) }, nil
}

func titlesIn(events []calendar.Event, s calendar.Span) []string {
	var out []string
	for _, e := range events {
		if e.Overlaps(s) && e.Title != "" && !slices.Contains(out, e.Title) {
			out = append(out, e.Title)
		}
	}
	return out
}
