package ical

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

func TestEventIDs(t *testing.T) {
	allowed := regexp.MustCompile(`^[a-v0-9]{5,}$`)
	for _, uid := range []string{"a", "8q2k5f-g1-2026-w49-abc123@bilateral", "Grüße 🎉", strings.Repeat("x", 600)} {
		id := EventID(uid)
		if !allowed.MatchString(id) || len(id) > 1024 {
			t.Errorf("%q: id %q", uid, id)
		}
		if got := UIDOf(id + "@google.com"); got != uid {
			t.Errorf("%q came back as %q", uid, got)
		}
	}
	for _, long := range []string{"", strings.Repeat("x", 700)} {
		if id := EventID(long); id != "" {
			t.Errorf("got id %q", id)
		}
	}
}

func TestUIDsOfOthersStay(t *testing.T) {
	for _, uid := range []string{"", "abc@google.com", "bilateral@google.com", "bilateralz@google.com", "bilateral0@google.com",
		EventID("ours") + "@example.org", EventID("ours"), EventID("ours") + "_R20261104T143000@google.com"} {
		if got := UIDOf(uid); got != uid {
			t.Errorf("%q became %q", uid, got)
		}
	}
}

func TestASeriesOfOursIsKnownInAnyFeed(t *testing.T) {
	text := strings.Join([]string{"BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:" + EventID("dana@bilateral") + "@google.com",
		"DTSTART;TZID=Europe/Berlin:20261021T153000", "DURATION:PT45M", "RRULE:FREQ=WEEKLY;COUNT=2", "END:VEVENT", "END:VCALENDAR", ""}, "\r\n")
	window := calendar.Span{Start: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	events, _ := Expand([]*File{Parse("dana.ics", []byte(text))}, View{Window: window})
	if len(events) != 2 || events[0].UID != "dana@bilateral" || events[1].UID != "dana@bilateral" {
		t.Errorf("got %+v", events)
	}
}
