package engine

import (
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/memory"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

func thursday(minute int) map[string]string {
	return map[string]string{"prefer": PreferArg(plan.Prefer{Weekday: time.Thursday, Minute: minute})}
}

func TestNothingIsSplitWhileNothingCanBePlaced(t *testing.T) {
	rows := []struct {
		name   string
		hinder func(*office)
	}{
		{"a calendar that was never read", func(o *office) {
			unread := memory.New(func() time.Time { return o.now })
			unread.Fail(func(string) error { return errDown })
			o.b.Executive.Calendars = append(o.b.Executive.Calendars, &Calendar{Name: "new", Type: "ics", Account: unread, Zone: o.zone})
		}},
		{"the owner is away now", func(o *office) {
			o.book(o.mine, "2026-11-23 00:00", "2026-11-24 00:00", "X-MICROSOFT-CDO-BUSYSTATUS:OOF\n")
		}},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			o := newOffice(t, monday)
			o.settle()
			r.hinder(o)
			o.b.Policy.Prefer.Weekday = time.Thursday
			writes := o.mine.Writes()
			for range 4 {
				o.now = o.now.Add(5 * time.Minute)
				if _, err := o.Pass(t.Context(), Options{Now: o.now}); err != nil {
					t.Fatal(err)
				}
			}
			o.expectStands("2026-12-02 14:30", "Wed 2 Dec 15:30-16:15")
			if o.mine.Writes() != writes {
				t.Fatalf("%d writes", o.mine.Writes()-writes)
			}
		})
	}
}

func TestASecondSplitBeforeTheFirstBeganLeavesOneSeries(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.ask(store.Request{Kind: store.Rebase, Args: thursday(16 * 60)})
	o.settle()
	o.ask(store.Request{Kind: store.Rebase, Args: thursday(17 * 60)})
	o.settle()
	o.expectStands("2026-12-03 15:00", "")
	o.expectStands("2026-12-03 16:00", "Thu 3 Dec 17:00-17:45")
	if d := o.expect("2026-W50", plan.Held, "held"); d.Rung != plan.AtStanding {
		t.Fatalf("the standing time is not known: %s", d.Rung)
	}
	if len(o.last.Bilaterals[0].Notes) != 0 {
		t.Fatalf("notes: %+v", o.last.Bilaterals[0].Notes)
	}
	o.ask(store.Request{Kind: store.Rebase, Args: thursday(16*60 + 30)})
	o.settle()
	o.expectStands("2026-12-03 15:30", "Thu 3 Dec 16:30-17:15")
}

func TestASplitOffersNoRefusedTimeAndKeepsAMeetingsOwnWords(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.ask(store.Request{Kind: store.Move, Period: "2026-W49", Args: map[string]string{"start": "2026-12-03T15:00:00Z"}}) // makes an override
	o.ask(store.Request{Kind: store.Unpin, Period: "2026-W49"})
	o.edit(func(s string) string {
		s = unfold(s)
		k := strings.LastIndex(s[:strings.Index(s, "RECURRENCE-ID;TZID=Europe/Berlin:20261202")], "BEGIN:VEVENT")
		tail := strings.Replace(s[k:], "PARTSTAT=NEEDS-ACTION", "PARTSTAT=DECLINED", 1)
		return s[:k] + strings.Replace(tail, "SUMMARY:Alice / Dana", "SUMMARY:Alice / Dana: budget\r\nDESCRIPTION:bring the figures", 1)
	})
	o.ask(store.Request{Kind: store.Rebase, Args: thursday(16 * 60)})
	o.settle()
	if at := o.stands("2026-12-03 15:00"); at == "" || strings.Contains(at, "Thu 3 Dec 16:00") {
		t.Fatalf("the refused time was offered again: %q", at)
	}
	obs, err := o.mine.Observe(t.Context(), calendar.Query{Window: o.window(o.now), Zone: o.zone})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range obs.Series {
		if i := s.At(utc(t, "2026-12-03 15:00")); i != nil && (i.Title != "Alice / Dana: budget" || !strings.Contains(i.Description, "bring the figures")) {
			t.Fatalf("%q %q", i.Title, i.Description)
		}
	}
}

func TestARenamedBilateralDoesNotMakeASecondSeries(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.b.Name = "boss"
	r, err := o.Pass(t.Context(), Options{Now: o.now})
	if err != nil || r.Bilaterals[0].Code != "existing" || len(o.mine.Names()) != 1 {
		t.Fatalf("%+v %v, %d series", r.Bilaterals[0], err, len(o.mine.Names()))
	}
}

func TestASeriesSplitAgainBeforeItBeganLeavesNoGap(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	for _, minute := range []int{16 * 60, 16*60 + 30} {
		if minute > 16*60 { // the write that makes the second successor is lost
			creates := 0
			o.mine.Fail(func(op string) error {
				if op == memory.Writing {
					if creates++; creates == 2 {
						return errDown
					}
				}
				return nil
			})
		}
		if _, err := o.Store.Enqueue(store.Request{Bilateral: "dana", Kind: store.Rebase, At: o.now,
			Args: map[string]string{"prefer": PreferArg(plan.Prefer{Weekday: time.Thursday, Minute: minute})}}); err != nil {
			t.Fatal(err)
		}
		_, _ = o.Pass(t.Context(), Options{Now: o.now})
	}
	o.mine.Fail(nil)
	o.settle()
	o.expectStands("2026-12-03 15:30", "Thu 3 Dec 16:30-17:15")
	o.expectStands("2026-12-03 15:00", "")
}
