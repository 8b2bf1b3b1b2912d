// Package mail carries invitations and letters to people by SMTP, and their answers back by IMAP.
//
// It is a guest in the owner's own mailbox: it opens it for reading only, and fetches nothing but what may be an answer. It
// translates and nothing else: no retry, no log. Errors are [*calendar.Error] values: SignIn (the password is refused),
// Denied (the server refuses sender, recipient or message for good), Quota (it asks to come back later) and Unreachable.
package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"bilateral/calendar"
)

// Options say which servers, and as whom.
type Options struct {
	SMTP     string // smtps://host[:465], or smtp://host[:587] with STARTTLS; "" sends nothing
	IMAP     string // imaps://host[:993], or imap://host[:143] with STARTTLS; "" reads no answers
	Username string // "": no sign-in
	Secret   func(context.Context) (string, error)
	Now      func() time.Time
	State    string // folder that keeps how far the mailbox was read; "": sixty days are read after each start
	// TLS says whom to trust, where that is not the system's choice. With it the loopback turns to TLS as well: otherwise
	// smtp:// and imap:// stay as they are there, for nobody listens.
	TLS *tls.Config
}

// Mail sends and reads. Several goroutines may send at the same time; one reads.
type Mail struct {
	o          Options
	smtp, imap *server // nil where there is none
	box        mailbox
}

// deadline is how long one call may take, whatever the servers do.
const deadline = 60 * time.Second

// New checks the addresses and connects to nothing.
func New(o Options) (*Mail, error) {
	m := &Mail{o: o}
	var err error
	if m.smtp, err = parseServer(o.SMTP, "smtp", "465", "587"); err != nil {
		return nil, err
	}
	if m.imap, err = parseServer(o.IMAP, "imap", "993", "143"); err != nil {
		return nil, err
	}
	if m.imap != nil {
		m.box.file = positionFile(o.State, m.imap.address(), o.Username)
	}
	return m, nil
}

// Check reaches both servers and signs in, and sends and changes nothing.
func (m *Mail) Check(ctx context.Context) error {
	return errors.Join(m.checkSMTP(ctx), m.checkIMAP(ctx))
}

// secret asks for the password at each sign-in, so that a new one counts at once.
func (m *Mail) secret(ctx context.Context, s *server) (string, error) {
	if m.o.Secret == nil {
		return "", failed(calendar.SignIn, "sign in at", s.address(), errors.New("there is a user name and no password"))
	}
	secret, err := m.o.Secret(ctx)
	if err != nil {
		return "", failed(calendar.SignIn, "sign in at", s.address(), fmt.Errorf("the password cannot be read: %w", err))
	}
	return secret, nil
}

func failed(kind calendar.ErrorKind, op, target string, err error) *calendar.Error {
	return &calendar.Error{Kind: kind, Op: op, Target: target, Err: err}
}
