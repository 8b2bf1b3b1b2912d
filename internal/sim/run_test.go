package sim

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/memory"
	"bilateral/internal/engine"
)

// TestTheDaemonKeepsAWeekInFakeTime lets engine.Run itself live for four days, over the end of summer time.
func TestTheDaemonKeepsAWeekInFakeTime(t *testing.T) {
	m, dir := NewMachine(), t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(m, dir, 2, 4)
		time.Sleep(time.Until(time.Date(2026, 10, 23, 6, 0, 0, 0, time.UTC)))
		w.now = time.Now().UTC()
		w.end = w.now.AddDate(0, 0, 4)
		if err := w.boot(); err != nil {
			t.Fatal(err)
		}
		defer w.store.Close()
		ctx, stop := context.WithCancel(t.Context())
		done, passes := make(chan error), 0
		w.observed = map[*memory.Account]bool{}
		go func() {
			done <- w.engine.Run(ctx, nil, func(r engine.Report, err error) {
				passes++
				if err != nil || r.Err() != nil {
					t.Errorf("pass %d: %v %v", passes, err, r.Err())
				}
			})
		}()
		time.Sleep(time.Hour)
		p := w.pairs[0]
		for _, one := range w.pairs {
			if len(one.series(w.mine)) != 1 {
				t.Fatal("the first pass makes one series for each")
			}
		}
		next, ok := p.comingAt(time.Now().Add(48 * time.Hour))
		if !ok {
			t.Fatal("no meeting comes")
		}
		w.put(p.hers, "Board", next.span.Start, time.Hour, calendar.Hard, "")
		time.Sleep(2*24*time.Hour + 23*time.Hour)
		stop()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if passes < 3*24*12 {
			t.Errorf("%d passes in three days are fewer than one in five minutes", passes)
		}
		for _, after := range meetings(p.series(w.mine), w.end) {
			if after.original.Equal(next.original) && after.live && after.span.Overlaps(next.span) {
				t.Errorf("the meeting still stands over the booking, at %s", after.span.Start)
			}
		}
	})
}
