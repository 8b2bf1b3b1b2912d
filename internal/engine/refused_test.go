package engine

import (
	"errors"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

var errRefused = &calendar.Error{Kind: calendar.Denied, Op: "send", Target: "mail to dana@example.org", Err: errors.New("550 no such user")}

func TestAMailThatIsRefusedForGoodIsTriedOnceADay(t *testing.T) {
	for _, row := range []struct{ name, now, original, to string }{
		{"in winter", "2026-11-28 06:00", "2026-12-09 14:30", "2026-12-10 15:00"},
		{"over the night that sets Berlin's clock back", "2026-10-24 06:00", "2026-11-11 14:30", "2026-11-12 15:00"},
		{"over the night that sets New York's back", "2026-10-31 06:00", "2026-11-18 14:30", "2026-11-19 15:00"},
	} {
		t.Run(row.name, func(t *testing.T) {
			o, p := newMailOffice(t, row.now)
			p.fail = func(int) error { return errRefused }
			for range 3 * 24 * 2 {
				o.pass()
				o.now = o.now.Add(30 * time.Minute)
			}
			if p.tries != 3 {
				t.Fatalf("tried %d times in three days", p.tries)
			}
			s, err := o.Status(o.now.Add(-30*time.Minute), 0)
			if err != nil || len(s.Problems) == 0 {
				t.Fatal(s.Problems, err)
			}
			said := s.Problems[0]
			if said.Code != "mail_unsent" || !strings.Contains(said.Message, "was refused") || !strings.Contains(said.Message, "550 no such user") ||
				!strings.Contains(said.Do, "correct their address") {
				t.Errorf("it says %+v", said)
			}
			p.tries = 0
			o.drag(row.original, row.to)
			o.settle()
			if p.tries != 1 {
				t.Errorf("what is new was tried %d times", p.tries)
			}
			o.now = o.now.Add(25 * time.Hour)
			p.fail = nil
			o.settle()
			if len(p.sent) != 1 {
				t.Errorf("once it is taken: mails %q", p.letters())
			}
		})
	}
}

func TestAnOrderTriesARefusedMailAtOnce(t *testing.T) {
	o, p := newMailOffice(t, monday)
	p.fail = func(int) error { return errRefused }
	o.pass()
	o.now = o.now.Add(2 * time.Hour)
	p.fail = nil
	o.start()
	o.expectMails(p, "REQUEST Invitation: Alice / Dana")
}
