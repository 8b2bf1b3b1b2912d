package holiday

import (
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

func on(y int, m time.Month, d int) calendar.Date { return calendar.Date{Year: y, Month: m, Day: d} }

func TestKnownDates(t *testing.T) {
	rows := []struct {
		name, code string
		date       calendar.Date
		free       bool
	}{
		{"Berlin keeps Women's Day", "DE-BE", on(2026, 3, 8), true},
		{"Bavaria works on it", "DE-BY", on(2026, 3, 8), false},
		{"small letters do", "de-by", on(2026, 1, 6), true},
		{"Germany alone has only what all its states share", "DE", on(2026, 1, 6), false},
		{"Thanksgiving is the fourth Thursday", "US", on(2026, 11, 26), true},
		{"and in New York too", "US-NY", on(2026, 11, 26), true},
		{"the Thursday before is none", "US", on(2026, 11, 19), false},
		{"Independence Day on a Saturday is observed on the Friday", "US", on(2026, 7, 3), true},
		{"New Year's Day on a Saturday is observed in the old year", "US", on(2021, 12, 31), true},
		{"Christmas on a Sunday gives England the Tuesday", "GB", on(2022, 12, 27), true},
		{"Easter Monday moves: early", "FR", on(2024, 4, 1), true},
		{"Easter Monday moves: late", "FR", on(2025, 4, 21), true},
		{"Easter Monday of another year", "FR", on(2026, 4, 21), false},
		{"the Orthodox Easter has its own date", "GR", on(2026, 4, 13), true},
		{"the equinox is reckoned", "JP", on(2026, 3, 20), true},
		{"Zurich rests on Labour Day", "CH-ZH", on(2026, 5, 1), true},
		{"Australia shares its day", "AU", on(2026, 1, 26), true},
		{"one state's race is its own", "AU", on(2026, 11, 3), false},
		{"the race", "AU-VIC", on(2026, 11, 3), true},
	}
	for _, row := range rows {
		days, err := Days([]string{row.code}, row.date, row.date)
		if err != nil || (len(days) > 0) != row.free {
			t.Errorf("%s: %v, %v", row.name, days, err)
		}
		for _, d := range days {
			if d.Date != row.date || d.Code != row.code || d.Name == "" {
				t.Errorf("%s: %+v", row.name, d)
			}
		}
	}
}

func TestEveryListOfEveryCountryCalculates(t *testing.T) {
	for _, c := range countries {
		for _, code := range append(regionsOf(c.code), c.code) {
			days, err := Days([]string{code}, on(2026, 1, 1), on(2026, 12, 31))
			if err != nil || len(days) < 3 || len(days) > 40 {
				t.Errorf("%s: %d days, %v", code, len(days), err)
			}
			for i, d := range days {
				if i > 0 && d.Date.Before(days[i-1].Date) {
					t.Errorf("%s: %v after %v", code, d, days[i-1])
				}
			}
		}
	}
}

func TestTwoCodesAreUnited(t *testing.T) {
	days, err := Days([]string{"US", "DE"}, on(2026, 12, 24), on(2026, 12, 26))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range days {
		got = append(got, d.Code+" "+d.Date.String())
	}
	if want := "US 2026-12-25, DE 2026-12-25, DE 2026-12-26"; strings.Join(got, ", ") != want {
		t.Errorf("got %q", got)
	}
}

func TestEventsLieInThePersonsZone(t *testing.T) {
	rows := []struct {
		name, zone string
		date       calendar.Date
		start      time.Time
		length     time.Duration
	}{
		{"Berlin", "Europe/Berlin", on(2026, 12, 25), time.Date(2026, 12, 24, 23, 0, 0, 0, time.UTC), 24 * time.Hour},
		{"New York", "America/New_York", on(2026, 12, 25), time.Date(2026, 12, 25, 5, 0, 0, 0, time.UTC), 24 * time.Hour},
		{"the short day when summer time begins", "Europe/Berlin", on(2026, 3, 29), time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC), 23 * time.Hour},
		{"the long day when it ends", "America/New_York", on(2026, 11, 1), time.Date(2026, 11, 1, 4, 0, 0, 0, time.UTC), 25 * time.Hour},
	}
	for _, row := range rows {
		zone, err := time.LoadLocation(row.zone)
		if err != nil {
			t.Fatal(err)
		}
		e := Events([]Day{{row.date, "x", "DE"}}, zone)[0]
		if !e.Start.Equal(row.start) || e.Length() != row.length || !e.AllDay || (calendar.Person{}).Judge(e) != calendar.Away {
			t.Errorf("%s: %+v", row.name, e)
		}
	}
}

func TestCodesThatAreNotKnown(t *testing.T) {
	rows := []struct{ code, says string }{
		{"UK", "did you mean GB?"},
		{"UK-SCT", "did you mean GB?"},
		{"Germany", "did you mean DE?"},
		{"DF", "DE or DK"},
		{"DE-BX", "DE-BE"},
		{"US-New York", "no region"},
		{"", "did you mean"},
		{"-", "did you mean"},
	}
	for _, row := range rows {
		if err := Check(row.code); err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%q: %v", row.code, err)
		}
		if _, err := Days([]string{"DE", row.code}, on(2026, 1, 1), on(2026, 1, 2)); err == nil {
			t.Errorf("%q: Days accepts it", row.code)
		}
	}
}

func TestNoticeWhereARegionHasNoList(t *testing.T) {
	for code, notice := range map[string]bool{"US-NY": true, "GB-SCT": true, "AU": true, "DE-BE": false, "DE": false, "CH-ZH": false} {
		if got := Notice(code); (got != "") != notice || Check(code) != nil {
			t.Errorf("%s: %q", code, got)
		}
	}
}

func TestFilesAreNotCodes(t *testing.T) {
	for text, file := range map[string]bool{"DE-BE": false, "holidays.ics": true, "~/x/School.ICS": true} {
		if IsFile(text) != file {
			t.Errorf("%q", text)
		}
	}
}
