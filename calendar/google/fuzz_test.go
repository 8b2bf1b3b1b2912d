package google

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"bilateral/calendar"
	"bilateral/calendar/ical"
)

// FuzzObject: whatever people write into the fields of an event, it is read as those fields and as nothing else.
func FuzzObject(f *testing.F) {
	f.Add("Alice / Dana", "a\nb", "the board; \"no\"", "Boss, Dana", "Europe/Berlin", "FREQ=WEEKLY")
	f.Add("x\r\nEND:VEVENT\r\nBEGIN:VEVENT", "\\n;,", "^n^'", `"`, `A"B`, "FREQ=DAILY\nDTSTART:20200101")
	f.Fuzz(func(t *testing.T, title, description, note, name, zone, rule string) {
		for _, s := range []string{title, description, note, name} {
			if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && unicode.IsControl(r) || r == utf8.RuneError }) {
				return // JSON brings none of that but by accident
			}
		}
		master := &entry{ID: "x", UID: "uid", Start: moment{At: first, Zone: zone}, End: moment{At: first.Add(time.Hour), Zone: zone}, Title: title,
			Description: description, Recurrence: []string{"RRULE:" + rule}, Properties: map[string]string{"bilateral-id": "dana", "bilateral-note": encode(note)},
			Guests: []guest{{Email: dana, Name: name, Answer: "declined", Note: note}}}
		moved := &entry{ID: "x_1", UID: "uid", Series: "x", Original: moment{At: first}, Start: moment{At: second}, End: moment{At: second.Add(time.Hour)}, Title: title}
		file := ical.Parse("x", object(master, []*entry{moved}))
		found := ical.SeriesOf([]*ical.File{file}, ical.View{Window: autumn.Window}, func(ical.Meta) bool { return true })
		if len(found) == 0 && len(file.Unreadable()) > 0 {
			return
		}
		if len(found) != 1 {
			t.Fatalf("%d series of\n%s", len(found), object(master, []*entry{moved}))
		}
		s := found[0]
		g, _ := calendar.Attends(s.Attendees, dana)
		if s.Title != title || s.Description != shown(description) || s.Mark["note"] != note || g.Comment != note || g.Name != name || g.Status != calendar.Declined {
			t.Errorf("got %+v", s)
		}
		if in := s.At(first); in == nil || !in.Start.Equal(second) {
			t.Errorf("the moved one is %+v", in)
		}
	})
}

// FuzzAnswer: no answer of a server, however odd, stops more than this calendar.
func FuzzAnswer(f *testing.F) {
	f.Add(`{"items":[{"id":"x","status":"cancelled"},{"id":"y","recurringEventId":"x","status":"cancelled","originalStartTime":{"date":"2026-10-14"}}],"nextSyncToken":"1"}`)
	f.Add(`{"items":[{"id":"x","iCalUID":"x","start":{"dateTime":"2026-10-14T15:30:00+02:00"},"end":{},"recurrence":["EXDATE","RRULE:"],"attendees":[{}]}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		a := sure(New(Options{Client: canned(200, nil, body)}))
		_, err := a.Observe(context.Background(), autumn)
		if err != nil && calendar.KindOf(err) == calendar.Unknown {
			t.Errorf("got %v", err)
		}
		a.FreeBusy(context.Background(), dana, autumn.Window)
		a.About(context.Background())
	})
}
