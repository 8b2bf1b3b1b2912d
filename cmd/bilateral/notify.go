package main

import (
	"context"

	"bilateral/internal/engine"
	"bilateral/internal/notify"
	"bilateral/internal/store"

	"github.com/rs/zerolog"
)

// notifier wires what [notify] asks for; without it there is one that tells nobody.
func (w *wiring) notifier(s *store.Store, log zerolog.Logger) (*notify.Notifier, error) {
	c := w.config.Notify
	o := notify.Options{Store: s, Mildest: c.Severity, Log: log}
	if len(c.Command) > 0 {
		o.Channels = append(o.Channels, notify.Command{Argv: c.Command})
	}
	if c.Webhook != "" {
		hook, err := notify.NewWebhook(c.Webhook, nil)
		if err != nil {
			return nil, err
		}
		o.Channels = append(o.Channels, hook)
	}
	if c.Mail != "" {
		post, err := w.post("") // a connection of its own: passes may send at the same time
		if err != nil {
			return nil, err
		}
		me := w.config.Me
		o.Channels = append(o.Channels, notify.Mail{Send: post.Send, Sender: me.Name, From: me.Email, To: c.Mail, Zone: me.Zone})
	}
	if c.Calendar != "" {
		own, _ := w.config.Calendar(c.Calendar) // the config was checked
		apart := *w
		apart.mirror = "" // the mirror's files are the passes'
		account, err := apart.account(own)
		if err != nil {
			return nil, err
		}
		o.Channels = append(o.Channels, notify.Calendar{Account: account, Zone: w.config.Me.Zone})
	}
	if c.Heartbeat != "" {
		beat, err := notify.NewHeartbeat(c.Heartbeat, nil)
		if err != nil {
			return nil, err
		}
		o.Heartbeat = beat
	}
	return notify.New(o), nil
}

// notifyOnce tells what one pass by hand, or by a timer, makes due. A pass at a pretended moment tells nobody.
func (a *app) notifyOnce(ctx context.Context) error {
	if !a.pretended.IsZero() {
		return nil
	}
	w, err := a.wiring()
	if err != nil {
		return err
	}
	s, err := a.store()
	if err != nil {
		return err
	}
	n, err := w.notifier(s, a.logger(zerolog.WarnLevel))
	if err != nil {
		return err
	}
	status, err := a.statusOf(s, 0)
	if err == nil {
		n.Tell(ctx, status)
	}
	return err
}

// statusOf is what the database and the files of sign-ins tell.
func (a *app) statusOf(s *store.Store, pid int) (engine.Status, error) {
	e, err := a.offlineWith(s)
	if err != nil {
		return engine.Status{}, err
	}
	status, err := e.Status(a.now(), pid)
	if err != nil {
		return status, err
	}
	return status, a.tellSignIns(&status, a.now())
}
