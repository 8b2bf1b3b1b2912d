package engine

import (
	"testing"
	"time"

	"bilateral/calendar/memory"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// A skip is the owner's last word on a week, also where the meeting stands where a person put it and the series is split
// before the skip could be carried out.
func TestASplitCarriesNoMeetingThatIsSkipped(t *testing.T) {
	skip := store.Request{Kind: store.Skip, Period: "2026-W50", Args: map[string]string{"reason": "offsite"}}
	for _, row := range []struct {
		sentence string
		split    func(*office)
	}{
		{"both were ordered in watch mode", func(o *office) {
			o.b.Acting = false
			o.ask(skip)
			o.b.Policy.Prefer.Weekday = time.Thursday
			o.settle()
			o.b.Acting = true
			o.pass()
		}},
		{"the skip came between the two writes of the split", func(o *office) {
			o.b.Policy.Prefer.Weekday = time.Thursday
			writes := 0
			o.mine.Fail(func(op string) error {
				if op == memory.Writing {
					if writes++; writes == 2 {
						return errDown
					}
				}
				return nil
			})
			if r, err := o.Pass(o.Context(), Options{Now: o.now}); err != nil || r.Err() == nil {
				o.Fatalf("the second write should have failed: %v %v", r.Err(), err)
			}
			o.mine.Fail(nil)
			o.ask(skip)
		}},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o := newOffice(t, monday)
			o.settle()
			o.ask(store.Request{Kind: store.Move, Period: "2026-W50", Args: map[string]string{"start": "2026-12-11T14:00:00Z"}})
			o.settle()
			row.split(o)
			o.expectStands("2026-12-10 14:30", "")
			o.settle()
			o.expect("2026-W50", plan.Lapsed, "skipped")
			o.expectStands("2026-12-10 14:30", "")
			o.expectStands("2026-12-17 14:30", "Thu 17 Dec 15:30-16:15")
		})
	}
}
