package feed

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"bilateral/calendar"
)

// load reads a feed that is a file. O_NONBLOCK: opening a named pipe must not wait for somebody to write to it.
func (a *Account) load() ([]byte, error) {
	f, err := os.OpenFile(a.path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, a.failed(fileKind(err), err.(*fs.PathError).Err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, a.failed(calendar.BadData, errors.New("it is not a regular file"))
	}
	data, err := limited(f)
	if err != nil {
		return nil, a.failed(calendar.BadData, err)
	}
	return data, nil
}

func fileKind(err error) calendar.ErrorKind {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return calendar.Gone
	case errors.Is(err, fs.ErrPermission):
		return calendar.Denied
	}
	return calendar.Unknown
}
