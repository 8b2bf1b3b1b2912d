//go:build servers

package endtoend

import (
	"strings"
	"testing"
	"time"

	"bilateral/test/servers"
)

// hears expects that many messages for Dana since the last time it was asked.
func (w *world) hears(messages int) {
	w.t.Helper()
	now := w.dana.messages()
	if now-w.heard != messages {
		w.t.Errorf("at %s Dana has got %d messages instead of %d", w.now.Format(time.RFC3339), now-w.heard, messages)
	}
	w.heard = now
}

// answers lets Dana answer one instance in her calendar program, or with no time the whole series.
func (w *world) answers(answer string, original time.Time, lines ...string) {
	w.t.Helper()
	w.dana.edit(w.now, func(o *object) {
		if original.IsZero() {
			for _, e := range o.events {
				e.says("dana@example.org", answer)
			}
			return
		}
		e := o.override(w.t, original)
		e.says("dana@example.org", answer)
		e.lines = append(e.lines, lines...)
	})
}

func TestTheExecutiveIsToldOnceOfEachChangeOfTimeAndOfNothingElse(t *testing.T) {
	w := newWorld(t, cyrus, settings{})
	original := w.berlin("2035-10-24 15:30")
	w.start()
	w.hears(1)
	if hers := w.dana.meeting(); !hers.slot(t, original).Equal(original) {
		t.Errorf("Dana's calendar has\n%s", hers)
	}
	w.answers("ACCEPTED", time.Time{})
	w.later(5*time.Minute, 0)
	contains(t, w.alice.meeting().String(), "ACCEPTED")
	w.hears(0)

	w.dana.books("board", original, "SUMMARY:Board")
	w.later(5*time.Minute, 0)
	w.later(15*time.Minute, 1)
	w.hears(1)
	mine, hers := w.alice.meeting().slot(t, original), w.dana.meeting().slot(t, original)
	if !mine.Equal(hers) {
		t.Errorf("Alice meets at %s and Dana at %s", mine, hers)
	}
	w.restful()

	w.run(0, "add", "Vendor B, 48k EUR", "--kind", "decision", "--proposal", "yes", "--due", "2035-11-02", "--minutes", "5")
	w.at("2035-10-16 16:05")
	contains(t, w.later(0, 1), "agenda")
	w.hears(1) // Cyrus leaves a message when an instance first gets a text of its own; the answer to it is kept
	told := w.dana.meeting().at(t, w.berlin("2035-10-17 15:30"))
	contains(t, told.value("DESCRIPTION"), "Vendor B")
	contains(t, told.String(), "PARTSTAT=ACCEPTED")
	w.run(0, "add", "Board date 3 or 10 Dec", "--kind", "question")
	w.restful()
	w.at("2035-10-17 14:35")
	contains(t, w.later(0, 1), "agenda")
	contains(t, w.dana.meeting().at(t, w.berlin("2035-10-17 15:30")).value("DESCRIPTION"), "Vendor B", "Board date")
	w.hears(0)
}

func TestADeclinedInstanceGetsAnotherTimeAndARefusedOneIsNotOfferedAgain(t *testing.T) {
	w := newWorld(t, cyrus, settings{})
	original := w.berlin("2035-10-24 15:30")
	w.start()
	w.answers("ACCEPTED", time.Time{})
	w.later(5*time.Minute, 0)
	w.hears(1)
	refused := []time.Time{original}
	for range 2 {
		w.answers("DECLINED", original)
		contains(t, w.later(5*time.Minute, 0), "declined")
		contains(t, w.later(15*time.Minute, 1), "move")
		w.hears(1)
		now := w.alice.meeting().slot(t, original).In(original.Location())
		w.legal(original, now)
		for _, no := range refused {
			if now.Before(no.Add(45*time.Minute)) && no.Before(now.Add(45*time.Minute)) {
				t.Fatalf("Dana refused %s and is offered %s", no, now)
			}
		}
		refused = append(refused, now)
		w.later(5*time.Minute, 0)
	}
	w.answers("DECLINED", original)
	w.later(5*time.Minute, 0)
	w.later(15*time.Minute, 0)
	if p := w.status(2).period("2035-W43"); p.State != "unmet" || p.Code != "budget" {
		t.Errorf("after three refusals status says %+v", p)
	}
	if p := w.status(2).period("2035-W44"); p.State != "held" || p.Moved {
		t.Errorf("the week after that nobody refused: %+v", p)
	}
}

func TestADeclineWithANoteIsAMessage(t *testing.T) {
	w := newWorld(t, cyrus, settings{})
	original := w.berlin("2035-10-24 15:30")
	w.start()
	w.answers("DECLINED", original, `COMMENT:Let us talk on the plane`)
	w.later(5*time.Minute, 0)
	w.later(15*time.Minute, 0)
	if p := w.status(2).period("2035-W43"); p.State != "unmet" || p.Code != "declined_note" {
		t.Errorf("status says %+v", p)
	}
}

func TestADeclinedSeriesStopsEverything(t *testing.T) {
	w := newWorld(t, cyrus, settings{})
	w.start()
	w.answers("DECLINED", time.Time{})
	w.dana.books("board", w.berlin("2035-10-24 15:30"), "SUMMARY:Board")
	for range 3 {
		w.now = w.now.Add(15 * time.Minute)
		w.proxy.take()
		w.run(3, "run", "--once")
		if sent := w.proxy.take(); sent.writes() != 0 {
			t.Errorf("wrote all the same: %v", sent)
		}
	}
	severity, _, do := w.status(2).problem("series_declined")
	if severity != "critical" {
		t.Errorf("a declined series is %q", severity)
	}
	contains(t, do, "talk to Dana Boss")
}

func TestASilentExecutiveIsNoticed(t *testing.T) {
	w := newWorld(t, cyrus, settings{})
	w.start()
	w.at("2035-10-18 16:00")
	w.later(0, 0)
	if severity, message, _ := w.status(1).problem("unanswered"); severity != "warning" || !strings.Contains(message, "Dana Boss") {
		t.Errorf("got %q, %q", severity, message)
	}
	w.answers("ACCEPTED", time.Time{})
	w.later(5*time.Minute, 0)
	w.status(0)
}

func TestFreeBusyOfAnExecutiveWhoSharesNothingElse(t *testing.T) {
	w := newWorld(t, cyrus, settings{email: "erin@example.org", theirs: `"freebusy"`})
	erin := person{t, "erin", cyrus.Is["ERIN"]}
	erin.empty(erin.collection)
	erin.empty(erin.inbox())
	original := w.berlin("2035-10-24 15:30")
	erin.books("board", original, "SUMMARY:Board")
	w.start()
	s := w.status(0)
	if p := s.period("2035-W43"); p.State != "held" || p.Basis != "seen" {
		t.Errorf("status says %+v", p)
	}
	w.legal(original, erin.meeting().slot(t, original).In(original.Location()), original)
	lacks(t, w.run(0, "why", "dana", "2035-W43", "--titles"), "Board")
	w.restful()
}

// TestTheAssistantWritesIntoTheExecutivesOwnCalendar is the assistant's case: the series stands in Dana's calendar, where
// Alice may write.
func TestTheAssistantWritesIntoTheExecutivesOwnCalendar(t *testing.T) {
	for _, s := range []*servers.Server{radicale, cyrus} {
		t.Run("on "+s.Name, func(t *testing.T) {
			w := newWorld(t, s, settings{home: "dana", more: `invite   = "none"`})
			original := w.berlin("2035-10-24 15:30")
			lacks(t, w.run(0, "start", "dana", "--yes"), "Mails go to")
			w.later(5*time.Minute, 0)
			if address, _ := w.alice.series(); address != "" {
				t.Errorf("Alice's own calendar has it too: %s", address)
			}
			w.alice.books("dentist", original, "SUMMARY:Dentist")
			w.later(5*time.Minute, 0)
			w.later(15*time.Minute, 1)
			w.legal(original, w.dana.meeting().slot(t, original).In(original.Location()), original)
			w.hears(0)
			w.run(0, "add", "Vendor B, 48k EUR", "--kind", "decision", "--proposal", "yes", "--due", "2035-11-02", "--minutes", "5")
			w.at("2035-10-16 16:05")
			w.later(0, 1)
			contains(t, w.dana.meeting().at(t, w.berlin("2035-10-17 15:30")).value("DESCRIPTION"), "Vendor B")
			if next := w.status(0).Bilaterals[0].Next; next == nil || next.Delivered != "yes" {
				t.Errorf("status says %+v", next)
			}
			w.later(5*time.Minute, 0)
		})
	}
}
