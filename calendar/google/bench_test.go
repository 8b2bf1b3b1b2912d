package google

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
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

// replay answers what was asked before from memory, so that the adapter's own work is what is measured.
type replay struct {
	base    http.RoundTripper
	answers map[string][]byte
}

func (r *replay) RoundTrip(q *http.Request) (*http.Response, error) {
	body, known := r.answers[q.URL.String()]
	if !known {
		answer, err := r.base.RoundTrip(q)
		if err != nil {
			return nil, err
		}
		body = sure(io.ReadAll(answer.Body))
		r.answers[q.URL.String()] = body
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: q}, nil
}

func BenchmarkObserve10k(b *testing.B) {
	server := busyYear(b, 10_000)
	quiet := &http.Client{Transport: &replay{server.Client(alice).Transport, map[string][]byte{}}}
	dir := b.TempDir()
	account := func(mirror string) *Account {
		return sure(New(Options{Client: quiet, Endpoint: "http://google.example", Mirror: mirror, Now: func() time.Time { return calendartest.Now }}))
	}
	look := func(b *testing.B, a *Account) {
		b.Helper()
		if o, err := a.Observe(context.Background(), autumn); err != nil || o.Objects < 10_000 {
			b.Fatalf("%d objects, %v", o.Objects, err)
		}
	}
	kept := account(dir)
	look(b, kept)
	b.Run("first pass", func(b *testing.B) {
		for b.Loop() {
			look(b, account(""))
		}
	})
	b.Run("restart", func(b *testing.B) {
		for b.Loop() {
			look(b, account(dir))
		}
	})
	b.Run("no change", func(b *testing.B) {
		for b.Loop() {
			look(b, kept)
		}
	})
	live := sure(New(Options{Client: server.Client(alice), Endpoint: "http://google.example", Mirror: dir, Now: func() time.Time { return calendartest.Now }}))
	look(b, live)
	b.Run("one change", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			start := first.Add(time.Duration(i%50) * time.Minute)
			if err := server.As(alice).Drag("event000001", start, start.Add(time.Hour)); err != nil {
				b.Fatal(err)
			}
			look(b, live)
		}
	})
}
