package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"bilateral/calendar"
	"bilateral/config"
	"bilateral/internal/store"
)

func TestErrorsAreTwoLinesWithTheirExitCode(t *testing.T) {
	of := func(kind calendar.ErrorKind) error {
		return fmt.Errorf("pass: %w", &calendar.Error{Kind: kind, Op: "read", Target: "work"})
	}
	for _, row := range []struct {
		sentence string
		err      error
		code     int
		do       string
	}{
		{"no error is no word", nil, 0, ""},
		{"an exit code alone says nothing", exit(2), 2, ""},
		{"a sign-in that is gone needs a person", of(calendar.SignIn), 3, "Sign in again"},
		{"a server that does not answer is tried again", of(calendar.Unreachable), 1, "bilateral check"},
		{"a calendar that is gone is the config's affair", of(calendar.Gone), 1, "config"},
		{"a write that may not be", of(calendar.Denied), 1, "access"},
		{"a change in between is ordinary", of(calendar.Conflict), 1, "bilateral run --once"},
		{"a missing ability is a matter of the config", of(calendar.Unsupported), 2, "config"},
		{"a server that sends us elsewhere", &calendar.Error{Kind: calendar.BadData, Reason: calendar.Elsewhere, Op: "read", Target: "work"}, 1, "put that address into the config"},
		{"a second daemon hears of the first", &store.ErrLocked{PID: 42}, 1, "kill 42"},
		{"a damaged database is restored by the daemon", &store.FileError{Path: "b.db", Fault: store.Corrupt}, 1, "the last daily copy"},
		{"an unknown id", fmt.Errorf("follow-up #k3f9: %w", store.ErrNotFound), 2, "bilateral list"},
		{"an id that fits several", &store.Ambiguous{Prefix: "k", IDs: []string{"k3f9", "k4f9"}}, 2, "more letters"},
		{"a config error brings its own advice", config.Errors{{File: "c.toml", Line: 3, Problem: "bad", Do: "Write it so."}}, 2, "Write it so."},
		{"anything else is still two lines", errors.New("first\nsecond"), 1, "--log-level debug"},
	} {
		var out bytes.Buffer
		a := &app{problems: &out, started: true}
		if code := a.report(row.err); code != row.code {
			t.Errorf("%s: exit code %d, want %d", row.sentence, code, row.code)
		}
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if row.do == "" && out.Len() > 0 || row.do != "" && (len(lines) != 2 || !strings.Contains(lines[1], row.do)) {
			t.Errorf("%s: got %q; want two lines, the second with %q", row.sentence, out.String(), row.do)
		}
	}
}
