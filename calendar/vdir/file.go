package vdir

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"bilateral/calendar/ical"
)

const (
	errNotDir   = syscall.ENOTDIR
	errReadOnly = syscall.EROFS
)

// doubt is how long after a change a file's times may not tell yet that it was changed again: file systems count time in
// steps, of two seconds at worst (FAT).
const doubt = 2 * time.Second

// stamp is what a file looked like when it was read. The zero stamp matches nothing.
type stamp struct {
	info  fs.FileInfo
	sure  bool // a later change is bound to show in the times
	ctime time.Time
}

func newStamp(info fs.FileInfo, read time.Time) stamp {
	if info == nil {
		return stamp{}
	}
	last := changed(info)
	if info.ModTime().After(last) {
		last = info.ModTime()
	}
	return stamp{info: info, sure: last.Before(read.Add(-doubt)), ctime: changed(info)}
}

// matches reports whether a file that looks like info now surely has the contents that were read.
func (s stamp) matches(info fs.FileInfo) bool {
	return s.sure && s.info.Size() == info.Size() && s.info.ModTime().Equal(info.ModTime()) &&
		s.ctime.Equal(changed(info)) && os.SameFile(s.info, info)
}

// version is the content's own name: equal exactly where the bytes are.
func version(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

// read returns the bytes of a regular file, and how it looked before they were read. O_NONBLOCK: a named pipe called
// x.ics must not hold up the daemon until somebody writes to it.
func read(path string) ([]byte, fs.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("not a regular file")
	}
	if info.Size() > ical.MaxBytes {
		return nil, nil, fmt.Errorf("%d MiB, more than the %d MiB that are read", info.Size()>>20, ical.MaxBytes>>20)
	}
	data := make([]byte, info.Size()+1) // one more, so that the end is seen without a second buffer
	n, err := io.ReadFull(f, data)
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		return data[:n:n], info, nil
	}
	if err == nil {
		err = fmt.Errorf("it grew while it was read")
	}
	return nil, nil, err
}
