package signin

import (
	"slices"
	"strings"
)

const scopes = "https://www.googleapis.com/auth/"

// The scopes that are asked for: the smallest that the discovery document gives for the methods in use.
const (
	events     = scopes + "calendar.events"                // events.list, get, instances, insert, patch, delete
	eventsRead = scopes + "calendar.events.readonly"       // events.list, get, instances
	freeBusy   = scopes + "calendar.events.freebusy"       // freebusy.query, for calendars that others let one see
	list       = scopes + "calendar.calendarlist.readonly" // calendarList.list, get: names, zones, who may write
)

// wider are scopes that hold another one.
var wider = map[string][]string{
	events:     {scopes + "calendar"},
	eventsRead: {events, scopes + "calendar.readonly", scopes + "calendar"},
	freeBusy:   {scopes + "calendar.readonly", scopes + "calendar"},
	list:       {scopes + "calendar.calendarlist", scopes + "calendar.readonly", scopes + "calendar"},
}

// Scopes are what a calendar needs: less where no series lives in it, so that nothing is written.
func Scopes(writes bool) []string {
	if writes {
		return []string{events, freeBusy, list}
	}
	return []string{eventsRead, freeBusy, list}
}

// missing are the needed scopes that were not granted, by themselves or within a wider one.
func missing(granted, needed []string) []string {
	var out []string
	for _, scope := range needed {
		holds := func(have string) bool { return have == scope || slices.Contains(wider[scope], have) }
		if !slices.ContainsFunc(granted, holds) {
			out = append(out, scope)
		}
	}
	return out
}

// short is a scope as people compare it: without the address that all of them begin with.
func short(list []string) string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = strings.TrimPrefix(s, scopes)
	}
	return strings.Join(names, ", ")
}
