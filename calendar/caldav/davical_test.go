package caldav_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"bilateral/calendar"
)

func TestAServerThatFailsAtOverridesWithGuestsIsToldToLeaveThemAlone(t *testing.T) {
	for _, row := range []struct {
		sentence string
		theirs   bool // the series was there before
		original time.Time
	}{
		{"in a series that we make", false, time.Date(2026, 10, 21, 13, 30, 0, 0, time.UTC)},
		{"in one that is adopted", true, time.Date(2026, 10, 21, 13, 30, 0, 0, time.UTC)},
		{"after the clocks went back", true, time.Date(2026, 10, 28, 14, 30, 0, 0, time.UTC)},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			server := newFake(flavour{whole: true, inbox: true})
			a := open(t, server, nil)
			if row.theirs {
				plain := newFake(flavour{})
				apply(t, open(t, plain, nil), calendar.Change{UID: "ours", Create: draft(t)})
				person{server}.Put("ours", person{plain}.Text("ours"))
			} else {
				apply(t, a, calendar.Change{UID: "ours", Create: draft(t)})
			}
			s := observe(t, a).Series[0]
			span := calendar.Span{Start: row.original.Add(time.Hour), End: row.original.Add(2 * time.Hour)}
			apply(t, a, calendar.Change{UID: s.UID, Name: s.Name, Version: s.Version,
				Instances: []calendar.InstancePatch{{Original: row.original, Patch: calendar.Patch{Span: &span}}}})
			in := at(t, observe(t, a).Series[0], row.original)
			if dana, _ := calendar.Attends(in.Attendees, "dana@example.org"); !in.Span.Equal(span) || !dana.Unserved {
				t.Errorf("got %+v", in)
			}
			text := bytes.ReplaceAll(person{server}.Text("ours"), []byte("\r\n "), nil)
			if bytes.Count(text, []byte("SCHEDULE-AGENT")) < 2 {
				t.Errorf("there stands\n%s", text)
			}
			if about, err := a.About(context.Background()); err != nil || about.Invites || about.Silent {
				t.Errorf("about: %+v, %v", about, err)
			}
		})
	}
}
