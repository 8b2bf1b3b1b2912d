//go:build servers

package endtoend

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// disk is a small file system for one folder, which can be filled up and made read-only. Where nothing may be mounted, as
// in most containers, the program itself is kept from writing: by the longest file that it may write, and by modes that count
// for it although it is root's.
type disk struct {
	t        *testing.T
	dir      string
	mounted  bool
	longest  uint64 // bytes of the longest file, where that stands for the room
	unharmed string // the program, while a script in its place holds it back
}

// newDisk makes the folder. longest is how much the program may still write into one file of a full disk, where only that
// can be held.
func newDisk(t *testing.T, dir string, longest uint64) *disk {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	d := &disk{t: t, dir: dir, longest: longest, unharmed: program}
	switch err := syscall.Mount("tmpfs", dir, "tmpfs", 0, diskOptions); {
	case err == nil:
		d.mounted = true
		t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	case !errors.Is(err, syscall.EPERM):
		t.Fatal(err)
	}
	t.Cleanup(func() { program = d.unharmed })
	return d
}

const diskOptions = "size=4m,mode=700"

// fill leaves no room, also for a program that runs already.
func (d *disk) fill() {
	if !d.mounted {
		d.hold(fmt.Sprintf("ulimit -S -f %d\nexec %%s", d.longest/1024))
		d.limit(func(r *unix.Rlimit) { r.Cur = d.longest })
		return
	}
	f, err := os.Create(filepath.Join(d.dir, "ballast"))
	if err != nil {
		d.t.Error(err)
		return
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		d.t.Error(err)
	}
}

// free makes room again.
func (d *disk) free() {
	if !d.mounted {
		program = d.unharmed
		d.limit(func(r *unix.Rlimit) { r.Cur = r.Max })
		return
	}
	if err := os.Remove(filepath.Join(d.dir, "ballast")); err != nil {
		d.t.Error(err)
	}
}

// seal makes it read-only.
func (d *disk) seal() {
	d.t.Helper()
	if d.mounted {
		d.remount(syscall.MS_RDONLY)
		return
	}
	d.modes(0o555, 0o444)
	if os.Geteuid() == 0 {
		d.hold("exec setpriv --bounding-set=-dac_override,-dac_read_search %s")
	}
}

func (d *disk) unseal() {
	d.t.Helper()
	if d.mounted {
		d.remount(0)
		return
	}
	program = d.unharmed
	d.modes(0o700, 0o600)
}

func (d *disk) remount(flags uintptr) {
	d.t.Helper()
	if err := syscall.Mount("tmpfs", d.dir, "tmpfs", syscall.MS_REMOUNT|flags, diskOptions); err != nil {
		d.t.Fatal(err)
	}
}

func (d *disk) modes(folder, file fs.FileMode) {
	d.t.Helper()
	if err := os.Chmod(d.dir, folder); err != nil {
		d.t.Fatal(err)
	}
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.Chmod(filepath.Join(d.dir, e.Name()), file); err != nil {
			d.t.Fatal(err)
		}
	}
}

// hold puts a script in the program's place that runs it so; %s is the program.
func (d *disk) hold(how string) {
	path := filepath.Join(d.t.TempDir(), "bilateral")
	if err := os.WriteFile(path, []byte("#!/bin/bash\n"+fmt.Sprintf(how, d.unharmed)+` "$@"`+"\n"), 0o700); err != nil {
		d.t.Error(err)
	}
	program = path
}

// limit changes the longest file of every running copy of the program.
func (d *disk) limit(change func(*unix.Rlimit)) {
	for _, pid := range running(d.unharmed) {
		var r unix.Rlimit
		if err := unix.Prlimit(pid, unix.RLIMIT_FSIZE, nil, &r); err != nil {
			continue // it has ended
		}
		change(&r)
		if err := unix.Prlimit(pid, unix.RLIMIT_FSIZE, &r, nil); err != nil {
			d.t.Error(err)
		}
	}
}

// running are the processes that run the program.
func running(path string) []int {
	var out []int
	links, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil && to == path {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(link)))
			out = append(out, pid)
		}
	}
	return out
}
