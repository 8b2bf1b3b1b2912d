package engine

import (
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
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

func TestOfTwoMeetingsOverEachOtherOneMoves(t *testing.T) {
	o := newOffice(t, monday)
	second := o.bilateral("bo")
	second.Home, second.Owner.Calendars = o.b.Home, o.b.Owner.Calendars
	second.Policy.Prefer.Minute = 17 * 60
	o.Bilaterals = append(o.Bilaterals, second)
	o.settle()
	span := calendar.Span{Start: utc(t, "2026-12-02 14:30"), End: utc(t, "2026-12-02 15:15")}
	for _, n := range o.mine.Names() { // bo's meeting of week 49 is dragged over dana's
		if strings.Contains(n, second.ID()) {
			o.mine.Put(n, []byte(strings.ReplaceAll(string(o.mine.Bytes(n)), "END:VEVENT\r\nEND:VCALENDAR", "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:"+
				strings.TrimSuffix(n, ".ics")+"\r\nDTSTAMP:20261123T000000Z\r\nRECURRENCE-ID;TZID=Europe/Berlin:20261202T170000\r\nDTSTART:"+
				span.Start.Format(compact)+"\r\nDTEND:"+span.End.Format(compact)+"\r\nEND:VEVENT\r\nEND:VCALENDAR")))
		}
	}
	o.settle()
	o.expectStands("2026-12-02 16:00", "Wed 2 Dec 15:30-16:15")
	if at := o.stands("2026-12-02 14:30"); at == "Wed 2 Dec 15:30-16:15" || at == "" {
		t.Fatalf("dana's meeting stands at %q", at)
	}
	for _, d := range o.last.Bilaterals[1].Decisions {
		if d.Period.Key == "2026-W49" && d.State != plan.Held {
			t.Fatalf("bo's is %s: %s", d.State, d.Sentence)
		}
	}
}
