package standin_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"bilateral/calendar/google/standin"
)

// TestTheSameDeedsComeToTheSameBytes: a simulation can be played again from its seed.
func TestTheSameDeedsComeToTheSameBytes(t *testing.T) {
	life := func() string {
		w, mine := booked(t)
		for _, id := range []string{third, first, second} {
			if err := w.As(alice).Edit(id, map[string]any{"location": "Room " + id}); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			if _, err := w.As(dana).Book(standin.Booking{Title: "x", Start: w.now, End: w.now.Add(time.Hour), Guests: []string{alice}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.As(alice).Edit("1on1dana", map[string]any{"description": "For all"}); err != nil {
			t.Fatal(err)
		}
		list, err := mine.Events.List("primary").Do()
		if err != nil {
			t.Fatal(err)
		}
		text, _ := json.Marshal(list)
		return string(text)
	}
	lives := []string{life(), life(), life(), life()}
	if len(slices.Compact(lives)) != 1 {
		t.Errorf("one life %s\nanother %s", lives[0], lives[1])
	}
}
