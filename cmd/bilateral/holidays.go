package main

import (
	"context"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/feed"
	"bilateral/calendar/holiday"
	"bilateral/internal/engine"
)

// holidaysOf reads public holidays from lists by code and from .ics files, of which every event counts.
func holidaysOf(entries []string, zone *time.Location, now func() time.Time) engine.Holidays {
	var codes []string
	var files []string
	for _, e := range entries {
		if holiday.IsFile(e) {
			files = append(files, e)
		} else {
			codes = append(codes, e)
		}
	}
	return func(window calendar.Span) ([]calendar.Event, error) {
		days, err := holiday.Days(codes, calendar.DateOf(window.Start, zone), calendar.DateOf(window.End, zone))
		if err != nil {
			return nil, err
		}
		events := holiday.Events(days, zone)
		for _, path := range files {
			more, err := holidayFile(path, window, zone, now)
			if err != nil {
				return nil, err
			}
			events = append(events, more...)
		}
		return events, nil
	}
}

// holidayFile reads one file. Lists of holidays are published as transparent events, which here count all the same.
func holidayFile(path string, window calendar.Span, zone *time.Location, now func() time.Time) ([]calendar.Event, error) {
	account, err := feed.New(path, nil, feed.Login{}, now)
	if err != nil {
		return nil, err
	}
	found, err := account.Observe(context.Background(), calendar.Query{Window: window, Zone: zone})
	if err != nil {
		return nil, err
	}
	for i := range found.Events {
		found.Events[i].Kind, found.Events[i].Transparent = calendar.Holiday, false
	}
	return found.Events, nil
}
