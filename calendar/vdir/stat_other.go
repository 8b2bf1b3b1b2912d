//go:build !linux

package vdir

import (
	"io/fs"
	"os"
	"time"
)

// changed is the modification time: the best that is portable.
func changed(info fs.FileInfo) time.Time { return info.ModTime() }

func giveTo(*os.File, fs.FileInfo) {}

func writable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&0o200 != 0
}
