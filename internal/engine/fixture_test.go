package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bilateral/agenda"
	"bilateral/calendar"
	"bilateral/calendar/memory"
	"bilateral/internal/plan"
	"bilateral/internal/store"

	"github.com/rs/zerolog"
)

// office is an owner and an executive with a calendar in memory each, and an engine that guards their weekly meeting.
type office struct {
	*testing.T
	*Engine
	now        time.Time
	mine, hers *memory.Account
	b          *Bilateral
	zone       *time.Location
	entries    int
	last       Report
}

func newOffice(t *testing.T, now string) *office {
	t.Helper()
	o := &office{T: t, now: utc(t, now), zone: zone(t, "Europe/Berlin")}
	clock := func() time.Time { return o.now }
	o.mine, o.hers = memory.New(clock), memory.New(clock)
	st, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	o.b = o.bilateral("dana")
	for _, name := range []string{"dana", "bo"} {
		f := agenda.FollowUp{Item: agenda.Item{Bilateral: name, Kind: agenda.Update, Text: "Berlin office is signed", Created: o.now, Status: agenda.Open}}
		if _, err := st.Add(f, "alice", o.now); err != nil {
			t.Fatal(err)
		}
	}
	o.Engine = &Engine{Store: st, Bilaterals: []*Bilateral{o.b}, Log: zerolog.Nop(), Interval: 5 * time.Minute}
	return o
}

func (o *office) bilateral(name string) *Bilateral {
	home := &Calendar{Name: "work", Type: "vdir", Account: o.mine, Zone: o.zone}
	hers := &Calendar{Name: "dana", Type: "vdir", Account: o.hers, Zone: zone(o.T, "America/New_York")}
	leave := []string{"vacation", "leave"}
	moments := make([]agenda.Moment, 0, 3)
	for _, text := range []string{"after previous", "day before 16:00", "1h"} {
		m, err := agenda.ParseMoment(text)
		if err != nil {
			o.Fatal(err)
		}
		moments = append(moments, m)
	}
	return &Bilateral{
		Name: name, Acting: true, Home: home, Title: "Alice / Dana", Private: true, Invites: true,
		Agenda: agenda.Policy{Show: agenda.Full, Publish: moments},
		Owner: Side{Name: "Alice Chen", Email: "alice@example.org", Calendars: []*Calendar{home},
			Judge: calendar.Person{Emails: []string{"alice@example.org"}, LeaveWords: leave}},
		Executive: Side{Name: "Dana Boss", Email: "dana@example.org", Calendars: []*Calendar{hers},
			Judge: calendar.Person{Emails: []string{"dana@example.org"}, LeaveWords: leave}},
		Policy: plan.Policy{
			Cadence: plan.Cadence{Unit: plan.Week, Every: 1}, Prefer: plan.Prefer{Weekday: time.Wednesday, Minute: 15*60 + 30},
			Duration: 45 * time.Minute, Minimum: 20 * time.Minute, Horizon: plan.Horizon{Days: 28}, Notice: 24 * time.Hour,
			Freeze: 2 * time.Hour, Settle: 10 * time.Minute, ActWithin: 14 * 24 * time.Hour, MaxMoves: 2, OnDelete: plan.Ask,
			Mine:   plan.Side{Name: "you", Zone: o.zone, Hours: weekdaysAt(9, 18)},
			Theirs: plan.Side{Name: "Dana", Zone: zone(o.T, "America/New_York"), Hours: weekdaysAt(9, 18)},
		},
	}
}

func weekdaysAt(from, to int) []plan.Hours {
	var out []plan.Hours
	for d := time.Monday; d <= time.Friday; d++ {
		out = append(out, plan.Hours{Weekday: d, From: from * 60, To: to * 60})
	}
	return out
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func utc(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// pass runs one pass at the present moment and fails the test if anything went wrong in it.
func (o *office) pass() Report {
	o.Helper()
	r, err := o.Pass(o.Context(), Options{Now: o.now})
	if err != nil {
		o.Fatal(err)
	}
	for _, b := range r.Bilaterals {
		if b.Err != nil {
			o.Fatal(b.Err)
		}
	}
	o.last = r
	return r
}

// settle runs passes for twenty minutes.
func (o *office) settle() Report {
	o.Helper()
	for range 4 {
		o.pass()
		o.now = o.now.Add(5 * time.Minute)
	}
	return o.pass()
}

// book puts a meeting into a calendar; times are UTC.
func (o *office) book(a *memory.Account, start, end, extra string) string {
	o.entries++
	uid := fmt.Sprintf("entry-%d@example.org", o.entries)
	stamp := func(s string) string { return utc(o.T, s).Format(compact) }
	a.Put(uid+".ics", []byte(strings.ReplaceAll("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\nBEGIN:VEVENT\nUID:"+uid+
		"\nDTSTAMP:20261101T000000Z\nDTSTART:"+stamp(start)+"\nDTEND:"+stamp(end)+"\nSUMMARY:Board\n"+extra+"END:VEVENT\nEND:VCALENDAR\n", "\n", "\r\n")))
	return uid
}

// edit changes our series' text as another program would.
func (o *office) edit(change func(string) string) {
	o.Helper()
	name := o.seriesName()
	o.mine.Put(name, []byte(change(string(o.mine.Bytes(name)))))
}

func (o *office) seriesName() string {
	o.Helper()
	for _, n := range o.mine.Names() {
		if strings.Contains(n, o.b.ID()) {
			return n
		}
	}
	o.Fatal("no series of ours in the calendar")
	return ""
}

// decision is the last pass's decision on a period.
func (o *office) decision(period string) plan.Decision {
	o.Helper()
	for _, d := range o.last.Bilaterals[0].Decisions {
		if d.Period.Key == period {
			return d
		}
	}
	o.Fatalf("no decision on %s", period)
	return plan.Decision{}
}

// stands is where the period's instance stands in the calendar now, "" if it does not.
func (o *office) stands(original string) string {
	o.Helper()
	obs, err := o.mine.Observe(o.Context(), calendar.Query{Window: o.window(o.now), Zone: o.zone})
	if err != nil {
		o.Fatal(err)
	}
	for _, s := range obs.Series {
		if i := s.At(utc(o.T, original)); i != nil && !i.Cancelled && !i.Excluded {
			return plan.When(i.Span, o.zone)
		}
	}
	return ""
}

func (o *office) expect(period string, state plan.State, code string) plan.Decision {
	o.Helper()
	d := o.decision(period)
	if d.State != state || d.Code != code {
		o.Fatalf("%s is %s (%s: %s), want %s (%s)", period, d.State, d.Code, d.Sentence, state, code)
	}
	return d
}

func (o *office) expectStands(original, want string) {
	o.Helper()
	if got := o.stands(original); got != want {
		o.Fatalf("the meeting of %s stands at %q, want %q", original, got, want)
	}
}

var errDown = &calendar.Error{Kind: calendar.Unreachable, Op: "read", Target: "dana"}
