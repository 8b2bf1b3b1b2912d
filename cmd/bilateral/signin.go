package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"bilateral/calendar/google/signin"
	"bilateral/config"
	"bilateral/internal/engine"
)

// signIn is how a Google calendar is signed in to; its own file in the state folder keeps what Google gave. The real clock
// rules here, also with --now: tokens end in real time.
func (a *app) signIn(ctx context.Context, c *config.Config, cal config.Calendar) (signin.Options, error) {
	credentials, err := cal.Credentials.Read(ctx)
	if err != nil {
		return signin.Options{}, wrongUsage("Correct the credentials of [calendar."+cal.Name+"] in the config; docs/google.md tells how to get them.", "%w", err)
	}
	o := signin.Options{
		Calendar: cal.Name, Credentials: []byte(credentials), Subject: cal.Subject,
		AuthEndpoint: cal.AuthEndpoint, TokenEndpoint: cal.TokenEndpoint, Endpoint: cal.Endpoint,
		TokenFile: a.tokenFile(cal.Name), Scopes: signin.Scopes(holdsSeries(c, cal.Name)), Base: &http.Client{Timeout: requestDeadline},
	}
	if !cal.Token.IsZero() {
		o.Token = cal.Token.Read
	}
	return o, nil
}

// googleClient is what a Google calendar is reached with. A test's server may want no sign-in at all.
func (a *app) googleClient(c *config.Config, cal config.Calendar) *http.Client {
	if cal.Credentials.IsZero() {
		return &http.Client{Timeout: requestDeadline}
	}
	return lateClient(cal.Name, func(ctx context.Context) (*http.Client, error) {
		o, err := a.signIn(ctx, c, cal)
		if err != nil {
			return nil, err
		}
		return signin.Client(o)
	})
}

// tokenFile is in the person's own state folder, also for a look that borrows another one: who signed in is signed in.
func (a *app) tokenFile(calendar string) string {
	return filepath.Join(a.ownState(), signin.FileName(calendar))
}

// holdsSeries reports whether a bilateral's series lives in the calendar, so that it is written.
func holdsSeries(c *config.Config, calendar string) bool {
	for _, b := range c.Bilaterals {
		if b.Calendar == calendar {
			return true
		}
	}
	return false
}

// signInAhead is how long before its known end a sign-in becomes a warning.
const signInAhead = 3 * 24 * time.Hour

// tellSignIns adds what is known of Google sign-ins to a status: one that is gone, or whose end is near. It reads their files;
// of one that this user may not read, what the last pass knew of it.
func (a *app) tellSignIns(s *engine.Status, now time.Time) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	for _, cal := range c.Calendars {
		if cal.Type != config.Google {
			continue
		}
		told := pointAtLogin(s, cal.Name)
		known, err := signin.Read(a.tokenFile(cal.Name))
		if err != nil { // it is not for everybody who may look at the status
			known = signin.State{Ends: endKnown(s, cal.Name)}
		}
		if p, ok := signInProblem(cal.Name, known, now, c.Me.Zone); ok && (!told || p.Severity != engine.Critical) {
			addProblem(s, p)
		}
	}
	return nil
}

// endKnown is when the sign-in to a calendar ends, as the last pass knew it; zero: no end is known.
func endKnown(s *engine.Status, calendar string) time.Time {
	for _, c := range s.Calendars {
		if c.Name == calendar && c.SignInEnds != nil {
			return *c.SignInEnds
		}
	}
	return time.Time{}
}

// signInEnds reads when the sign-in to a calendar is known to end; zero: no end is known, or it is lost.
func (a *app) signInEnds(calendar string) time.Time {
	known, err := signin.Read(a.tokenFile(calendar))
	if err != nil || !known.Lost.IsZero() {
		return time.Time{}
	}
	return known.Ends
}

// pointAtLogin gives what passes said of a calendar's sign-in the one step that mends it, and reports whether they did. A
// sign-in that is gone is critical also where the calendar is only read.
func pointAtLogin(s *engine.Status, calendar string) bool {
	told := false
	for k := 0; k < len(s.Problems); k++ {
		p := s.Problems[k]
		if !strings.Contains(p.Message, "open calendar "+calendar+": sign-in needed") {
			continue
		}
		p.Do = "bilateral check" // tells the step, which may be an administrator's
		if signin.LoginMends(p.Message) {
			p.Do = "bilateral login " + calendar
		}
		s.Problems[k] = p
		if p.Code == "calendar_unreadable" && !told {
			s.Problems = append(s.Problems[:k], s.Problems[k+1:]...)
			p.Severity = engine.Critical
			addProblem(s, p)
		}
		told = true
	}
	return told
}

func signInProblem(calendar string, known signin.State, now time.Time, zone *time.Location) (engine.Problem, bool) {
	p := engine.Problem{Code: "sign_in_ends", Severity: engine.Warning, Do: "bilateral login " + calendar}
	day := known.Ends.In(zone).Format("Mon 2 Jan")
	switch {
	case !known.Lost.IsZero():
		p.Code, p.Severity = "sign_in", engine.Critical
		p.Message = fmt.Sprintf("Google sign-in of calendar %s is gone: it has expired or was withdrawn", calendar)
	case known.Ends.IsZero() || known.Ends.Sub(now) > signInAhead:
		return p, false
	case known.Ends.After(now):
		p.Message = fmt.Sprintf("Google sign-in of calendar %s ends %s", calendar, day)
	default:
		p.Severity, p.Message = engine.Critical, fmt.Sprintf("Google sign-in of calendar %s ended %s", calendar, day)
	}
	return p, true
}

// addProblem puts a problem among those of its severity, worst first.
func addProblem(s *engine.Status, p engine.Problem) {
	at := len(s.Problems)
	if p.Severity == engine.Critical {
		at = 0
	}
	s.Problems = append(s.Problems[:at:at], append([]engine.Problem{p}, s.Problems[at:]...)...)
	if s.State == engine.OK || s.State == engine.Warning {
		s.State = s.Problems[0].Severity
	}
}

// checkSignIn tells who is signed in to a Google calendar, what was allowed, and until when.
func (a *app) checkSignIn(ctx context.Context, c *config.Config, cal config.Calendar) (string, error) {
	o, err := a.signIn(ctx, c, cal)
	if err != nil {
		return "", err
	}
	known, err := signin.Look(ctx, o)
	if err != nil {
		return "", err
	}
	who := known.Account
	switch {
	case known.Service != "" && who == "":
		who = "itself, the service account " + known.Service + ": it reaches what is shared with it, and cannot invite"
	case known.Service != "":
		who += ", for whom the service account " + known.Service + " acts"
	case who == "":
		who = "an account that Google did not name"
	}
	found := []string{"signed in as " + who, "may: " + known.Scopes}
	if !known.Ends.IsZero() {
		found = append(found, "ends "+known.Ends.In(c.Me.Zone).Format("Mon 2 Jan 15:04 MST"))
	}
	if !known.Lost.IsZero() {
		return "", needsPerson("Sign in again: bilateral login "+cal.Name, "calendar %s: Google takes this sign-in no more", cal.Name)
	}
	return strings.Join(found, "; "), nil
}

// adviseSignIn says what to do about a sign-in that is not to be had.
func adviseSignIn(e *signin.Error) (do string, code int) {
	again := "bilateral login " + e.Calendar
	switch e.Fault {
	case signin.Absent:
		return "Sign in: " + again, exitNeedsPerson
	case signin.Lost:
		return "Sign in again: " + again, exitNeedsPerson
	case signin.Declined:
		return "Nothing was changed. To sign in after all: " + again, exitNeedsPerson
	case signin.Partial:
		return "Tick every box on Google's page: " + again, exitNeedsPerson
	case signin.Passing:
		return "Use an OAuth client of type \"Desktop app\" (docs/google.md), then: " + again, exitNeedsPerson
	case signin.Forged:
		return "Close the old tabs of this sign-in and begin anew: " + again, exitFailed
	case signin.Late, signin.Interrupted:
		return "Nothing was changed. Begin anew: " + again, exitFailed
	case signin.Port:
		return "Take another port, or none for any that is free: " + again, exitFailed
	case signin.Needless:
		return "See how it is: bilateral check", exitUsage
	case signin.Credentials:
		return "Download the JSON of an OAuth client of type \"Desktop app\" anew (docs/google.md) and name it in [calendar." + e.Calendar + "] credentials.", exitUsage
	case signin.OtherClient:
		return "Download the OAuth client's JSON anew (docs/google.md), name it in [calendar." + e.Calendar + "] credentials, then: " + again, exitNeedsPerson
	case signin.APIOff:
		return "You are signed in. Enable it at https://console.cloud.google.com/apis/library/calendar-json.googleapis.com in that project, then: bilateral check", exitNeedsPerson
	case signin.Exposed:
		return "chmod 600 " + e.Detail, exitNeedsPerson
	case signin.Unkept:
		return "Give this user access to the state folder, and make room on its disk.", exitFailed
	}
	return adviseService(e)
}

// adviseService is adviseSignIn for what an administrator has to mend.
func adviseService(e *signin.Error) (do string, code int) {
	switch e.Fault {
	case signin.Undelegated:
		return fmt.Sprintf("A Workspace administrator allows it at admin.google.com (Security, API controls, Domain-wide delegation): client ID %s, scopes %s",
			e.Client, strings.Join(e.Scopes, ",")), exitNeedsPerson
	case signin.BadKey:
		return "Make a new key for the service account (docs/google.md) and name it in [calendar." + e.Calendar + "] credentials.", exitNeedsPerson
	case signin.BadSubject:
		return "Correct the subject of [calendar." + e.Calendar + "]: a person's address in the Workspace.", exitNeedsPerson
	case signin.Clock:
		return "Set the clock: timedatectl set-ntp true", exitNeedsPerson
	}
	return "See what it means in docs/google.md, then: bilateral login " + e.Calendar, exitNeedsPerson
}

// signInError finds a sign-in's fault in an error; a file that may not be read is this user's affair, not a sign-in's.
func signInError(err error) (*signin.Error, bool) {
	var e *signin.Error
	return e, errors.As(err, &e) && !errors.Is(err, fs.ErrPermission)
}
