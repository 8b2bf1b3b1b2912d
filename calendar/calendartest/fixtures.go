package calendartest

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"bilateral/calendar"
)

const (
	uid   = "5f2c7a-1on1@bilateral.example.org"
	guest = "dana@example.org"
)

var (
	berlin  = zone("Europe/Berlin")
	newYork = zone("America/New_York")

	// window holds the ends of summer time in Berlin (25 October) and New York (1 November).
	window = calendar.Span{Start: at(berlin, "2026-10-05 00:00"), End: at(berlin, "2026-11-30 00:00")}

	// The first instances of our series, each at 15:30 in Berlin. The third week's is the first in winter time.
	first, second, third, fourth = at(berlin, "2026-10-14 15:30"), at(berlin, "2026-10-21 15:30"),
		at(berlin, "2026-10-28 15:30"), at(berlin, "2026-11-04 15:30")
)

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// at reads "2026-10-14 15:30" in a zone.
func at(z *time.Location, clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", clock, z)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// span is a start in a zone, and minutes.
func span(z *time.Location, clock string, minutes int) calendar.Span {
	start := at(z, clock)
	return calendar.Span{Start: start, End: start.Add(time.Duration(minutes) * time.Minute)}
}

// awkward is text with everything that iCalendar escapes, folds or that servers spoil.
const awkward = "Bread, butter; \"cheese\": a\\b C:\\new\n\n[ ] Vendor B, 48k EUR (5 min) #k3f9\n  - Grüße 🎉 an alle\n" +
	"a line that is much longer than the seventy-five octets at which iCalendar folds its lines, with ü and 🎉 at the fold 🎉🎉"

func draft() *calendar.Draft {
	return &calendar.Draft{
		Title: "Alice / Dana, weekly; 1:1", Location: "Room 4, 2nd floor", Description: awkward,
		Start: first, Zone: berlin, Duration: 45 * time.Minute, Rule: "FREQ=WEEKLY;BYDAY=WE",
		Organizer: calendar.Attendee{Email: "alice@example.org", Name: "Alice Chen"},
		Attendees: []calendar.Attendee{{Email: guest, Name: "Boss, Dana \"D\""}},
		Private:   true,
		Mark:      calendar.Mark{"id": "dana", "note": "a, b; c\nd 🎉"},
	}
}

// event is a foreign object: VEVENT lines around a UID.
func event(uid string, lines ...string) []byte {
	all := append([]string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example.org//other//EN", "BEGIN:VEVENT",
		"UID:" + uid, "DTSTAMP:20261001T080000Z"}, lines...)
	all = append(all, "END:VEVENT", "END:VCALENDAR", "")
	return []byte(strings.Join(all, "\r\n"))
}

// ourText is our series as another program might have rewritten it: with things that we do not know.
func ourText(more ...string) []byte {
	return event(uid, append([]string{
		"DTSTART;TZID=Europe/Berlin:20261014T153000", "DTEND;TZID=Europe/Berlin:20261014T161500",
		"RRULE:FREQ=WEEKLY;BYDAY=WE", "SUMMARY;LANGUAGE=en:Alice / Dana", "DESCRIPTION:Bring the figures", "SEQUENCE:3",
		"ORGANIZER;CN=Alice Chen:mailto:alice@example.org",
		"ATTENDEE;CN=Alice Chen;PARTSTAT=ACCEPTED:mailto:alice@example.org",
		"ATTENDEE;CN=Dana Boss;PARTSTAT=ACCEPTED;RSVP=TRUE:mailto:dana@example.org",
		"X-BILATERAL:dana", "X-OTHER-PROGRAM;X-P=1:keep, me; as\\, I am", "CONFERENCE;VALUE=URI:https://meet.example.org/abc",
		"BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT10M", "DESCRIPTION:soon", "END:VALARM",
	}, more...)...)
}

var fold = regexp.MustCompile("\r?\n[ \t]")

// unfolded is iCalendar text with each property on one line.
func unfolded(text []byte) string { return fold.ReplaceAllString(string(text), "") }

// answered is the text after the guest answered the whole series.
func answered(text string, status calendar.PartStat) string {
	lines := strings.Split(unfolded([]byte(text)), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "ATTENDEE") && strings.Contains(line, guest) {
			line = regexp.MustCompile(`;PARTSTAT=[A-Z-]+`).ReplaceAllString(line, "")
			lines[i] = "ATTENDEE;PARTSTAT=" + string(status) + strings.TrimPrefix(line, "ATTENDEE")
		}
	}
	return strings.Join(lines, "\n")
}

// answeredOnce is the text after the guest answered one instance: an override with that answer and no other change.
func answeredOnce(text string, original time.Time, status calendar.PartStat) string {
	wall := original.In(berlin).Format("20060102T150405")
	end := original.Add(45 * time.Minute).In(berlin).Format("20060102T150405")
	return withOverride(text, fmt.Sprintf("RECURRENCE-ID;TZID=Europe/Berlin:%s", wall),
		fmt.Sprintf("DTSTART;TZID=Europe/Berlin:%s", wall), fmt.Sprintf("DTEND;TZID=Europe/Berlin:%s", end),
		"SUMMARY:Alice / Dana", "ORGANIZER:mailto:alice@example.org",
		fmt.Sprintf("ATTENDEE;PARTSTAT=%s:mailto:%s", status, guest))
}

// withOverride adds a component of our series to the text.
func withOverride(text string, lines ...string) string {
	const end = "END:VCALENDAR"
	override := "BEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTAMP:20261018T080000Z\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\n"
	return strings.Replace(text, end, override+end, 1)
}
