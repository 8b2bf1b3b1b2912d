package vdir_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/vdir"

	"golang.org/x/sys/unix"
)

// A test process that finds this variable set writes into that folder until it is killed.
const writerDir = "BILATERAL_TEST_VDIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerDir); dir != "" {
		fmt.Fprintln(os.Stderr, scribble(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// scribble gives the series one title after the other, and makes another series beside each; it prints what is done.
func scribble(dir string) error {
	a := vdir.New(dir, clock)
	for n := 1; ; n++ {
		seen, err := a.Observe(context.Background(), october)
		if err != nil {
			return err
		}
		for _, s := range seen.Series {
			if s.UID != "ours" {
				continue
			}
			title := strconv.Itoa(n)
			if _, err := a.Apply(context.Background(), calendar.Change{UID: s.UID, Name: s.Name, Version: s.Version, Series: &calendar.Patch{Title: &title}}); err != nil {
				return err
			}
		}
		if _, err := a.Apply(context.Background(), create(fmt.Sprintf("more-%d-%d", os.Getpid(), n))); err != nil && calendar.KindOf(err) != calendar.Exists {
			return err
		}
		fmt.Println(n)
	}
}

// Kill -9 in the middle of a write leaves the text of before or the text of after, and nothing that lasts.
func TestKilledInTheMiddleOfAWrite(t *testing.T) {
	a, o := open(t)
	if _, err := a.Apply(context.Background(), create("ours")); err != nil {
		t.Fatal(err)
	}
	whole := 1
	for round := range 8 {
		c := exec.Command(os.Args[0])
		c.Env, c.Stderr = append(os.Environ(), writerDir+"="+o.path), os.Stderr
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines, done := bufio.NewScanner(out), 0
		for done < 1+round && lines.Scan() {
			done, _ = strconv.Atoi(lines.Text())
		}
		time.Sleep(time.Duration(round*137) * time.Microsecond) // somewhere in the next write
		c.Process.Kill()
		for lines.Scan() {
			done, _ = strconv.Atoi(lines.Text())
		}
		if err := c.Wait(); err == nil || done == 0 {
			t.Fatalf("it ended by itself, after %d writes: %v", done, err)
		}
		seen := observe(t, vdir.New(o.path, clock))
		if len(seen.Unreadable) > 0 || len(seen.Series) < whole+done {
			t.Fatalf("%d series can be read, want %d: %v", len(seen.Series), whole+done, seen.Unreadable)
		}
		whole = len(seen.Series)
		for _, s := range seen.Series {
			if n, _ := strconv.Atoi(s.Title); s.UID == "ours" && n != done && n != done+1 {
				t.Errorf("the title is %q after %d was done", s.Title, done)
			}
		}
	}
	left := temporary(t, o.path)
	for _, path := range left {
		old := time.Now().Add(-2 * time.Hour)
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Apply(context.Background(), create("the next")); err != nil {
		t.Fatal(err)
	}
	if now := temporary(t, o.path); len(now) > 0 {
		t.Errorf("%d of %d temporary files stay for ever", len(now), len(left))
	}
}

func temporary(t *testing.T, dir string) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// The longest file that the process may write stands for the room on the disk: what is too much fails half way.
func TestAFullDiskLeavesTheFolderAsItWas(t *testing.T) {
	long := strings.Repeat("Agenda. ", 4096)
	for _, row := range []struct {
		sentence string
		change   func(t *testing.T, a *vdir.Account) calendar.Change
	}{
		{"a change", func(t *testing.T, a *vdir.Account) calendar.Change {
			c := ours(t, a)
			c.Series = &calendar.Patch{Description: &long}
			return c
		}},
		{"a new series", func(t *testing.T, a *vdir.Account) calendar.Change {
			c := create("another")
			c.Create.Description = long
			return c
		}},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			a, o := open(t)
			c := row.change(t, a)
			before := folder(t, o.path)
			var err error
			cramped(t, func() { _, err = a.Apply(context.Background(), c) })
			var said *calendar.Error
			if !errors.As(err, &said) || said.Reason != calendar.NoRoom || said.Kind != calendar.Denied {
				t.Errorf("it says %v", err)
			}
			if after := folder(t, o.path); after != before {
				t.Errorf("the folder held\n%s\nand holds\n%s", before, after)
			}
			if _, err := a.Apply(context.Background(), c); err != nil {
				t.Errorf("with room again: %v", err)
			}
		})
	}
}

// cramped runs f while no file can be written beyond its first 4 KB.
func cramped(t *testing.T, f func()) {
	t.Helper()
	var was unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	tight := was
	tight.Cur = 4096
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &tight); err != nil {
		t.Fatal(err)
	}
	defer unix.Setrlimit(unix.RLIMIT_FSIZE, &was)
	f()
}

// folder is everything in a folder, by name.
func folder(t *testing.T, path string) string {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(path, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s: %s\n", e.Name(), text)
	}
	return all.String()
}
