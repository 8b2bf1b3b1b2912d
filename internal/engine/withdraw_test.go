package engine

import (
	"strings"
	"testing"
	"time"

	"bilateral/internal/store"
)

func TestASeriesThatVanishedIsCalledOffByMailWhenANewOneTakesItsPlace(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	o.drag("2026-12-09 14:30", "2026-12-10 15:00")
	o.settle()
	before := number(t, string(p.sent[len(p.sent)-1].Calendar))
	p.letters()
	old := strings.TrimSuffix(o.seriesName(), ".ics")
	o.mine.Delete(o.seriesName())
	o.settle()
	o.expectMails(p) // perhaps it comes back
	o.ask(store.Request{Kind: store.Start})
	o.settle()
	if len(p.sent) != 2 {
		t.Fatalf("mails %q", p.letters())
	}
	made, gone := string(p.sent[0].Calendar), unfold(string(p.sent[1].Calendar))
	for _, line := range []string{"METHOD:CANCEL", "UID:" + old, "DTSTART;TZID=Europe/Berlin:20261125T153000", "RRULE:BYDAY=WE;FREQ=WEEKLY", "STATUS:CANCELLED"} {
		if !strings.Contains(gone, line) {
			t.Errorf("no %s in\n%s", line, gone)
		}
	}
	if number(t, gone) <= before || strings.Contains(unfold(made), "UID:"+old+"\r") {
		t.Errorf("SEQUENCE was %d:\n%s\n%s", before, gone, made)
	}
	o.expectMails(p, "REQUEST Invitation: Alice / Dana", "CANCEL Cancelled: Alice / Dana")
	o.now = o.now.Add(time.Hour)
	o.quietly(p)
}
