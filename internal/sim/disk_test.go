package sim

import (
	"fmt"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/internal/engine"
)

// TestAFullDiskStopsWritesAndNothingElse lets people go on for two days while nothing can be written to the disk: what cannot
// be recorded first is not done, what is recorded can be read, and with the first room all goes on by itself.
func TestAFullDiskStopsWritesAndNothingElse(t *testing.T) {
	m := NewMachine()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(m, t.TempDir(), seed, 30)
			if err := w.boot(); err != nil {
				t.Fatal(err)
			}
			defer func() { w.store.Close() }()
			if err := w.pass(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.full, w.process.full = w.end, true
			writes, mails, failed := w.mine.Writes(), w.mailsTaken(), 0
			for range 150 {
				w.book(w.pairs[0])
				r, err := w.engine.Pass(t.Context(), engine.Options{Now: w.now, Next: w.now.Add(20 * time.Minute)})
				if err != nil || r.Err() != nil {
					failed++
				}
				if s, err := w.engine.Status(w.now, 0); err != nil || len(s.Bilaterals[0].Periods) == 0 {
					t.Fatalf("status says nothing: %v", err)
				}
				w.now = w.now.Add(20 * time.Minute)
			}
			if w.mine.Writes() != writes || w.mailsTaken() != mails {
				t.Errorf("%d writes and %d mails that could not be recorded", w.mine.Writes()-writes, w.mailsTaken()-mails)
			}
			if failed < 100 {
				t.Errorf("only %d passes failed", failed)
			}
			w.full, w.process.full = time.Time{}, false
			if err := w.calm(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// book puts a meeting over the next one of the pair.
func (w *world) book(p *pair) {
	if m, ok := p.comingAt(w.now.Add(26 * time.Hour)); ok && w.IntN(10) == 0 {
		w.put(p.hers, "Board", m.span.Start, 30*time.Minute, calendar.Hard, "")
	}
}
