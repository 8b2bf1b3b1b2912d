package main

import (
	"context"
	"net/http"
	"sync"

	"bilateral/calendar"
)

// late opens a calendar's client when it is first reached, and again until that succeeds: a calendar whose credentials are
// missing keeps no other one waiting, and needs no restart once they are there.
type late struct {
	calendar string
	open     func(context.Context) (*http.Client, error)

	mu     sync.Mutex
	opened *http.Client // nil: not so far
}

// lateClient follows no redirect: a token is for the host that it was meant for.
func lateClient(name string, open func(context.Context) (*http.Client, error)) *http.Client {
	return &http.Client{Timeout: requestDeadline, Transport: &late{calendar: name, open: open},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (l *late) RoundTrip(r *http.Request) (*http.Response, error) {
	client, err := l.client(r.Context())
	if err != nil {
		if r.Body != nil {
			r.Body.Close() // a RoundTripper closes it, also where it sends nothing
		}
		return nil, &calendar.Error{Kind: calendar.SignIn, Op: "open", Target: "calendar " + l.calendar, Err: err}
	}
	return client.Transport.RoundTrip(r)
}

func (l *late) client(ctx context.Context) (*http.Client, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.opened == nil {
		opened, err := l.open(ctx)
		if err != nil {
			return nil, err
		}
		l.opened = opened
	}
	return l.opened, nil
}
