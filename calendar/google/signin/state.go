package signin

import (
	"context"
	"time"
)

// State is what is known of a sign-in without asking Google.
type State struct {
	Account string    // whose it is; "": not known
	Service string    // the service account's address, where it is one
	Scopes  string    // granted, as people compare them; of a service account: asked for
	Ends    time.Time // when it is known to end; zero: no end is known
	Lost    time.Time // when Google refused it; zero: it did not
}

func (k *kept) state() State {
	return State{Account: k.Account, Scopes: short(k.Scopes), Ends: k.Ends, Lost: k.Refused}
}

// Read tells of the sign-in that is kept in a file.
func Read(path string) (State, error) {
	k, err := read(path)
	if err != nil {
		return State{}, err
	}
	return k.state(), nil
}

// Look tells how a calendar is signed in; an [*Error] where it is not.
func Look(ctx context.Context, o Options) (State, error) {
	c, err := o.credentials()
	if err != nil {
		return State{}, err
	}
	if c.service != nil {
		return State{Account: c.service.Subject, Service: c.service.Email, Scopes: short(o.Scopes)}, nil
	}
	p := &person{o: o, c: c}
	if err := p.look(ctx); err != nil {
		return State{}, err
	}
	return p.have.state(), nil
}
