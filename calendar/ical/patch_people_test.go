package ical

import (
	"slices"
	"strings"
	"testing"

	"bilateral/calendar"
)

func TestAGuestsAnswerByMailIsTakenIntoTheOrganizersCopy(t *testing.T) {
	for _, row := range []struct {
		name   string
		answer calendar.Answer
		want   string
	}{
		{"a yes takes the note of an earlier no away", calendar.Answer{Email: "dana@example.org", Status: calendar.Accepted},
			`ATTENDEE;CN="Boss, Dana";PARTSTAT=ACCEPTED:mailto:dana@example.org`},
		{"a no with a note of two lines and quotes", calendar.Answer{Email: "Dana@example.org", Status: calendar.Declined, Comment: "not \"today\";\nBEGIN:VEVENT"},
			`ATTENDEE;CN="Boss, Dana";PARTSTAT=DECLINED;X-RESPONSE-COMMENT="not ^'today^';^nBEGIN:VEVENT":mailto:dana@example.org`},
	} {
		t.Run(row.name, func(t *testing.T) {
			out, err := Patched([]byte(wild), instancePatch("2026-04-01 13:30", calendar.Patch{Answer: &row.answer}), testNow)
			if err != nil {
				t.Fatal(err)
			}
			lines := componentLines(t, out, 2)
			if !slices.Contains(lines, row.want) || !slices.Contains(lines, "SEQUENCE:4") {
				t.Errorf("no line %q, or another SEQUENCE, in\n%s", row.want, strings.Join(lines, "\n"))
			}
		})
	}
}

func TestASequenceIsRaisedToWhatGuestsMustSee(t *testing.T) {
	move := calendar.Patch{Span: spanOf("2026-04-02 08:00", "2026-04-02 08:30"), Sequence: 9}
	for name, row := range map[string]struct {
		patch calendar.Patch
		want  string
	}{
		"with a move":                 {move, "SEQUENCE:9"},
		"alone":                       {calendar.Patch{Sequence: 6}, "SEQUENCE:6"},
		"never down":                  {calendar.Patch{Sequence: 2}, "SEQUENCE:4"},
		"and a move raises by itself": {calendar.Patch{Span: move.Span, Sequence: 2}, "SEQUENCE:5"},
	} {
		out, err := Patched([]byte(wild), instancePatch("2026-04-01 13:30", row.patch), testNow)
		if err != nil {
			t.Fatal(err)
		}
		if lines := componentLines(t, out, 2); !slices.Contains(lines, row.want) {
			t.Errorf("%s: no %s in\n%s", name, row.want, strings.Join(lines, "\n"))
		}
	}
}

func TestPeopleWhomWeWriteToAreNotWrittenToByTheServer(t *testing.T) {
	c := draftFor(t, "Europe/Berlin", at("2026-12-02 14:30"))
	c.Create.Organizer = calendar.Attendee{Email: "alice@example.org"}
	c.Create.Attendees = []calendar.Attendee{{Email: "dana@example.org"}}
	for _, unserved := range []bool{false, true} {
		c.Create.Unserved = unserved
		out, err := New(c, testNow)
		if err != nil {
			t.Fatal(err)
		}
		file := Parse("x", out)
		s := SeriesOf([]*File{file}, View{Window: calendar.Span{Start: at("2026-12-01 00:00"), End: at("2027-01-01 00:00")}}, func(Meta) bool { return true })
		if len(s) != 1 || strings.Contains(string(out), "SCHEDULE-AGENT=CLIENT") != unserved {
			t.Fatalf("unserved %v:\n%s", unserved, out)
		}
		if a, ok := calendar.Attends(s[0].Attendees, "dana@example.org"); !ok || a.Unserved != unserved {
			t.Errorf("unserved %v is read as %+v", unserved, a)
		}
	}
}
