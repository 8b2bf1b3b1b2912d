package engine

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"bilateral/agenda"
	"bilateral/calendar"
	"bilateral/calendar/memory"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// The first Monday of the tests is 23 November 2026: week 48. Berlin is UTC+1, New York UTC-5.
const monday = "2026-11-23 14:00"

func TestTheFirstPassMakesTheSeriesAndTheSecondWritesNothing(t *testing.T) {
	o := newOffice(t, monday)
	o.book(o.hers, "2026-12-02 14:00", "2026-12-02 15:30", "")
	r := o.pass()
	if len(r.Bilaterals[0].Steps) == 0 || r.Bilaterals[0].Steps[0].Action != "create_series" {
		t.Fatalf("steps: %+v", r.Bilaterals[0].Steps)
	}
	o.expectStands("2026-11-25 14:30", "Wed 25 Nov 15:30-16:15")
	o.expectStands("2026-12-02 14:30", "Wed 2 Dec 16:30-17:15") // booked over from the start: placed beside it
	o.expectStands("2026-12-09 14:30", "Wed 9 Dec 15:30-16:15")
	text := string(o.mine.Bytes(o.seriesName()))
	for range 5 {
		o.now = o.now.Add(5 * time.Minute)
		if r := o.pass(); len(r.Bilaterals[0].Steps) != 0 {
			t.Fatalf("a settled world was written to: %+v", r.Bilaterals[0].Steps)
		}
	}
	if now := string(o.mine.Bytes(o.seriesName())); now != text || o.mine.Writes() != 1 {
		t.Fatalf("the series changed without cause, after %d writes:\n%s", o.mine.Writes(), now)
	}
}

func TestABookingOverTheSlotMovesItAfterItSettled(t *testing.T) {
	o := newOffice(t, monday)
	o.pass()
	o.now = o.now.Add(5 * time.Minute)
	o.book(o.hers, "2026-12-02 14:00", "2026-12-02 15:30", "")
	o.pass()
	o.expect("2026-W49", plan.Pending, "settling")
	o.expectStands("2026-12-02 14:30", "Wed 2 Dec 15:30-16:15")
	o.settle()
	o.expect("2026-W49", plan.Held, "held")
	o.expectStands("2026-12-02 14:30", "Wed 2 Dec 16:30-17:15")
}

func TestADeclinedTimeIsNeverOfferedAgain(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.decline(0)
	o.settle()
	o.expectStands("2026-11-25 14:30", "Wed 25 Nov 16:15-17:00")
	o.decline(1)
	o.settle()
	if at := o.stands("2026-11-25 14:30"); strings.Contains(at, "15:30") || strings.Contains(at, "16:15") {
		t.Fatalf("a refused time was offered again: %s", at)
	}
	o.decline(2)
	o.settle()
	d := o.expect("2026-W48", plan.Unmet, "budget")
	if len(d.Offers) != 2 || d.Message == "" {
		t.Fatalf("two times to offer and a message: %+v", d)
	}
}

// decline answers the current time of the first week's meeting with a no.
func (o *office) decline(moves int) {
	o.Helper()
	o.edit(func(s string) string {
		if moves == 0 && !strings.Contains(s, "RECURRENCE-ID") {
			o.Fatal("the agenda's override should be there")
		}
		head, tail, ok := strings.Cut(s, "RECURRENCE-ID;TZID=Europe/Berlin:20261125T153000")
		if !ok {
			o.Fatalf("no override of the first week:\n%s", s)
		}
		start := strings.LastIndex(head, "BEGIN:VEVENT")
		end := len(head) + strings.Index(tail, "END:VEVENT")
		part := unfold(s[start:])
		part = part[:strings.Index(part, "END:VEVENT")]
		_ = end
		part = strings.Replace(part, "PARTSTAT=NEEDS-ACTION", "PARTSTAT=DECLINED", 1)
		return unfold(s)[:strings.LastIndex(unfold(s)[:strings.Index(unfold(s), "RECURRENCE-ID;TZID=Europe/Berlin:20261125T153000")], "BEGIN:VEVENT")] + part +
			unfold(s)[strings.LastIndex(unfold(s)[:strings.Index(unfold(s), "RECURRENCE-ID;TZID=Europe/Berlin:20261125T153000")], "BEGIN:VEVENT")+
				strings.Index(unfold(s)[strings.LastIndex(unfold(s)[:strings.Index(unfold(s), "RECURRENCE-ID;TZID=Europe/Berlin:20261125T153000")], "BEGIN:VEVENT"):], "END:VEVENT"):]
	})
}

func unfold(s string) string { return strings.ReplaceAll(s, "\r\n ", "") }

func TestTheAgendaStandsInTheNextInvitationAlone(t *testing.T) {
	o := newOffice(t, monday)
	add(t, o, agenda.FollowUp{Item: agenda.Item{Bilateral: "dana", Kind: agenda.Decision, Text: "Vendor B, 48k EUR", Proposal: "yes", Minutes: 5}})
	o.pass()
	text := unfold(string(o.mine.Bytes(o.seriesName())))
	if n := strings.Count(text, `--- bilateral agenda: 1 decision\, 1 update\; `); n != 1 || !strings.Contains(text, "Vendor B") {
		t.Fatalf("the agenda stands %d times:\n%s", n, text)
	}
	st, err := o.Store.Published("dana", utc(t, "2026-11-25 14:30"))
	if err != nil || st.At.IsZero() {
		t.Fatalf("published: %+v %v", st, err)
	}
}

func TestAnUnchangedAgendaIsNotWrittenAndAChangedOneAtItsMoment(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	add(t, o, agenda.FollowUp{Item: agenda.Item{Bilateral: "dana", Kind: agenda.Update, Text: "The audit is done"}})
	writes := o.mine.Writes()
	o.settle()
	if o.mine.Writes() != writes {
		t.Fatal("the agenda was written between its moments")
	}
	o.now = utc(t, "2026-11-24 15:00") // 16:00 in Berlin on the day before
	o.pass()
	if !strings.Contains(unfold(string(o.mine.Bytes(o.seriesName()))), "The audit is done") {
		t.Fatal("the agenda was not written at its moment")
	}
}

func TestAnAgendaThatAPersonRemovedComesBackWhenItChanges(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	written := regexp.MustCompile(`DESCRIPTION:--- bilateral agenda.*\r\n`)
	o.edit(func(s string) string { return written.ReplaceAllString(unfold(s), "DESCRIPTION:My notes\r\n") })
	writes := o.mine.Writes()
	o.now = utc(t, "2026-11-24 15:00") // 16:00 in Berlin on the day before
	o.settle()
	if o.mine.Writes() != writes {
		t.Fatal("the agenda came back as it was")
	}
	if s, err := o.Status(o.now, 0); err != nil || len(s.Problems) != 1 || s.Problems[0].Do != "see what would stand there: bilateral agenda dana" {
		t.Fatalf("that it is gone is not told: %+v %v", s.Problems, err)
	}
	add(t, o, agenda.FollowUp{Item: agenda.Item{Bilateral: "dana", Kind: agenda.Update, Text: "The audit is done"}})
	o.now = utc(t, "2026-11-25 13:30") // an hour before
	o.settle()
	text := unfold(string(o.mine.Bytes(o.seriesName())))
	if !strings.Contains(text, "The audit is done") || !strings.Contains(text, "My notes") {
		t.Fatalf("the changed agenda did not come back above what the person wrote:\n%s", text)
	}
}

func add(t *testing.T, o *office, f agenda.FollowUp) {
	t.Helper()
	f.Created, f.Status = o.now, agenda.Open
	if _, err := o.Store.Add(f, "alice", o.now); err != nil {
		t.Fatal(err)
	}
}

func TestAPersonsMoveIsKept(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.edit(func(s string) string { // the override that carries the agenda is dragged to Thursday 11:00
		s = unfold(s)
		k := strings.Index(s, "RECURRENCE-ID")
		head, tail := s[:strings.LastIndex(s[:k], "BEGIN:VEVENT")], s[strings.LastIndex(s[:k], "BEGIN:VEVENT"):]
		tail = strings.Replace(tail, "DTSTART;TZID=Europe/Berlin:20261125T153000", "DTSTART;TZID=Europe/Berlin:20261126T110000", 1)
		return head + strings.Replace(tail, "DTEND;TZID=Europe/Berlin:20261125T161500", "DTEND;TZID=Europe/Berlin:20261126T114500", 1)
	})
	o.settle()
	o.expect("2026-W48", plan.Held, "pinned")
	o.expectStands("2026-11-25 14:30", "Thu 26 Nov 11:00-11:45")
}

func TestLeaveOfAWeekCancelsOnceAndItsEndRestores(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	uid := o.book(o.hers, "2026-11-30 00:00", "2026-12-05 00:00", "X-MICROSOFT-CDO-BUSYSTATUS:OOF\n")
	o.settle()
	o.expect("2026-W49", plan.Lapsed, "away")
	o.expectStands("2026-12-02 14:30", "")
	o.hers.Delete(uid + ".ics")
	o.settle()
	o.expectStands("2026-12-02 14:30", "Wed 2 Dec 15:30-16:15")
}

func TestADeletedInstanceIsAskedAbout(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.edit(func(s string) string {
		return strings.Replace(s, "RRULE:FREQ=WEEKLY", "EXDATE;TZID=Europe/Berlin:20261209T153000\r\nRRULE:FREQ=WEEKLY", 1)
	})
	o.settle()
	o.expect("2026-W50", plan.Unmet, "deleted")
	o.expectStands("2026-12-09 14:30", "")
}

func TestAVanishedSeriesIsNotMadeAgainUnasked(t *testing.T) {
	o := newOffice(t, monday)
	o.book(o.mine, "2026-11-24 08:00", "2026-11-24 09:00", "")
	o.settle()
	o.mine.Delete(o.seriesName())
	r := o.settle()
	o.expect("2026-W48", plan.Unmet, "series_gone")
	if !r.NeedsPerson() {
		t.Fatal("a vanished series needs a person")
	}
	if _, err := o.Store.Enqueue(store.Request{Bilateral: "dana", Kind: store.Start, At: o.now}); err != nil {
		t.Fatal(err)
	}
	o.settle()
	o.expectStands("2026-11-25 14:30", "Wed 25 Nov 15:30-16:15")
}

func TestALostDatabaseLosesNoSeriesNoPinAndNoSkip(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.ask(store.Request{Kind: store.Skip, Period: "2026-W50", Args: map[string]string{"reason": "offsite"}})
	o.ask(store.Request{Kind: store.Move, Period: "2026-W49", Args: map[string]string{"start": "2026-12-03T14:00:00Z"}})
	o.settle()
	o.expectStands("2026-12-02 14:30", "Thu 3 Dec 15:00-15:45")
	o.expectStands("2026-12-09 14:30", "")
	writes, text := o.mine.Writes(), string(o.mine.Bytes(o.seriesName()))
	st, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	o.Store = st
	o.settle()
	if o.mine.Writes() != writes || string(o.mine.Bytes(o.seriesName())) != text || len(o.mine.Names()) != 1 {
		t.Fatalf("a lost database led to writes: %+v\n%s", o.last.Bilaterals[0].Steps, string(o.mine.Bytes(o.seriesName())))
	}
	o.expect("2026-W49", plan.Held, "pinned")
	o.expect("2026-W50", plan.Lapsed, "skipped")
}

func (o *office) ask(r store.Request) {
	o.Helper()
	r.Bilateral, r.At = "dana", o.now
	id, err := o.Store.Enqueue(r)
	if err != nil {
		o.Fatal(err)
	}
	o.pass()
	if done, err := o.Store.RequestByID(id); err != nil || !done.OK {
		o.Fatalf("%s: %+v %v", r.Kind, done, err)
	}
}

func TestWatchModeWritesNothingAndSaysWhatItWould(t *testing.T) {
	o := newOffice(t, monday)
	o.b.Acting = false
	r := o.settle()
	if o.mine.Writes() != 0 || len(r.Bilaterals[0].Steps) == 0 {
		t.Fatalf("writes %d, steps %+v", o.mine.Writes(), r.Bilaterals[0].Steps)
	}
	o.expect("2026-W48", plan.Pending, "watch")
}

func TestANewStandingTimeSplitsTheSeriesAndKeepsWhatPeoplePlaced(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.ask(store.Request{Kind: store.Move, Period: "2026-W50", Args: map[string]string{"start": "2026-12-11T14:00:00Z"}})
	o.ask(store.Request{Kind: store.Rebase, Args: map[string]string{"prefer": PreferArg(plan.Prefer{Weekday: time.Thursday, Minute: 16 * 60})}})
	o.settle()
	o.expectStands("2026-11-25 14:30", "Wed 25 Nov 15:30-16:15") // this week's stays with the old series
	o.expectStands("2026-12-02 14:30", "")
	o.expectStands("2026-12-03 15:00", "Thu 3 Dec 16:00-16:45")
	o.expectStands("2026-12-10 15:00", "Fri 11 Dec 15:00-15:45")
	o.expect("2026-W50", plan.Held, "pinned")
	writes := o.mine.Writes()
	o.settle()
	if o.mine.Writes() != writes {
		t.Fatalf("a settled split was written to: %+v", o.last.Bilaterals[0].Steps)
	}
}

func TestAnEmptiedCalendarBlowsTheFuse(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.mine.Delete(o.seriesName())
	r, err := o.Pass(t.Context(), Options{Now: o.now})
	if err != nil {
		t.Fatal(err)
	}
	if o.mine.Writes() > 2 || !r.NeedsPerson() {
		t.Fatalf("report: %+v", r)
	}
	if len(o.mine.Names()) != 0 {
		t.Fatal("something was written into an emptied calendar")
	}
}

func TestAnUnreadableExecutiveCalendarIsNeverTakenForFree(t *testing.T) {
	o := newOffice(t, monday)
	o.book(o.hers, "2026-11-25 14:00", "2026-11-25 16:00", "")
	o.hers.Fail(func(string) error { return errDown })
	if _, err := o.Pass(t.Context(), Options{Now: o.now}); err != nil {
		t.Fatal(err)
	}
	if o.mine.Writes() != 0 {
		t.Fatal("a series was placed on a calendar never read")
	}
	o.hers.Fail(nil)
	o.settle()
	o.expectStands("2026-11-25 14:30", "Wed 25 Nov 17:00-17:45")
}

func TestAMovedSeriesIsTheNewStandingTimeAndLeavesNoSecondMeeting(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()                     // this week's meeting has an override of its own: the agenda
	o.edit(func(s string) string { // the master alone goes to Thursday 11:00
		return replaceInMaster(s, "20261125T153000", "20261126T150000", "20261125T161500", "20261126T154500", "BYDAY=WE", "BYDAY=TH")
	})
	o.settle()
	o.expectStands("2026-11-25 14:30", "")
	o.expectStands("2026-11-26 14:00", "Thu 26 Nov 15:00-15:45")
	o.expectStands("2026-12-03 14:00", "Thu 3 Dec 15:00-15:45")
	o.expect("2026-W48", plan.Held, "held")
	if o.stands("2026-12-02 14:30") != "" {
		t.Fatal("the old time stands beside the new one")
	}
}

// replaceInMaster replaces in the component that has the RRULE.
func replaceInMaster(s string, pairs ...string) string {
	s = unfold(s)
	k := strings.Index(s, "RRULE:FREQ=WEEKLY")
	from := strings.LastIndex(s[:k], "BEGIN:VEVENT")
	to := k + strings.Index(s[k:], "END:VEVENT")
	return s[:from] + strings.NewReplacer(pairs...).Replace(s[from:to]) + s[to:]
}

func TestAnExistingMeetingOfTheTwoIsNotDoubled(t *testing.T) {
	o := newOffice(t, monday)
	o.mine.Put("old.ics", []byte(strings.ReplaceAll(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:old@example.org
DTSTAMP:20261101T000000Z
DTSTART;TZID=Europe/Berlin:20261105T100000
DTEND;TZID=Europe/Berlin:20261105T103000
RRULE:FREQ=WEEKLY
SUMMARY:Alice and Dana
LOCATION:Room 3
ORGANIZER:mailto:alice@example.org
ATTENDEE;PARTSTAT=ACCEPTED:mailto:dana@example.org
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n")))
	r, err := o.Pass(t.Context(), Options{Now: o.now})
	if err != nil || o.mine.Writes() != 0 || r.Bilaterals[0].Code != "existing" || !r.NeedsPerson() {
		t.Fatalf("%d writes, %+v %v", o.mine.Writes(), r.Bilaterals[0], err)
	}
	o.ask(store.Request{Kind: store.Adopt, Args: map[string]string{"uid": "old@example.org"}})
	o.settle()
	o.expect("2026-W48", plan.Held, "held")
	o.mine.Put("old.ics", []byte(dropMarks(string(o.mine.Bytes("old.ics"))))) // a program that keeps no unknown properties
	o.settle()
	o.expect("2026-W48", plan.Held, "held")
	if text := string(o.mine.Bytes("old.ics")); !strings.Contains(text, "LOCATION:Room 3") || !strings.Contains(text, "X-BILATERAL:") {
		t.Fatalf("the adopted series:\n%s", text)
	}
}

func TestAnUnreadableHomeSaysThatWhatIsHeldIsNotSeen(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.mine.Fail(func(string) error { return errDown })
	if _, err := o.Pass(t.Context(), Options{Now: o.now}); err != nil {
		t.Fatal(err)
	}
	verdicts, err := o.Store.Verdicts("dana")
	if err != nil || len(verdicts) == 0 {
		t.Fatal(verdicts, err)
	}
	for _, v := range verdicts {
		if v.Basis != plan.Partly {
			t.Fatalf("%s is said to be %s", v.Period, v.Basis)
		}
	}
}

// delivering is a calendar whose server delivers invitations.
type delivering struct{ *memory.Account }

func (d delivering) About(context.Context) (calendar.About, error) {
	return calendar.About{Write: true, Invites: true, Silent: true}, nil
}

func TestASeriesThatNobodyAnswersIsTold(t *testing.T) {
	rows := []struct{ name, now, zone, told string }{
		{"on the second evening there is still time", "2026-11-25 16:00", "America/New_York", ""},
		{"after two working days it is told", "2026-11-26 16:00", "America/New_York", "since Mon 23 Nov"},
		{"a weekend does not count, in Auckland", "2026-11-22 16:00", "Pacific/Auckland", ""},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			o := newOffice(t, "2026-11-23 08:00")
			if r.zone == "Pacific/Auckland" {
				o.now = utc(t, "2026-11-20 08:00") // a Friday evening there
			}
			o.b.Home.Account = delivering{o.mine}
			o.b.Policy.Theirs.Zone = zone(t, r.zone)
			o.b.Policy.Mine.Hours = weekdaysAt(6, 24)
			o.settle()
			o.now = utc(t, r.now)
			o.pass()
			got := ""
			for _, n := range o.last.Bilaterals[0].Notes {
				if n.Code == "unanswered" {
					got = n.Text
				}
			}
			if (got == "") != (r.told == "") || !strings.Contains(got, r.told) {
				t.Errorf("told %q", got)
			}
		})
	}
}

func TestACalendarThatIsConfiguredNoMoreIsNotComplainedAbout(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.hers.Fail(func(string) error { return errDown })
	if _, err := o.Pass(t.Context(), Options{Now: o.now}); err != nil {
		t.Fatal(err)
	}
	o.b.Executive.Calendars = nil
	o.pass()
	s, err := o.Status(o.now, 0)
	if err != nil || len(s.Calendars) != 1 {
		t.Fatalf("%+v %v", s.Calendars, err)
	}
}

func TestADeclineWithANoteMovesNothing(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	o.edit(func(s string) string {
		s = unfold(s)
		k := strings.LastIndex(s, "BEGIN:VEVENT") // the override that carries the agenda
		tail := strings.Replace(s[k:], "PARTSTAT=NEEDS-ACTION", "PARTSTAT=DECLINED", 1)
		return s[:k] + strings.Replace(tail, "END:VEVENT", "COMMENT:Let us talk about it\r\nEND:VEVENT", 1)
	})
	o.settle()
	d := o.expect("2026-W48", plan.Unmet, "declined_note")
	o.expectStands("2026-11-25 14:30", "Wed 25 Nov 15:30-16:15")
	if len(d.Offers) != 2 || !strings.Contains(d.Message, "Thank you for your note") {
		t.Fatalf("offers %v, message %q", d.Offers, d.Message)
	}
}

func dropMarks(text string) string {
	var out []string
	for _, line := range strings.Split(unfold(text), "\r\n") {
		if !strings.HasPrefix(line, "X-BILATERAL") {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\r\n")
}
