package caldav_test

import (
	"bytes"
	"testing"
	"time"

	"bilateral/calendar"
)

func TestANewTextReachesTheGuestWhereOnlyNewsOfTheSeriesDo(t *testing.T) {
	summer, winter := time.Date(2026, 10, 21, 13, 30, 0, 0, time.UTC), time.Date(2026, 10, 28, 14, 30, 0, 0, time.UTC)
	server := newFake(flavour{sogo: true, inbox: true})
	a := open(t, server, nil)
	apply(t, a, calendar.Change{UID: "ours", Create: draft(t)})
	for _, row := range []struct {
		sentence string
		original time.Time
		text     string
	}{
		{"the first text of a meeting", summer, "first agenda"},
		{"another", summer, "second agenda"},
		{"that of a meeting after the clocks went back", winter, "winter agenda"},
	} {
		s := observe(t, a).Series[0]
		apply(t, a, calendar.Change{UID: s.UID, Name: s.Name, Version: s.Version,
			Instances: []calendar.InstancePatch{{Original: row.original, Patch: calendar.Patch{Description: &row.text}}}})
		if !bytes.Contains(server.copied, []byte(row.text)) {
			t.Errorf("%s does not reach the guest, who has\n%s", row.sentence, server.copied)
		}
		if in := at(t, observe(t, a).Series[0], row.original); in.Description != row.text {
			t.Errorf("%s: there stands %q", row.sentence, in.Description)
		}
	}
	before := server.copied
	s := observe(t, a).Series[0]
	apply(t, a, calendar.Change{UID: s.UID, Name: s.Name, Version: s.Version,
		Instances: []calendar.InstancePatch{{Original: winter, Patch: calendar.Patch{Mark: calendar.Mark{"agenda": "1"}}}}})
	if !bytes.Equal(before, server.copied) {
		t.Error("a note of ours alone was sent to the guest")
	}
}
