package ical

import (
	"strings"
	"testing"
	"time"
)

// The reader's own evaluation of the text, with the zone's name taken away, must agree with the zone for as long as the
// definition claims to hold.
func TestAWrittenZoneTellsTheSameTime(t *testing.T) {
	start := at("2026-12-02 14:30")
	for _, row := range []struct {
		zone, why string
		years     int
		recurs    bool
	}{
		{"Europe/Berlin", "last Sundays", 40, true},
		{"America/New_York", "second and first Sundays", 40, true},
		{"America/Santiago", "midnight changes on the Sunday from the 2nd on", 40, true},
		{"Australia/Lord_Howe", "half an hour of summer time", 40, true},
		{"Europe/Dublin", "negative daylight saving", 40, true},
		{"Asia/Jerusalem", "a Friday before a last Sunday", 40, true},
		{"Africa/Casablanca", "changes by the moon, listed", listedYears - 1, false},
		{"Asia/Kolkata", "no change", 40, false},
		{"America/Sao_Paulo", "no change any more", 40, false},
		{"Etc/GMT+5", "never a change", 40, false},
	} {
		t.Run(row.zone+": "+row.why, func(t *testing.T) {
			zone := zoneFor(t, row.zone)
			vtz := zoneComponent(zone, start)
			vtz.set(property{name: "TZID", value: "Nameless"})
			if hasRules := strings.Contains(string(vtz.encode()), "RRULE:"); hasRules != row.recurs {
				t.Errorf("written as yearly rules: %v, want %v", hasRules, row.recurs)
			}
			read := readZone(t, vtz)
			for at := start; at.Before(start.AddDate(row.years, 0, 0)); at = at.Add(6 * time.Hour) {
				_, got := at.In(read).Zone()
				if _, want := at.In(zone).Zone(); got != want {
					t.Fatalf("%s: offset %d, want %d", at, got, want)
				}
			}
		})
	}
}

func readZone(t *testing.T, vtz *block) *time.Location {
	t.Helper()
	object := newCalendar()
	object.hold(vtz)
	zone, err := newZones().find(Parse("zone", object.encode()), "Nameless")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// Go says on 31 December of a leap year that the stretch between two changes has ended already: a walk that believes it
// stands still.
func TestAZoneIsWalkedPastLeapYears(t *testing.T) {
	for year := 2026; year < 2034; year++ {
		for _, name := range []string{"Europe/Berlin", "America/Santiago"} {
			start := time.Date(year, 12, 31, 12, 0, 0, 0, time.UTC)
			text := string(zoneComponent(zoneFor(t, name), start).encode())
			if strings.Count(text, "TZOFFSETTO:") != 2 {
				t.Errorf("%s from %d has not two observances:\n%s", name, year, text)
			}
		}
	}
}

func TestASeriesInUTCNeedsNoZone(t *testing.T) {
	text, err := New(draftFor(t, "UTC", at("2026-12-02 14:30")), testNow)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(text); strings.Contains(s, "TZID") || !strings.Contains(s, "DTSTART:20261202T143000Z\r\n") {
		t.Errorf("got\n%s", s)
	}
}
