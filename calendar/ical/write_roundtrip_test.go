package ical

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"

	goical "github.com/emersion/go-ical"
	"pgregory.net/rapid"
)

// readSeries reads a text back as the daemon does.
func readSeries(t interface{ Fatalf(string, ...any) }, text []byte) calendar.Series {
	window := calendar.Span{Start: at("2020-01-01 00:00"), End: at("2031-01-01 00:00")}
	file := Parse("text", text)
	list := SeriesOf([]*File{file}, View{Window: window, Zone: time.UTC}, func(Meta) bool { return true })
	if len(list) != 1 || len(file.Unreadable()) > 0 {
		t.Fatalf("%d series, unreadable %v in\n%s", len(list), file.Unreadable(), text)
	}
	return list[0]
}

var wordsGen = rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune("ab ,;:\\\"^n\n\r\tÄ😀-=[]\u2028\x00")), rapid.Rune()))

// draftGen draws a series in one of many zones, more often than chance near a change of the clock.
func draftGen(t *rapid.T) calendar.Change {
	names := []string{"Europe/Berlin", "America/New_York", "America/Santiago", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"}
	zone, err := time.LoadLocation(rapid.SampledFrom(names).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	date := rapid.SampledFrom([]calendar.Date{{Year: 2026, Month: 3, Day: 6}, {Year: 2026, Month: 10, Day: 23}, {Year: 2027, Month: 4, Day: 1}}).Draw(t, "date")
	start := date.Add(rapid.IntRange(0, 9).Draw(t, "days")).At(5*rapid.IntRange(0, 287).Draw(t, "minute"), zone)
	rule := "FREQ=DAILY;COUNT=12"
	if rapid.Bool().Draw(t, "weekly") {
		rule = "FREQ=WEEKLY;COUNT=12;BYDAY=" + strings.ToUpper(start.In(zone).Weekday().String()[:2])
	}
	mark := calendar.Mark{"id": "dana"}
	if v := plainWords(t, "mark"); v != "" {
		mark["note"] = v
	}
	return calendar.Change{UID: "series-1", Create: &calendar.Draft{
		Title: wordsGen.Draw(t, "title"), Location: wordsGen.Draw(t, "location"), Description: wordsGen.Draw(t, "description"),
		Start: start, Zone: zone, Duration: time.Duration(5*rapid.IntRange(1, 24).Draw(t, "length")) * time.Minute, Rule: rule,
		Organizer: calendar.Attendee{Email: "alice@example.org", Name: wordsGen.Draw(t, "name")},
		Attendees: []calendar.Attendee{{Email: "dana@example.org"}}, Mark: mark,
	}}
}

// plainWords are words as they come back: without NUL, which the reader drops.
func plainWords(t *rapid.T, label string) string {
	return strings.ReplaceAll(wordsGen.Draw(t, label), "\x00", "")
}

// patchGen draws a change of one instance.
func patchGen(t *rapid.T, i calendar.Instance) calendar.InstancePatch {
	p := calendar.InstancePatch{Original: i.Original}
	if rapid.Bool().Draw(t, "move") {
		start := i.Original.Add(time.Duration(5*rapid.IntRange(-600, 600).Draw(t, "by")) * time.Minute)
		p.Span = &calendar.Span{Start: start, End: start.Add(time.Duration(5*rapid.IntRange(1, 30).Draw(t, "length")) * time.Minute)}
	}
	if rapid.Bool().Draw(t, "status") {
		p.Cancelled = ptr(rapid.Bool().Draw(t, "cancelled"))
	}
	if rapid.Bool().Draw(t, "describe") {
		p.Description = ptr(wordsGen.Draw(t, "description"))
	}
	if rapid.Bool().Draw(t, "mark") {
		p.Mark = calendar.Mark{"moves": fmt.Sprint(rapid.IntRange(1, 9).Draw(t, "moves")), "note": plainWords(t, "note")}
	}
	return p
}

// expected is what an instance should be after the patch.
func expected(i calendar.Instance, p calendar.InstancePatch) calendar.Instance {
	if p.Span != nil {
		i.Span = *p.Span
	}
	if p.Cancelled != nil {
		i.Cancelled = *p.Cancelled
	}
	if p.Description != nil {
		i.Description = plainText(*p.Description)
	}
	if p.Retimes() {
		i.Sequence++
	}
	i.Mark = i.Mark.Clone()
	for key, value := range p.Mark {
		if i.Mark == nil {
			i.Mark = calendar.Mark{}
		}
		i.Mark[key] = value
		if value == "" {
			delete(i.Mark, key)
		}
	}
	return i
}

func describe(i calendar.Instance) string {
	return fmt.Sprintf("%s %s-%s cancelled=%v sequence=%d mark=%v description=%q", i.Original.UTC(), i.Start.UTC(), i.End.UTC(),
		i.Cancelled, i.Sequence, map[string]string(i.Mark), i.Description)
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := draftGen(t)
		text, err := New(c, testNow)
		if err != nil {
			if strings.Contains(err.Error(), "repeats") {
				return
			}
			t.Fatal(err)
		}
		want := readSeries(t, text)
		checkSeries(t, want, c)
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			n := rapid.IntRange(0, len(want.Instances)-1).Draw(t, "instance")
			p := patchGen(t, want.Instances[n])
			text, err = Patched(text, calendar.Change{UID: "series-1", Instances: []calendar.InstancePatch{p}}, testNow)
			if err != nil {
				t.Fatal(err)
			}
			if !p.Empty() {
				want.Instances[n] = expected(want.Instances[n], p)
			}
			checkInstances(t, text, want)
		}
		checkLines(t, text)
		if _, err := goical.NewDecoder(bytes.NewReader(text)).Decode(); err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
	})
}

func checkSeries(t *rapid.T, got calendar.Series, c calendar.Change) {
	d := c.Create
	first := got.Instances[0]
	switch {
	case got.UID != c.UID, !got.Start.Equal(d.Start), got.Zone.String() != d.Zone.String(), got.Duration != d.Duration:
		t.Fatalf("read back as %+v", got)
	case got.Title != plainText(d.Title), got.Location != plainText(d.Location), got.Description != plainText(d.Description):
		t.Fatalf("texts %q %q %q, want %q %q %q", got.Title, got.Location, got.Description, d.Title, d.Location, d.Description)
	case got.Organizer != "alice@example.org" || len(got.Attendees) != 2 || got.Attendees[0].Name != strings.TrimSpace(plainText(d.Organizer.Name)):
		t.Fatalf("people %q %+v", got.Organizer, got.Attendees)
	case fmt.Sprint(got.Mark) != fmt.Sprint(d.Mark):
		t.Fatalf("mark %q, want %q", got.Mark, d.Mark)
	case !first.Start.Equal(d.Start) || first.Length() != d.Duration:
		t.Fatalf("first instance %s", describe(first))
	}
}

func checkInstances(t *rapid.T, text []byte, want calendar.Series) {
	got := readSeries(t, text)
	if len(got.Instances) != len(want.Instances) {
		t.Fatalf("%d instances, want %d:\n%s", len(got.Instances), len(want.Instances), text)
	}
	for i := range got.Instances {
		if g, w := describe(got.Instances[i]), describe(want.Instances[i]); g != w {
			t.Fatalf("instance\n%s, want\n%s\n%s", g, w, text)
		}
	}
}

func TestOneChangeOfManyInstancesIsManyChangesOfOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := draftGen(t)
		text, err := New(c, testNow)
		if err != nil {
			return // the other test says why that may be
		}
		s := readSeries(t, text)
		for _, i := range s.Instances {
			if rapid.Bool().Draw(t, "touch") {
				c.Instances = append(c.Instances, patchGen(t, i))
			}
		}
		for _, p := range c.Instances {
			if text, err = Patched(text, calendar.Change{UID: c.UID, Instances: []calendar.InstancePatch{p}}, testNow); err != nil {
				t.Fatal(err)
			}
		}
		atOnce, err := New(c, testNow)
		if err != nil || !bytes.Equal(atOnce, text) {
			t.Fatalf("%v: at once\n%s\none by one\n%s", err, atOnce, text)
		}
	})
}

func FuzzPatched(f *testing.F) {
	f.Add([]byte(wild), "title", "2026-04-01 13:30", int16(60), false)
	f.Add([]byte("END:\n"+wild), "", "2026-03-18 14:30", int16(0), true)
	f.Add([]byte(strings.ReplaceAll(wild, "\r\n", "\n")), "a;b,c\n", "2026-03-25 14:30", int16(-5), true)
	f.Fuzz(func(t *testing.T, data []byte, title, original string, minutes int16, cancelled bool) {
		o, err := time.Parse("2006-01-02 15:04", original)
		if err != nil {
			o = at("2026-04-01 13:30")
		}
		start := o.Add(time.Duration(minutes) * time.Minute)
		out, err := Patched(data, calendar.Change{UID: "series-1", Series: &calendar.Patch{Title: &title},
			Instances: []calendar.InstancePatch{{Original: o, Patch: calendar.Patch{Cancelled: &cancelled, Span: &calendar.Span{Start: start, End: start.Add(time.Hour)}}}}}, testNow)
		if err != nil {
			return
		}
		tree, err := parseTree(out)
		if err != nil {
			t.Fatalf("the result does not parse: %v\n%q", err, out)
		}
		if !bytes.Equal(tree.encode(), out) {
			t.Fatalf("the result is not stable:\n%q", out)
		}
		keepsForeignLines(t, data, out)
	})
}

// keepsForeignLines checks that each line of a property that the change does not name is still there.
func keepsForeignLines(t *testing.T, before, after []byte) {
	touched := []string{"SUMMARY", "STATUS", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "DURATION", "ATTENDEE", "EXDATE"}
	left := unfold(string(after))
	tail := false
	for _, line := range unfold(string(before)) {
		p, ok := parseProperty(line)
		keyword, _ := structural(line)
		if !ok && keyword == "" && tail { // belongs to the property before it
			continue
		}
		if tail = ok && containsFold(touched, p.name); !tail && !slices.Contains(left, line) {
			t.Fatalf("line %q is gone from\n%q", line, after)
		}
	}
}
