package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bilateral/agenda"
	"bilateral/calendar"
	"bilateral/internal/plan"
)

func exported(t fataler, s *Store) string {
	var out bytes.Buffer
	if err := s.Export(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// fataler is what rapid's T and testing's have in common.
type fataler interface{ Fatal(args ...any) }

// live does things to follow-ups as people and passes do, in an order that rapid draws.
func live(t *rapid.T, s *Store) {
	at, ids := monday, []string{}
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	pick := func() string { return rapid.SampledFrom(ids).Draw(t, "id") }
	for range rapid.IntRange(1, 12).Draw(t, "steps") {
		at = at.Add(time.Duration(rapid.IntRange(1, 1e6).Draw(t, "seconds")) * time.Second)
		text := "x" + rapid.String().Draw(t, "text")
		item := agenda.Item{Bilateral: "dana", Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Text: text,
			Details: rapid.SliceOfN(rapid.String(), 0, 2).Draw(t, "details"), Due: civil(2026, 12, rapid.IntRange(1, 31).Draw(t, "due"))}
		what := rapid.IntRange(0, 6).Draw(t, "what")
		switch {
		case len(ids) == 0 || what == 0 || what == 1 && item.Kind == agenda.Personal:
			p, err := s.AddPrivate(agenda.Private{Item: item}, "cli", at)
			check(err)
			ids = append(ids, p.ID)
		case what == 1:
			f, err := s.Add(agenda.FollowUp{Item: item}, "invitation", at)
			check(err)
			ids = append(ids, f.ID)
		case what == 2:
			_, err := s.Update(pick(), "cli", at, func(i *agenda.Item) { i.Text, i.Due = text, item.Due })
			check(err)
		case what == 3:
			_, err := s.CloseItem(pick(), agenda.Dropped, text, "wrap", at)
			check(err)
		case what == 4:
			_, err := s.Reopen(pick(), "cli", at)
			check(err)
		case what == 5:
			_, err := s.CarryOver("dana", at, at, at)
			check(err)
		case what == 6:
			pass(t, s, rapid.SampledFrom([]string{"dana", "bo"}).Draw(t, "bilateral"), text, at)
		}
	}
}

// pass records what passes record of a period.
func pass(t fataler, s *Store, bilateral, text string, at time.Time) {
	slot := calendar.Span{Start: at, End: at.Add(time.Hour)}
	v := Verdict{Period: "2026-W43", Span: calendar.Span{Start: monday, End: monday.AddDate(0, 0, 7)}, State: plan.Held, Sentence: text, Slot: slot,
		Blockers: []plan.Blocker{{Span: slot, Who: "Dana", Why: "hard"}}}
	a := Action{Bilateral: bilateral, Period: v.Period, Action: "move", From: slot, Mails: []string{"dana@example.org"}, Sentence: text,
		Evidence: []byte(`{"rung":"keep"}`), At: at}
	if err := errors.Join(s.SaveVerdicts(bilateral, []Verdict{v}, at), s.LogAction(a), s.SetOutcome(bilateral, Outcome{Period: v.Period, Slot: slot, Was: plan.WasHeld, At: at}),
		s.Confirm(bilateral, v.Period, at)); err != nil {
		t.Fatal(err)
	}
}

// wiped is the store without its follow-ups: many times quicker than a new one.
func wiped(t fataler, s *Store) *Store {
	for _, table := range []string{"item_history", "carried", "items", "history", "verdicts", "actions", "outcomes", "confirmed"} {
		if _, err := s.db.Exec("DELETE FROM " + table); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestAnExportRestoresEverything(t *testing.T) {
	one, two := opened(t, t.TempDir()), opened(t, t.TempDir())
	rapid.Check(t, func(t *rapid.T) {
		a, b := wiped(t, one), wiped(t, two)
		live(t, a)
		backup := exported(t, a)
		for range 2 {
			if _, err := b.Import(strings.NewReader(backup)); err != nil {
				t.Fatal(err)
			}
			if again := exported(t, b); again != backup {
				t.Fatalf("restored\n%s\nfrom\n%s", again, backup)
			}
		}
		x, errX := a.List(Filter{IncludePrivate: true})
		y, errY := b.List(Filter{IncludePrivate: true})
		if errX != nil || errY != nil || !reflect.DeepEqual(x, y) {
			t.Fatalf("%+v %v\n%+v %v", x, errX, y, errY)
		}
		for _, bilateral := range []string{"dana", "bo"} {
			x, errX := a.History(bilateral, "2026-W43")
			y, errY := b.History(bilateral, "2026-W43")
			p, errP := a.Actions(bilateral, "2026-W43")
			q, errQ := b.Actions(bilateral, "2026-W43")
			if err := errors.Join(errX, errY, errP, errQ); err != nil || !reflect.DeepEqual(x, y) || !reflect.DeepEqual(p, q) {
				t.Fatalf("%v\n%+v\n%+v\n%+v\n%+v", err, x, y, p, q)
			}
		}
		n, err := b.Import(strings.NewReader(backup))
		if err != nil || n != (Imported{Kept: len(x)}) {
			t.Fatalf("a third time: %+v %v", n, err)
		}
	})
}

const header = `{"type":"bilateral export","version":1}` + "\n"

func itemLine(id, text, updated string) string {
	return fmt.Sprintf(`{"item":{"id":%q,"bilateral":"dana","kind":"question","text":%q,"created":"2026-10-01T00:00:00Z","updated":%q,"status":"open"}}`+"\n",
		id, text, updated)
}

func TestTheNewerOfTwoWins(t *testing.T) {
	rows := []struct {
		name, ours, theirs string
		want               string
		counts             Imported
	}{
		{"the file's is newer", "2026-11-01T10:00:00Z", "2026-11-01T10:00:01Z", "theirs", Imported{Updated: 1}},
		{"ours is newer", "2026-11-01T10:00:01Z", "2026-11-01T10:00:00Z", "ours", Imported{Kept: 1}},
		{"both of one second", "2026-11-01T10:00:00Z", "2026-11-01T10:00:00Z", "ours", Imported{Kept: 1}},
		{"the file's is of another zone and reads later, but is older", "2026-11-01T10:00:00Z", "2026-11-01T10:30:00+01:00", "ours", Imported{Kept: 1}},
		{"in the night that sets the clock back the file's reads earlier, but is newer", "2026-10-25T02:45:00+02:00", "2026-10-25T02:15:00+01:00", "theirs", Imported{Updated: 1}},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			s := opened(t, t.TempDir())
			must[Imported](t)(s.Import(strings.NewReader(header + itemLine("k3f9", "ours", r.ours))))
			n := must[Imported](t)(s.Import(strings.NewReader(header + itemLine("k3f9", "theirs", r.theirs))))
			if e := must[Entry](t)(s.Get("k3f9")); e.Text != r.want || n != r.counts {
				t.Errorf("%q stands, %+v", e.Text, n)
			}
		})
	}
}

func TestBadImportsTakeInNothing(t *testing.T) {
	good := header + itemLine("m2t7", "good", "2026-11-01T10:00:00Z")
	rows := []struct{ name, file, want string }{
		{"an empty file", "", "the file is empty"},
		{"another file", "BEGIN:VCALENDAR\n", "line 1: this is no line of an export"},
		{"no header", itemLine("m2t7", "x", "2026-11-01T10:00:00Z"), "line 1: an export begins with"},
		{"a later version", `{"type":"bilateral export","version":2}`, "line 1: the export has version 2"},
		{"a line cut off", good + `{"item":{"id":"k3`, "line 3: this is no line"},
		{"two values on a line", good + `{"meeting":{"bilateral":"dana","original":"2026-11-01T10:00:00Z","at":"2026-11-01T10:00:00Z"}} {}`, "line 3: there is more than one"},
		{"a field that we do not know", good + `{"item":{"id":"k3f9","colour":"red"}}`, `line 3: this is no line of an export: json: unknown field "colour"`},
		{"a bad follow-up", good + "\n" + itemLine("k3f9", " ", "2026-11-01T10:00:00Z"), "line 4: a follow-up needs a text"},
		{"a follow-up without a time", good + itemLine("k3f9", "x", "0001-01-01T00:00:00Z"), "line 3: the time 0001-01-01"},
		{"a date that is none", good + strings.Replace(itemLine("k3f9", "x", "2026-11-01T10:00:00Z"), `"kind"`, `"due":"2026-02-30","kind"`, 1), `line 3: "2026-02-30" is no date`},
		{"an open follow-up that was closed", good + strings.Replace(itemLine("k3f9", "x", "2026-11-01T10:00:00Z"), `"kind"`, `"closed":"2026-11-01T10:00:00Z","kind"`, 1), "line 3: follow-up k3f9 is open"},
		{"an event of nothing", good + `{"event":{"item":"zzzz","at":"2026-11-01T10:00:00Z","who":"cli","what":"added"}}`, "line 3: an event of follow-up #zzzz"},
		{"what is private here", good + itemLine("p2p2", "now public", "2027-01-01T00:00:00Z"), "line 3: follow-up #p2p2 is private on one side"},
		{"a decision of no period", good + `{"decision":{"bilateral":"dana","at":"2026-11-01T10:00:00Z","verdict":{}}}`, "line 3: it names no bilateral or no period"},
		{"a decision of no time", good + `{"decision":{"bilateral":"dana","verdict":{"period":"2026-W43"}}}`, "line 3: the time 0001-01-01"},
		{"an action of nobody", good + `{"action":{"action":"move","at":"2026-11-01T10:00:00Z"}}`, "line 3: an action of no bilateral"},
		{"an outcome of no time", good + `{"outcome":{"bilateral":"dana","period":"2026-W43"}}`, "line 3: the time 0001-01-01"},
		{"a line without end", good + `{"item":{"text":"` + strings.Repeat("x", longestLine), "line 3: "},
		{"a header in the middle", good + header, "line 3: it is neither"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			s := opened(t, t.TempDir())
			must[agenda.Private](t)(s.AddPrivate(agenda.Private{Item: agenda.Item{ID: "p2p2", Bilateral: "dana", Kind: agenda.Update, Text: "secret"}}, "cli", monday))
			before := exported(t, s)
			n, err := s.Import(strings.NewReader(r.file))
			if err == nil || !strings.Contains(err.Error(), r.want) || !strings.Contains(err.Error(), "nothing was taken in") {
				t.Errorf("got %v, want %q", err, r.want)
			}
			if n != (Imported{}) || exported(t, s) != before {
				t.Errorf("%+v of it was taken in", n)
			}
		})
	}
}

func TestARestoredMeetingIsNotCountedAgain(t *testing.T) {
	a, b := opened(t, t.TempDir()), opened(t, t.TempDir())
	f := added(t, a, "Vendor B?")
	met := monday.Add(time.Hour)
	must[int](t)(a.CarryOver("dana", met, met, met))
	must[Imported](t)(b.Import(strings.NewReader(exported(t, a))))
	must[int](t)(b.CarryOver("dana", met.In(time.FixedZone("", 3600)), met, met.Add(time.Hour)))
	if e := must[Entry](t)(b.Get(f.ID)); e.Carried != 1 {
		t.Errorf("carried over %d times", e.Carried)
	}
}

// Whatever an import takes in, an export gives back, and importing that changes nothing.
func FuzzImport(f *testing.F) {
	f.Add([]byte(must[[]byte](f)(os.ReadFile("testdata/v1.jsonl"))))
	f.Add([]byte(header + itemLine("k3f9", "x\x00\u2028", "2026-11-01T10:00:00.999+14:00")))
	f.Add([]byte(header + `{"event":{"item":"zzzz"}}`))
	f.Add([]byte(header + `{"meeting":{"bilateral":"","original":"9999-12-31T23:59:59-01:00","at":"1900-01-01T00:00:00Z"}}`))
	s := opened(f, f.TempDir())
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := wiped(t, s).Import(bytes.NewReader(data)); err != nil {
			if out := exported(t, s); out != header {
				t.Fatalf("refused (%v), and yet it took in\n%s", err, out)
			}
			return
		}
		out := exported(t, s)
		n, err := s.Import(strings.NewReader(out))
		if err != nil || n.Added+n.Updated != 0 || exported(t, s) != out {
			t.Fatalf("%v: %+v changed in its own export\n%s", err, n, out)
		}
	})
}
