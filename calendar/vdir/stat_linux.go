package vdir

import (
	"io/fs"
	"os"
	"syscall"
	"time"
)

// changed is the time of the last change of a file's contents or attributes. Programs can set the modification time back
// (cp -p, touch -r), this one they cannot.
func changed(info fs.FileInfo) time.Time {
	s := info.Sys().(*syscall.Stat_t)
	return time.Unix(int64(s.Ctim.Sec), int64(s.Ctim.Nsec))
}

// giveTo makes f belong to the owner of what info describes, as far as we may: a daemon that runs as root must not take
// people's files away from them.
func giveTo(f *os.File, info fs.FileInfo) {
	s := info.Sys().(*syscall.Stat_t)
	if f.Chown(int(s.Uid), int(s.Gid)) != nil {
		_ = f.Chown(-1, int(s.Gid)) // not root: at least the group that shares the folder
	}
}

// writable asks the kernel, without writing: W_OK of access(2).
func writable(path string) bool { return syscall.Access(path, 2) == nil }
