package engine

import (
	"testing"
	"time"

	"bilateral/internal/store"
)

// between is an office with two daemons, of which the other passes first, and what makes both pass.
func between(t *testing.T, now string) (o *office, other *Engine, both func()) {
	o, p := newMailOffice(t, now)
	o.settle()
	other = o.twin(p)
	both = func() {
		if r, err := other.Pass(t.Context(), Options{Now: o.now}); err != nil || r.Err() != nil {
			t.Fatal(err, r.Err())
		}
		o.pass()
		o.now = o.now.Add(5 * time.Minute)
	}
	both()
	both()
	return o, other, both
}

// A program drops our marks, and before they are back one machine is given an order. The other one, which writes the marks
// anew first, knows nothing of it.
func TestAnOrderGivenWhileTheMarksAreGoneReachesBothDaemons(t *testing.T) {
	travel := func(text string) store.Request {
		return store.Request{Kind: store.Travel, Args: map[string]string{"travel": text}}
	}
	for _, row := range []struct {
		sentence string
		start    string
		before   []store.Request
		order    store.Request
		skips    int
		journeys int
		paused   bool
	}{
		{"a pause", monday, nil, store.Request{Kind: store.Pause, Args: map[string]string{"until": "2026-12-04T08:00:00Z"}}, 0, 0, true},
		{"a skip of a week that is not guarded yet", monday, nil,
			store.Request{Kind: store.Skip, Period: "2027-W03", Args: map[string]string{"reason": "offsite"}}, 1, 0, false},
		{"a journey beside another one", monday, []store.Request{travel("Europe/Berlin:2026-12-07:2026-12-08")}, travel("Asia/Tokyo:2026-12-01:2026-12-02"), 0, 2, false},
		{"a journey over the end of summer time here and there", "2026-10-19 07:00", nil, travel("Asia/Kolkata:2026-10-23:2026-11-03"), 0, 1, false},
		{"a pause over the end of summer time here and there", "2026-10-19 07:00", nil,
			store.Request{Kind: store.Pause, Args: map[string]string{"until": "2026-11-02T08:00:00Z"}}, 0, 0, true},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o, other, both := between(t, row.start)
			for _, r := range row.before {
				o.ask(r)
				both()
			}
			o.edit(func(s string) string { return withoutMarks(unfold(s)) })
			row.order.Bilateral, row.order.At = "dana", o.now
			if _, err := o.Store.Enqueue(row.order); err != nil {
				t.Fatal(err)
			}
			for range 4 {
				both()
			}
			writes := o.mine.Writes()
			for range 6 {
				both()
			}
			if o.mine.Writes() != writes {
				t.Errorf("they fight: %d writes", o.mine.Writes()-writes)
			}
			for _, e := range []*Engine{o.Engine, other} {
				orders, err := e.Store.Orders("dana")
				if err != nil || len(orders.Skips) != row.skips || len(orders.Travel) != row.journeys || orders.PausedUntil.After(o.now) != row.paused {
					t.Errorf("orders %+v, %v", orders, err)
				}
			}
		})
	}
}

// To a clock that is ahead a skipped week is over; to the right one it is still to come.
func TestASkipOutlivesAClockThatIsAhead(t *testing.T) {
	for _, row := range []struct {
		sentence      string
		start, period string
		ahead         time.Duration
		theirs        bool
	}{
		{"this machine's, for one pass", monday, "2026-W50", 21 * 24 * time.Hour, false},
		{"the other machine's", monday, "2026-W50", 21 * 24 * time.Hour, true},
		{"this machine's, over the end of summer time here and there", "2026-10-19 07:00", "2026-W45", 28 * 24 * time.Hour, false},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o, other, both := between(t, row.start)
			o.ask(store.Request{Kind: store.Skip, Period: row.period, Args: map[string]string{"reason": "offsite"}})
			both()
			o.edit(func(s string) string { return withoutMarks(unfold(s)) }) // so that no meeting tells of the skip
			both()
			both()
			hasty := o.Engine
			if row.theirs {
				hasty = other
			}
			if r, err := hasty.Pass(t.Context(), Options{Now: o.now.Add(row.ahead)}); err != nil || r.Err() != nil {
				t.Fatal(err, r.Err())
			}
			for range 6 {
				both()
			}
			for _, e := range []*Engine{o.Engine, other} {
				if orders, err := e.Store.Orders("dana"); err != nil || orders.Skips[row.period] != "offsite" {
					t.Errorf("orders %+v, %v", orders, err)
				}
			}
		})
	}
}
