package ical_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/ical"
)

var (
	alice = calendar.Attendee{Email: "alice@example.org", Name: "Alice Chen"}
	dana  = calendar.Attendee{Email: "dana@example.org", Name: "Dana Boss"}
)

// weekly is a series of Wednesdays 15:30 in Berlin, as it is read from a calendar.
func weekly(t *testing.T, first string, duration time.Duration) calendar.Series {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	wall, err := time.Parse("2006-01-02 15:04", first)
	if err != nil {
		t.Fatal(err)
	}
	s := calendar.Series{
		UID: "w1@example.org", Start: calendar.Resolve(wall, berlin).UTC(), Zone: berlin, Duration: duration, Rule: "FREQ=WEEKLY", Title: "Alice / Dana",
		Location: "Room 4", Description: "[ ] Vendor B", Link: "https://meet.example.org/ad", Private: true,
		Organizer: alice.Email, Attendees: []calendar.Attendee{alice, dana}, Sequence: 1, Mark: calendar.Mark{"id": "secret", "moves": "2"},
	}
	for n := range 6 {
		at := calendar.Resolve(wall.AddDate(0, 0, 7*n), berlin).UTC()
		span := calendar.Span{Start: at, End: at.Add(duration)}
		s.Instances = append(s.Instances, calendar.Instance{Original: at, Span: span, Standing: span, Title: s.Title,
			Location: s.Location, Description: s.Description, Attendees: s.Attendees, Sequence: 1})
	}
	return s
}

func (m moves) of(s calendar.Series) calendar.Series {
	i := &s.Instances[m.n]
	i.Override, i.Sequence, i.Cancelled = true, 3, m.cancelled
	i.Mark = calendar.Mark{"put": "x"}
	i.Span = calendar.Span{Start: i.Start.Add(m.by), End: i.End.Add(m.by)}
	return s
}

type moves struct {
	n         int
	by        time.Duration
	cancelled bool
}

func message(s calendar.Series, method string, original time.Time) ical.Itip {
	return ical.Itip{Method: method, Stamp: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), Organizer: alice, Guest: dana, Series: s, Original: original}
}

func TestAMessageToAGuestSays(t *testing.T) {
	winter := weekly(t, "2026-12-02 15:30", 45*time.Minute)
	summer := weekly(t, "2026-03-18 15:30", 45*time.Minute) // the clock changes on 29 March
	moved := moves{n: 1, by: 2 * time.Hour}.of(weekly(t, "2026-12-02 15:30", 45*time.Minute))
	across := moves{n: 2, by: 26 * time.Hour}.of(weekly(t, "2026-03-18 15:30", 45*time.Minute))
	gone := moves{n: 1, cancelled: true}.of(weekly(t, "2026-12-02 15:30", 45*time.Minute))
	removed := weekly(t, "2026-12-02 15:30", 45*time.Minute)
	removed.Excluded, removed.Instances[3].Excluded = []time.Time{removed.Instances[3].Original}, true
	forged := weekly(t, "2026-12-02 15:30", 45*time.Minute)
	forged.Title = "Hi\r\nATTENDEE:mailto:eve@example.com\x00"
	forged.Attendees = []calendar.Attendee{{Email: "dana@example.org\r\nX-EVIL:1", Name: "Da;na\"\r\nX-EVIL:1"}}
	another := weekly(t, "2026-12-02 15:30", 45*time.Minute)
	another.Organizer = "office@example.org"
	for _, row := range []struct {
		sentence string
		message  ical.Itip
		want     []string
		never    []string
	}{
		{"the whole series, its zone, and who asks whom", message(winter, "REQUEST", time.Time{}), []string{
			"METHOD:REQUEST", "BEGIN:VTIMEZONE", "TZID:Europe/Berlin", "UID:w1@example.org", "SEQUENCE:1", "DTSTAMP:20261122T100000Z",
			"DTSTART;TZID=Europe/Berlin:20261202T153000", "DTEND;TZID=Europe/Berlin:20261202T161500", "RRULE:FREQ=WEEKLY",
			"SUMMARY:Alice / Dana", "LOCATION:Room 4", "DESCRIPTION:[ ] Vendor B", "URL:https://meet.example.org/ad",
			"CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://meet.example.org/ad", "CLASS:PRIVATE", "STATUS:CONFIRMED",
			"ORGANIZER;CN=Alice Chen:mailto:alice@example.org",
			"ATTENDEE;CN=Dana Boss;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:dana@example.org",
		}, []string{"X-BILATERAL", "EXDATE", "RECURRENCE-ID", "secret"}},
		{"a moved instance beside the series, at its original start", message(moved, "REQUEST", time.Time{}), []string{
			"RECURRENCE-ID;TZID=Europe/Berlin:20261209T153000", "DTSTART;TZID=Europe/Berlin:20261209T173000", "SEQUENCE:3",
		}, []string{"X-BILATERAL"}},
		{"one instance alone, with no rule", message(moved, "REQUEST", moved.Instances[1].Original), []string{
			"RECURRENCE-ID;TZID=Europe/Berlin:20261209T153000", "DTSTART;TZID=Europe/Berlin:20261209T173000",
			"DTEND;TZID=Europe/Berlin:20261209T181500", "SEQUENCE:3",
		}, []string{"RRULE:FREQ=WEEKLY", "20261202"}},
		{"an instance in summer time by the wall clock of its zone", message(across, "REQUEST", across.Instances[2].Original), []string{
			"RECURRENCE-ID;TZID=Europe/Berlin:20260401T153000", "DTSTART;TZID=Europe/Berlin:20260402T173000",
		}, nil},
		{"an instance that nobody observed, by what the series says", message(summer, "REQUEST", summer.Start.AddDate(0, 0, 70).Add(-time.Hour)), []string{
			"RECURRENCE-ID;TZID=Europe/Berlin:20260527T153000", "DTEND;TZID=Europe/Berlin:20260527T161500", "SUMMARY:Alice / Dana",
		}, nil},
		{"a cancelled instance is one that the series goes without", message(gone, "REQUEST", time.Time{}), []string{
			"EXDATE;TZID=Europe/Berlin:20261209T153000",
		}, []string{"STATUS:CANCELLED", "RECURRENCE-ID"}},
		{"a removed instance likewise, once", message(removed, "REQUEST", time.Time{}), []string{"EXDATE;TZID=Europe/Berlin:20261223T153000"}, nil},
		{"the whole series is called off, without the agenda", message(winter, "CANCEL", time.Time{}), []string{
			"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:1", "mailto:dana@example.org",
		}, []string{"DESCRIPTION", "RSVP", "RECURRENCE-ID"}},
		{"one instance is called off", message(gone, "CANCEL", gone.Instances[1].Original), []string{
			"STATUS:CANCELLED", "RECURRENCE-ID;TZID=Europe/Berlin:20261209T153000", "SEQUENCE:3",
		}, []string{"RRULE:FREQ=WEEKLY", "DESCRIPTION"}},
		{"no title or name can add a line", message(forged, "REQUEST", time.Time{}), []string{
			`SUMMARY:Hi\nATTENDEE:mailto:eve@example.com`, `CN="Da;na^'^nX-EVIL:1"`,
		}, []string{"\nATTENDEE:mailto:eve", "\nX-EVIL", "\x00"}},
		{"who sends for the organizer", message(another, "REQUEST", time.Time{}), []string{
			`ORGANIZER;SENT-BY="mailto:alice@example.org":mailto:office@example.org`,
		}, nil},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			text := row.message.Encode()
			plain := strings.ReplaceAll(string(text), "\r\n ", "")
			for _, want := range row.want {
				if !strings.Contains(plain, want) {
					t.Errorf("%s is missing in\n%s", want, plain)
				}
			}
			for _, never := range row.never {
				if strings.Contains(plain, never) {
					t.Errorf("%q is in\n%s", never, plain)
				}
			}
			if n := strings.Count(plain, "ORGANIZER"); n != strings.Count(plain, "BEGIN:VEVENT") {
				t.Errorf("%d organizers", n)
			}
			for line := range bytes.SplitSeq(text, []byte("\r\n")) {
				if len(line) > 75 {
					t.Errorf("a line of %d octets: %s", len(line), line)
				}
			}
		})
	}
}

// What a guest's calendar reads out of the message is what the organizer's holds.
func TestAGuestReadsWhatTheOrganizerWrote(t *testing.T) {
	for _, row := range []struct {
		sentence string
		series   calendar.Series
	}{
		{"with a moved instance", moves{n: 1, by: 2 * time.Hour}.of(weekly(t, "2026-12-02 15:30", 45*time.Minute))},
		{"across the change to summer time", moves{n: 2, by: 26 * time.Hour}.of(weekly(t, "2026-03-18 15:30", 45*time.Minute))},
		{"with an instance in the hour that comes twice", moves{n: 1, by: 0}.of(weekly(t, "2026-10-18 02:30", 45*time.Minute))},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			file := ical.Parse("mail", message(row.series, "REQUEST", time.Time{}).Encode())
			view := ical.View{Window: calendar.Span{Start: row.series.Start, End: row.series.Start.AddDate(0, 0, 41)}}
			got := ical.SeriesOf([]*ical.File{file}, view, func(ical.Meta) bool { return true })
			if len(got) != 1 || len(file.Unreadable()) > 0 {
				t.Fatalf("read %+v, %v", got, file.Unreadable())
			}
			starts := func(s calendar.Series) (out []string) {
				for _, i := range s.Instances {
					out = append(out, i.Original.UTC().String()+" "+i.Start.UTC().String())
				}
				return out
			}
			if have, want := starts(got[0]), starts(row.series); !slices.Equal(have, want) {
				t.Errorf("reads %v, wrote %v", have, want)
			}
			if got[0].Link != row.series.Link || !got[0].Private || got[0].Mark != nil {
				t.Errorf("link %q, private %v, mark %v", got[0].Link, got[0].Private, got[0].Mark)
			}
		})
	}
}

func TestAnAnswerIsRead(t *testing.T) {
	const zone = "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
	for _, row := range []struct {
		sentence, lines, original, start, err string
	}{
		{"to a series, without times", "UID:1\nDTSTAMP:20261122T100000Z\n", "", "", ""},
		{"to an instance in a Windows zone", "UID:1\nRECURRENCE-ID;TZID=W. Europe Standard Time:20261202T153000\n", "2026-12-02T14:30:00Z", "", ""},
		{"to an instance in summer", "UID:1\nRECURRENCE-ID;TZID=Eastern Standard Time:20260701T093000\n", "2026-07-01T13:30:00Z", "", ""},
		{"with a time in a zone of its own", "UID:1\nRECURRENCE-ID:20261202T143000Z\nDTSTART;TZID=Own:20261202T173000\n", "2026-12-02T14:30:00Z", "2026-12-02T14:30:00Z", ""},
		{"to an instance in a zone that nobody knows", "UID:1\nRECURRENCE-ID;TZID=Elsewhere:20261202T153000\n", "", "", "unknown"},
		{"to an instance at a time without zone", "UID:1\nRECURRENCE-ID:20261202T153000\n", "", "", "without a time zone"},
		{"to nothing", "DTSTAMP:20261122T100000Z\n", "", "", "no UID"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			text := "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + zone + "BEGIN:VEVENT\r\n" + row.lines + "END:VEVENT\r\nEND:VCALENDAR\r\n"
			method, list, err := ical.Answers([]byte(text))
			if row.err != "" {
				if err == nil || !strings.Contains(err.Error(), row.err) || len(list) > 0 {
					t.Fatalf("got %+v and error %v", list, err)
				}
				return
			}
			if err != nil || method != "REPLY" || len(list) != 1 {
				t.Fatalf("got %q, %+v and error %v", method, list, err)
			}
			if got := list[0]; said(got.Original) != row.original || said(got.Span.Start) != row.start {
				t.Errorf("got %s at %s", said(got.Original), said(got.Span.Start))
			}
		})
	}
}

func said(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}
