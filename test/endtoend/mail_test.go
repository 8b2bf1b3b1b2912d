//go:build servers

package endtoend

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bilateral/test/servers"
)

// newMailWorld is a world in which Dana hears of things by mail: [mail] is set up, and she lives by her inbox.
func newMailWorld(t *testing.T, s *servers.Server, with settings) *world {
	t.Helper()
	w := newWorld(t, s, with)
	w.guest = guest{mailbox: mailbox{t, "dana"}, copies: map[string]*object{}, seen: map[string]bool{}}
	w.owner = mailbox{t, "alice"}
	w.guest.empty()
	w.owner.empty()
	w.smtp = newGate(t, post.Is["SMTP"])
	path := filepath.Join(w.dir, "config.toml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w.write("config.toml", string(text)+fmt.Sprintf("\n[mail]\nsmtp = \"smtp://%s\"\nimap = \"imap://%s\"\nusername = \"alice\"\npassword = { file = \"password\" }\n",
		w.smtp.address, post.Is["IMAP"]))
	return w
}

// startByMail starts the series, of which Dana gets one mail.
func (w *world) startByMail() {
	w.t.Helper()
	w.start()
	w.reads(1)
}

// gate stands before the SMTP server. It can be shut, or break the connection in place of the server's word that it has taken
// a mail.
type gate struct {
	t               *testing.T
	address, behind string
	listener        net.Listener
	mute            atomic.Bool
}

func newGate(t *testing.T, behind string) *gate {
	t.Helper()
	g := &gate{t: t, address: "127.0.0.1:0", behind: behind}
	g.opens()
	t.Cleanup(g.shuts)
	return g
}

func (g *gate) shuts() { g.listener.Close() }

func (g *gate) opens() {
	g.t.Helper()
	l, err := net.Listen("tcp", g.address)
	if err != nil {
		g.t.Fatal(err)
	}
	g.listener, g.address = l, l.Addr().String()
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go g.passes(in)
		}
	}()
}

func (g *gate) passes(in net.Conn) {
	defer in.Close()
	out, err := net.Dial("tcp", g.behind)
	if err != nil {
		return
	}
	defer out.Close()
	go func() {
		_, _ = io.Copy(out, in)
		out.Close()
	}()
	said := make([]byte, 4096)
	for { // ends when either side has gone
		n, err := out.Read(said)
		if err != nil || g.mute.Load() && strings.HasPrefix(string(said[:n]), "250 OK id=") {
			return
		}
		if _, err := in.Write(said[:n]); err != nil {
			return
		}
	}
}

func TestStartShowsTheMailAndSendsOne(t *testing.T) {
	w := newMailWorld(t, radicale, settings{})
	said := w.run(0, "check")
	contains(t, said, "mails go out by smtp://"+w.smtp.address+", answers are read at imap://", "it sends no invitations: those to dana@example.org go by mail")
	w.run(0, "run", "--once")
	w.reads(0)
	said = w.run(0, "start", "dana", "--yes")
	mail := w.reads(1)[0]
	contains(t, said, "Mails go to: dana@example.org (1)", "Subject: "+mail.subject)
	for line := range strings.Lines(mail.text) {
		contains(t, said, strings.TrimSpace(line))
	}
	if mail.method != "REQUEST" || !strings.Contains(mail.from, "alice@example.org") || mail.to == "" {
		t.Errorf("the mail is %+v", mail)
	}
	lacks(t, w.guest.copy().String(), "X-BILATERAL")
	for _, original := range []string{"2035-10-17 15:30", "2035-10-24 15:30", "2035-10-31 15:30", "2035-11-07 15:30"} {
		if at := w.berlin(original); !w.agree(at).Equal(at) {
			t.Errorf("the meeting of %s is somewhere else", at)
		}
	}
	w.restful()
	w.reads(0)
}

func TestAConflictIsMailedAsOneInstance(t *testing.T) {
	for _, row := range []struct{ sentence, now, original string }{
		{"in a week like any other", "2035-10-25 17:00", "2035-11-07 15:30"},
		{"in the week in which only one of the two clocks has gone back", "2035-10-22 17:00", "2035-10-31 15:30"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			w := newMailWorld(t, radicale, settings{})
			w.at(row.now)
			w.startByMail()
			original := w.berlin(row.original)
			booked := []time.Time{original.Add(-30 * time.Minute), original.Add(30 * time.Minute)}
			w.dana.books("board", booked[0], "SUMMARY:Board")
			w.dana.books("call", booked[1], "SUMMARY:A call")
			w.later(5*time.Minute, 0)
			w.reads(0)
			w.later(15*time.Minute, 1)
			mail := w.reads(1)[0]
			if mail.method != "REQUEST" || len(mail.calendar.events) != 1 {
				t.Errorf("%s has %d parts of the series", mail.method, len(mail.calendar.events))
			}
			now := w.agree(original)
			w.legal(original, now, booked...)
			there := location(t, "America/New_York")
			contains(t, mail.subject, "Moved: Alice / Dana, "+now.In(there).Format("Mon 2 Jan"))
			contains(t, mail.text, now.In(there).Format("Mon 2 Jan 15:04")+"-", "America/New_York ("+now.Format("15:04")+" Europe/Berlin)",
				"Before: "+original.In(there).Format("Mon 2 Jan 15:04"))
			w.restful()
			w.reads(0)
		})
	}
}

func TestTheAgendaIsMailedOnceAMeeting(t *testing.T) {
	w := newMailWorld(t, radicale, settings{})
	w.startByMail()
	original := w.berlin("2035-10-17 15:30")
	w.replies(reply{answer: "ACCEPTED"})
	w.later(5*time.Minute, 1)
	w.run(0, "add", "Vendor B, 48k EUR", "--kind", "decision", "--proposal", "yes", "--due", "2035-11-02", "--minutes", "5")
	w.run(0, "add", "Her daughter starts school", "--kind", "personal", "--private")
	w.at("2035-10-16 16:05")
	contains(t, w.later(0, 1), "agenda")
	mail := w.reads(1)[0]
	contains(t, mail.subject, "Agenda: Alice / Dana, Wed 17 Oct")
	contains(t, mail.text, "Vendor B")
	contains(t, w.guest.copy().at(t, original).value("DESCRIPTION"), "Vendor B")
	lacks(t, mail.text+mail.calendar.String(), "daughter")
	lacks(t, mail.text, "Please accept")
	contains(t, w.guest.copy().at(t, original).String(), "ATTENDEE;CN=Alice Chen;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;", "ATTENDEE;CN=Dana Boss;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;")
	if next := w.status(0).Bilaterals[0].Next; next == nil || next.Delivered != "yes" {
		t.Errorf("status says %+v", next)
	}
	w.restful()
	w.run(0, "add", "Board date 3 or 10 Dec", "--kind", "question")
	w.at("2035-10-17 14:30")
	contains(t, w.later(0, 1), "agenda")
	w.reads(0)
	contains(t, w.alice.meeting().at(t, original).value("DESCRIPTION"), "Vendor B", "Board date")
	if next := w.status(0).Bilaterals[0].Next; next == nil || next.Delivered != "no" {
		t.Errorf("status says %+v", next)
	}
}

// drags moves an instance in a program that leaves SEQUENCE alone.
func (w *world) drags(original, to time.Time) {
	w.t.Helper()
	w.alice.edit(w.now, func(o *object) {
		e := o.override(w.t, original)
		e.set("DTSTART", local(to))
		e.set("DTEND", local(to.Add(45*time.Minute)))
	})
}

func TestAPersonsDragIsMailedOnceItHasSettled(t *testing.T) {
	w := newMailWorld(t, radicale, settings{})
	w.startByMail()
	original, dragged := w.berlin("2035-10-24 15:30"), w.berlin("2035-10-25 17:00")
	w.drags(original, w.berlin("2035-10-25 16:00"))
	w.later(5*time.Minute, 0)
	w.drags(original, dragged)
	w.later(5*time.Minute, 0)
	w.later(5*time.Minute, 0)
	w.reads(0)
	w.later(5*time.Minute, 1)
	contains(t, w.reads(1)[0].text, "Before: Wed 24 Oct")
	if got := w.agree(original); !got.Equal(dragged) {
		t.Errorf("Dana has it at %s", got)
	}
	w.restful()
	w.drags(original, original)
	w.later(5*time.Minute, 0)
	w.later(15*time.Minute, 1)
	w.reads(1)
	w.agree(original)
	w.restful()
	w.reads(0)
}

func TestASkippedAndAWaivedMeetingAreCancelledAndComeBackByMail(t *testing.T) {
	for _, row := range []struct {
		sentence      string
		original      string
		goes, returns func(w *world)
	}{
		{"a week that the owner skips", "2035-10-31 15:30",
			func(w *world) { w.run(0, "skip", "dana", "2035-W44", "--reason", "both at the fair") },
			func(w *world) { w.run(0, "unskip", "dana", "2035-W44") }},
		{"a week in which the executive is away", "2035-11-07 15:30",
			func(w *world) {
				w.dana.enters("leave", "SUMMARY:Vacation", "DTSTART;VALUE=DATE:20351105", "DTEND;VALUE=DATE:20351110", "TRANSP:OPAQUE")
			},
			func(w *world) { w.dana.removes("leave") }},
		{"a meeting that the owner takes out of the series", "2035-10-24 15:30",
			func(w *world) {
				w.alice.edit(w.now, func(o *object) { o.events[0].set("EXDATE", local(w.berlin("2035-10-24 15:30"))) })
			},
			func(w *world) { w.alice.edit(w.now, func(o *object) { o.events[0].drop("EXDATE") }) }},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			w := newMailWorld(t, radicale, settings{})
			w.startByMail()
			original := w.berlin(row.original)
			settles := func(do func(*world)) {
				do(w)
				for range 3 {
					w.now = w.now.Add(10 * time.Minute)
					w.pass()
				}
			}
			w.at("2035-10-16 17:00")
			settles(row.goes)
			if mail := w.reads(1)[0]; mail.method != "CANCEL" || !strings.HasPrefix(mail.subject, "Cancelled: Alice / Dana, ") {
				t.Errorf("%s: %s", mail.method, mail.subject)
			}
			if now := w.agree(original); !now.IsZero() {
				t.Errorf("Dana has it at %s", now)
			}
			w.restful()
			settles(row.returns)
			if mail := w.reads(1)[0]; mail.method != "REQUEST" {
				t.Errorf("%s: %s", mail.method, mail.subject)
			}
			if now := w.agree(original); !now.Equal(original) {
				t.Errorf("Dana has it at %s", now)
			}
			w.restful()
			w.reads(0)
		})
	}
}

func TestAMailServerThatIsDownGetsOneMailWithWhatStandsInTheEnd(t *testing.T) {
	w := newMailWorld(t, radicale, settings{})
	w.startByMail()
	original, last := w.berlin("2035-10-24 15:30"), w.berlin("2035-10-26 15:30")
	w.smtp.shuts()
	w.dana.books("board", original, "SUMMARY:Board")
	w.later(5*time.Minute, 0)
	w.now = w.now.Add(15 * time.Minute)
	w.run(1, "run", "--once")
	contains(t, w.problems, "send mail to dana@example.org", "connection refused", "bilateral check")
	severity, message, do := w.status(1).problem("mail_unsent")
	if severity != "warning" {
		t.Errorf("a mail that was not sent is %q", severity)
	}
	contains(t, message, "dana@example.org", "2035-W43", "refused")
	contains(t, do, "bilateral check")
	w.run(1, "check")
	contains(t, w.run(0, "plan"), "dana@example.org")

	w.drags(original, last)
	w.now = w.now.Add(5 * time.Minute)
	w.run(1, "run", "--once")
	w.now = w.now.Add(15 * time.Minute)
	w.run(1, "run", "--once")
	w.reads(0)
	w.smtp.opens()
	w.now = w.now.Add(2 * time.Hour)
	w.pass()
	w.reads(1)
	if now := w.agree(original); !now.Equal(last) {
		t.Errorf("Dana has it at %s", now)
	}
	w.status(0)
	w.restful()
	w.reads(0)
}

func TestAMailWhoseReceiptWasLostIsTheSameMailAgain(t *testing.T) {
	w := newMailWorld(t, radicale, settings{})
	w.startByMail()
	original := w.berlin("2035-10-24 15:30")
	w.dana.books("board", original, "SUMMARY:Board")
	w.later(5*time.Minute, 0)
	w.smtp.mute.Store(true)
	w.now = w.now.Add(15 * time.Minute)
	w.run(1, "run", "--once")
	first := w.reads(1)[0]
	w.smtp.mute.Store(false)
	w.later(time.Hour, 0)
	again := w.reads(1)[0]
	if first.id != again.id || first.text != again.text || first.calendar.String() != again.calendar.String() {
		t.Errorf("%s was first\n%s\n%s\nand then %s\n%s\n%s", first.id, first.text, first.calendar, again.id, again.text, again.calendar)
	}
	w.agree(original)
	w.restful()
	w.reads(0)
}

func TestWithoutItsStateItMailsNothingAgain(t *testing.T) {
	w := newMailWorld(t, radicale, settings{})
	w.startByMail()
	moved, dragged := w.berlin("2035-10-24 15:30"), w.berlin("2035-10-31 15:30")
	w.dana.books("board", moved, "SUMMARY:Board")
	w.drags(dragged, w.berlin("2035-11-01 16:30"))
	w.later(5*time.Minute, 0)
	w.later(15*time.Minute, 1)
	w.reads(2)
	remove(t, filepath.Join(w.dir, "state"))
	w.later(5*time.Minute, 0)
	w.later(15*time.Minute, 0)
	w.later(15*time.Minute, 0)
	w.reads(0)
	w.agree(moved)
	w.agree(dragged)
	w.restful()
}

func TestAWeekWithoutAMeetingEndsWithOneLetter(t *testing.T) {
	w := newMailWorld(t, radicale, settings{more: `floor = "send"`})
	w.startByMail()
	w.run(0, "add", "Vendor B, 48k EUR", "--kind", "decision", "--proposal", "yes", "--due", "2035-11-02", "--minutes", "5")
	w.run(0, "add", "Her daughter starts school", "--kind", "personal", "--private")
	w.dana.enters("fair", "SUMMARY:Fair", "DTSTART:20351015T060000Z", "DTEND:20351020T060000Z")
	for at := w.berlin("2035-10-15 16:15"); at.Before(w.berlin("2035-10-20 01:00")); at = at.Add(2 * time.Hour) {
		w.now = at
		w.run(0, "run", "--once")
	}
	mail := w.reads(1)[0]
	if mail.method != "" || mail.calendar != nil {
		t.Errorf("the letter has a calendar part: %+v", mail)
	}
	contains(t, mail.text, "Hello Dana", "Vendor B")
	lacks(t, mail.text, "daughter")
}

func TestByMailWhereTheServerWouldInviteToo(t *testing.T) {
	w := newMailWorld(t, cyrus, settings{more: `invite = "mail"`})
	contains(t, w.run(0, "check"), "invitations to dana@example.org go by mail, as configured")
	w.startByMail()
	original := w.berlin("2035-10-24 15:30")
	contains(t, w.alice.meeting().String(), "SCHEDULE-AGENT=CLIENT")
	w.dana.books("board", original, "SUMMARY:Board")
	w.later(5*time.Minute, 0)
	w.later(15*time.Minute, 1)
	w.reads(1)
	w.legal(original, w.agree(original), original)
	w.replies(reply{answer: "ACCEPTED"})
	w.later(5*time.Minute, 1)
	contains(t, w.alice.meeting().String(), "PARTSTAT=ACCEPTED")
	w.run(0, "skip", "dana", "2035-W44", "--reason", "both at the fair")
	w.reads(1)
	w.hears(0)
	if address, _ := w.dana.series(); address != "" {
		t.Errorf("the server put it into Dana's calendar too: %s", address)
	}
	w.restful()
	w.reads(0)
}

func TestByTheServerWhereItInvitesNobodySaysSo(t *testing.T) {
	w := newMailWorld(t, radicale, settings{more: `invite = "server"`})
	contains(t, w.run(0, "check"), `the server sends no invitations, so dana@example.org hears of nothing: set invite = "mail"`)
	contains(t, w.run(0, "start", "dana", "--yes"), "Nobody gets a mail from this")
	w.reads(0)
}

func TestAnAcceptanceByMailIsWrittenDownOnce(t *testing.T) {
	w := newMailWorld(t, radicale, settings{})
	w.startByMail()
	w.replies(reply{answer: "ACCEPTED"})
	contains(t, w.later(5*time.Minute, 1), "answered by mail")
	contains(t, w.alice.meeting().String(), "PARTSTAT=ACCEPTED")
	w.restful()
	w.reads(0)
	w.at("2035-10-19 16:00")
	w.later(0, 0)
	w.status(0) // and not that nobody answers
}

func TestADeclineByMailGetsAnotherTimeAndARefusedOneIsNotOfferedAgain(t *testing.T) {
	w := newMailWorld(t, radicale, settings{})
	w.startByMail()
	w.replies(reply{answer: "ACCEPTED"})
	w.later(5*time.Minute, 1)
	original := w.berlin("2035-10-24 15:30")
	refused := []time.Time{original}
	for range 2 {
		w.replies(reply{answer: "DECLINED", original: original})
		contains(t, w.later(5*time.Minute, 1), "declined")
		contains(t, w.later(15*time.Minute, 1), "move")
		mail := w.reads(1)[0]
		contains(t, mail.calendar.events[0].String(), "PARTSTAT=NEEDS-ACTION") // another time is another question
		now := w.agree(original)
		w.legal(original, now)
		for _, no := range refused {
			if now.Before(no.Add(45*time.Minute)) && no.Before(now.Add(45*time.Minute)) {
				t.Fatalf("Dana refused %s and is offered %s", no, now)
			}
		}
		refused = append(refused, now)
		w.later(5*time.Minute, 0)
	}
	w.replies(reply{answer: "DECLINED", original: original})
	w.later(5*time.Minute, 1)
	w.later(15*time.Minute, 0)
	if p := w.status(2).period("2035-W43"); p.State != "unmet" || p.Code != "budget" {
		t.Errorf("after three refusals status says %+v", p)
	}
	w.reads(0)
}

func TestADeclineByMailWithANoteIsAMessage(t *testing.T) {
	w := newMailWorld(t, radicale, settings{})
	w.startByMail()
	w.replies(reply{answer: "DECLINED", original: w.berlin("2035-10-24 15:30"), lines: []string{"COMMENT:Let us talk on the plane"}})
	w.later(5*time.Minute, 1)
	w.later(15*time.Minute, 0)
	if p := w.status(2).period("2035-W43"); p.State != "unmet" || p.Code != "declined_note" {
		t.Errorf("status says %+v", p)
	}
	contains(t, w.run(2, "status"), "declined Wed 24 Oct 15:30-16:15 with a note")
	w.reads(0)
}

func TestAProposalByMailIsTakenAndPinned(t *testing.T) {
	w := newMailWorld(t, radicale, settings{})
	w.startByMail()
	original, proposed := w.berlin("2035-10-24 15:30"), w.berlin("2035-10-25 16:00")
	w.replies(reply{method: "COUNTER", answer: "TENTATIVE", original: original,
		lines: []string{"DTSTART" + local(proposed), "DTEND" + local(proposed.Add(45*time.Minute))}})
	w.later(5*time.Minute, 1)
	w.reads(1)
	if now := w.agree(original); !now.Equal(proposed) {
		t.Errorf("it stands at %s", now)
	}
	if p := w.status(0).period("2035-W43"); p.State != "held" || !p.Pinned {
		t.Errorf("status says %+v", p)
	}
	w.restful()
	w.reads(0)
}

func TestASeriesDeclinedByMailStopsEverything(t *testing.T) {
	w := newMailWorld(t, radicale, settings{})
	w.startByMail()
	w.replies(reply{answer: "DECLINED"})
	w.now = w.now.Add(5 * time.Minute)
	w.run(3, "run", "--once")
	w.dana.books("board", w.berlin("2035-10-24 15:30"), "SUMMARY:Board")
	w.proxy.take()
	for range 3 {
		w.now = w.now.Add(15 * time.Minute)
		w.run(3, "run", "--once")
		if sent := w.proxy.take(); sent.writes() != 0 {
			t.Errorf("wrote all the same: %v", sent)
		}
	}
	if severity, _, _ := w.status(2).problem("series_declined"); severity != "critical" {
		t.Errorf("a declined series is %q", severity)
	}
	w.reads(0)

	w.replies(reply{answer: "ACCEPTED"}) // they have talked
	for range 3 {
		w.now = w.now.Add(15 * time.Minute)
		w.pass()
	}
	w.reads(1)
	w.agree(w.berlin("2035-10-24 15:30"))
	w.status(0)
}

func TestWhatIsNoAnswerOfDanasHasNoEffectAndTheMailboxStaysAsItWas(t *testing.T) {
	w := newMailWorld(t, radicale, settings{})
	w.startByMail()
	original := w.berlin("2035-10-24 15:30")
	w.owner.sends("Erin <erin@example.org>", "alice@example.org", "Lunch?", "", "")
	for _, r := range []reply{
		{from: "Erin <erin@example.org>", answer: "DECLINED", original: original},
		{from: "Erin <erin@example.org>", attendee: "erin@example.org", answer: "DECLINED", original: original},
		{uid: "another@example.org", answer: "DECLINED"},
		{uid: "another@example.org", answer: "DECLINED", original: original},
		{from: "Dana Boss <dana@example.org>, erin@example.org", answer: "DECLINED", original: original},
		{answer: "NEEDS-ACTION", original: original},
	} {
		w.replies(r)
	}
	before := w.owner.letters()
	w.later(5*time.Minute, 0)
	w.later(15*time.Minute, 0)
	w.replies(reply{answer: "ACCEPTED"})
	w.later(5*time.Minute, 1)
	w.restful()
	w.reads(0)
	after := w.owner.letters()
	if len(before) != 7 || len(after) != 8 {
		t.Errorf("there were %d mails, and there are %d", len(before), len(after))
	}
	for k, l := range after {
		if strings.Contains(l.flags, `\Seen`) || k < len(before) && l.flags != before[k].flags {
			t.Errorf("%q is now %s", l.subject, l.flags)
		}
	}
	w.status(0)
}

// meets are the times at which Dana's calendar has meetings with Alice in a week, over all series that she has.
func (g *guest) meets(original func(*object) time.Time) []time.Time {
	g.t.Helper()
	var out []time.Time
	for _, o := range g.copies {
		at := original(o)
		until := ""
		if _, rest, ok := strings.Cut(o.events[0].value("RRULE"), "UNTIL="); ok {
			until, _, _ = strings.Cut(rest, ";")
		}
		gone := until != "" && at.UTC().Format("20060102T150405Z") > until
		if slot := o.slot(g.t, at); !gone && !at.Before(o.events[0].moment(g.t, "DTSTART")) && !slot.IsZero() {
			out = append(out, slot)
		}
	}
	return out
}

func TestANewStandingTimeIsTwoMailsAndNoWeekHasTwoMeetings(t *testing.T) {
	w := newMailWorld(t, radicale, settings{})
	w.startByMail()
	w.drags(w.berlin("2035-11-07 15:30"), w.berlin("2035-11-08 17:00"))
	w.later(5*time.Minute, 0)
	w.later(15*time.Minute, 1)
	w.reads(1)
	w.run(0, "rebase", "dana", "thu 16:00", "--yes")
	w.reads(2)
	w.later(5*time.Minute, 0)
	if len(w.guest.copies) != 2 {
		t.Fatalf("Dana has %d series", len(w.guest.copies))
	}
	for _, row := range []struct{ monday, meets string }{
		{"2035-10-15 00:00", "2035-10-17 15:30"},
		{"2035-10-22 00:00", "2035-10-25 16:00"},
		{"2035-10-29 00:00", "2035-11-01 16:00"},
		{"2035-11-05 00:00", "2035-11-08 17:00"}, // where Alice had put it
		{"2035-11-12 00:00", "2035-11-15 16:00"},
	} {
		monday := w.berlin(row.monday)
		got := w.guest.meets(func(o *object) time.Time {
			first := o.events[0].moment(t, "DTSTART").In(monday.Location())
			day := monday.AddDate(0, 0, (int(first.Weekday())+6)%7)
			return time.Date(day.Year(), day.Month(), day.Day(), first.Hour(), first.Minute(), 0, 0, monday.Location())
		})
		if len(got) != 1 || !got[0].Equal(w.berlin(row.meets)) {
			t.Errorf("in the week of %s Dana meets at %v, and not at %s", row.monday, got, row.meets)
		}
	}
	w.later(15*time.Minute, 0)
	w.reads(0)
}

func TestWhilePausedInWatchModeAndInLookingOnNothingIsMailed(t *testing.T) {
	w := newMailWorld(t, radicale, settings{})
	w.startByMail()
	w.run(0, "pause", "dana", "--until", "2035-10-17")
	w.drags(w.berlin("2035-10-31 15:30"), w.berlin("2035-11-01 16:30"))
	w.dana.books("board", w.berlin("2035-10-24 15:30"), "SUMMARY:Board")
	for range 3 {
		w.now = w.now.Add(15 * time.Minute)
		w.run(0, "plan")
		w.pass()
	}
	w.reads(0)
	w.at("2035-10-17 00:05")
	w.run(0, "plan")
	w.reads(0)
	for range 3 {
		w.now = w.now.Add(15 * time.Minute)
		w.pass()
	}
	w.reads(1) // the drag; the move waits for Dana's hours
	w.at("2035-10-17 15:05")
	w.pass()
	w.reads(1)
	w.agree(w.berlin("2035-10-24 15:30"))
	w.agree(w.berlin("2035-10-31 15:30"))
	w.later(5*time.Minute, 0)
	w.reads(0)
}

func TestASeriesMadeAnewLeavesNoneOfTheOldOneWithDana(t *testing.T) {
	w := newMailWorld(t, radicale, settings{})
	w.startByMail()
	old, _ := w.alice.series()
	w.alice.empty(w.alice.collection)
	w.now = w.now.Add(5 * time.Minute)
	w.run(3, "run", "--once")
	w.reads(0)
	w.run(0, "start", "dana", "--yes")
	w.reads(2)
	if made, _ := w.alice.series(); made == old || made == "" {
		t.Errorf("after %s there is %s", old, made)
	}
	standing := 0
	for _, o := range w.guest.copies {
		if o.events[0].value("STATUS") != "CANCELLED" {
			standing++
		}
	}
	if len(w.guest.copies) != 2 || standing != 1 {
		t.Errorf("of %d series that Dana has, %d stand", len(w.guest.copies), standing)
	}
	w.restful()
	w.reads(0)
}
