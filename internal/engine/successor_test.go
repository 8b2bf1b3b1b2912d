package engine

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bilateral/internal/store"
)

// ours are the UIDs of the bilateral's series in the calendar.
func (o *office) ours() []string {
	o.Helper()
	var out []string
	for _, n := range o.mine.Names() {
		out = append(out, strings.TrimSuffix(n, ".ics"))
	}
	return out
}

// dropSuccessor deletes the series that goes on, and opens the one before it again, as a person who wants all back does.
func (o *office) dropSuccessor(first string) {
	o.Helper()
	for _, uid := range o.ours() {
		if uid != first {
			o.mine.Delete(uid + ".ics")
		}
	}
}

func TestASuccessorWhoseNameIsTakenIsMadeUnderAnother(t *testing.T) {
	for _, row := range []struct {
		name, now string
		forget    bool // the database is lost in between
		ask       func(*office)
	}{
		{"asked for again, and the database is lost", monday, true, func(o *office) { o.rebase(16 * 60) }},
		{"asked for again, and the database knows", monday, false, func(o *office) { o.rebase(16 * 60) }},
		{"another time is asked for", monday, false, func(o *office) { o.rebase(17 * 60) }},
		{"start is said", monday, false, func(o *office) { o.start() }},
		{"the week before summer time begins in Berlin", "2027-03-22 06:00", true, func(o *office) { o.rebase(16 * 60) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := newOffice(t, row.now)
			o.onceOnly()
			o.settle()
			first := o.ours()
			o.rebase(16 * 60)
			o.settle()
			o.dropSuccessor(first[0])
			if row.forget {
				o.loseState()
			}
			if r := o.pass(); !r.NeedsPerson() || len(o.ours()) != 1 {
				t.Fatalf("nobody asked: in the calendar are %q, %+v", o.ours(), r.Bilaterals[0].Notes)
			}
			if s, err := o.Status(o.now, 0); err != nil || s.State != Critical || !slices.ContainsFunc(s.Problems, func(p Problem) bool {
				return p.Code == "series_gone" && strings.Contains(p.Do, "bilateral start dana")
			}) {
				t.Fatalf("%+v %v", s.Problems, err)
			}
			row.ask(o)
			o.settle()
			if list := o.ours(); len(list) != 2 || !slices.Contains(list, first[0]) {
				t.Fatalf("in the calendar are %q", list)
			}
			if r := o.pass(); r.NeedsPerson() || len(r.Bilaterals[0].Steps) > 0 {
				t.Errorf("afterwards %+v", r.Bilaterals[0])
			}
		})
	}
}

// rebase is the owner's order of a new standing time on Thursdays.
func (o *office) rebase(minute int) {
	o.Helper()
	if _, err := o.Store.Enqueue(store.Request{Bilateral: "dana", Kind: store.Rebase, Args: thursday(minute), At: o.now}); err != nil {
		o.Fatal(err)
	}
	r, err := o.Pass(o.Context(), Options{Now: o.now, Only: "dana", Orders: true})
	if err != nil || r.Bilaterals[0].Err != nil {
		o.Fatal(err, r.Bilaterals[0].Err)
	}
}

func TestASuccessorThatAPersonDeletedIsNotMadeAgainUnasked(t *testing.T) {
	o := newOffice(t, monday)
	o.settle()
	first := o.ours()
	o.rebase(16 * 60)
	o.settle()
	o.dropSuccessor(first[0])
	o.settle()
	if list := o.ours(); len(list) != 1 || !o.last.NeedsPerson() {
		t.Errorf("in the calendar are %q", list)
	}
}

// A person may also put an old copy of the series back, which knows of no successor.
func TestATimeThatIsTakenUpAgainIsMadeAlsoWhereItsNameIsTaken(t *testing.T) {
	for name, again := range map[string]func(*office){
		"by rebase": func(o *office) { o.rebase(16 * 60) },
		"by an edit of the settings": func(o *office) {
			o.b.Policy.Prefer.Weekday, o.b.Policy.Prefer.Minute = time.Thursday, 16*60
			o.pass()
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "2026-10-23 06:00") // before summer time ends
			o.onceOnly()
			o.settle()
			first := o.ours()[0]
			before, settled := slices.Clone(o.mine.Bytes(first+".ics")), o.b.Policy.Prefer
			again(o)
			o.settle()
			o.dropSuccessor(first)
			o.mine.Put(first+".ics", before)
			o.b.Policy.Prefer = settled
			o.loseState()
			if o.settle(); len(o.ours()) != 1 {
				t.Fatalf("in the calendar are %q", o.ours())
			}
			again(o)
			if o.settle(); len(o.ours()) != 2 || o.last.NeedsPerson() {
				t.Errorf("in the calendar are %q, %+v", o.ours(), o.last.Bilaterals[0].Notes)
			}
		})
	}
}
