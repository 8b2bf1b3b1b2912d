package calendar

import (
	"errors"
	"fmt"
	"time"
)

// ErrorKind is what an adapter's failure means to its caller.
type ErrorKind uint8

// The kinds of failure, for [Error.Kind].
const (
	Unknown     ErrorKind = iota
	Conflict              // changed since it was observed: observe again
	Exists                // a create found the UID taken
	Gone                  // the calendar or the event is not there
	Denied                // the account may not do this
	SignIn                // a person must sign in again
	Quota                 // too many requests: RetryAt says when
	Unreachable           // no answer: network, server error, deadline
	BadData               // an answer that cannot be understood
	Unsupported           // this kind of calendar has no such ability
)

var kindNames = [...]string{"failed", "changed meanwhile", "already there", "not there", "not allowed", "sign-in needed",
	"too many requests", "not reachable", "not understood", "not supported"}

func (k ErrorKind) String() string { return kindNames[k] }

// Reason is what is behind a failure, where its kind alone would not tell a person what to do.
type Reason uint8

// The reasons, for [Error.Reason].
const (
	Unsaid    Reason = iota
	Elsewhere        // the server names another address, where credentials do not follow
	WebPage          // what answers is no calendar server
	NoRoom           // the account is full
	Failing          // the server answers, and says that it fails at this (HTTP 500)
)

// Error is a failure of an adapter.
type Error struct {
	Kind    ErrorKind
	Reason  Reason
	Op      string    // "read", "write", …
	Target  string    // the file, address or event it happened to; never a secret
	RetryAt time.Time // for Quota and Unreachable, where the server said when
	Err     error     // the cause, or nil
}

func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("%s %s: %s", e.Op, e.Target, e.Kind)
	}
	return fmt.Sprintf("%s %s: %s: %v", e.Op, e.Target, e.Kind, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first [Error] in err's chain, or Unknown.
func KindOf(err error) ErrorKind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Unknown
}
