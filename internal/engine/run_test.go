package engine

import (
	"cmp"
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bilateral/calendar"
)

// lastSummerNight is wall time in Europe/Berlin on the day on which summer time ends there.
func lastSummerNight(t *testing.T, clock string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", "2026-10-25 "+clock, zone(t, "Europe/Berlin"))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestWhenTheNextPassIsDue(t *testing.T) {
	e := &Engine{Interval: 5 * time.Minute}
	began, night := time.Now(), lastSummerNight(t, "02:10:00")
	for _, row := range []struct {
		name             string
		began, now, next time.Time
		want             bool
	}{
		{"not before its time", began, began.Add(4 * time.Minute), began.Add(5 * time.Minute), false},
		{"at its time", began, began.Add(5 * time.Minute), began.Add(5 * time.Minute), true},
		{"after a suspend, by the clock on the wall", began, began.Round(0).Add(8 * time.Hour), began.Add(5 * time.Minute), true},
		{"not at once after the clock was set back", began, began.Round(0).Add(-24 * time.Hour), began.Add(5 * time.Minute), false},
		{"an interval later although the clock was set back", began, began.Add(5 * time.Minute), began.Add(24 * time.Hour), true},
		{"not earlier because the end of summer time repeats an hour", night, night.Add(2 * time.Minute), lastSummerNight(t, "03:10:00"), false},
		{"at the same moment told in another zone", night, night, night.In(zone(t, "America/New_York")), true},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := e.due(row.began, row.now, row.next); got != row.want {
				t.Errorf("due: %t, want %t", got, row.want)
			}
		})
	}
}

func TestNapsAreShortEnough(t *testing.T) {
	now := lastSummerNight(t, "02:10:00")
	for _, row := range []struct {
		name        string
		pulse, left time.Duration
		want        time.Duration
	}{
		{"to the next pass, if that is near", 0, 20 * time.Second, 20 * time.Second},
		{"a minute, to see a clock that was set", 0, 5 * time.Minute, time.Minute},
		{"over the repeated hour too", 0, 2 * time.Hour, time.Minute},
		{"as often as who watches wants to hear", 3 * time.Second, 5 * time.Minute, 3 * time.Second},
		{"never nothing, which would be a busy loop", 0, 0, time.Millisecond},
	} {
		t.Run(row.name, func(t *testing.T) {
			e := &Engine{Pulse: row.pulse}
			if got := e.nap(now, now.Add(row.left).In(zone(t, "America/New_York"))); got != row.want {
				t.Errorf("nap %s, want %s", got, row.want)
			}
		})
	}
}

// slow is a calendar that, once it hangs, does not answer before answers is closed.
type slow struct {
	calendar.Account
	hangs   atomic.Bool
	answers chan struct{}
}

func (s *slow) Observe(ctx context.Context, q calendar.Query) (calendar.Observation, error) {
	if s.hangs.Load() {
		<-s.answers // and not on ctx: a file system that hangs knows nothing of it
	}
	return s.Account.Observe(ctx, q)
}

// heart remembers when a loop was heard of.
type heart struct{ last atomic.Int64 }

func (h *heart) beat() { h.last.Store(time.Now().UnixNano()) }

func (h *heart) since() time.Duration { return time.Since(time.Unix(0, h.last.Load())) }

func TestALoopIsHeardOfWhileItWaitsAndNotWhileItIsStuck(t *testing.T) {
	o := newOffice(t, "2026-11-23 08:00")
	synctest.Test(t, func(t *testing.T) {
		var h heart
		home := &slow{Account: o.b.Home.Account, answers: make(chan struct{})}
		o.b.Home.Account = home
		o.Alive, o.Pulse = h.beat, 20*time.Second
		ctx, stop := context.WithCancel(t.Context())
		var passes atomic.Int32
		ended := make(chan error)
		go func() { ended <- o.Engine.Run(ctx, nil, func(Report, error) { passes.Add(1) }) }()
		time.Sleep(3 * time.Minute)
		synctest.Wait()
		if passes.Load() != 1 || h.since() > 20*time.Second {
			t.Errorf("%d passes; silent for %s while it waits", passes.Load(), h.since())
		}
		home.hangs.Store(true)
		time.Sleep(20 * time.Minute)
		synctest.Wait()
		if passes.Load() != 1 || h.since() < 15*time.Minute {
			t.Errorf("%d passes; heard of %s ago although a calendar hangs since the second", passes.Load(), h.since())
		}
		close(home.answers)
		synctest.Wait()
		if passes.Load() < 2 || h.since() > 20*time.Second {
			t.Errorf("%d passes; silent for %s after the calendar came back", passes.Load(), h.since())
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestAClosedWakeEndsBetweenPasses(t *testing.T) {
	o := newOffice(t, "2026-11-23 08:00")
	synctest.Test(t, func(t *testing.T) {
		wake, ended := make(chan struct{}), make(chan error, 1)
		home := &slow{Account: o.b.Home.Account, answers: make(chan struct{})}
		home.hangs.Store(true)
		o.b.Home.Account = home
		passes := 0
		go func() { ended <- o.Engine.Run(t.Context(), wake, func(r Report, err error) { passes++ }) }()
		synctest.Wait() // the first pass waits for the calendar
		close(wake)
		time.Sleep(time.Minute)
		select {
		case <-ended:
			t.Fatal("it ended in the middle of a pass")
		default:
		}
		close(home.answers)
		if err := <-ended; err != nil || passes != 1 {
			t.Errorf("%d passes, %v", passes, err)
		}
	})
}

// Who takes over after a change of the config does not wait for a server that hangs, and nothing is held against that server.
func TestAHandoverDoesNotWaitForAServerThatHangs(t *testing.T) {
	o := newOffice(t, "2026-10-24 08:00") // the night in which summer time ends
	h := &hanging{Account: o.b.Home.Account}
	o.b.Home.Account = h
	synctest.Test(t, func(t *testing.T) {
		o.now = time.Now().UTC()
		wake, ended := make(chan struct{}), make(chan error, 1)
		go func() { ended <- o.Engine.Run(t.Context(), wake, nil) }()
		time.Sleep(time.Minute)
		h.hangs.Store(true)
		time.Sleep(o.Interval - 30*time.Second) // the second pass hangs
		began := time.Now()
		close(wake)
		if err := <-ended; err != nil || time.Since(began) > handover {
			t.Errorf("it took %s, %v", time.Since(began), err)
		}
		states, err := o.Store.Calendars()
		for _, c := range states {
			if !c.Reachable || c.Failures != 0 {
				t.Errorf("%+v", c)
			}
		}
		if err != nil || len(states) == 0 {
			t.Error(err)
		}
	})
}

func TestPassesAreToldAtLeastOnceAnInterval(t *testing.T) {
	for _, row := range []struct {
		name     string
		interval time.Duration
	}{
		{"as often as they may be", time.Second},
		{"as often as is usual", 5 * time.Minute},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := newOffice(t, monday)
			o.pairs("a", "b", "c", "d")
			o.Interval = row.interval
			synctest.Test(t, func(t *testing.T) {
				o.now = time.Now().UTC()
				ctx, stop := context.WithTimeout(t.Context(), 20*row.interval)
				defer stop()
				began := time.Now()
				var last time.Time
				if err := o.Engine.Run(ctx, nil, func(Report, error) {
					if gap := time.Since(cmp.Or(last, began)); gap > row.interval {
						t.Errorf("told %s after the last time", gap)
					}
					last = time.Now()
				}); err != nil || time.Since(last) > row.interval {
					t.Errorf("told last %s before the end: %v", time.Since(last), err)
				}
			})
		})
	}
}
