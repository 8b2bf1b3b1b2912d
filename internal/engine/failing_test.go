package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/memory"
	"bilateral/internal/plan"
)

// A server that fails at a write again and again is no matter of the network.
func TestAServerThatFailsAtWritesIsNamedAfterThreeOfThem(t *testing.T) {
	for _, row := range []struct{ name, now string }{
		{"in winter", monday},
		{"while New York's clock is set back", "2026-11-01 05:00"},
	} {
		o := newOffice(t, row.now)
		o.mine.Fail(func(op string) error {
			if op == memory.Writing {
				return &calendar.Error{Kind: calendar.Unreachable, Reason: calendar.Failing, Op: "write", Target: "dav.example.org/work/",
					Err: errors.New("the server answered 500 Internal Server Error")}
			}
			return nil
		})
		said := func() *Problem {
			s, err := o.Status(o.now, 0)
			if err != nil {
				t.Fatal(err)
			}
			if k := slices.IndexFunc(s.Problems, func(p Problem) bool { return p.Code == "server_fails" }); k >= 0 {
				return &s.Problems[k]
			}
			return nil
		}
		for n := 1; n <= 4; n++ {
			if _, err := o.Pass(t.Context(), Options{Now: o.now, Next: o.now.Add(o.Interval), Urgent: true}); err != nil {
				t.Fatal(err)
			}
			if p := said(); (p != nil) != (n >= 3) {
				t.Fatalf("%s: after %d failures it says %+v", row.name, n, p)
			}
			o.now = o.now.Add(5 * time.Minute)
		}
		if r, err := o.Pass(t.Context(), Options{Now: o.now, Next: o.now.Add(o.Interval)}); err != nil || !strings.Contains(r.Err().Error(), "answered 500") {
			t.Errorf("%s: while it is left alone a pass says %v, %v", row.name, r.Err(), err)
		}
		if p := said(); p == nil || !strings.Contains(p.Message, "can be read") || !strings.Contains(p.Message, "answered 500") || !strings.Contains(p.Do, "its log") {
			t.Errorf("%s: %+v", row.name, p)
		}
		o.mine.Fail(nil)
		o.pass()
		if p := said(); p != nil {
			t.Errorf("%s: it is well, and still said: %+v", row.name, p)
		}
	}
}

// veiled is a calendar in which somebody has an entry that is not shown to us.
type veiled struct{ calendar.Account }

func (a veiled) Observe(ctx context.Context, q calendar.Query) (calendar.Observation, error) {
	o, err := a.Account.Observe(ctx, q)
	o.Unreadable = append(o.Unreadable, calendar.Unreadable{Where: "private.ics", Why: "not shown", Hidden: true})
	return o, err
}

func TestAnEntryThatIsHiddenFromUsIsNoTroubleAndNotFree(t *testing.T) {
	o := newOffice(t, monday)
	o.b.Executive.Calendars[0].Account = veiled{o.hers}
	o.settle()
	if s, err := o.Status(o.now, 0); err != nil || s.State != OK {
		t.Errorf("status %s %+v, %v", s.State, s.Problems, err)
	}
	if d := o.last.Bilaterals[0].Decisions[0]; d.Basis != plan.Partly {
		t.Errorf("decided as if all was seen: %s", d.Basis)
	}
}
