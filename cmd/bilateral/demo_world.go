package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bilateral/calendar"
)

// demoWorld is the folder of the demo: two people's calendars as .ics files, which its story edits as people do.
type demoWorld struct {
	dir    string
	monday calendar.Date // of the first week
	home   *time.Location
	away   *time.Location // the executive's zone
}

func newDemoWorld(dir string, now time.Time) (*demoWorld, error) {
	home, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return nil, err
	}
	away, err := time.LoadLocation("America/New_York")
	if err != nil {
		return nil, err
	}
	today := calendar.DateOf(now, home)
	monday := today.Add(7 - (int(today.Weekday())+6)%7)
	return &demoWorld{dir: dir, monday: monday, home: home, away: away}, nil
}

func (w *demoWorld) path(parts ...string) string {
	return filepath.Join(append([]string{w.dir}, parts...)...)
}

// at is a time of the owner's in a week of the demo: day 0 is its Monday.
func (w *demoWorld) at(week, day, hour, minute int) time.Time {
	return w.monday.Add(7*week+day).At(hour*60+minute, w.home)
}

// habit is something that fills a person's every week.
type habit struct {
	who, title   string
	day          int
	hour, minute int
	length       time.Duration
	every        int // weeks
	zone         *time.Location
}

func (w *demoWorld) habits() []habit {
	const hour = time.Hour
	return []habit{
		{"dana", "Leadership team", 0, 9, 0, 2 * hour, 1, w.away},
		{"dana", "Sales review", 1, 9, 30, 90 * time.Minute, 1, w.away},
		{"dana", "Board prep", 2, 10, 30, 90 * time.Minute, 1, w.away},
		{"dana", "Product council", 3, 9, 0, hour, 1, w.away},
		{"dana", "All hands", 4, 11, 0, hour, 2, w.away},
		{"alice", "Team meeting", 0, 10, 0, hour, 1, w.home},
		{"alice", "Focus", 3, 14, 0, 3 * hour, 1, w.home},
		{"alice", "Hiring panel", 1, 16, 0, hour, 1, w.home},
	}
}

// fill lays out the weeks.
func (w *demoWorld) fill(weeks int) error {
	for _, who := range []string{"alice", "dana"} {
		if err := os.MkdirAll(w.path(who), 0o700); err != nil {
			return err
		}
	}
	for i, h := range w.habits() {
		for week := 0; week < weeks; week += h.every {
			start := w.monday.Add(7*week+h.day).At(h.hour*60+h.minute, h.zone)
			name := fmt.Sprintf("habit-%d-%d", i, week)
			if err := w.book(h.who, name, h.title, calendar.Span{Start: start, End: start.Add(h.length)}); err != nil {
				return err
			}
		}
	}
	return nil
}

const icsInstant = "20060102T150405Z"

// book puts an event into a person's calendar.
func (w *demoWorld) book(who, name, title string, s calendar.Span) error {
	return w.put(who, name, "DTSTART:"+s.Start.UTC().Format(icsInstant), "DTEND:"+s.End.UTC().Format(icsInstant), "SUMMARY:"+title)
}

// leave puts an all-day absence of several days into a person's calendar.
func (w *demoWorld) leave(who, name, title string, first calendar.Date, days int) error {
	date := func(d calendar.Date) string { return strings.ReplaceAll(d.String(), "-", "") }
	return w.put(who, name, "DTSTART;VALUE=DATE:"+date(first), "DTEND;VALUE=DATE:"+date(first.Add(days)), "SUMMARY:"+title)
}

func (w *demoWorld) put(who, name string, lines ...string) error {
	all := []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bilateral//demo//EN", "BEGIN:VEVENT",
		"UID:" + name + "@demo", "DTSTAMP:" + w.at(0, 0, 0, 0).UTC().Format(icsInstant)}
	all = append(append(all, lines...), "END:VEVENT", "END:VCALENDAR", "")
	return os.WriteFile(w.path(who, name+".ics"), []byte(strings.Join(all, "\r\n")), 0o600)
}

// decline is what the executive's calendar app does with "no" to one meeting: their copy of the series gets an override
// of that instance with their answer.
func (w *demoWorld) decline(original time.Time, slot calendar.Span) error {
	files, err := filepath.Glob(w.path("alice", "*@bilateral.ics"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("the demo's series is not in %s", w.path("alice"))
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		return err
	}
	uid := strings.TrimSuffix(filepath.Base(files[0]), ".ics")
	answer := strings.Join([]string{"BEGIN:VEVENT", "UID:" + uid, "DTSTAMP:" + w.at(0, 0, 0, 0).UTC().Format(icsInstant),
		"RECURRENCE-ID:" + original.UTC().Format(icsInstant), "DTSTART:" + slot.Start.UTC().Format(icsInstant),
		"DTEND:" + slot.End.UTC().Format(icsInstant), "SUMMARY:Alice / Dana", "ORGANIZER:mailto:alice@example.org",
		"ATTENDEE;PARTSTAT=DECLINED:mailto:dana@example.org", "END:VEVENT", "END:VCALENDAR", ""}, "\r\n")
	copied := strings.Replace(string(data), "END:VCALENDAR\r\n", answer, 1)
	return os.WriteFile(w.path("dana", filepath.Base(files[0])), []byte(copied), 0o600)
}
