// Package vdir is a calendar kept as a folder of .ics files, one object each: the format that vdirsyncer, khal and pimsync
// share. Hidden files, other names and folders inside are ignored; a file called displayname names the calendar.
//
// Begin with [New]. There is no server here: nobody is invited, and nobody else's busy time is known.
package vdir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/ical"
)

// Account is one folder as a [calendar.Account].
type Account struct {
	path string
	now  func() time.Time
	seen map[string]stamp // by file name: what was read
	held ical.Collection
}

// New returns the calendar in the folder at path, which need not exist yet. The clock dates what is written (DTSTAMP,
// LAST-MODIFIED), nothing else.
func New(path string, now func() time.Time) *Account {
	return &Account{path: path, now: now, seen: make(map[string]stamp)}
}

// Observe lists the folder and reads the files that changed since it was listed last.
func (a *Account) Observe(ctx context.Context, q calendar.Query) (calendar.Observation, error) {
	if err := a.scan(ctx); err != nil {
		return calendar.Observation{}, failure("read", a.path, err)
	}
	return a.held.Observe(q), nil
}

// FreeBusy is not supported: a folder knows of nobody else.
func (a *Account) FreeBusy(context.Context, string, calendar.Span) ([]calendar.Event, error) {
	return nil, &calendar.Error{Kind: calendar.Unsupported, Op: "ask free/busy", Target: a.path}
}

// About tells the folder's name and whether it can be written; nothing is written to find out.
func (a *Account) About(context.Context) (calendar.About, error) {
	if _, err := os.ReadDir(a.path); err != nil {
		return calendar.About{}, failure("read", a.path, err)
	}
	about := calendar.About{Name: a.path, Address: a.path, Write: writable(a.path), Sync: "file times and sizes"}
	if data, _, err := read(filepath.Join(a.path, "displayname")); err == nil {
		if name := strings.TrimSpace(strings.ToValidUTF8(string(data), "")); name != "" {
			about.Name = name
		}
	}
	return about, nil
}

// scan brings held up to date with the folder.
func (a *Account) scan(ctx context.Context) error {
	entries, err := os.ReadDir(a.path)
	if err != nil {
		return err
	}
	var present []string // in order, as the entries are
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		if isObject(e) && a.refresh(e) {
			present = append(present, e.Name())
		}
	}
	if len(present) < a.held.Len() {
		a.forget(present)
	}
	return nil
}

// forget drops all objects that are not present any more.
func (a *Account) forget(present []string) {
	for _, name := range a.held.Names() {
		if _, there := slices.BinarySearch(present, name); !there {
			delete(a.seen, name)
			a.held.Drop(name)
		}
	}
}

func isObject(e fs.DirEntry) bool { return isName(e.Name()) && !e.IsDir() }

func isName(name string) bool {
	return strings.EqualFold(filepath.Ext(name), ".ics") && !strings.HasPrefix(name, ".")
}

// refresh reads the entry if it may have changed, and reports whether there is an object.
func (a *Account) refresh(e fs.DirEntry) bool {
	name := e.Name()
	info, err := a.stat(e)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && info.IsDir():
		return false // removed since the folder was listed, or a link to a folder
	case err == nil && a.seen[name].matches(info):
		return true
	}
	var data []byte
	if err == nil {
		started := time.Now()
		if data, info, err = read(filepath.Join(a.path, name)); errors.Is(err, fs.ErrNotExist) {
			return false
		}
		a.seen[name] = newStamp(info, started)
	}
	if err != nil {
		delete(a.seen, name)
		a.held.Refuse(name, why(err))
		return true
	}
	a.held.Put(name, version(data), data)
	return true
}

// stat follows links; where there is none it uses what the listing knows.
func (a *Account) stat(e fs.DirEntry) (fs.FileInfo, error) {
	if e.Type()&fs.ModeSymlink != 0 {
		return os.Stat(filepath.Join(a.path, e.Name()))
	}
	return e.Info()
}

// failure turns an error of the file system into one of the kinds callers act on.
func failure(op, target string, err error) error {
	if typed := (*calendar.Error)(nil); errors.As(err, &typed) {
		return err
	}
	kind, reason := calendar.Unknown, calendar.Unsaid
	switch {
	case noRoom(err):
		kind, reason = calendar.Denied, calendar.NoRoom
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errNotDir):
		kind = calendar.Gone
	case errors.Is(err, fs.ErrPermission), errors.Is(err, errReadOnly):
		kind = calendar.Denied
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		kind = calendar.Unreachable
	}
	return &calendar.Error{Kind: kind, Reason: reason, Op: op, Target: target, Err: cause(err)}
}

// noRoom reports whether the disk, a quota or the longest file that this process may write is used up.
func noRoom(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

// cause leaves out the path that fs.PathError repeats: the target has it.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

func why(err error) string { return fmt.Sprintf("the file cannot be read: %v", cause(err)) }
