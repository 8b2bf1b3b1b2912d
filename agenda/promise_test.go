package agenda

import (
	"strings"
	"testing"
	"time"
)

func ids(items []Item) string {
	var out []string
	for _, item := range items {
		out = append(out, item.ID)
	}
	return strings.Join(out, " ")
}

func TestSayDoCountsPromisesByTheirFirstDate(t *testing.T) {
	morning := time.Date(2026, 12, 2, 9, 0, 0, 0, berlin)
	dropped := func(at time.Time) func(*Item) {
		return func(i *Item) { i.Status, i.Closed, i.Reason = Dropped, at, "no need" }
	}
	for _, row := range []struct {
		name      string
		item      FollowUp
		now       time.Time
		kept, due int
	}{
		{"done in time", follow("k3f9", Direction, "x", first(2026, 12, 1), closed(date(2026, 11, 30))), morning, 1, 1},
		{"done in the last minute of the day, in the owner's zone", follow("k3f9", Direction, "x", first(2026, 12, 1), closed(time.Date(2026, 12, 1, 22, 59, 0, 0, time.UTC))), morning, 1, 1},
		{"done a minute after midnight there", follow("k3f9", Direction, "x", first(2026, 12, 1), closed(time.Date(2026, 12, 1, 23, 1, 0, 0, time.UTC))), morning, 0, 1},
		{"the same moment is still that day in New York", follow("k3f9", Direction, "x", first(2026, 12, 1), closed(time.Date(2026, 12, 1, 23, 1, 0, 0, time.UTC))), morning.In(newYork), 1, 1},
		{"done by a later date only", follow("k3f9", Direction, "x", first(2026, 12, 1), due(2026, 12, 9), closed(date(2026, 12, 2))), morning, 0, 1},
		{"still open past its date", follow("k3f9", Direction, "x", due(2026, 12, 1)), morning, 0, 1},
		{"due today is not yet due", follow("k3f9", Direction, "x", due(2026, 12, 2)), morning, 0, 0},
		{"dropped in time", follow("k3f9", Direction, "x", due(2026, 12, 1), dropped(date(2026, 11, 30))), morning, 0, 0},
		{"dropped too late", follow("k3f9", Direction, "x", due(2026, 12, 1), dropped(date(2026, 12, 2))), morning, 0, 1},
		{"what they owe is no promise of mine", follow("k3f9", Waiting, "x", due(2026, 12, 1)), morning, 0, 0},
		{"on the night the clocks go back the day is 25 hours long", follow("k3f9", Direction, "x", first(2026, 10, 25), closed(time.Date(2026, 10, 25, 22, 59, 0, 0, time.UTC))), morning, 1, 1},
	} {
		if kept, due := SayDo([]Item{row.item.Item}, row.now); kept != row.kept || due != row.due {
			t.Errorf("%s: %d of %d, want %d of %d", row.name, kept, due, row.kept, row.due)
		}
	}
}

func TestAtRiskBeforeTheNextHeldSlot(t *testing.T) {
	items := []Item{
		follow("b2b2", Direction, "before", due(2026, 12, 8), risk).Item,
		follow("b3b3", Direction, "on the day", due(2026, 12, 9), risk).Item,
		follow("b4b4", Direction, "not at risk", due(2026, 12, 8)).Item,
		follow("b5b5", Update, "no date", risk).Item,
		follow("b6b6", Direction, "done", due(2026, 12, 8), risk, closed(date(2026, 12, 1))).Item,
	}
	evening := time.Date(2026, 12, 9, 20, 0, 0, 0, newYork) // already the 10th in Berlin
	for _, row := range []struct {
		name, want string
		next       time.Time
	}{
		{"the slot's date counts", "b2b2", evening},
		{"in the zone that is given", "b2b2 b3b3", evening.In(berlin)},
		{"no slot in sight", "b2b2 b3b3", time.Time{}},
	} {
		if got := ids(AtRisk(items, row.next)); got != row.want {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
}

func TestOverdueStartsTheDayAfter(t *testing.T) {
	items := []Item{follow("b2b2", Waiting, "x", due(2026, 12, 1)).Item, follow("b3b3", Update, "x").Item,
		follow("b4b4", Waiting, "x", due(2026, 12, 1), closed(date(2026, 11, 30))).Item}
	midnight := time.Date(2026, 12, 2, 0, 0, 0, 0, berlin)
	if got := ids(Overdue(items, midnight)); got != "b2b2" {
		t.Errorf("overdue at midnight in Berlin: %q", got)
	}
	if got := ids(Overdue(items, midnight.In(newYork))); got != "" {
		t.Errorf("overdue at the same moment in New York: %q", got)
	}
}

func TestIDsAsPeopleTypeThem(t *testing.T) {
	for typed, want := range map[string]string{"k3f9": "k3f9", "#k3f9": "k3f9", " K3F9 ": "k3f9", "2027": "", "html": "", "k3e9": "", "k3f": "", "k3f99": "", "k3f\u00e9": ""} {
		got, ok := ParseID(typed)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q is read as %q, %v", typed, got, ok)
		}
	}
}
