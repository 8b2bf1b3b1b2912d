package engine

import (
	"testing"
	"time"

	"bilateral/calendar/memory"
)

// The series was made, the answer to that was lost, and a program dropped our marks before the invitation went out: the
// executive has heard of nothing yet, although the series looks like one that was there before.
func TestASeriesWhoseInvitationNeverWentOutIsInvitedTo(t *testing.T) {
	for _, row := range []struct {
		name, now string
		answers   int // of writes that are lost
	}{
		{"in winter", monday, 1},
		{"in the week in which only Berlin has set its clock back", "2026-10-26 08:00", 1},
		{"and the answer to the take-over is lost too", monday, 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			o, p := newMailOffice(t, row.now)
			lost := 0
			o.mine.Fail(func(op string) error {
				if op == memory.Wrote && lost < row.answers {
					lost++
					return errDown
				}
				return nil
			})
			broken := func() {
				if r, err := o.Pass(t.Context(), Options{Now: o.now}); err != nil || r.Err() == nil {
					t.Fatal(err, r.Err())
				}
				o.edit(dropMarks)
				o.now = o.now.Add(5 * time.Minute)
			}
			for range row.answers {
				broken()
			}
			o.expectMails(p)
			o.settle()
			o.expectMails(p, "REQUEST Invitation: Alice / Dana")
			o.edit(dropMarks)
			o.settle()
			o.quietly(p)
		})
	}
}

// The same, but a pass saw the marks while the mail server was down: the database says what is to be told, and the letter waits.
func TestAnInvitationThatWaitsOutlivesAProgramThatDropsOurMarks(t *testing.T) {
	for name, now := range map[string]string{"in winter": monday, "in the week in which only Berlin has set its clock back": "2026-10-26 08:00"} {
		t.Run(name, func(t *testing.T) {
			o, p := newMailOffice(t, now)
			p.fail = func(int) error { return errSMTP }
			for k, fails := range []string{memory.Wrote, "", memory.Writing} { // the series is made; it is seen; it is taken over
				if k == 2 {
					o.edit(dropMarks)
					o.now = o.now.Add(time.Hour) // the letter is due again
				}
				o.mine.Fail(func(op string) error {
					if op == fails {
						return errDown
					}
					return nil
				})
				if _, err := o.Pass(t.Context(), Options{Now: o.now}); err != nil {
					t.Fatal(err)
				}
				o.now = o.now.Add(5 * time.Minute)
			}
			o.mine.Fail(nil)
			p.fail = nil
			o.now = o.now.Add(2 * time.Hour)
			o.settle()
			o.expectMails(p, "REQUEST Invitation: Alice / Dana")
			o.quietly(p)
		})
	}
}
