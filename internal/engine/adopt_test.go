package engine

import "testing"

// Before there is a series, each pass looks for one that could be adopted: in what it has read anyway.
func TestWatchModeReadsTheCalendarOnceAPass(t *testing.T) {
	o := newOffice(t, "2026-10-23 08:00") // before summer time ends
	o.b.Acting = false
	h := &hanging{Account: o.b.Home.Account}
	o.b.Home.Account, o.b.Owner.Calendars[0].Account = h, h
	o.pass()
	o.pass()
	if n := h.asked.Load(); n != 2 {
		t.Errorf("read %d times in two passes", n)
	}
	o.b.Acting = true
	o.mine.Put("theirs.ics", []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:theirs@example.org\r\nDTSTAMP:20260101T000000Z\r\n"+
		"DTSTART;TZID=America/New_York:20260903T100000\r\nDTEND;TZID=America/New_York:20260903T103000\r\nRRULE:FREQ=WEEKLY\r\nSUMMARY:1:1\r\n"+
		"ORGANIZER:mailto:alice@example.org\r\nATTENDEE:mailto:dana@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	r, err := o.Pass(t.Context(), Options{Now: o.now})
	if err != nil || r.Bilaterals[0].Code != "existing" {
		t.Errorf("a second one is made beside it: %v %+v", err, r.Bilaterals[0])
	}
}
