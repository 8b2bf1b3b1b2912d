package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Names of the copies in the state directory, the newer first.
const (
	dailyCopy     = File + ".daily"
	yesterdayCopy = File + ".yesterday"
)

// copyAge is how old the newer copy may get. Somewhat less than a day, so that a daemon that looks every few minutes makes
// one each day.
const copyAge = 23*time.Hour + 30*time.Minute

// KeepCopy makes the copy of the day, unless there is one: what a damaged database is restored from. The one before it is
// kept too. A database that is found damaged while it is copied is reported, and both copies stay.
func (s *Store) KeepCopy(now time.Time) error {
	daily := filepath.Join(filepath.Dir(s.path), dailyCopy)
	if info, err := os.Stat(daily); err == nil && now.Sub(info.ModTime()).Abs() < copyAge {
		return nil
	}
	return s.said("copy the database", s.makeCopy(daily, now))
}

func (s *Store) makeCopy(daily string, now time.Time) error {
	fresh := daily + ".new"
	if err := emptyFile(fresh, s.path); err != nil {
		return err
	}
	defer os.Remove(fresh)                                       // what a broken-off attempt leaves; after the renames there is nothing of that name
	if _, err := s.db.Exec("VACUUM INTO ?", fresh); err != nil { // SQLite takes an empty file for a new one
		return err
	}
	if err := settle(fresh, now); err != nil {
		return err
	}
	if err := os.Rename(daily, filepath.Join(filepath.Dir(daily), yesterdayCopy)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritten(daily, err)
	}
	return unwritten(daily, os.Rename(fresh, daily))
}

// emptyFile makes an empty file that those may read who may read like.
func emptyFile(path, like string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritten(path, err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode(filepath.Dir(like)))
	if err != nil {
		return unwritten(path, err)
	}
	return unwritten(path, f.Close())
}

// settle sees to it that the copy is whole and on the disk, and stamps it with the moment that it is of.
func settle(path string, now time.Time) error {
	if err := wholeAt(path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return unwritten(path, errors.Join(f.Sync(), f.Close(), os.Chtimes(path, now, now)))
}

// wholeAt reads all of the database at path, and reports damage, or a schema that this program cannot work with.
func wholeAt(path string) error {
	s, err := open(path, "&mode=ro&immutable=1")
	if err != nil {
		return err
	}
	var file *FileError
	if err = s.current(); errors.As(err, &file) && file.Fault == Older {
		err = nil // it is brought up to date when it is opened
	}
	return errors.Join(err, s.Check(), s.Close())
}

// OpenWhole opens the database in dir as [Open] does, after reading all of it. A damaged one is moved aside, for nobody
// knows what can still be had from it, and the newest whole copy takes its place; [Store.Restored] tells of that for as
// long as the damaged file is kept. Where there is no whole copy the damage is reported and nothing is changed. The
// caller holds the lock of dir.
func OpenWhole(dir string, now time.Time) (*Store, error) {
	sweep(dir)
	s, err := Open(dir)
	if err == nil {
		if err = s.Check(); err == nil {
			return s, nil
		}
		err = errors.Join(err, s.Close())
	}
	if !Damaged(err) {
		return nil, err
	}
	copied, when, found := newestWhole(dir)
	if !found {
		return nil, &FileError{Path: filepath.Join(dir, File), Fault: Lost, Err: cause(err)}
	}
	return restore(dir, copied, when, now)
}

// sweep removes what processes that were killed left half written: the files beside the database, such as what is known of a
// calendar, are written under a name that ends so and then renamed. An hour is longer than any write takes, and it is that
// of the file system's clock.
func sweep(dir string) {
	left, _ := fs.Glob(os.DirFS(dir), "*.tmp")
	for _, name := range left {
		path := filepath.Join(dir, name)
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > time.Hour {
			os.Remove(path) // what cannot be removed does no harm
		}
	}
}

// Damaged reports whether an error is that of a damaged database, which [OpenWhole] can help at the next start.
func Damaged(err error) bool {
	var file *FileError
	return errors.As(err, &file) && file.Fault == Corrupt
}

// cause is what is behind the fault of a file.
func cause(err error) error {
	var file *FileError
	if errors.As(err, &file) {
		return file.Err
	}
	return err
}

func newestWhole(dir string) (path string, when time.Time, ok bool) {
	for _, name := range []string{dailyCopy, yesterdayCopy} {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if err == nil && info.Size() > 0 && wholeAt(path) == nil {
			return path, info.ModTime(), true
		}
	}
	return "", time.Time{}, false
}

func restore(dir, copied string, when, now time.Time) (*Store, error) {
	path := filepath.Join(dir, File)
	fresh := path + ".new"
	if err := prepare(copied, fresh); err != nil {
		return nil, err
	}
	aside, err := moveAside(path, now)
	if err != nil {
		return nil, unwritten(path, err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return nil, unwritten(path, err)
	}
	s, err := Open(dir)
	if err != nil {
		return nil, err
	}
	if err := s.recordRestored(Restored{At: now, Of: when, Aside: aside}); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// prepare makes of a copy what is to take the database's place.
func prepare(copied, fresh string) error {
	if err := duplicate(copied, fresh); err != nil {
		return err
	}
	s, err := open(fresh, "&mode=rw")
	if err != nil {
		return err
	}
	return errors.Join(s.logAhead(), s.Close())
}

func duplicate(from, to string) error {
	if err := emptyFile(to, to); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return unwritten(from, err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY, 0)
	if err != nil {
		return unwritten(to, err)
	}
	_, err = io.Copy(out, in)
	return unwritten(to, errors.Join(err, out.Sync(), out.Close()))
}

// moveAside gives the damaged database a second name, over no file that is there already, and its log and index another.
// It keeps its own name until the copy takes that: a start after a crash in between finds the damage again, and never
// nothing, which would be a beginning.
func moveAside(path string, now time.Time) (string, error) {
	aside := path + ".corrupt-" + now.UTC().Format(time.DateOnly)
	for n := 2; !missing(aside); n++ {
		aside = fmt.Sprintf("%s.corrupt-%s.%d", path, now.UTC().Format(time.DateOnly), n)
	}
	if err := os.Link(path, aside); err != nil { // a file system without links
		if err := duplicate(path, aside); err != nil {
			return "", err
		}
	}
	for _, end := range []string{"-shm", "-wal"} { // SQLite would play the log into the copy
		if err := os.Rename(path+end, aside+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return aside, nil
}
