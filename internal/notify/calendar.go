package notify

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"time"

	"bilateral/calendar"
	"bilateral/internal/engine"
)

// Calendar writes a note of the day into the owner's own calendar when a problem begins, for an owner without a terminal: a
// private all-day event that takes no time and invites nobody. It is removed when the problem has ended.
type Calendar struct {
	Account calendar.Account // used by nobody else at the same time
	Zone    *time.Location   // the owner's
}

// Name implements [Channel].
func (Calendar) Name() string { return "calendar" }

// Tell implements [Channel].
func (c Calendar) Tell(ctx context.Context, list []Notice) ([]bool, error) {
	query := calendar.Query{Zone: c.Zone}
	for _, n := range list {
		query.UIDs = append(query.UIDs, c.uids(n, engine.Critical)...)
		query.UIDs = append(query.UIDs, c.uids(n, engine.Warning)...)
	}
	seen, err := c.Account.Observe(ctx, query)
	if err != nil {
		return nil, err
	}
	return oneByOne(ctx, list, func(ctx context.Context, n Notice) error { return c.note(ctx, n, seen.Series) })
}

// note brings the calendar to what a notice says: the note of its severity stands, and none of another.
func (c Calendar) note(ctx context.Context, n Notice, seen []calendar.Series) error {
	wanted := c.uids(n, n.Severity)
	there := n.Ended
	var all []error
	for _, s := range seen {
		switch {
		case s.Cancelled || !slices.Contains(append(c.uids(n, engine.Critical), c.uids(n, engine.Warning)...), s.UID):
		case !n.Ended && slices.Contains(wanted, s.UID):
			there = true
		default:
			all = append(all, c.remove(ctx, s))
		}
	}
	if !there {
		all = append(all, c.create(ctx, n, wanted))
	}
	return errors.Join(all...)
}

func (c Calendar) remove(ctx context.Context, s calendar.Series) error {
	_, err := c.Account.Apply(ctx, calendar.Change{UID: s.UID, Name: s.Name, Version: s.Version, Remove: true})
	if calendar.KindOf(err) == calendar.Gone {
		return nil // the owner was quicker
	}
	return err
}

// create writes the note on the day on which it is made known. A UID may be taken by a note that was removed: Google gives
// none twice.
func (c Calendar) create(ctx context.Context, n Notice, uids []string) error {
	today := calendar.DateOf(n.At, c.Zone)
	start := today.At(0, c.Zone)
	d := &calendar.Draft{Title: n.Headline(), Description: n.full() + "\n\n" + n.Do, Start: start, Zone: c.Zone, Duration: today.Add(1).At(0, c.Zone).Sub(start),
		AllDay: true, Free: true, Private: true, Mark: calendar.Mark{"notice": n.Code}}
	var err error
	for _, uid := range uids {
		_, err = c.Account.Apply(ctx, calendar.Change{UID: uid, Create: d})
		if calendar.KindOf(err) != calendar.Exists {
			return err
		}
	}
	return err
}

// again is how often a problem of one period may come back with a note of its own, where no UID is given twice.
const again = 5

// uids are those of a problem's note, in the order in which they are tried. They depend on the problem, so that a note that
// is written twice, by a process that was killed in between or one with an empty database, collides with itself. What has
// no period comes back at any time: its first day tells it from the last time.
func (c Calendar) uids(n Notice, severity string) []string {
	day := ""
	if n.Period == "" {
		day = calendar.DateOf(n.Since, c.Zone).String()
	}
	out := make([]string, again)
	for k := range out {
		sum := sha256.Sum256([]byte(n.Code + "\n" + n.Calendar + "\n" + n.Bilateral + "\n" + cmp.Or(n.Period, day) + "\n" + severity + "\n" + strconv.Itoa(k)))
		out[k] = "notice-" + hex.EncodeToString(sum[:10]) + "@bilateral"
	}
	return out
}
