package engine

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"bilateral/calendar/memory"
	"bilateral/internal/store"

	"github.com/rs/zerolog"
)

// BenchmarkPairs makes passes for many bilaterals, each of another owner and with calendars of its own, that hold 40
// meetings each: the first pass, and passes in which nothing changed. Requests are counted by the calendars.
func BenchmarkPairs(b *testing.B) {
	for _, n := range []int{1, 100, 300} {
		b.Run(fmt.Sprintf("%d", n), func(b *testing.B) {
			t := &testing.T{}
			o := &office{T: t, now: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), zone: zone(t, "Europe/Berlin")}
			st, err := store.Open(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			defer st.Close()
			o.Engine = &Engine{Store: st, Log: zerolog.Nop(), Interval: 5 * time.Minute}
			var requests atomic.Int64
			for k := range n {
				o.Bilaterals = append(o.Bilaterals, o.furnished(k, &requests))
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			began := time.Now()
			o.benchPass(b)
			first := time.Since(began)
			for range 3 {
				o.now = o.now.Add(5 * time.Minute)
				o.benchPass(b)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			requests.Store(0)
			for b.Loop() {
				o.now = o.now.Add(5 * time.Minute)
				o.benchPass(b)
			}
			b.ReportMetric(float64(requests.Load())/float64(b.N)/float64(n), "requests/pair")
			b.ReportMetric(float64(first.Milliseconds())/float64(n), "first-ms/pair")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N)/float64(n), "ms/pair")
			b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/1024/float64(n), "kB/pair")
			began = time.Now()
			if _, err := o.Status(o.now, 0); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(time.Since(began).Milliseconds()), "status-ms")
		})
	}
}

func (o *office) benchPass(b *testing.B) {
	r, err := o.Pass(b.Context(), Options{Now: o.now})
	if err != nil || r.Err() != nil {
		b.Fatal(err, r.Err())
	}
}

// furnished is a pair whose executive has meetings all over the next weeks, and whose calendars count what they are asked.
func (o *office) furnished(k int, requests *atomic.Int64) *Bilateral {
	x := o.pair(fmt.Sprintf("p%03d", k), "")
	x.Owner.Email = x.Name + "@owner.example.org"
	for _, c := range []*Calendar{x.Home, x.Executive.Calendars[0]} {
		a := c.Account.(*memory.Account)
		for m := range 40 {
			at := o.now.Add(time.Duration(m*17) * time.Hour)
			o.book(a, at.Format("2006-01-02 15:04"), at.Add(30*time.Minute).Format("2006-01-02 15:04"), "")
		}
		a.Fail(func(string) error { requests.Add(1); return nil })
	}
	return x
}
