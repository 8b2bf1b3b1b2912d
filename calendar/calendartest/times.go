package calendartest

import (
	"time"

	"bilateral/calendar"
)

// timeRow is one event and where it stands.
type timeRow struct {
	sentence string
	lines    []string
	from, to string // window, read in reader; "": the fixtures' window
	reader   *time.Location
	want     []calendar.Span
}

func readingTimes() []testCase {
	var cases []testCase
	for _, row := range timeRows() {
		cases = append(cases, testCase{row.sentence, func(b *bench) {
			b.other.Put("timed", event("timed", row.lines...))
			q := calendar.Query{Window: window, Zone: row.reader}
			if row.from != "" {
				q.Window = calendar.Span{Start: at(row.reader, row.from), End: at(row.reader, row.to)}
			}
			b.stands(b.ask(q).Events, "timed", row.want...)
		}})
	}
	return cases
}

func timeRows() []timeRow {
	return []timeRow{
		{"an event that ends when the window begins is not in it", []string{"DTSTART:20261021T080000Z", "DTEND:20261021T090000Z"},
			"2026-10-21 09:00", "2026-10-21 17:00", time.UTC, nil},
		{"an event that begins when the window ends is not in it", []string{"DTSTART:20261021T170000Z", "DTEND:20261021T180000Z"},
			"2026-10-21 09:00", "2026-10-21 17:00", time.UTC, nil},
		{"an event that reaches into the window by a minute is in it whole", []string{"DTSTART:20261021T080000Z", "DTEND:20261021T090100Z"},
			"2026-10-21 09:00", "2026-10-21 17:00", time.UTC, []calendar.Span{span(time.UTC, "2026-10-21 08:00", 61)}},
		{"a weekly series keeps its wall clock when Berlin's clocks go back",
			[]string{"DTSTART;TZID=Europe/Berlin:20261021T153000", "DURATION:PT45M", "RRULE:FREQ=WEEKLY;COUNT=2"}, "", "", berlin,
			[]calendar.Span{span(time.UTC, "2026-10-21 13:30", 45), span(time.UTC, "2026-10-28 14:30", 45)}},
		{"a time that occurs twice is the first of the two",
			[]string{"DTSTART;TZID=Europe/Berlin:20261025T023000", "DURATION:PT15M"}, "", "", berlin,
			[]calendar.Span{span(time.UTC, "2026-10-25 00:30", 15)}},
		{"a time in a gap is read with the offset before it",
			[]string{"DTSTART;TZID=America/New_York:20270314T023000", "DURATION:PT15M"}, "2027-03-14 00:00", "2027-03-15 00:00", newYork,
			[]calendar.Span{span(time.UTC, "2027-03-14 07:30", 15)}},
		{"a New York series read in Berlin is an hour closer in the week between the two changes",
			[]string{"DTSTART;TZID=America/New_York:20261023T090000", "DURATION:PT30M", "RRULE:FREQ=WEEKLY;COUNT=3"}, "", "", berlin,
			[]calendar.Span{span(berlin, "2026-10-23 15:00", 30), span(berlin, "2026-10-30 14:00", 30), span(berlin, "2026-11-06 15:00", 30)}},
		{"a floating time is read in the reader's zone", []string{"DTSTART:20261027T100000", "DTEND:20261027T110000"}, "", "", newYork,
			[]calendar.Span{span(newYork, "2026-10-27 10:00", 60)}},
		{"an all-day event lasts from midnight to midnight of the reader, 25 hours when the clocks go back",
			[]string{"DTSTART;VALUE=DATE:20261025", "DTEND;VALUE=DATE:20261026"}, "", "", berlin,
			[]calendar.Span{span(berlin, "2026-10-25 00:00", 25*60)}},
	}
}
