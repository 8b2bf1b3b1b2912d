package ical

import (
	"strings"
	"testing"

	"bilateral/calendar"
)

// weekly1530 is a series in two zones' terms: Wednesdays at 15:30 in Berlin, across the change of its clocks.
func weekly1530(end string, overrides ...string) []byte {
	text := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//EN\r\nBEGIN:VEVENT\r\nUID:series-1\r\nDTSTAMP:20260101T000000Z\r\n" +
		"DTSTART;TZID=Europe/Berlin:20260304T153000\r\n" + end + "\r\nRRULE:FREQ=WEEKLY;BYDAY=WE\r\nEND:VEVENT\r\n"
	for _, o := range overrides {
		text += "BEGIN:VEVENT\r\nUID:series-1\r\nDTSTAMP:20260101T000000Z\r\n" + o + "\r\nEND:VEVENT\r\n"
	}
	return []byte(text + "END:VCALENDAR\r\n")
}

// ends returns how each component of the series says when it ends.
func ends(text []byte) string {
	var out []string
	for line := range strings.SplitSeq(string(text), "\r\n") {
		name, _, _ := strings.Cut(line, ";")
		if name, _, _ = strings.Cut(name, ":"); name == "DTEND" || name == "DURATION" {
			out = append(out, line)
		}
	}
	return strings.Join(out, " ")
}

func TestACancelledInstanceSaysItsLengthInTheOtherWay(t *testing.T) {
	cancel, restore := calendar.Patch{Cancelled: ptr(true)}, calendar.Patch{Cancelled: ptr(false)}
	for _, row := range []struct {
		sentence string
		text     []byte
		original string
		patch    calendar.Patch
		want     string
	}{
		{"of a series with DTEND", weekly1530("DTEND;TZID=Europe/Berlin:20260304T161500"), "2026-03-11 14:30", cancel,
			"DTEND;TZID=Europe/Berlin:20260304T161500 DURATION:PT45M"},
		{"of a series with DURATION, after the clocks changed", weekly1530("DURATION:PT1H30M"), "2026-04-01 13:30", cancel,
			"DURATION:PT1H30M DTEND;TZID=Europe/Berlin:20260401T170000"},
		{"moved before, and there in another zone's time", weekly1530("DURATION:PT45M",
			"RECURRENCE-ID:20260401T133000Z\r\nDTSTART;TZID=America/New_York:20260402T100000\r\nDTEND;TZID=America/New_York:20260402T104500"),
			"2026-04-01 13:30", cancel, "DURATION:PT45M DURATION:PT45M"},
		{"brought back at its old time", weekly1530("DTEND;TZID=Europe/Berlin:20260304T161500",
			"RECURRENCE-ID:20260401T133000Z\r\nDTSTART;TZID=Europe/Berlin:20260401T153000\r\nDURATION:PT45M\r\nSTATUS:CANCELLED"),
			"2026-04-01 13:30", restore, "DTEND;TZID=Europe/Berlin:20260304T161500 DTEND;TZID=Europe/Berlin:20260401T161500"},
		{"brought back at another time", weekly1530("DTEND;TZID=Europe/Berlin:20260304T161500",
			"RECURRENCE-ID:20260401T133000Z\r\nDTSTART;TZID=Europe/Berlin:20260401T153000\r\nDURATION:PT45M\r\nSTATUS:CANCELLED"), "2026-04-01 13:30",
			calendar.Patch{Cancelled: ptr(false), Span: spanOf("2026-04-02 08:00", "2026-04-02 08:45")},
			"DTEND;TZID=Europe/Berlin:20260304T161500 DTEND;TZID=Europe/Berlin:20260402T104500"},
		{"only marked, which tells the guest nothing", weekly1530("DTEND;TZID=Europe/Berlin:20260304T161500"), "2026-04-01 13:30",
			calendar.Patch{Mark: calendar.Mark{"moves": "1"}}, "DTEND;TZID=Europe/Berlin:20260304T161500 DTEND;TZID=Europe/Berlin:20260401T161500"},
	} {
		text, err := Patched(row.text, instancePatch(row.original, row.patch), testNow)
		if got := ends(text); err != nil || got != row.want {
			t.Errorf("%s: got %s, %v", row.sentence, got, err)
		}
	}
}

func TestTheLastWordOnStatusIsNotThatOfACancelledInstance(t *testing.T) {
	const end = "DTEND;TZID=Europe/Berlin:20260304T161500\r\nATTENDEE:mailto:dana@example.org"
	cancelled := "RECURRENCE-ID:20260401T133000Z\r\nDTSTART;TZID=Europe/Berlin:20260401T153000\r\nSTATUS:CANCELLED"
	moved := "RECURRENCE-ID;TZID=America/New_York:20260408T093000\r\nDTSTART;TZID=America/New_York:20260409T093000"
	for _, row := range []struct {
		sentence string
		text     []byte
		want     string // RECURRENCE-ID and STATUS of each component, in order
	}{
		{"nothing is cancelled", weekly1530(end, moved), "master, 20260408T093000"},
		{"another override stands", weekly1530(end, moved, cancelled), "master, 20260401T133000Z CANCELLED, 20260408T093000 CONFIRMED"},
		{"it is in the right order already", weekly1530(end, cancelled, moved+"\r\nSTATUS:CONFIRMED"), "master, 20260401T133000Z CANCELLED, 20260408T093000 CONFIRMED"},
		{"there is no other: the first meeting gets a component", weekly1530(end, cancelled), "master, 20260401T133000Z CANCELLED, 20260304T153000 CONFIRMED"},
		{"nobody is invited", weekly1530("DURATION:PT45M", cancelled), "master, 20260401T133000Z CANCELLED"},
		{"the series itself is cancelled", weekly1530(end+"\r\nSTATUS:CANCELLED", cancelled), "master CANCELLED, 20260401T133000Z CANCELLED"},
	} {
		text, err := StandingLast(row.text, "series-1", testNow)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range strings.Split(string(text), "BEGIN:VEVENT")[1:] {
			one := "master"
			for line := range strings.SplitSeq(c, "\r\n") {
				if strings.HasPrefix(line, "RECURRENCE-ID") {
					one = line[strings.LastIndex(line, ":")+1:]
				}
				if status, ok := strings.CutPrefix(line, "STATUS:"); ok {
					one += " " + status
				}
			}
			got = append(got, one)
		}
		if strings.Join(got, ", ") != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, strings.Join(got, ", "), row.want)
		}
		before, _ := Expand([]*File{Parse("x", row.text)}, View{Window: *spanOf("2026-01-01 00:00", "2026-12-31 00:00")})
		after, _ := Expand([]*File{Parse("x", text)}, View{Window: *spanOf("2026-01-01 00:00", "2026-12-31 00:00")})
		if len(before) != len(after) {
			t.Errorf("%s: %d meetings became %d", row.sentence, len(before), len(after))
		}
	}
}
