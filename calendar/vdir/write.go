package vdir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/ical"
)

// Apply writes one file, whole or not at all. A file that is not the one observed is left alone: Conflict, or Gone where
// there is none any more. Another program's write between the last look and the rename (microseconds) cannot be seen:
// folders have no conditional rename.
func (a *Account) Apply(ctx context.Context, c calendar.Change) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", failure("write", a.path, err)
	}
	a.sweep()
	var name string
	var data []byte
	var err error
	switch {
	case c.Remove:
		return "", a.remove(c)
	case c.Create != nil:
		name, data, err = a.create(ctx, c)
	default:
		name, data, err = a.patch(c)
	}
	if err != nil {
		return "", err
	}
	a.held.Put(name, version(data), data)
	return version(data), nil
}

func (a *Account) create(ctx context.Context, c calendar.Change) (string, []byte, error) {
	name := ical.FileName(c.UID)
	target := filepath.Join(a.path, name)
	if err := a.scan(ctx); err != nil {
		return "", nil, failure("create", a.path, err)
	}
	if other, taken := a.held.Find(c.UID); taken {
		return "", nil, &calendar.Error{Kind: calendar.Exists, Op: "create", Target: filepath.Join(a.path, other)}
	}
	data, err := a.render(c)
	if err != nil {
		return "", nil, failure("create", target, err)
	}
	folder, err := os.Stat(a.path)
	if err != nil {
		return "", nil, failure("create", a.path, err)
	}
	// A link, not a rename: it fails where the name is taken, so of two who create at once one is told.
	err = write(target, data, 0o600, folder, func(temp string) error { return os.Link(temp, target) })
	if errors.Is(err, fs.ErrExist) {
		return "", nil, &calendar.Error{Kind: calendar.Exists, Op: "create", Target: target}
	}
	if err != nil {
		return "", nil, failure("create", target, err)
	}
	return name, data, nil
}

// render writes a new series, like an old one in this folder where the draft says so.
func (a *Account) render(c calendar.Change) ([]byte, error) {
	if c.Create.Like == "" {
		return ical.New(c, a.now())
	}
	if !isName(c.Create.Like) || c.Create.Like != filepath.Base(c.Create.Like) {
		return nil, fmt.Errorf("%q is not the name of a file in this folder", c.Create.Like)
	}
	old, err := os.ReadFile(filepath.Join(a.path, c.Create.Like))
	if err != nil {
		return nil, err
	}
	return ical.NewLike(c, old, a.now())
}

// remove takes one file away.
func (a *Account) remove(c calendar.Change) error {
	target, _, _, err := a.observed(c)
	if err != nil {
		return err
	}
	if err := os.Remove(target); err != nil {
		return failure("remove", target, err)
	}
	delete(a.seen, c.Name)
	a.held.Drop(c.Name)
	return nil
}

// observed is the file that a change is about, if it still is what was observed. A link stays a link: what it points to is
// changed.
func (a *Account) observed(c calendar.Change) (target string, data []byte, info fs.FileInfo, err error) {
	if !isName(c.Name) || c.Name != filepath.Base(c.Name) {
		return "", nil, nil, &calendar.Error{Kind: calendar.Gone, Op: "write", Target: a.path,
			Err: fmt.Errorf("%q is not the name of a file in this folder", c.Name)}
	}
	target, err = filepath.EvalSymlinks(filepath.Join(a.path, c.Name))
	if err != nil {
		return "", nil, nil, failure("write", filepath.Join(a.path, c.Name), err)
	}
	if data, info, err = unchanged(target, c.Version); err != nil {
		return "", nil, nil, failure("write", target, err)
	}
	return target, data, info, nil
}

func (a *Account) patch(c calendar.Change) (string, []byte, error) {
	target, old, info, err := a.observed(c)
	if err != nil {
		return "", nil, err
	}
	data, err := ical.Patched(old, c, a.now())
	if err != nil {
		return "", nil, failure("write", target, err)
	}
	err = write(target, data, info.Mode().Perm(), info, func(temp string) error {
		if _, _, err := unchanged(target, c.Version); err != nil {
			return err
		}
		return os.Rename(temp, target)
	})
	if err != nil {
		return "", nil, failure("write", target, err)
	}
	return c.Name, data, nil
}

// unchanged reads a file that must still have the version that was observed.
func unchanged(path, seen string) ([]byte, fs.FileInfo, error) {
	data, info, err := read(path)
	if err == nil && version(data) != seen {
		err = &calendar.Error{Kind: calendar.Conflict, Op: "write", Target: path}
	}
	return data, info, err
}

const (
	tempPrefix = ".bilateral-"
	tempSuffix = ".tmp"
)

// write puts data into a temporary file beside target, safely on disk, then lets put give it its name. The leading dot
// keeps it from programs that read the folder.
func write(target string, data []byte, mode fs.FileMode, owner fs.FileInfo, put func(temp string) error) error {
	f, err := os.CreateTemp(filepath.Dir(target), tempPrefix+"*"+tempSuffix)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // after a rename there is nothing left to remove
	defer f.Close()
	giveTo(f, owner)
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := put(f.Name()); err != nil {
		return err
	}
	if err := syncFolder(filepath.Dir(target)); err != nil {
		// The file is there: no kind of error that says it is not.
		return &calendar.Error{Kind: calendar.Unknown, Op: "write", Target: target, Err: cause(err)}
	}
	return nil
}

// syncFolder makes a new name last through a loss of power.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// sweep removes temporary files that a killed process left. An hour is longer than any write takes.
func (a *Account) sweep() {
	left, _ := fs.Glob(os.DirFS(a.path), tempPrefix+"*"+tempSuffix)
	for _, name := range left {
		path := filepath.Join(a.path, name)
		if info, err := os.Lstat(path); err == nil && time.Since(info.ModTime()) > time.Hour {
			os.Remove(path)
		}
	}
}
