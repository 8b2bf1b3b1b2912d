package signin

import (
	"fmt"
	"strings"
)

// Fault is what stands in the way of a sign-in.
type Fault uint8

// The faults, for [Error.Fault].
const (
	Absent      Fault = iota + 1 // nobody has signed in yet, or with another OAuth client
	Lost                         // Google takes the sign-in no more: it expired, or was withdrawn
	Declined                     // the person said no
	Partial                      // the person allowed less than is needed
	Passing                      // Google gave no refresh token, so that it would end within the hour
	Forged                       // an answer came that belongs to no sign-in of ours
	Late                         // no answer came in time
	Interrupted                  // the person gave up
	Port                         // the port cannot be listened on
	Needless                     // a service account signs in by itself
	Credentials                  // the JSON is not one that can be used
	OtherClient                  // Google does not know the OAuth client any more
	Undelegated                  // the service account may not act for the subject
	BadKey                       // the service account's key is refused
	BadSubject                   // there is no such person to act for
	Clock                        // this machine's clock is wrong
	APIOff                       // the Calendar API is not enabled in the OAuth client's project
	Exposed                      // others can read the file of the sign-in
	Unkept                       // the sign-in cannot be read or kept
	Refused                      // Google says no, for a reason that it names
)

// sentences tell what happened; %s is the detail.
var sentences = map[Fault]string{
	Absent:      "nobody has signed in yet%s",
	Lost:        "Google takes this sign-in no more: it has expired or was withdrawn%s",
	Declined:    "Google was told not to allow it%s",
	Partial:     "not all that is needed was allowed: %s is missing",
	Passing:     "Google gave no lasting sign-in (no refresh token)%s",
	Forged:      "the browser brought an answer that belongs to no sign-in of ours%s",
	Late:        "nobody signed in within %s",
	Interrupted: "the sign-in was interrupted%s",
	Port:        "the answer of the browser cannot be waited for: %s",
	Needless:    "a service account's key needs no login%s",
	Credentials: "the credentials cannot be used: %s",
	OtherClient: "Google does not accept the OAuth client of the credentials%s",
	Undelegated: "the service account may not act for %s",
	BadKey:      "Google refuses the service account's key%s",
	BadSubject:  "Google knows no %s to act for",
	Clock:       "this machine's clock differs from Google's by %s",
	APIOff:      "the Google Calendar API is not enabled in the project of the OAuth client%s",
	Exposed:     "others can read %s",
	Unkept:      "the sign-in cannot be kept in %s",
	Refused:     "Google refuses to sign in: %s",
}

// Error is a sign-in that is not to be had. It never holds a secret.
type Error struct {
	Fault    Fault
	Calendar string   // its name in the config
	Detail   string   // Google's code, a file, a time or an address; part of the sentence
	Client   string   // the id of the OAuth client or service account: what an administrator must allow
	Scopes   []string // what was asked for
	Err      error    // the cause, or nil
}

func (e *Error) Error() string {
	text := fmt.Sprintf(sentences[e.Fault], e.Detail)
	if e.Err != nil {
		return text + ": " + e.Err.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// LoginMends reports whether an error's text tells of a fault that [Login] mends. The others are mended in the config, in
// Google's console or by an administrator.
func LoginMends(text string) bool {
	for _, f := range []Fault{Absent, Lost, Partial} {
		if sentence, _, _ := strings.Cut(sentences[f], "%s"); strings.Contains(text, sentence) {
			return true
		}
	}
	return false
}

func (o *Options) fault(f Fault, detail string, cause error) *Error {
	return &Error{Fault: f, Calendar: o.Calendar, Detail: detail, Scopes: o.Scopes, Err: cause}
}
