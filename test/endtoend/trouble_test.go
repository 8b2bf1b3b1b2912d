//go:build servers

package endtoend

import (
	"strings"
	"testing"
	"time"
)

func TestAWrongPasswordNeedsAPerson(t *testing.T) {
	onEach(t, func(w *world) {
		w.start()
		w.write("password", "outdated\n")
		for _, args := range [][]string{{"check"}, {"plan"}, {"run", "--once"}} {
			w.now = w.now.Add(5 * time.Minute)
			w.run(3, args...)
			lines := strings.Split(strings.TrimSpace(w.problems), "\n")
			if len(lines) != 2 || !strings.Contains(lines[1], "password") {
				t.Errorf("%v says\n%s", args, w.problems)
			}
			lacks(t, w.problems, "outdated")
		}
		s := w.status(2)
		if s.State != "critical" || len(s.Calendars) != 2 || s.Calendars[0].Reachable {
			t.Errorf("status says %+v", s)
		}
		w.write("password", "alicepw\n")
		w.later(5*time.Minute, 0)
		w.status(0)
	})
}

func TestAServerThatIsDownIsSaidSoAndWaitedFor(t *testing.T) {
	onEach(t, func(w *world) {
		w.start()
		original := w.berlin("2035-10-24 15:30")
		w.dana.books("board", original, "SUMMARY:Board")
		w.proxy.down(true)
		w.now = w.now.Add(5 * time.Minute)
		w.run(1, "run", "--once")
		if lines := strings.Split(strings.TrimSpace(w.problems), "\n"); len(lines) != 2 {
			t.Errorf("it says\n%s", w.problems)
		}
		for _, c := range w.status(1).Calendars {
			if c.Reachable || c.Error == nil {
				t.Errorf("status says %+v", c)
			}
		}
		w.now = w.now.Add(12 * time.Minute)
		w.run(1, "run", "--once")
		if severity, _, _ := w.status(2).problem("no_good_pass"); severity != "critical" {
			t.Errorf("that nothing was read for more than three intervals is %q", severity)
		}
		w.proxy.down(false)
		w.later(5*time.Minute, 0)
		w.later(15*time.Minute, 1)
		w.restful()
		w.status(0)
	})
}

func TestAnObjectThatCannotBeReadIsNamedAndTheRestWorks(t *testing.T) {
	onEach(t, func(w *world) {
		w.start()
		original := w.berlin("2035-10-24 15:30")
		w.dana.enters("odd", "SUMMARY:Odd", "DTSTART;TZID=Nowhere/Town:20351016T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY")
		w.dana.books("board", original, "SUMMARY:Board")
		w.later(5*time.Minute, 0)
		w.later(15*time.Minute, 1)
		w.legal(original, w.alice.meeting().slot(t, original).In(original.Location()), original)
		contains(t, w.run(1, "status"), "the calendar dana: 1 of its entries cannot be read", "UID odd", "Nowhere/Town", "do: mend or remove that entry")
	})
}
