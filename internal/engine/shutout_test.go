package engine

import (
	"errors"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

var errPassword = &calendar.Error{Kind: calendar.SignIn, Op: "send", Target: "mail to dana@example.org by smtp.example.org:465", Err: errors.New("535 bad credentials")}

func TestALostSignInToTheMailServerNeedsAPerson(t *testing.T) {
	for _, row := range []struct{ name, now string }{
		{"in winter", monday},
		{"in the night that sets New York's clock back", "2026-11-01 05:30"},
	} {
		t.Run(row.name, func(t *testing.T) {
			o, p := newMailOffice(t, row.now)
			bo := o.bilateral("bo")
			bo.Policy.Prefer.Weekday = time.Thursday
			o.Bilaterals = append(o.Bilaterals, bo)
			p.fail = func(int) error { return errPassword }
			step := 5 * time.Minute
			for k, sentence := range []string{"the pass that is refused", "the next one"} {
				r, err := o.Pass(t.Context(), Options{Now: o.now, Next: o.now.Add(step)})
				if err != nil || !r.NeedsPerson() || p.tries != 1 {
					t.Fatalf("%s: needs a person %v, tried %d times, %v", sentence, r.NeedsPerson(), p.tries, err)
				}
				if k > 0 && !r.Bilaterals[1].MailSignIn {
					t.Errorf("%s asks, or says nothing, for the second who waits: %v", sentence, r.Bilaterals[1].Mail)
				}
				if !strings.Contains(r.Bilaterals[0].Mail.Error(), "535 bad credentials") {
					t.Errorf("%s says %v", sentence, r.Bilaterals[0].Mail)
				}
				o.now = o.now.Add(time.Duration(k) * time.Minute)
			}
			s, err := o.Status(o.now, 0)
			if err != nil || s.State != Critical || len(s.Problems) != 1 || s.Problems[0].Code != "mail_sign_in" ||
				!strings.Contains(s.Problems[0].Do, "password of [mail]") || !strings.Contains(s.Problems[0].Message, "535 bad credentials") {
				t.Fatalf("%v %+v %v", s.State, s.Problems, err)
			}
			p.fail = nil
			if r, err := o.Pass(t.Context(), Options{Now: o.now, Next: o.now.Add(step), Urgent: true}); err != nil || r.NeedsPerson() || len(p.sent) != 2 {
				t.Fatalf("once it is mended, and check wakes the daemon: %q, %v", p.letters(), err)
			}
			if s, err := o.Status(o.now, 0); err != nil || len(s.Problems) != 0 {
				t.Errorf("%+v %v", s.Problems, err)
			}
		})
	}
}

func TestALostSignInToTheMailboxNeedsAPerson(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	p.unread = &calendar.Error{Kind: calendar.SignIn, Op: "open", Target: "imap.example.org:993", Err: errors.New("NO wrong password")}
	if r := o.pass(); !r.NeedsPerson() {
		t.Error("nobody is needed")
	}
	s, err := o.Status(o.now, 0)
	if err != nil || s.State != Critical || s.Problems[0].Code != "mail_sign_in" || !strings.Contains(s.Problems[0].Message, "wrong password") {
		t.Errorf("%v %+v %v", s.State, s.Problems, err)
	}
	p.unread = nil
	if r := o.pass(); r.NeedsPerson() {
		t.Error("somebody is still needed")
	}
}

func TestLettersEndOnceThereIsNoMailAnyMore(t *testing.T) {
	o, p := newMailOffice(t, "2026-10-23 06:00") // before summer time ends
	o.settle()
	p.letters()
	p.fail = func(int) error { return errSMTP }
	o.drag("2026-11-04 14:30", "2026-11-05 15:00")
	o.settle()
	if s, err := o.Status(o.now, 0); err != nil || s.State != Warning || s.Problems[0].Code != "mail_unsent" {
		t.Fatalf("%v %+v %v", s.State, s.Problems, err)
	}
	o.Post, o.Answers = nil, false
	r := o.pass()
	s, err := o.Status(o.now, 0)
	if err != nil || len(s.Problems) != 1 || s.Problems[0].Code != "mail_given_up" || s.Problems[0].Period != "2026-W45" ||
		!strings.Contains(s.Problems[0].Do, "bilateral why dana 2026-W45") || r.Err() != nil {
		t.Fatalf("it is not said: %+v %v", s.Problems, err)
	}
	o.pass()
	if s, err := o.Status(o.now, 0); err != nil || len(s.Problems) != 0 {
		t.Errorf("it is said for ever: %+v %v", s.Problems, err)
	}
	actions, err := o.Store.ActionsSince("dana", o.now.Add(-time.Hour))
	if err != nil || len(actions) == 0 || !strings.Contains(actions[len(actions)-1].Sentence, "there is no [mail]") {
		t.Errorf("the history says %+v, %v", actions, err)
	}
	o.Post, p.fail = p, nil
	o.settle()
	o.expectMails(p) // the owner was asked to tell it
}
