package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
	"bilateral/internal/store"

	"github.com/rs/zerolog"
)

// racing is an account on whose writes something else may happen first.
type racing struct {
	calendar.Account
	first func() // nil: nothing
}

func (r *racing) Apply(ctx context.Context, c calendar.Change) (string, error) {
	if f := r.first; f != nil {
		r.first = nil
		f()
	}
	return r.Account.Apply(ctx, c)
}

// twin is the same setup on a second machine: another state, the same calendars and mail server.
func (o *office) twin(p *postbox) *Engine {
	st, err := store.Open(o.TempDir())
	if err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() { st.Close() })
	return &Engine{Store: st, Bilaterals: []*Bilateral{o.bilateral("dana")}, Log: zerolog.Nop(), Interval: 5 * time.Minute, Post: p, Answers: true}
}

// On each machine a daemon passes; people book and drag; now and then one machine's whole pass lies between what the other
// has seen and what it then writes. Mails of the executive are counted by what they say.
func TestTwoDaemonsWithOneCalendarDoNotFight(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 11))
			o, p := newMailOffice(t, "2026-10-19 06:00") // summer time ends in Berlin, a week later in New York
			other := o.twin(p)
			pass := func(e *Engine) {
				if _, err := e.Pass(t.Context(), Options{Now: o.now, Next: o.now.Add(20 * time.Minute)}); err != nil {
					t.Fatal(err)
				}
			}
			race := &racing{Account: o.mine}
			o.b.Home.Account, o.b.Owner.Calendars[0].Account = race, race
			events := 0
			for step := range 150 {
				if step < 100 && random.IntN(12) == 0 {
					events++
					day := o.now.AddDate(0, 0, random.IntN(14))
					start := time.Date(day.Year(), day.Month(), day.Day(), 13+random.IntN(3), 30*random.IntN(2), 0, 0, time.UTC)
					o.book(o.hers, start.Format("2006-01-02 15:04"), start.Add(time.Hour).Format("2006-01-02 15:04"), "")
				}
				if random.IntN(4) == 0 {
					race.first = func() { pass(other) }
				}
				order := []*Engine{o.Engine, other}
				if random.IntN(2) == 0 {
					order[0], order[1] = other, o.Engine
				}
				for _, e := range order {
					if random.IntN(5) > 0 {
						pass(e)
					}
				}
				o.now = o.now.Add(20 * time.Minute)
			}
			race.first = nil
			o.judgeTwins(t, p, events)
			writes, mails := o.mine.Writes(), len(p.sent)
			for range 25 {
				pass(o.Engine)
				pass(other)
				o.now = o.now.Add(time.Minute)
			}
			if o.mine.Writes() != writes || len(p.sent) != mails {
				t.Errorf("they fight: %d writes, %d mails in a settled world", o.mine.Writes()-writes, len(p.sent)-mails)
			}
		})
	}
}

func (o *office) judgeTwins(t *testing.T, p *postbox, events int) {
	obs, err := o.mine.Observe(t.Context(), calendar.Query{Window: o.window(o.now), Zone: o.zone})
	if err != nil || len(obs.Series) != 1 {
		t.Fatalf("%d series, %v", len(obs.Series), err)
	}
	for _, i := range obs.Series[0].Instances {
		if moves, _ := strconv.Atoi(i.Mark[keyMoves]); moves > o.b.Policy.MaxMoves {
			t.Errorf("the meeting of %s was moved %d times", plan.When(i.Span, o.zone), moves)
		}
	}
	said := map[string]int{}
	for _, m := range p.sent {
		said[m.Method+" "+m.Subject+" "+string(m.Calendar)]++
	}
	for what, n := range said {
		if n > 1 {
			t.Errorf("the executive was told %d times:\n%.200s", n, what)
		}
	}
	t.Logf("%d bookings, %d mails, %d writes", events, len(p.sent), o.mine.Writes())
	if len(p.sent) > 1+2*events+14 { // the invitation, a move a booking and an agenda a meeting, at most
		t.Errorf("%d mails for %d bookings", len(p.sent), events)
	}
}
