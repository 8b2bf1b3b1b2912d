package caldav_test

import (
	"net/http"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/caldav"
)

// office is available from nine to five in New York, whose clocks change a week after Berlin's.
const office = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//EN\r\nBEGIN:VAVAILABILITY\r\nUID:hours\r\nDTSTAMP:20261001T000000Z\r\nDTSTART:20261026T000000Z\r\n" +
	"DTEND:20261103T000000Z\r\nBEGIN:AVAILABLE\r\nUID:office\r\nDTSTAMP:20261001T000000Z\r\nDTSTART;TZID=America/New_York:20261026T090000\r\nDURATION:PT8H\r\nRRULE:FREQ=DAILY\r\n" +
	"END:AVAILABLE\r\nEND:VAVAILABILITY\r\nEND:VCALENDAR\r\n"

// away lists the starts of absences.
func away(o calendar.Observation) (starts []string) {
	for _, e := range o.Events {
		if e.Kind == calendar.OffHours {
			starts = append(starts, e.Start.Format("01-02 15:04"))
		}
	}
	return starts
}

func TestTheOwnersHoursAreReadFromTheirInbox(t *testing.T) {
	server, now, mirror := filled(flavour{inbox: true, hours: office}, 2), clock(), t.TempDir()
	restarted := func() *caldav.Account {
		return open(t, server, func(o *caldav.Options) { o.Mirror, o.Now = mirror, func() time.Time { return now } })
	}
	a := restarted()
	o := observe(t, a)
	if got := away(o); len(got) == 0 || got[0] != "10-26 00:00" || got[1] != "10-26 21:00" || got[len(got)-1] != "11-02 22:00" || o.Objects != 2 {
		t.Fatalf("%d objects, away at %v", o.Objects, got)
	}
	server.since()
	for _, at := range []*caldav.Account{a, restarted()} {
		if o := observe(t, at); len(away(o)) == 0 {
			t.Errorf("forgotten: %+v", o.Events)
		}
		if log := server.since(); len(log) != 1 {
			t.Errorf("a look without news costs %v", log)
		}
	}
	server.hours = ""
	now = now.Add(25 * time.Hour)
	if got := away(observe(t, a)); len(got) != 0 {
		t.Errorf("a day later they are gone, and still away at %v", got)
	}
}

func TestHoursThatCannotBeHadEndNothing(t *testing.T) {
	for _, status := range []int{401, 403, 404, 500} {
		server := filled(flavour{inbox: true, hours: office}, 2)
		server.spoil = func(_ int, w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != fakeInbox {
				return false
			}
			w.WriteHeader(status)
			return true
		}
		if o := observe(t, open(t, server, nil)); o.Objects != 2 || len(away(o)) != 0 {
			t.Errorf("%d: %+v", status, o)
		}
	}
}
