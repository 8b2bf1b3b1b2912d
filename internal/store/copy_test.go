package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// damage overwrites what is behind the database's first page, or all of it.
func damage(t *testing.T, path string, from int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	ok(t, err)
	info, err := f.Stat()
	ok(t, err)
	_, err = f.WriteAt([]byte(strings.Repeat("\xa5", int(info.Size()-from))), from)
	ok(t, errors.Join(err, f.Close()))
}

// closed makes a state with follow-ups of two days and the copies of both, and closes it.
func closed(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	s, err := Open(dir)
	ok(t, err)
	added(t, s, "Monday's")
	ok(t, s.KeepCopy(monday))
	added(t, s, "Tuesday's")
	ok(t, s.KeepCopy(monday.Add(23*time.Hour))) // too early: nothing happens
	ok(t, s.KeepCopy(monday.Add(24*time.Hour)))
	added(t, s, "later")
	must[int64](t)(s.Enqueue(Request{Bilateral: "dana", Kind: Unpin, Period: "2026-W49", At: monday}))
	ok(t, s.Close())
	return dir
}

func TestADamagedDatabaseIsReplacedByTheNewestWholeCopy(t *testing.T) {
	now := berlin(t, 2026, 11, 26, 0, 30) // in UTC it is the day before
	for _, row := range []struct {
		sentence string
		harm     func(t *testing.T, dir string)
		want     int // follow-ups
	}{
		{"the copy of the day, after the header was overwritten", func(t *testing.T, dir string) { damage(t, filepath.Join(dir, File), 0) }, 2},
		{"the copy of the day, after pages behind a good header were", func(t *testing.T, dir string) { damage(t, filepath.Join(dir, File), 4096) }, 2},
		{"the copy of the day, after the file was cut to nothing", func(t *testing.T, dir string) { ok(t, os.Truncate(filepath.Join(dir, File), 0)) }, 2},
		{"yesterday's, where the newer copy is damaged too", func(t *testing.T, dir string) {
			damage(t, filepath.Join(dir, File), 0)
			damage(t, filepath.Join(dir, dailyCopy), 4096)
		}, 1},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			dir := closed(t)
			row.harm(t, dir)
			s, err := OpenWhole(dir, now)
			ok(t, err)
			defer s.Close()
			if got := must[[]Entry](t)(s.List(Filter{})); len(got) != row.want {
				t.Errorf("%d follow-ups, want %d", len(got), row.want)
			}
			r, known, err := s.Restored()
			aside := filepath.Join(dir, "bilateral.db.corrupt-2026-11-25")
			if err != nil || !known || r.Aside != aside || !r.At.Equal(now) || r.Of.After(monday.Add(24*time.Hour)) {
				t.Errorf("%+v %v %v", r, known, err)
			}
			if open := must[[]Request](t)(s.PendingRequests("dana")); len(open) != 0 {
				t.Errorf("%d orders of the copy would be carried out again", len(open))
			}
			ok(t, os.Remove(r.Aside))
			if _, known, err := s.Restored(); known || err != nil {
				t.Errorf("it is told although somebody saw to it: %v", err)
			}
		})
	}
}

func TestNothingIsThrownAwayWhereNoCopyHelps(t *testing.T) {
	dir := closed(t)
	for _, name := range []string{File, dailyCopy, yesterdayCopy} {
		damage(t, filepath.Join(dir, name), 0)
	}
	before := must[[]byte](t)(os.ReadFile(filepath.Join(dir, File)))
	var file *FileError
	if _, err := OpenWhole(dir, monday); !errors.As(err, &file) || file.Fault != Lost || !strings.Contains(err.Error(), "no whole copy") {
		t.Errorf("got %v", err)
	}
	if after := must[[]byte](t)(os.ReadFile(filepath.Join(dir, File))); string(after) != string(before) {
		t.Error("the damaged file was changed")
	}
}

func TestADatabaseOfANewerVersionIsNotReplacedByACopy(t *testing.T) {
	dir := closed(t)
	s := opened(t, dir)
	_, err := s.db.Exec("PRAGMA user_version = 999")
	ok(t, err)
	var file *FileError
	if _, err := OpenWhole(dir, monday); !errors.As(err, &file) || file.Fault != Newer {
		t.Errorf("got %v", err)
	}
	if !missing(filepath.Join(dir, File+".corrupt-2026-11-23")) {
		t.Error("it was moved aside")
	}
}

func TestADamagedDatabaseIsNotCopiedOverAGoodCopy(t *testing.T) {
	dir := closed(t)
	good := must[[]byte](t)(os.ReadFile(filepath.Join(dir, dailyCopy)))
	s := opened(t, dir)
	must[[]Entry](t)(s.List(Filter{}))
	damage(t, filepath.Join(dir, File), 8192)
	if err := s.KeepCopy(monday.Add(72 * time.Hour)); err == nil {
		t.Error("a damaged database was copied")
	}
	if after := must[[]byte](t)(os.ReadFile(filepath.Join(dir, dailyCopy))); string(after) != string(good) {
		t.Error("the good copy is gone")
	}
	if !missing(filepath.Join(dir, dailyCopy+".new")) {
		t.Error("half a copy is left")
	}
}

func TestCopiesAreForTheOwnerAlone(t *testing.T) {
	dir := closed(t)
	for _, name := range []string{dailyCopy, yesterdayCopy} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
}

func TestACopyIsNotMadeAgainBecauseTheClockWasSetBack(t *testing.T) {
	dir := closed(t)
	s := opened(t, dir)
	ok(t, s.KeepCopy(monday.Add(23*time.Hour)))
	if got := must[os.FileInfo](t)(os.Stat(filepath.Join(dir, dailyCopy))).ModTime(); !got.Equal(monday.Add(24 * time.Hour)) {
		t.Errorf("the copy is of %s", got)
	}
}

// A crash between any two steps of a restoration: the next start finds the damage, never nothing.
func TestARestorationThatBrokeOffIsMadeAgain(t *testing.T) {
	for _, row := range []struct {
		sentence string
		steps    func(t *testing.T, path string)
	}{
		{"with the copy half made", func(t *testing.T, path string) { ok(t, os.WriteFile(path+".new", []byte("SQLite"), 0o600)) }},
		{"with the damaged file moved aside", func(t *testing.T, path string) { must[string](t)(moveAside(path, monday)) }},
		{"before it was recorded", func(t *testing.T, path string) {
			must[string](t)(moveAside(path, monday))
			ok(t, duplicate(filepath.Join(filepath.Dir(path), dailyCopy), path+".new"))
			ok(t, os.Rename(path+".new", path))
		}},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			dir := closed(t)
			damage(t, filepath.Join(dir, File), 0)
			row.steps(t, filepath.Join(dir, File))
			s, err := OpenWhole(dir, monday)
			ok(t, err)
			defer s.Close()
			if got := must[[]Entry](t)(s.List(Filter{})); len(got) != 2 {
				t.Errorf("%d follow-ups", len(got))
			}
		})
	}
}

func TestWhatAKilledProcessLeftHalfWrittenIsSwept(t *testing.T) {
	dir := closed(t)
	old, young, other := filepath.Join(dir, "caldav-44ef.123.tmp"), filepath.Join(dir, "mail-d2f4.json.456.tmp"), filepath.Join(dir, "notes.txt")
	for _, path := range []string{old, young, other} {
		ok(t, os.WriteFile(path, []byte("half"), 0o600))
	}
	for _, path := range []string{old, other} {
		ok(t, os.Chtimes(path, time.Time{}, time.Now().Add(-2*time.Hour)))
	}
	s, err := OpenWhole(dir, monday)
	ok(t, err)
	defer s.Close()
	if !missing(old) || missing(young) || missing(other) {
		t.Error("what is left is not what may be in use, or a person's")
	}
}
