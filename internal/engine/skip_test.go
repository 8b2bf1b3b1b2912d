package engine

import (
	"strings"
	"testing"
	"time"

	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// A program that drops what it does not know from the cancelled meeting, or takes the meeting out of the series, takes the
// word for the skip along: it is written again, so that the database may be lost after that.
func TestASkipWhoseMarkWasDroppedOutlivesTheDatabase(t *testing.T) {
	override := func(s string) (before, own, after string) {
		from := strings.LastIndex(s[:strings.Index(s, "STATUS:CANCELLED")], "BEGIN:VEVENT")
		to := from + strings.Index(s[from:], "END:VEVENT\r\n") + len("END:VEVENT\r\n")
		return s[:from], s[from:to], s[to:]
	}
	for _, row := range []struct {
		sentence, now, period, original string
		edit                            func(string) string
	}{
		{"its marks are dropped", monday, "2026-W50", "2026-12-09 14:30", func(s string) string {
			a, own, b := override(s)
			return a + strings.ReplaceAll(own, "X-BILATERAL", "X-OTHER") + b
		}},
		{"it is taken out of the series, in the week after summer time", "2026-10-19 07:00", "2026-W44", "2026-10-28 14:30", func(s string) string {
			a, _, b := override(s)
			return strings.Replace(a+b, "RRULE:FREQ=WEEKLY", "EXDATE;TZID=Europe/Berlin:20261028T153000\r\nRRULE:FREQ=WEEKLY", 1)
		}},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o := newOffice(t, row.now)
			o.b.Policy.OnDelete = plan.Replan
			o.settle()
			o.ask(store.Request{Kind: store.Skip, Period: row.period, Args: map[string]string{"reason": "offsite"}})
			o.settle()
			o.edit(row.edit)
			o.settle()
			written := o.mine.Writes()
			o.settle()
			if o.mine.Writes() != written {
				t.Error("a settled world was written to")
			}
			st, err := store.Open(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { st.Close() })
			o.Store = st
			for range 8 {
				o.settle()
				o.now = o.now.Add(3 * time.Hour)
			}
			o.expect(row.period, plan.Lapsed, codeSkipped)
			o.expectStands(row.original, "")
		})
	}
}
