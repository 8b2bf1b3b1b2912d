package ical_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/ical"
)

func kept(uid string, lines string) []byte {
	return fmt.Appendf(nil, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:%s\r\n%s\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", uid, lines)
}

func weeks(zone *time.Location) calendar.Query {
	return calendar.Query{Zone: zone, Window: calendar.Span{
		Start: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}}
}

func TestCollectionParsesWhatChanged(t *testing.T) {
	var c ical.Collection
	steps := []struct {
		sentence string
		do       func()
		parsed   int
		objects  int
	}{
		{"nothing yet", func() {}, 0, 0},
		{"a new object", func() { c.Put("a", "1", kept("a", "DTSTART:20261021T100000Z")) }, 1, 1},
		{"the same version again", func() { c.Put("a", "1", kept("a", "DTSTART:20261022T100000Z")) }, 0, 1},
		{"a new version", func() { c.Put("a", "2", kept("a", "DTSTART:20261022T100000Z")) }, 1, 1},
		{"another object", func() { c.Put("b", "1", kept("b", "DTSTART:20261022T100000Z")) }, 1, 2},
		{"one is refused", func() { c.Refuse("b", "permission denied") }, 0, 2},
		{"the refused one can be read again, though its version is the old one", func() { c.Put("b", "1", kept("b", "DTSTART:20261022T100000Z")) }, 1, 2},
		{"one is dropped", func() { c.Drop("b") }, 0, 1},
		{"a file of two events counts twice", func() {
			c.Put("c", "1", append(kept("c", "DTSTART:20261022T100000Z"), kept("d", "DTSTART:20261022T100000Z")...))
		}, 1, 3},
		{"a file with no event counts nothing", func() { c.Put("c", "2", []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")) }, 1, 1},
		{"a broken file counts once", func() { c.Put("c", "3", []byte("noise")) }, 1, 2},
	}
	for _, step := range steps {
		step.do()
		if o := c.Observe(weeks(time.UTC)); o.Parsed != step.parsed || o.Objects != step.objects {
			t.Errorf("%s: parsed %d, want %d; %d objects, want %d", step.sentence, o.Parsed, step.parsed, o.Objects, step.objects)
		}
	}
}

func TestCollectionAnswersEachQuestion(t *testing.T) {
	var c ical.Collection
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	// Floating, two days before New York's clocks go back and two days after.
	c.Put("a", "1", kept("a", "DTSTART:20261030T100000\r\nRDATE:20261103T100000\r\nATTENDEE:mailto:dana@example.org\r\nORGANIZER:mailto:alice@example.org"))
	byUID, byGuest, byOther := weeks(time.UTC), weeks(time.UTC), weeks(time.UTC)
	byUID.UIDs, byGuest.Guest, byOther.Guest = []string{"a"}, "DANA@example.org", "erin@example.org"
	narrow := weeks(time.UTC)
	narrow.Window.End = time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC)
	for range 2 { // the second time from memory, and some forgotten since
		for _, row := range []struct {
			sentence string
			query    calendar.Query
			hours    []int
			series   int
		}{
			{"in UTC", weeks(time.UTC), []int{10, 10}, 0},
			{"in New York", weeks(newYork), []int{14, 15}, 0},
			{"until the first", narrow, []int{10}, 0},
			{"asked for by UID", byUID, []int{10, 10}, 1},
			{"asked for by guest", byGuest, []int{10, 10}, 1},
			{"asked for by somebody else", byOther, []int{10, 10}, 0},
		} {
			o := c.Observe(row.query)
			var hours []int
			for _, e := range o.Events {
				hours = append(hours, e.Start.Hour())
			}
			if !reflect.DeepEqual(hours, row.hours) || len(o.Series) != row.series {
				t.Errorf("%s: hours %v, %d series", row.sentence, hours, len(o.Series))
			}
		}
	}
}

func TestCollectionAnswersBelongToTheCaller(t *testing.T) {
	var c ical.Collection
	c.Put("a", "1", kept("a", "DTSTART:20261021T100000Z\r\nRRULE:FREQ=WEEKLY\r\nX-BILATERAL:dana\r\nATTENDEE:mailto:dana@example.org"))
	c.Refuse("b", "permission denied")
	o, want := c.Observe(weeks(time.UTC)), c.Observe(weeks(time.UTC))
	o.Events[0] = calendar.Event{}
	o.Unreadable[0].Why = ""
	o.Series[0].Mark["id"] = "somebody else"
	o.Series[0].Attendees[0].Status = calendar.Declined
	o.Series[0].Instances[0].Attendees[0].Status = calendar.Declined
	o.Series[0].Instances = o.Series[0].Instances[:1]
	o.Series[0].Title = "changed"
	if got := c.Observe(weeks(time.UTC)); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestCollectionFindsUIDs(t *testing.T) {
	var c ical.Collection
	c.Put("some name", "1", kept("a", "DTSTART:20261021T100000Z"))
	c.Refuse("b", "permission denied")
	if name, ok := c.Find("a"); !ok || name != "some name" {
		t.Errorf("got %q, %v", name, ok)
	}
	if name, ok := c.Find("b"); ok {
		t.Errorf("got %q", name)
	}
	if v, ok := c.Version("some name"); v != "1" || !ok {
		t.Errorf("version %q, %v", v, ok)
	}
	if _, ok := c.Version("b"); ok {
		t.Error("a refused object has no version")
	}
}

func TestCollectionTellsWhatIsHiddenFromWhatIsBroken(t *testing.T) {
	var c ical.Collection
	c.Refuse("a", "it is no iCalendar")
	c.Hide("b", "not for you")
	for _, want := range []bool{true, false} { // at last it is broken too
		o := c.Observe(weeks(time.UTC))
		if len(o.Unreadable) != 2 || o.Unreadable[0].Hidden || o.Unreadable[1].Hidden != want || o.Objects != 2 {
			t.Errorf("%+v, %d objects", o.Unreadable, o.Objects)
		}
		c.Refuse("b", "not for you")
	}
}
