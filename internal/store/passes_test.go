package store

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

func TestTheLastPassAndTheLastGoodOne(t *testing.T) {
	s := opened(t, t.TempDir())
	if _, ever, err := s.LastPass(); ever || err != nil {
		t.Errorf("before the first: %v %v", ever, err)
	}
	good := Pass{Began: monday, Ended: monday.Add(2 * time.Second), OK: true, Next: monday.Add(5 * time.Minute)}
	bad := Pass{Began: good.Next, Ended: good.Next.Add(time.Second), Errors: "work: unreachable"}
	ok(t, s.EndPass(good))
	ok(t, s.EndPass(bad))
	bad.LastGood = good.Ended
	if p, ever, err := s.LastPass(); !ever || err != nil || p != bad {
		t.Errorf("got %+v %v, want %+v", p, err, bad)
	}
}

func TestTheDaemonsRecord(t *testing.T) {
	s := opened(t, t.TempDir())
	if _, ever, err := s.Daemon(); ever || err != nil {
		t.Errorf("before the first: %v %v", ever, err)
	}
	want := Daemon{PID: 4711, Host: "desk", Started: monday}
	ok(t, s.SetDaemon(Daemon{PID: 1, Host: "old", Started: monday.Add(-time.Hour)}))
	ok(t, s.SetDaemon(want))
	if d, ever, err := s.Daemon(); !ever || err != nil || d != want {
		t.Errorf("got %+v %v", d, err)
	}
}

func TestCalendarsAreWrittenWhenSomethingChanged(t *testing.T) {
	base := CalendarState{Name: "work", Type: "caldav", Reachable: true, LastOK: monday, LastTry: monday, Objects: 41}
	later := func(d time.Duration) func(*CalendarState) {
		return func(c *CalendarState) { c.LastOK, c.LastTry = c.LastOK.Add(d), c.LastTry.Add(d) }
	}
	rows := []struct {
		name   string
		change func(*CalendarState)
		writes bool
	}{
		{"a good read five minutes later", later(5 * time.Minute), false},
		{"a good read a quarter of an hour later", later(15 * time.Minute), true},
		{"not reached", func(c *CalendarState) { c.Reachable, c.Error, c.LastTry = false, "timeout", monday.Add(time.Minute) }, true},
		{"read empty", func(c *CalendarState) { c.Objects = 0 }, true},
		{"degraded", func(c *CalendarState) { c.Degraded = "It has no free/busy." }, true},
		{"the same moment, read in Berlin", func(c *CalendarState) { c.LastOK = berlin(t, 2026, 11, 23, 10, 0) }, false},
		{"an hour later by UTC in the night that sets the clock back", later(time.Hour), true},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			s := opened(t, t.TempDir())
			ok(t, s.SetCalendar(base))
			next := base
			r.change(&next)
			before := changes(t, s)
			ok(t, s.SetCalendar(next))
			if wrote := changes(t, s) > before; wrote != r.writes {
				t.Errorf("it wrote: %v", wrote)
			}
			want := base
			if r.writes {
				want = next
			}
			if got := must[[]CalendarState](t)(s.Calendars()); len(got) != 1 || got[0] != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestBusyTimeIsKeptWithoutTitles(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	newYork := must[*time.Location](t)(time.LoadLocation("America/New_York"))
	busy := []calendar.Busy{
		{Span: calendar.Span{Start: monday, End: monday.Add(time.Hour)}, Strength: calendar.Hard, UID: "x1", RecurrenceID: monday, Source: "work", Title: "Merger with Initech"},
		{Span: calendar.Span{Start: berlin(t, 2026, 10, 25, 2, 30), End: berlin(t, 2026, 10, 25, 2, 30).Add(time.Hour)}, Strength: calendar.Away, Anonymous: true},
		{Span: calendar.Span{Start: time.Date(2026, 11, 24, 9, 0, 0, 0, newYork), End: time.Date(2026, 11, 24, 10, 0, 0, 0, newYork)}, Strength: calendar.Soft},
	}
	if _, _, ever, err := s.LoadBusy("work"); ever || err != nil {
		t.Errorf("before the first: %v %v", ever, err)
	}
	ok(t, s.SaveBusy("work", monday, busy))
	ok(t, s.SaveBusy("work", monday.Add(5*time.Minute), busy))
	got, at, ever, err := s.LoadBusy("work")
	if !ever || err != nil || !at.Equal(monday) {
		t.Errorf("kept at %v: %v %v", at, ever, err)
	}
	for i := range busy {
		busy[i].Title, busy[i].Start, busy[i].End = "", busy[i].Start.UTC(), busy[i].End.UTC()
	}
	if !reflect.DeepEqual(got, busy) {
		t.Errorf("got  %+v\nwant %+v", got, busy)
	}
	ok(t, s.SaveBusy("work", monday.Add(15*time.Minute), busy))
	if _, at, _, _ := s.LoadBusy("work"); !at.Equal(monday.Add(15 * time.Minute)) {
		t.Errorf("a quarter of an hour later it is still of %v", at)
	}
	ok(t, s.SaveBusy("work", monday.Add(16*time.Minute), nil))
	if got, _, ever, _ := s.LoadBusy("work"); !ever || len(got) != 0 {
		t.Errorf("free again: %+v", got)
	}
	for _, name := range must[[]os.DirEntry](t)(os.ReadDir(dir)) {
		if data := must[[]byte](t)(os.ReadFile(filepath.Join(dir, name.Name()))); strings.Contains(string(data), "Initech") {
			t.Errorf("the title stands in %s", name.Name())
		}
	}
	ok(t, s.ForgetCalendar("work"))
	if _, _, ever, _ := s.LoadBusy("work"); ever {
		t.Error("not forgotten")
	}
}

func TestIntentsAndTheDailyBudget(t *testing.T) {
	s := opened(t, t.TempDir())
	begin := func(exempt bool, at time.Time) int64 {
		return must[int64](t)(s.BeginIntent(Intent{Bilateral: "dana", UID: "u1", Actions: []Action{{Bilateral: "dana", Period: "2026-W49", Action: "move", At: at}}, Version: "etag1", Exempt: exempt, At: at}))
	}
	midnight := berlin(t, 2026, 10, 25, 0, 0) // a day of 25 hours
	lost := begin(false, midnight)            // may have been written
	written, conflict := begin(false, midnight.Add(24*time.Hour)), begin(false, midnight.Add(2*time.Hour))
	begin(true, midnight.Add(time.Hour))
	begin(false, midnight.Add(-time.Second))
	done := Action{Bilateral: "dana", Period: "2026-W49", Action: "move", At: midnight}
	ok(t, s.FinishIntent(written, true, "moved", "etag2", midnight, done))
	ok(t, s.FinishIntent(written, true, "moved", "etag2", midnight, done))
	ok(t, s.FinishIntent(conflict, false, "it had changed meanwhile", "", midnight))
	ok(t, s.FinishIntent(conflict, true, "no", "", midnight, done)) // the first record stays
	if told := must[[]Action](t)(s.Actions("dana", "2026-W49")); len(told) != 1 {
		t.Errorf("the history has it %d times", len(told))
	}

	if n := must[int](t)(s.WritesIn("dana", calendar.Span{Start: midnight, End: midnight.AddDate(0, 0, 1)})); n != 2 {
		t.Errorf("%d writes since midnight in Berlin, want 2", n)
	}
	if n := must[int](t)(s.WritesIn("dana", calendar.Span{Start: berlin(t, 2026, 10, 26, 0, 0), End: berlin(t, 2026, 10, 27, 0, 0)})); n != 0 {
		t.Errorf("%d writes since the next midnight", n)
	}
	_, err := s.db.Exec("UPDATE intents SET change = '[\"move 2026-W49\"]' WHERE exempt = 1") // as the first version kept it
	ok(t, err)
	open := must[[]Intent](t)(s.OpenIntents("dana"))
	if len(open) != 3 || open[0].ID != lost || open[0].Version != "etag1" || len(open[0].Actions) != 1 || open[0].Actions[0].Period != "2026-W49" || !open[0].At.Equal(midnight) {
		t.Errorf("open: %+v", open)
	}
}

func TestActions(t *testing.T) {
	s := opened(t, t.TempDir())
	from := calendar.Span{Start: berlin(t, 2026, 10, 25, 2, 30).UTC(), End: berlin(t, 2026, 10, 25, 3, 15).UTC()}
	want := Action{Bilateral: "dana", Period: "2026-W43", Action: "move", From: from, To: calendar.Span{Start: monday, End: monday.Add(time.Hour)},
		Mails: []string{"dana@example.org"}, Code: "moved", Sentence: "Dana is busy then.", Evidence: json.RawMessage(`{"busy":1}`), At: monday}
	plain := Action{Bilateral: "dana", Period: "2026-W44", Action: "agenda", At: monday.Add(time.Hour)}
	ok(t, s.LogAction(plain))
	ok(t, s.LogAction(want))
	if got := must[[]Action](t)(s.Actions("dana", "2026-W43")); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("got %+v", got)
	}
	if got := must[[]Action](t)(s.ActionsSince("dana", monday)); len(got) != 2 || !reflect.DeepEqual(got, []Action{want, plain}) {
		t.Errorf("since: %+v", got)
	}
	if got := must[[]Action](t)(s.ActionsSince("dana", monday.Add(time.Second))); len(got) != 1 || got[0].Period != "2026-W44" {
		t.Errorf("since later: %+v", got)
	}
}

func TestPublications(t *testing.T) {
	s := opened(t, t.TempDir())
	first := berlin(t, 2026, 10, 25, 2, 30) // and an hour later the clock reads the same
	want := Publication{Moment: monday, At: monday.Add(time.Second), Fingerprint: "f2", Text: "[ ] Vendor B #k3f9\n", Delivered: "yes"}
	ok(t, s.SetPublished("dana", first, Publication{At: monday, Fingerprint: "f1", Delivered: "unknown"}))
	ok(t, s.SetPublished("dana", first, want))
	if got := must[Publication](t)(s.Published("dana", first.In(time.UTC))); got != want {
		t.Errorf("got %+v", got)
	}
	if got := must[Publication](t)(s.Published("dana", first.Add(time.Hour))); got != (Publication{}) {
		t.Errorf("the other half past two has %+v", got)
	}
}

// changes counts the rows that were ever written over this connection.
func changes(t testing.TB, s *Store) (n int) {
	t.Helper()
	ok(t, s.db.QueryRow("SELECT total_changes()").Scan(&n))
	return n
}
