package engine

import (
	"strings"
	"testing"

	"bilateral/internal/store"
)

// Until a series is taken over it tells nothing of the owner's orders, and takes none of them back: in watch mode that may
// be for weeks.
func TestOrdersGivenBeforeASeriesIsTakenOverStand(t *testing.T) {
	for what, now := range map[string]string{"in winter": monday, "over the end of summer time in both zones": "2026-10-19 07:00"} {
		t.Run(what, func(t *testing.T) {
			o := unadopted(t, now)
			o.ask(store.Request{Kind: store.Pause, Args: map[string]string{"until": "2026-12-20T08:00:00Z"}})
			o.settle()
			kept, err := o.Store.Orders("dana")
			if err != nil || len(kept.Travel) != 1 || kept.PausedUntil.IsZero() {
				t.Errorf("the orders are %+v, %v", kept, err)
			}
		})
	}
}

// unadopted is an office in watch mode with a series that people made, and an order of the owner's.
func unadopted(t *testing.T, now string) *office {
	t.Helper()
	o := newOffice(t, now)
	o.b.Acting, o.b.Adopt = false, "old-1"
	o.mine.Put("old.ics", []byte(strings.ReplaceAll("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\nBEGIN:VEVENT\nUID:old-1\nDTSTAMP:20261001T000000Z\n"+
		"DTSTART;TZID=Europe/Berlin:20261007T153000\nDTEND;TZID=Europe/Berlin:20261007T161500\nRRULE:FREQ=WEEKLY;BYDAY=WE\nSUMMARY:Alice / Dana\n"+
		"ORGANIZER:mailto:alice@example.org\nATTENDEE;PARTSTAT=ACCEPTED:mailto:dana@example.org\nEND:VEVENT\nEND:VCALENDAR\n", "\n", "\r\n")))
	o.settle()
	o.ask(store.Request{Kind: store.Travel, Args: map[string]string{"travel": "Asia/Kolkata:2026-12-01:2026-12-05"}})
	return o
}
