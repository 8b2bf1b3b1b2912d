package engine

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/memory"
)

// assist lets the series live in the executive's own calendar, where the owner may write.
func (o *office) assist() {
	home := o.b.Executive.Calendars[0]
	o.b.Owner.Calendars = []*Calendar{o.b.Home}
	o.b.Home = home
	o.mine, o.hers = o.hers, o.mine
}

func TestASeriesInTheExecutivesOwnCalendarIsTheirMeeting(t *testing.T) {
	o, post := newMailOffice(t, "2026-11-23 08:00")
	o.assist()
	r := o.settle()
	s := o.series()
	alice, _ := calendar.Attends(s.Attendees, "alice@example.org")
	dana, _ := calendar.Attends(s.Attendees, "dana@example.org")
	if s.Organizer != "dana@example.org" || alice.Status != calendar.Accepted || dana.Status != calendar.Accepted {
		t.Errorf("organizer %s, guests %+v", s.Organizer, s.Attendees)
	}
	o.expectMails(post) // it stands in her calendar: nobody need tell her
	if n := r.Bilaterals[0].Notes; len(n) > 0 {
		t.Errorf("notes %+v", n)
	}
	o.now = o.now.AddDate(0, 0, 7)
	if o.pass(); o.last.Bilaterals[0].Notes != nil {
		t.Errorf("it counts as unanswered: %+v", o.last.Bilaterals[0].Notes)
	}
	w := &work{view: &view{Engine: o.Engine}, b: o.b}
	if got := w.reaches(); got != "yes" {
		t.Errorf("delivered %s", got)
	}
}

func TestWhatTheExecutiveHoldsAloneIsNoMeetingOfTheTwo(t *testing.T) {
	o := newOffice(t, "2026-11-23 08:00")
	o.assist()
	o.book(o.mine, "2026-11-24 15:00", "2026-11-24 16:00",
		"RRULE:FREQ=WEEKLY\nORGANIZER:mailto:dana@example.org\nATTENDEE;PARTSTAT=ACCEPTED:mailto:dana@example.org\n")
	if o.settle(); o.stands("2026-11-25 14:30") == "" {
		t.Error("her own weekly hour was taken for a 1:1, and none was made")
	}
}

// parting is a calendar whose server schedules.
type parting struct{ *memory.Account }

func (p parting) About(context.Context) (calendar.About, error) {
	return calendar.About{Name: "work", Write: true, Invites: true, Silent: true, Parts: true}, nil
}

// A server that schedules takes a meeting's own component for news, also where only its agenda is new.
func TestThePlanNamesTheMessageThatAFirstAgendaCauses(t *testing.T) {
	o := newOffice(t, "2026-11-23 08:00")
	o.b.Home.Account = parting{o.mine}
	var mails []string
	for range 24 * 10 { // ten days: the first meeting, and the agenda of the second
		o.now = o.now.Add(time.Hour)
		o.pass()
		for _, s := range o.last.Bilaterals[0].Steps {
			if s.Action == "agenda" {
				mails = append(mails, s.Period+" "+strings.Join(s.Mails, " "))
			}
		}
	}
	// The first one goes with the invitation to the series; a text that changes later is silent.
	want := []string{"2026-W48 ", "2026-W49 dana@example.org", "2026-W50 dana@example.org"}
	if !slices.Equal(mails, want) {
		t.Errorf("mails of the agendas: %q, want %q", mails, want)
	}
}

func TestFreeBusyIsAskedForWhatIsGuarded(t *testing.T) {
	for _, row := range []struct{ name, zone, now string }{
		{"in a plain season", "Europe/Berlin", "2026-11-23 08:00"},
		{"over a change to daylight saving time", "Europe/Berlin", "2027-02-10 08:00"},
		{"in a zone behind the executive's", "America/Los_Angeles", "2026-10-20 23:30"},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := newOffice(t, row.now)
			o.b.Policy.Mine.Zone = zone(t, row.zone)
			o.b.Policy.Horizon.Days = 56
			got := o.b.guarded(o.now)
			if horizon := o.b.Policy.Horizon.End(o.now, o.b.Policy.Mine.Zone); got.End.Before(horizon.AddDate(0, 0, 7)) || got.Start.After(o.now.AddDate(0, 0, -7)) {
				t.Errorf("a period may reach out of %v", got)
			}
			if got.Length() > 90*24*time.Hour {
				t.Errorf("%v is more than servers tell at once", got.Length())
			}
		})
	}
}

func (o *office) series() calendar.Series {
	o.Helper()
	obs, err := o.mine.Observe(o.Context(), calendar.Query{Window: o.window(o.now), Zone: o.zone})
	if err != nil || len(obs.Series) != 1 {
		o.Fatalf("%d series, %v", len(obs.Series), err)
	}
	return obs.Series[0]
}
