package engine

import (
	"path/filepath"
	"testing"
	"time"

	"bilateral/calendar/memory"
	"bilateral/internal/store"
)

// What the owner orders on one machine holds on both, and is not taken back by the other.
func TestTwoDaemonsKeepTheOrdersThatOneWasGiven(t *testing.T) {
	skip := store.Request{Kind: store.Skip, Period: "2026-W50", Args: map[string]string{"reason": "offsite"}}
	far := store.Request{Kind: store.Skip, Period: "2027-W03", Args: map[string]string{"reason": "offsite"}}
	pause := store.Request{Kind: store.Pause, Args: map[string]string{"until": "2026-12-04T08:00:00Z"}}
	for _, row := range []struct {
		sentence string
		orders   []store.Request
		skips    int
		travels  int
		paused   bool
	}{
		{"a skip", []store.Request{skip}, 1, 0, false},
		{"a skip of a week that is not guarded yet", []store.Request{far}, 1, 0, false},
		{"a skip that was taken back", []store.Request{skip, {Kind: store.Unskip, Period: "2026-W50"}}, 0, 0, false},
		{"a far skip that was taken back", []store.Request{far, {Kind: store.Unskip, Period: "2027-W03"}}, 0, 0, false},
		{"a pause", []store.Request{pause}, 0, 0, true},
		{"a pause that was ended", []store.Request{pause, {Kind: store.Resume}}, 0, 0, false},
		{"a journey over the end of summer time there", []store.Request{{Kind: store.Travel,
			Args: map[string]string{"travel": "Asia/Tokyo:2026-12-01:2026-12-02"}}}, 0, 1, false},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o, p := newMailOffice(t, monday)
			o.settle()
			other := o.twin(p)
			both := func() {
				o.pass()
				if r, err := other.Pass(t.Context(), Options{Now: o.now}); err != nil || r.Err() != nil {
					t.Fatal(err, r.Err())
				}
				o.now = o.now.Add(15 * time.Minute)
			}
			both()
			for _, r := range row.orders {
				r.Bilateral, r.At = "dana", o.now
				if _, err := o.Store.Enqueue(r); err != nil {
					t.Fatal(err)
				}
				for range 6 {
					both()
				}
			}
			writes, mails := o.mine.Writes(), len(p.sent)
			for range 12 {
				both()
			}
			if o.mine.Writes() != writes || len(p.sent) != mails {
				t.Errorf("they fight: %d writes and %d mails", o.mine.Writes()-writes, len(p.sent)-mails)
			}
			for _, e := range []*Engine{o.Engine, other} {
				orders, err := e.Store.Orders("dana")
				if err != nil || len(orders.Skips) != row.skips || len(orders.Travel) != row.travels || orders.PausedUntil.After(o.now) != row.paused {
					t.Errorf("orders %+v, %v", orders, err)
				}
			}
		})
	}
}

// A daily copy is of yesterday; the marks are of today.
func TestOrdersGivenSinceTheCopyOutliveADamagedDatabase(t *testing.T) {
	for _, start := range []string{"2026-11-23 08:00", "2026-10-24 08:00"} { // the second: before the night in which summer time ends
		t.Run(start, func(t *testing.T) {
			o, dir := newOffice(t, start), t.TempDir()
			open := func() {
				st, err := store.OpenWhole(dir, o.now)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { st.Close() })
				o.Store = st
			}
			open()
			o.settle()
			o.ask(store.Request{Kind: store.Travel, Args: map[string]string{"travel": "Asia/Tokyo:2026-12-01:2026-12-02"}})
			if err := o.Store.KeepCopy(o.now); err != nil {
				t.Fatal(err)
			}
			period := o.last.Bilaterals[0].Decisions[2].Period.Key
			o.ask(store.Request{Kind: store.Skip, Period: period, Args: map[string]string{"reason": "offsite"}})
			o.ask(store.Request{Kind: store.Pause, Args: map[string]string{"until": o.now.Add(60 * time.Hour).Format(time.RFC3339)}})
			writes := o.mine.Writes()
			o.Store.Close()
			spoil(t, filepath.Join(dir, store.File))
			o.now = o.now.Add(20 * time.Hour)
			open()
			o.settle()
			orders, err := o.Store.Orders("dana")
			if err != nil || orders.Skips[period] != "offsite" || len(orders.Travel) != 1 || !orders.PausedUntil.After(o.now) {
				t.Errorf("orders %+v, %v", orders, err)
			}
			if o.mine.Writes() != writes {
				t.Errorf("%d writes: %v", o.mine.Writes()-writes, o.last.Bilaterals[0].Steps)
			}
		})
	}
}

// In watch mode nothing is written: what was ordered stands in the database alone, until the series is taken over.
func TestAnOrderOfWatchModeOutlivesTheLostAnswerOfTheTakeover(t *testing.T) {
	for what, now := range map[string]string{"in winter": monday, "over the end of summer time in both zones": "2026-10-19 07:00"} {
		t.Run(what, func(t *testing.T) {
			o := unadopted(t, now)
			o.b.Acting = true
			o.mine.Fail(func(op string) error {
				if op == memory.Wrote {
					return errDown
				}
				return nil
			})
			if r, err := o.Pass(t.Context(), Options{Now: o.now}); err != nil || r.Err() == nil {
				t.Fatal(err, r.Err())
			}
			o.mine.Fail(nil)
			o.settle()
			if kept, err := o.Store.Orders("dana"); err != nil || len(kept.Travel) != 1 {
				t.Errorf("the orders are %+v, %v", kept, err)
			}
		})
	}
}

// A split makes another series, and the marks of the one before it stay as they were.
func TestOrdersAreKnownOfTheSeriesThatGoesOnWhenTheDatabaseIsLost(t *testing.T) {
	far := store.Request{Kind: store.Skip, Period: "2027-W03", Args: map[string]string{"reason": "offsite"}}
	journey := store.Request{Kind: store.Travel, Args: map[string]string{"travel": "Asia/Tokyo:2026-12-01:2026-12-02"}}
	rebase := store.Request{Kind: store.Rebase, Args: thursday(16 * 60)}
	for _, row := range []struct {
		sentence        string
		orders          []store.Request
		skips, journeys int
	}{
		{"a skip and a journey from before the split, lost in the same moment", []store.Request{far, journey, rebase}, 1, 1},
		{"a skip that was taken back after the split", []store.Request{far, rebase, {Kind: store.Unskip, Period: "2027-W03"}}, 0, 0},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o := newOffice(t, monday)
			o.settle()
			for _, r := range row.orders {
				o.ask(r)
			}
			st, err := store.Open(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer st.Close()
			o.Store = st
			o.settle()
			if orders, err := st.Orders("dana"); err != nil || len(orders.Skips) != row.skips || len(orders.Travel) != row.journeys {
				t.Errorf("orders %+v, %v", orders, err)
			}
		})
	}
}

// A program that does not know our marks writes the series back without them.
func TestOrdersOutliveAProgramThatDropsOurMarks(t *testing.T) {
	for _, twins := range []bool{false, true} {
		t.Run(map[bool]string{false: "with one daemon", true: "with two, of which the other looks first"}[twins], func(t *testing.T) {
			o, p := newMailOffice(t, monday)
			o.settle()
			other := o.twin(p)
			pass := func() {
				if twins {
					if r, err := other.Pass(t.Context(), Options{Now: o.now}); err != nil || r.Err() != nil {
						t.Fatal(err, r.Err())
					}
				}
				o.pass()
				o.now = o.now.Add(5 * time.Minute)
			}
			o.ask(store.Request{Kind: store.Travel, Args: map[string]string{"travel": "Asia/Tokyo:2026-12-01:2026-12-02"}})
			o.ask(store.Request{Kind: store.Pause, Args: map[string]string{"until": "2026-12-04T08:00:00Z"}})
			o.ask(store.Request{Kind: store.Skip, Period: "2027-W03", Args: map[string]string{"reason": "offsite"}})
			pass()
			pass()
			o.edit(func(s string) string { return withoutMarks(unfold(s)) })
			for range 4 {
				pass()
			}
			orders, err := o.Store.Orders("dana")
			if err != nil || len(orders.Skips) != 1 || len(orders.Travel) != 1 || orders.PausedUntil.IsZero() {
				t.Errorf("orders %+v, %v", orders, err)
			}
		})
	}
}
