package engine

import (
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

func TestAPassSaysThatAMailWaitsOrAnAnswerCannotBeRead(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	p.letters()
	o.drag("2026-12-09 14:30", "2026-12-10 15:00")
	o.settle()
	p.letters()
	p.fail = func(int) error { return errSMTP }
	o.drag("2026-12-09 14:30", "2026-12-11 15:00")
	o.settle()
	for _, sentence := range []string{"a pass that could not send it", "and one that does not try so soon"} {
		r, err := o.Pass(t.Context(), Options{Now: o.now})
		if err != nil || r.Err() == nil || !strings.Contains(r.Err().Error(), "not reachable") {
			t.Errorf("%s says %v, %v", sentence, r.Err(), err)
		}
		if s, err := o.Status(o.now, 0); err != nil || s.State != Warning {
			t.Errorf("status is %v, %v", s.State, err)
		}
		o.now = o.now.Add(time.Minute)
	}
	p.fail = nil
	o.now = o.now.Add(2 * time.Hour)
	if r := o.pass(); r.Err() != nil {
		t.Errorf("with everything sent it says %v", r.Err())
	}
}

// A server that hangs keeps each who asks it waiting for a minute.
func TestAMailServerThatFailedIsAskedOnceAPass(t *testing.T) {
	o, p := newMailOffice(t, monday)
	bo := o.bilateral("bo")
	bo.Policy.Prefer.Weekday = time.Thursday
	o.Bilaterals = append(o.Bilaterals, bo)
	p.fail = func(int) error { return errSMTP }
	r, err := o.Pass(t.Context(), Options{Now: o.now})
	if err != nil || p.tries != 1 {
		t.Fatalf("asked %d times, %v", p.tries, err)
	}
	for _, b := range r.Bilaterals {
		if b.Err != nil || b.Mail == nil {
			t.Errorf("%s says %v, %v", b.Name, b.Err, b.Mail)
		}
	}
	p.fail = nil
	o.now = o.now.Add(2 * time.Hour)
	o.settle()
	o.expectMails(p, "REQUEST Invitation", "REQUEST Invitation")
}

func TestAFullMailboxHoldsUpNobodyElse(t *testing.T) {
	o, p := newMailOffice(t, monday)
	bo := o.bilateral("bo")
	bo.Policy.Prefer.Weekday = time.Thursday
	o.Bilaterals = append(o.Bilaterals, bo)
	p.fail = func(n int) error {
		if n == 1 {
			return &calendar.Error{Kind: calendar.Quota, Op: "send", Target: "dana@example.org"}
		}
		return nil
	}
	o.pass()
	if len(p.sent) != 1 {
		t.Fatalf("mails %q", p.letters())
	}
}
