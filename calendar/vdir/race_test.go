package vdir_test

import (
	"context"
	"os"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/calendartest"
	"bilateral/calendar/vdir"
)

// The account asks its clock between its first look at the file and the moment when the new text takes the file's name:
// there the other person acts.
func TestTheOtherPersonActsWhileWeWrite(t *testing.T) {
	for _, row := range []struct {
		sentence string
		act      func(o other)
		want     calendar.ErrorKind
		left     string
	}{
		{"an edit in that moment is not overwritten", func(o other) { o.Put("ours", event("ours", 20)) }, calendar.Conflict, string(event("ours", 20))},
		{"a deletion in that moment stays one", func(o other) { o.Delete("ours") }, calendar.Gone, ""},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			act := func() {}
			path := t.TempDir()
			a := vdir.New(path, func() time.Time { act(); return calendartest.Now })
			c, o := ours(t, a), other{t, path}
			act = func() { row.act(o) }
			if _, err := a.Apply(context.Background(), c); calendar.KindOf(err) != row.want {
				t.Errorf("got %v", err)
			}
			onlyHolds(t, o, row.left)
		})
	}
}

func TestTheOtherPersonCreatesWhileWeCreate(t *testing.T) {
	path := t.TempDir()
	o := other{t, path}
	a := vdir.New(path, func() time.Time { o.Put("ours", event("ours", 20)); return calendartest.Now })
	if _, err := a.Apply(context.Background(), create("ours")); calendar.KindOf(err) != calendar.Exists {
		t.Errorf("got %v", err)
	}
	onlyHolds(t, o, string(event("ours", 20)))
}

// onlyHolds checks that the file is what the other person left, and nothing lies beside it.
func onlyHolds(t *testing.T, o other, text string) {
	t.Helper()
	if got := string(o.Text("ours")); got != text {
		t.Errorf("the file holds %q", got)
	}
	if left, _ := os.ReadDir(o.path); len(left) > 1 || text == "" && len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
