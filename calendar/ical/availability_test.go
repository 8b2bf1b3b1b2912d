package ical

import (
	"strings"
	"testing"

	"bilateral/calendar"
)

// hours is a VAVAILABILITY of the lines, with each of the parts as an AVAILABLE.
func hours(lines string, parts ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VAVAILABILITY\nUID:hours\nDTSTAMP:20261001T000000Z\n" + lines)
	for _, part := range parts {
		b.WriteString("BEGIN:AVAILABLE\n" + part + "END:AVAILABLE\n")
	}
	return b.String() + "END:VAVAILABILITY"
}

func TestTimeOutsideOfAnAvailabilityIsAbsence(t *testing.T) {
	const office = "UID:office\nDTSTART;TZID=America/New_York:20261026T090000\nDTEND;TZID=America/New_York:20261026T170000\nRRULE:FREQ=DAILY\n"
	const summer = "UID:cabin\nDTSTART:20261030T120000Z\nDTEND:20261030T130000Z\n"
	for _, row := range []struct {
		sentence string
		from, to string
		parts    []string
		want     string
	}{
		{"hours in another zone, over its change of clocks", "20261031", "20261102", []string{hours("", office)},
			"10-31 00:00-13:00 away, 10-31 21:00-11-01 14:00 away, 11-01 22:00-00:00 away"},
		{"a day without its hours", "20261102", "20261103", []string{hours("", office+"EXDATE;TZID=America/New_York:20261102T090000\n")}, "11-02 00:00-00:00 away"},
		{"hours moved on one day", "20261102", "20261103", []string{hours("", office,
			"UID:office\nRECURRENCE-ID;TZID=America/New_York:20261102T090000\nDTSTART:20261102T100000Z\nDURATION:PT1H\n")}, "11-02 00:00-10:00 away, 11-02 11:00-00:00 away"},
		{"only between its bounds", "20261102", "20261103", []string{hours("DTSTART:20261102T060000Z\nDTEND:20261102T150000Z\n", office)}, "11-02 06:00-14:00 away"},
		{"a leave: bounds, and no hours in them", "20261102", "20261104", []string{hours("DTSTART:20261102T060000Z\nDURATION:P1D\n")}, "11-02 06:00-11-03 06:00 away"},
		{"an end alone", "20261102", "20261103", []string{hours("DTEND:20261102T060000Z\n")}, "11-02 00:00-06:00 away"},
		{"busy, and not away, where it says so", "20261102", "20261103", []string{hours("BUSYTYPE:BUSY\n", office)}, "11-02 00:00-14:00, 11-02 22:00-00:00"},
		{"tentative, where it says so", "20261102", "20261103", []string{hours("BUSYTYPE:BUSY-TENTATIVE\n", office)}, "11-02 00:00-14:00 tentative, 11-02 22:00-00:00 tentative"},
		{"a higher priority goes before", "20261030", "20261031", []string{
			hours("PRIORITY:1\nDTSTART:20261030T110000Z\nDTEND:20261030T200000Z\n", summer), hours("PRIORITY:5\nBUSYTYPE:BUSY\n", office)},
			"10-30 00:00-11:00, 10-30 11:00-12:00 away, 10-30 13:00-20:00 away, 10-30 21:00-00:00"},
		{"no priority is the lowest", "20261102", "20261103", []string{hours("PRIORITY:9\n", office), hours("BUSYTYPE:BUSY\n", summer)},
			"11-02 00:00-14:00 away, 11-02 22:00-00:00 away"},
		{"stretches that overlap", "20261102", "20261103", []string{hours("", office, "UID:more\nDTSTART:20261102T130000Z\nDURATION:PT2H\n")},
			"11-02 00:00-13:00 away, 11-02 22:00-00:00 away"},
	} {
		f := Parse("a.ics", []byte(file(row.parts...)))
		events, unplaced := Expand([]*File{f}, viewOf(t, row.from, row.to, ""))
		if got := absentIn(events); got != row.want || len(f.Unreadable())+len(unplaced) > 0 {
			t.Errorf("%s: got %s, %v %v\nwant %s", row.sentence, got, f.Unreadable(), unplaced, row.want)
		}
	}
}

func absentIn(events []calendar.Event) string {
	var out []string
	for _, e := range events {
		layout := "15:04"
		if e.Length() > 0 && e.End.Format("01-02") != e.Start.Format("01-02") && e.End.Format("15:04") != "00:00" {
			layout = "01-02 15:04"
		}
		s := e.Start.Format("01-02 15:04") + "-" + e.End.Format(layout)
		if e.Kind == calendar.OffHours {
			s += " away"
		}
		if e.Tentative {
			s += " tentative"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func TestAnAvailabilityThatCannotBeReadTellsOfNoAbsence(t *testing.T) {
	const office = "UID:office\nDTSTART:20261026T090000Z\nDTEND:20261026T170000Z\nRRULE:FREQ=DAILY\n"
	for _, row := range []struct{ sentence, text, want string }{
		{"a part without a start", hours("", office, "UID:x\n"), "AVAILABLE has no DTSTART; this availability is left out"},
		{"a part with a broken rule", hours("", strings.Replace(office, "DAILY", "NEVER", 1)), "RRULE is left out"},
		{"a broken bound", hours("DTEND:soon\n", office), "DTEND"},
		{"neither bounds nor hours", hours(""), "availability knows no time at all; it is left out"},
		{"a part that does not end", strings.Replace(hours("", office), "END:AVAILABLE\n", "", 1), "its AVAILABLE does not end"},
		{"cut off", strings.TrimSuffix(hours("", office), "END:VAVAILABILITY"), "is not complete"},
	} {
		f := Parse("a.ics", []byte(file(row.text)))
		events, _ := Expand([]*File{f}, viewOf(t, "20261102", "20261103", ""))
		bad := f.Unreadable()
		if len(events) != 0 || len(bad) == 0 || !strings.Contains(bad[0].Why, row.want) {
			t.Errorf("%s: got %s, %v", row.sentence, absentIn(events), bad)
		}
	}
}
