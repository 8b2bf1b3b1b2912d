package signin

import (
	"context"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// robot is a service account: its key asks for access tokens by itself, so nothing is kept.
type robot struct {
	o Options
	c credentials

	mu     sync.Mutex
	access string
	until  time.Time
}

// usualLife is taken where Google does not say how long an access token lives.
const usualLife = time.Hour

func (r *robot) token(ctx context.Context, refused string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.o.now()
	if r.access != "" && r.access != refused && r.until.Sub(now) > leeway {
		return r.access, nil
	}
	sent := context.WithValue(ctx, oauth2.HTTPClient, r.o.client())
	t, err := r.c.service.TokenSource(sent).Token()
	if ctx.Err() != nil {
		err = context.Cause(ctx) // which jwt tells as text alone
	}
	if err != nil {
		return "", r.o.refusal(err, r.c)
	}
	life := usualLife
	if seconds, ok := t.Extra("expires_in").(float64); ok && seconds > 0 {
		life = time.Duration(seconds) * time.Second
	}
	r.access, r.until = t.AccessToken, now.Add(life)
	return r.access, nil
}
