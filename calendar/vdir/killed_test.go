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
	for variable, do := range map[string]func(string) error{writerDir: scribble, crampedDir: cram} {
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

// A test process that finds this variable set writes once into that folder, where no file may be longer than 4 KB.
const crampedDir = "BILATERAL_TEST_CRAMPED"

// cram writes more than there is room for, and prints what is said to that. It is a process of its own because go test writes
// files too.
func cram(dir string) error {
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 4096, Max: 4096}); err != nil {
		return err
	}
	_, err := writeLong(vdir.New(dir, clock))
	var said *calendar.Error
	fmt.Println(errors.As(err, &said) && said.Reason == calendar.NoRoom && said.Kind == calendar.Denied, err)
	return nil
}

// writeLong gives the series a long text, or makes one that has it.
func writeLong(a *vdir.Account) (string, error) {
	long := strings.Repeat("Agenda. ", 4096)
	seen, err := a.Observe(context.Background(), october)
	if err != nil {
		return "", err
	}
	c := create("ours")
	c.Create.Description = long
	for _, s := range seen.Series {
		c = calendar.Change{UID: s.UID, Name: s.Name, Version: s.Version, Series: &calendar.Patch{Description: &long}}
	}
	return a.Apply(context.Background(), c)
}

// The longest file that a process may write stands for the room on the disk: what is too much fails half way.
func TestAFullDiskLeavesTheFolderAsItWas(t *testing.T) {
	for _, row := range []struct {
		sentence string
		before   func(t *testing.T, a *vdir.Account)
	}{
		{"a change of the series", func(t *testing.T, a *vdir.Account) { ours(t, a) }},
		{"a new series", func(*testing.T, *vdir.Account) {}},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			a, o := open(t)
			row.before(t, a)
			before := folder(t, o.path)
			c := exec.Command(os.Args[0])
			c.Env = append(os.Environ(), crampedDir+"="+o.path)
			if out, err := c.CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "true ") {
				t.Errorf("it says %s %v", out, err)
			}
			if after := folder(t, o.path); after != before {
				t.Errorf("the folder held\n%s\nand holds\n%s", before, after)
			}
			if _, err := writeLong(a); err != nil {
				t.Errorf("with room again: %v", err)
			}
		})
	}
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
