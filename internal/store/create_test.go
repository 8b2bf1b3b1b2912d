package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// isLogAhead reports what the header of a database says of itself: bytes 18 and 19, sqlite.org/fileformat.html.
func isLogAhead(t *testing.T, path string) bool {
	t.Helper()
	data := must[[]byte](t)(os.ReadFile(path))
	return len(data) > 20 && data[18] == 2 && data[19] == 2
}

// Changing it later fails at once where another process is about to do the same, or to write.
func TestADatabaseIsThereOnlyOnceItIsReadyForSeveralProcesses(t *testing.T) {
	for _, row := range []struct {
		sentence string
		make     func(t *testing.T, path string)
	}{
		{"a new one", func(t *testing.T, path string) { ok(t, build(path)) }},
		{"one over what a broken-off attempt left", func(t *testing.T, path string) {
			ok(t, os.WriteFile(path, []byte("SQLite"), 0o600))
			ok(t, os.WriteFile(path+"-journal", []byte("left"), 0o600))
			ok(t, build(path))
		}},
		{"a copy that takes the place of a damaged one", func(t *testing.T, path string) {
			ok(t, prepare(filepath.Join(closed(t), dailyCopy), path))
		}},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "fresh")
			row.make(t, path)
			if !isLogAhead(t, path) {
				t.Error("its log is not the one that several can use")
			}
			for _, end := range []string{"-wal", "-shm", "-journal"} {
				if !missing(path + end) {
					t.Errorf("%s would be left behind by the renaming", end)
				}
			}
			ok(t, wholeAt(path))
		})
	}
}

func TestACopyThatAPersonPutHereIsOpenedWhileSomebodyWrites(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, File)
	ok(t, duplicate(filepath.Join(closed(t), dailyCopy), path))
	if isLogAhead(t, path) {
		t.Fatal("the copy needs no change, and this test is about one that does")
	}
	other, err := open(path, "&mode=rw")
	ok(t, err)
	tx, err := other.db.Begin()
	ok(t, err)
	s := opened(t, dir)
	if got := must[[]Entry](t)(s.List(Filter{})); len(got) != 2 {
		t.Errorf("%d follow-ups", len(got))
	}
	ok(t, errors.Join(tx.Rollback(), other.Close()))
	added(t, s, "later")
	ok(t, s.Close())
	ok(t, opened(t, dir).Check())
	if !isLogAhead(t, path) {
		t.Error("it did not become what it should be once nobody else had it open")
	}
}

func TestWhatTheDiskSaysIsToldForWhatItIs(t *testing.T) {
	for _, row := range []struct {
		sentence string
		err      error
		want     Fault
	}{
		{"no room", &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, Full},
		{"a quota that is used up", fmt.Errorf("sync: %w", syscall.EDQUOT), Full},
		{"a limit of the process", syscall.EFBIG, Full},
		{"a disk that breaks", errors.Join(syscall.EIO, syscall.EBADF), Failing},
		{"a file system that is read-only", syscall.EROFS, Unwritable},
		{"no right to it", os.ErrPermission, Unwritable},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			var file *FileError
			if err := unwritten("x", row.err); !errors.As(err, &file) || file.Fault != row.want || !errors.Is(err, row.err) {
				t.Errorf("got %v", err)
			}
		})
	}
	ok(t, unwritten("x", nil))
	const said = "no room left on the disk of x (no space left on device); free some"
	if err := unwritten("x", syscall.ENOSPC); err.Error() != said {
		t.Errorf("people read %q", err)
	}
}

// The number stands over the old one: a full disk has no room for a new file, and yet its daemon is to be found.
func TestALockSaysWhoHasItNowAndNothingOfBefore(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, LockFile)
	ok(t, os.WriteFile(path, []byte("123456789012\n"), 0o600))
	lock, err := TakeLock(dir)
	ok(t, err)
	defer lock.Release()
	if got, want := string(must[[]byte](t)(os.ReadFile(path))), fmt.Sprintln(os.Getpid()); got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}
