package vdir

import (
	"path/filepath"
	"testing"

	"bilateral/calendar/ical"
)

// A UID comes from a text that anybody can write; the file it names must lie in the folder and be one that is read again.
func FuzzFileName(f *testing.F) {
	for _, uid := range []string{"", ".", "..", "a/b", "plain@example.org", "\x00", "ü🎉", ".ics", "a\nb", "CON"} {
		f.Add(uid)
	}
	f.Fuzz(func(t *testing.T, uid string) {
		name := ical.FileName(uid)
		if name != filepath.Base(name) || !isName(name) || len(name) > 200 || !filepath.IsLocal(name) {
			t.Errorf("%q makes %q", uid, name)
		}
		if again := ical.FileName(uid + "/"); again == name {
			t.Errorf("two UIDs make %q", name)
		}
	})
}
