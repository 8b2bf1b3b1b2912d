package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/internal/store"
)

// onceOnly is a calendar whose server gives each UID once, also where its series was deleted since, as Google does.
type onceOnly struct {
	calendar.Account
	given map[string]bool
}

func (a *onceOnly) Apply(ctx context.Context, c calendar.Change) (string, error) {
	if c.Create != nil && a.given[c.UID] {
		return "", &calendar.Error{Kind: calendar.Exists, Op: "create", Target: c.UID}
	}
	version, err := a.Account.Apply(ctx, c)
	if c.Create != nil && err == nil {
		a.given[c.UID] = true
	}
	return version, err
}

// onceOnly puts such a server before the office's calendar.
func (o *office) onceOnly() {
	a := &onceOnly{o.mine, map[string]bool{}}
	o.b.Home.Account, o.b.Owner.Calendars[0].Account = a, a
}

// loseState gives the office an empty database, as another machine has.
func (o *office) loseState() {
	st, err := store.Open(o.TempDir())
	if err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() { st.Close() })
	o.Store = st
}

// start is the owner's order, carried out at once.
func (o *office) start() Report {
	o.Helper()
	if _, err := o.Store.Enqueue(store.Request{Bilateral: "dana", Kind: store.Start, At: o.now}); err != nil {
		o.Fatal(err)
	}
	r, err := o.Pass(o.Context(), Options{Now: o.now, Only: "dana", Orders: true})
	if err != nil || r.Bilaterals[0].Err != nil {
		o.Fatal(err, r.Bilaterals[0].Err)
	}
	return r
}

func TestASeriesThatVanishedBeforeTheStateWasLostIsNotMadeAgainUnasked(t *testing.T) {
	for _, now := range []string{monday, "2027-03-22 06:00"} { // an ordinary week; the week before summer time begins in Berlin
		o := newOffice(t, now)
		o.onceOnly()
		o.pass()
		o.mine.Delete(o.seriesName())
		o.loseState()
		for range 2 {
			if r := o.pass(); !r.NeedsPerson() {
				t.Fatalf("%s: nobody is needed: %+v", now, r.Bilaterals[0])
			}
			o.now = o.now.Add(5 * time.Minute)
		}
		s, err := o.Status(o.now, 0)
		if err != nil || s.State != Critical || s.Problems[0].Code != "series_gone" || !strings.Contains(s.Problems[0].Do, "bilateral start dana") {
			t.Fatalf("%s: %v, problems %+v", now, err, s.Problems)
		}
		if o.start(); len(o.mine.Names()) != 1 {
			t.Fatalf("%s: start made no new one", now)
		}
		if r := o.pass(); r.NeedsPerson() || len(r.Bilaterals[0].Steps) > 0 {
			t.Fatalf("%s: afterwards %+v", now, r.Bilaterals[0])
		}
	}
}

func TestStartMakesASeriesAlsoWhereItsFirstNamesAreTaken(t *testing.T) {
	o := newOffice(t, monday)
	o.onceOnly()
	o.pass()
	o.mine.Delete(o.seriesName())
	o.pass()
	o.start()
	o.mine.Delete(o.seriesName())
	o.loseState() // two series were deleted, and nothing is known of either
	if o.start(); len(o.mine.Names()) != 1 {
		t.Fatal("start made no new one")
	}
	if r := o.pass(); r.NeedsPerson() || len(r.Bilaterals[0].Steps) > 0 {
		t.Fatalf("afterwards %+v", r.Bilaterals[0])
	}
	s, err := o.Status(o.now, 0)
	if err != nil || !strings.Contains(s.Bilaterals[0].UID, "-g2@") {
		t.Errorf("the status names %s as the series: %v", s.Bilaterals[0].UID, err)
	}
}

// What start will do is shown first, also where it makes a new series in place of one that vanished.
func TestStartShowsTheNewSeriesInPlaceOfOneThatVanished(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.settle()
	p.letters()
	o.mine.Delete(o.seriesName())
	o.pass()
	r, err := o.Pass(t.Context(), Options{Now: o.now, Only: "dana", Dry: true, Act: true})
	if err != nil || len(r.Bilaterals[0].Steps) == 0 {
		t.Fatalf("start shows nothing: %v, %+v", err, r.Bilaterals[0])
	}
	shown := r.Bilaterals[0].Steps[0]
	if shown.Action != "create_series" || !strings.Contains(shown.Mail, "Invitation: Alice / Dana") {
		t.Errorf("shown %+v", shown)
	}
	if o.expectMails(p); len(o.mine.Names()) > 0 {
		t.Error("a look made something")
	}
	if o.start(); len(p.sent) != len(shown.Mails) || !strings.Contains(shown.Mail, p.sent[0].Subject) {
		t.Errorf("shown was %q to %v, sent %q", shown.Mail, shown.Mails, p.letters())
	}
}
