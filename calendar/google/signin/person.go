package signin

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"bilateral/calendar"

	"golang.org/x/oauth2"
)

// person is the sign-in of a person: what is kept in the file, renewed when it is due.
type person struct {
	o Options
	c credentials

	mu    sync.Mutex
	have  kept
	file  os.FileInfo // of which have was read or written; nil: of none
	given *kept       // what Options.Token gave: it is asked once
}

func (p *person) token(ctx context.Context, refused string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.look(ctx); err != nil {
		return "", err
	}
	if p.have.usable(p.o.now(), refused) {
		return p.have.Access, nil
	}
	unlock, err := lock(ctx, p.o.TokenFile)
	if err != nil {
		return "", p.o.fails(calendar.Unknown, p.o.fault(Unkept, p.o.TokenFile, err))
	}
	defer unlock()
	if err := p.look(ctx); err != nil { // another process may have renewed it while this one waited
		return "", err
	}
	if !p.have.usable(p.o.now(), refused) {
		if err := p.renew(ctx); err != nil {
			return "", err
		}
	}
	return p.have.Access, nil
}

// look reads the file again if somebody wrote it: the other process, or a person who signed in anew.
func (p *person) look(ctx context.Context) error {
	now, err := os.Stat(p.o.TokenFile)
	if err == nil && p.file != nil && os.SameFile(now, p.file) && now.ModTime().Equal(p.file.ModTime()) && now.Size() == p.file.Size() {
		return p.enough(p.have)
	}
	k, fault := p.load(ctx)
	if fault != nil {
		return p.o.fails(kindOf(fault), fault)
	}
	if k.Client != p.c.client {
		return p.o.fails(calendar.SignIn, p.o.fault(Absent, " with this OAuth client: it was made with another one", nil))
	}
	if err := p.enough(k); err != nil {
		return err
	}
	p.have, p.file = k, now
	return nil
}

// enough reports which scopes a sign-in lacks: a series came into a calendar that was only read, or the person took one
// back.
func (p *person) enough(k kept) error {
	if less := missing(k.Scopes, p.o.Scopes); len(less) > 0 {
		return p.o.fails(calendar.SignIn, p.o.fault(Partial, short(less), nil))
	}
	return nil
}

func kindOf(e *Error) calendar.ErrorKind {
	if e.Fault == Unkept {
		return calendar.Unknown
	}
	return calendar.SignIn
}

// load reads the sign-in. One that comes from elsewhere begins anew whenever it is another one than before; what it was
// renewed to is kept in the file.
func (p *person) load(ctx context.Context) (kept, *Error) {
	k, err := read(p.o.TokenFile)
	if err != nil && (p.o.Token == nil || !errors.Is(err, fs.ErrNotExist)) {
		return kept{}, p.o.unread(err)
	}
	if p.o.Token == nil {
		return k, nil
	}
	if p.given == nil {
		text, err := p.o.Token(ctx)
		if err != nil {
			return kept{}, p.o.fault(Absent, "", err)
		}
		given, err := parse([]byte(text))
		if err != nil {
			return kept{}, p.o.fault(Absent, ": what the config's token gives is not the content of a file that bilateral login wrote", nil)
		}
		given.Seed = given.seed()
		p.given = &given
	}
	switch p.given.Seed {
	case k.Seed:
		return k, nil
	case p.have.Seed:
		return p.have, nil // renewed, but not kept
	}
	return *p.given, nil
}

// rest is how long a refused sign-in is not tried again: it does not come back by itself.
const rest = time.Hour

// renew asks Google for a new access token and keeps it, before it is used: a refresh token may have been replaced by
// another one, and the old one may be worth nothing now.
func (p *person) renew(ctx context.Context) error {
	now := p.o.now()
	if ago := now.Sub(p.have.Refused); ago >= 0 && ago < rest {
		return p.o.fails(calendar.SignIn, p.o.fault(Lost, "", nil))
	}
	before := p.have
	sent := context.WithValue(ctx, oauth2.HTTPClient, p.o.client())
	t, err := p.c.user.TokenSource(sent, &oauth2.Token{RefreshToken: before.Refresh}).Token()
	if err != nil {
		err = p.o.refusal(err, p.c)
		var fault *Error
		if errors.As(err, &fault) && fault.Fault == Lost {
			p.have.Refused = now.UTC().Truncate(time.Second)
			_ = p.keep() // so that status can tell, and no process asks again; told by err as well
		}
		return err
	}
	p.have.take(t, now)
	if err := p.keep(); err != nil && p.have.Refresh != before.Refresh {
		p.have = before
		return p.o.fails(calendar.Unknown, p.o.fault(Unkept, p.o.TokenFile, err))
	}
	return p.enough(p.have) // without a new refresh token nothing is lost where an access token cannot be kept
}

// keep writes what is had.
func (p *person) keep() error {
	err := p.have.write(p.o.TokenFile)
	p.file = nil
	if err == nil {
		p.file, err = os.Stat(p.o.TokenFile)
	}
	return err
}

// take adds what Google answered. A clock that is wrong in itself does no harm here: the moments are differences to it.
func (k *kept) take(t *oauth2.Token, now time.Time) {
	k.Access, k.Refresh, k.Refused = t.AccessToken, t.RefreshToken, time.Time{}
	life := cmp.Or(time.Duration(t.ExpiresIn)*time.Second, usualLife)
	k.Expiry = now.Add(life).UTC().Truncate(time.Second)
	if granted, ok := t.Extra("scope").(string); ok && granted != "" {
		k.Scopes = strings.Fields(granted)
	}
	// Google tells the end of a refresh token only where there is one: an app in testing, or access for a time.
	if left, ok := t.Extra("refresh_token_expires_in").(float64); ok && left > 0 {
		k.Ends = now.Add(time.Duration(left) * time.Second).UTC().Truncate(time.Second)
	}
}
