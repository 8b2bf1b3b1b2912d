package engine

import (
	"strings"
	"testing"
	"time"
)

// waiting is an office in which the mail about a drag to Thu 10 Dec 16:00 could not be sent.
func waiting(t *testing.T) (*office, *postbox) {
	o, p := newMailOffice(t, monday)
	o.settle()
	p.letters()
	p.fail = func(int) error { return errSMTP }
	o.drag("2026-12-09 14:30", "2026-12-10 15:00")
	o.settle()
	p.fail = nil
	o.now = o.now.Add(2 * time.Hour)
	return o, p
}

func TestALateMailSaysNothingThatHasNotSettled(t *testing.T) {
	o, p := waiting(t)
	o.drag("2026-12-09 14:30", "2026-12-11 15:00") // while Alice tries out a time, the mail server comes back
	o.pass()
	o.now = o.now.Add(5 * time.Minute)
	o.drag("2026-12-09 14:30", "2026-12-10 15:00")
	o.settle()
	if len(p.sent) != 1 || !strings.Contains(p.sent[0].Text, "Thu 10 Dec 10:00") {
		t.Fatalf("mails %q", p.letters())
	}
	p.letters()
	o.quietly(p)
}

func TestALateInvitationSaysNothingThatHasNotSettled(t *testing.T) {
	o, p := newMailOffice(t, monday)
	p.fail = func(int) error { return errSMTP }
	o.pass()
	p.fail = nil
	o.now = o.now.Add(2 * time.Hour)
	o.drag("2026-12-09 14:30", "2026-12-11 15:00")
	o.pass()
	o.now = o.now.Add(5 * time.Minute)
	o.drag("2026-12-09 14:30", "2026-12-09 14:30")
	o.settle()
	if len(p.sent) != 1 || strings.Contains(string(p.sent[0].Calendar), "20261211T") {
		t.Fatalf("mails %q", p.letters())
	}
	o.expectMails(p, "REQUEST Invitation: Alice / Dana")
	o.quietly(p)
}

func TestACalendarThatReadsEmptyForAWhileLosesNoMail(t *testing.T) {
	o, p := waiting(t)
	name := o.seriesName()
	text := o.mine.Bytes(name)
	o.mine.Delete(name)
	if _, err := o.Pass(t.Context(), Options{Now: o.now}); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(5 * time.Minute)
	o.mine.Put(name, text)
	o.settle()
	o.expectMails(p, "REQUEST Moved: Alice / Dana, Thu 10 Dec")
	o.quietly(p)
}

func TestASeriesThatIsGoneForGoodIsNotMailedAbout(t *testing.T) {
	o, p := waiting(t)
	o.mine.Delete(o.seriesName())
	for range 30 {
		if _, err := o.Pass(t.Context(), Options{Now: o.now}); err != nil {
			t.Fatal(err)
		}
		o.now = o.now.Add(time.Hour)
	}
	o.expectMails(p)
	if open, err := o.Store.OpenLetters("dana"); err != nil || len(open) > 0 {
		t.Errorf("letters %+v wait for ever, %v", open, err)
	}
}

// A program that saves an old copy takes back what stands in it, our mark too.
func TestAnOldCopyThatAProgramSavesIsMailedAsWhatItIs(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	p.letters()
	old := o.mine.Bytes(o.seriesName())
	o.drag("2026-12-09 14:30", "2026-12-10 15:00")
	o.settle()
	before := number(t, string(p.sent[0].Calendar))
	o.expectMails(p, "REQUEST Moved: Alice / Dana, Thu 10 Dec")
	o.mine.Put(o.seriesName(), old)
	o.settle()
	if len(p.sent) != 1 || number(t, string(p.sent[0].Calendar)) <= before || !strings.Contains(p.sent[0].Text, "Wed 9 Dec 09:30") {
		t.Fatalf("mails %q", p.letters())
	}
	p.letters()
	o.quietly(p)
}

func TestAClockThatWasAheadHoldsNoMailBack(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	p.letters()
	p.fail = func(int) error { return errSMTP }
	o.drag("2026-12-09 14:30", "2026-12-10 15:00")
	right := o.now
	o.now = o.now.Add(12 * time.Hour)
	o.settle()
	p.fail = nil
	o.now = right
	o.settle()
	o.expectMails(p, "REQUEST Moved: Alice / Dana, Thu 10 Dec")
	o.drag("2026-12-16 14:30", "2026-12-17 15:00")
	o.now = right.Add(12 * time.Hour)
	o.pass()
	o.now = right.Add(time.Hour)
	o.settle()
	o.expectMails(p, "REQUEST Moved: Alice / Dana, Thu 17 Dec")
}

// What an instance was told counts for the whole series: a program may keep the highest SEQUENCE that it saw of either.
func TestSequenceRisesOverWhatSingleMeetingsHad(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	for _, at := range []string{"2026-12-10 15:00", "2026-12-11 15:00", "2026-12-10 16:00"} {
		o.drag("2026-12-09 14:30", at)
		o.settle()
	}
	before := number(t, string(p.sent[len(p.sent)-1].Calendar))
	p.letters()
	o.edit(func(s string) string {
		return strings.ReplaceAll(strings.ReplaceAll(s, "T153000", "T160000"), "T161500", "T164500")
	})
	o.settle()
	if len(p.sent) != 1 || number(t, string(p.sent[0].Calendar)) <= before {
		t.Fatalf("SEQUENCE was %d, mails %q", before, p.letters())
	}
	p.letters()
	o.quietly(p)
}

func TestMailsThatWaitAreDroppedWhereNobodyIsToldByMailAnyMore(t *testing.T) {
	o, p := waiting(t)
	o.b.Delivery = ByServer
	o.settle()
	o.b.Delivery = ByEither
	o.settle()
	o.expectMails(p)
}
