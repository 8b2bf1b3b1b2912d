package snapshot_test

import (
	"os"
	"path/filepath"
	"testing"

	"bilateral/calendar/snapshot"
)

const header = "test 1\n"

func TestWhatWasSavedIsReadAndNothingElse(t *testing.T) {
	saved := func(t *testing.T) string {
		path := filepath.Join(t.TempDir(), "new", "file")
		if err := snapshot.Save(path, header, map[string]int{"a": 1}); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for sentence, row := range map[string]struct {
		spoil  func([]byte) []byte
		header string
		want   bool
	}{
		"as it was saved":        {func(b []byte) []byte { return b }, header, true},
		"torn":                   {func(b []byte) []byte { return b[:len(b)-1] }, header, false},
		"torn inside the header": {func(b []byte) []byte { return b[:3] }, header, false},
		"with a flipped bit":     {func(b []byte) []byte { b[len(b)-2] ^= 1; return b }, header, false},
		"empty":                  {func([]byte) []byte { return nil }, header, false},
		"of another version":     {func(b []byte) []byte { return b }, "test 2\n", false},
	} {
		t.Run(sentence, func(t *testing.T) {
			path := saved(t)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, row.spoil(data), 0o600); err != nil {
				t.Fatal(err)
			}
			var m map[string]int
			if got := snapshot.Load(path, row.header, &m); got != row.want || got && m["a"] != 1 {
				t.Errorf("read: %v, %v", got, m)
			}
		})
	}
}

func TestOnlyTheUserMayReadIt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	path := filepath.Join(dir, "file")
	for range 2 { // also where it replaces one
		if err := snapshot.Save(path, header, 1); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("left beside it: %v, %v", list, err)
	}
	if snapshot.Load(filepath.Join(dir, "none"), header, new(int)) {
		t.Error("a missing file was read")
	}
}
