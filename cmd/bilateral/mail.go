package main

import (
	"context"
	"strings"
	"time"

	"bilateral/config"
	"bilateral/internal/engine"
	"bilateral/internal/mail"
)

// post is how mails go out and answers come in; nil where there is no [mail]. state is the folder that keeps how far the
// mailbox was read.
func (w *wiring) post(state string) (*mail.Mail, error) {
	m := w.config.Mail
	if m.SMTP == "" {
		return nil, nil
	}
	// Not w.now: mails come by the mail server's clock, whatever moment --now pretends.
	return mail.New(mail.Options{SMTP: m.SMTP, IMAP: m.IMAP, Username: m.Username, Secret: m.Password.Read, Now: time.Now, State: state})
}

// setPost gives the engine its post: an interface that holds no *mail.Mail must itself be nil.
func (w *wiring) setPost(e *engine.Engine, state string) error {
	p, err := w.post(state)
	if p == nil || err != nil {
		return err
	}
	e.Post, e.Answers = p, w.config.Mail.IMAP != ""
	return nil
}

func delivery(b config.Bilateral) engine.Delivery {
	switch b.Invite {
	case config.InviteServer:
		return engine.ByServer
	case config.InviteMail:
		return engine.ByMail
	}
	return engine.ByEither
}

// checkMail reaches the mail servers and signs in; it sends nothing and reads no mail.
func (a *app) checkMail(ctx context.Context, w *wiring) (string, error) {
	p, err := w.post("")
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, aboutDeadline)
	defer cancel()
	defer a.progress("reaching the mail server …")()
	m := w.config.Mail
	if err := p.Check(ctx); err != nil {
		return "", err
	}
	what := []string{"mails go out by " + m.SMTP}
	if m.IMAP == "" {
		return what[0] + "; answers by mail are not read: that takes imap = \"imaps://…\" in [mail]", nil
	}
	return strings.Join(append(what, "answers are read at "+m.IMAP), ", "), nil
}
