package notify

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/memory"
	"bilateral/internal/engine"
)

var newYork, berlin = zone("America/New_York"), zone("Europe/Berlin")

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// notes are the events of a calendar, as its owner sees them.
func notes(t *testing.T, a calendar.Account, z *time.Location) []calendar.Event {
	t.Helper()
	o, err := a.Observe(context.Background(), calendar.Query{Window: calendar.Span{Start: monday.AddDate(-1, 0, 0), End: monday.AddDate(1, 0, 0)}, Zone: z})
	if err != nil {
		t.Fatal(err)
	}
	return o.Events
}

func titles(t *testing.T, a calendar.Account) []string {
	t.Helper()
	var out []string
	for _, e := range notes(t, a, berlin) {
		out = append(out, e.Start.In(berlin).Format("2 Jan")+" "+e.Title)
	}
	slices.Sort(out)
	return out
}

func TestANoteTakesNobodysTimeAndStandsOnTheOwnersDay(t *testing.T) {
	rows := []struct {
		name  string
		zone  *time.Location
		at    string
		start string
		hours int
	}{
		{"an ordinary day in Berlin", berlin, "2026-11-23T09:00:00Z", "2026-11-22T23:00:00Z", 24},
		{"late in the evening there it is tomorrow", berlin, "2026-11-23T23:30:00Z", "2026-11-23T23:00:00Z", 24},
		{"and in New York it is today", newYork, "2026-11-23T23:30:00Z", "2026-11-23T05:00:00Z", 24},
		{"a day of 25 hours in Berlin", berlin, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", 25},
		{"a day of 23 hours in New York", newYork, "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z", 23},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, r.at)
			if err != nil {
				t.Fatal(err)
			}
			a := memory.New(func() time.Time { return at })
			n := Notice{Problem: unmet("2026-W49", engine.Critical), Since: at, At: at}
			if told, err := (Calendar{a, r.zone}).Tell(context.Background(), []Notice{n}); err != nil || !told[0] {
				t.Fatal(told, err)
			}
			list := notes(t, a, r.zone)
			if len(list) != 1 || !list[0].AllDay || !list[0].Transparent || len(list[0].Attendees) != 0 ||
				list[0].Start.UTC().Format(time.RFC3339) != r.start || list[0].Length() != time.Duration(r.hours)*time.Hour {
				t.Fatalf("%+v", list)
			}
			if busy := (calendar.Person{Emails: []string{"alice@example.org"}}).Judge(list[0]); busy != calendar.Free {
				t.Errorf("it counts as %v", busy)
			}
			text := string(a.Bytes(a.Names()[0]))
			for _, want := range []string{"CLASS:PRIVATE", "SUMMARY:dana 2026-W49: no meeting stands", "DTSTART;VALUE=DATE:"} {
				if !strings.Contains(text, want) {
					t.Errorf("no %s in\n%s", want, text)
				}
			}
		})
	}
}

func TestNotesFollowTheProblem(t *testing.T) {
	a := memory.New(func() time.Time { return monday })
	dir := t.TempDir()
	n := notifier(t, Options{Store: opened(t, dir), Channels: []Channel{Calendar{a, berlin}}})
	broken := engine.Problem{Code: "calendar_unreadable", Severity: engine.Warning, Message: "the calendar dana cannot be read"}
	const slot = " dana W49: no meeting stands; no slot of 20 min is left; Thu 16:00 would do without busy 16:00-17:00 (Dana)"
	const days = 288 // passes
	steps := []struct {
		what string
		pass int
		is   []engine.Problem
		want string
	}{
		{"two problems begin", 0, []engine.Problem{unmet("W49", engine.Warning), broken}, "23 Nov" + slot + "; 23 Nov the calendar dana cannot be read"},
		{"one gets worse days later: its note comes to that day", 2 * days, []engine.Problem{unmet("W49", engine.Critical), broken}, "23 Nov the calendar dana cannot be read; 25 Nov" + slot},
		{"one is gone for a pass", 2*days + 1, []engine.Problem{broken}, "23 Nov the calendar dana cannot be read; 25 Nov" + slot},
		{"and for another", 2*days + 2, []engine.Problem{broken}, "23 Nov the calendar dana cannot be read"},
		{"it is back", 2*days + 3, []engine.Problem{broken, unmet("W49", engine.Critical)}, "23 Nov the calendar dana cannot be read; 25 Nov" + slot},
		{"the other is gone", 2*days + 4, []engine.Problem{unmet("W49", engine.Critical)}, "23 Nov the calendar dana cannot be read; 25 Nov" + slot},
		{"for good", 2*days + 5, []engine.Problem{unmet("W49", engine.Critical)}, "25 Nov" + slot},
		{"all is well", 2*days + 6, nil, "25 Nov" + slot},
		{"for good too", 2*days + 7, nil, ""},
	}
	for _, s := range steps {
		after(n, s.pass, s.is...)
		if got := strings.Join(titles(t, a), "; "); got != s.want {
			t.Errorf("%s: %q, want %q", s.what, got, s.want)
		}
	}
}

func TestALostDatabaseMakesNoSecondNote(t *testing.T) {
	a := memory.New(func() time.Time { return monday })
	problem := unmet("W49", engine.Critical)
	after(notifier(t, Options{Store: opened(t, t.TempDir()), Channels: []Channel{Calendar{a, berlin}}}), 0, problem)
	n := notifier(t, Options{Store: opened(t, t.TempDir()), Channels: []Channel{Calendar{a, berlin}}})
	after(n, 300, problem)
	if list := titles(t, a); len(list) != 1 || a.Writes() != 1 {
		t.Errorf("%q after %d writes", list, a.Writes())
	}
	after(n, 301)
	after(n, 302)
	if list := titles(t, a); len(list) != 0 {
		t.Errorf("%q is left", list)
	}
}

func TestANoteThatTheOwnerRemovedStaysAway(t *testing.T) {
	a := memory.New(func() time.Time { return monday })
	s := opened(t, t.TempDir())
	n := notifier(t, Options{Store: s, Channels: []Channel{Calendar{a, berlin}}})
	problem := unmet("W49", engine.Critical)
	after(n, 0, problem)
	a.Delete(a.Names()[0])
	for k := 1; k < 3; k++ {
		after(n, k, problem)
	}
	after(n, 3)
	after(n, 4)
	if c, err := s.Channel("calendar"); len(titles(t, a)) != 0 || err != nil || c.Error != "" || len(c.Notices) != 0 {
		t.Errorf("%q, %+v", titles(t, a), c)
	}
}

// onceOnly is a calendar that gives no UID twice, as Google does.
type onceOnly struct {
	*memory.Account
	given map[string]bool
}

func (o onceOnly) Apply(ctx context.Context, c calendar.Change) (string, error) {
	if c.Create != nil && o.given[c.UID] {
		return "", &calendar.Error{Kind: calendar.Exists, Op: "create", Target: c.UID}
	}
	o.given[c.UID] = true
	return o.Account.Apply(ctx, c)
}

func TestAProblemThatComesBackIsNotedAlsoWhereNoUIDIsGivenTwice(t *testing.T) {
	a := onceOnly{memory.New(func() time.Time { return monday }), map[string]bool{}}
	n := notifier(t, Options{Store: opened(t, t.TempDir()), Channels: []Channel{Calendar{a, berlin}}})
	for k := range 3 {
		after(n, 3*k, unmet("W49", engine.Critical))
		if list := titles(t, a); len(list) != 1 {
			t.Fatalf("the %d. time: %q", k+1, list)
		}
		after(n, 3*k+1)
		after(n, 3*k+2)
		if list := titles(t, a); len(list) != 0 {
			t.Fatalf("after the %d. time: %q", k+1, list)
		}
	}
}

func TestACalendarThatCannotBeReachedIsTriedAgain(t *testing.T) {
	a := memory.New(func() time.Time { return monday })
	s := opened(t, t.TempDir())
	n := notifier(t, Options{Store: s, Channels: []Channel{Calendar{a, berlin}}})
	for _, fault := range []string{memory.Observing, memory.Writing, memory.Wrote} {
		a.Fail(func(op string) error {
			if op == fault {
				return &calendar.Error{Kind: calendar.Unreachable, Op: op, Target: "work", Err: errors.New("no network")}
			}
			return nil
		})
		after(n, 0, unmet("W49", engine.Critical))
		if c, _ := s.Channel("calendar"); !strings.Contains(c.Error, "no network") {
			t.Errorf("at %s: %+v", fault, c)
		}
	}
	a.Fail(nil)
	after(n, 1, unmet("W49", engine.Critical))
	if list := titles(t, a); len(list) != 1 {
		t.Errorf("%q", list)
	}
}
