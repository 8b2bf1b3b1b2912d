package imip_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/imip"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func utc(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func envelope(t *testing.T) imip.Envelope {
	return imip.Envelope{
		From: imip.Person{Name: "Alice Chen", Email: "alice@example.org"}, To: imip.Person{Name: "Dana Boss", Email: "dana@example.org"},
		FromZone: zone(t, "Europe/Berlin"), ToZone: zone(t, "America/New_York"), Now: utc(t, "2026-11-22 10:00"),
	}
}

// weekly begins at that moment of UTC; its second instance stands two hours later, its third is cancelled.
func weekly(t *testing.T, first string) calendar.Series {
	start := utc(t, first)
	s := calendar.Series{
		UID: "w1@example.org", Start: start, Zone: zone(t, "Europe/Berlin"), Duration: 45 * time.Minute, Rule: "FREQ=WEEKLY",
		Title: "Alice / Dana", Location: "Room 4", Link: "https://meet.example.org/ad", Description: "[ ] Vendor B, 48k EUR",
		Organizer: "alice@example.org", Mark: calendar.Mark{"id": "b1"},
		Attendees: []calendar.Attendee{{Email: "alice@example.org", Name: "Alice Chen"}, {Email: "dana@example.org", Name: "Dana Boss"}},
	}
	for n := range 3 {
		at := start.AddDate(0, 0, 7*n)
		span := calendar.Span{Start: at, End: at.Add(s.Duration)}
		s.Instances = append(s.Instances, calendar.Instance{Original: at, Span: span, Standing: span, Title: s.Title, Description: s.Description})
	}
	moved := &s.Instances[1]
	moved.Override, moved.Sequence, moved.Start, moved.End = true, 1, moved.Start.Add(2*time.Hour), moved.End.Add(2*time.Hour)
	gone := &s.Instances[2]
	gone.Override, gone.Sequence, gone.Cancelled = true, 1, true
	return s
}

func TestAPersonReads(t *testing.T) {
	e, s := envelope(t), weekly(t, "2026-12-02 14:30")
	second, third := s.Instances[1].Original, s.Instances[2].Original
	told := e
	told.Was = s.Instances[1].Span
	elsewhere := e
	elsewhere.Was = calendar.Span{Start: utc(t, "2026-12-08 09:00"), End: utc(t, "2026-12-08 09:45")}
	tokyo := e
	tokyo.ToZone = zone(t, "Asia/Tokyo")
	same := e
	same.ToZone = zone(t, "Europe/Paris")
	spring := weekly(t, "2026-03-11 14:30") // New York has summer time by then, Berlin not
	late := weekly(t, "2026-12-02 22:40")
	twoWeeks := weekly(t, "2026-12-02 14:30")
	twoWeeks.Rule = "FREQ=WEEKLY;INTERVAL=2"
	once := weekly(t, "2026-12-02 14:30")
	once.Rule, once.Instances = "", once.Instances[:1]
	changed := weekly(t, "2026-12-02 14:30")
	changed.Sequence = 4
	coming := weekly(t, "2026-12-02 14:30")
	coming.Instances[1].Attendees = []calendar.Attendee{{Email: "dana@example.org", Status: calendar.Accepted}}
	here := e
	here.ToZone = zone(t, "Europe/Berlin")
	const rest = "Where: Room 4\nOnline: https://meet.example.org/ad\n"
	const series = "Please accept in your calendar. Decline a single meeting to get another time for it.\n"
	const single = "Please accept or decline in your calendar; decline to get another time.\n"
	const agenda = "\n[ ] Vendor B, 48k EUR\n"
	for _, row := range []struct {
		sentence string
		message  imip.Message
		subject  string
		text     string
	}{
		{"an invitation, in both zones", imip.Request(e, s), "Invitation: Alice / Dana, Wed 2 Dec",
			"Alice Chen invites you to:\nAlice / Dana\nEvery week, first Wed 2 Dec 09:30-10:15 America/New_York (15:30 Europe/Berlin)\n" + rest + series + agenda},
		{"the hours between two zones in the weeks when only one has summer time", imip.Request(e, spring), "Invitation: Alice / Dana, Wed 11 Mar",
			"Alice Chen invites you to:\nAlice / Dana\nEvery week, first Wed 11 Mar 10:30-11:15 America/New_York (15:30 Europe/Berlin)\n" + rest + series + agenda},
		{"one zone where both clocks read alike", imip.Request(same, s), "Invitation: Alice / Dana, Wed 2 Dec",
			"Alice Chen invites you to:\nAlice / Dana\nEvery week, first Wed 2 Dec 15:30-16:15 Europe/Paris\n" + rest + series + agenda},
		{"an invitation every other week", imip.Request(e, twoWeeks), "Invitation: Alice / Dana, Wed 2 Dec",
			"Alice Chen invites you to:\nAlice / Dana\nEvery 2 weeks, first Wed 2 Dec 09:30-10:15 America/New_York (15:30 Europe/Berlin)\n" + rest + series + agenda},
		{"an invitation to one meeting", imip.Request(e, once), "Invitation: Alice / Dana, Wed 2 Dec",
			"Alice Chen invites you to:\nAlice / Dana\nWed 2 Dec 09:30-10:15 America/New_York (15:30 Europe/Berlin)\n" + rest + single + agenda},
		{"a series that was changed", imip.Request(e, changed), "Updated invitation: Alice / Dana, Wed 2 Dec",
			"Alice Chen sends you this invitation as it stands now:\nAlice / Dana\nEvery week, first Wed 2 Dec 09:30-10:15 America/New_York (15:30 Europe/Berlin)\n" + rest + series + agenda},
		{"a meeting that was moved, and its usual time", imip.RequestInstance(e, s, second), "Moved: Alice / Dana, Wed 9 Dec",
			"Alice Chen moved this meeting:\nAlice / Dana\nWed 9 Dec 11:30-12:15 America/New_York (17:30 Europe/Berlin)\nUsual time: Wed 9 Dec 09:30-10:15 America/New_York (15:30 Europe/Berlin)\n" + rest + single + agenda},
		{"a meeting that was moved again, and where it was", imip.RequestInstance(elsewhere, s, second), "Moved: Alice / Dana, Wed 9 Dec",
			"Alice Chen moved this meeting:\nAlice / Dana\nWed 9 Dec 11:30-12:15 America/New_York (17:30 Europe/Berlin)\nBefore: Tue 8 Dec 04:00-04:45 America/New_York (10:00 Europe/Berlin)\n" + rest + single + agenda},
		{"the agenda of a meeting that stands", imip.RequestInstance(told, s, second), "Agenda: Alice / Dana, Wed 9 Dec",
			"Alice Chen sends you the agenda of this meeting:\nAlice / Dana\nWed 9 Dec 11:30-12:15 America/New_York (17:30 Europe/Berlin)\n" + rest + single + agenda},
		{"the agenda for a guest who will come anyway", imip.RequestInstance(told, coming, second), "Agenda: Alice / Dana, Wed 9 Dec",
			"Alice Chen sends you the agenda of this meeting:\nAlice / Dana\nWed 9 Dec 11:30-12:15 America/New_York (17:30 Europe/Berlin)\n" + rest + agenda},
		{"a meeting over midnight where both are", imip.Cancel(here, late), "Cancelled: Alice / Dana, Wed 2 Dec",
			"Alice Chen cancelled these meetings:\nAlice / Dana\nEvery week, first Wed 2 Dec 23:40-Thu 3 Dec 00:25 Europe/Berlin\n"},
		{"a meeting that is another day for the guest", imip.RequestInstance(tokyo, s, second), "Moved: Alice / Dana, Thu 10 Dec",
			"Alice Chen moved this meeting:\nAlice / Dana\nThu 10 Dec 01:30-02:15 Asia/Tokyo (Wed 9 Dec 17:30 Europe/Berlin)\nUsual time: Wed 9 Dec 23:30-Thu 10 Dec 00:15 Asia/Tokyo (15:30 Europe/Berlin)\n" + rest + single + agenda},
		{"a meeting over the midnight of the organizer alone", imip.Cancel(e, late), "Cancelled: Alice / Dana, Wed 2 Dec",
			"Alice Chen cancelled these meetings:\nAlice / Dana\nEvery week, first Wed 2 Dec 17:40-18:25 America/New_York (23:40 Europe/Berlin)\n"},
		{"a meeting that is cancelled, without its agenda", imip.CancelInstance(e, s, third), "Cancelled: Alice / Dana, Wed 16 Dec",
			"Alice Chen cancelled this meeting:\nAlice / Dana\nWed 16 Dec 09:30-10:15 America/New_York (15:30 Europe/Berlin)\n"},
		{"a letter", imip.Letter(e, "No 1:1 this week", "Dear Dana,\r\nno time was left.\n\n"), "No 1:1 this week", "Dear Dana,\nno time was left.\n"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			if row.message.Subject != row.subject {
				t.Errorf("subject %q, want %q", row.message.Subject, row.subject)
			}
			if row.message.Text != row.text {
				t.Errorf("text\n%s\nwant\n%s", row.message.Text, row.text)
			}
			if m := row.message; m.Method != "" && !bytes.Contains(m.Calendar, []byte("METHOD:"+m.Method+"\r\n")) || m.Method == "" && m.Calendar != nil {
				t.Errorf("method %q over\n%s", m.Method, m.Calendar)
			}
			if bytes.Contains(row.message.Calendar, []byte("X-BILATERAL")) {
				t.Errorf("the mark went out:\n%s", row.message.Calendar)
			}
		})
	}
}

func TestTheSameMessageIsKnownAgain(t *testing.T) {
	e, s := envelope(t), weekly(t, "2026-12-02 14:30")
	second := s.Instances[1].Original
	first := imip.RequestInstance(e, s, second)
	later := e
	later.Now = e.Now.Add(5 * time.Minute)
	other := e
	other.To.Email = "erin@example.org"
	sequel, retold, marked := weekly(t, "2026-12-02 14:30"), weekly(t, "2026-12-02 14:30"), weekly(t, "2026-12-02 14:30")
	sequel.Instances[1].Sequence++
	retold.Instances[1].Description += "."
	marked.Instances[1].Mark = calendar.Mark{"put": "x"}
	for _, row := range []struct {
		sentence string
		message  imip.Message
		same     bool
	}{
		{"sent five minutes later", imip.RequestInstance(later, s, second), true},
		{"after a mark was set", imip.RequestInstance(e, marked, second), true},
		{"to somebody else", imip.RequestInstance(other, s, second), false},
		{"after another change", imip.RequestInstance(e, sequel, second), false},
		{"with another agenda", imip.RequestInstance(e, retold, second), false},
		{"about another meeting", imip.RequestInstance(e, s, s.Start), false},
		{"about the whole series", imip.Request(e, s), false},
		{"a cancellation", imip.CancelInstance(e, s, second), false},
		{"a letter", imip.Letter(e, first.Subject, first.Text), false},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			if (row.message.ID == first.ID) != row.same {
				t.Errorf("%s and %s", row.message.ID, first.ID)
			}
			if !strings.HasSuffix(row.message.ID, "@example.org") {
				t.Errorf("the domain of %s is not the sender's", row.message.ID)
			}
		})
	}
}

func TestNothingFromOutsideForgesALine(t *testing.T) {
	for _, row := range []struct{ sentence, title string }{
		{"a line break", "1:1\r\nBcc: eve@example.com"}, {"a bare carriage return", "1:1\rBcc: eve@example.com"},
		{"a control character", "1:1\x00\x1b[2J"}, {"a line separator", "1:1\u2028Bcc: eve@example.com"},
		{"a turned direction of writing", "1:1 \u202emoc.elpmaxe"}, {"bytes that are no text", "1:1 \xff\xfe"},
		{"a title without end", strings.Repeat("long ", 10_000)}, {"no title", " \n "},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			e, s := envelope(t), weekly(t, "2026-12-02 14:30")
			s.Title, s.Location, s.Link, e.From.Name = row.title, row.title, "https://"+row.title, row.title
			m := imip.Request(e, s)
			if strings.ContainsAny(m.Subject, "\r\n\x00\x1b\u2028\u202e") || len(m.Subject) > 300 {
				t.Errorf("subject %q", m.Subject)
			}
			if strings.ContainsAny(m.Text, "\r\x00\x1b\u2028") || strings.Contains(m.Text, "\nBcc:") {
				t.Errorf("text %q", m.Text)
			}
			for line := range bytes.SplitSeq(bytes.TrimSuffix(m.Calendar, []byte("\r\n")), []byte("\r\n")) {
				if bytes.ContainsAny(line, "\r\n\x00") || bytes.HasPrefix(line, []byte("Bcc")) || len(line) == 0 {
					t.Errorf("the calendar part has the line %q", line)
				}
			}
		})
	}
}
