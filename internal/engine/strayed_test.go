package engine

import (
	"strings"
	"testing"

	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// A series of ours whose marks a program dropped is known by its name, also where it is not the first and the database is
// lost: no second one is made beside it.
func TestASeriesWithoutMarksIsFoundByItsNameWhenTheDatabaseIsLost(t *testing.T) {
	for _, row := range []struct {
		sentence string
		make     func(*office)
		series   int // that stand
	}{
		{"one that was started again", func(o *office) {
			o.mine.Delete(o.seriesName())
			if _, err := o.Pass(o.Context(), Options{Now: o.now}); err != nil {
				o.Fatal(err)
			}
			o.ask(store.Request{Kind: store.Start})
		}, 1},
		{"one that goes on at a new standing time", func(o *office) {
			o.ask(store.Request{Kind: store.Rebase, Args: map[string]string{"prefer": PreferArg(plan.Prefer{Weekday: 4, Minute: 16 * 60})}})
		}, 2},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o := newOffice(t, monday)
			o.book(o.mine, "2026-12-31 10:00", "2026-12-31 11:00", "")
			o.settle()
			row.make(o)
			o.settle()
			for _, n := range o.mine.Names() {
				o.mine.Put(n, []byte(strings.ReplaceAll(string(o.mine.Bytes(n)), "X-BILATERAL", "X-OTHER")))
			}
			before := len(o.mine.Names())
			st, err := store.Open(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { st.Close() })
			o.Store = st
			o.settle()
			if known, err := st.KnownSeries("dana"); err != nil || len(known) != row.series || len(o.mine.Names()) != before {
				t.Errorf("the calendar has %q, and known are %+v, %v", o.mine.Names(), known, err)
			}
			for _, d := range o.last.Bilaterals[0].Decisions {
				if d.State != plan.Held {
					t.Errorf("%s is %s (%s: %s)", d.Period.Key, d.State, d.Code, d.Sentence)
				}
			}
		})
	}
}
