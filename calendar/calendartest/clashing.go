package calendartest

import (
	"context"
	"reflect"
	"slices"
	"time"

	"bilateral/calendar"
)

func clashing() []testCase {
	rename := calendar.Patch{Title: new("Ours")}
	return []testCase{
		{"a change against a version that is not the present one is a conflict and writes nothing", func(b *bench) {
			c := change(b.create())
			b.edit(func(text string) string { return answered(text, calendar.Accepted) })
			before := string(b.other.Text(uid))
			c.Series = &rename
			b.refused(c, calendar.Conflict)
			if after := string(b.other.Text(uid)); after != before {
				b.Errorf("before\n%s\nafter\n%s", before, after)
			}
		}},
		{"the conflict ends when the series is observed again, and the other's edit stays", func(b *bench) {
			c := change(b.create())
			b.edit(func(text string) string { return answered(text, calendar.Accepted) })
			c.Series = &rename
			b.refused(c, calendar.Conflict)
			b.patchSeries(rename)
			b.answers(b.ours().Attendees, calendar.Accepted)
			if s := b.ours(); s.Title != "Ours" {
				b.Errorf("title %q", s.Title)
			}
		}},
		{"our own change makes the version before it stale", func(b *bench) {
			c := change(b.create())
			c.Series = &rename
			b.apply(c)
			b.refused(c, calendar.Conflict)
		}},
		{"the version that Apply tells is the one to go on with", func(b *bench) {
			c := change(b.create())
			c.Series = &rename
			if c.Version = b.apply(c); c.Version == "" {
				c.Version = b.ours().Version
			}
			c.Series = &calendar.Patch{Title: new("Ours again")}
			b.apply(c)
			if s := b.ours(); s.Title != "Ours again" {
				b.Errorf("title %q", s.Title)
			}
		}},
		{"a series deleted since it was observed is not made again", func(b *bench) {
			c := change(b.create())
			b.other.Delete(uid)
			c.Series = &rename
			b.refused(c, calendar.Gone, calendar.Conflict)
			if o := b.observe(); o.Objects != 0 {
				b.Errorf("%d objects", o.Objects)
			}
		}},
		{"nothing is read or written after the deadline", func(b *bench) {
			c := change(b.create())
			c.Series = &rename
			late, cancel := context.WithCancel(context.Background())
			cancel()
			if _, err := b.account.Apply(late, c); calendar.KindOf(err) != calendar.Unreachable {
				b.Errorf("apply: %v", err)
			}
			if _, err := b.account.Observe(late, calendar.Query{Window: window, Zone: berlin}); calendar.KindOf(err) != calendar.Unreachable {
				b.Errorf("observe: %v", err)
			}
			if s := b.ours(); s.Version != c.Version {
				b.Errorf("it was written: %+v", s)
			}
		}},
	}
}

// unchanged checks that our series is exactly what it was.
func (b *bench) unchanged(before calendar.Series) {
	b.Helper()
	if after := b.ours(); !reflect.DeepEqual(before, after) {
		b.Errorf("before %+v\nafter  %+v", before, after)
	}
}

// sameBut checks that all instances but one, and the master, are what they were.
func (b *bench) sameBut(before, after calendar.Series, except time.Time) {
	b.Helper()
	other := func(in calendar.Instance) bool { return in.Original.Equal(except) }
	before.Instances = slices.DeleteFunc(slices.Clone(before.Instances), other)
	after.Instances = slices.DeleteFunc(slices.Clone(after.Instances), other)
	after.Version = before.Version
	if !reflect.DeepEqual(before, after) {
		b.Errorf("before %+v\nafter  %+v", before, after)
	}
}
