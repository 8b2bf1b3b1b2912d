// Package notify tells a person once when a problem begins and once when it has ended, by each channel that they set up,
// and lets a watchdog elsewhere know that passes go well.
//
// It is level-triggered: after each pass it compares the problems that status lists with those that a channel was told
// of, which the database keeps, and tells the difference. So a restart repeats nothing, what could not be told is told
// after a later pass, and one channel's failure is no other's.
package notify

import (
	"context"
	"errors"
	"sync"
	"time"

	"bilateral/internal/engine"
	"bilateral/internal/store"

	"github.com/rs/zerolog"
)

// Channel is one way to reach a person.
type Channel interface {
	// Name is the channel's key in the config.
	Name() string
	// Tell reports for each notice whether it was told; the error is why one was not.
	Tell(ctx context.Context, list []Notice) (told []bool, err error)
}

// Options are what a notifier works with.
type Options struct {
	Store     *store.Store
	Mildest   string // problems that are less severe are not told: engine.Warning or engine.Critical
	Channels  []Channel
	Heartbeat *Heartbeat // nil: none
	Log       zerolog.Logger
}

// Notifier tells after passes.
type Notifier struct {
	o      Options
	ctx    context.Context
	cancel context.CancelFunc
	busy   chan struct{} // holds one token while it tells
}

// limit is how long all the telling after one pass may take.
const limit = time.Minute

// New makes a notifier that tells nothing yet.
func New(o Options) *Notifier {
	n := &Notifier{o: o, busy: make(chan struct{}, 1)}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	return n
}

// After tells, beside the caller, what the status of a pass that just ended makes due. While it still tells after an earlier
// pass nothing is begun: the next pass's status says the same, or better.
func (n *Notifier) After(status engine.Status) {
	select {
	case n.busy <- struct{}{}:
	default:
		return
	}
	go func() {
		defer func() { <-n.busy }()
		n.Tell(n.ctx, status)
	}()
}

// End waits until everything is told, but no longer than grace; what is under way then is given up, and told by the next
// process. Afterwards nothing is told any more.
func (n *Notifier) End(grace time.Duration) {
	t := time.AfterFunc(grace, n.cancel)
	n.busy <- struct{}{}
	t.Stop()
	n.cancel()
}

// Tell tells what the status of a pass that just ended makes due, by all channels at once, within a minute.
func (n *Notifier) Tell(ctx context.Context, status engine.Status) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	n.heard("", n.forget())
	var all sync.WaitGroup
	for _, c := range n.o.Channels {
		all.Go(func() { n.heard(c.Name(), n.tell(ctx, c, status)) })
	}
	if n.o.Heartbeat != nil && status.Daemon.LastPassOK {
		all.Go(func() { n.heard(heartbeat, n.beat(ctx, status.Generated)) })
	}
	all.Wait()
}

// forget drops what is known of channels that are not set up any more.
func (n *Notifier) forget() error {
	var names []string
	for _, c := range n.o.Channels {
		names = append(names, c.Name())
	}
	if n.o.Heartbeat != nil {
		names = append(names, heartbeat)
	}
	return n.o.Store.KeepChannels(names...)
}

// heard logs that the database did not keep what was told.
func (n *Notifier) heard(channel string, err error) {
	if err != nil {
		n.o.Log.Error().Str("channel", channel).Err(err).Msg("what was notified could not be kept")
	}
}

// most is how many notices one channel is given after one pass; the rest has time until the next.
const most = 20

func (n *Notifier) tell(ctx context.Context, c Channel, status engine.Status) error {
	known, err := n.o.Store.Channel(c.Name())
	if err != nil {
		return err
	}
	state, due := compare(known.Notices, n.worth(c, status.Problems), status.Generated)
	known.Notices = state
	if len(due) > most {
		due = due[:most]
	}
	if len(due) == 0 {
		known.Error, known.Failing = "", time.Time{} // nothing waits, and so nothing fails
		return n.o.Store.SetChannel(known)
	}
	told, err := c.Tell(ctx, due)
	if err == nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	for k, notice := range due {
		if k < len(told) && told[k] {
			known.Notices = settle(known.Notices, notice)
		}
	}
	n.worked(&known, err, status.Generated)
	return n.o.Store.SetChannel(known)
}

// worth are the problems that a channel is told of: never its own failure.
func (n *Notifier) worth(c Channel, problems []engine.Problem) []engine.Problem {
	var out []engine.Problem
	for _, p := range problems {
		if severity(p.Severity) >= severity(n.o.Mildest) && p.Code != engine.NotifyCode+c.Name() {
			out = append(out, p)
		}
	}
	return out
}

// worked keeps whether a channel works, and logs when that changes.
func (n *Notifier) worked(c *store.Channel, err error, now time.Time) {
	if errors.Is(err, context.Canceled) {
		return // we end: it says nothing about the channel
	}
	before := c.Error
	switch {
	case err == nil:
		c.Error, c.Failing = "", time.Time{}
	default:
		c.Error = clean(err.Error())
		if before == "" {
			c.Failing = now
		}
	}
	switch {
	case before == c.Error:
	case c.Error == "":
		n.o.Log.Info().Str("channel", c.Name).Msg("notifications go out again")
	default:
		n.o.Log.Warn().Str("channel", c.Name).Str("error", c.Error).Msg("a notification did not go out; the next pass tries again")
	}
}

// severity orders severities; a problem that was not told yet is below all of them.
func severity(s string) int {
	switch s {
	case engine.Critical:
		return 2
	case engine.Warning:
		return 1
	}
	return 0
}
