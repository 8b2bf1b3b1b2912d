//go:build servers

package endtoend

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestWatchModeWritesNothingAndStartWritesOneSeries(t *testing.T) {
	onEach(t, func(w *world) {
		said := w.run(0, "check")
		contains(t, said, "calendar work", "calendar dana", "you may write in it")
		if w.server == cyrus {
			contains(t, said, "the server invites dana@example.org")
		}
		contains(t, w.run(2, "plan", "--exit-code"), "create series  Wed 17 Oct 15:30-16:15")
		w.run(0, "run", "--once")
		if n := w.proxy.take().writes(); n != 0 || len(w.alice.objects(w.alice.collection)) != 0 {
			t.Fatalf("watch mode sent %d writes", n)
		}

		said = w.run(0, "start", "dana", "--yes")
		contains(t, said, "Invitation: Alice / Dana", "Wed 17 Oct 15:30-16:15 with Dana Boss")
		if w.server == cyrus {
			contains(t, said, "Mails go to: dana@example.org (1)")
		}
		if n := w.proxy.take().writes(); n != 1 {
			t.Errorf("the series took %d writes", n)
		}
		o := w.alice.meeting()
		text := o.String()
		contains(t, text, "@bilateral\r\n", "\r\nX-BILATERAL", "SUMMARY:Alice / Dana", "RRULE:FREQ=WEEKLY;BYDAY=WE", "CLASS:PRIVATE",
			"mailto:alice@example.org", "mailto:dana@example.org")
		if len(o.events) != 1 || !o.slot(t, w.berlin("2035-10-17 15:30")).Equal(w.berlin("2035-10-17 15:30")) {
			t.Errorf("there stands\n%s", text)
		}
		w.restful()
		contains(t, w.run(0, "status"), "the guarantee holds", "5 held", "next Wed 17 Oct 15:30-16:15")
	})
}

func TestAConflictMovesTheMeetingOnceItHasSettled(t *testing.T) {
	for _, row := range []struct{ sentence, now, original string }{
		{"in a week like any other", "2035-10-25 17:00", "2035-11-07 15:30"},
		{"in the week in which only one of the two clocks has gone back", "2035-10-22 17:00", "2035-10-31 15:30"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			onEach(t, func(w *world) {
				w.at(row.now)
				w.start()
				original := w.berlin(row.original)
				booked := []time.Time{original.Add(-30 * time.Minute), original.Add(30 * time.Minute)}
				w.dana.books("board", booked[0], "SUMMARY:Board")
				w.dana.books("call", booked[1], "SUMMARY:A call")
				contains(t, w.later(5*time.Minute, 0), "pending")
				if got := w.alice.meeting().slot(t, original); !got.Equal(original) {
					t.Fatalf("moved to %s before the conflict settled", got)
				}
				contains(t, w.later(15*time.Minute, 1), "move")
				moved := w.alice.meeting().slot(t, original)
				w.legal(original, moved.In(original.Location()), booked...)
				w.restful()
				contains(t, w.run(0, "why", "dana", original.Format("2006-01-02")), "(Dana)")
				lacks(t, w.run(0, "why", "dana", original.Format("2006-01-02")), "Board")
			})
		})
	}
}

func TestAPersonsDragIsPinnedAndNeverMovedBack(t *testing.T) {
	onEach(t, func(w *world) {
		w.start()
		original, dragged := w.berlin("2035-10-24 15:30"), w.berlin("2035-10-25 11:00")
		w.alice.edit(w.now, func(o *object) {
			e := o.override(t, original)
			e.set("DTSTART", local(dragged))
			e.set("DTEND", local(dragged.Add(45*time.Minute)))
			e.set("SEQUENCE", ":1")
		})
		w.later(5*time.Minute, 0)
		p := w.status(0).period("2035-W43")
		if p.State != "held" || !p.Pinned || p.Start == nil || !p.Start.Equal(dragged) {
			t.Errorf("status says %+v", p)
		}
		w.dana.books("board", dragged, "SUMMARY:Board")
		w.later(5*time.Minute, 0)
		w.later(24*time.Hour, 0)
		if got := w.alice.meeting().slot(t, original); !got.Equal(dragged) {
			t.Errorf("it stands at %s, and Alice put it at %s", got, dragged)
		}
		if p := w.status(2).period("2035-W43"); p.State != "unmet" || p.Code != "pinned" {
			t.Errorf("with a conflict over it status says %+v", p)
		}
	})
}

func TestTheAgendaComesAtItsMomentAndPeoplesTextStays(t *testing.T) {
	onEach(t, func(w *world) {
		w.start()
		original := w.berlin("2035-10-17 15:30")
		w.run(0, "add", "Vendor B, 48k EUR", "--kind", "decision", "--proposal", "yes", "--due", "2035-11-02", "--minutes", "5")
		w.run(0, "add", "Her daughter starts school", "--kind", "personal", "--private")
		w.alice.edit(w.now, func(o *object) { o.events[0].set("DESCRIPTION", `:Room 4\, second floor`) })
		w.later(5*time.Minute, 0)
		w.at("2035-10-16 15:55")
		w.later(0, 0)
		w.at("2035-10-16 16:00")
		contains(t, w.later(0, 1), "agenda")
		text := w.alice.meeting().at(t, original).value("DESCRIPTION")
		contains(t, text, `--- bilateral agenda: 1 decision`, "Vendor B", "--- end of agenda", `Room 4\, second floor`)
		lacks(t, w.alice.meeting().String(), "daughter")
		if next := w.status(0).Bilaterals[0].Next; next == nil || next.Published == nil {
			t.Errorf("status says %+v", next)
		}
		w.restful()
		if w.server == cyrus {
			hers := w.dana.meeting().at(t, original)
			if hers == nil || hers.value("DESCRIPTION") != text {
				t.Errorf("Dana reads %v", hers)
			}
		}

		w.alice.edit(w.now, func(o *object) {
			e := o.override(t, original)
			e.set("DESCRIPTION", ":"+text+`\nBring the contract.`)
		})
		w.later(5*time.Minute, 0)
		w.run(0, "add", "Board date 3 or 10 Dec", "--kind", "question")
		w.at("2035-10-17 14:30")
		contains(t, w.later(0, 1), "agenda")
		contains(t, w.alice.meeting().at(t, original).value("DESCRIPTION"), "Vendor B", "Board date", `Room 4\, second floor`, "Bring the contract.")
	})
}

func TestAnEditBetweenLookAndWriteIsNotLost(t *testing.T) {
	onEach(t, func(w *world) {
		w.start()
		original := w.berlin("2035-10-24 15:30")
		w.dana.books("board", original, "SUMMARY:Board")
		w.later(5*time.Minute, 0)
		w.proxy.beforePut(func() {
			w.alice.edit(w.now, func(o *object) { o.events[0].set("LOCATION", ":Room 4") })
		})
		w.now = w.now.Add(15 * time.Minute)
		w.run(0, "run", "--once")
		w.run(0, "run", "--once")
		o := w.alice.meeting()
		w.legal(original, o.slot(t, original).In(original.Location()), original)
		if got := o.events[0].value("LOCATION"); got != "Room 4" {
			t.Errorf("the room that Alice typed meanwhile is now %q", got)
		}
		w.restful()
	})
}

func TestADeletedInstanceIsAskedAboutOnce(t *testing.T) {
	onEach(t, func(w *world) {
		w.start()
		original := w.berlin("2035-10-24 15:30")
		w.alice.edit(w.now, func(o *object) { o.events[0].set("EXDATE", local(original)) })
		w.later(5*time.Minute, 0)
		s := w.status(2)
		if p := s.period("2035-W43"); p.State != "unmet" || p.Code != "deleted" {
			t.Errorf("status says %+v", p)
		}
		_, _, do := s.problem("period_unmet")
		contains(t, do, "bilateral skip dana 2035-W43", "bilateral move dana 2035-W43")
		w.run(0, "move", "dana", "2035-W43", "thu 15:30")
		if got := w.alice.meeting().slot(t, original); !got.Equal(w.berlin("2035-10-25 15:30")) {
			t.Errorf("after the owner's move it stands at %s", got)
		}
	})
}

func TestLeaveWaivesTheWeekAndItsEndBringsTheMeetingBack(t *testing.T) {
	onEach(t, func(w *world) {
		w.start()
		original := w.berlin("2035-11-07 15:30")
		w.dana.enters("leave", "SUMMARY:Vacation", "DTSTART;VALUE=DATE:20351105", "DTEND;VALUE=DATE:20351110", "TRANSP:OPAQUE")
		w.at("2035-10-16 17:00")
		w.later(0, 0)
		w.heard = w.dana.messages()
		contains(t, w.later(15*time.Minute, 1), "waive")
		if e := w.alice.meeting().at(t, original); e == nil || e.value("STATUS") != "CANCELLED" {
			t.Errorf("the waived instance is no cancelled override: %v", e)
		}
		if p := w.status(0).period("2035-W45"); p.State != "waived" || p.Code != "away" {
			t.Errorf("status says %+v", p)
		}
		if w.server == cyrus {
			w.hears(1)
			if got := w.dana.meeting().slot(t, original); !got.IsZero() {
				t.Errorf("in Dana's calendar the waived meeting stands at %s", got)
			}
		}
		w.restful()
		w.dana.removes("leave")
		w.later(5*time.Minute, 0)
		contains(t, w.later(15*time.Minute, 1), "restore")
		if got := w.alice.meeting().slot(t, original); !got.Equal(original) {
			t.Errorf("the restored meeting stands at %s", got)
		}
		if w.server == cyrus {
			w.hears(1)
			if got := w.dana.meeting().slot(t, original); !got.Equal(original) {
				t.Errorf("in Dana's calendar the restored meeting stands at %s", got)
			}
		}
		w.restful()
	})
}

func TestASkippedWeekIsWaivedAndComesBack(t *testing.T) {
	onEach(t, func(w *world) {
		w.start()
		original := w.berlin("2035-10-31 15:30")
		w.run(0, "skip", "dana", "2035-W44", "--reason", "both at the fair")
		if e := w.alice.meeting().at(t, original); e == nil || e.value("STATUS") != "CANCELLED" {
			t.Errorf("the skipped instance is no cancelled override: %v", e)
		}
		if p := w.status(0).period("2035-W44"); p.State != "waived" || p.Code != "skipped" {
			t.Errorf("status says %+v", p)
		}
		w.restful()
		w.run(0, "unskip", "dana", "2035-W44")
		w.now = w.now.Add(15 * time.Minute)
		w.pass()
		w.now = w.now.Add(15 * time.Minute)
		w.pass()
		if got := w.alice.meeting().slot(t, original); !got.Equal(original) {
			t.Errorf("after unskip it stands at %s", got)
		}
	})
}

func TestWithoutItsStateItFindsEverythingAgain(t *testing.T) {
	onEach(t, func(w *world) {
		w.start()
		original := w.berlin("2035-10-24 15:30")
		w.dana.books("board", original, "SUMMARY:Board")
		w.later(5*time.Minute, 0)
		w.later(15*time.Minute, 1)
		moved := w.alice.meeting().slot(t, original)
		if err := os.RemoveAll(filepath.Join(w.dir, "state")); err != nil {
			t.Fatal(err)
		}
		contains(t, w.later(5*time.Minute, 0), "nothing to write")
		if got := w.alice.meeting().slot(t, original); !got.Equal(moved) {
			t.Errorf("it stands at %s instead of %s", got, moved)
		}
		if p := w.status(0).period("2035-W43"); p.State != "held" || p.Pinned {
			t.Errorf("status says %+v", p)
		}
		w.restful()
	})
}
