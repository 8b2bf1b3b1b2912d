package store

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bilateral/agenda"
)

// monday is the moment at which most tests play.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func opened(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func added(t testing.TB, s *Store, text string) agenda.FollowUp {
	t.Helper()
	f, err := s.Add(agenda.FollowUp{Item: agenda.Item{Bilateral: "dana", Kind: agenda.Question, Text: text}}, "cli", monday)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFilesAreForTheOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "state")
	s := opened(t, dir)
	added(t, s, "Vendor B?")
	modes := map[string]fs.FileMode{dir: 0o700}
	for _, name := range must[[]os.DirEntry](t)(os.ReadDir(dir)) {
		modes[filepath.Join(dir, name.Name())] = 0o600
	}
	if len(modes) != 4 { // the directory, the database, its log and the log's index
		t.Errorf("files in the state directory: %v", modes)
	}
	for path, want := range modes {
		if info := must[fs.FileInfo](t)(os.Stat(path)); info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), want)
		}
	}
}

func TestADatabaseThatOthersMayReadIsClosedToThem(t *testing.T) {
	dir := t.TempDir()
	ok(t, opened(t, dir).Close())
	path := filepath.Join(dir, File)
	ok(t, os.Chmod(path, 0o644))
	opened(t, dir)
	if info := must[fs.FileInfo](t)(os.Stat(path)); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
}

func TestADirectoryWithSignsInItsName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "100% ä?mode=memory#x&y")
	s := opened(t, dir)
	added(t, s, "Vendor B?")
	if _, err := os.Stat(filepath.Join(dir, File)); err != nil {
		t.Error(err)
	}
}

func TestReadingWhereThereIsNothing(t *testing.T) {
	dir := t.TempDir()
	if _, err := OpenReadOnly(dir); !errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
	if left := must[[]os.DirEntry](t)(os.ReadDir(dir)); len(left) != 0 {
		t.Errorf("it left %v", left)
	}
}

func TestReadOnlyReadsBesideAWriterAndWritesNothing(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	added(t, s, "Vendor B?")
	r, err := OpenReadOnly(dir)
	ok(t, err)
	defer r.Close()
	added(t, s, "Board date?") // while the reader is open
	if got := must[[]Entry](t)(r.List(Filter{})); len(got) != 2 {
		t.Errorf("%d follow-ups", len(got))
	}
	var file *FileError
	if _, err := r.Enqueue(Request{Kind: Start, At: monday}); !errors.As(err, &file) || file.Fault != Unwritable {
		t.Errorf("a write gave %v", err)
	}
}

// A damaged file is named and left as it is, byte for byte.
func TestDamagedFiles(t *testing.T) {
	whole := func(t *testing.T) []byte {
		dir := t.TempDir()
		s := opened(t, dir)
		for _, text := range []string{"a", "b", "c"} {
			added(t, s, text)
		}
		ok(t, s.Close())
		return must[[]byte](t)(os.ReadFile(filepath.Join(dir, File)))
	}
	rows := []struct {
		name string
		data func(good []byte) []byte
	}{
		{"a file cut to nothing", func([]byte) []byte { return nil }},
		{"a file of zeros", func(good []byte) []byte { return make([]byte, len(good)) }},
		{"a text file", func([]byte) []byte { return []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n") }},
		{"a file cut in its first page", func(good []byte) []byte { return good[:50] }},
		{"a file whose header is overwritten", func(good []byte) []byte { return append(bytes.Repeat([]byte{'x'}, 100), good[100:]...) }},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			dir, data := t.TempDir(), r.data(whole(t))
			path := filepath.Join(dir, File)
			ok(t, os.WriteFile(path, data, 0o600))
			for _, open := range []func(string) (*Store, error){Open, OpenReadOnly} {
				_, err := open(dir)
				var file *FileError
				if !errors.As(err, &file) || file.Fault != Corrupt || !strings.Contains(err.Error(), path) {
					t.Errorf("got %v", err)
				}
			}
			if left := must[[]byte](t)(os.ReadFile(path)); !bytes.Equal(left, data) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestCheckFindsDamageInside(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	added(t, s, "Vendor B?")
	ok(t, s.Check())
	ok(t, s.Close())
	path := filepath.Join(dir, File)
	data := must[[]byte](t)(os.ReadFile(path))
	for i := 4096 * 2; i < 4096*6; i++ {
		data[i] = 0xff
	}
	ok(t, os.WriteFile(path, data, 0o600))
	s, err := Open(dir)
	if err == nil {
		defer s.Close()
		err = s.Check()
	}
	var file *FileError
	if !errors.As(err, &file) || file.Fault != Corrupt {
		t.Errorf("got %v", err)
	}
}

func TestALogWithoutItsDatabaseIsNotPlayedIntoANewOne(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, File+"-wal")
	ok(t, os.WriteFile(log, []byte("changes"), 0o600))
	_, err := Open(dir)
	var file *FileError
	if !errors.As(err, &file) || file.Fault != Corrupt || file.Path != log {
		t.Errorf("got %v", err)
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	_, err := s.db.Exec("PRAGMA user_version = 1000")
	ok(t, err)
	ok(t, s.Close())
	for _, open := range []func(string) (*Store, error){Open, OpenReadOnly} {
		_, err := open(dir)
		var file *FileError
		if !errors.As(err, &file) || file.Fault != Newer || !strings.Contains(err.Error(), "install that version") {
			t.Errorf("got %v", err)
		}
	}
}

func TestABrokenOffCreationIsStartedAnew(t *testing.T) {
	dir := t.TempDir()
	ok(t, os.WriteFile(filepath.Join(dir, File+".new"), []byte("SQLite for"), 0o600))
	ok(t, os.WriteFile(filepath.Join(dir, File+".new-journal"), []byte("x"), 0o600))
	added(t, opened(t, dir), "Vendor B?")
}

func TestAPlaceThatCannotBeADirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	ok(t, os.WriteFile(file, nil, 0o600))
	var fault *FileError
	if _, err := Open(filepath.Join(file, "state")); !errors.As(err, &fault) || fault.Fault != Unwritable {
		t.Errorf("got %v", err)
	}
}
