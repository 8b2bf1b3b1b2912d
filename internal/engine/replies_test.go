package engine

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"bilateral/agenda"
	"bilateral/calendar"
	"bilateral/calendar/imip"
	"bilateral/calendar/memory"
	"bilateral/internal/plan"
)

// reply is an answer of Dana's to an instance, or to the series ("").
func (o *office) reply(original string, status calendar.PartStat) imip.Reply {
	o.Helper()
	r := imip.Reply{UID: o.b.uid(0, ""), From: "dana@example.org", Status: status, Stamp: o.now}
	if original != "" {
		r.Original = utc(o.T, original)
	}
	return r
}

func TestAnAnswerByMailWorksAsOneOnAServer(t *testing.T) {
	rows := []struct {
		name   string
		reply  func(*office) imip.Reply
		period string
		state  plan.State
		code   string
		stands string
	}{
		{"a yes to one meeting changes nothing", func(o *office) imip.Reply { return o.reply("2026-12-02 14:30", calendar.Accepted) },
			"2026-W49", plan.Held, "held", "Wed 2 Dec 15:30-16:15"},
		{"a no to one meeting asks for another time", func(o *office) imip.Reply { return o.reply("2026-12-02 14:30", calendar.Declined) },
			"2026-W49", plan.Held, "held", "Wed 2 Dec 16:15-17:00"},
		{"a no with a note is a message", func(o *office) imip.Reply {
			r := o.reply("2026-12-02 14:30", calendar.Declined)
			r.Comment = "let us talk first"
			return r
		}, "2026-W49", plan.Unmet, "declined_note", "Wed 2 Dec 15:30-16:15"},
		{"a legal counter-proposal is taken", func(o *office) imip.Reply {
			r := o.reply("2026-12-02 14:30", calendar.NeedsAction)
			r.Counter = &calendar.Span{Start: utc(t, "2026-12-03 15:00"), End: utc(t, "2026-12-03 15:45")}
			return r
		}, "2026-W49", plan.Held, "pinned", "Thu 3 Dec 16:00-16:45"},
		{"a no to the series stops everything", func(o *office) imip.Reply { return o.reply("", calendar.Declined) },
			"2026-W49", plan.Unmet, "series_declined", "Wed 2 Dec 15:30-16:15"},
		{"somebody to whom it was forwarded is not asked", func(o *office) imip.Reply {
			r := o.reply("2026-12-02 14:30", calendar.Declined)
			r.From = "eve@example.org"
			return r
		}, "2026-W49", plan.Held, "held", "Wed 2 Dec 15:30-16:15"},
		{"a no to a meeting of another series", func(o *office) imip.Reply {
			r := o.reply("2026-12-02 14:30", calendar.Declined)
			r.UID = "other"
			return r
		}, "2026-W49", plan.Held, "held", "Wed 2 Dec 15:30-16:15"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			o, p := newMailOffice(t, monday)
			o.settle()
			before := sequence(t, o, "2026-12-16 14:30")
			p.replies = []imip.Reply{row.reply(o)}
			o.settle()
			o.settle()
			o.expect(row.period, row.state, row.code)
			o.expectStands("2026-12-02 14:30", row.stands)
			if after := sequence(t, o, "2026-12-16 14:30"); after != before {
				t.Errorf("an answer raised SEQUENCE from %d to %d", before, after)
			}
			p.letters()
			o.quietly(p)
		})
	}
}

func TestAnAnswerIsWrittenOnceAndOnlyTheNewestCounts(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	p.letters()
	no, yes := o.reply("2026-12-02 14:30", calendar.Declined), o.reply("2026-12-02 14:30", calendar.Accepted)
	yes.Stamp = no.Stamp.Add(time.Minute)
	p.replies = []imip.Reply{yes, no, yes} // a mailbox tells again, in any order
	writes := o.mine.Writes()
	o.settle()
	if o.mine.Writes() != writes+1 || !strings.Contains(unfold(string(o.mine.Bytes(o.seriesName()))), "PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;SCHEDULE-AGENT=CLIENT:mailto:dana") {
		t.Fatalf("%d writes:\n%s", o.mine.Writes()-writes, o.mine.Bytes(o.seriesName()))
	}
	o.expectMails(p)
}

func TestALateAnswerToAnEarlierTimeIsNoAnswer(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	late := o.reply("2026-12-02 14:30", calendar.Declined)
	o.book(o.hers, "2026-12-02 14:00", "2026-12-02 15:30", "")
	o.settle()
	p.replies = []imip.Reply{late}
	o.settle()
	o.expectStands("2026-12-02 14:30", "Wed 2 Dec 16:30-17:15")
	o.expect("2026-W49", plan.Held, "held")
}

func TestAnAnswerToATimeThatAPersonHasLeftIsNoAnswer(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	o.drag("2026-12-09 14:30", "2026-12-10 15:00")
	p.replies = []imip.Reply{o.reply("2026-12-09 14:30", calendar.Declined)}
	o.settle()
	o.expect("2026-W50", plan.Held, "pinned")
}

func TestAnAnswerSurvivesACalendarThatIsDown(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	p.replies = []imip.Reply{o.reply("2026-12-02 14:30", calendar.Declined)}
	o.mine.Fail(func(op string) error {
		if op == memory.Writing {
			return errDown
		}
		return nil
	})
	_, _ = o.Pass(t.Context(), Options{Now: o.now})
	p.replies = nil // handed over once
	o.mine.Fail(nil)
	o.now = o.now.Add(5 * time.Minute)
	o.settle()
	o.expectStands("2026-12-02 14:30", "Wed 2 Dec 16:15-17:00")
}

func TestAMailboxThatCannotBeReadIsToldAndStopsNothing(t *testing.T) {
	o, _ := newMailOffice(t, monday)
	o.Post = &deaf{}
	o.settle()
	s, err := o.Status(o.now, 0)
	if err != nil || len(s.Problems) == 0 || s.Problems[0].Code != "replies_unread" {
		t.Fatalf("problems: %+v %v", s.Problems, err)
	}
	o.expectStands("2026-11-25 14:30", "Wed 25 Nov 15:30-16:15")
}

type deaf struct{ postbox }

func (*deaf) Replies(context.Context) ([]imip.Reply, error) { return nil, errors.New("imap is down") }

// serving is a calendar whose server delivers invitations.
type serving struct {
	*memory.Account
	silent bool
}

func (s serving) About(context.Context) (calendar.About, error) {
	return calendar.About{Name: "served", Write: true, Invites: true, Silent: s.silent}, nil
}

func TestNobodyIsToldTwice(t *testing.T) {
	for name, row := range map[string]struct {
		delivery Delivery
		mails    bool
	}{
		"auto leaves it to a server that delivers": {ByEither, false},
		"server as well":               {ByServer, false},
		"mail keeps the server silent": {ByMail, true},
	} {
		t.Run(name, func(t *testing.T) {
			o, p := newMailOffice(t, monday)
			o.b.Home.Account, o.b.Delivery = serving{o.mine, true}, row.delivery
			o.book(o.hers, "2026-12-02 14:00", "2026-12-02 15:30", "")
			o.settle()
			agent := strings.Contains(unfold(string(o.mine.Bytes(o.seriesName()))), "SCHEDULE-AGENT=CLIENT")
			if (len(p.sent) > 0) != row.mails || agent != row.mails {
				t.Fatalf("%d mails, the server is silent: %v", len(p.sent), agent)
			}
		})
	}
}

func TestASeriesThatAServerInvitesToIsLeftToIt(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.b.Home.Account = serving{o.mine, true}
	o.settle()
	o.b.Delivery = ByMail
	o.drag("2026-12-09 14:30", "2026-12-10 15:00")
	o.settle()
	o.expectMails(p)
	if n := o.last.Bilaterals[0].Notes; len(n) != 1 || n[0].Code != "invite_server" {
		t.Fatalf("notes: %+v", n)
	}
}

func TestAServerThatMailsEachTextGetsOneAMeeting(t *testing.T) {
	o, _ := newMailOffice(t, monday)
	o.b.Home.Account = serving{o.mine, false}
	o.now = utc(t, "2026-11-25 15:20")
	r := o.pass()
	o.now = utc(t, "2026-12-01 10:00")
	o.settle()
	for _, s := range r.Bilaterals[0].Steps {
		if s.Action == "agenda" && len(s.Mails) != 1 {
			t.Fatalf("the step does not say that the server mails: %+v", s)
		}
	}
	add(t, o, agenda.FollowUp{Item: agenda.Item{Bilateral: "dana", Kind: agenda.Update, Text: "The audit is done"}})
	writes := o.mine.Writes()
	o.now = utc(t, "2026-12-01 15:00")
	o.settle()
	if o.mine.Writes() != writes {
		t.Fatal("a second text was written, and mailed")
	}
}

func TestAnUnmetPeriodsAgendaGoesOutInWritingOnce(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.b.SendFloor = true
	o.settle()
	p.letters()
	for day := 24; day <= 27; day++ { // whatever is left of the week
		date := time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		o.book(o.hers, date+" 07:00", date+" 23:00", "")
	}
	o.now = utc(t, "2026-11-27 15:00")
	o.settle()
	for _, l := range p.letters() {
		if strings.HasPrefix(l, " ") {
			t.Fatalf("too early, her week ends at 23:00 UTC: %s", l)
		}
	}
	o.now = utc(t, "2026-11-27 20:05")
	plain := 0
	for range 4 {
		o.settle()
		for _, m := range p.sent {
			if m.Method == "" {
				plain++
				if !strings.Contains(m.Text, "Berlin office is signed") || !strings.Contains(m.Text, "from Mon 23 Nov to Sun 29 Nov") || m.Calendar != nil {
					t.Errorf("the letter says:\n%s", m.Text)
				}
			}
		}
		p.letters()
	}
	if plain != 1 {
		t.Fatalf("%d letters for %+v", plain, o.decision("2026-W48"))
	}
}
