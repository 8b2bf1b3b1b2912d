//go:build servers

package endtoend

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// mortal is a world in which each run of the program may be killed, at a moment that its seed chooses.
type mortal struct {
	*world
	*rand.Rand
	usual  time.Duration // that a pass takes here
	killed int
	booked []string
	kept   []string // ids of follow-ups that the program said it has
}

// TestKilledAtAnyMoment kills the program at some moment of nearly each of its runs, with the calendar and the state on the
// disk. Nothing that it said was done is lost, and in the end all is as the promise wants it.
func TestKilledAtAnyMoment(t *testing.T) {
	w, box := newFolders(t, "", "")
	w.at("2035-10-18 16:00")
	m := &mortal{world: w, Rand: rand.New(rand.NewPCG(7, 7))}
	w.run(0, "run", "--once")
	began := time.Now()
	w.run(0, "run", "--once")
	m.usual = time.Since(began)
	for range 40 {
		w.now = w.now.Add(time.Duration(5+m.IntN(300)) * time.Minute)
		m.happens()
		m.dies("run", "--once")
	}
	t.Logf("%d runs were killed, a whole one takes %s", m.killed, m.usual)
	m.rests()
	m.whole()
	m.agreesWith(box)
}

// happens is what somebody does meanwhile.
func (m *mortal) happens() {
	m.t.Helper()
	_, o := m.ours()
	original := o.aheadIn(m.t, m.now).AddDate(0, 0, 7*m.IntN(2))
	at := o.slot(m.t, original)
	switch n := m.IntN(6); {
	case n < 2 && !at.IsZero():
		uid := fmt.Sprintf("board%d", len(m.booked))
		m.booked = append(m.booked, uid)
		m.booksInto("dana", uid, at)
	case n == 2 && len(m.booked) > 0:
		if err := os.Remove(filepath.Join(m.dir, "dana", m.booked[0]+".ics")); err != nil {
			m.t.Fatal(err)
		}
		m.booked = m.booked[1:]
	case n == 3:
		year, week := original.ISOWeek()
		m.dies([]string{"skip", "unskip"}[m.IntN(2)], "dana", fmt.Sprintf("%d-W%02d", year, week))
	default:
		said := m.dies("add", fmt.Sprintf("News number %d", m.IntN(1000)), "--kind", "update")
		if id, _, whole := strings.Cut(said, "\n"); whole {
			m.kept = append(m.kept, strings.Fields(id)[0])
		}
	}
}

// dies runs the program and kills it after a while, unless it has ended by then; it returns what it printed.
func (m *mortal) dies(args ...string) string {
	m.t.Helper()
	cmd := m.present(append([]string{"--now", m.now.UTC().Format(time.RFC3339)}, args...)...)
	var said strings.Builder
	cmd.Stdout = &said
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	end := time.AfterFunc(time.Duration(m.Float64()*2.5*float64(m.usual)), func() { cmd.Process.Kill() })
	err := cmd.Wait()
	if !end.Stop() && err != nil && !cmd.ProcessState.Exited() {
		m.killed++
	}
	return said.String()
}

// rests lets all be done that is still to do: a few passes that nobody disturbs.
func (m *mortal) rests() {
	m.t.Helper()
	for range 3 {
		m.now = m.now.Add(15 * time.Minute)
		m.present("--now", m.now.UTC().Format(time.RFC3339), "run", "--once").Run() // perhaps it needs a person
	}
	m.now = m.now.Add(15 * time.Minute)
	before := m.all("alice")
	contains(m.t, m.run(0, "run", "--once"), "nothing to write")
	same(m.t, "Alice's files", m.all("alice"), before)
}

// whole: the database is whole, nothing is left lying about, and nothing that was taken in is lost.
func (m *mortal) whole() {
	m.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(m.dir, "state", "bilateral.db")+"?mode=ro")
	if err != nil {
		m.t.Fatal(err)
	}
	defer db.Close()
	var said string
	var open int
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&said); err != nil || said != "ok" {
		m.t.Errorf("the database is not whole: %s %v", said, err)
	}
	for _, table := range []string{"intents", "letters", "requests"} {
		if err := db.QueryRow("SELECT count(*) FROM " + table + " WHERE done = ''").Scan(&open); err != nil || open != 0 {
			m.t.Errorf("%d %s are left open: %v", open, table, err)
		}
	}
	for name := range m.all("state") {
		if strings.HasSuffix(name, ".new") || strings.HasSuffix(name, ".tmp") {
			m.t.Errorf("%s is left in the state", name)
		}
	}
	list := m.run(0, "list")
	for _, id := range m.kept {
		contains(m.t, list, id)
	}
	m.sweeps()
	seen := map[string]bool{}
	_, o := m.ours()
	for _, e := range o.events {
		at := e.moment(m.t, "RECURRENCE-ID").UTC().String()
		if seen[at] {
			m.t.Errorf("the instance %s is there twice", at)
		}
		seen[at] = true
	}
}

// sweeps: what killed writes left in the calendar goes with a later write.
func (m *mortal) sweeps() {
	m.t.Helper()
	left, err := filepath.Glob(filepath.Join(m.dir, "alice", ".*"))
	if err != nil {
		m.t.Fatal(err)
	}
	for _, path := range left {
		old := time.Now().Add(-2 * time.Hour)
		if err := os.Chtimes(path, old, old); err != nil {
			m.t.Fatal(err)
		}
	}
	_, o := m.ours()
	original := o.aheadIn(m.t, m.now)
	for o.slot(m.t, original).IsZero() {
		original = original.AddDate(0, 0, 7)
	}
	m.run(0, "move", "dana", original.Format(time.DateOnly), "12:00")
	m.rests()
	if now, _ := filepath.Glob(filepath.Join(m.dir, "alice", ".*")); len(now) > 0 {
		m.t.Errorf("%d of %d temporary files stay for ever", len(now), len(left))
	}
}

// agreesWith: the executive, who lives by the mails, has what stands in the calendar. A mail may have come twice, and is then
// the same one.
func (m *mortal) agreesWith(box *postbox) {
	m.t.Helper()
	hers := guest{mailbox: mailbox{t: m.t}, copies: map[string]*object{}}
	seen, twice := map[string]bool{}, 0
	for _, l := range box.mails(m.t) {
		if seen[l.id] {
			twice++
			continue
		}
		seen[l.id] = true
		hers.take(l)
	}
	m.t.Logf("%d mails, %d of them twice", len(seen), twice)
	if twice > m.killed {
		m.t.Errorf("%d mails came twice, with %d kills", twice, m.killed)
	}
	_, mine := m.ours()
	for at := mine.aheadIn(m.t, m.now); at.Before(m.now.AddDate(0, 0, 28)); at = at.AddDate(0, 0, 7) {
		if a, b := mine.slot(m.t, at), hers.copy().slot(m.t, at); !a.Equal(b) {
			m.t.Errorf("the meeting of %s stands at %s, and Dana has it at %s", at, a, b)
		}
	}
}
