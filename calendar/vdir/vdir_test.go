package vdir_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/calendartest"
	"bilateral/calendar/vdir"
)

// other is a person with another program at the same folder.
type other struct {
	t    *testing.T
	path string
}

func (o other) file(uid string) string { return filepath.Join(o.path, uid+".ics") }

func (o other) Put(uid string, text []byte) {
	if err := os.WriteFile(o.file(uid), text, 0o600); err != nil {
		o.t.Fatal(err)
	}
}

func (o other) Text(uid string) []byte {
	text, _ := os.ReadFile(o.file(uid))
	return text
}

func (o other) Delete(uid string) {
	if err := os.Remove(o.file(uid)); err != nil {
		o.t.Fatal(err)
	}
}

func clock() time.Time { return calendartest.Now }

func open(t *testing.T) (*vdir.Account, other) {
	path := t.TempDir()
	return vdir.New(path, clock), other{t, path}
}

func TestConformance(t *testing.T) {
	calendartest.Run(t, calendartest.Harness{New: func(t *testing.T) (calendar.Account, calendartest.Other) {
		a, o := open(t)
		return a, o
	}})
}

var october = calendar.Query{Zone: time.UTC, Window: calendar.Span{
	Start: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC)}}

func observe(t *testing.T, a *vdir.Account) calendar.Observation {
	t.Helper()
	o, err := a.Observe(context.Background(), october)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func event(uid string, day int) []byte {
	return fmt.Appendf(nil, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//EN\r\nBEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20261001T000000Z\r\n"+
		"DTSTART:202610%02dT100000Z\r\nDTEND:202610%02dT110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", uid, day, day)
}

func create(uid string) calendar.Change {
	return calendar.Change{UID: uid, Create: &calendar.Draft{Title: "1:1", Start: calendartest.Now, Zone: time.UTC,
		Duration: time.Hour, Rule: "FREQ=WEEKLY", Mark: calendar.Mark{"id": "dana"}}}
}

// ours creates a series in the folder and returns an empty change of it.
func ours(t *testing.T, a *vdir.Account) calendar.Change {
	t.Helper()
	if _, err := a.Apply(context.Background(), create("ours")); err != nil {
		t.Fatal(err)
	}
	s := observe(t, a).Series[0]
	return calendar.Change{UID: s.UID, Name: s.Name, Version: s.Version, Series: &calendar.Patch{Title: new("New")}}
}

func TestWhatIsNoObjectIsIgnored(t *testing.T) {
	a, o := open(t)
	o.Put("real", event("real", 20))
	o.Put(".hidden", event("hidden", 20))
	for _, name := range []string{"notes.txt", "real.ics~", "displayname", "color"} {
		os.WriteFile(filepath.Join(o.path, name), event(name, 20), 0o600)
	}
	os.Mkdir(filepath.Join(o.path, "folder.ics"), 0o700)
	os.Symlink(t.TempDir(), filepath.Join(o.path, "link.ics"))
	if got := observe(t, a); got.Objects != 1 || len(got.Events) != 1 || got.Events[0].UID != "real" || len(got.Unreadable) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestHostileFilesAreNamedAndTheRestWorks(t *testing.T) {
	a, o := open(t)
	o.Put("real", event("real", 20))
	o.Put("garbage", bytes.Repeat([]byte{0, 0xff, '\n'}, 1000))
	o.Put("empty", nil)
	if err := syscall.Mkfifo(o.file("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.Put("huge", nil)
	if err := os.Truncate(o.file("huge"), 64<<20+1); err != nil {
		t.Fatal(err)
	}
	os.Symlink("nowhere", o.file("dangling"))
	got := observe(t, a)
	if len(got.Events) != 1 || got.Objects != 5 {
		t.Errorf("%d events, %d objects", len(got.Events), got.Objects)
	}
	for i, name := range []string{"empty.ics", "garbage.ics", "huge.ics", "pipe.ics"} {
		if i >= len(got.Unreadable) || !strings.Contains(got.Unreadable[i].Where, name) {
			t.Fatalf("%s is not named in %+v", name, got.Unreadable)
		}
	}
	if got.Parsed > 3 {
		t.Errorf("%d files were read, also the huge one or the pipe", got.Parsed)
	}
}

func TestOnlyWhatChangedIsParsed(t *testing.T) {
	a, o := open(t)
	for day := 10; day < 30; day++ {
		o.Put(fmt.Sprint(day), event(fmt.Sprint(day), day))
	}
	if got := observe(t, a).Parsed; got != 20 {
		t.Errorf("first: %d parsed", got)
	}
	o.Put("15", event("15", 30))
	if got := observe(t, a); got.Parsed != 1 || len(got.Events) != 20 {
		t.Errorf("after one edit: %d parsed, %d events", got.Parsed, len(got.Events))
	}
}

// The edits below leave size and modification time as they were, as "cp -p" or a restored backup does.
func TestEditsThatHideAreSeen(t *testing.T) {
	past := time.Now().Add(-time.Hour)
	for sentence, edit := range map[string]func(o other){
		"in place": func(o other) { o.Put("a", event("a", 22)) },
		"by a new file": func(o other) {
			o.Put(".new", event("a", 22))
			os.Rename(o.file(".new"), o.file("a"))
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			a, o := open(t)
			o.Put("a", event("a", 21))
			os.Chtimes(o.file("a"), past, past)
			observe(t, a)
			edit(o)
			os.Chtimes(o.file("a"), past, past)
			if got := observe(t, a).Events; len(got) != 1 || got[0].Start.Day() != 22 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestFolderThatCannotBeRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o600)
	closed := filepath.Join(t.TempDir(), "closed")
	os.Mkdir(closed, 0)
	for _, row := range []struct {
		sentence, path string
		want           calendar.ErrorKind
	}{
		{"a missing folder is gone, not empty", filepath.Join(t.TempDir(), "missing"), calendar.Gone},
		{"a file is no folder", file, calendar.Gone},
		{"a folder of somebody else's is denied", closed, calendar.Denied},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			unprivileged(t, func() {
				a := vdir.New(row.path, clock)
				_, read := a.Observe(context.Background(), october)
				_, wrote := a.Apply(context.Background(), create("x"))
				_, probed := a.About(context.Background())
				for _, err := range []error{read, wrote, probed} {
					if calendar.KindOf(err) != row.want || !strings.Contains(err.Error(), row.path) {
						t.Errorf("got %v", err)
					}
				}
			})
		})
	}
}

func TestFileThatCannotBeReadIsNamed(t *testing.T) {
	a, o := open(t)
	o.Put("open", event("open", 20))
	o.Put("closed", event("closed", 20))
	os.Chmod(o.file("closed"), 0)
	unprivileged(t, func() {
		got := observe(t, a)
		if len(got.Events) != 1 || len(got.Unreadable) != 1 || got.Unreadable[0].Where != "closed.ics" {
			t.Errorf("got %+v", got)
		}
	})
	os.Chmod(o.file("closed"), 0o600)
	if got := observe(t, a); len(got.Events) != 2 || len(got.Unreadable) != 0 {
		t.Errorf("opened again: %+v", got)
	}
}

func TestAbout(t *testing.T) {
	a, o := open(t)
	if about, err := a.About(context.Background()); err != nil || about.Name != o.path || !about.Write || about.Invites || about.FreeBusy {
		t.Errorf("got %+v, %v", about, err)
	}
	os.WriteFile(filepath.Join(o.path, "displayname"), []byte("Work\n"), 0o600)
	os.Chmod(o.path, 0o500)
	defer os.Chmod(o.path, 0o700)
	unprivileged(t, func() {
		if about, err := a.About(context.Background()); err != nil || about.Name != "Work" || about.Write {
			t.Errorf("read-only: %+v, %v", about, err)
		}
		if _, err := a.Apply(context.Background(), create("x")); calendar.KindOf(err) != calendar.Denied {
			t.Errorf("write: %v", err)
		}
	})
	if _, err := a.FreeBusy(context.Background(), "dana@example.org", october.Window); calendar.KindOf(err) != calendar.Unsupported {
		t.Errorf("free/busy: %v", err)
	}
}

func TestFilesKeepTheirMode(t *testing.T) {
	a, o := open(t)
	c := ours(t, a)
	mode := func() os.FileMode {
		info, err := os.Stat(o.file("ours"))
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	if mode() != 0o600 {
		t.Errorf("new file: %o", mode())
	}
	os.Chmod(o.file("ours"), 0o664)
	if _, err := a.Apply(context.Background(), c); err != nil || mode() != 0o664 {
		t.Errorf("after a change: %o, %v", mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(o.path, ".*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestALinkedFileStaysALink(t *testing.T) {
	a, o := open(t)
	c := ours(t, a)
	elsewhere := filepath.Join(t.TempDir(), "kept.ics")
	os.WriteFile(elsewhere, o.Text("ours"), 0o600)
	o.Delete("ours")
	os.Symlink(elsewhere, o.file("ours"))
	if _, err := a.Apply(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Lstat(o.file("ours")); info.Mode()&os.ModeSymlink == 0 || !bytes.Contains(o.Text("ours"), []byte("SUMMARY:New")) {
		t.Errorf("mode %v, text %s", info.Mode(), o.Text("ours"))
	}
}

func TestNamesOutsideTheFolderAreRefused(t *testing.T) {
	a, _ := open(t)
	c := ours(t, a)
	for _, name := range []string{"", "../ours.ics", "/etc/passwd", "..", ".", ".hidden.ics", "displayname"} {
		c.Name = name
		if _, err := a.Apply(context.Background(), c); calendar.KindOf(err) != calendar.Gone {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestUIDsMakeSafeFileNames(t *testing.T) {
	for _, uid := range []string{"plain@example.org", "../../etc/passwd", ".hidden", "a/b", "a b", "ü🎉", strings.Repeat("long", 200)} {
		t.Run(uid[:min(len(uid), 20)], func(t *testing.T) {
			a, o := open(t)
			if _, err := a.Apply(context.Background(), create(uid)); err != nil {
				t.Fatal(err)
			}
			if s := observe(t, vdir.New(o.path, clock)).Series; len(s) != 1 || s[0].UID != uid {
				t.Errorf("got %+v", s)
			}
			if _, err := a.Apply(context.Background(), create(uid)); calendar.KindOf(err) != calendar.Exists {
				t.Errorf("again: %v", err)
			}
		})
	}
}

func TestAUIDUnderAnyFileNameIsTaken(t *testing.T) {
	a, o := open(t)
	o.Put("some other name", event("ours", 20))
	if _, err := a.Apply(context.Background(), create("ours")); calendar.KindOf(err) != calendar.Exists {
		t.Errorf("got %v", err)
	}
}

func TestOfManyCreatorsOneWins(t *testing.T) {
	_, o := open(t)
	var all sync.WaitGroup
	results := make(chan error, 16)
	for range 16 {
		all.Go(func() {
			_, err := vdir.New(o.path, clock).Apply(context.Background(), create("ours"))
			results <- err
		})
	}
	all.Wait()
	close(results)
	won := 0
	for err := range results {
		if err == nil {
			won++
		} else if calendar.KindOf(err) != calendar.Exists {
			t.Error(err)
		}
	}
	if got := observe(t, vdir.New(o.path, clock)); won != 1 || got.Objects != 1 {
		t.Errorf("%d won, %d objects", won, got.Objects)
	}
}

func TestAWriteIsNotParsedTwice(t *testing.T) {
	a, _ := open(t)
	c := ours(t, a)
	if _, err := a.Apply(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	first, second := observe(t, a), observe(t, a)
	if first.Parsed > 1 || second.Parsed != 0 || first.Series[0].Title != "New" {
		t.Errorf("parsed %d, then %d; %+v", first.Parsed, second.Parsed, first.Series)
	}
}

func TestTemporaryFilesOfAKilledProcessAreSwept(t *testing.T) {
	a, o := open(t)
	old, young := filepath.Join(o.path, ".bilateral-1.tmp"), filepath.Join(o.path, ".bilateral-2.tmp")
	os.WriteFile(old, nil, 0o600)
	os.WriteFile(young, nil, 0o600)
	os.Chtimes(old, time.Now(), time.Now().Add(-2*time.Hour))
	ours(t, a)
	if _, err := os.Stat(old); err == nil {
		t.Error("the old one is left")
	}
	if _, err := os.Stat(young); err != nil {
		t.Error("another process's own is gone")
	}
}
