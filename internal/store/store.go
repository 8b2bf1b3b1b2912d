package store

import (
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	_ "modernc.org/sqlite" // the database/sql driver
)

// File is the name of the database in the state directory.
const File = "bilateral.db"

//go:embed migrations/*.sql
var scripts embed.FS

// Store is the open database. Its methods may be called by several goroutines; they take turns.
type Store struct {
	db   *sql.DB
	path string
}

// Open opens the database in dir, making both if need be and bringing an older schema up to date. Errors of the file are
// a [*FileError]: a damaged file or one of a newer version is refused and left as it is.
func Open(dir string) (*Store, error) {
	path := filepath.Join(dir, File)
	if err := ensure(dir, path); err != nil {
		return nil, err
	}
	s, err := open(path, "&mode=rw")
	if err != nil {
		return nil, err
	}
	var file *FileError
	if err := s.logAhead(); err != nil && !(errors.As(err, &file) && file.Fault == Busy) { // busy: it works all the same
		return nil, errors.Join(err, s.Close())
	}
	if err := s.upgrade(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// logAhead lets readers and a writer not wait for each other. The file keeps it. SQLite changes this from within a reading
// transaction, so where another process writes, or does the same, it fails at once, whatever busy_timeout says: a file is
// made so before others can see it, and one that a person put here, a copy perhaps, becomes so when nobody is in the way.
func (s *Store) logAhead() error {
	var mode string
	return explain(s.path, s.db.QueryRow("PRAGMA journal_mode = WAL").Scan(&mode))
}

// OpenReadOnly opens the database in dir for reading: it makes and migrates nothing. [ErrNone] if there is none.
func OpenReadOnly(dir string) (*Store, error) {
	path := filepath.Join(dir, File)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: %w", path, ErrNone)
	case err != nil:
		return nil, fmt.Errorf("look at the database: %w", err)
	case info.Size() == 0:
		return nil, &FileError{Path: path, Fault: Corrupt, Err: errEmpty}
	}
	s, err := openCurrent(path, "&mode=ro")
	// Even to read, SQLite makes an index (-shm) beside a WAL database. Where the directory forbids that, or the disk, and
	// there is no -wal file with changes to miss, the file is read as it stands.
	var file *FileError
	if errors.As(err, &file) && slices.Contains([]Fault{Unwritable, Full, Failing}, file.Fault) && noChanges(path+"-wal") {
		return openCurrent(path, "&mode=ro&immutable=1")
	}
	return s, err
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// noChanges reports whether a log has none: it is not there, or was only just made.
func noChanges(log string) bool {
	info, err := os.Stat(log)
	return errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0
}

// openCurrent opens a database whose schema must be the one that this program knows.
func openCurrent(path, mode string) (*Store, error) {
	s, err := open(path, mode)
	if err != nil {
		return nil, err
	}
	if err := s.current(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func open(path, mode string) (*Store, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	// _txlock: a transaction that reads first and then writes would fail at once when another process wrote in between,
	// in spite of busy_timeout. FULL: an intent must survive a power cut.
	source := "file:" + (&url.URL{Path: abs}).EscapedPath() +
		"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" + mode
	db, err := sql.Open("sqlite", source)
	if err != nil {
		return nil, explain(path, err)
	}
	db.SetMaxOpenConns(1) // SQLite has one writer anyway, and the pragmas belong to a connection
	return &Store{db: db, path: path}, nil
}

// upgrade migrates an older schema and refuses a newer one.
func (s *Store) upgrade() error {
	err := s.current()
	var file *FileError
	if !errors.As(err, &file) || file.Fault != Older {
		return err
	}
	return explain(s.path, migrate(s.db, scripts))
}

// current reports, as a FileError, a schema that is not the one this program knows.
func (s *Store) current() error {
	names, err := scriptNames(scripts)
	if err != nil {
		return err
	}
	have, err := schemaVersion(s.db)
	switch {
	case err != nil:
		return explain(s.path, err)
	case have > len(names):
		return &FileError{Path: s.path, Fault: Newer}
	case have == 0: // ensure never leaves such a file behind
		return &FileError{Path: s.path, Fault: Corrupt, Err: errors.New("there are no tables of ours in it")}
	case have < len(names):
		return &FileError{Path: s.path, Fault: Older}
	}
	return nil
}

// Check reads the whole file and reports damage as a FileError.
func (s *Store) Check() error {
	var found string
	if err := s.db.QueryRow("PRAGMA quick_check(1)").Scan(&found); err != nil {
		return explain(s.path, err)
	}
	if found != "ok" {
		return &FileError{Path: s.path, Fault: Corrupt, Err: errors.New(found)}
	}
	return nil
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// querier is what a database and a transaction can both do.
type querier interface {
	Query(query string, args ...any) (*sql.Rows, error)
	QueryRow(query string, args ...any) *sql.Row
	Exec(query string, args ...any) (sql.Result, error)
}

// change runs f in one immediate transaction; doing says what for, in errors.
func (s *Store) change(doing string, f func(tx *sql.Tx) error) error {
	return s.said(doing, transact(s.db, f))
}

// said puts what was being done before an error, and names the file where the file is at fault.
func (s *Store) said(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, explain(s.path, err))
}

func transact(db *sql.DB, f func(tx *sql.Tx) error) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// row is what a scan function reads from.
type row interface{ Scan(dest ...any) error }

// each hands every row of a query to f.
func each[T any](q querier, scan func(row) (T, error), query string, f func(T) error, args ...any) error {
	rows, err := q.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return err
		}
		if err := f(v); err != nil {
			return err
		}
	}
	return rows.Err()
}

// all reads every row of a query.
func all[T any](q querier, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	var out []T
	err := each(q, scan, query, func(v T) error { out = append(out, v); return nil }, args...)
	return out, err
}

// first reads one row; ok is false if there is none.
func first[T any](q querier, scan func(row) (T, error), query string, args ...any) (v T, ok bool, err error) {
	v, err = scan(q.QueryRow(query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return v, false, nil
	}
	return v, err == nil, err
}
