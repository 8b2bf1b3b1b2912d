package google

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/google/standin"
)

var (
	berlin  = sure(time.LoadLocation("Europe/Berlin"))
	newYork = sure(time.LoadLocation("America/New_York"))

	// autumn holds the ends of summer time in Berlin (25 October) and New York (1 November).
	autumn = calendar.Query{Window: calendar.Span{Start: at(berlin, "2026-10-05 00:00"), End: at(berlin, "2026-11-30 00:00")}, Zone: berlin}
	first  = at(berlin, "2026-10-14 15:30")
	second = at(berlin, "2026-10-21 15:30")
	third  = at(berlin, "2026-10-28 15:30") // in winter time
	fourth = at(berlin, "2026-11-04 15:30")
)

const ours = "abc123@bilateral"

func at(z *time.Location, clock string) time.Time {
	return sure(time.ParseInLocation("2006-01-02 15:04", clock, z)).UTC()
}

func span(start time.Time, minutes int) calendar.Span {
	return calendar.Span{Start: start, End: start.Add(time.Duration(minutes) * time.Minute)}
}

func weekly() *calendar.Draft {
	return &calendar.Draft{Title: "Alice / Dana", Start: first, Zone: berlin, Duration: 45 * time.Minute, Rule: "FREQ=WEEKLY;BYDAY=WE", Private: true,
		Organizer: calendar.Attendee{Email: alice, Name: "Alice Chen"}, Attendees: []calendar.Attendee{{Email: dana, Name: "Dana Boss"}},
		Mark: calendar.Mark{"id": "dana"}}
}

func (w *world) observe(a *Account) calendar.Observation {
	w.Helper()
	o, err := a.Observe(context.Background(), autumn)
	if err != nil {
		w.Fatal(err)
	}
	return o
}

// series is ours as it is observed now.
func (w *world) series(a *Account) calendar.Series {
	w.Helper()
	for _, s := range w.observe(a).Series {
		if s.UID == ours {
			return s
		}
	}
	w.Fatal("our series is not there")
	return calendar.Series{}
}

func (w *world) instance(a *Account, original time.Time) calendar.Instance {
	w.Helper()
	s := w.series(a)
	in := s.At(original)
	if in == nil {
		w.Fatalf("there is no instance of %s", original)
	}
	return *in
}

func (w *world) create(a *Account) calendar.Series {
	w.Helper()
	if _, err := a.Apply(context.Background(), calendar.Change{UID: ours, Create: weekly()}); err != nil {
		w.Fatal(err)
	}
	return w.series(a)
}

// change patches one instance of the series as it was observed.
func change(s calendar.Series, list ...calendar.InstancePatch) calendar.Change {
	return calendar.Change{UID: s.UID, Name: s.Name, Version: s.Version, Instances: list}
}

func move(original, to time.Time) calendar.InstancePatch {
	s := span(to, 45)
	return calendar.InstancePatch{Original: original, Patch: calendar.Patch{Span: &s}}
}

func (w *world) apply(a *Account, c calendar.Change) {
	w.Helper()
	if _, err := a.Apply(context.Background(), c); err != nil {
		w.Fatal(err)
	}
}

// book is a plain meeting of Alice's, so many hours after the first of our meetings.
func (w *world) book(id string, hours int) {
	w.Helper()
	start := first.Add(time.Duration(hours) * time.Hour)
	if _, err := w.As(alice).Book(standin.Booking{ID: id, Title: id, Start: start, End: start.Add(time.Hour)}); err != nil {
		w.Fatal(err)
	}
}

// asked counts the requests since the last Forget, and forgets them.
func (w *world) asked() int {
	n := len(w.Requests())
	w.Forget()
	return n
}

func TestWhatALookCosts(t *testing.T) {
	w := newWorld(t)
	for i := range 25 {
		w.book(fmt.Sprintf("event%02d", i), i)
	}
	dir := t.TempDir()
	options := Options{Mirror: dir}
	a := w.account(options)
	a.page = 10
	for _, row := range []struct {
		sentence string
		before   func()
		want     int
		objects  int
	}{
		{"the first look reads every page", func() {}, 3, 25},
		{"a look at an unchanged calendar is one request", func() {}, 1, 25},
		{"so is the first one after a restart", func() { a = w.account(options); a.page = 10 }, 1, 25},
		{"one new event is one request", func() { w.book("event99", 99) }, 1, 26},
		{"one that is gone is one request", func() { w.delete("event99") }, 1, 25},
		{"a token that Google no longer takes is one more, and every page", func() { w.ExpireTokens() }, 4, 25},
		{"without a mirror a restart reads every page", func() { a = w.account(Options{}); a.page = 10 }, 3, 25},
	} {
		row.before()
		w.Forget()
		o := w.observe(a)
		if n := w.asked(); n != row.want || o.Objects != row.objects {
			t.Errorf("%s: %d requests, %d objects; want %d, %d", row.sentence, n, o.Objects, row.want, row.objects)
		}
	}
}

func (w *world) delete(id string) {
	w.Helper()
	if err := w.As(alice).Delete(id); err != nil {
		w.Fatal(err)
	}
}

func TestTheMirrorIsPrivateAndMayBeTorn(t *testing.T) {
	w := newWorld(t)
	w.book("secret", 1)
	dir := filepath.Join(t.TempDir(), "state")
	want := w.observe(w.account(Options{Mirror: dir}))
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v", files, err)
	}
	name := filepath.Join(dir, files[0].Name())
	if info := sure(os.Stat(name)); info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %o", info.Mode().Perm())
	}
	whole := sure(os.ReadFile(name))
	for _, cut := range []int{0, 10, len(whole) / 2, len(whole) - 1} {
		if err := os.WriteFile(name, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if got := w.observe(w.account(Options{Mirror: dir})); !reflect.DeepEqual(got, want) {
			t.Errorf("cut at %d: got %+v", cut, got)
		}
	}
}

// TestAMirrorOfAnotherAccount: the file says "primary", but somebody else signed in since.
func TestAMirrorOfAnotherAccount(t *testing.T) {
	w := newWorld(t)
	w.book("private", 1)
	dir := t.TempDir()
	w.observe(w.account(Options{Mirror: dir}))
	if o := w.observe(w.account(Options{Mirror: dir, Client: w.Client(dana)})); o.Objects != 0 {
		t.Errorf("Dana is shown %d events of Alice's", o.Objects)
	}
}

// meddler lets something happen before each request.
type meddler struct {
	base   http.RoundTripper
	before func(*http.Request)
}

func (m *meddler) RoundTrip(r *http.Request) (*http.Response, error) {
	if m.before != nil {
		m.before(r)
	}
	return m.base.RoundTrip(r)
}

func (w *world) meddled() (*Account, *meddler) {
	client := w.Client(alice)
	m := &meddler{base: client.Transport}
	client.Transport = m
	return w.account(Options{Client: client}), m
}

// TestNothingIsMissedBetweenPages lets people edit between any two requests, for many orders of deeds, and then compares
// with a calendar that is read afresh in peace.
func TestNothingIsMissedBetweenPages(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := newWorld(t)
			luck := rand.New(rand.NewPCG(seed, 1))
			for i := range 12 {
				w.book(fmt.Sprintf("event%02d", i), i*26)
			}
			if _, err := w.As(alice).Book(standin.Booking{ID: "series", Title: "Series", Start: first, End: first.Add(time.Hour), Recurrence: []string{"RRULE:FREQ=WEEKLY"}}); err != nil {
				t.Fatal(err)
			}
			a, m := w.meddled()
			a.page = 3
			m.before = func(*http.Request) { w.deed(luck) }
			for range 4 {
				w.observe(a)
				w.now = w.now.Add(time.Duration(luck.IntN(90)) * time.Second)
			}
			m.before = nil
			got, want := w.observe(a), w.observe(w.account(Options{}))
			if !reflect.DeepEqual(standing(got), standing(want)) {
				t.Errorf("followed %s\nafresh   %s", titles(got), titles(want))
			}
		})
	}
}

// standing are the events that take time. Where a cancelled one stood last is known only to who saw it.
func standing(o calendar.Observation) []calendar.Event {
	return slices.DeleteFunc(o.Events, func(e calendar.Event) bool { return e.Cancelled })
}

// deed is what somebody might do at any moment; what cannot be done just fails.
func (w *world) deed(luck *rand.Rand) {
	hand, id := w.As(alice), fmt.Sprintf("event%02d", luck.IntN(16))
	when := first.Add(time.Duration(luck.IntN(600)) * time.Hour)
	instance := "series_" + first.AddDate(0, 0, 7*luck.IntN(2)).UTC().Format(utcFormat)
	switch luck.IntN(9) {
	case 0:
		hand.Book(standin.Booking{ID: id, Title: id, Start: when, End: when.Add(time.Hour)})
	case 1:
		hand.Delete(id)
	case 2, 3:
		hand.Drag(id, when, when.Add(time.Hour))
	case 4:
		hand.Restore(id)
	case 5:
		hand.Drag(instance, when, when.Add(time.Hour))
	case 6:
		hand.Delete(instance)
	case 7:
		hand.Restore(instance)
	case 8:
		hand.Edit("series", map[string]any{"recurrence": []any{[]string{"RRULE:FREQ=WEEKLY", "RRULE:FREQ=DAILY;COUNT=20", "RRULE:FREQ=WEEKLY;COUNT=3"}[luck.IntN(3)]}})
	}
}

func titles(o calendar.Observation) []string {
	var out []string
	for _, e := range o.Events {
		out = append(out, fmt.Sprint(e.Title, " ", e.Start.Format(time.RFC3339), e.Cancelled))
	}
	return out
}

func TestRepeatedAndReorderedPages(t *testing.T) {
	for _, row := range []struct {
		sentence string
		fault    standin.Fault
	}{
		{"each event comes twice", standin.Fault{Duplicate: true}},
		{"the events come in the opposite order", standin.Fault{Reverse: true}},
		{"both", standin.Fault{Duplicate: true, Reverse: true}},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			w := newWorld(t)
			w.create(w.account(Options{}))
			for i := range 5 {
				w.book(fmt.Sprintf("event%02d", i), i)
			}
			a := w.account(Options{})
			a.page = 2
			want := w.observe(w.account(Options{}))
			w.Inject(row.fault)
			got := w.observe(a)
			if got.Parsed, want.Parsed = 0, 0; !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", titles(got), titles(want))
			}
			w.apply(a, change(w.series(a), move(second, second.Add(time.Hour))))
			w.book("later", 9)
			w.Heal()
			want = w.observe(w.account(Options{}))
			w.Inject(row.fault)
			got = w.observe(a)
			if got.Parsed, want.Parsed = 0, 0; !reflect.DeepEqual(got, want) {
				t.Errorf("then got %v, want %v", titles(got), titles(want))
			}
		})
	}
}

// TestAListThatLagsBehind: Google's list may be older than what it just said itself.
func TestAListThatLagsBehind(t *testing.T) {
	w := newWorld(t)
	a := w.account(Options{})
	s := w.create(a)
	w.Lag()
	if err := w.As(alice).Drag(sureID(s.Name, second), second.Add(2*time.Hour), second.Add(3*time.Hour)); err != nil {
		t.Fatal(err)
	}
	// Nothing shows of the drag, so this may go through; but it must not undo what Alice did to that instance.
	_, err := a.Apply(context.Background(), change(s, move(second, second.Add(24*time.Hour))))
	if calendar.KindOf(err) != calendar.Conflict {
		t.Errorf("the drag was overwritten: %v", err)
	}
	w.CatchUp()
	if in := w.instance(a, second); !in.Start.Equal(second.Add(2 * time.Hour)) {
		t.Errorf("it stands at %s", in.Start)
	}
	w.Lag()
	w.apply(a, change(w.series(a), move(third, third.Add(time.Hour))))
	if in := w.instance(a, third); !in.Start.Equal(third.Add(time.Hour)) {
		t.Errorf("an older list took back what we wrote: it stands at %s", in.Start)
	}
}

func sureID(master string, original time.Time) string {
	return master + "_" + original.UTC().Format(utcFormat)
}

func TestADeletedSeriesTakesItsExceptionsAlong(t *testing.T) {
	w := newWorld(t)
	a := w.account(Options{})
	s := w.create(a)
	w.apply(a, change(s, move(second, second.Add(time.Hour))))
	w.series(a)
	w.delete(s.Name)
	if o := w.observe(a); o.Objects != 0 || len(o.Events) != 0 {
		t.Errorf("left are %d objects, %v", o.Objects, titles(o))
	}
}

func TestNoEndlessListAndNoEndlessAnswer(t *testing.T) {
	endless := func(r *http.Request) (*http.Response, error) {
		body := `{"items":[],"nextPageToken":"again"}`
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: readCloser(body), Request: r}, nil
	}
	huge := func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: spaces{}, Request: r}, nil
	}
	for sentence, serve := range map[string]func(*http.Request) (*http.Response, error){"pages without end": endless, "an answer without end": huge} {
		t.Run(sentence, func(t *testing.T) {
			a := sure(New(Options{Client: &http.Client{Transport: roundTripper(serve)}}))
			if _, err := a.Observe(context.Background(), autumn); calendar.KindOf(err) != calendar.BadData {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestKindsAndAnswers(t *testing.T) {
	w := newWorld(t)
	hand := w.As(alice)
	hours := 0
	book := func(id string, more map[string]any) {
		start := at(newYork, "2026-10-23 09:00").Add(time.Duration(hours) * time.Hour)
		hours += 2
		if _, err := hand.Book(standin.Booking{ID: id, Title: id, Start: start, End: start.Add(time.Hour), Zone: "America/New_York", More: more}); err != nil {
			t.Fatal(err)
		}
	}
	book("plain", nil)
	book("focus", map[string]any{"eventType": "focusTime", "focusTimeProperties": map[string]any{}})
	book("leave", map[string]any{"eventType": "outOfOffice", "outOfOfficeProperties": map[string]any{}})
	book("home0", map[string]any{"eventType": "workingLocation", "visibility": "public", "transparency": "transparent",
		"workingLocationProperties": map[string]any{"type": "homeOffice", "homeOffice": map[string]any{}}})
	book("maybe", map[string]any{"status": "tentative"})
	book("clear", map[string]any{"transparency": "transparent"})
	if _, err := hand.Book(standin.Booking{ID: "allday", Title: "allday", Start: first, End: first.AddDate(0, 0, 1), AllDay: true}); err != nil {
		t.Fatal(err)
	}
	invite := standin.Booking{ID: "asked", Title: "asked", Start: first, End: first.Add(time.Hour), Guests: []string{alice, dana}}
	if _, err := w.As(dana).Book(invite); err != nil {
		t.Fatal(err)
	}
	me := calendar.Person{Emails: []string{alice}}
	want := map[string]calendar.Strength{"plain": calendar.Hard, "focus": calendar.Soft, "leave": calendar.Away, "home0": calendar.Free,
		"maybe": calendar.Soft, "clear": calendar.Free, "allday": calendar.Hard, "asked": calendar.Soft}
	a := w.account(Options{})
	check := func() {
		t.Helper()
		for _, e := range w.observe(a).Events {
			if got := me.Judge(e); got != want[e.Title] {
				t.Errorf("%s is %v, want %v", e.Title, got, want[e.Title])
			}
			delete(want, e.Title)
		}
		if len(want) > 0 {
			t.Errorf("not seen: %v", want)
		}
	}
	check()
	if err := w.As(alice).Answer("asked", "declined", ""); err != nil {
		t.Fatal(err)
	}
	for _, e := range w.observe(a).Events {
		if e.Title == "asked" && me.Judge(e) != calendar.Free {
			t.Error("what she declined takes her time")
		}
		if e.Title == "allday" && (!e.AllDay || !e.Span.Equal(calendar.Span{Start: at(berlin, "2026-10-14 00:00"), End: at(berlin, "2026-10-15 00:00")})) {
			t.Errorf("all day is %v", e.Span)
		}
	}
}

func TestAPrivateEventOfSomebodyElseIsBusyWithoutATitle(t *testing.T) {
	w := newWorld(t)
	w.Share(dana, alice, "reader")
	start := at(newYork, "2026-10-30 09:00") // between the two ends of summer time
	for _, weekly := range [][]string{nil, {"RRULE:FREQ=WEEKLY;COUNT=2"}} {
		if _, err := w.As(dana).Book(standin.Booking{Title: "Surgery", Start: start, End: start.Add(time.Hour), Recurrence: weekly, More: map[string]any{"visibility": "private"}}); err != nil {
			t.Fatal(err)
		}
	}
	events := w.observe(w.account(Options{Calendar: dana})).Events
	var got []string
	for _, e := range events {
		got = append(got, e.Title+e.Start.In(berlin).Format("2 Jan 15:04"))
	}
	if want := []string{"30 Oct 14:00", "30 Oct 14:00", "6 Nov 15:00"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
