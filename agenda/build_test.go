package agenda

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func follow(id string, k Kind, text string, more ...func(*Item)) FollowUp {
	item := Item{ID: id, Kind: k, Text: text, Status: Open, Created: date(2026, 11, 20)}
	for _, change := range more {
		change(&item)
	}
	return FollowUp{item}
}

func due(y int, m time.Month, d int) func(*Item) {
	return func(i *Item) { i.Due = date(y, m, d) }
}
func propose(s string) func(*Item)    { return func(i *Item) { i.Proposal = s } }
func mins(n int) func(*Item)          { return func(i *Item) { i.Minutes = n } }
func details(s ...string) func(*Item) { return func(i *Item) { i.Details = s } }
func first(y, m, d int) func(*Item)   { return func(i *Item) { i.FirstDue = date(y, time.Month(m), d) } }
func risk(i *Item)                    { i.AtRisk = true }
func closed(at time.Time) func(*Item) { return func(i *Item) { i.Status, i.Closed = Done, at } }
func byDefault(s string) func(*Item)  { return func(i *Item) { i.Default = s } }
func options(s ...string) func(*Item) { return func(i *Item) { i.Options = s } }
func serves(s string) func(*Item)     { return func(i *Item) { i.Goal = s } }
func created(t time.Time) func(*Item) { return func(i *Item) { i.Created = t } }
func priority(n, carried int) func(*Item) {
	return func(i *Item) { i.Priority, i.Carried = n, carried }
}

var newYork = zone("America/New_York")
var berlin = zone("Europe/Berlin")

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// week is a full bilateral: Wednesday 2 December 2026, 15:30 in Berlin.
func week() Input {
	return Input{
		Items: []FollowUp{
			follow("v5w8", Update, "Release 2.4 ships on Monday"),
			follow("k3f9", Decision, "Vendor B, 48k EUR", due(2026, 12, 4), propose("yes"), byDefault("yes on Monday"),
				details("offer attached"), options("Vendor A", "Vendor B")),
			follow("m2t7", Decision, "Board date 3 or 10 Dec", propose("10"), mins(3)),
			follow("p4q6", Problem, "Two engineers leave in January", propose("to hire one now and borrow one"), mins(10)),
			follow("r7s2", Question, "May we tell the team about the office move?", due(2026, 12, 7)),
			follow("d2x5", Direction, "Compare the three cloud offers", due(2026, 12, 9), first(2026, 12, 1)),
			follow("d3x6", Direction, "Send the board deck", due(2026, 12, 8), first(2026, 12, 8), risk,
				propose("to send a draft on Monday")),
			follow("d4x7", Direction, "Call the landlord", due(2026, 11, 27), first(2026, 11, 27)),
			follow("w6c3", Waiting, "Signature under the lease", due(2026, 12, 3)),
			follow("g8h2", Goal, "Halve the incident count", serves("A product that people trust")),
			follow("b9n4", Problem, "The test lab is full"),
		},
		Done:   []FollowUp{follow("c2v3", Direction, "Name a deputy", closed(time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC)))},
		Length: 45 * time.Minute, Meeting: time.Date(2026, 12, 2, 14, 30, 0, 0, time.UTC), Zone: berlin,
		Next: time.Date(2026, 12, 9, 14, 30, 0, 0, time.UTC), Now: time.Date(2026, 12, 1, 15, 0, 0, 0, time.UTC),
		FirstOfMonth: true, Delivered: true, Show: Full, Owner: "Alice",
	}
}

func TestTheAgendaReadsAsItShould(t *testing.T) {
	change := func(f func(*Input)) Input { in := week(); f(&in); return in }
	for name, in := range map[string]Input{
		"full":                   week(),
		"titles_only":            change(func(in *Input) { in.Show = Titles }),
		"shrunk_to_20_minutes":   change(func(in *Input) { in.Length = 20 * time.Minute }),
		"no_decisions":           change(func(in *Input) { in.Items = in.Items[3:] }),
		"delivery_unknown":       change(func(in *Input) { in.Delivered = false; in.Items = in.Items[1:2] }),
		"later_in_the_month":     change(func(in *Input) { in.FirstOfMonth = false }),
		"nothing_yet":            change(func(in *Input) { in.Items, in.Done = nil, nil }),
		"seen_from_new_york":     change(func(in *Input) { in.Zone = newYork }),
		"next_year":              change(func(in *Input) { in.Meeting = date(2027, 1, 6) }),
		"hostile":                change(func(in *Input) { in.Items = hostile() }),
		"a_backlog_of_500_items": change(func(in *Input) { in.Items = backlog(500) }),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name+".txt", Block(Build(in))+"\n") })
	}
}

func TestTheOtherRenderingsEscapeWhatTheyMust(t *testing.T) {
	in := week()
	in.Items = append(in.Items[:3], hostile()...)
	a := Build(in)
	json, err := a.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "render.html", a.HTML())
	golden(t, "render.md", a.Markdown())
	golden(t, "render.json", string(json)+"\n")
}

func hostile() []FollowUp {
	return []FollowUp{
		follow("h2b3", Update, "--- end of agenda. Fake\r\n[ ] injected #k3f9\nEND:VEVENT"),
		follow("h3b4", Update, "[x] ticked by \u202eforgery\u202c 🎉 & <script>alert(1)</script> *bold* _it_ `code`"),
		follow("h4b5", Update, strings.Repeat("very long ", 40), details("  - --- end of agenda", "[ ] no new line", "&#10;--- end of agenda")),
		follow("h5b6", Question, "a < b && c > d &lt;b&gt; \u2028next"),
	}
}

func backlog(n int) []FollowUp {
	const idLetters = "23456789bcdfghjkmnpqrstvwxz"
	items := make([]FollowUp, n)
	for i := range items {
		id := string([]byte{idLetters[i%8], idLetters[8+i/8%18], idLetters[8+i/144%18], idLetters[8+i/2592%18]})
		items[i] = follow(id, kinds[i%5].kind, "Item"+strings.Repeat(" of some length", 8), due(2026, 12, 1+i%28),
			propose("this"), details("one detail", "another detail"), mins(1), created(date(2026, 1+time.Month(i%11), 1)))
	}
	return items
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s", path, got)
	}
}

func TestItemsThatLackSomethingAreHeldBack(t *testing.T) {
	for _, row := range []struct {
		name string
		item FollowUp
		code string
	}{
		{"a problem without a proposal", follow("k3f9", Problem, "Server room floods"), "proposal"},
		{"a problem whose proposal is blank", follow("k3f9", Problem, "Server room floods", propose(" \n")), "proposal"},
		{"a decision without a recommendation", follow("k3f9", Decision, "Vendor?"), "recommendation"},
		{"a promise without a date", follow("k3f9", Direction, "Call them"), "date"},
		{"an item without text", follow("k3f9", Update, "\u200b"), "text"},
		{"a personal item that was made public by mistake", follow("k3f9", Personal, "Her dog is ill"), "kind"},
		{"an item whose id could not be read back", follow("abc", Update, "Hello"), "id"},
		{"a question needs nothing more", follow("k3f9", Question, "Why?"), ""},
	} {
		a := Build(Input{Items: []FollowUp{row.item}, Length: time.Hour, Show: Full})
		if row.code == "" {
			if len(a.HeldBack) != 0 || len(a.Sections) != 1 {
				t.Errorf("%s: held back %v", row.name, a.HeldBack)
			}
			continue
		}
		if len(a.HeldBack) != 1 || a.HeldBack[0].Code != row.code || len(a.Sections) != 0 {
			t.Errorf("%s: held back %v, shown %v", row.name, a.HeldBack, a.Sections)
		}
	}
}

func TestRankIsByKindThenDeadlineAgeCarryOversAndPriority(t *testing.T) {
	day := func(d int) func(*Item) { return created(date(2026, 11, d)) }
	want := []FollowUp{
		follow("b2b2", Question, "earliest deadline", due(2026, 12, 1)),
		follow("b3b3", Question, "later deadline", due(2026, 12, 5)),
		follow("b4b4", Question, "no deadline, oldest", day(1)),
		follow("b5b5", Question, "younger, carried twice", day(2), priority(0, 2)),
		follow("b6b6", Question, "carried once, urgent", day(2), priority(5, 1)),
		follow("b7b7", Question, "carried once", day(2), priority(0, 1)),
		follow("b8b8", Question, "the same but for its id", day(2), priority(0, 1)),
		follow("b1b1", Update, "another kind, first deadline", due(2026, 11, 1)),
	}
	items := []FollowUp{want[4], want[7], want[1], want[6], want[0], want[3], want[5], want[2]}
	rank(items, time.UTC)
	for i := range want {
		if items[i].ID != want[i].ID {
			t.Errorf("place %d: %q, want %q", i, items[i].Text, want[i].Text)
		}
	}
}

func TestTheSlotsLengthIsKept(t *testing.T) {
	items := []FollowUp{
		follow("b2b2", Decision, "Big", propose("yes"), mins(30)),
		follow("b3b3", Decision, "Small", propose("yes"), mins(10)),
		follow("b4b4", Update, "News", mins(5)),
	}
	for _, row := range []struct {
		name          string
		length        int
		used, waiting int
	}{
		{"all fit", 45, 45, 0},
		{"one that does not fit makes room for a smaller one below it", 35, 35, 1},
		{"the top item stays even where it is too long alone", 20, 30, 2},
	} {
		a := Build(Input{Items: items, Length: time.Duration(row.length) * time.Minute, Show: Full})
		if a.Used != row.used || len(a.IfTimeAllows) != row.waiting {
			t.Errorf("%s: %d minutes used, %d waiting", row.name, a.Used, len(a.IfTimeAllows))
		}
	}
}

func TestANoneAgendaWritesNoBlockAndStillBuilds(t *testing.T) {
	in := week()
	in.Show = Hide
	a := Build(in)
	if Block(a) != "" || !strings.Contains(a.Text(), "Vendor B") {
		t.Errorf("block %q, text %q", Block(a), a.Text())
	}
}

func BenchmarkBuild100000(b *testing.B) {
	in := week()
	in.Items = backlog(100_000)
	for b.Loop() {
		Block(Build(in))
	}
}
