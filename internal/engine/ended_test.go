package engine

import (
	"strings"
	"testing"
	"time"

	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// People ended the series weeks ago. A new standing time starts another one, and brings back none of the meetings that the
// rule would have had in between.
func TestASplitBringsNothingBackOfASeriesThatHadEnded(t *testing.T) {
	for _, row := range []struct{ sentence, now, until, original string }{
		{"in winter", monday, "20261127T000000Z", "2026-12-09 14:30"},
		{"over the end of summer time in both zones", "2026-10-19 07:00", "20261023T000000Z", "2026-11-04 14:30"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o := newOffice(t, row.now)
			o.settle()
			o.edit(func(s string) string {
				return strings.Replace(s, "RRULE:FREQ=WEEKLY", "RRULE:UNTIL="+row.until+";FREQ=WEEKLY", 1)
			})
			o.now = utc(t, row.original).Add(-4 * time.Hour)
			o.settle()
			o.expectStands(row.original, "")
			o.ask(store.Request{Kind: store.Rebase, Args: map[string]string{"prefer": PreferArg(plan.Prefer{Weekday: time.Thursday, Minute: 16 * 60})}})
			o.settle()
			o.expectStands(row.original, "")
			if n := len(o.mine.Names()); n != 2 {
				t.Errorf("%d series, want the one that ended and the one that goes on", n)
			}
		})
	}
}
