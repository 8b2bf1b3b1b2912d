package vdir

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestAFileIsReadAgainUnlessItsTimesVouchForIt(t *testing.T) {
	past := time.Now().Add(-time.Hour).Truncate(time.Second)
	for _, row := range []struct {
		sentence string
		readAt   time.Duration // after the last change
		edit     func(path string)
		same     bool
	}{
		{"untouched, read long after its last change", 3 * time.Second, func(string) {}, true},
		{"untouched, but read so soon that another change may hide", time.Second, func(string) {}, false},
		{"edited to the same size, and the modification time set back", 3 * time.Second, func(path string) {
			os.WriteFile(path, []byte("two"), 0o600)
			os.Chtimes(path, past, past)
		}, false},
		{"replaced by a file of the same size and time", 3 * time.Second, func(path string) {
			os.WriteFile(path+".new", []byte("two"), 0o600)
			os.Chtimes(path+".new", past, past)
			os.Rename(path+".new", path)
		}, false},
		{"longer", 3 * time.Second, func(path string) { os.WriteFile(path, []byte("three"), 0o600) }, false},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.ics")
			os.WriteFile(path, []byte("one"), 0o600)
			os.Chtimes(path, past, past)
			before := stat(t, path)
			for changed(stat(t, path)).Equal(now(t, path+".clock")) { // until the file system's clock has ticked
				time.Sleep(time.Millisecond)
			}
			row.edit(path)
			if got := newStamp(before, changed(before).Add(row.readAt)).matches(stat(t, path)); got != row.same {
				t.Errorf("matches: %v", got)
			}
		})
	}
	if (stamp{}).matches(nil) {
		t.Error("the zero stamp matches")
	}
}

func stat(t *testing.T, path string) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// now is the file system's clock.
func now(t *testing.T, path string) time.Time {
	t.Helper()
	os.WriteFile(path, []byte("x"), 0o600)
	return changed(stat(t, path))
}
