package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// LockFile is the name of the daemon's lock in the state directory.
const LockFile = "daemon.lock"

// ErrLocked: another daemon has the state directory. PID is 0 if it did not say.
type ErrLocked struct{ PID int }

func (e *ErrLocked) Error() string {
	return fmt.Sprintf("another bilateral daemon runs on this state directory (process %d); stop it first", e.PID)
}

// Lock is the right to be the daemon of a state directory. The kernel takes it back when the process ends, however it ends.
type Lock struct{ file *os.File }

// TakeLock makes this process the daemon of dir; [*ErrLocked] if there is one already.
func TakeLock(dir string) (*Lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unwritten(dir, err)
	}
	path := filepath.Join(dir, LockFile)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, unwritten(path, err)
	}
	if err := lockExclusive(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Chmod(fileMode(dir)), writePID(f)); err != nil { // whoever may look must see that a daemon runs
		return nil, errors.Join(unwritten(path, err), f.Close())
	}
	return &Lock{f}, nil
}

// lockExclusive tries for a moment: [Holder] shares the lock for an instant whenever somebody asks for the status.
func lockExclusive(f *os.File) error {
	var err error
	for range 5 {
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
	return &ErrLocked{PID: readPID(f)}
}

// writePID writes over what the last one left, so that a full disk has room for it.
func writePID(f *os.File) error {
	n, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	if err != nil {
		return err
	}
	return f.Truncate(int64(n))
}

func readPID(f *os.File) int {
	var text [20]byte
	n, _ := f.ReadAt(text[:], 0) // shorter than the buffer: io.EOF
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text[:n])))
	return pid
}

// Release gives the lock back.
func (l *Lock) Release() error { return l.file.Close() }

// Holder tells whether a daemon runs on dir, and its process id (0 if it does not say).
func Holder(dir string) (pid int, running bool) {
	f, err := os.Open(filepath.Join(dir, LockFile))
	if err != nil {
		return 0, false
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB); !errors.Is(err, syscall.EWOULDBLOCK) {
		return 0, false
	}
	return readPID(f), true
}
