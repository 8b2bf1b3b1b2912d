package ical

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

const berlin = "TZID=Europe/Berlin"

func master(more ...string) string {
	return vevent(append([]string{"UID:s", "SEQUENCE:1", "DTSTART;" + berlin + ":20261021T100000", "DTEND;" + berlin + ":20261021T110000"}, more...)...)
}

func override(original string, more ...string) string {
	return vevent(append([]string{"UID:s", "SUMMARY:over", "SEQUENCE:1", "RECURRENCE-ID" + original}, more...)...)
}

// Instances and overrides of "Wednesday 10:00 in Berlin from 21 October 2026", across the change of 25 October.
func TestSeries(t *testing.T) {
	weekly := "RRULE:FREQ=WEEKLY;COUNT=4"
	for _, c := range []struct {
		name       string
		components []string
		want       string
	}{
		{"plain", []string{master(weekly)}, "10-21 08:00, 10-28 09:00, 11-04 09:00, 11-11 09:00"},
		{"an EXDATE list in the series' zone", []string{master(weekly, "EXDATE;"+berlin+":20261028T100000,20261104T100000")}, "10-21 08:00, 11-11 09:00"},
		{"an EXDATE in UTC", []string{master(weekly, "EXDATE:20261028T090000Z")}, "10-21 08:00, 11-04 09:00, 11-11 09:00"},
		{"an EXDATE in another zone", []string{master(weekly, "EXDATE;TZID=Asia/Tokyo:20261028T180000")}, "10-21 08:00, 11-04 09:00, 11-11 09:00"},
		{"a floating EXDATE", []string{master(weekly, "EXDATE:20261028T100000")}, "10-21 08:00, 11-04 09:00, 11-11 09:00"},
		{"an EXDATE that is a date", []string{master(weekly, "EXDATE;VALUE=DATE:20261028")}, "10-21 08:00, 11-04 09:00, 11-11 09:00"},
		{"an EXRULE", []string{master(weekly, "EXRULE:FREQ=WEEKLY;INTERVAL=2")}, "10-28 09:00, 11-11 09:00"},
		{"two RRULEs", []string{master(weekly, "RRULE:FREQ=DAILY;COUNT=2")}, "10-21 08:00, 10-22 08:00, 10-28 09:00, 11-04 09:00, 11-11 09:00"},
		{"RDATEs without a rule", []string{master("RDATE;" + berlin + ":20261023T120000,20261026T120000")}, "10-21 08:00, 10-23 10:00, 10-26 11:00"},
		{"an RDATE that the rule has too", []string{master(weekly, "RDATE;"+berlin+":20261028T100000")}, "10-21 08:00, 10-28 09:00, 11-04 09:00, 11-11 09:00"},
		{"a DTSTART that the rule does not match counts all the same", []string{master("RRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=2")}, "10-21 08:00, 10-23 08:00, 10-30 09:00"},
		{"a rule that ended before its first meeting", []string{master("RRULE:FREQ=WEEKLY;UNTIL=20261020T220000Z")}, ""},
		{"a moved instance", []string{master(weekly), override(";"+berlin+":20261028T100000", "DTSTART;"+berlin+":20261029T150000")}, "10-21 08:00, 10-29 14:00 over, 11-04 09:00, 11-11 09:00"},
		{"an override that comes before its master, named in UTC", []string{override(":20261028T090000Z", "DTSTART:20261029T140000Z"), master(weekly)}, "10-21 08:00, 10-29 14:00 over, 11-04 09:00, 11-11 09:00"},
		{"an override named by its date", []string{master(weekly), override(";VALUE=DATE:20261028", "DTSTART:20261029T140000Z")}, "10-21 08:00, 10-29 14:00 over, 11-04 09:00, 11-11 09:00"},
		{"a cancelled instance is there, cancelled", []string{master(weekly), override(":20261028T090000Z", "DTSTART:20261028T090000Z", "STATUS:CANCELLED")}, "10-21 08:00, 10-28 09:00 over cancelled, 11-04 09:00, 11-11 09:00"},
		{"an override that matches nothing is somebody's time", []string{master(weekly), override(":20261030T090000Z", "DTSTART:20261030T090000Z")}, "10-21 08:00, 10-28 09:00, 10-30 09:00 over, 11-04 09:00, 11-11 09:00"},
		{"an override without its master too", []string{override(":20261028T090000Z", "DTSTART:20261028T090000Z")}, "10-28 09:00 over"},
		{"of two masters the higher SEQUENCE", []string{master(weekly), vevent("UID:s", "SEQUENCE:2", "DTSTART:20261022T100000Z"), master(weekly)}, "10-22 10:00"},
		{"of two overrides the later DTSTAMP", []string{master("RRULE:FREQ=WEEKLY;COUNT=2"),
			"BEGIN:VEVENT\nUID:s\nDTSTAMP:20260202T000000Z\nSUMMARY:over\nRECURRENCE-ID:20261028T090000Z\nDTSTART:20261028T120000Z\nEND:VEVENT",
			"BEGIN:VEVENT\nUID:s\nDTSTAMP:20260201T000000Z\nRECURRENCE-ID:20261028T090000Z\nDTSTART:20261028T130000Z\nEND:VEVENT"}, "10-21 08:00, 10-28 12:00 over"},
		{"this and all that follow", []string{master(weekly), override(";RANGE=THISANDFUTURE;"+berlin+":20261028T100000", "DTSTART;"+berlin+":20261029T113000")}, "10-21 08:00, 10-29 10:30 over, 11-05 10:30 over, 11-12 10:30 over"},
		{"this and all that follow, but for one", []string{master(weekly), override(";RANGE=THISANDFUTURE;"+berlin+":20261028T100000", "DTSTART;"+berlin+":20261029T113000"),
			override(";"+berlin+":20261104T100000", "DTSTART;"+berlin+":20261104T160000")}, "10-21 08:00, 10-29 10:30 over, 11-04 15:00 over, 11-12 10:30 over"},
		{"all that follow come in from far outside the window", []string{master("RRULE:FREQ=WEEKLY;COUNT=60"), override(";RANGE=THISANDFUTURE;"+berlin+":20261028T100000", "DTSTART;"+berlin+":20251112T100000")}, "10-21 08:00 over, 10-21 08:00, 10-28 09:00 over, 11-04 09:00 over, 11-11 09:00 over"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Parse("s.ics", []byte(file(c.components...)))
			events, unplaced := Expand([]*File{f}, viewOf(t, "20261020", "20261115", ""))
			if got := starts(events); got != c.want || len(f.Unreadable())+len(unplaced) > 0 {
				t.Errorf("got %s %v %v\nwant %s", got, f.Unreadable(), unplaced, c.want)
			}
		})
	}
}

// starts writes the starts, and whether the words are an override's.
func starts(events []calendar.Event) string {
	var out []string
	for _, e := range events {
		s := e.Start.Format("01-02 15:04")
		if e.Title != "" {
			s += " " + e.Title
		}
		out = append(out, s+notes(e))
	}
	return strings.Join(out, ", ")
}

func TestPeriodsOfAnRDATEKeepTheirOwnEnd(t *testing.T) {
	f := Parse("s.ics", []byte(file(master("RDATE;VALUE=PERIOD:20261023T100000Z/20261023T103000Z,20261026T100000Z/PT2H"))))
	got, _ := Expand([]*File{f}, viewOf(t, "20261020", "20261115", ""))
	if want := "10-21 08:00-09:00 s, 10-23 10:00-10:30 s, 10-26 10:00-12:00 s"; spans(got) != want {
		t.Errorf("got %s\nwant %s", spans(got), want)
	}
}

func TestComponentsOfOneUIDInTwoFiles(t *testing.T) {
	a := Parse("a.ics", []byte(file(master("RRULE:FREQ=WEEKLY;COUNT=2"))))
	b := Parse("b.ics", []byte(file(override(":20261028T090000Z", "DTSTART:20261029T140000Z", "DTEND:20261029T150000Z"))))
	got, _ := Expand([]*File{b, a}, viewOf(t, "20261020", "20261115", ""))
	if want := "10-21 08:00-09:00 s, 10-29 14:00-15:00 s"; spans(got) != want {
		t.Errorf("got %s\nwant %s", spans(got), want)
	}
}

// A series as the planner gets it: over the change of 25 October, with one instance of each sort.
func TestSeriesOf(t *testing.T) {
	f := Parse("dana.ics", []byte(file(
		master("RRULE:freq=weekly;count=6", "SUMMARY:Alice / Dana", `DESCRIPTION:agenda\n- one`, "LOCATION:Room 4", "X-BILATERAL:b1", "X-BILATERAL-NOTE:b64.w6ksIGI",
			"EXDATE;"+berlin+":20261104T100000", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:dana@example.org", "ORGANIZER:mailto:alice@example.org"),
		override(";"+berlin+":20261028T100000", "DTSTART;"+berlin+":20261029T150000", "DTEND;"+berlin+":20261029T153000", "SEQUENCE:3",
			"X-BILATERAL-MOVES:1", "DESCRIPTION:moved", "ATTENDEE;PARTSTAT=DECLINED:mailto:dana@example.org"),
		override(";"+berlin+":20261111T100000", "DTSTART;"+berlin+":20261111T100000", "DTEND;"+berlin+":20261111T110000", "STATUS:CANCELLED"),
		vevent("UID:other", "DTSTART:20261021T100000Z"))))
	f.Version = `"7"`
	list := SeriesOf([]*File{f}, viewOf(t, "20261020", "20261201", "America/New_York"), func(m Meta) bool { return m.Mark != nil && m.Recurring })
	if len(list) != 1 {
		t.Fatalf("got %d series", len(list))
	}
	s := list[0]
	got := fmt.Sprintf("%s %s %s %s %s %s %s %s until %s excluded %s %q %q %v %d", s.UID, s.Name, s.Version, s.Start.Format(time.RFC3339), s.Zone, s.Duration,
		s.Rule, s.Title, s.Until.Format(time.RFC3339), s.Excluded, s.Location, s.Description, s.Mark, len(s.Instances))
	want := `s dana.ics "7" 2026-10-21T08:00:00Z Europe/Berlin 1h0m0s FREQ=WEEKLY;COUNT=6 Alice / Dana until 2026-11-25T09:00:00Z ` +
		`excluded [2026-11-04 09:00:00 +0000 UTC] "Room 4" "agenda\n- one" map[id:b1 note:é, b] 6`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	for i, want := range []string{
		"10-21 08:00 at 10-21 08:00-09:00 stands 10-21 08:00 ACCEPTED []",
		"10-28 09:00 at 10-29 14:00-14:30 stands 10-28 09:00 DECLINED [moves:1] override",
		"11-04 09:00 at 11-04 09:00-10:00 stands 11-04 09:00 ACCEPTED [] excluded",
		"11-11 09:00 at 11-11 09:00-10:00 stands 11-11 09:00 [] override cancelled",
		"11-18 09:00 at 11-18 09:00-10:00 stands 11-18 09:00 ACCEPTED []",
	} {
		if got := instanceText(s.Instances[i]); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
}

func instanceText(i calendar.Instance) string {
	s := fmt.Sprintf("%s at %s-%s stands %s", i.Original.Format("01-02 15:04"), i.Start.Format("01-02 15:04"), i.End.Format("15:04"), i.Standing.Start.Format("01-02 15:04"))
	for _, a := range i.Attendees {
		s += " " + string(a.Status)
	}
	s += strings.Replace(fmt.Sprintf(" %v", i.Mark), "map", "", 1)
	for _, n := range []struct {
		is   bool
		word string
	}{{i.Override, "override"}, {i.Excluded, "excluded"}, {i.Cancelled, "cancelled"}} {
		if n.is {
			s += " " + n.word
		}
	}
	return s
}

func TestSeriesInViewByOriginalOrPresentStart(t *testing.T) {
	f := Parse("s.ics", []byte(file(master("RRULE:FREQ=WEEKLY"),
		override(":20261028T090000Z", "DTSTART:20261201T090000Z"), // out of the window
		override(":20261202T090000Z", "DTSTART:20261030T090000Z"), // into it
	)))
	list := SeriesOf([]*File{f}, viewOf(t, "20261026", "20261102", ""), func(Meta) bool { return true })
	var got []string
	for _, i := range list[0].Instances {
		got = append(got, i.Original.Format("01-02")+">"+i.Start.Format("01-02"))
	}
	if s := strings.Join(got, " "); s != "10-28>12-01 12-02>10-30" {
		t.Errorf("got %s", s)
	}
	if !list[0].Until.IsZero() {
		t.Errorf("a rule for ever ends at %s", list[0].Until)
	}
}
