package engine

import (
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/memory"
)

// downAt is an office whose calendar fails from now on.
func downAt(t *testing.T, now string) *office {
	o := newOffice(t, now)
	o.mine.Fail(func(op string) error {
		if op != memory.Observing {
			return nil
		}
		return &calendar.Error{Kind: calendar.Unreachable, Op: "read", Target: "dav.example.org"}
	})
	return o
}

func (o *office) badPass(after time.Duration) Status {
	o.Helper()
	o.now = o.now.Add(after)
	if _, err := o.Pass(o.Context(), Options{Now: o.now}); err != nil {
		o.Fatal(err)
	}
	s, err := o.Status(o.now, 0)
	if err != nil {
		o.Fatal(err)
	}
	return s
}

func TestPassesThatFailAreCriticalAfterThreeIntervals(t *testing.T) {
	for _, row := range []struct{ name, now string }{
		{"in winter", monday},
		{"over the night that sets the clock back in Berlin", "2026-10-25 00:50"},
		{"over the night that sets it back in New York", "2026-11-01 05:50"},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := downAt(t, row.now)
			for range 4 {
				if s := o.badPass(o.Interval); s.State != Warning {
					t.Fatalf("at %s: %+v", o.now, s.Problems)
				}
			}
			s := o.badPass(o.Interval)
			if s.State != Critical || s.Problems[0].Code != "no_good_pass" || s.Problems[0].Bilateral != "dana" {
				t.Fatalf("after three intervals: %+v", s.Problems)
			}
			if !strings.HasPrefix(s.Problems[0].Message, "no pass has succeeded yet: ") {
				t.Errorf("it says %s", s.Problems[0].Message)
			}
			told := 0
			for _, p := range s.Problems {
				told += strings.Count(p.Message, "dav.example.org")
			}
			if told != 1 {
				t.Errorf("the error is told %d times: %+v", told, s.Problems)
			}
			o.mine.Fail(nil)
			o.pass()
			o.now = o.now.Add(time.Hour)
			o.pass()
			o.mine.Fail(func(string) error { return errDown })
			if s := o.badPass(o.Interval); s.State == Critical {
				t.Errorf("one bad pass after a good one: %+v", s.Problems)
			}
			o.badPass(o.Interval)
			o.badPass(o.Interval)
			if s := o.badPass(o.Interval); s.State != Critical || !strings.HasPrefix(s.Problems[0].Message, "no pass has succeeded since ") {
				t.Errorf("three intervals after a good one: %+v", s.Problems)
			}
		})
	}
}

func TestABadPassRightAfterStartIsNotCritical(t *testing.T) {
	o := newOffice(t, monday)
	o.start()
	o.mine.Fail(func(string) error { return errDown })
	if s := o.badPass(time.Minute); s.State != Warning {
		t.Errorf("it is %s: %+v", s.State, s.Problems)
	}
}

func TestSeveralBilateralsThatStoppedAreCounted(t *testing.T) {
	o := downAt(t, monday)
	bo := o.bilateral("bo")
	o.Bilaterals = append(o.Bilaterals, bo)
	var s Status
	for range 6 {
		s = o.badPass(o.Interval)
	}
	if s.State != Critical || s.Problems[0].Message != "no pass has succeeded yet: 2 bilaterals are stopped" {
		t.Errorf("%+v", s.Problems)
	}
}

func TestACalendarThatWasNeverReadIsSaidInWords(t *testing.T) {
	o := newOffice(t, monday)
	o.hers.Fail(func(string) error { return errDown })
	for _, p := range o.badPass(0).Problems {
		if p.Code == "calendar_unreadable" {
			if strings.Contains(p.Message, "ever, is") || !strings.HasSuffix(p.Message, "nothing was ever seen of it") {
				t.Errorf("it says %s", p.Message)
			}
			return
		}
	}
	t.Error("nothing is said of it")
}
