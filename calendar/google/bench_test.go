package google

import (
	"context"
	"fmt"
	"testing"
	"time"

	"bilateral/calendar/calendartest"
	"bilateral/calendar/google/standin"
)

// busyYear is a calendar of so many events, one in twenty of them a series.
func busyYear(b *testing.B, events int) *standin.Server {
	b.Helper()
	server := sure(standin.New(standin.Config{Now: func() time.Time { return calendartest.Now }}))
	server.Person(alice, "Alice Chen", "Europe/Berlin")
	for i := range events {
		start := first.AddDate(-1, 0, 0).Add(time.Duration(i) * time.Hour)
		e := standin.Booking{ID: fmt.Sprintf("event%06d", i), Title: "Meeting", Start: start, End: start.Add(time.Hour), Guests: []string{dana}}
		if i%20 == 0 {
			e.Recurrence = []string{"RRULE:FREQ=WEEKLY;COUNT=30"}
		}
		sure(server.As(alice).Book(e))
	}
	return server
}

func BenchmarkObserve10k(b *testing.B) {
	server := busyYear(b, 10_000)
	dir := b.TempDir()
	account := func(mirror string) *Account {
		return sure(New(Options{Client: server.Client(alice), Endpoint: "http://google.example", Mirror: mirror, Now: func() time.Time { return calendartest.Now }}))
	}
	look := func(b *testing.B, a *Account) {
		b.Helper()
		if o, err := a.Observe(context.Background(), autumn); err != nil || o.Objects < 10_000 {
			b.Fatalf("%d objects, %v", o.Objects, err)
		}
	}
	asked := func(b *testing.B) {
		b.ReportMetric(float64(len(server.Requests()))/float64(b.N), "requests/op")
		server.Forget()
	}
	kept := account(dir)
	look(b, kept)
	server.Forget()
	b.Run("first pass", func(b *testing.B) {
		for b.Loop() {
			look(b, account(""))
		}
		asked(b)
	})
	b.Run("restart", func(b *testing.B) {
		for b.Loop() {
			look(b, account(dir))
		}
		asked(b)
	})
	b.Run("no change", func(b *testing.B) {
		for b.Loop() {
			look(b, kept)
		}
		asked(b)
	})
	b.Run("one change", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			start := first.Add(time.Duration(i%50) * time.Minute)
			if err := server.As(alice).Drag("event000001", start, start.Add(time.Hour)); err != nil {
				b.Fatal(err)
			}
			look(b, kept)
		}
		asked(b)
	})
}
