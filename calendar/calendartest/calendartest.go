// Package calendartest is the conformance suite that every calendar adapter passes. Its harness gives each case a fresh
// calendar, and the other person, who edits that calendar behind our back. Begin with [Run]; fixtures.go has the series that
// the cases are about.
package calendartest

import (
	"context"
	"testing"
	"time"

	"bilateral/calendar"
)

// Harness is how the suite gets at an adapter.
type Harness struct {
	// New returns an adapter for an empty calendar, whose clock stands at [Now], and the other person at that calendar.
	New func(t *testing.T) (calendar.Account, Other)
	// ReadOnly: only the cases of reading.
	ReadOnly bool
	// Exempt names cases, by their sentence, that this kind of calendar cannot be held to, and says why.
	Exempt map[string]string
}

// Other is a person with another program at the same calendar. Its methods do at once what they say, without our adapter.
type Other interface {
	// Put sets the object of a UID: iCalendar text, possibly broken.
	Put(uid string, text []byte)
	// Text returns the object of a UID as it stands, or nil.
	Text(uid string) []byte
	// Delete removes the object of a UID.
	Delete(uid string)
}

// Now is the moment of all cases: a Monday, six days before Europe's clocks go back.
var Now = time.Date(2026, 10, 19, 8, 0, 0, 0, time.UTC)

// testCase is one sentence about calendars.
type testCase struct {
	sentence string
	run      func(*bench)
}

// Run holds an adapter to every sentence.
func Run(t *testing.T, h Harness) {
	cases := reading()
	if !h.ReadOnly {
		cases = append(cases, creating()...)
		cases = append(cases, changing()...)
		cases = append(cases, clashing()...)
	}
	known := make(map[string]bool)
	for _, c := range cases {
		known[c.sentence] = true
		if h.Exempt[c.sentence] != "" {
			continue
		}
		t.Run(c.sentence, func(t *testing.T) {
			account, other := h.New(t)
			c.run(&bench{T: t, account: account, other: other})
		})
	}
	for sentence := range h.Exempt {
		if !known[sentence] {
			t.Errorf("the harness exempts %q, which is no case of the suite", sentence)
		}
	}
}

// bench is what a case works with.
type bench struct {
	*testing.T
	account calendar.Account
	other   Other
}

// observe reads the fixtures' eight weeks.
func (b *bench) observe() calendar.Observation {
	b.Helper()
	return b.ask(calendar.Query{Window: window, Zone: berlin})
}

func (b *bench) ask(q calendar.Query) calendar.Observation {
	b.Helper()
	o, err := b.account.Observe(context.Background(), q)
	if err != nil {
		b.Fatalf("observe: %v", err)
	}
	return o
}

// ours returns our series as it is observed now.
func (b *bench) ours() calendar.Series {
	b.Helper()
	for _, s := range b.observe().Series {
		if s.UID == uid {
			return s
		}
	}
	b.Fatalf("the series %s is not observed", uid)
	return calendar.Series{}
}

// instance returns the instance of our series with that original start.
func (b *bench) instance(original time.Time) calendar.Instance {
	b.Helper()
	for _, i := range b.ours().Instances {
		if i.Original.Equal(original) {
			return i
		}
	}
	b.Fatalf("the instance of %s is not observed", original)
	return calendar.Instance{}
}

func (b *bench) apply(c calendar.Change) string {
	b.Helper()
	version, err := b.account.Apply(context.Background(), c)
	if err != nil {
		b.Fatalf("apply: %v", err)
	}
	return version
}

// refused applies a change that must fail with one of the kinds.
func (b *bench) refused(c calendar.Change, kinds ...calendar.ErrorKind) {
	b.Helper()
	_, err := b.account.Apply(context.Background(), c)
	for _, k := range kinds {
		if err != nil && calendar.KindOf(err) == k {
			return
		}
	}
	b.Fatalf("apply: got %v, want an error of kind %v", err, kinds)
}

// create makes our series and returns it as observed.
func (b *bench) create() calendar.Series {
	b.Helper()
	b.apply(calendar.Change{UID: uid, Create: draft()})
	return b.ours()
}

// change is an empty change of a series as it was observed.
func change(s calendar.Series) calendar.Change {
	return calendar.Change{UID: s.UID, Name: s.Name, Version: s.Version}
}

// patch changes one instance of our series as it stands now.
func (b *bench) patch(original time.Time, p calendar.Patch) {
	b.Helper()
	c := change(b.ours())
	c.Instances = []calendar.InstancePatch{{Original: original, Patch: p}}
	b.apply(c)
}

// patchSeries changes the master of our series as it stands now.
func (b *bench) patchSeries(p calendar.Patch) {
	b.Helper()
	c := change(b.ours())
	c.Series = &p
	b.apply(c)
}

// edit is the other person's change of our series' text.
func (b *bench) edit(f func(text string) string) {
	b.Helper()
	text := b.other.Text(uid)
	if text == nil {
		b.Fatalf("the other person finds no object %s", uid)
	}
	b.other.Put(uid, []byte(f(string(text))))
}
