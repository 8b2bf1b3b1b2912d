package engine

import (
	"strings"
	"testing"
	"time"

	"bilateral/calendar/memory"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// These were found by the simulated world of internal/sim.

func TestASplitWhileAnAgendaIsDueLeavesOneMeetingAPeriod(t *testing.T) {
	o := newOffice(t, monday)
	o.b.Policy.Cadence = plan.Cadence{Unit: plan.Day, Every: 1}
	o.b.Policy.Horizon = plan.Horizon{Days: 10}
	o.settle()
	o.now = utc(t, "2026-11-27 16:00") // Friday's meeting is over: Monday's agenda is due, and Monday is where the split is
	o.ask(store.Request{Kind: store.Rebase, Args: map[string]string{"prefer": PreferArg(plan.Prefer{Minute: 16 * 60})}})
	o.settle()
	o.expectStands("2026-11-30 14:30", "")
	o.expectStands("2026-11-30 15:00", "Mon 30 Nov 16:00-16:45")
}

func TestASplitTellsTheNewTimesAtOnce(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.ask(store.Request{Kind: store.Rebase, Args: map[string]string{"prefer": PreferArg(plan.Prefer{Weekday: time.Thursday, Minute: 16 * 60})}})
	if d := o.decision("2026-W50"); plan.When(d.Slot, o.zone) != "Thu 10 Dec 16:00-16:45" {
		t.Fatalf("W50 is said to be %s at %s", d.State, plan.When(d.Slot, o.zone))
	}
}

func TestASplitDoesNotBringBackWhatAPersonDeleted(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.edit(func(s string) string {
		return strings.Replace(s, "RRULE:FREQ=WEEKLY", "EXDATE;TZID=Europe/Berlin:20261209T153000\r\nRRULE:FREQ=WEEKLY", 1)
	})
	o.settle()
	o.ask(store.Request{Kind: store.Rebase, Args: map[string]string{"prefer": PreferArg(plan.Prefer{Weekday: time.Thursday, Minute: 16 * 60})}})
	o.settle()
	o.expect("2026-W50", plan.Unmet, "deleted")
	o.expectStands("2026-12-10 15:00", "")
}

func TestABlockBeforeASplitStaysGuarded(t *testing.T) {
	o := newOffice(t, monday)
	o.b.Policy.Cadence.Every = 2
	o.settle()
	o.ask(store.Request{Kind: store.Rebase, Args: map[string]string{"prefer": PreferArg(plan.Prefer{Weekday: time.Thursday, Minute: 16 * 60})}})
	o.settle()
	o.expect("2026-W48", plan.Held, "held")
	o.expect("2026-W50", plan.Held, "held")
}

func TestANoToOneMeetingIsHeardThoughTheSeriesWasAccepted(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	name := o.seriesName()
	o.edit(func(s string) string {
		return strings.ReplaceAll(unfold(s), "PARTSTAT=NEEDS-ACTION", "PARTSTAT=ACCEPTED")
	})
	text := unfold(string(o.mine.Bytes(name)))
	k := strings.LastIndex(text, "BEGIN:VEVENT")
	o.hers.Put(name, []byte(text[:k]+strings.ReplaceAll(text[k:], "PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:dana", "PARTSTAT=DECLINED;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:dana")))
	if !strings.Contains(string(o.hers.Bytes(name)), "DECLINED") {
		t.Fatalf("her copy should hold a no:\n%s", o.hers.Bytes(name))
	}
	o.settle()
	if at := o.stands("2026-11-25 14:30"); strings.Contains(at, "15:30-16:15") {
		t.Fatalf("a declined meeting still stands at %s", at)
	}
}

func TestAMoveOrderedTogetherWithASplitIsMade(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	if _, err := o.Store.Enqueue(store.Request{Bilateral: "dana", Kind: store.Move, Period: "2026-W50", At: o.now,
		Args: map[string]string{"start": "2026-12-11T14:00:00Z"}}); err != nil {
		t.Fatal(err)
	}
	o.ask(store.Request{Kind: store.Rebase, Args: map[string]string{"prefer": PreferArg(plan.Prefer{Weekday: time.Thursday, Minute: 16 * 60})}})
	o.expectStands("2026-12-10 15:00", "Fri 11 Dec 15:00-15:45")
}

func TestOfTwoMeetingsOverEachOtherOneMoves(t *testing.T) {
	o := newOffice(t, monday)
	second := o.bilateral("bo")
	second.Home, second.Owner.Calendars = o.b.Home, o.b.Owner.Calendars
	second.Policy.Prefer.Minute = 17 * 60
	o.Bilaterals = append(o.Bilaterals, second)
	o.settle()
	for _, n := range o.mine.Names() { // bo's whole series is dragged over dana's
		if strings.Contains(n, second.ID()) {
			o.mine.Put(n, []byte(strings.NewReplacer("T170000", "T153000", "T174500", "T161500").Replace(unfold(string(o.mine.Bytes(n))))))
		}
	}
	o.settle()
	o.expectStands("2026-12-02 14:30", "Wed 2 Dec 16:15-17:00")
	for _, d := range o.last.Bilaterals[1].Decisions {
		if at := plan.When(d.Slot, o.zone); d.Period.Key == "2026-W49" && at != "Wed 2 Dec 15:30-16:15" {
			t.Fatalf("bo's is %s at %s: %s", d.State, at, d.Sentence)
		}
	}
}

func TestASplitCutOffBetweenItsTwoWritesKeepsWhatPeoplePlaced(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.ask(store.Request{Kind: store.Move, Period: "2026-W50", Args: map[string]string{"start": "2026-12-11T14:00:00Z"}})
	o.settle()
	writes := 0
	o.mine.Fail(func(op string) error {
		if op == memory.Writing {
			if writes++; writes == 2 {
				return errDown
			}
		}
		return nil
	})
	if _, err := o.Store.Enqueue(store.Request{Bilateral: "dana", Kind: store.Rebase, At: o.now,
		Args: map[string]string{"prefer": PreferArg(plan.Prefer{Weekday: time.Thursday, Minute: 16 * 60})}}); err != nil {
		t.Fatal(err)
	}
	if r, err := o.Pass(t.Context(), Options{Now: o.now}); err != nil || r.Err() == nil {
		t.Fatalf("the second write should have failed: %v %v", r.Err(), err)
	}
	o.expectStands("2026-12-09 14:30", "") // ended, and not yet gone on
	o.mine.Fail(nil)
	o.settle()
	o.expectStands("2026-12-03 15:00", "Thu 3 Dec 16:00-16:45")
	o.expectStands("2026-12-10 15:00", "Fri 11 Dec 15:00-15:45")
	o.expect("2026-W50", plan.Held, "pinned")
}

func TestAnUnskippedMeetingStaysUnskippedWhenTheDatabaseIsLost(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.ask(store.Request{Kind: store.Skip, Period: "2026-W50", Args: map[string]string{"reason": "offsite"}})
	o.ask(store.Request{Kind: store.Unskip, Period: "2026-W50"})
	st, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	o.Store = st
	o.settle()
	o.expectStands("2026-12-09 14:30", "Wed 9 Dec 15:30-16:15")
}

func TestAMeetingThatTookPlaceIsNotHeldAgainWhenTheDatabaseIsLost(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.now = utc(t, "2026-11-25 16:00")
	o.settle()
	o.book(o.hers, "2026-11-25 14:00", "2026-11-25 16:00", "") // entered afterwards
	st, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	o.Store = st
	o.settle()
	o.expect("2026-W48", plan.Held, "held")
	o.expectStands("2026-11-25 14:30", "Wed 25 Nov 15:30-16:15")
}

func TestTheSameStandingTimeOrderedTwiceIsSetOnce(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	thursday := store.Request{Kind: store.Rebase, Args: map[string]string{"prefer": PreferArg(plan.Prefer{Weekday: time.Thursday, Minute: 16 * 60})}}
	o.ask(thursday)
	writes := o.mine.Writes()
	o.ask(thursday)
	o.settle()
	if o.mine.Writes() != writes {
		t.Error("the series was split again for the time it has")
	}
	o.expectStands("2026-12-03 15:00", "Thu 3 Dec 16:00-16:45")
}

func TestAStandingTimeMayBeTakenBackInTheSameWeek(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	for _, day := range []time.Weekday{time.Thursday, time.Friday, time.Thursday} {
		o.ask(store.Request{Kind: store.Rebase, Args: map[string]string{"prefer": PreferArg(plan.Prefer{Weekday: day, Minute: 16 * 60})}})
	}
	o.settle()
	o.expectStands("2026-12-10 15:00", "Thu 10 Dec 16:00-16:45")
}

func TestAMeetingThatWasHeldIsNotHeldAgainWhenTheWholeSeriesIsDragged(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.now = utc(t, "2026-11-25 17:00")
	o.settle()
	o.book(o.hers, "2026-11-25 13:00", "2026-11-25 14:00", "") // what lay an hour and a half before it
	o.edit(func(s string) string {
		return strings.NewReplacer("T153000", "T140000", "T161500", "T144500").Replace(unfold(s))
	})
	o.settle()
	o.expect("2026-W48", plan.Held, "held")
	o.expectStands("2026-11-25 13:00", "Wed 25 Nov 14:00-14:45")
}

func TestWhatAPersonDeletedStaysAQuestionWhenAProgramDropsOurMarks(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.edit(func(s string) string {
		s = strings.Replace(unfold(s), "RRULE:FREQ=WEEKLY", "EXDATE;TZID=Europe/Berlin:20261209T153000\r\nRRULE:FREQ=WEEKLY", 1)
		return withoutMarks(s)
	})
	o.settle()
	o.expect("2026-W50", plan.Unmet, "deleted")
}

func withoutMarks(s string) string {
	var out strings.Builder
	for line := range strings.Lines(s) {
		if !strings.HasPrefix(line, "X-BILATERAL") {
			out.WriteString(line)
		}
	}
	return out.String()
}

func TestASplitKeepsWhatTheOwnerDeclined(t *testing.T) {
	for _, row := range []struct {
		sentence string
		fails    int // of the split's two writes
	}{
		{"when it is made at once", 0},
		{"when it is cut off between its two writes", 2},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o := newOffice(t, monday)
			o.settle()
			o.declineAsOwner("20261209T153000", "20261209T161500")
			o.settle()
			o.expect("2026-W50", plan.Lapsed, "skipped")
			writes := 0
			o.mine.Fail(func(op string) error {
				if op == memory.Writing {
					if writes++; writes == row.fails {
						return errDown
					}
				}
				return nil
			})
			if _, err := o.Store.Enqueue(store.Request{Bilateral: "dana", Kind: store.Rebase, At: o.now,
				Args: map[string]string{"prefer": PreferArg(plan.Prefer{Weekday: time.Thursday, Minute: 16 * 60})}}); err != nil {
				t.Fatal(err)
			}
			if _, err := o.Pass(t.Context(), Options{Now: o.now}); err != nil {
				t.Fatal(err)
			}
			o.settle()
			o.expect("2026-W50", plan.Lapsed, "skipped")
			o.expectStands("2026-12-10 15:00", "")
			o.expectStands("2026-12-17 15:00", "Thu 17 Dec 16:00-16:45")
		})
	}
}

// declineAsOwner is the owner's own calendar app saying no to one meeting, which puts the owner on its list.
func (o *office) declineAsOwner(start, end string) {
	o.Helper()
	o.edit(func(s string) string {
		s = unfold(s)
		uid := s[strings.Index(s, "UID:"):]
		uid = uid[:strings.Index(uid, "\n")+1]
		return strings.Replace(s, "END:VCALENDAR", "BEGIN:VEVENT\r\n"+uid+"DTSTAMP:20261123T000000Z\r\nRECURRENCE-ID;TZID=Europe/Berlin:"+start+
			"\r\nDTSTART;TZID=Europe/Berlin:"+start+"\r\nDTEND;TZID=Europe/Berlin:"+end+
			"\r\nATTENDEE;PARTSTAT=DECLINED:mailto:alice@example.org\r\nATTENDEE:mailto:dana@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR", 1)
	})
}

func TestATravelOrderWhoseWriteFailedIsTakenOnce(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.mine.Fail(func(op string) error {
		if op == memory.Writing {
			return errDown
		}
		return nil
	})
	if _, err := o.Store.Enqueue(store.Request{Bilateral: "dana", Kind: store.Travel, At: o.now,
		Args: map[string]string{"travel": "Europe/Berlin:2026-12-01:2026-12-02"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Pass(t.Context(), Options{Now: o.now}); err != nil {
		t.Fatal(err)
	}
	o.mine.Fail(nil)
	o.settle()
	if orders, err := o.Store.Orders("dana"); err != nil || len(orders.Travel) != 1 {
		t.Fatalf("travels %v, %v", orders.Travel, err)
	}
}

func TestANewStandingTimeThatCannotBeSetIsRefused(t *testing.T) {
	for _, row := range []struct {
		sentence string
		make     func(*office)
	}{
		{"while it is paused", func(o *office) {
			o.settle()
			o.ask(store.Request{Kind: store.Pause, Args: map[string]string{"until": "2026-11-25T00:00:00Z"}})
		}},
		{"in watch mode", func(o *office) { o.settle(); o.b.Acting = false }},
		{"where there is no series yet", func(o *office) { o.b.Acting = false }},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o := newOffice(t, monday)
			row.make(o)
			id, err := o.Store.Enqueue(store.Request{Bilateral: "dana", Kind: store.Rebase, At: o.now,
				Args: map[string]string{"prefer": PreferArg(plan.Prefer{Weekday: time.Thursday, Minute: 16 * 60})}})
			if err != nil {
				t.Fatal(err)
			}
			o.pass()
			if r, err := o.Store.RequestByID(id); err != nil || r.OK || r.Outcome == "" {
				t.Fatalf("answered %+v, %v", r, err)
			}
		})
	}
}
