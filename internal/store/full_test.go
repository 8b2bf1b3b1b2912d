package store

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A test process that finds this variable set tries that state directory while it may not write into any file.
const fullDir = "BILATERAL_TEST_FULL"

// tryFull prints what became of each attempt. It is a process of its own because go test writes files too.
func tryFull(dir string) error {
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{}); err != nil {
		return err
	}
	var file *FileError
	_, err := TakeLock(dir)
	fmt.Println("lock: no room", errors.As(err, &file) && file.Fault == Full)
	_, err = Open(dir)
	fmt.Println("write: the disk is at fault", errors.As(err, &file) && (file.Fault == Full || file.Fault == Failing))
	r, err := OpenReadOnly(dir)
	if err != nil {
		return err
	}
	list, err := r.List(Filter{})
	fmt.Println("read:", len(list))
	return err
}

func TestADiskWithoutAnyRoomLeftIsReadAllTheSame(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	s := opened(t, dir)
	added(t, s, "Vendor B?")
	ok(t, s.Close())
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), fullDir+"="+dir)
	const want = "lock: no room true\nwrite: the disk is at fault true\nread: 1\n"
	if out, err := c.CombinedOutput(); err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
	added(t, opened(t, dir), "Board date?")
}
