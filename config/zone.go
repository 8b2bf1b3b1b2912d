package config

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"
)

// zoneNames are the names of the time zone database's zone.tab (public domain), one a line.
//
//go:embed zones.txt
var zoneNames string

// zone takes an IANA time zone name.
func (r *reader) zone(key string, otherwise *time.Location) *time.Location {
	name := r.filled(key)
	if name == "" {
		return otherwise
	}
	meant := meantZones(name)
	loc, err := time.LoadLocation(name)
	switch {
	case fixedZone(name):
		r.wrong(key, fmt.Sprintf("%q has no daylight saving time", name), "Name the place: timezone = "+quoted(meant))
	case err != nil || name == "Local":
		r.wrong(key, fmt.Sprintf("%q is no IANA time zone", name), "Did you mean timezone = "+quoted(meant)+"?")
	default:
		return loc
	}
	return otherwise
}

// fixedZone reports the two names that exist but are not what people in those places live by.
func fixedZone(name string) bool { return name == "EST" || name == "MST" }

// meantZones guesses up to three zone names: for an abbreviation, a city or a misspelling.
func meantZones(name string) []string {
	switch strings.ToUpper(name) {
	case "EST", "EDT", "ET":
		return []string{"America/New_York"}
	case "CST", "CDT", "CT":
		return []string{"America/Chicago"}
	case "MST", "MDT", "MT":
		return []string{"America/Denver", "America/Phoenix"}
	case "PST", "PDT", "PT":
		return []string{"America/Los_Angeles"}
	case "BST":
		return []string{"Europe/London"}
	case "CEST", "MEZ", "MESZ", "LOCAL":
		return []string{"Europe/Berlin", "Europe/Paris"}
	case "IST":
		return []string{"Asia/Kolkata", "Asia/Jerusalem"}
	}
	return nearestZones(strings.ReplaceAll(strings.ToLower(name), " ", "_"))
}

func nearestZones(name string) []string {
	type guess struct {
		zone string
		far  int
	}
	var guesses []guess
	for zone := range strings.Lines(zoneNames) {
		zone = strings.TrimSpace(zone)
		lower := strings.ToLower(zone)
		city := lower[strings.LastIndex(lower, "/")+1:]
		guesses = append(guesses, guess{zone, min(distance(name, lower), distance(name[strings.LastIndex(name, "/")+1:], city))})
	}
	slices.SortStableFunc(guesses, func(a, b guess) int { return cmp.Compare(a.far, b.far) })
	names := []string{guesses[0].zone}
	for _, g := range guesses[1:3] {
		if g.far <= guesses[0].far+1 && g.far > 0 && guesses[0].far > 0 {
			names = append(names, g.zone)
		}
	}
	return names
}
