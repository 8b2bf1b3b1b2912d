package engine

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"bilateral/agenda"
	"bilateral/calendar"
	"bilateral/calendar/imip"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// postbox is an SMTP server and the owner's mailbox.
type postbox struct {
	sent    []imip.Message
	replies []imip.Reply
	fail    func(n int) error // asked with the number of the attempt
	lose    bool              // the next message is taken, and the answer lost
	tries   int
	unread  error // why the mailbox cannot be read
}

func (p *postbox) Send(_ context.Context, m imip.Message) error {
	p.tries++
	if p.fail != nil {
		if err := p.fail(p.tries); err != nil {
			return err
		}
	}
	p.sent = append(p.sent, m)
	if p.lose {
		p.lose = false
		return errSMTP
	}
	return nil
}

func (p *postbox) Replies(context.Context) ([]imip.Reply, error) { return p.replies, p.unread }

var errSMTP = &calendar.Error{Kind: calendar.Unreachable, Op: "send", Target: "smtp.example.org"}

// newMailOffice is an office whose calendar delivers nothing, so that invitations go by mail.
func newMailOffice(t *testing.T, now string) (*office, *postbox) {
	o, p := newOffice(t, now), &postbox{}
	o.Post, o.Answers = p, true
	return o, p
}

// letters are the subjects that were sent since the last call.
func (p *postbox) letters() []string {
	var out []string
	for _, m := range p.sent {
		out = append(out, m.Method+" "+m.Subject)
	}
	p.sent = nil
	return out
}

func (o *office) expectMails(p *postbox, want ...string) {
	o.Helper()
	got := p.letters()
	if len(got) != len(want) {
		o.Fatalf("mails %q, want %q", got, want)
	}
	for k := range want {
		if !strings.HasPrefix(got[k], want[k]) {
			o.Fatalf("mail %d is %q, want %q", k, got[k], want[k])
		}
	}
}

// drag puts the override of an instance, made if need be, somewhere else, as a client does that leaves SEQUENCE alone.
func (o *office) drag(original, start string) {
	o.Helper()
	o.patch(original, func(i calendar.InstancePatch) calendar.InstancePatch {
		at := utc(o.T, start)
		i.Span = &calendar.Span{Start: at, End: at.Add(45 * time.Minute)}
		return i
	})
	o.edit(func(s string) string { return strings.ReplaceAll(s, "SEQUENCE:1", "SEQUENCE:0") })
}

func (o *office) patch(original string, change func(calendar.InstancePatch) calendar.InstancePatch) {
	o.Helper()
	obs, err := o.mine.Observe(o.Context(), calendar.Query{Window: o.window(o.now), Zone: o.zone})
	if err != nil {
		o.Fatal(err)
	}
	for _, s := range obs.Series {
		if s.At(utc(o.T, original)) == nil {
			continue
		}
		c := calendar.Change{UID: s.UID, Name: s.Name, Version: s.Version, Instances: []calendar.InstancePatch{change(calendar.InstancePatch{Original: utc(o.T, original)})}}
		if _, err := o.mine.Apply(o.Context(), c); err != nil {
			o.Fatal(err)
		}
		return
	}
	o.Fatalf("no instance of %s", original)
}

func (o *office) quietly(p *postbox) {
	o.Helper()
	writes := o.mine.Writes()
	o.settle()
	o.expectMails(p)
	if o.mine.Writes() != writes {
		o.Fatalf("a settled world was written to: %+v", o.last.Bilaterals[0].Steps)
	}
}

func TestAnInvitationGoesByMailOnceWhereNoServerDelivers(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.book(o.hers, "2026-12-02 14:00", "2026-12-02 15:30", "")
	r := o.pass()
	if s := r.Bilaterals[0].Steps[0]; len(s.Mails) != 1 || !strings.Contains(s.Mail, "Subject: Invitation: Alice / Dana") {
		t.Fatalf("the step does not show the mail: %+v", s)
	}
	text := unfold(string(p.sent[0].Calendar))
	for _, line := range []string{"METHOD:REQUEST", "RRULE:FREQ=WEEKLY;BYDAY=WE", "RECURRENCE-ID;TZID=Europe/Berlin:20261202T153000", "DTSTART;TZID=Europe/Berlin:20261202T163000"} {
		if !strings.Contains(text, line+"\r\n") {
			t.Errorf("no line %s in\n%s", line, text)
		}
	}
	if p.sent[0].To.Email != "dana@example.org" || strings.Contains(text, "X-BILATERAL") || strings.Contains(text, "SCHEDULE-AGENT") {
		t.Errorf("to %s:\n%s", p.sent[0].To.Email, text)
	}
	if stored := unfold(string(o.mine.Bytes(o.seriesName()))); strings.Count(stored, "SCHEDULE-AGENT=CLIENT") < 2 {
		t.Errorf("a server that learns to schedule would invite too:\n%s", stored)
	}
	o.expectMails(p, "REQUEST Invitation: Alice / Dana")
	o.quietly(p)
}

func TestAMeetingThatMovesIsMailedOnceWithItsAgenda(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	p.letters()
	o.book(o.hers, "2026-12-02 14:00", "2026-12-02 15:30", "")
	o.settle()
	if len(p.sent) != 1 || !strings.Contains(p.sent[0].Text, "Wed 2 Dec 10:30-11:15 America/New_York (16:30 Europe/Berlin)") ||
		!strings.Contains(p.sent[0].Text, "Before: Wed 2 Dec 09:30") {
		t.Fatalf("mails: %+v", p.sent)
	}
	o.expectMails(p, "REQUEST Moved: Alice / Dana, Wed 2 Dec")
	o.quietly(p)
}

func TestAMoveOverTheEndOfSummerTimeIsMailedOnBothClocks(t *testing.T) {
	o, p := newMailOffice(t, "2026-10-19 14:00")
	o.settle()
	p.letters()
	o.book(o.hers, "2026-10-28 14:00", "2026-10-28 15:30", "") // Berlin left summer time on the 25th, New York does on 1 November
	o.settle()
	if len(p.sent) != 1 || !strings.Contains(p.sent[0].Text, "Wed 28 Oct 11:30-12:15 America/New_York (16:30 Europe/Berlin)") {
		t.Fatalf("mails: %+v", p.sent)
	}
}

func TestAPersonsDragIsMailedOnceItHasSettled(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	p.letters()
	before := sequence(t, o, "2026-12-09 14:30")
	for _, at := range []string{"2026-12-10 10:00", "2026-12-10 11:00", "2026-12-10 15:00"} {
		o.drag("2026-12-09 14:30", at)
		o.pass()
		o.now = o.now.Add(5 * time.Minute)
	}
	o.expectMails(p)
	o.settle()
	if len(p.sent) != 1 || !strings.Contains(unfold(string(p.sent[0].Calendar)), "DTSTART;TZID=Europe/Berlin:20261210T160000") ||
		!strings.Contains(string(p.sent[0].Calendar), fmt.Sprintf("\r\nSEQUENCE:%d\r\n", before+1)) {
		t.Fatalf("mails: %+v", p.sent)
	}
	p.letters()
	if after := sequence(t, o, "2026-12-09 14:30"); after != before+1 {
		t.Errorf("SEQUENCE went from %d to %d: the guest's client would take the next message for old news", before, after)
	}
	o.quietly(p)
}

func sequence(t *testing.T, o *office, original string) int {
	t.Helper()
	obs, err := o.mine.Observe(t.Context(), calendar.Query{Window: o.window(o.now), Zone: o.zone})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range obs.Series {
		if i := s.At(utc(t, original)); i != nil {
			return i.Sequence
		}
	}
	t.Fatal("no such instance")
	return 0
}

func TestADeletedInstanceIsCancelledByMailAndAnOverrideThatWentIsPutBack(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	p.letters()
	o.edit(func(s string) string {
		return strings.Replace(s, "RRULE:FREQ=WEEKLY", "EXDATE;TZID=Europe/Berlin:20261209T153000\r\nRRULE:FREQ=WEEKLY", 1)
	})
	o.settle()
	o.expectMails(p, "CANCEL Cancelled: Alice / Dana, Wed 9 Dec")
	o.edit(func(s string) string {
		return strings.Replace(s, "EXDATE;TZID=Europe/Berlin:20261209T153000\r\n", "", 1)
	})
	o.settle()
	o.expectMails(p, "REQUEST Invitation: Alice / Dana, Wed 9 Dec")
	o.quietly(p)
}

func TestAWaivedMeetingIsCancelledByMailAndComesBackByMail(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	p.letters()
	uid := o.book(o.hers, "2026-11-30 00:00", "2026-12-05 00:00", "X-MICROSOFT-CDO-BUSYSTATUS:OOF\n")
	o.settle()
	cancel := string(p.sent[0].Calendar)
	o.expectMails(p, "CANCEL Cancelled: Alice / Dana, Wed 2 Dec")
	o.hers.Delete(uid + ".ics")
	o.settle()
	if again := string(p.sent[0].Calendar); number(t, again) <= number(t, cancel) {
		t.Fatalf("SEQUENCE did not rise:\n%s\n%s", cancel, again)
	}
	o.expectMails(p, "REQUEST")
	o.quietly(p)
}

func number(t *testing.T, text string) (n int) {
	t.Helper()
	if _, err := fmt.Sscanf(text[strings.Index(text, "SEQUENCE:"):], "SEQUENCE:%d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestANewStandingTimeIsMailedAsTwoSeries(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	p.letters()
	o.ask(store.Request{Kind: store.Rebase, Args: map[string]string{"prefer": PreferArg(plan.Prefer{Weekday: time.Thursday, Minute: 16 * 60})}})
	if len(p.sent) != 2 || !strings.Contains(string(p.sent[0].Calendar), "UNTIL=") || !strings.Contains(string(p.sent[1].Calendar), "BYDAY=TH") {
		t.Fatalf("mails: %+v", p.sent)
	}
	p.letters()
	o.quietly(p)
}

func TestTheAgendaIsMailedOncePerMeeting(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.pass() // the agenda of the first meeting is in the invitation
	p.letters()
	o.now = utc(t, "2026-11-25 15:20") // after the first meeting: there is a place to write into
	o.settle()
	if len(p.sent) != 1 || !strings.Contains(p.sent[0].Text, "Berlin office is signed") {
		t.Fatalf("mails: %+v", p.sent)
	}
	o.expectMails(p, "REQUEST Agenda: Alice / Dana, Wed 2 Dec")
	if s, err := o.Status(o.now, 0); err != nil || s.Bilaterals[0].Next.Delivered != "yes" {
		t.Fatalf("delivered: %+v %v", s.Bilaterals[0].Next, err)
	}
	add(t, o, agenda.FollowUp{Item: agenda.Item{Bilateral: "dana", Kind: agenda.Update, Text: "The audit is done"}})
	o.now = utc(t, "2026-12-01 15:00")
	o.settle()
	o.expectMails(p)
	if !strings.Contains(unfold(string(o.mine.Bytes(o.seriesName()))), "The audit is done") {
		t.Fatal("the owner's copy has the new agenda")
	}
	if s, err := o.Status(o.now, 0); err != nil || s.Bilaterals[0].Next.Delivered != "no" {
		t.Fatalf("delivered: %+v %v", s.Bilaterals[0].Next, err)
	}
}

func TestMailsWaitForAServerThatIsDownAndSayWhatThenStands(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	p.letters()
	p.fail = func(int) error { return errSMTP }
	o.book(o.hers, "2026-12-02 14:00", "2026-12-02 15:30", "")
	o.drag("2026-12-09 14:30", "2026-12-10 15:00")
	o.settle()
	if s, err := o.Status(o.now, 0); err != nil || len(s.Problems) == 0 || !strings.Contains(fmt.Sprint(s.Problems), "mail_unsent") {
		t.Fatalf("nobody is told: %+v %v", s.Problems, err)
	}
	for range 24 {
		o.now = o.now.Add(time.Hour)
		o.pass()
	}
	o.drag("2026-12-09 14:30", "2026-12-11 15:00")
	o.settle()
	o.now = o.now.Add(2 * time.Hour)
	p.fail = nil
	o.settle()
	if len(p.sent) != 2 || !strings.Contains(p.sent[1].Text, "Fri 11 Dec 10:00") {
		t.Fatalf("mails: %q", p.letters())
	}
	o.expectMails(p, "REQUEST Moved: Alice / Dana, Wed 2 Dec", "REQUEST Moved: Alice / Dana, Fri 11 Dec")
	o.quietly(p)
}

func TestAMoveThatWasTakenBackBeforeItWasEverSentIsNotMailed(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	p.letters()
	p.fail = func(int) error { return errSMTP }
	o.drag("2026-12-02 14:30", "2026-12-03 15:00")
	o.settle() // a letter fails; the next one is not even tried
	o.drag("2026-12-09 14:30", "2026-12-10 15:00")
	o.settle()
	o.drag("2026-12-09 14:30", "2026-12-09 14:30")
	o.settle()
	p.fail = nil
	o.now = o.now.Add(2 * time.Hour)
	o.settle()
	o.expectMails(p, "REQUEST Moved: Alice / Dana, Thu 3 Dec")
}

func TestACrashLosesAndRepeatsNoMail(t *testing.T) {
	for name, crash := range map[string]func(*office, *postbox){
		"after the calendar was written, before the mail went out": func(o *office, p *postbox) {
			p.fail = func(int) error { panic("crash") }
		},
		"after the mail was taken, before that was recorded": func(o *office, p *postbox) {
			p.fail = func(int) error { return nil }
			p.lose = true
		},
		"with the answer to the write lost": func(o *office, p *postbox) {
			lost := false
			o.mine.Fail(func(op string) error {
				if op == "wrote" && !lost {
					lost = true
					return errDown
				}
				return nil
			})
		},
		"with the write itself lost": func(o *office, p *postbox) {
			lost := false
			o.mine.Fail(func(op string) error {
				if op == "write" && !lost {
					lost = true
					return errDown
				}
				return nil
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			o, p := newMailOffice(t, monday)
			o.settle()
			p.letters()
			o.drag("2026-12-09 14:30", "2026-12-10 15:00")
			o.pass()
			o.now = o.now.Add(15 * time.Minute)
			crash(o, p)
			func() {
				defer func() { _ = recover() }()
				_, _ = o.Pass(t.Context(), Options{Now: o.now})
			}()
			p.fail = nil
			o.now = o.now.Add(5 * time.Minute)
			o.settle()
			ids := map[string]bool{}
			for _, m := range p.sent {
				ids[m.ID] = true
			}
			if len(ids) != 1 || !strings.Contains(p.sent[0].Text, "Thu 10 Dec 10:00") {
				t.Fatalf("messages %v: %+v", ids, p.sent)
			}
			p.letters()
			o.quietly(p)
		})
	}
}

func TestALostDatabaseRepeatsNoMail(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	o.drag("2026-12-09 14:30", "2026-12-10 15:00")
	o.book(o.hers, "2026-12-02 14:00", "2026-12-02 15:30", "")
	o.settle()
	o.expectMails(p, "REQUEST Invitation", "REQUEST Moved", "REQUEST Moved")
	st, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	o.Store = st
	o.settle()
	o.expectMails(p)
}

func TestMailsWaitWhilePaused(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	p.letters()
	o.ask(store.Request{Kind: store.Pause, Args: map[string]string{"until": "2026-11-24T09:00:00Z"}})
	o.drag("2026-12-09 14:30", "2026-12-10 15:00")
	o.settle()
	o.expectMails(p)
	o.now = utc(t, "2026-11-24 09:05")
	o.settle()
	o.expectMails(p, "REQUEST Moved: Alice / Dana, Thu 10 Dec")
}

func TestAdoptionTellsNobodyAndLaterMovesAreTold(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.mine.Put("old.ics", []byte(strings.ReplaceAll("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\nBEGIN:VEVENT\nUID:old-1\nDTSTAMP:20261101T000000Z\n"+
		"DTSTART;TZID=Europe/Berlin:20261104T153000\nDTEND;TZID=Europe/Berlin:20261104T161500\nRRULE:FREQ=WEEKLY;BYDAY=WE\nSUMMARY:Alice / Dana\n"+
		"ORGANIZER:mailto:alice@example.org\nATTENDEE;PARTSTAT=ACCEPTED:mailto:dana@example.org\nEND:VEVENT\nEND:VCALENDAR\n", "\n", "\r\n")))
	o.b.Adopt = "old-1"
	o.pass()
	o.settle()
	for _, l := range p.letters() {
		if !strings.HasPrefix(l, "REQUEST Agenda") {
			t.Fatalf("adoption mailed %s", l)
		}
	}
	o.patch("2026-12-09 14:30", func(i calendar.InstancePatch) calendar.InstancePatch {
		i.Span = &calendar.Span{Start: utc(t, "2026-12-10 15:00"), End: utc(t, "2026-12-10 15:45")}
		return i
	})
	o.settle()
	o.expectMails(p, "REQUEST Moved: Alice / Dana, Thu 10 Dec")
}

func TestTwoZonesAndADayEarlierThere(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.b.Policy.Theirs.Zone = zone(t, "Pacific/Auckland")
	o.b.Policy.Theirs.Hours = []plan.Hours{{Weekday: time.Tuesday, From: 0, To: 1440}, {Weekday: time.Wednesday, From: 0, To: 1440}, {Weekday: time.Thursday, From: 0, To: 1440}}
	o.settle()
	if len(p.sent) == 0 || !strings.Contains(p.sent[0].Text, "Thu 26 Nov 03:30-04:15 Pacific/Auckland (Wed 25 Nov 15:30 Europe/Berlin)") {
		t.Fatalf("mails: %+v", p.sent)
	}
}
