package engine

import (
	"strings"
	"testing"

	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// What was left out of a series before it was taken over is a skip, until somebody brings it back.
func TestAMeetingThatWasLeftOutComesBackWhereTheOwnerPutsIt(t *testing.T) {
	for _, row := range []struct {
		sentence, now, left, original, period string
		start, stands                         string
	}{
		{"in winter", monday, "20261209T153000", "2026-12-09 14:30", "2026-W50", "2026-12-11T14:00:00Z", "Fri 11 Dec 15:00-15:45"},
		{"in the week after summer time ended in Berlin, and not yet in New York", "2026-10-19 07:00", "20261028T153000", "2026-10-28 14:30",
			"2026-W44", "2026-10-29T14:00:00Z", "Thu 29 Oct 15:00-15:45"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o := newOffice(t, row.now)
			o.b.Adopt = "old-1"
			o.mine.Put("old.ics", []byte(strings.ReplaceAll("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\nBEGIN:VEVENT\nUID:old-1\nDTSTAMP:20261001T000000Z\n"+
				"DTSTART;TZID=Europe/Berlin:20261007T153000\nDTEND;TZID=Europe/Berlin:20261007T161500\nRRULE:FREQ=WEEKLY;BYDAY=WE\nSUMMARY:Alice / Dana\n"+
				"EXDATE;TZID=Europe/Berlin:"+row.left+"\n"+
				"ORGANIZER:mailto:alice@example.org\nATTENDEE;PARTSTAT=ACCEPTED:mailto:dana@example.org\nEND:VEVENT\nEND:VCALENDAR\n", "\n", "\r\n")))
			o.settle()
			o.expect(row.period, plan.Lapsed, "skipped")
			o.ask(store.Request{Kind: store.Move, Period: row.period, Args: map[string]string{"start": row.start}})
			o.settle()
			o.expectStands(row.original, row.stands)
			o.expect(row.period, plan.Held, "pinned")
		})
	}
}
