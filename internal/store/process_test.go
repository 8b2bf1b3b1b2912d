package store

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"bilateral/agenda"
)

// A test process that finds this variable set is the other process of a test: it writes to that state directory.
const writerDir = "BILATERAL_TEST_WRITER"

func TestMain(m *testing.M) {
	for variable, do := range map[string]func(string) error{writerDir: write, fullDir: tryFull} {
		if dir := os.Getenv(variable); dir != "" {
			if err := do(dir); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			return
		}
	}
	os.Exit(m.Run())
}

// write takes the daemon's lock if it is free, then edits the follow-up k3f9 and adds others, and prints each id once it
// is safely in. With BILATERAL_TEST_ROUNDS unset it goes on until it is killed.
func write(dir string) error {
	s, err := Open(dir)
	if err != nil {
		return err
	}
	if _, err := TakeLock(dir); err != nil && !errors.As(err, new(*ErrLocked)) {
		return err
	}
	rounds := 1 << 30
	if n := os.Getenv("BILATERAL_TEST_ROUNDS"); n != "" {
		fmt.Sscan(n, &rounds)
	}
	for i := range rounds {
		if err := writeOnce(s, fmt.Sprintf("%d of process %d", i, os.Getpid())); err != nil {
			return err
		}
	}
	return s.Close()
}

func writeOnce(s *Store, text string) error {
	if _, err := s.Update("k3f9", "cli", monday, func(i *agenda.Item) { i.Minutes++ }); err != nil {
		return err
	}
	f, err := s.Add(agenda.FollowUp{Item: agenda.Item{Bilateral: "dana", Kind: agenda.Update, Text: text}}, "cli", monday)
	fmt.Println(f.ID)
	return err
}

func writer(dir string, rounds int) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), writerDir+"="+dir)
	if rounds > 0 {
		c.Env = append(c.Env, fmt.Sprintf("BILATERAL_TEST_ROUNDS=%d", rounds))
	}
	c.Stderr = os.Stderr
	return c
}

func counter(t *testing.T, s *Store) {
	t.Helper()
	must[agenda.FollowUp](t)(s.Add(agenda.FollowUp{Item: agenda.Item{ID: "k3f9", Bilateral: "dana", Kind: agenda.Goal, Text: "counts"}}, "cli", monday))
}

func TestTwoProcessesAndTwoGoroutinesLoseNoWrite(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	counter(t, s)
	const rounds = 40
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			if out, err := writer(dir, rounds).Output(); err != nil {
				t.Errorf("the other process: %v %s", err, out)
			}
		})
		own, err := Open(dir)
		ok(t, err)
		defer own.Close()
		all.Go(func() {
			for range rounds {
				if _, err := own.Update("k3f9", "cli", monday, func(i *agenda.Item) { i.Minutes++ }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if e := must[Entry](t)(s.Get("k3f9")); e.Minutes != 4*rounds {
		t.Errorf("%d edits are left of %d", e.Minutes, 4*rounds)
	}
	if got := must[[]Entry](t)(s.List(Filter{})); len(got) != 1+2*rounds {
		t.Errorf("%d follow-ups, want %d", len(got), 1+2*rounds)
	}
	ok(t, s.Check())
}

func TestFirstStartsAtTheSameTimeMakeOneDatabase(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			s, err := Open(dir)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if _, err := s.Add(agenda.FollowUp{Item: agenda.Item{Bilateral: "dana", Kind: agenda.Update, Text: fmt.Sprint(i)}}, "cli", monday); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := must[[]Entry](t)(opened(t, dir).List(Filter{})); len(got) != 8 {
		t.Errorf("%d of 8 follow-ups", len(got))
	}
}

// What the program said was saved is there after kill -9 in the middle of the next write, and the lock is free.
func TestKilledInTheMiddle(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	counter(t, s)
	for round := range 3 {
		c := writer(dir, 0)
		out, err := c.StdoutPipe()
		ok(t, err)
		ok(t, c.Start())
		lines := bufio.NewScanner(out)
		var ids []string
		for len(ids) < 5+round && lines.Scan() {
			ids = append(ids, lines.Text())
		}
		if pid, running := Holder(dir); !running || pid != c.Process.Pid {
			t.Errorf("holder %d %v, want %d", pid, running, c.Process.Pid)
		}
		ok(t, c.Process.Kill())
		if err := c.Wait(); err == nil {
			t.Error("it ended by itself")
		}
		after := opened(t, dir)
		ok(t, after.Check())
		for _, id := range ids {
			must[Entry](t)(after.Get(id))
		}
		lock, err := TakeLock(dir)
		ok(t, err)
		ok(t, lock.Release())
	}
}

func TestAnIntentSurvivesAStoreThatWasNeverClosed(t *testing.T) {
	dir := t.TempDir()
	lost := opened(t, dir)
	newYork := must[*time.Location](t)(time.LoadLocation("America/New_York"))
	for _, at := range []time.Time{monday, berlin(t, 2026, 10, 25, 2, 30), monday.In(newYork)} {
		must[int64](t)(lost.BeginIntent(Intent{Bilateral: "dana", UID: "u1", At: at}))
	}
	if open := must[[]Intent](t)(opened(t, dir).OpenIntents("dana")); len(open) != 3 || !open[0].At.Equal(open[2].At) {
		t.Errorf("%+v", open)
	}
}
