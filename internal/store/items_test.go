package store

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"bilateral/agenda"
	"bilateral/calendar"
)

// berlin is a wall-clock time there; the first of two.
func berlin(t testing.TB, year int, month time.Month, day, hour, minute int) time.Time {
	t.Helper()
	zone := must[*time.Location](t)(time.LoadLocation("Europe/Berlin"))
	return calendar.Date{Year: year, Month: month, Day: day}.At(hour*60+minute, zone).In(zone)
}

func civil(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func TestAFollowUpComesBackAsItWentIn(t *testing.T) {
	newYork := must[*time.Location](t)(time.LoadLocation("America/New_York"))
	rows := []struct {
		name    string
		created time.Time
	}{
		{"added in UTC", monday},
		{"added in Berlin in the first of two half past twos", berlin(t, 2026, 10, 25, 2, 30)},
		{"added in Berlin in the hour that summer time leaves out", berlin(t, 2026, 3, 29, 2, 30)},
		{"added by an owner in New York", time.Date(2026, 11, 22, 23, 30, 0, 0, newYork)},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			s := opened(t, t.TempDir())
			in := agenda.FollowUp{Item: agenda.Item{
				Bilateral: "dana", Kind: agenda.Decision, Text: "Vendor B, 48k €?", Proposal: "Yes", Options: []string{"Yes", "No"},
				Default: "Yes on Monday", Details: []string{"offer attached"}, Goal: "g2d4", Due: civil(2026, 12, 4),
				Minutes: 5, Priority: -1, AtRisk: true,
			}}
			out := must[agenda.FollowUp](t)(s.Add(in, "cli", r.created))
			want := in
			want.ID, want.Status, want.Created, want.FirstDue = out.ID, agenda.Open, r.created.UTC(), in.Due
			if !reflect.DeepEqual(out, want) {
				t.Errorf("added %+v\nwant  %+v", out, want)
			}
			if got := must[Entry](t)(s.Get("#" + strings.ToUpper(out.ID))); !reflect.DeepEqual(got.Item, want.Item) || got.Private {
				t.Errorf("got  %+v\nwant %+v", got.Item, want.Item)
			}
			if events := must[[]Event](t)(s.ItemHistory(out.ID)); len(events) != 1 || events[0].What != "added" || !events[0].At.Equal(r.created) {
				t.Errorf("history %+v", events)
			}
		})
	}
}

func TestIDs(t *testing.T) {
	s := opened(t, t.TempDir())
	seen := map[string]bool{}
	for range 50 { // the same words at the same moment
		id := added(t, s, "Vendor B?").ID
		if seen[id] || !regexp.MustCompile(`^[b-df-hj-np-tv-z][b-df-hj-np-tv-z2-9]{3}$`).MatchString(id) {
			t.Errorf("id %q", id)
		}
		seen[id] = true
	}
	if a, b := added(t, opened(t, t.TempDir()), "x"), added(t, opened(t, t.TempDir()), "x"); a.ID != b.ID {
		t.Errorf("the same history gave #%s and #%s", a.ID, b.ID)
	}
}

func TestWhatIsNoFollowUp(t *testing.T) {
	rows := []struct {
		name string
		item agenda.Item
		want string
	}{
		{"one without a text", agenda.Item{Bilateral: "dana", Kind: agenda.Update, Text: " "}, "needs a text"},
		{"one of no bilateral", agenda.Item{Kind: agenda.Update, Text: "x"}, "names no bilateral"},
		{"one of no known kind", agenda.Item{Bilateral: "dana", Kind: "wish", Text: "x"}, "the kinds are decision, problem"},
		{"something personal for the executive to read", agenda.Item{Bilateral: "dana", Kind: agenda.Personal, Text: "x"}, "--private"},
		{"one with an id of another form", agenda.Item{ID: "K3F9!", Bilateral: "dana", Kind: agenda.Update, Text: "x"}, "not four consonants"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			s := opened(t, t.TempDir())
			if _, err := s.Add(agenda.FollowUp{Item: r.item}, "cli", monday); err == nil || !strings.Contains(err.Error(), r.want) {
				t.Errorf("got %v, want %q", err, r.want)
			}
			if got := must[[]Entry](t)(s.List(Filter{IncludePrivate: true})); len(got) != 0 {
				t.Errorf("it was kept: %+v", got)
			}
		})
	}
}

func TestPrivateStaysPrivate(t *testing.T) {
	s := opened(t, t.TempDir())
	secret := must[agenda.Private](t)(s.AddPrivate(agenda.Private{Item: agenda.Item{
		Bilateral: "dana", Kind: agenda.Question, Text: "Ask for a raise"}}, "cli", monday))
	personal := must[agenda.Private](t)(s.AddPrivate(agenda.Private{Item: agenda.Item{
		Bilateral: "dana", Kind: agenda.Personal, Text: "Her son plays chess"}}, "cli", monday))
	open := added(t, s, "Vendor B?")

	// Whatever is done to it afterwards.
	must[Entry](t)(s.Update(secret.ID, "cli", monday, func(i *agenda.Item) { i.Text, i.Kind = "Ask for a raise now", agenda.Update }))
	must[Entry](t)(s.CloseItem(secret.ID, agenda.Done, "", "wrap", monday))
	must[Entry](t)(s.Reopen(secret.ID, "cli", monday))
	if _, err := s.Update(open.ID, "cli", monday, func(i *agenda.Item) { i.Kind = agenda.Personal }); err == nil {
		t.Error("a public follow-up became personal and stayed public")
	}

	if got := must[[]agenda.FollowUp](t)(s.PublicItems("dana", time.Time{})); len(got) != 1 || got[0].ID != open.ID {
		t.Errorf("public: %+v", got)
	}
	if got := must[[]agenda.Private](t)(s.PrivateItems("dana", time.Time{})); len(got) != 2 {
		t.Errorf("private: %+v", got)
	}
	if got := must[[]Entry](t)(s.List(Filter{Query: "chess"})); len(got) != 0 {
		t.Errorf("a list shows %+v", got)
	}
	if got := must[[]Entry](t)(s.List(Filter{Query: "CHESS", IncludePrivate: true})); len(got) != 1 || got[0].ID != personal.ID || !got[0].Private {
		t.Errorf("a private list shows %+v", got)
	}
}

func TestFindingByTheBeginningOfAnID(t *testing.T) {
	s := opened(t, t.TempDir())
	for _, id := range []string{"k3f9", "k3g2", "m2t7"} {
		must[agenda.FollowUp](t)(s.Add(agenda.FollowUp{Item: agenda.Item{ID: id, Bilateral: "dana", Kind: agenda.Update, Text: id}}, "cli", monday))
	}
	var ambiguous *Ambiguous
	rows := []struct {
		name, ask string
		want      func(Entry, error) bool
	}{
		{"the whole id", "k3f9", func(e Entry, err error) bool { return e.ID == "k3f9" }},
		{"as the agenda prints it", " #K3F9 ", func(e Entry, err error) bool { return e.ID == "k3f9" }},
		{"enough of it", "m", func(e Entry, err error) bool { return e.ID == "m2t7" }},
		{"too little of it", "k3", func(e Entry, err error) bool { return errors.As(err, &ambiguous) && len(ambiguous.IDs) == 2 }},
		{"an id that nothing has", "zzzz", func(e Entry, err error) bool { return errors.Is(err, ErrNotFound) }},
		{"nothing", "", func(e Entry, err error) bool { return errors.Is(err, ErrNotFound) }},
		{"a pattern", "%", func(e Entry, err error) bool { return errors.Is(err, ErrNotFound) }},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			if e, err := s.Get(r.ask); !r.want(e, err) {
				t.Errorf("Get(%q) = %s, %v", r.ask, e.ID, err)
			}
		})
	}
}

func TestLists(t *testing.T) {
	s := opened(t, t.TempDir())
	add := func(bilateral string, kind agenda.Kind, text string, at time.Time) string {
		return must[agenda.FollowUp](t)(s.Add(agenda.FollowUp{Item: agenda.Item{Bilateral: bilateral, Kind: kind, Text: text}}, "cli", at)).ID
	}
	// The clock goes back between the first two: in Berlin the second reads as the earlier one.
	add("dana", agenda.Decision, "Büro in ÖSTERREICH", berlin(t, 2026, 10, 25, 1, 30).Add(time.Hour))
	add("dana", agenda.Update, "100% done", berlin(t, 2026, 10, 25, 1, 30).Add(2*time.Hour))
	add("eve", agenda.Decision, "Board date", monday)
	closed := add("dana", agenda.Question, "old", monday.Add(time.Minute))
	must[Entry](t)(s.CloseItem(closed, agenda.Dropped, "moot", "cli", monday))
	rows := []struct {
		name   string
		filter Filter
		want   string
	}{
		{"everything, oldest first", Filter{}, "Büro in ÖSTERREICH, 100% done, Board date, old"},
		{"of one bilateral", Filter{Bilateral: "eve"}, "Board date"},
		{"of some kinds", Filter{Kinds: []agenda.Kind{agenda.Update, agenda.Question}}, "100% done, old"},
		{"open ones of a bilateral", Filter{Bilateral: "dana", Status: agenda.Open}, "Büro in ÖSTERREICH, 100% done"},
		{"dropped ones", Filter{Status: agenda.Dropped}, "old"},
		{"by words in another case", Filter{Query: "österreich"}, "Büro in ÖSTERREICH"},
		{"a percent sign is no pattern", Filter{Query: "0% d"}, "100% done"},
		{"by the reason", Filter{Query: "moot"}, "old"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			var got []string
			for _, e := range must[[]Entry](t)(s.List(r.filter)) {
				got = append(got, e.Text)
			}
			if strings.Join(got, ", ") != r.want {
				t.Errorf("got %s", strings.Join(got, ", "))
			}
		})
	}
}

func TestTheAgendaSeesWhatWasClosedSince(t *testing.T) {
	rows := []struct {
		name          string
		since, closed time.Time
		want          int
	}{
		{"closed after", monday, monday.Add(time.Minute), 1},
		{"closed at that moment", monday, monday, 1},
		{"closed before", monday, monday.Add(-time.Second), 0},
		{"asked in Berlin time, an hour ahead", berlin(t, 2026, 11, 23, 10, 30), monday.Add(time.Hour), 1},
		{"closed in the second half past two of the night that sets the clock back, asked for since the first",
			berlin(t, 2026, 10, 25, 2, 30), time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), 1},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			s := opened(t, t.TempDir())
			f := added(t, s, "Vendor B?")
			must[Entry](t)(s.CloseItem(f.ID, agenda.Done, "", "invitation", r.closed))
			if got := must[[]agenda.FollowUp](t)(s.PublicItems("dana", r.since)); len(got) != r.want {
				t.Errorf("%d follow-ups, want %d", len(got), r.want)
			}
		})
	}
}

func TestEveryChangeIsInTheHistory(t *testing.T) {
	s := opened(t, t.TempDir())
	f := must[agenda.FollowUp](t)(s.Add(agenda.FollowUp{Item: agenda.Item{
		Bilateral: "dana", Kind: agenda.Direction, Text: "Plan", Due: civil(2026, 12, 2)}}, "invitation", monday))
	at := func(n int) time.Time { return monday.Add(time.Duration(n) * time.Minute) }
	e := must[Entry](t)(s.Update(f.ID, "cli", at(1), func(i *agenda.Item) {
		i.Due, i.Minutes = civil(2026, 12, 9), 5
		i.FirstDue, i.Status, i.Carried, i.ID = civil(2027, 1, 1), agenda.Done, 7, "xxxx" // not content: kept as they are
	}))
	if e.ID != f.ID || !e.Due.Equal(civil(2026, 12, 9)) || !e.FirstDue.Equal(f.Due) || e.Status != agenda.Open || e.Carried != 0 {
		t.Errorf("after the edit: %+v", e)
	}
	must[Entry](t)(s.Update(f.ID, "cli", at(2), func(i *agenda.Item) { i.Minutes = 5 })) // nothing new
	if _, err := s.CloseItem(f.ID, agenda.Dropped, " ", "cli", at(3)); err == nil {
		t.Error("dropped without a reason")
	}
	must[Entry](t)(s.CloseItem(f.ID, agenda.Dropped, "moot", "cli", at(3)))
	must[Entry](t)(s.CloseItem(f.ID, agenda.Dropped, "moot", "cli", at(4))) // is already
	must[Entry](t)(s.Reopen(f.ID, "cli", at(5)))
	must[Entry](t)(s.Reopen(f.ID, "cli", at(6))) // is already
	done := must[Entry](t)(s.CloseItem(f.ID, agenda.Done, "", "invitation", at(7)))
	if !done.Closed.Equal(at(7)) || done.Reason != "" {
		t.Errorf("done: %+v", done)
	}
	var got []string
	for _, e := range must[[]Event](t)(s.ItemHistory(f.ID)) {
		got = append(got, fmt.Sprintf("%s %s %s %s", e.At.Format("15:04"), e.Who, e.What, e.Note))
	}
	want := []string{
		"09:00 invitation added ",
		"09:01 cli edited due: 2026-12-02 -> 2026-12-09; minutes: none -> 5",
		"09:03 cli dropped moot",
		"09:05 cli reopened ",
		"09:07 invitation done ",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("history\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAMeetingCarriesOverOnce(t *testing.T) {
	newYork := must[*time.Location](t)(time.LoadLocation("America/New_York"))
	rows := []struct {
		name                   string
		created, began         time.Time
		original, sameOriginal time.Time
		want                   int
	}{
		{"a follow-up from before the meeting", monday, monday.Add(time.Hour), monday, monday, 1},
		{"one that came in during the meeting", monday, monday.Add(-time.Minute), monday, monday, 0},
		{"the same meeting, read in the two people's zones", monday, monday.Add(time.Hour),
			berlin(t, 2026, 11, 23, 15, 30), time.Date(2026, 11, 23, 9, 30, 0, 0, newYork), 1},
		{"added in the first and met in the second half past two of the night that sets the clock back",
			berlin(t, 2026, 10, 25, 2, 30), time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), monday, monday, 1},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			s := opened(t, t.TempDir())
			add := func(text string) string {
				return must[agenda.FollowUp](t)(s.Add(agenda.FollowUp{Item: agenda.Item{Bilateral: "dana", Kind: agenda.Waiting, Text: text}}, "cli", r.created)).ID
			}
			open, closed := add("open"), add("closed")
			must[Entry](t)(s.CloseItem(closed, agenda.Done, "", "wrap", r.began))
			for i, original := range []time.Time{r.original, r.sameOriginal, r.original} {
				n := must[int](t)(s.CarryOver("dana", original, r.began, r.began.Add(time.Hour)))
				if want := map[bool]int{true: r.want, false: 0}[i == 0]; n != want {
					t.Errorf("call %d carried %d over, want %d", i+1, n, want)
				}
			}
			if a, b := must[Entry](t)(s.Get(open)).Carried, must[Entry](t)(s.Get(closed)).Carried; a != r.want || b != 0 {
				t.Errorf("carried: open %d, closed %d", a, b)
			}
			// An edit does not lose the count.
			if e := must[Entry](t)(s.Update(open, "cli", monday, func(i *agenda.Item) { i.Text = "still open" })); e.Carried != r.want {
				t.Errorf("after an edit: %d", e.Carried)
			}
		})
	}
}
