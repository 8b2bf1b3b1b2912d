package main

import (
	"errors"
	"strings"
	"testing"

	"bilateral/calendar"
	"bilateral/internal/engine"
)

func TestWhatBecameOfAPassIsAnExitCode(t *testing.T) {
	refused := &calendar.Error{Kind: calendar.SignIn, Op: "send", Target: "mail to dana@example.org", Err: errors.New("535 bad credentials")}
	down := &calendar.Error{Kind: calendar.Unreachable, Op: "send", Target: "mail to dana@example.org"}
	for _, row := range []struct {
		name string
		b    engine.BilateralReport
		code int
		says string // of what, or of what to do
	}{
		{"all went well", engine.BilateralReport{}, 0, ""},
		{"a mail waits", engine.BilateralReport{Mail: down}, exitFailed, "not reachable"},
		{"the mail server takes the password no more", engine.BilateralReport{Mail: refused, MailSignIn: true}, exitNeedsPerson, "password of [mail]"},
		{"so does the calendar's", engine.BilateralReport{Err: refused}, exitNeedsPerson, "sign-in needed"},
		{"somebody else's meeting is to be taken over", engine.BilateralReport{Err: errors.New("it is organized by dana"), Code: "adopt_foreign"}, exitNeedsPerson, "take adopt out"},
		{"the fuse is blown", engine.BilateralReport{Err: errors.New("2 series vanished together"), Code: "fuse_blown"}, exitNeedsPerson, "bilateral status dana"},
	} {
		row.b.Name = "dana"
		err := passError(engine.Report{Bilaterals: []engine.BilateralReport{row.b}})
		if err == nil {
			if row.code != 0 {
				t.Errorf("%s: all is well", row.name)
			}
			continue
		}
		what, do, code := (&app{started: true}).advise(err)
		if code != row.code || !strings.Contains(what+do, row.says) {
			t.Errorf("%s: %q, %q, code %d", row.name, what, do, code)
		}
	}
}
