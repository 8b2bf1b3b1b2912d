package store

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Errors that callers act on. They come wrapped: use errors.Is.
var (
	// ErrNone: there is no database in the directory yet; no pass has ever run and nothing was added.
	ErrNone = errors.New("there is no database yet")
	// ErrNotFound: what was asked for by its id is not there.
	ErrNotFound = errors.New("not found")
)

// Ambiguous is a beginning of an id that fits several follow-ups.
type Ambiguous struct {
	Prefix string
	IDs    []string
}

func (e *Ambiguous) Error() string {
	return fmt.Sprintf("#%s could be any of #%s; give more of the id", e.Prefix, strings.Join(e.IDs, ", #"))
}

// Fault is what ails the database file.
type Fault uint8

// Faults of the file.
const (
	Corrupt    Fault = iota + 1 // it cannot be read as our database; nothing was changed in it
	Lost                        // as Corrupt, and there is no whole copy
	Newer                       // a newer version of the program made it
	Older                       // it waits for a migration, and was opened for reading only
	Busy                        // another process kept it locked for longer than we wait
	Full                        // no room on the disk
	Unwritable                  // the file or its directory cannot be made or written
	Failing                     // the disk reports errors
)

// FileError is a fault of the database file at Path. Its text says what and why and, after a semicolon, what to do.
type FileError struct {
	Path  string
	Fault Fault
	Err   error // the cause; nil where the fault says it all
}

func (e *FileError) Error() string {
	s := fmt.Sprintf([...]string{
		Corrupt:    "%s is damaged; restart the daemon, or bilateral run --once: that moves it aside and puts the last daily copy in its place",
		Lost:       "%s is damaged, and there is no whole copy of it; it was left as it is: move it and its -wal file aside, and bilateral import your last export",
		Newer:      "%s was made by a newer version of bilateral; install that version, or move the file aside",
		Older:      "%s was made by an older version of bilateral; start the daemon once, it brings the file up to date",
		Busy:       "%s is locked by another process; try again, and see which program holds the file if it lasts",
		Full:       "no room left on the disk of %s; free some",
		Failing:    "the disk of %s fails; see whether a quota is used up, look into the system's log, or move the state to another disk: --state",
		Unwritable: "%s cannot be written; give this user write access to it and its directory, or name another with --state",
	}[e.Fault], e.Path)
	if e.Err != nil {
		what, do, _ := strings.Cut(s, "; ")
		return what + " (" + e.Err.Error() + "); " + do
	}
	return s
}

func (e *FileError) Unwrap() error { return e.Err }

// explain turns SQLite's result codes (sqlite.org/rescode.html) into a FileError; other errors pass as they are.
func explain(path string, err error) error {
	var known *FileError
	var s *sqlite.Error
	if errors.As(err, &known) || !errors.As(err, &s) {
		return err
	}
	if fault := faultOf(s.Code()); fault != 0 {
		return &FileError{Path: path, Fault: fault, Err: err}
	}
	return err
}

// unwritten turns the system's word about a file of ours into a FileError; nil stays nil.
func unwritten(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG): // the last: a limit of the process
		return &FileError{Path: path, Fault: Full, Err: err}
	case errors.Is(err, syscall.EIO):
		return &FileError{Path: path, Fault: Failing, Err: err}
	}
	return &FileError{Path: path, Fault: Unwritable, Err: err}
}

func faultOf(code int) Fault {
	if code == sqlite3.SQLITE_IOERR_SHMSIZE {
		return Full // there is no room for the index of the log
	}
	switch code & 0xff { // the low byte is the primary code
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return Corrupt
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return Busy
	case sqlite3.SQLITE_FULL:
		return Full
	case sqlite3.SQLITE_IOERR:
		return Failing
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return Unwritable
	}
	return 0
}
