package ical

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"bilateral/calendar"

	goical "github.com/emersion/go-ical"
)

func zoneFor(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func draftFor(t testing.TB, zone string, start time.Time) calendar.Change {
	return calendar.Change{UID: "series-1", Create: &calendar.Draft{
		Title: "Alice / Dana", Start: start, Zone: zoneFor(t, zone), Duration: 45 * time.Minute, Rule: "FREQ=WEEKLY;BYDAY=WE",
		Organizer: calendar.Attendee{Email: "alice@example.org", Name: "Alice Chen"},
		Attendees: []calendar.Attendee{{Email: "dana@example.org", Name: "Dana Boss"}},
		Private:   true, Mark: calendar.Mark{"id": "dana", "agenda": "b64.no", "empty": ""},
	}}
}

// decoded reads a text with the codec alone, which is stricter than we are, and returns its first event.
func decoded(t *testing.T, text []byte) *goical.Component {
	t.Helper()
	cal, err := goical.NewDecoder(bytes.NewReader(text)).Decode()
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return cal.Events()[0].Component
}

func TestANewSeriesReads(t *testing.T) {
	text, err := New(draftFor(t, "Europe/Berlin", at("2026-12-02 14:30")), testNow)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"BEGIN:VEVENT",
		"ATTENDEE;CN=Alice Chen;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT:mailto:alice@example.org",
		"ATTENDEE;CN=Dana Boss;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:dana@example.org",
		"CLASS:PRIVATE", "CREATED:20260301T080000Z", "DTEND;TZID=Europe/Berlin:20261202T161500", "DTSTAMP:20260301T080000Z",
		"DTSTART;TZID=Europe/Berlin:20261202T153000", "ORGANIZER;CN=Alice Chen:mailto:alice@example.org", "RRULE:FREQ=WEEKLY;BYDAY=WE",
		"SEQUENCE:0", "STATUS:CONFIRMED", "SUMMARY:Alice / Dana", "TRANSP:OPAQUE", "UID:series-1", "X-BILATERAL:dana",
		"X-BILATERAL-AGENDA:b64.YjY0Lm5v", "END:VEVENT",
	}
	if got := strings.Join(componentLines(t, text, 0), "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s", got)
	}
	if strings.Contains(string(text), "METHOD") {
		t.Error("a stored object carries a METHOD")
	}
}

func TestANewSeriesIsTheSameBytesAgain(t *testing.T) {
	c := draftFor(t, "America/New_York", at("2026-12-02 14:30"))
	first, err := New(c, testNow)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if again, _ := New(c, testNow); !bytes.Equal(first, again) {
			t.Fatalf("another text:\n%s", again)
		}
	}
}

func TestANewSeriesWithoutGuestsIsNoMeeting(t *testing.T) {
	c := draftFor(t, "Europe/Berlin", at("2026-12-02 14:30"))
	c.Create.Attendees = nil
	text, err := New(c, testNow)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(text); strings.Contains(s, "ORGANIZER") || strings.Contains(s, "ATTENDEE") {
		t.Errorf("somebody is invited:\n%s", s)
	}
}

func TestWordsFromOutsideStayWords(t *testing.T) {
	const evil = "Bob \"B\" ^n; x\r\nATTENDEE:mailto:evil@example.org\u2028BEGIN:VALARM\x00\x0b\x7f, end\xff"
	c := draftFor(t, "Europe/Berlin", at("2026-12-02 14:30"))
	c.UID = "uid\r\nX-EVIL:1"
	d := c.Create
	d.Title, d.Location, d.Description, d.Organizer.Name, d.Attendees[0].Name = evil, evil, evil, evil, evil
	d.Attendees[0].Email = "dana@example.org\r\nX-EVIL:1"
	d.Rule = "FREQ=WEEKLY\r\nX-EVIL:1"
	d.Mark = calendar.Mark{"id": evil}
	text, err := New(c, testNow)
	if err != nil {
		t.Fatal(err)
	}
	event := decoded(t, text)
	if event.Props.Get("X-EVIL") != nil || len(event.Props.Values("ATTENDEE")) != 2 || len(event.Children) != 0 {
		t.Errorf("words became properties:\n%s", text)
	}
	if got, want := decodeMark(event.Props.Get("X-BILATERAL").Value), strings.ToValidUTF8(evil, "\ufffd"); got != want {
		t.Errorf("mark %q, want %q", got, want)
	}
	if strings.ContainsAny(string(text), "\x00\x0b\x7f") || !utf8.Valid(text) {
		t.Error("control characters or broken UTF-8 were written")
	}
}

func TestANewSeriesIsRefused(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*calendar.Change)
		says   string
	}{
		{"without a UID", func(c *calendar.Change) { c.UID = "" }, "UID"},
		{"without a draft", func(c *calendar.Change) { c.Create = nil }, "draft"},
		{"in the zone of this machine, which has no name", func(c *calendar.Change) { c.Create.Zone = time.Local }, "no name"},
		{"in a zone whose name would need escaping", func(c *calendar.Change) { c.Create.Zone = time.FixedZone("a;b", 60) }, "IANA"},
		{"without a length", func(c *calendar.Change) { c.Create.Duration = 0 }, "duration"},
		{"at a time that its zone cannot name", func(c *calendar.Change) { c.Create.Start = at("2026-10-25 01:30") }, "repeats"},
		{"with a UNTIL that is no time", func(c *calendar.Change) { c.Create.Rule = "FREQ=DAILY;UNTIL=soon" }, "UNTIL"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := draftFor(t, "Europe/Berlin", at("2026-12-02 14:30"))
			row.change(&c)
			if row.says == "no name" {
				c.Create.Zone = time.FixedZone("Local", 3600) // what time.Local calls itself, on any machine
			}
			if text, err := New(c, testNow); err == nil || !strings.Contains(err.Error(), row.says) {
				t.Errorf("error %v, want one that says %q; text\n%s", err, row.says, text)
			}
		})
	}
}

func TestLinesAreFoldedBetweenCharacters(t *testing.T) {
	for name, text := range map[string]string{
		"ASCII":                      strings.Repeat("word ", 100),
		"emoji":                      strings.Repeat("😀", 100),
		"emoji, one octet further":   "x" + strings.Repeat("😀", 100),
		"umlauts, one octet further": "x" + strings.Repeat("ä", 200),
		"exactly one line":           strings.Repeat("x", 75-len("DESCRIPTION;LANGUAGE=en:")),
		"one octet more":             strings.Repeat("x", 76-len("DESCRIPTION;LANGUAGE=en:")),
		"escapes":                    strings.Repeat("a,\n", 100),
	} {
		t.Run(name, func(t *testing.T) {
			out, err := Patched([]byte(wild), seriesPatch(calendar.Patch{Description: &text}), testNow)
			if err != nil {
				t.Fatal(err)
			}
			checkLines(t, out)
			if want := "DESCRIPTION;LANGUAGE=en:" + escapeText(text); !slices.Contains(componentLines(t, out, 0), want) {
				t.Errorf("no line %q in\n%s", want, out)
			}
		})
	}
}

// checkLines holds a text to RFC 5545 section 3.1.
func checkLines(t interface{ Errorf(string, ...any) }, text []byte) {
	whole := utf8.Valid(text)
	for line := range strings.SplitSeq(strings.TrimSuffix(string(text), "\r\n"), "\r\n") {
		if len(line) > maxOctets || strings.ContainsAny(line, "\r\n") || line == "" {
			t.Errorf("line of %d octets: %q", len(line), line)
		}
		if whole && !utf8.ValidString(line) {
			t.Errorf("a character is cut: %q", line)
		}
	}
}

func TestAMarkSurvives(t *testing.T) {
	for _, value := range []string{"2", "2026-12-02T14:30:00Z", "a+b/c=d@e_f.g", "two words", "a,b;c", "b64.eCB5", "ümläut 😀", strings.Repeat("x", 201), "line\nline"} {
		written := encodeMark(value)
		if got := decodeMark(written); got != value {
			t.Errorf("%q came back as %q", value, got)
		}
		if strings.ContainsAny(written, ",;\\ \n") {
			t.Errorf("%q is written as %q, which servers spoil", value, written)
		}
	}
	for _, key := range []string{"id", "moves", "agenda-hash", "x2"} {
		name, err := markName(key)
		if back, ours := markKey(strings.ToLower(name)); err != nil || !ours || back != key {
			t.Errorf("key %q stands in %q and comes back as %q", key, name, back)
		}
	}
	for _, name := range []string{"X-BILATERALLY", "X-BILATERAL-", "X-BILATERAL-ID", "X-OTHER"} {
		if key, ours := markKey(name); ours {
			t.Errorf("%s is taken for our key %q", name, key)
		}
	}
}
