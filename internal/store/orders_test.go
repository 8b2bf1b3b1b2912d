package store

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
)

func TestARequestWaitsForItsOutcome(t *testing.T) {
	s := opened(t, t.TempDir())
	ask := Request{Bilateral: "dana", Kind: Skip, Period: "2026-W49", Args: map[string]string{"reason": "Urlaub, zwei Wochen"}, At: monday}
	id := must[int64](t)(s.Enqueue(ask))
	all := must[int64](t)(s.Enqueue(Request{Kind: Start, At: monday}))

	ask.ID = id
	if got := must[[]Request](t)(s.PendingRequests("dana")); len(got) != 1 || !reflect.DeepEqual(got[0], ask) {
		t.Errorf("pending: %+v", got)
	}
	if got := must[[]Request](t)(s.PendingRequests("")); len(got) != 1 || got[0].ID != all {
		t.Errorf("pending for all: %+v", got)
	}
	if got := must[Request](t)(s.RequestByID(id)); !got.Done.IsZero() {
		t.Errorf("done before it was: %+v", got)
	}
	ok(t, s.FinishRequest(id, "Week 49 is skipped.", true, monday.Add(time.Minute)))
	ok(t, s.FinishRequest(id, "No.", false, monday.Add(time.Hour))) // the first outcome stays
	got := must[Request](t)(s.RequestByID(id))
	if !got.OK || got.Outcome != "Week 49 is skipped." || !got.Done.Equal(monday.Add(time.Minute)) {
		t.Errorf("outcome: %+v", got)
	}
	if left := must[[]Request](t)(s.PendingRequests("dana")); len(left) != 0 {
		t.Errorf("still pending: %+v", left)
	}
	if _, err := s.RequestByID(99); !errors.Is(err, ErrNotFound) {
		t.Errorf("a request that never was: %v", err)
	}
}

func TestOrdersOutliveTheProcess(t *testing.T) {
	tokyo := must[*time.Location](t)(time.LoadLocation("Asia/Tokyo"))
	rows := []struct {
		name   string
		change func(*Orders)
	}{
		{"no orders", func(*Orders) {}},
		{"skips", func(o *Orders) { o.Skips["2026-W49"] = "Urlaub"; o.Skips["2026-12-02"] = "" }},
		{"a pause over the change of clocks, given in Berlin time", func(o *Orders) { o.PausedUntil = berlin(t, 2026, 10, 25, 2, 30).UTC() }},
		{"travel in another zone", func(o *Orders) {
			o.Travel = []plan.Travel{{First: calendar.Date{Year: 2026, Month: 12, Day: 7}, Last: calendar.Date{Year: 2026, Month: 12, Day: 11}, Zone: tokyo}}
		}},
		{"a third series", func(o *Orders) { o.Generation = 3 }},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			dir := t.TempDir()
			s := opened(t, dir)
			want := must[Orders](t)(s.ChangeOrders("dana", r.change))
			got := must[Orders](t)(opened(t, dir).Orders("dana"))
			for i := range got.Travel { // zones are equal by name
				if got.Travel[i].Zone.String() == tokyo.String() {
					got.Travel[i].Zone = tokyo
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			if other := must[Orders](t)(s.Orders("eve")); len(other.Skips) != 0 || other.Generation != 0 {
				t.Errorf("another bilateral has %+v", other)
			}
		})
	}
}

func TestKnownSeries(t *testing.T) {
	s := opened(t, t.TempDir())
	at := func(m int) time.Time { return monday.Add(time.Duration(m) * time.Minute) }
	known := func() Known {
		t.Helper()
		got := must[[]Known](t)(s.KnownSeries("dana"))
		if len(got) != 1 {
			t.Fatalf("known: %+v", got)
		}
		return got[0]
	}
	ok(t, s.Remember("dana", "u1", "work", at(0)))
	ok(t, s.Remember("dana", "u1", "work", at(10)))
	if k := known(); k != (Known{UID: "u1", Calendar: "work", FirstSeen: at(0), LastSeen: at(0)}) {
		t.Errorf("ten minutes later: %+v", k)
	}
	ok(t, s.Remember("dana", "u1", "work", at(15)))
	if k := known(); !k.LastSeen.Equal(at(15)) || !k.FirstSeen.Equal(at(0)) {
		t.Errorf("a quarter of an hour later: %+v", k)
	}
	ok(t, s.MarkGone("dana", "u1", at(16)))
	ok(t, s.MarkGone("dana", "u1", at(17)))
	if k := known(); !k.Gone {
		t.Errorf("gone: %+v", k)
	}
	if list := must[[]Vanished](t)(s.Vanished()); len(list) != 1 || list[0] != (Vanished{"dana", at(16)}) {
		t.Errorf("vanished: %+v", list)
	}
	ok(t, s.Excuse())
	if list := must[[]Vanished](t)(s.Vanished()); len(list) != 0 || !known().Gone {
		t.Errorf("excused: %+v, %+v", list, known())
	}
	ok(t, s.Remember("dana", "u1", "team", at(16)))
	if k := known(); k.Gone || k.Calendar != "team" {
		t.Errorf("back in another calendar: %+v", k)
	}
	ok(t, s.Forget("dana", "u1"))
	if got := must[[]Known](t)(s.KnownSeries("dana")); len(got) != 0 {
		t.Errorf("forgotten: %+v", got)
	}
}

func TestSeen(t *testing.T) {
	s := opened(t, t.TempDir())
	night := berlin(t, 2026, 10, 25, 2, 30)
	ok(t, s.SetSeen("eve", map[string]time.Time{"x": monday}))
	for _, want := range []map[string]time.Time{
		{},
		{"a conflict": monday.UTC(), "a gap": monday.Add(time.Hour)},
		{"a conflict": monday.UTC(), "a decline": monday.Add(2 * time.Hour)},
		{"the first half past two": night.UTC(), "the second": night.Add(time.Hour).UTC()},
		{},
	} {
		ok(t, s.SetSeen("dana", want))
		if got := must[map[string]time.Time](t)(s.Seen("dana")); !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	if got := must[map[string]time.Time](t)(s.Seen("eve")); len(got) != 1 {
		t.Errorf("the other bilateral: %v", got)
	}
}
