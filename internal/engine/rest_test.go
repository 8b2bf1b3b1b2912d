package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bilateral/calendar"
	"bilateral/internal/store"
)

func TestHowLongACalendarThatFailsRests(t *testing.T) {
	now := lastSummerNight(t, "02:30:00")
	said := func(in time.Duration) error {
		at := now.Add(in).In(zone(t, "America/New_York"))
		return errors.Join(&calendar.Error{Kind: calendar.Quota, RetryAt: at})
	}
	for _, row := range []struct {
		sentence       string
		err            error
		failures       int
		least, longest time.Duration
	}{
		{"not at all after the first failure", errSMTP, 1, 0, 0},
		{"about twice the interval after the second", errSMTP, 2, 8 * time.Minute, 10 * time.Minute},
		{"then four times", errSMTP, 3, 16 * time.Minute, 20 * time.Minute},
		{"an hour in the end", errSMTP, 9, 48 * time.Minute, time.Hour},
		{"and never longer", errSMTP, 10000, 48 * time.Minute, time.Hour},
		{"as long as the server says, to the second", said(17 * time.Minute), 1, 17 * time.Minute, 17 * time.Minute},
		{"longer than it says, if it fails again and again", said(time.Minute), 9, 48 * time.Minute, time.Hour},
		{"a day if it says a month", said(30 * 24 * time.Hour), 1, 24 * time.Hour, 24 * time.Hour},
		{"not at all if what it says is past", said(-time.Hour), 1, 0, 0},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			var rest time.Duration
			if at := nextTry(row.err, row.failures, "work", now, 5*time.Minute); !at.IsZero() {
				rest = at.Sub(now)
			}
			if rest < row.least || rest > row.longest {
				t.Errorf("it rests %s", rest)
			}
		})
	}
	if restAfter(7, "work", time.Minute) == restAfter(7, "team", time.Minute) {
		t.Error("two calendars are tried at the same moment")
	}
}

func TestAnErrorIsToldOnceAndARestKeepsItsKind(t *testing.T) {
	o := newOffice(t, "2026-11-23 08:00")
	o.mine.Fail(func(string) error {
		return &calendar.Error{Kind: calendar.SignIn, Op: "read", Target: "dav.example.org"}
	})
	for range 12 {
		r, err := o.Pass(t.Context(), Options{Now: o.now, Next: o.now.Add(o.Interval)})
		if err != nil || !r.NeedsPerson() || strings.Count(r.Err().Error(), "dav.example.org") != 1 {
			t.Fatalf("%v %t %v", err, r.NeedsPerson(), r.Err())
		}
		o.now = o.now.Add(o.Interval)
	}
	s, err := o.Status(o.now, 0)
	if err != nil || s.State != Critical || s.Problems[0].Code != "no_good_pass" && s.Problems[0].Code != "sign_in" {
		t.Errorf("%v %v", s.Problems, err)
	}
	o.mine.Fail(nil)
	o.pass() // the owner's own run --once does not wait
}

// Whoever mends what a calendar lacks and then starts or reloads the daemon does not wait for the end of a rest.
func TestADaemonThatStartsTriesWhatRests(t *testing.T) {
	for _, row := range []struct {
		sentence string
		failure  calendar.Error
		tries    bool
	}{
		{"a password that was missing", calendar.Error{Kind: calendar.SignIn}, true},
		{"an address that was wrong", calendar.Error{Kind: calendar.Unreachable}, true},
		{"but not a server that named a moment", calendar.Error{Kind: calendar.Quota, RetryAt: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}, false},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o := newOffice(t, "2026-11-23 08:00")
			o.mine.Fail(func(string) error { return &row.failure })
			pass := func(first bool) bool {
				t.Helper()
				r, err := o.Pass(t.Context(), Options{Now: o.now, Next: o.now.Add(o.Interval), First: first})
				if err != nil {
					t.Fatal(err)
				}
				return r.Err() == nil
			}
			pass(true)
			pass(false)
			o.mine.Fail(nil)
			if pass(false) {
				t.Error("it does not rest")
			}
			if pass(true) != row.tries {
				t.Errorf("at the start it is tried: %t", !row.tries)
			}
		})
	}
}

// A daemon that meets a damaged database ends, so that its next start puts the copy in its place that it made.
func TestTheDaemonKeepsACopyAndEndsWhereTheDatabaseIsDamaged(t *testing.T) {
	o := newOffice(t, "2026-11-23 08:00")
	dir := t.TempDir()
	run := func(t *testing.T, within time.Duration) error {
		st, err := store.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		o.Store, o.now = st, time.Now().UTC()
		ctx, stop := context.WithTimeout(t.Context(), within)
		defer stop()
		return o.Engine.Run(ctx, nil, nil)
	}
	synctest.Test(t, func(t *testing.T) {
		if err := run(t, time.Hour); err != nil {
			t.Fatal(err)
		}
		spoil(t, filepath.Join(dir, store.File))
		if err := run(t, time.Hour); !store.Damaged(err) {
			t.Errorf("it ended with %v", err)
		}
		whole, err := store.OpenWhole(dir, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if _, ok, err := whole.Restored(); !ok || err != nil {
			t.Errorf("nothing was restored: %v", err)
		}
		whole.Close()
		if err := run(t, time.Hour); err != nil || len(o.mine.Names()) != 1 {
			t.Errorf("%v, and %d series", err, len(o.mine.Names()))
		}
	})
}

// spoil overwrites a quarter of a database: it can still be opened.
func spoil(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for k := len(data) / 4; k < len(data)/2; k++ {
		data[k] = 0xa5
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
