package engine

import (
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"bilateral/calendar"
	"bilateral/internal/store"
)

const (
	// longestRest is how long a calendar that fails rests at most.
	longestRest = time.Hour
	// longestAsked is for how long at most a server's own word is taken.
	longestAsked = 24 * time.Hour
	// openCircuit is after how many failures in a row status says that a calendar is tried only now and then.
	openCircuit = 5
	// failsForSure is after how many it is the server that fails at writes, where reads do well.
	failsForSure = 3
)

// restAfter is how long a calendar rests after so many failures in a row: not at all after the first, then doubling. It
// ends up to a fifth early, each calendar at another moment, so that those of one server do not come all at once.
func restAfter(failures int, name string, interval time.Duration) time.Duration {
	if failures < 2 {
		return 0
	}
	rest := longestRest
	if n := failures - 1; n < 16 {
		rest = min(rest, interval<<n)
	}
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %d", name, failures)
	return rest - rest*time.Duration(h.Sum32()%200)/1000
}

// nextTry is when a calendar that failed is tried again; zero: with the next pass. What the server says rules.
func nextTry(err error, failures int, name string, now time.Time, interval time.Duration) time.Time {
	var e *calendar.Error
	if errors.As(err, &e) && e.RetryAt.After(now) {
		return later(e.RetryAt, now.Add(restAfter(failures, name, interval)), now.Add(longestAsked))
	}
	if rest := restAfter(failures, name, interval); rest > 0 {
		return now.Add(rest)
	}
	return time.Time{}
}

// later is the later of two moments, but no later than limit.
func later(a, b, limit time.Time) time.Time {
	if b.After(a) {
		a = b
	}
	if a.After(limit) {
		return limit
	}
	return a
}

// failing counts a failure in the calendar's state, or ends the count.
func failing(out *store.CalendarState, was store.CalendarState, err error, now time.Time, interval time.Duration) {
	if err == nil {
		return
	}
	out.Failures, out.Kind = was.Failures+1, calendar.KindOf(err)
	out.NextTry = nextTry(err, out.Failures, out.Name, now, interval)
}

// rests is until when a calendar is not tried, zero if it is. Only the daemon's own passes leave it alone: who asks for
// something wants it tried, and so does who mended something and then starts or reloads the daemon. A moment that is too far
// off to have been meant is of a clock that was wrong.
func (v *view) rests(c *Calendar) time.Time {
	before := v.before[c.Name]
	until := before.NextTry
	if v.Next.IsZero() || v.Urgent || v.First && before.Kind != calendar.Quota || !until.After(v.Now) || until.Sub(v.Now) > longestAsked {
		return time.Time{}
	}
	return until
}

// resting is the failure that a calendar rests after.
type resting struct {
	until time.Time
	kind  calendar.ErrorKind
	text  string
}

func (r *resting) Error() string { return r.text }

// Unwrap tells of what kind the failure was.
func (r *resting) Unwrap() error { return &calendar.Error{Kind: r.kind, RetryAt: r.until} }
