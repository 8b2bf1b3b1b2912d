package ical

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

// file puts components into a calendar. Lines end in LF in these tests; CRLF has its own row.
func file(components ...string) string {
	return "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example.org//test//EN\n" + strings.Join(components, "\n") + "\nEND:VCALENDAR\n"
}

func vevent(lines ...string) string {
	return "BEGIN:VEVENT\nDTSTAMP:20260101T000000Z\n" + strings.Join(lines, "\n") + "\nEND:VEVENT"
}

var meeting = vevent("UID:good@example.org", "DTSTART:20261202T100000Z", "DTEND:20261202T110000Z")

const meetingSpan = "12-02 10:00-11:00 good@example.org"

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	if name == "" {
		return time.UTC
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func viewOf(t testing.TB, from, to, zone string) View {
	t.Helper()
	return View{Window: span(wall(t, from), wall(t, to)), Zone: zoneOf(t, zone)}
}

// spans writes events as "12-02 10:00-11:00 uid", in UTC, with what else is notable about them.
func spans(events []calendar.Event) string {
	var out []string
	for _, e := range events {
		layout := "15:04"
		if e.End.Sub(e.Start) >= 24*time.Hour {
			layout = "01-02 15:04"
		}
		s := e.Start.Format("01-02 15:04") + "-" + e.End.Format(layout)
		if e.UID != "" {
			s += " " + e.UID
		}
		out = append(out, s+notes(e))
	}
	return strings.Join(out, ", ")
}

func notes(e calendar.Event) (s string) {
	for _, n := range []struct {
		is   bool
		word string
	}{{e.AllDay, "all day"}, {e.Transparent, "transparent"}, {e.Cancelled, "cancelled"}, {e.Tentative, "tentative"},
		{e.Anonymous, "anonymous"}, {e.Kind == calendar.OutOfOffice, "away"}, {e.Kind == calendar.WorkingLocation, "elsewhere"}} {
		if n.is {
			s += " " + n.word
		}
	}
	return s
}

func reported(list []calendar.Unreadable) string {
	var out []string
	for _, u := range list {
		out = append(out, u.Where+": "+u.Why)
	}
	return strings.Join(out, "\n")
}

// A calendar survives whatever stands beside its meeting, and says what it could not read.
func TestDamageIsConfined(t *testing.T) {
	line := strings.Repeat("x", 300_000)
	for _, c := range []struct{ name, data, want, unread string }{
		{"a clean file", file(meeting), meetingSpan, ""},
		{"CRLF line ends", strings.ReplaceAll(file(meeting), "\n", "\r\n"), meetingSpan, ""},
		{"bare CR line ends", strings.ReplaceAll(file(meeting), "\n", "\r"), meetingSpan, ""},
		{"doubled CRs", strings.ReplaceAll(file(meeting), "\n", "\r\r\n"), meetingSpan, ""},
		{"a byte order mark", "\ufeff" + file(meeting), meetingSpan, ""},
		{"no line end at the end", strings.TrimSpace(file(meeting)), meetingSpan, ""},
		{"a file that ends in a description", strings.TrimSuffix(file(vevent("DESCRIPTION:x")), "\nEND:VEVENT\nEND:VCALENDAR\n"), "", "is not complete"},
		{"blank lines and lines of blanks", strings.ReplaceAll(file(meeting), "\n", "\n\n  \n"), meetingSpan, ""},
		{"lower case", strings.ToLower(file(meeting)), meetingSpan, ""},
		{"a line without a colon", file(vevent("SUMMARY;LANGUAGE=en", "UID:a", "DTSTART:20261202T080000Z"), meeting), "12-02 08:00-08:00 a, " + meetingSpan, ""},
		{"a line break inside a description", file(vevent("UID:a", "DESCRIPTION:one", "two: three", "", "four", "DTSTART:20261202T080000Z"), meeting), "12-02 08:00-08:00 a, " + meetingSpan, ""},
		{"quotes where none belong", file(vevent(`UID:a`, `ATTENDEE;CN=Alice "A" Chen:mailto:alice@example.org`, `ATTENDEE;X="a"b:mailto:dana@example.org`, "DTSTART:20261202T080000Z"), meeting), "12-02 08:00-08:00 a, " + meetingSpan, ""},
		{"a quote that never closes", file(vevent(`UID:a`, `ATTENDEE;CN="Alice:mailto:alice@example.org`, "DTSTART:20261202T080000Z"), meeting), "12-02 08:00-08:00 a, " + meetingSpan, ""},
		{"a name that is empty", file(vevent("UID:a", ":x", ";y:z", "DTSTART:20261202T080000Z"), meeting), "12-02 08:00-08:00 a, " + meetingSpan, ""},
		{"a giant parameter", file(vevent("UID:a", `ATTENDEE;CN="`+line+`":mailto:alice@example.org`, "DTSTART:20261202T080000Z"), meeting), "12-02 08:00-08:00 a, " + meetingSpan, ""},
		{"a folded property name", file("BEGIN:VEVENT\nUID:a\nDTST\n ART:20261202T080000Z\nEND:VEVENT", meeting), "12-02 08:00-08:00 a, " + meetingSpan, ""},
		{"NUL and invalid UTF-8", file(vevent("UID:a\x00\xff", "SUMMARY:\xc3\x28", "DTSTART:20261202T080000Z"), meeting), "12-02 08:00-08:00 a\uFFFD, " + meetingSpan, ""},
		{"deep nesting", file(strings.Repeat("BEGIN:X\n", 500_000) + meeting), meetingSpan, ""},
		{"an alarm that never ends", file(vevent("UID:a", "DTSTART:20261202T080000Z", "BEGIN:VALARM", "TRIGGER:-PT10M"), meeting), "12-02 08:00-08:00 a, " + meetingSpan, ""},
		{"properties of an alarm are not the event's", file(vevent("UID:a", "BEGIN:VALARM", "DURATION:PT9H", "ATTENDEE:mailto:x@example.org", "END:VALARM", "DTSTART:20261202T080000Z"), meeting), "12-02 08:00-08:00 a, " + meetingSpan, ""},
		{"an event that never ends", file("BEGIN:VEVENT\nUID:a\nDTSTART:20261202T080000Z", meeting), meetingSpan, "line 4, UID a: is not complete"},
		{"a task that never ends", file("BEGIN:VTODO\nDUE:20261202T080000Z", meeting), meetingSpan, ""},
		{"an event inside a component of nobody's", file("BEGIN:X-BOX\n"+vevent("UID:a", "DTSTART:20261202T080000Z")+"\nEND:X-BOX", meeting), meetingSpan, ""},
		{"no start", file(vevent("UID:a"), meeting), meetingSpan, "UID a: has no DTSTART"},
		{"a broken start", file(vevent("UID:a", "DTSTART:20261302T080000Z"), meeting), meetingSpan, `UID a: DTSTART "20261302T080000Z" is no date`},
		{"a broken end", file(vevent("UID:a", "DTSTART:20261202T080000Z", "DTEND:soon"), meeting), meetingSpan, "UID a: DTEND"},
		{"a broken rule leaves the first meeting", file(vevent("UID:a", "DTSTART:20261202T080000Z", "RRULE:FREQ=WEEKLY;INTERVAL=0"), meeting), "12-02 08:00-08:00 a, " + meetingSpan, "UID a: RRULE is left out"},
		{"one broken EXDATE of several", file(vevent("UID:a", "DTSTART:20261202T080000Z", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20261203T080000Z,tomorrow"), meeting), "12-02 08:00-08:00 a, " + meetingSpan + ", 12-04 08:00-08:00 a", "EXDATE is left out"},
		{"a rule bomb", file(vevent("UID:a", "DTSTART:20261202T080000Z", "RRULE:FREQ=SECONDLY;BYSECOND=0,1;COUNT=1000000000;BYHOUR=7", "EXDATE:20261202T080000Z"), meeting), "", ""},
		{"cut off between events", strings.TrimSuffix(file(meeting), "END:VCALENDAR\n"), meetingSpan, "is cut off"},
		{"cut off inside an event", file(meeting)[:len(file(meeting))-20] + "\n" + file(meeting), meetingSpan, "is not complete"},
		{"nothing at all", "", "", "is empty"},
		{"a login page", "<html><body>Sign in</body></html>", "", "is not an iCalendar file"},
		{"two calendars in one file", file(meeting) + file(vevent("UID:a", "DTSTART:20261202T080000Z")), "12-02 08:00-08:00 a, " + meetingSpan, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Parse("team.ics", []byte(c.data))
			got, unplaced := Expand([]*File{f}, viewOf(t, "20261130", "20261207", ""))
			if c.want != "" || c.unread != "" {
				if spans(got) != c.want {
					t.Errorf("got %s\nwant %s", spans(got), c.want)
				}
			}
			unread := reported(append(f.Unreadable(), unplaced...))
			if c.unread == "" && c.want != "" && unread != "" || !strings.Contains(unread, c.unread) {
				t.Errorf("unreadable %s, want %q", unread, c.unread)
			}
			if c.unread != "" && !strings.Contains(unread, "team.ics") {
				t.Errorf("%s does not name the file", unread)
			}
		})
	}
}

func TestTooLongAFileIsRefusedAsAWhole(t *testing.T) {
	f := Parse("huge.ics", make([]byte, MaxBytes+1))
	if len(f.Unreadable()) != 1 || !strings.Contains(f.Unreadable()[0].Why, "64 MiB") {
		t.Errorf("got %v", f.Unreadable())
	}
}

func TestManySmallBombsAreNoBigOne(t *testing.T) {
	var all []string
	for i := range 2000 {
		all = append(all, vevent(fmt.Sprintf("UID:%d", i), "DTSTART:19700101T000000Z", "RRULE:FREQ=SECONDLY;COUNT=1000000000;BYSECOND=0,1"))
	}
	f := Parse("bombs.ics", []byte(file(all...)))
	x := newExpander([]*File{f}, viewOf(t, "20261130", "20261207", ""))
	for _, g := range x.groups {
		x.slots(g)
	}
	if n := len(x.bad) + x.unsaid; n != 2000 || x.left.steps < 0 {
		t.Errorf("%d of 2000 reported, %d steps left", n, x.left.steps)
	}
}

func TestManyProblemsAreToldInFew(t *testing.T) {
	f := Parse("broken.ics", []byte(strings.Repeat("BEGIN:VEVENT\n", 3*maxComponents)))
	list := f.Unreadable()
	if len(list) != maxReports+1 || !strings.Contains(list[maxReports].Why, "more problems") {
		t.Errorf("%d problems told, the last is %v", len(list), list[len(list)-1])
	}
}

// What an event lasts, and what it counts as.
func TestEvent(t *testing.T) {
	const tokyo = "TZID=Asia/Tokyo"
	for _, c := range []struct {
		name, zone string
		lines      []string
		want       string
	}{
		{"no end is no length", "", []string{"DTSTART:20261202T100000Z"}, "12-02 10:00-10:00 a"},
		{"a DURATION", "", []string{"DTSTART:20261202T100000Z", "DURATION:PT1H30M"}, "12-02 10:00-11:30 a"},
		{"an end before the start is no length", "", []string{"DTSTART:20261202T100000Z", "DTEND:20261202T090000Z"}, "12-02 10:00-10:00 a"},
		{"a negative DURATION is no length", "", []string{"DTSTART:20261202T100000Z", "DURATION:-PT1H"}, "12-02 10:00-10:00 a"},
		{"start and end in two zones", "", []string{"DTSTART;TZID=Europe/Berlin:20261202T100000", "DTEND;" + tokyo + ":20261202T190000"}, "12-02 09:00-10:00 a"},
		{"a nominal day over the spring change has 23 hours", "America/New_York", []string{"DTSTART;TZID=America/New_York:20270313T120000", "DURATION:P1D"}, "03-13 17:00-16:00 a"},
		{"24 exact hours over it have 24", "America/New_York", []string{"DTSTART;TZID=America/New_York:20270313T120000", "DURATION:PT24H"}, "03-13 17:00-03-14 17:00 a"},
		{"a date is the reader's day", "America/New_York", []string{"DTSTART;VALUE=DATE:20261202"}, "12-02 05:00-12-03 05:00 a all day"},
		{"VALUE=date forgotten", "America/New_York", []string{"DTSTART:20261202", "DTEND:20261204"}, "12-02 05:00-12-04 05:00 a all day"},
		{"a day that ends on itself", "", []string{"DTSTART;VALUE=DATE:20261202", "DTEND;VALUE=DATE:20261202"}, "12-02 00:00-12-03 00:00 a all day"},
		{"a date with the end of a date-time", "", []string{"DTSTART;VALUE=DATE:20261202", "DTEND:20261202T120000"}, "12-02 00:00-12:00 a all day"},
		{"a floating time is the reader's", "Europe/Berlin", []string{"DTSTART:20261202T100000", "DTEND:20261202T110000"}, "12-02 09:00-10:00 a"},
		{"seconds left out", "", []string{"DTSTART:20261202T1000Z", "DTEND:20261202T1100Z"}, "12-02 10:00-11:00 a"},
		{"ISO 8601 punctuation and blanks", "", []string{"DTSTART: 2026-12-02T10:00:00Z ", "DURATION: PT1H "}, "12-02 10:00-11:00 a"},
		{"transparent", "", []string{"DTSTART:20261202T100000Z", "TRANSP:TRANSPARENT"}, "12-02 10:00-10:00 a transparent"},
		{"Exchange's free", "", []string{"DTSTART:20261202T100000Z", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"}, "12-02 10:00-10:00 a transparent"},
		{"Exchange's tentative", "", []string{"DTSTART:20261202T100000Z", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"}, "12-02 10:00-10:00 a tentative"},
		{"Exchange's out of office", "", []string{"DTSTART:20261202T100000Z", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"}, "12-02 10:00-10:00 a away"},
		{"Exchange's working elsewhere", "", []string{"DTSTART:20261202T100000Z", "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE"}, "12-02 10:00-10:00 a elsewhere"},
		{"Exchange's all-day event", "", []string{"DTSTART:20261202T000000Z", "DTEND:20261203T000000Z", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"}, "12-02 00:00-12-03 00:00 a all day"},
		{"cancelled", "", []string{"DTSTART:20261202T100000Z", "STATUS:CANCELLED"}, "12-02 10:00-10:00 a cancelled"},
		{"it reaches into the window", "", []string{"DTSTART:20261120T100000Z", "DTEND:20261130T010000Z"}, "11-20 10:00-11-30 01:00 a"},
		{"it only touches the window", "", []string{"DTSTART:20261120T100000Z", "DTEND:20261130T000000Z"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			from, to := "20261130", "20261207"
			if strings.Contains(c.name, "spring") || strings.Contains(c.name, "24 exact") {
				from, to = "20270301", "20270401"
			}
			f := Parse("a.ics", []byte(file(vevent(append(c.lines, "UID:a")...))))
			got, unplaced := Expand([]*File{f}, viewOf(t, from, to, c.zone))
			if spans(got) != c.want || len(f.Unreadable())+len(unplaced) > 0 {
				t.Errorf("got %s %v %v\nwant %s", spans(got), f.Unreadable(), unplaced, c.want)
			}
		})
	}
}

func TestPeopleAndWords(t *testing.T) {
	f := Parse("a.ics", []byte(file(vevent("UID:a", "DTSTART:20261202T100000Z", `SUMMARY:Alice\, Dana\; 1:1\nweekly\: yes\\`,
		`CATEGORIES:Focus,with\, comma`, "CATEGORIES:Hold",
		`ATTENDEE;CN="Chen, Alice";PARTSTAT=accepted;X-RESPONSE-COMMENT="back at ^'noon^'":MAILTO:Alice@Example.org`,
		`ATTENDEE;EMAIL=dana@example.org;CN=Dana ^^ Boss;SCHEDULE-STATUS="3.7,5.1":/principals/dana/`,
		"ATTENDEE;CUTYPE=ROOM;PARTSTAT=ACCEPTED:mailto:room4@example.org", "ATTENDEE;CUTYPE=resource:mailto:beamer@example.org", "ORGANIZER;CN=Alice:mailto:ALICE@example.org"))))
	events, _ := Expand([]*File{f}, viewOf(t, "20261130", "20261207", ""))
	if len(events) != 1 {
		t.Fatalf("got %d events", len(events))
	}
	e := events[0]
	if e.Title != "Alice, Dana; 1:1\nweekly: yes\\" || fmt.Sprintf("%q", e.Categories) != `["Focus" "with, comma" "Hold"]` {
		t.Errorf("got %q %q", e.Title, e.Categories)
	}
	want := []calendar.Attendee{
		{Email: "alice@example.org", Name: "Chen, Alice", Status: calendar.Accepted, Comment: `back at "noon"`},
		{Email: "dana@example.org", Name: "Dana ^ Boss", Delivery: "3.7,5.1"},
	}
	if fmt.Sprint(e.Attendees) != fmt.Sprint(want) || e.Organizer != "alice@example.org" {
		t.Errorf("got %v of %s\nwant %v", e.Attendees, e.Organizer, want)
	}
}

func TestFreeBusy(t *testing.T) {
	f := Parse("dana.ifb", []byte(file("BEGIN:VFREEBUSY\nDTSTAMP:20261201T000000Z\n"+
		"FREEBUSY:20261202T090000Z/20261202T100000Z,20261202T110000Z/PT30M\n"+
		"FREEBUSY;FBTYPE=FREE:20261202T130000Z/PT1H\nFREEBUSY;FBTYPE=BUSY-TENTATIVE:20261202T140000Z/PT1H\n"+
		"FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261202T150000Z/PT1H\nFREEBUSY;FBTYPE=X-NEW:20261202T160000Z/PT1H\n"+
		"FREEBUSY:20261202T170000/PT1H\nEND:VFREEBUSY")))
	got, _ := Expand([]*File{f}, viewOf(t, "20261130", "20261207", "Asia/Tokyo"))
	want := "12-02 09:00-10:00 anonymous, 12-02 11:00-11:30 anonymous, 12-02 13:00-14:00 transparent anonymous, " +
		"12-02 14:00-15:00 tentative anonymous, 12-02 15:00-16:00 anonymous away, 12-02 16:00-17:00 anonymous"
	if spans(got) != want {
		t.Errorf("got %s\nwant %s", spans(got), want)
	}
	if u := fmt.Sprint(f.Unreadable()); !strings.Contains(u, "20261202T170000/PT1H") {
		t.Errorf("a period without a zone is not reported: %s", u)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(file(meeting)))
	f.Add([]byte(strings.ReplaceAll(file(vevent("UID:a", "RRULE:FREQ=DAILY", "EXDATE;VALUE=DATE:20261203", "DTSTART;TZID=Own:20261201T090000",
		"DURATION:P1D", "DESCRIPTION:x\n  y"), "BEGIN:VTIMEZONE\nTZID:Own\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY\nEND:STANDARD\nEND:VTIMEZONE"), "\n", "\r\n")))
	f.Add([]byte(file(vevent("UID:a", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261201T090000Z", "DTSTART:20261201T090000Z"), vevent("UID:a", "DTSTART:20261130T090000Z", "RRULE:FREQ=DAILY;COUNT=9", "RDATE;VALUE=PERIOD:20261203T100000Z/PT1H"))))
	f.Add([]byte("BEGIN:VCALENDAR\rBEGIN:VFREEBUSY\rFREEBUSY;FBTYPE=FREE:20261202T130000Z/PT1H\rBEGIN:VEVENT\rDESCRIPTION:a"))
	f.Add([]byte(file(hours("PRIORITY:1\nDTSTART:20261201T000000Z\n", "UID:a\nDTSTART:20261201T090000Z\nDURATION:PT8H\nRRULE:FREQ=DAILY\n"), meeting)))
	v := View{Window: span(1_796_083_200, 1_796_083_200+56*day), Zone: time.UTC}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := Parse("fuzz.ics", data)
		events, _ := Expand([]*File{file}, v)
		for _, e := range events {
			if e.End.Before(e.Start) || e.Start.After(v.Window.End) || e.End.Before(v.Window.Start) {
				t.Fatalf("an event from %s to %s", e.Start, e.End)
			}
		}
		for _, s := range SeriesOf([]*File{file}, v, func(Meta) bool { return true }) {
			for _, i := range s.Instances {
				if i.End.Before(i.Start) {
					t.Fatalf("an instance from %s to %s", i.Start, i.End)
				}
			}
		}
	})
}
