package ical

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

// wild is a series as real programs leave it: their own properties, parameters with colons and commas in quotes, alarms,
// RFC 7986 and RFC 9073 parts, a fold inside an emoji, an Exchange zone beside an IANA one, an override, EXDATEs in a
// list, and another event.
const wild = "\ufeffBEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example Corp.//CalDAV Client//EN\r\nX-WR-CALNAME:Work\r\n" +
	"BEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n" +
	"RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\n" +
	"TZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n" +
	"BEGIN:VEVENT\r\nUID:series-1\r\nDTSTAMP:20260101T000000Z\r\nCREATED:20250101T000000Z\r\nSEQUENCE:4\r\n" +
	"SUMMARY;LANGUAGE=en:Alice / Dana\r\nX-oddCase-Prop;X-P=\"a:b;c,d\";x-q=^n:raw, unescaped; value\\\r\n" +
	"DESCRIPTION;ALTREP=\"cid:part1@example.org\";LANGUAGE=en:Hello \xf0\x9f\r\n \x98\x80 there\\nsecond line\r\n" +
	"X-ALT-DESC;FMTTYPE=text/html:<p>Hello</p>\r\nSTYLED-DESCRIPTION;VALUE=TEXT;FMTTYPE=text/html:<p>Hello</p>\r\n" +
	"DTSTART;TZID=\"W. Europe Standard Time\";X-VENDOR=1:20260304T153000\r\nDTEND;TZID=\"W. Europe Standard Time\":20260304T161500\r\n" +
	"RRULE:FREQ=WEEKLY;BYDAY=WE\r\nEXDATE;TZID=\"W. Europe Standard Time\":20260311T153000,20260325T153000\r\nEXDATE:20260408T133000Z\r\n" +
	"ORGANIZER;CN=\"Chen: Alice\";SENT-BY=\"mailto:pa@example.org\":MAILTO:Alice@example.org\r\n" +
	"ATTENDEE;CN=Alice;PARTSTAT=ACCEPTED:mailto:alice@example.org\r\n" +
	"ATTENDEE;CN=\"Boss, Dana\";PARTSTAT=DECLINED;X-RESPONSE-COMMENT=\"no: sorry\":mailto:dana@example.org\r\n" +
	"CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL=\"Join; now\":https://meet.example.org/abc?x=1;y=2\r\n" +
	"ATTACH;ENCODING=BASE64;VALUE=BINARY:AAECAwQF\r\nX-BILATERAL:dana\r\nX-BILATERAL-SOURCE:b64.YSBi\r\nSTATUS:CONFIRMED\r\n" +
	"BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER;RELATED=START:-PT10M\r\nDESCRIPTION:Reminder\r\nBEGIN:X-INNER\r\nX-A:1\r\nEND:X-INNER\r\nEND:VALARM\r\n" +
	"BEGIN:PARTICIPANT\r\nUID:p1\r\nPARTICIPANT-TYPE:SPEAKER\r\nSUMMARY:inner\r\nEND:PARTICIPANT\r\nBEGIN:VLOCATION\r\nUID:l1\r\nNAME:Room\r\nEND:VLOCATION\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:series-1\r\nRECURRENCE-ID:20260318T143000Z\r\nDTSTAMP:20260101T000000Z\r\nSEQUENCE:7\r\nDTSTART;TZID=\"W. Europe Standard Time\":20260319T100000\r\n" +
	"DURATION:PT45M\r\nSUMMARY:Moved by hand\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:dana@example.org\r\nX-KEEP:me\r\nEND:VEVENT\r\n" +
	"BEGIN:VTODO\r\nUID:series-1\r\nSUMMARY:not an event\r\nEND:VTODO\r\n" +
	"BEGIN:VEVENT\r\nUID:other\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260304T090000Z\r\nSUMMARY:Somebody else's\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

var testNow = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func spanOf(start, end string) *calendar.Span { return &calendar.Span{Start: at(start), End: at(end)} }

func ptr[T any](v T) *T { return &v }

func instancePatch(original string, p calendar.Patch) calendar.Change {
	return calendar.Change{UID: "series-1", Instances: []calendar.InstancePatch{{Original: at(original), Patch: p}}}
}

func seriesPatch(p calendar.Patch) calendar.Change {
	return calendar.Change{UID: "series-1", Series: &p}
}

// componentLines returns the unfolded lines of the n-th event of the series: 0 is the master, then its overrides in
// their order.
func componentLines(t *testing.T, text []byte, n int) []string {
	t.Helper()
	tree, err := parseTree(text)
	if err != nil {
		t.Fatal(err)
	}
	var found [][]string
	for _, event := range tree.children("VCALENDAR")[0].children("VEVENT") {
		if event.value("UID") == "series-1" {
			found = append(found, unfold(string((&block{items: []item{{child: event}}}).encode())))
		}
	}
	if n >= len(found) {
		t.Fatalf("there are %d components of the series, want one more:\n%s", len(found), text)
	}
	return found[n]
}

// The rows follow RFC 5546 section 2.1.4 and RFC 6638 section 3.2.8. 29 March 2026 is the change to summer time in Berlin.
func TestAnOrganizersChangeIsWrittenAs(t *testing.T) {
	const tz = `;TZID="W. Europe Standard Time"`
	dana := `ATTENDEE;CN="Boss, Dana";PARTSTAT=%;X-RESPONSE-COMMENT="no: sorry"`
	asked := strings.Replace(dana, "%", "NEEDS-ACTION", 1) + ";RSVP=TRUE:mailto:dana@example.org"
	declined := strings.Replace(dana, "%", "DECLINED", 1) + ":mailto:dana@example.org"
	for _, row := range []struct {
		name   string
		change calendar.Change
		in     int // component to look at
		want   []string
		absent []string // beginnings of lines
		count  int      // components of the series afterwards
	}{
		{"a moved instance is one override that names its original start in the zone of the master",
			instancePatch("2026-04-01 13:30", calendar.Patch{Span: spanOf("2026-04-02 08:00", "2026-04-02 08:30")}), 2,
			[]string{"RECURRENCE-ID" + tz + ":20260401T153000", "DTSTART" + tz + ";X-VENDOR=1:20260402T100000", "DTEND" + tz + ":20260402T103000",
				"SEQUENCE:5", "DTSTAMP:20260301T080000Z", "LAST-MODIFIED:20260301T080000Z", asked, "X-oddCase-Prop;X-P=\"a:b;c,d\";x-q=^n:raw, unescaped; value\\"},
			[]string{"RRULE", "EXDATE", "X-BILATERAL"}, 3},
		{"before the clock change the same wall time is another instant",
			instancePatch("2026-03-04 14:30", calendar.Patch{Span: spanOf("2026-03-05 09:00", "2026-03-05 09:30")}), 2,
			[]string{"RECURRENCE-ID" + tz + ":20260304T153000", "DTSTART" + tz + ";X-VENDOR=1:20260305T100000"}, nil, 3},
		{"an instance moved into the repeated hour's second run is written in UTC, since the zone cannot name it",
			instancePatch("2026-10-28 14:30", calendar.Patch{Span: spanOf("2026-10-25 01:15", "2026-10-25 01:45")}), 2,
			[]string{"DTSTART;X-VENDOR=1:20261025T011500Z", "DTEND:20261025T014500Z"}, nil, 3},
		{"an instance moved into the first run keeps the zone",
			instancePatch("2026-10-28 14:30", calendar.Patch{Span: spanOf("2026-10-25 00:15", "2026-10-25 00:45")}), 2,
			[]string{"DTSTART" + tz + ";X-VENDOR=1:20261025T021500"}, nil, 3},
		{"an instance moved again keeps its original start, found by instant although it is written in UTC",
			instancePatch("2026-03-18 14:30", calendar.Patch{Span: spanOf("2026-03-20 09:00", "2026-03-20 09:45")}), 1,
			[]string{"RECURRENCE-ID:20260318T143000Z", "DTSTART" + tz + ":20260320T100000", "DTEND" + tz + ":20260320T104500", "SEQUENCE:8",
				"ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:dana@example.org", "X-KEEP:me", "SUMMARY:Moved by hand"},
			[]string{"DURATION"}, 2},
		{"a move leaves the master alone",
			instancePatch("2026-04-01 13:30", calendar.Patch{Span: spanOf("2026-04-02 08:00", "2026-04-02 08:30")}), 0,
			[]string{"SEQUENCE:4", "DTSTAMP:20260101T000000Z", declined}, []string{"LAST-MODIFIED"}, 3},
		{"a cancelled instance is an override, not an EXDATE, and answers stay",
			instancePatch("2026-04-01 13:30", calendar.Patch{Cancelled: ptr(true)}), 2,
			[]string{"STATUS:CANCELLED", "SEQUENCE:5", declined, "DTSTART" + tz + ";X-VENDOR=1:20260401T153000", "DURATION:PT45M"}, []string{"DTEND"}, 3},
		{"an instance brought back from a list of EXDATEs is asked again",
			instancePatch("2026-03-25 14:30", calendar.Patch{Cancelled: ptr(false)}), 2,
			[]string{"STATUS:CONFIRMED", "SEQUENCE:5", asked}, nil, 3},
		{"… and only its own date leaves the list; the master's answers stay",
			instancePatch("2026-03-25 14:30", calendar.Patch{Cancelled: ptr(false)}), 0,
			[]string{"EXDATE" + tz + ":20260311T153000", "EXDATE:20260408T133000Z", "SEQUENCE:5", declined}, nil, 3},
		{"an EXDATE in UTC is found too, and an empty one is dropped",
			instancePatch("2026-04-08 13:30", calendar.Patch{Cancelled: ptr(false)}), 0,
			[]string{"EXDATE" + tz + ":20260311T153000,20260325T153000"}, []string{"EXDATE:"}, 3},
		{"a mark on an instance that somebody removed does not bring it back",
			instancePatch("2026-03-11 14:30", calendar.Patch{Mark: calendar.Mark{"skip": "owner"}}), 2,
			[]string{"STATUS:CANCELLED", "X-BILATERAL-SKIP:owner", "SEQUENCE:4"}, nil, 3},
		{"an agenda is an update, no new question: SEQUENCE and answers stay",
			instancePatch("2026-04-01 13:30", calendar.Patch{Description: ptr("a, b; c\\d\r\ne"), Mark: calendar.Mark{"agenda": "x y"}}), 2,
			[]string{`DESCRIPTION;LANGUAGE=en:a\, b\; c\\d\ne`, "SEQUENCE:4", declined, "X-BILATERAL-AGENDA:b64.eCB5", "DESCRIPTION:Reminder"},
			[]string{"X-ALT-DESC", "STYLED-DESCRIPTION"}, 3},
		{"a mark alone changes nothing else", seriesPatch(calendar.Patch{Mark: calendar.Mark{"source": "", "moves": "2"}}), 0,
			[]string{"X-BILATERAL:dana", "X-BILATERAL-MOVES:2", "SEQUENCE:4", "STYLED-DESCRIPTION;VALUE=TEXT;FMTTYPE=text/html:<p>Hello</p>"},
			[]string{"X-BILATERAL-SOURCE"}, 2},
		{"the whole series at a new time asks everyone again",
			seriesPatch(calendar.Patch{Span: spanOf("2026-03-05 13:00", "2026-03-05 13:30"), Rule: ptr("FREQ=WEEKLY;BYDAY=TH")}), 0,
			[]string{"DTSTART" + tz + ";X-VENDOR=1:20260305T140000", "DTEND" + tz + ":20260305T143000", "RRULE:FREQ=WEEKLY;BYDAY=TH", "SEQUENCE:5", asked,
				"ATTENDEE;CN=Alice;PARTSTAT=ACCEPTED:mailto:alice@example.org"}, nil, 2},
		{"a series that ends early drops the overrides behind its end, writes UNTIL in UTC and asks nobody again",
			seriesPatch(calendar.Patch{Rule: ptr("FREQ=WEEKLY;BYDAY=WE;UNTIL=20260317T235959")}), 0,
			[]string{"RRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20260317T225959Z", "SEQUENCE:5", declined}, nil, 1},
		{"a UNTIL in summer time is read with summer time's offset",
			seriesPatch(calendar.Patch{Rule: ptr("FREQ=WEEKLY;BYDAY=WE;UNTIL=20260401")}), 0,
			[]string{"RRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20260401T215959Z"}, nil, 2},
		{"a cancelled series takes its moved instances along", seriesPatch(calendar.Patch{Cancelled: ptr(true)}), 1,
			[]string{"STATUS:CANCELLED", "SEQUENCE:8"}, nil, 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			text, err := Patched([]byte(wild), row.change, testNow)
			if err != nil {
				t.Fatal(err)
			}
			lines := componentLines(t, text, row.in)
			for _, want := range row.want {
				if !slices.Contains(lines, want) {
					t.Errorf("no line %q in\n%s", want, strings.Join(lines, "\n"))
				}
			}
			for _, l := range lines {
				if slices.ContainsFunc(row.absent, func(a string) bool { return strings.HasPrefix(l, a) }) {
					t.Errorf("line %q should be gone", l)
				}
			}
			if n := strings.Count(string(text), "\r\nUID:series-1\r\n") - 1; n != row.count { // one is the VTODO
				t.Errorf("%d components of the series, want %d", n, row.count)
			}
		})
	}
}

func TestWhatAChangeDoesNotNameSurvives(t *testing.T) {
	changed := []string{"DTSTAMP", "LAST-MODIFIED", "DESCRIPTION;ALTREP", "X-ALT-DESC", "STYLED-DESCRIPTION", "X-BILATERAL-SOURCE"}
	text, err := Patched([]byte(wild), seriesPatch(calendar.Patch{Description: ptr("new"), Mark: calendar.Mark{"source": "z"}}), testNow)
	if err != nil {
		t.Fatal(err)
	}
	kept := func(lines []string) []string {
		return slices.DeleteFunc(lines, func(l string) bool {
			return strings.HasPrefix(l, "DESCRIPTION;LANGUAGE") || slices.ContainsFunc(changed, func(c string) bool { return strings.HasPrefix(l, c) })
		})
	}
	before, after := kept(unfold(wild)), kept(unfold(string(text)))
	if !slices.Equal(before, after) {
		t.Errorf("lines differ:\n%s\n---\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
}

func TestAnEmptyChangeKeepsEveryLine(t *testing.T) {
	for name, text := range map[string]string{
		"with CRLF":             wild,
		"with bare LF":          strings.ReplaceAll(wild, "\r\n", "\n"),
		"with bare CR":          strings.ReplaceAll(wild, "\r\n", "\r"),
		"with doubled CR":       strings.ReplaceAll(wild, "\r\n", "\r\r\n"),
		"with a broken line":    strings.Replace(wild, "SEQUENCE:4\r\n", "SEQUENCE:4\r\nno property at all\r\n", 1),
		"with an unclosed \"":   strings.Replace(wild, "SEQUENCE:4\r\n", "SEQUENCE:4\r\nX-Q;CN=\"a:b\r\n", 1),
		"with spaces after END": strings.Replace(wild, "END:VTODO\r\n", "END:VTODO  \r\n", 1),
	} {
		t.Run(name, func(t *testing.T) {
			out, err := Patched([]byte(text), calendar.Change{UID: "series-1"}, testNow)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(unfold(text), unfold(string(out))) {
				t.Errorf("lines differ:\n%s", out)
			}
		})
	}
}

func TestAValueBrokenOverLinesGoesAsAWhole(t *testing.T) {
	text := strings.Replace(wild, "X-ALT-DESC;", "LOCATION:Room 1\r\nsecond floor\r\nX-ALT-DESC;", 1)
	out, err := Patched([]byte(text), seriesPatch(calendar.Patch{Location: ptr("Room 2")}), testNow)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(out); strings.Contains(got, "second floor") || !strings.Contains(got, "LOCATION:Room 2\r\n") {
		t.Errorf("the old location is still there:\n%s", got)
	}
}

func TestAChangeIsRefused(t *testing.T) {
	move := instancePatch("2026-04-01 13:30", calendar.Patch{Span: spanOf("2026-04-02 08:00", "2026-04-02 08:30")})
	floatingText := strings.ReplaceAll(strings.ReplaceAll(wild, `;TZID="W. Europe Standard Time"`, ""), "TZID:W. Europe Standard Time", "TZID:X")
	for _, row := range []struct {
		name, text string
		change     calendar.Change
		says       string
	}{
		{"where the text is cut off", wild[:len(wild)-40], move, "cut off inside"},
		{"where components cross", strings.Replace(wild, "END:VALARM", "END:VTODO", 1), move, "ends nothing"},
		{"where a nameless component ends", "END:\r\n" + wild, move, "ends nothing"},
		{"where the series is not in the text", wild, calendar.Change{UID: "absent"}, "does not hold"},
		{"where nesting is hostile", strings.Repeat("BEGIN:V\n", 100000), move, "deep"},
		{"to the times of a floating series", floatingText, move, "no zone"},
		{"to the times of an all-day series", strings.ReplaceAll(wild, `DTSTART;TZID="W. Europe Standard Time";X-VENDOR=1:20260304T153000`, "DTSTART;VALUE=DATE:20260304"), move, "all-day"},
		{"where the zone is unknown", strings.ReplaceAll(wild, `;TZID="W. Europe Standard Time"`, ";TZID=Nowhere"), move, "Nowhere"},
		{"to an end before its start", wild, instancePatch("2026-04-01 13:30", calendar.Patch{Span: spanOf("2026-04-02 08:00", "2026-04-02 08:00")}), "not after"},
		{"to a rule of one instance", wild, instancePatch("2026-04-01 13:30", calendar.Patch{Rule: ptr("FREQ=DAILY")}), "no rule"},
		{"to a standing time in the second run of an hour", wild, seriesPatch(calendar.Patch{Span: spanOf("2026-10-25 01:15", "2026-10-25 01:45")}), "repeats"},
		{"where all later instances were moved together", strings.Replace(wild, "RECURRENCE-ID:", "RECURRENCE-ID;RANGE=THISANDFUTURE:", 1), move, "THISANDFUTURE"},
		{"to a mark that no property can keep", wild, seriesPatch(calendar.Patch{Mark: calendar.Mark{"a b": "1"}}), "mark key"},
	} {
		t.Run(row.name, func(t *testing.T) {
			out, err := Patched([]byte(row.text), row.change, testNow)
			if err == nil || !strings.Contains(err.Error(), row.says) || out != nil {
				t.Errorf("error %v, want one that says %q", err, row.says)
			}
		})
	}
}

func TestAZoneThatOnlyTheTextDefinesIsUsed(t *testing.T) {
	text := strings.ReplaceAll(wild, "W. Europe Standard Time", "Customized Time Zone 1")
	move := calendar.Patch{Span: spanOf("2026-04-02 08:00", "2026-04-02 08:30")}
	for original, want := range map[string]string{ // winter and summer
		"2026-03-04 14:30": "20260304T153000",
		"2026-04-01 13:30": "20260401T153000",
	} {
		out, err := Patched([]byte(text), instancePatch(original, move), testNow)
		if err != nil {
			t.Fatal(err)
		}
		lines := componentLines(t, out, 2)
		for _, line := range []string{`RECURRENCE-ID;TZID="Customized Time Zone 1":` + want, `DTSTART;TZID="Customized Time Zone 1";X-VENDOR=1:20260402T100000`} {
			if !slices.Contains(lines, line) {
				t.Errorf("no line %q in\n%s", line, strings.Join(lines, "\n"))
			}
		}
	}
}

func TestSequencesRiseByOneAChange(t *testing.T) {
	change := calendar.Change{UID: "series-1", Series: &calendar.Patch{Span: spanOf("2026-03-04 15:00", "2026-03-04 15:45")},
		Instances: []calendar.InstancePatch{
			{Original: at("2026-03-18 14:30"), Patch: calendar.Patch{Description: ptr("agenda")}},
			{Original: at("2026-03-25 14:30"), Patch: calendar.Patch{Cancelled: ptr(false)}},
			{Original: at("2026-04-08 13:30"), Patch: calendar.Patch{Cancelled: ptr(false)}},
		}}
	text, err := Patched([]byte(wild), change, testNow)
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []struct{ what, line string }{
		{"the master, moved and with two dates fewer in its EXDATEs", "SEQUENCE:5"},
		{"an override with a new text only", "SEQUENCE:7"},
		{"the first override that comes back", "SEQUENCE:6"},
		{"the second", "SEQUENCE:6"},
	} {
		if lines := componentLines(t, text, n); !slices.Contains(lines, want.line) {
			t.Errorf("%s has no %s:\n%s", want.what, want.line, strings.Join(lines, "\n"))
		}
	}
	full := strings.Replace(wild, "SEQUENCE:4", "SEQUENCE:2147483647", 1)
	text, err = Patched([]byte(full), seriesPatch(calendar.Patch{Cancelled: ptr(true)}), testNow)
	if err != nil || !slices.Contains(componentLines(t, text, 0), "SEQUENCE:2147483647") {
		t.Errorf("a full SEQUENCE fell: %v", err)
	}
}

// RFC 5546 section 2.1.5.
func TestOfTwoMastersTheNewerIsTheSeries(t *testing.T) {
	old := "BEGIN:VEVENT\r\nUID:series-1\r\nDTSTAMP:20260201T000000Z\r\nSEQUENCE:3\r\nDTSTART:20200101T000000Z\r\nSUMMARY:old\r\nEND:VEVENT\r\n"
	text := strings.Replace(wild, "BEGIN:VEVENT", old+"BEGIN:VEVENT", 1)
	out, err := Patched([]byte(text), seriesPatch(calendar.Patch{Title: ptr("new")}), testNow)
	if err != nil {
		t.Fatal(err)
	}
	if lines := componentLines(t, out, 1); !slices.Contains(lines, "SUMMARY;LANGUAGE=en:new") || !strings.Contains(string(out), old) {
		t.Errorf("the wrong one was patched:\n%s", out)
	}
}

func TestAnInstanceWithoutItsSeriesCanBeChangedButNotMade(t *testing.T) {
	master := wild[strings.Index(wild, "BEGIN:VEVENT"):strings.Index(wild, "BEGIN:VEVENT\r\nUID:series-1\r\nRECURRENCE-ID")]
	text := []byte(strings.Replace(wild, master, "", 1))
	move := calendar.Patch{Span: spanOf("2026-03-20 09:00", "2026-03-20 09:45")}
	out, err := Patched(text, instancePatch("2026-03-18 14:30", move), testNow)
	if err != nil || !slices.Contains(componentLines(t, out, 0), "DTSTART:20260320T090000Z") {
		t.Errorf("the instance was not moved: %v\n%s", err, out)
	}
	if _, err := Patched(text, instancePatch("2026-04-01 13:30", move), testNow); err == nil {
		t.Error("an instance was made of nothing")
	}
	if _, err := Patched(text, seriesPatch(calendar.Patch{Title: ptr("new")}), testNow); err == nil {
		t.Error("a series was patched that is not there")
	}
}

// Some servers name people by a path and keep the address in EMAIL, RFC 7986 section 6.2.
func TestTheOrganizerIsKnownByAnyForm(t *testing.T) {
	text := strings.Replace(wild, "ATTENDEE;CN=Alice;PARTSTAT=ACCEPTED:mailto:alice@example.org", "ATTENDEE;EMAIL=ALICE@example.org;PARTSTAT=TENTATIVE:/123/principal/", 1)
	out, err := Patched([]byte(text), instancePatch("2026-04-01 13:30", calendar.Patch{Span: spanOf("2026-04-02 08:00", "2026-04-02 08:30")}), testNow)
	if err != nil {
		t.Fatal(err)
	}
	if want := "ATTENDEE;EMAIL=ALICE@example.org;PARTSTAT=ACCEPTED:/123/principal/"; !slices.Contains(componentLines(t, out, 2), want) {
		t.Errorf("no line %q in\n%s", want, out)
	}
}

func BenchmarkPatched(b *testing.B) {
	c := draftFor(b, "Europe/Berlin", at("2026-12-02 14:30"))
	c.Create.Rule = "FREQ=DAILY"
	for n := range 200 {
		original := calendar.Date{Year: 2026, Month: 12, Day: 2}.Add(n).At(15*60+30, c.Create.Zone)
		c.Instances = append(c.Instances, calendar.InstancePatch{Original: original, Patch: calendar.Patch{Cancelled: ptr(true)}})
	}
	text, err := New(c, testNow)
	if err != nil {
		b.Fatal(err)
	}
	p := calendar.Change{UID: c.UID, Instances: c.Instances[100:101]}
	for b.Loop() {
		if _, err := Patched(text, p, testNow); err != nil {
			b.Fatal(err)
		}
	}
}

func TestWordsCanBeChangedWhereTimesCannot(t *testing.T) {
	for name, text := range map[string]string{
		"an unknown zone": strings.ReplaceAll(wild, `;TZID="W. Europe Standard Time"`, ";TZID=Nowhere"),
		"floating times":  strings.ReplaceAll(wild, `;TZID="W. Europe Standard Time"`, ""),
		"no start at all": strings.Replace(wild, `DTSTART;TZID="W. Europe Standard Time";X-VENDOR`, "X-NOSTART", 1),
	} {
		t.Run(name, func(t *testing.T) {
			out, err := Patched([]byte(text), seriesPatch(calendar.Patch{Title: ptr("new"), Mark: calendar.Mark{"moves": "1"}}), testNow)
			if err != nil || !slices.Contains(componentLines(t, out, 0), "SUMMARY;LANGUAGE=en:new") {
				t.Errorf("the title was not set: %v", err)
			}
		})
	}
}
