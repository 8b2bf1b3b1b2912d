package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

var errEmpty = errors.New("it is empty")

// ensure sees to it that there is a whole database at path. A new one is made under another name and then renamed, so
// that an empty file under the real name is always damage and never a beginning.
func ensure(dir, path string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return unwritten(dir, err)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return explain(path, create(dir, path))
	case err != nil:
		return unwritten(path, err)
	case info.Size() == 0:
		return &FileError{Path: path, Fault: Corrupt, Err: errEmpty}
	case info.Mode().Perm() != fileMode(dir):
		return os.Chmod(path, fileMode(dir))
	}
	return nil
}

// fileMode is the mode of the database in dir, and so of its log and index: for the owner alone, but where the folder is
// its group's to read and nobody else's, as a system service's state is, the group may look.
func fileMode(dir string) fs.FileMode {
	if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&0o077 == 0o050 {
		return 0o640
	}
	return 0o600
}

// create makes the database. The lock on the directory keeps two processes from doing so at once: the second would
// replace the file under the first.
func create(dir, path string) error {
	d, err := os.Open(dir)
	if err != nil {
		return unwritten(dir, err)
	}
	defer d.Close()
	if err := syscall.Flock(int(d.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("lock %s: %w", dir, err)
	}
	if !missing(path) { // made while we waited
		return nil
	}
	// SQLite would play the left-over log into the new file.
	if !missing(path + "-wal") {
		return &FileError{Path: path + "-wal", Fault: Corrupt, Err: fmt.Errorf("%s, to which it belongs, is gone", filepath.Base(path))}
	}
	fresh := path + ".new"
	if err := build(fresh); err != nil {
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		return unwritten(path, err)
	}
	return unwritten(dir, d.Sync())
}

// build makes a migrated database at path, over what a broken-off attempt left there.
func build(path string) error {
	for _, left := range []string{path, path + "-journal"} {
		if err := os.Remove(left); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return unwritten(left, err)
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return unwritten(path, err)
	}
	if err := f.Close(); err != nil {
		return unwritten(path, err)
	}
	s, err := open(path, "&mode=rw")
	if err != nil {
		return err
	}
	err = migrate(s.db, scripts)
	if err == nil {
		err = s.logAhead() // last, so that all of it is in this one file
	}
	return errors.Join(err, s.Close(), os.Chmod(path, fileMode(filepath.Dir(path))))
}
