package engine

import (
	"testing"
	"time"

	"bilateral/internal/plan"
)

// A clock that jumps, and jumps back, while a conflict waits to be settled: the meeting moves once, its mail goes out once,
// and a settled world is left alone.
func TestAClockThatJumpsRepeatsNothing(t *testing.T) {
	for _, row := range []struct {
		sentence string
		start    string
		jump     time.Duration
	}{
		{"an hour ahead", monday, time.Hour},
		{"an hour back", monday, -time.Hour},
		{"a day ahead", monday, 24 * time.Hour},
		{"a day back, as after a battery failed", monday, -24 * time.Hour},
		{"ten years ahead", monday, 10 * 365 * 24 * time.Hour},
		{"ten years back", monday, -10 * 365 * 24 * time.Hour},
		{"an hour back in the night in which summer time ends", "2026-10-25 01:30", -time.Hour},
		{"a day ahead over the end of summer time in New York", "2026-10-31 20:00", 24 * time.Hour},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o, p := newMailOffice(t, row.start)
			o.settle()
			slot := o.last.Bilaterals[0].Decisions[1].Slot
			p.letters()
			text := func(at time.Time) string { return at.Format("2006-01-02 15:04") }
			o.book(o.hers, text(slot.Start), text(slot.End), "")
			o.pass() // sees it
			real := o.now
			o.now = real.Add(row.jump)
			for range 3 {
				if _, err := o.Pass(t.Context(), Options{Now: o.now, Next: o.now.Add(5 * time.Minute)}); err != nil {
					t.Fatal(err)
				}
			}
			o.now = real.Add(5 * time.Minute)
			for range 60 { // two days and a half, through the executive's hours
				o.pass()
				o.now = o.now.Add(time.Hour)
			}
			for _, d := range o.last.Bilaterals[0].Decisions {
				if d.State != plan.Held {
					t.Errorf("%s is %s: %s", d.Period.Key, d.State, d.Sentence)
				}
			}
			moved := 0
			for _, m := range p.sent {
				if m.Method != "REQUEST" {
					t.Errorf("a %s was sent: %s", m.Method, m.Subject)
				}
				moved++
			}
			if moved > 3 { // the move, and at most the agendas of two meetings
				t.Errorf("%d mails: %q", moved, p.letters())
			}
			p.letters()
			writes := o.mine.Writes()
			o.settle()
			if o.mine.Writes() != writes {
				t.Errorf("a settled world was written to: %v", o.last.Bilaterals[0].Steps)
			}
			if open, err := o.Store.OpenIntents("dana"); err != nil || len(open) != 0 {
				t.Errorf("%d intents are open, %v", len(open), err)
			}
		})
	}
}

// Network gone for a week: what was seen before settles anew, and then the pass acts.
func TestAfterAWeekWithoutACalendarEverythingSettlesAnew(t *testing.T) {
	o := newOffice(t, "2026-10-20 14:00") // summer time ends in between
	o.settle()
	slot := o.last.Bilaterals[0].Decisions[2].Slot
	o.book(o.hers, slot.Start.Format("2006-01-02 15:04"), slot.End.Format("2006-01-02 15:04"), "")
	o.pass() // sees it, and the network goes
	o.now = o.now.Add(5 * time.Minute)
	down := true
	o.mine.Fail(func(string) error {
		if down {
			return errSMTP
		}
		return nil
	})
	step := 5 * time.Minute
	for end := o.now.AddDate(0, 0, 7); o.now.Before(end); o.now = o.now.Add(step) {
		if _, err := o.Pass(t.Context(), Options{Now: o.now, Next: o.now.Add(step)}); err != nil {
			t.Fatal(err)
		}
	}
	down = false
	o.pass()
	if d := o.last.Bilaterals[0].Decisions[1]; d.State != plan.Pending || d.Code != "settling" || !d.Until.After(o.now) {
		t.Errorf("the first good pass: %s %s: %s", d.State, d.Code, d.Sentence)
	}
	o.settle()
	if d := o.last.Bilaterals[0].Decisions[1]; d.State != plan.Held || !d.Moved && d.Slot.Equal(slot) {
		t.Errorf("then: %s %s: %s", d.State, d.Code, d.Sentence)
	}
}

func TestWhatAClockThatWasAheadMadeOfAMeetingIsForgotten(t *testing.T) {
	for _, row := range []struct{ name, now, original, period string }{
		{"in winter", monday, "2026-12-02 14:30", "2026-W49"},
		{"in the week in which only Berlin has set its clock back", "2026-10-19 14:00", "2026-10-28 14:30", "2026-W44"},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := newOffice(t, row.now)
			o.settle()
			real, begun := o.now, utc(t, row.original).Add(5*time.Minute)
			o.now = begun.Add(-time.Minute)
			uid := o.book(o.hers, row.original, begun.Add(time.Hour).Format("2006-01-02 15:04"), "")
			o.pass()
			o.now = begun.AddDate(0, 0, 2) // as if the slot had gone by with something else over it
			o.pass()
			o.hers.Delete(uid + ".ics")
			o.now = real.Add(5 * time.Minute)
			o.settle()
			o.now = begun.Add(-10 * time.Minute)
			o.settle()
			if d := o.expect(row.period, plan.Held, "held"); !d.Final {
				t.Errorf("%+v", d)
			}
		})
	}
}
