package standin_test

import (
	"testing"

	"google.golang.org/api/calendar/v3"

	"bilateral/calendar/google/standin"
)

// TestConduct: one life of a series, in the strict reading of Google's documents and in each milder one.
func TestConduct(t *testing.T) {
	for _, row := range []struct {
		sentence                   string
		conduct                    standin.Conduct
		cancelled, answer, strayed string
		text                       string
	}{
		{"the strict reading", standin.Conduct{}, "", "needsAction", "", "For all"},
		{"cancelled instances tell all", standin.Conduct{TellsCancelled: true}, "Alice / Dana", "needsAction", "", "For all"},
		{"a new time keeps the answers", standin.Conduct{KeepsAnswers: true}, "", "accepted", "", "For all"},
		{"a new rule keeps the exceptions", standin.Conduct{KeepsStrays: true}, "", "needsAction", "confirmed", "For all"},
		{"exceptions keep their texts", standin.Conduct{KeepsTexts: true}, "", "needsAction", "", ""},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			w := newWorld(t)
			w.Server = newServer(t, standin.Config{Now: w.clock, Conduct: row.conduct})
			mine := w.service(alice)
			must[*calendar.Event](w)(mine.Events.Insert("primary", weekly()).Do())
			if err := w.As(dana).Answer("1on1dana", "accepted", ""); err != nil {
				t.Fatal(err)
			}
			must[*calendar.Event](w)(mine.Events.Patch("primary", second, &calendar.Event{Start: clock("Europe/Berlin", "2026-10-29 09:00"), End: clock("Europe/Berlin", "2026-10-29 09:30")}).Do())
			must[*calendar.Event](w)(mine.Events.Patch("primary", first, &calendar.Event{Status: "cancelled"}).Do())
			must[*calendar.Event](w)(mine.Events.Patch("primary", "1on1dana", &calendar.Event{Description: "For all"}).Do())
			moved := w.event(alice, second)
			if got := w.event(alice, first).Summary; got != row.cancelled {
				t.Errorf("the cancelled instance tells %q", got)
			}
			if moved.Attendees[0].ResponseStatus != row.answer || moved.Description != row.text {
				t.Errorf("the moved instance: %q, %q", moved.Attendees[0].ResponseStatus, moved.Description)
			}
			must[*calendar.Event](w)(mine.Events.Patch("primary", "1on1dana", &calendar.Event{Recurrence: []string{"RRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20261022T000000Z"}}).Do())
			stray, err := mine.Events.Get("primary", second).Do()
			if row.strayed == "" {
				w.refused(err, 404, "notFound")
			} else if err != nil || stray.Status != row.strayed {
				t.Errorf("the stray: %+v, %v", stray, err)
			}
		})
	}
}
