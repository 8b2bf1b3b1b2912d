package engine

import (
	"testing"
	"time"

	"bilateral/calendar/memory"
)

func (o *office) down(a *memory.Account, is bool) {
	a.Fail(func(string) error {
		if is {
			return errDown
		}
		return nil
	})
}

// What is seen last of a calendar is what was read last, also in a pass that could read nothing else.
func TestABookingReadWhileTheSeriesCouldNotBeReadIsNotForgotten(t *testing.T) {
	for what, at := range map[string]string{"in winter": "2026-11-30 08:00", "over the end of summer time": "2026-10-19 07:00"} {
		t.Run(what, func(t *testing.T) {
			o := newOffice(t, at)
			o.settle()
			slot := o.last.Bilaterals[0].Decisions[1].Slot
			o.down(o.mine, true)
			o.book(o.hers, slot.Start.Format("2006-01-02 15:04"), slot.End.Format("2006-01-02 15:04"), "")
			if _, err := o.Pass(t.Context(), Options{Now: o.now}); err != nil {
				t.Fatal(err)
			}
			o.now = o.now.Add(5 * time.Minute)
			o.down(o.mine, false)
			o.down(o.hers, true)
			for range 36 { // until the executive's hours, in which meetings are moved
				o.now = o.now.Add(15 * time.Minute)
				o.pass()
			}
			for _, d := range o.last.Bilaterals[0].Decisions {
				if d.Slot.Overlaps(slot) {
					t.Errorf("%s stays at %s, over a booking that was read", d.Period.Key, d.Slot)
				}
			}
		})
	}
}
