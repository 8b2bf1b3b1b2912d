package google

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/google/standin"
	"bilateral/calendar/ical"
)

// wish is what a pass might want of a series that may not be there yet: one instance moved, one cancelled, one with words.
func wish() []calendar.InstancePatch {
	words := calendar.InstancePatch{Original: third, Patch: calendar.Patch{Description: new("Agenda\n[ ] R&D"), Mark: calendar.Mark{"agenda": "1"}}}
	moved := move(second, second.Add(24*time.Hour))
	moved.Mark = calendar.Mark{"moves": "1"}
	waived := calendar.InstancePatch{Original: fourth, Patch: calendar.Patch{Cancelled: new(true), Mark: calendar.Mark{"state": "waived"}}}
	return []calendar.InstancePatch{moved, words, waived}
}

var wished = calendar.Patch{Title: new("Dana, weekly"), Mark: calendar.Mark{"paused": "x"}}

// pass brings the calendar nearer to the wish as the engine would: one write, on what it observed. It reports whether there
// was anything left to do.
func (w *world) pass(a *Account) (bool, error) {
	w.Helper()
	o, err := a.Observe(context.Background(), autumn)
	if err != nil {
		return true, err
	}
	c := calendar.Change{UID: ours, Create: weekly(), Instances: wish()}
	if len(o.Series) > 0 {
		whole := wished
		if o.Series[0].Title == *wished.Title {
			whole.Title = nil // Diff does not look at titles
		}
		var any bool
		if c, any = calendar.Diff(o.Series[0], whole, wish()); !any {
			return false, nil
		}
	}
	_, err = a.Apply(context.Background(), c)
	return true, err
}

// faults are what may happen to any request.
var faults = []struct {
	sentence string
	fault    standin.Fault
	kinds    []calendar.ErrorKind
}{
	{"the server fails", standin.Fault{Status: 503}, []calendar.ErrorKind{calendar.Unreachable}},
	{"the server fails after it did it", standin.Fault{Status: 500, After: true}, []calendar.ErrorKind{calendar.Unreachable}},
	{"the answer is lost", standin.Fault{Drop: true}, []calendar.ErrorKind{calendar.Unreachable}},
	{"the answer ends half way", standin.Fault{Truncate: true}, []calendar.ErrorKind{calendar.BadData, calendar.Unreachable}},
	{"too many requests", standin.Fault{Status: 429, Reason: "rateLimitExceeded", RetryAfter: time.Minute}, []calendar.ErrorKind{calendar.Quota}},
	{"the quota is gone", standin.Fault{Status: 403, Reason: "quotaExceeded"}, []calendar.ErrorKind{calendar.Quota}},
	{"it was changed meanwhile", standin.Fault{Status: 412, Reason: "conditionNotMet"}, []calendar.ErrorKind{calendar.Conflict}},
	{"it is not allowed", standin.Fault{Status: 403, Reason: "forbidden"}, []calendar.ErrorKind{calendar.Denied}},
	{"the sign-in is gone", standin.Fault{Status: 401, Reason: "authError"}, []calendar.ErrorKind{calendar.SignIn}},
}

// TestEveryFaultAtEveryRequest: whatever goes wrong, the passes after it complete the work, and nobody is written to twice
// about the same thing.
func TestEveryFaultAtEveryRequest(t *testing.T) {
	for _, row := range faults {
		t.Run(row.sentence, func(t *testing.T) {
			for k := 0; ; k++ {
				if !newWorld(t).survives(k, row.fault, row.kinds) {
					if k < 9 {
						t.Errorf("only %d requests were tried", k)
					}
					return
				}
			}
		})
	}
}

// survives lets request k of the work fail; false: there is no such request.
func (w *world) survives(k int, f standin.Fault, kinds []calendar.ErrorKind) bool {
	w.Helper()
	a := w.account(Options{})
	f.Skip, f.Times = k, 1
	w.Inject(f)
	for any, left := true, 8; any && left > 0; left-- {
		var err error
		if any, err = w.pass(a); err != nil && !slices.Contains(kinds, calendar.KindOf(err)) {
			w.Errorf("request %d: got %v", k, err)
		}
	}
	made := len(w.Requests())
	w.Heal()
	if any, err := w.pass(a); any || err != nil {
		w.Errorf("request %d: the work is not done: %v", k, err)
	}
	w.done(k)
	return k < made-1
}

// done checks the result of the wish, and that each guest had each message once.
func (w *world) done(k int) {
	w.Helper()
	fresh := w.account(Options{})
	s := w.series(fresh)
	moved, words, waived := s.At(second), s.At(third), s.At(fourth)
	switch {
	case s.Title != *wished.Title || s.Mark["paused"] != "x" || s.Mark["id"] != "dana":
		w.Errorf("request %d: series %+v", k, s)
	case !moved.Start.Equal(second.Add(24*time.Hour)) || moved.Mark["moves"] != "1":
		w.Errorf("request %d: moved %+v", k, moved)
	case words.Description != "Agenda\n[ ] R&D" || words.Mark["agenda"] != "1":
		w.Errorf("request %d: words %+v", k, words)
	case !waived.Cancelled || waived.Mark["state"] != "waived":
		w.Errorf("request %d: waived %+v", k, waived)
	}
	sent := map[string]int{}
	for _, m := range w.Mails() {
		sent[m.To+" "+m.What+" "+m.Event]++
	}
	id := ical.EventID(ours)
	want := map[string]int{dana + " invite " + id: 1, dana + " update " + sureID(id, second): 1, dana + " cancel " + sureID(id, fourth): 1}
	if !maps.Equal(sent, want) {
		w.Errorf("request %d: mails %v, want %v", k, sent, want)
	}
}

// TestAPersonBetweenAnyTwoRequests: what somebody does while we write is never lost, whatever it is and whenever.
func TestAPersonBetweenAnyTwoRequests(t *testing.T) {
	id := ical.EventID(ours)
	instance := sureID(id, second)
	for _, row := range []struct {
		sentence string
		deed     func(w *world) error
		holds    func(in calendar.Instance, s calendar.Series) bool
	}{
		{"Alice drags the instance", func(w *world) error {
			return w.As(alice).Drag(instance, second.Add(3*time.Hour), second.Add(4*time.Hour))
		}, func(in calendar.Instance, _ calendar.Series) bool {
			return in.Span.Equal(span(second.Add(3*time.Hour), 60))
		}},
		{"Alice writes into the instance", func(w *world) error { return w.As(alice).Edit(instance, map[string]any{"description": "mine"}) },
			func(in calendar.Instance, _ calendar.Series) bool { return in.Description == "mine" }},
		{"Dana declines the instance", func(w *world) error { return w.As(dana).Answer(instance, "declined", "the board") },
			func(in calendar.Instance, _ calendar.Series) bool {
				a, _ := calendar.Attends(in.Attendees, dana)
				return a.Status == calendar.Declined && a.Comment == "the board"
			}},
		{"Alice deletes the instance", func(w *world) error { return w.As(alice).Delete(instance) },
			func(in calendar.Instance, _ calendar.Series) bool { return in.Cancelled }},
		{"Alice renames the series", func(w *world) error { return w.As(alice).Edit(id, map[string]any{"summary": "Lunch"}) },
			func(_ calendar.Instance, s calendar.Series) bool { return s.Title == "Lunch" }},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			for k := 0; ; k++ {
				w := newWorld(t)
				a, m := w.meddled()
				s := w.create(a)
				requests := 0
				m.before = func(*http.Request) {
					if requests++; requests == k+1 {
						if err := row.deed(w); err != nil {
							t.Fatal(err)
						}
					}
				}
				c := change(s, move(second, second.Add(24*time.Hour)), wish()[1], wish()[2])
				c.Instances[0].Description = new("ours")
				c.Series = &wished
				_, err := a.Apply(context.Background(), c)
				m.before = nil
				if requests <= k {
					if k < 5 {
						t.Errorf("only %d requests were tried", k)
					}
					return
				}
				if err != nil && calendar.KindOf(err) != calendar.Conflict {
					t.Errorf("before request %d: %v", k, err)
				}
				if after := w.series(a); !row.holds(*after.At(second), after) {
					t.Errorf("before request %d it was overwritten (%v): %+v, %q", k, err, after.At(second), after.Title)
				}
			}
		})
	}
}

func TestTheMarkOfACancelledInstanceSurvivesTheMirror(t *testing.T) {
	w := newWorld(t)
	a := w.account(Options{})
	s := w.create(a)
	w.apply(a, change(s, wish()[2]))
	for sentence, a := range map[string]*Account{"with the mirror": a, "without": w.account(Options{})} {
		if in := w.instance(a, fourth); !in.Cancelled || in.Mark["state"] != "waived" {
			t.Errorf("%s: %+v", sentence, in)
		}
	}
	back := calendar.InstancePatch{Original: fourth, Patch: calendar.Patch{Cancelled: new(false), Mark: calendar.Mark{"state": "", "moves": "2"}}}
	w.apply(w.account(Options{}), change(w.series(a), back)) // by a process that knows only what Google tells
	in := w.instance(a, fourth)
	if _, waived := in.Mark["state"]; in.Cancelled || waived || in.Mark["moves"] != "2" || !in.Span.Equal(span(fourth, 45)) {
		t.Errorf("back: %+v", in)
	}
	w.delete(sureID(s.Name, fourth))
	if in := w.instance(w.account(Options{}), fourth); !in.Cancelled || in.Mark["state"] != "" {
		t.Errorf("a person's deletion looks like ours: %+v", in)
	}
}

// sent is the body of each write.
func (m *meddler) sent(t *testing.T) *[]map[string]any {
	var all []map[string]any
	m.before = func(r *http.Request) {
		if r.Body == nil || r.GetBody == nil || r.Method == http.MethodGet {
			return
		}
		body := map[string]any{}
		if err := json.Unmarshal(sure(io.ReadAll(sure(r.GetBody()))), &body); err != nil {
			t.Error(err)
		}
		body["sendUpdates"] = r.URL.Query().Get("sendUpdates")
		all = append(all, body)
	}
	return &all
}

func TestOnlyWhatChangesIsSent(t *testing.T) {
	w := newWorld(t)
	a, m := w.meddled()
	s := w.create(a)
	if err := w.As(alice).Edit(s.Name, map[string]any{"colorId": "3", "location": "Room 4", "reminders": map[string]any{"useDefault": false}}); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		sentence string
		patch    calendar.InstancePatch
		want     []string
		mails    string
	}{
		{"a text goes alone, and in silence", calendar.InstancePatch{Original: second, Patch: calendar.Patch{Description: new("x")}}, []string{"description"}, "none"},
		{"an emptied text goes too", calendar.InstancePatch{Original: second, Patch: calendar.Patch{Description: new("")}}, []string{"description"}, "none"},
		{"a mark goes alone, and in silence", calendar.InstancePatch{Original: second, Patch: calendar.Patch{Mark: calendar.Mark{"a": "b"}}}, []string{"extendedProperties"}, "none"},
		{"a new time is told to the guests", move(second, second.Add(time.Hour)), []string{"end", "start"}, "all"},
		{"a cancellation is told to the guests", calendar.InstancePatch{Original: fourth, Patch: calendar.Patch{Cancelled: new(true)}}, []string{"status"}, "all"},
	} {
		c := change(w.series(a), row.patch)
		bodies := m.sent(t)
		w.apply(a, c)
		m.before = nil
		if len(*bodies) != 1 {
			t.Errorf("%s: %d writes: %v", row.sentence, len(*bodies), *bodies)
			continue
		}
		body := (*bodies)[0]
		mails := body["sendUpdates"]
		delete(body, "sendUpdates")
		if got := slices.Sorted(maps.Keys(body)); !slices.Equal(got, row.want) || mails != row.mails {
			t.Errorf("%s: sent %v with %v", row.sentence, body, mails)
		}
	}
}

// TestAServerThatKeepsOldAnswers: where a new time leaves a guest's answer standing, it is taken back in silence.
func TestAServerThatKeepsOldAnswers(t *testing.T) {
	w := newWorld(t)
	client := w.Client(alice)
	base := client.Transport
	kept := true
	client.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		answer, err := base.RoundTrip(r)
		if err == nil && r.Method == http.MethodPatch && kept {
			text := string(sure(io.ReadAll(answer.Body)))
			answer.Body, kept = readCloser(strings.ReplaceAll(text, `"needsAction"`, `"declined"`)), false
		}
		return answer, err
	})
	a := w.account(Options{Client: client})
	s := w.create(a)
	w.Forget()
	w.apply(a, change(s, move(second, second.Add(time.Hour))))
	if got, _ := calendar.Attends(w.instance(a, second).Attendees, dana); got.Status != calendar.NeedsAction {
		t.Errorf("Dana's answer is %q", got.Status)
	}
	if mails := w.Mails(); len(mails) != 1 {
		t.Errorf("mails: %+v", mails)
	}
}

func TestAnIDIsGivenOnce(t *testing.T) {
	w := newWorld(t)
	a := w.account(Options{})
	s := w.create(a)
	w.delete(s.Name)
	w.Forget()
	_, err := a.Apply(context.Background(), calendar.Change{UID: ours, Create: weekly()})
	if calendar.KindOf(err) != calendar.Exists || !strings.Contains(fmt.Sprint(err), "deleted") {
		t.Errorf("got %v", err)
	}
	if mails := w.Mails(); len(mails) > 0 {
		t.Errorf("mails: %+v", mails)
	}
}

func TestInTheCalendarOfTheExecutive(t *testing.T) {
	w := newWorld(t)
	w.Share(dana, alice, "writer")
	a := w.account(Options{Calendar: dana})
	s := w.create(a)
	if s.Organizer != dana {
		t.Errorf("the organizer is %s", s.Organizer)
	}
	for _, who := range []string{alice, dana} {
		if g, ok := calendar.Attends(s.Attendees, who); !ok || g.Status != calendar.Accepted {
			t.Errorf("%s: %+v", who, g)
		}
	}
	w.apply(a, change(s, move(second, second.Add(time.Hour))))
	mine := w.account(Options{})
	o, err := mine.Observe(context.Background(), calendar.Query{Window: autumn.Window, Zone: berlin, UIDs: []string{ours}})
	if err != nil || len(o.Series) != 1 {
		t.Fatalf("Alice's own copy is not known by the UID: %+v, %v", o, err)
	}
	if in := o.Series[0].At(second); !in.Start.Equal(second.Add(time.Hour)) {
		t.Errorf("in Alice's own copy it stands at %s", in.Start)
	}
}

func TestASeriesIsPrivateAndHasALink(t *testing.T) {
	w := newWorld(t)
	a := w.account(Options{})
	d := weekly()
	d.Meet = true
	w.apply(a, calendar.Change{UID: ours, Create: d})
	w.observe(a)
	w.now = w.now.Add(time.Minute)
	s := w.series(a)
	e := w.As(alice).Event(s.Name)
	if e["visibility"] != "private" || e["guestsCanInviteOthers"] != false || !strings.HasPrefix(fmt.Sprint(e["hangoutLink"]), "https://meet.google.com/") {
		t.Errorf("got %v", e)
	}
	if s.Link != e["hangoutLink"] || !s.Private {
		t.Errorf("observed: %q, private %v", s.Link, s.Private)
	}
	w.apply(a, change(s, move(second, second.Add(time.Hour)))) // on the version with the link
}

func TestASeriesThatGoesOn(t *testing.T) {
	w := newWorld(t)
	a := w.account(Options{})
	d := weekly()
	d.Meet = true
	w.apply(a, calendar.Change{UID: ours, Create: d})
	old := w.series(a)
	more := map[string]any{"colorId": "3", "reminders": map[string]any{"useDefault": false}, "attendees": []any{
		map[string]any{"email": alice, "responseStatus": "accepted"}, map[string]any{"email": dana, "responseStatus": "accepted"},
		map[string]any{"email": "room@example.org", "responseStatus": "accepted", "resource": true}},
		"extendedProperties": map[string]any{"private": map[string]any{"crm": "7"}, "shared": map[string]any{"ticket": "8"}}}
	if err := w.As(alice).Edit(old.Name, more); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Minute)
	w.observe(a)
	next := weekly()
	next.Start, next.Title, next.Like, next.Mark = third.Add(-5*time.Hour), "", old.Name, calendar.Mark{"id": "new"}
	w.apply(a, calendar.Change{UID: "next@bilateral", Create: next})
	e, was := w.As(alice).Event(ical.EventID("next@bilateral")), w.As(alice).Event(old.Name)
	for _, field := range []string{"summary", "colorId", "reminders", "visibility", "guestsCanInviteOthers"} {
		if fmt.Sprint(e[field]) != fmt.Sprint(was[field]) {
			t.Errorf("%s is %v, was %v", field, e[field], was[field])
		}
	}
	link := func(e map[string]any) any { return e["conferenceData"].(map[string]any)["conferenceId"] }
	if link(e) == nil || link(e) != link(was) {
		t.Errorf("the link is %v, was %v", link(e), link(was))
	}
	if got, want := fmt.Sprint(e["extendedProperties"]), "map[private:map[bilateral-id:new crm:7] shared:map[ticket:8]]"; got != want {
		t.Errorf("properties %s, want %s", got, want)
	}
	var guests []string
	for _, g := range e["attendees"].([]any) {
		guests = append(guests, fmt.Sprint(g.(map[string]any)["email"], " ", g.(map[string]any)["responseStatus"]))
	}
	if want := []string{alice + " accepted", dana + " needsAction", "room@example.org accepted"}; !slices.Equal(guests, want) {
		t.Errorf("guests %q, want %q", guests, want)
	}
}

func TestLongMarks(t *testing.T) {
	w := newWorld(t)
	a := w.account(Options{})
	w.create(a)
	long := strings.Repeat("Grüße 🎉, ", 400)
	for _, value := range []string{long, "b64.", " x ", "a\nb", strings.Repeat("x", 2500), "short"} {
		c := change(w.series(a), calendar.InstancePatch{Original: second, Patch: calendar.Patch{Mark: calendar.Mark{"refused": value}}})
		c.Series = &calendar.Patch{Mark: calendar.Mark{"skips": value}}
		w.apply(a, c)
		if s := w.series(a); s.Mark["skips"] != value || s.At(second).Mark["refused"] != value || len(s.At(second).Mark) != 1 {
			t.Errorf("%.20q came back as %.20q and %.20q", value, s.Mark["skips"], s.At(second).Mark)
		}
	}
	c := change(w.series(a))
	c.Series = &calendar.Patch{Mark: calendar.Mark{"skips": ""}}
	w.apply(a, c)
	e := w.As(alice).Event(ical.EventID(ours))
	if got := fmt.Sprint(e["extendedProperties"]); got != "map[private:map[bilateral-id:dana]]" {
		t.Errorf("left over: %s", got)
	}
}

// TestGuestsWhomWeWriteToOurselves: their answers come by mail, and Google stays silent.
func TestGuestsWhomWeWriteToOurselves(t *testing.T) {
	w := newWorld(t)
	a := w.account(Options{})
	d := weekly()
	d.Unserved = true
	w.apply(a, calendar.Change{UID: ours, Create: d})
	s := w.series(a)
	if g, _ := calendar.Attends(s.Attendees, dana); !g.Unserved {
		t.Errorf("got %+v", g)
	}
	answer := func(status calendar.PartStat, note string) calendar.Patch {
		return calendar.Patch{Answer: &calendar.Answer{Email: "Dana@example.org", Status: status, Comment: note}}
	}
	c := change(s, move(second, second.Add(time.Hour)), calendar.InstancePatch{Original: third, Patch: answer(calendar.Declined, "the board")})
	c.Instances[0].Sequence = 7
	c.Series = new(answer(calendar.Accepted, ""))
	w.apply(a, c)
	s = w.series(a)
	whole, _ := calendar.Attends(s.Attendees, dana)
	one, _ := calendar.Attends(s.At(third).Attendees, dana)
	if whole.Status != calendar.Accepted || one.Status != calendar.Declined || one.Comment != "the board" || s.At(second).Sequence != 7 {
		t.Errorf("series %+v, instance %+v, sequence %d", whole, one, s.At(second).Sequence)
	}
	if mails := w.Mails(); len(mails) > 0 {
		t.Errorf("mails: %+v", mails)
	}
}

func TestTimes(t *testing.T) {
	w := newWorld(t)
	a := w.account(Options{})
	w.create(a)
	for _, row := range []struct {
		sentence string
		to       time.Time
	}{
		{"in the first run of an hour that comes twice", at(time.UTC, "2026-10-25 00:30")},
		{"in the second run of it", at(time.UTC, "2026-10-25 01:30")},
		{"in winter time", at(berlin, "2026-10-29 09:00")},
		{"in New York's last week of summer time", at(newYork, "2026-10-30 09:00")},
	} {
		w.apply(a, change(w.series(a), move(third, row.to)))
		if in := w.instance(a, third); !in.Start.Equal(row.to) || in.Length() != 45*time.Minute {
			t.Errorf("%s: it stands at %v", row.sentence, in.Span)
		}
	}
	c := change(w.series(a))
	c.Series = &calendar.Patch{Rule: new("FREQ=WEEKLY;BYDAY=WE;UNTIL=20261021"), Span: new(span(first.Add(time.Hour), 30))}
	w.apply(a, c)
	s := w.series(a)
	if last := s.Instances[len(s.Instances)-1]; !last.Start.Equal(second.Add(time.Hour)) || last.Length() != 30*time.Minute {
		t.Errorf("the last one stands at %v", last.Span)
	}
	if s.Zone.String() != "Europe/Berlin" {
		t.Errorf("the zone became %v", s.Zone)
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	w := newWorld(t)
	a := w.account(Options{})
	s := w.create(a)
	noLength, noZone := weekly(), weekly()
	noLength.Duration, noZone.Zone = 0, nil
	for sentence, c := range map[string]calendar.Change{
		"a rule of a single instance":   change(s, calendar.InstancePatch{Original: second, Patch: calendar.Patch{Rule: new("FREQ=DAILY")}}),
		"an end before the start":       change(s, calendar.InstancePatch{Original: second, Patch: calendar.Patch{Span: &calendar.Span{Start: third, End: second}}}),
		"a key that is no key":          change(s, calendar.InstancePatch{Original: second, Patch: calendar.Patch{Mark: calendar.Mark{"A b": "c"}}}),
		"an instance that is not there": change(s, calendar.InstancePatch{Original: second.Add(time.Hour), Patch: calendar.Patch{Title: new("x")}}),
		"a series without length":       {UID: "x@bilateral", Create: noLength},
		"a series without a zone":       {UID: "x@bilateral", Create: noZone},
		"a UID without end":             {UID: strings.Repeat("x", 1000), Create: weekly()},
	} {
		w.Forget()
		if _, err := a.Apply(context.Background(), c); err == nil {
			t.Errorf("%s was written", sentence)
		}
		for _, r := range w.Requests() {
			if r.Writes() {
				t.Errorf("%s: %s was sent", sentence, r.Method)
			}
		}
	}
}
