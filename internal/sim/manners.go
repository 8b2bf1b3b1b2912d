package sim

import (
	"errors"
	"fmt"
	"time"
)

// mannerly: a move goes out in the executive's hours, if that is soon enough; it has settled; and what is about to start stays.
func (c *check) mannerly(was, is meeting, mem *memory1, declined bool) error {
	if !c.works(c.w.now) && !is.span.Start.Before(c.nextHours()) {
		return errors.New("it is outside the executive's hours, and not urgent")
	}
	if c.vagueNow() || declined || !was.span.Start.After(c.w.now) {
		return nil
	}
	if mem.wrong.IsZero() || c.w.now.Sub(mem.wrong) < c.Policy.Settle {
		return fmt.Errorf("it had not settled: what is wrong was seen since %s", short(mem.wrong, c.w.zone))
	}
	if begins := was.span.Start.Sub(c.w.now); begins > 0 && begins < c.Policy.Freeze {
		return errors.New("it was about to start")
	}
	return nil
}

// works reports whether the executive works at that moment.
func (c *check) works(t time.Time) bool { return works(c.theirs(), t, false) }

// nextHours is when the executive's next hours begin.
func (c *check) nextHours() time.Time {
	t := c.w.now.Truncate(5 * time.Minute)
	for end := t.AddDate(0, 0, 60); t.Before(end) && !c.works(t); {
		t = t.Add(5 * time.Minute)
	}
	return t
}

// look keeps since when a pass could see that a meeting cannot stay where it stands, also one that did not get to its end.
func (c *check) look() error {
	for period := range c.after.periods {
		m, live := c.after.live(period)
		mem := c.remember(period)
		switch {
		case c.held[period] || !live || c.fits(m, period):
			if c.whole {
				mem.wrong = time.Time{}
			}
		case mem.wrong.IsZero() || mem.wrong.After(c.w.now):
			mem.wrong = c.w.now
		}
	}
	return nil
}
