package engine

import (
	"strings"
	"testing"
	"time"

	"bilateral/calendar/memory"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// pairs is an office of pairs whose calendars have nothing to do with each other.
func (o *office) pairs(names ...string) map[string]*Bilateral {
	out := map[string]*Bilateral{}
	o.Bilaterals = nil
	for _, name := range names {
		b := o.pair(name, "")
		b.Owner.Email = name + "@owner.example.org"
		o.Bilaterals, out[name] = append(o.Bilaterals, b), b
	}
	o.settle()
	return out
}

func memoryOf(c *Calendar) *memory.Account { return c.Account.(*memory.Account) }

// vanish deletes all that a bilateral's calendar holds.
func vanish(b *Bilateral) {
	for _, n := range memoryOf(b.Home).Names() {
		memoryOf(b.Home).Delete(n)
	}
}

// codes are the passes' stops, by bilateral.
func (o *office) codes() map[string]string {
	o.Helper()
	out := map[string]string{}
	r, err := o.Pass(o.Context(), Options{Now: o.now})
	if err != nil {
		o.Fatal(err)
	}
	for _, b := range r.Bilaterals {
		out[b.Name] = b.Code
	}
	o.last = r
	return out
}

func TestSeriesThatVanishTogetherStopAllWritesWhereverTheyLive(t *testing.T) {
	for _, row := range []struct {
		name, now string
		apart     time.Duration
		stopped   bool
	}{
		{"in the same pass", monday, 0, true},
		{"one interval apart", monday, 5 * time.Minute, true},
		{"over the night that ends summer time", "2026-10-25 00:58", 5 * time.Minute, true},
		{"an hour apart: each may have been meant", monday, time.Hour, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := newOffice(t, row.now)
			p := o.pairs("a", "b", "c")
			vanish(p["a"])
			o.codes()
			o.now = o.now.Add(row.apart)
			vanish(p["b"])
			o.codes()
			period := o.last.Bilaterals[2].Decisions[1].Period.Key
			if _, err := o.Store.Enqueue(store.Request{Bilateral: "c", Kind: store.Skip, Period: period, Args: map[string]string{"reason": "fair"}, At: o.now}); err != nil {
				t.Fatal(err)
			}
			writes := memoryOf(p["c"].Home).Writes()
			var codes map[string]string
			for range 5 {
				o.now = o.now.Add(5 * time.Minute)
				codes = o.codes()
			}
			if wrote := memoryOf(p["c"].Home).Writes() > writes; wrote == row.stopped {
				t.Errorf("somebody else's meeting was written to: %v", wrote)
			}
			for name, code := range codes {
				if (code == "fuse_blown") != row.stopped {
					t.Errorf("%s: %q", name, code)
				}
			}
			s, err := o.Status(o.now, 0)
			if err != nil || s.State != Critical {
				t.Fatal(s.State, err)
			}
			if row.stopped && !strings.Contains(s.Problems[0].Message+s.Problems[1].Message, "2 series vanished together (a and b)") {
				t.Errorf("%+v", s.Problems)
			}
		})
	}
}

func TestWhatEndsTheStopAfterSeriesVanishedTogether(t *testing.T) {
	for name, end := range map[string]func(*office, map[string]*Bilateral, map[string][]byte){
		"they are back": func(_ *office, p map[string]*Bilateral, kept map[string][]byte) {
			for name, data := range kept {
				memoryOf(p[name].Home).Put("back.ics", data)
			}
		},
		"the owner says start": func(o *office, _ map[string]*Bilateral, _ map[string][]byte) {
			if _, err := o.Store.Enqueue(store.Request{Bilateral: "a", Kind: store.Start, At: o.now}); err != nil {
				t.Fatal(err)
			}
			if _, err := o.Pass(o.Context(), Options{Now: o.now, Only: "a", Orders: true}); err != nil {
				t.Fatal(err)
			}
		},
		"one is configured no more": func(o *office, _ map[string]*Bilateral, _ map[string][]byte) {
			o.Bilaterals = o.Bilaterals[1:]
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, monday)
			p, kept := o.pairs("a", "b"), map[string][]byte{}
			for name, b := range p {
				home := memoryOf(b.Home)
				kept[name] = home.Bytes(home.Names()[0])
				vanish(b)
			}
			o.codes()
			if codes := o.codes(); codes["a"] != "fuse_blown" || codes["b"] != "fuse_blown" {
				t.Fatal(codes)
			}
			end(o, p, kept)
			o.now = o.now.Add(5 * time.Minute)
			for name, code := range o.codes() {
				if code != "" {
					t.Errorf("%s is still stopped: %s", name, code)
				}
			}
		})
	}
}

// A series that was deleted is not the less deleted for being counted with others.
func TestAfterStartTheOtherSeriesThatVanishedStillNeedsAPerson(t *testing.T) {
	o := newOffice(t, monday)
	p := o.pairs("a", "b")
	vanish(p["a"])
	vanish(p["b"])
	o.codes()
	if _, err := o.Store.Enqueue(store.Request{Bilateral: "a", Kind: store.Start, At: o.now}); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(5 * time.Minute)
	o.codes()
	o.now = o.now.Add(5 * time.Minute)
	o.codes()
	if len(memoryOf(p["a"].Home).Names()) != 1 || len(memoryOf(p["b"].Home).Names()) != 0 {
		t.Fatal("start made another series than the one it was asked for")
	}
	if d := o.last.Bilaterals[1].Decisions[0]; d.State != plan.Unmet || d.Code != "series_gone" {
		t.Errorf("%s %s", d.State, d.Code)
	}
}
