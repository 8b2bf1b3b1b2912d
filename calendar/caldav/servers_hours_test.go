//go:build servers

package caldav_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

// TestCyrusKnowsSomebodysHours sets Dana's available times as a calendar program does.
func TestCyrusKnowsSomebodysHours(t *testing.T) {
	inbox := hand{t, "dana", strings.Replace(cyrus.Is["DANA"], "Default/", "Inbox/", 1)}
	set := func(text string) {
		resp := inbox.do("PROPPATCH", "", `<?xml version="1.0" encoding="utf-8"?><D:propertyupdate xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop><C:calendar-availability>`+
			strings.ReplaceAll(text, "\r\n", "&#13;\n")+`</C:calendar-availability></D:prop></D:set></D:propertyupdate>`)
		if resp.StatusCode != http.StatusMultiStatus {
			t.Fatal(resp.Status)
		}
	}
	set("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//EN\r\nBEGIN:VAVAILABILITY\r\nUID:hours\r\nDTSTAMP:20261001T000000Z\r\nDTSTART:20351101T000000Z\r\n" +
		"DTEND:20351106T000000Z\r\nBEGIN:AVAILABLE\r\nUID:office\r\nDTSTAMP:20261001T000000Z\r\nDTSTART:20351101T130000Z\r\nDURATION:PT8H\r\nRRULE:FREQ=DAILY\r\nEND:AVAILABLE\r\n" +
		"END:VAVAILABILITY\r\nEND:VCALENDAR\r\n")
	t.Cleanup(func() { // to what says nothing of any time to come
		set("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//EN\r\nBEGIN:VAVAILABILITY\r\nUID:hours\r\nDTSTAMP:20261001T000000Z\r\nDTSTART:20200101T000000Z\r\nDTEND:20200102T000000Z\r\n" +
			"END:VAVAILABILITY\r\nEND:VCALENDAR\r\n")
	})
	day := calendar.Span{Start: time.Date(2035, 11, 2, 0, 0, 0, 0, time.UTC), End: time.Date(2035, 11, 3, 0, 0, 0, 0, time.UTC)}
	noon := time.Date(2035, 11, 2, 12, 0, 0, 0, time.UTC)
	for who, read := range map[string]func() ([]calendar.Event, error){
		"asked by Alice for Dana's busy time": func() ([]calendar.Event, error) {
			return as(t, "alice", cyrus.Is["ALICE"], "", http.DefaultTransport, "").FreeBusy(context.Background(), "dana@example.org", day)
		},
		"read from Dana's calendar by herself": func() ([]calendar.Event, error) {
			o, err := as(t, "dana", cyrus.Is["ROOT"], "", http.DefaultTransport, "").Observe(context.Background(), calendar.Query{Window: day, Zone: time.UTC})
			return o.Events, err
		},
	} {
		events, err := read()
		away, present := false, true
		for _, e := range events {
			away = away || (e.Kind == calendar.OutOfOffice || e.Kind == calendar.OffHours) && e.Has(noon)
			present = present && !e.Has(noon.Add(2*time.Hour))
		}
		if err != nil || !away || !present {
			t.Errorf("%s: %+v, %v", who, events, err)
		}
	}
	shared := as(t, "alice", cyrus.Is["DANA_AS_ALICE"], "", http.DefaultTransport, "")
	if _, err := shared.Observe(context.Background(), calendar.Query{Window: day, Zone: time.UTC}); err != nil {
		t.Errorf("Dana's principal is closed to Alice, and her calendar then too: %v", err)
	}
}
