package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"bilateral/calendar"
	"bilateral/config"
	"bilateral/internal/store"
)

// Exit codes of all commands but status.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitNeedsPerson = 3
)

// exit ends the program with a code and without words: what there was to say stands in the output.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// problem is an error that says what to do.
type problem struct {
	err  error
	do   string
	code int
}

func (p *problem) Error() string { return p.err.Error() }
func (p *problem) Unwrap() error { return p.err }

// wrongUsage is a mistake in the command line or the config.
func wrongUsage(do, format string, args ...any) error {
	return &problem{fmt.Errorf(format, args...), do, exitUsage}
}

func failed(do, format string, args ...any) error {
	return &problem{fmt.Errorf(format, args...), do, exitFailed}
}

func needsPerson(do, format string, args ...any) error {
	return &problem{fmt.Errorf(format, args...), do, exitNeedsPerson}
}

// report prints an error as its two lines and returns the exit code.
func (a *app) report(err error) int {
	var code exit
	var wrong config.Errors
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &wrong):
		for _, e := range wrong {
			a.complain(strings.Split(e.Error(), "\n"))
		}
		return exitUsage
	}
	what, do, number := a.advise(err)
	a.complain([]string{what, do})
	return number
}

func (a *app) complain(lines []string) {
	for i, line := range lines {
		if i == 0 {
			line = a.paint(a.problems).red("bilateral: ") + plain(line)
		} else {
			line = plain(line)
		}
		fmt.Fprintln(a.problems, line)
	}
}

// advise is the one place that turns kinds of errors into advice and exit codes.
func (a *app) advise(err error) (what, do string, code int) {
	var told *problem
	var locked *store.ErrLocked
	var file *store.FileError
	var several *store.Ambiguous
	var foreign *calendar.Error
	gone, isSignIn := signInError(err)
	what = err.Error()
	switch {
	case errors.As(err, &told):
		return what, told.do, told.code
	case !a.started:
		return firstLine(what), "See: " + a.asked + " --help", exitUsage
	case errors.As(err, &locked):
		return fmt.Sprintf("another bilateral daemon (process %d) works on %s", locked.PID, a.stateDir()),
			fmt.Sprintf("Stop it first (systemctl --user stop bilateral, or: kill %d), or use another --state.", locked.PID), exitFailed
	case errors.As(err, &several):
		return what, "Give more letters of the id; see: bilateral list --all", exitUsage
	case errors.As(err, &file):
		what, do, _ = strings.Cut(file.Error(), "; ")
		return what, capital(do), exitFailed
	case errors.Is(err, store.ErrNotFound):
		return what, "See what is there: bilateral list --all", exitUsage
	case isSignIn:
		do, code = adviseSignIn(gone)
		return what, do, code
	case errors.As(err, &foreign):
		return adviseCalendar(what, foreign)
	case errors.Is(err, fs.ErrPermission):
		return what, "Give this user access to it, or run as the user who has it.", exitFailed
	}
	return what, "Look closer with --log-level debug; if it lasts, it is worth a bug report.", exitFailed
}

// adviseCalendar says what to do about a calendar's failure.
func adviseCalendar(what string, e *calendar.Error) (string, string, int) {
	var certificate *tls.CertificateVerificationError
	if errors.As(e, &certificate) {
		return adviseCertificate(what, certificate)
	}
	switch e.Reason {
	case calendar.Elsewhere:
		return what, "If this calendar lives there now, put that address into the config as its url, then: bilateral check", exitFailed
	case calendar.WebPage:
		return what, "Correct the url in the config: a web page or a sign-in page answers there; then: bilateral check", exitFailed
	case calendar.Failing:
		return what, "If it lasts, ask whoever keeps that server: its log says why. The daemon tries again by itself.", exitFailed
	case calendar.NoRoom:
		return what, "Make room in that account, or have its administrator give it more; nothing was written.", exitFailed
	}
	switch e.Kind {
	case calendar.Conflict:
		return what, "Nothing is lost: the next pass looks again. To do that now: bilateral run --once", exitFailed
	case calendar.Exists:
		return what, "Take over what is there: bilateral adopt NAME; or, if it was deleted, make a new one: bilateral start NAME", exitFailed
	case calendar.Gone:
		return what, "Correct this calendar's path, url or collection in the config, then: bilateral check", exitFailed
	case calendar.Denied:
		return what, "Give the account access to this calendar, or name another in the config, then: bilateral check", exitFailed
	case calendar.SignIn:
		return what, "Sign in again: bilateral login, or correct the password that the config points at.", exitNeedsPerson
	case calendar.Quota:
		if !e.RetryAt.IsZero() {
			return what, "Wait until " + e.RetryAt.Local().Format("Mon 2 Jan 15:04 MST") + "; the daemon does so by itself.", exitFailed
		}
		return what, "Wait a while; the daemon does so by itself.", exitFailed
	case calendar.Unreachable:
		return what, "Check the network and the calendar's address: bilateral check. The daemon tries again by itself.", exitFailed
	case calendar.BadData:
		return what, "Open the calendar in another program to see whether it is well; then: bilateral check", exitFailed
	case calendar.Unsupported:
		return what, "Name a calendar that can do this in the config; bilateral check tells what each one can.", exitUsage
	}
	return what, "Look closer with: bilateral check", exitFailed
}

// adviseCertificate says what is wrong with a server's certificate in fewer words than TLS does.
func adviseCertificate(what string, e *tls.CertificateVerificationError) (string, string, int) {
	var invalid x509.CertificateInvalidError
	var foreign x509.UnknownAuthorityError
	const nothing = "; nothing was sent."
	what, _, _ = strings.Cut(what, ": tls: ")
	switch {
	case errors.As(e, &invalid) && invalid.Reason == x509.Expired:
		return what + ": the server's certificate has expired, or is not valid yet",
			"Have it renewed, or set this computer's clock right" + nothing, exitFailed
	case errors.As(e, &foreign):
		return what + ": the server's certificate is signed by nobody whom this computer trusts",
			"If the server is your own, add its certificate to this computer's (SSL_CERT_FILE names a file of them)" + nothing, exitFailed
	}
	return what + ": the server's certificate is not good: " + e.Err.Error(), "Correct the host name in the config, or have the certificate mended" + nothing, exitFailed
}

// firstLine drops cobra's suggestions below its message, but for the suggested word.
func firstLine(s string) string {
	line, rest, _ := strings.Cut(s, "\n")
	if _, meant, ok := strings.Cut(rest, "Did you mean this?\n"); ok {
		return line + ": did you mean " + strings.Join(strings.Fields(meant), " or ") + "?"
	}
	return line
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
