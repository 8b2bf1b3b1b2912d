package engine

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
)

// ID identifies the bilateral in every calendar, derived from who meets whom under which name: a repeated create collides
// instead of duplicating, and a lost database finds its series again.
func (b *Bilateral) ID() string {
	return token(20, b.Owner.Email, b.Executive.Email, b.Name)
}

// token is lower-case base32hex, which Google allows in event ids.
func token(length int, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.Join(parts, "\n"))))
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:]))[:length]
}

// uid names a series. The generation counts how often `start` made a new one after the old vanished; since is the period
// from which a split series takes over, "" for the first.
func (b *Bilateral) uid(generation int, since string) string {
	name := b.ID()
	if generation > 0 {
		name += fmt.Sprintf("-g%d", generation)
	}
	if since != "" {
		name += "-" + strings.ToLower(since) + "-" + token(6, b.settings())
	}
	return name + uidDomain
}

// uidDomain is how every UID of ours ends.
const uidDomain = "@bilateral"

// named reports whether the UID is one that uid makes: the series is known by it where a program dropped our mark.
func (b *Bilateral) named(uid string) bool {
	rest, ours := strings.CutPrefix(uid, b.ID())
	return ours && strings.HasSuffix(rest, uidDomain) && (rest[0] == '-' || rest[0] == '@')
}

// settings is what of the configuration shapes the series: an edit of it splits the series.
func (b *Bilateral) settings() string {
	return fmt.Sprintf("%s@%d/%d", b.rule(b.Policy.Prefer), b.Policy.Prefer.Minute, int(b.Policy.Duration.Minutes()))
}

var weekdays = [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// rule is the RRULE of a series at that standing time, RFC 5545 section 3.3.10.
func (b *Bilateral) rule(p plan.Prefer) string {
	switch c := b.Policy.Cadence; c.Unit {
	case plan.Day:
		return "FREQ=WEEKLY;BYDAY=" + strings.Join(b.sharedDays(), ",")
	case plan.Month:
		return fmt.Sprintf("FREQ=MONTHLY;BYDAY=%d%s", p.Nth, weekdays[p.Weekday])
	default:
		if c.Every > 1 {
			return fmt.Sprintf("FREQ=WEEKLY;INTERVAL=%d;BYDAY=%s", c.Every, weekdays[p.Weekday])
		}
		return "FREQ=WEEKLY;BYDAY=" + weekdays[p.Weekday]
	}
}

// sharedDays are the weekdays, Monday first, on which both have hours at all. It looks at the week's pattern alone, so
// that the rule does not change with the season.
func (b *Bilateral) sharedDays() []string {
	var out []string
	for _, day := range []time.Weekday{1, 2, 3, 4, 5, 6, 0} {
		on := func(h plan.Hours) bool { return h.Weekday == day }
		if slices.ContainsFunc(b.Policy.Mine.Hours, on) && b.theirDay(day) {
			out = append(out, weekdays[day])
		}
	}
	return out
}

// theirDay reports whether the executive has hours on a date near enough to the weekday: far zones shift it by one.
func (b *Bilateral) theirDay(day time.Weekday) bool {
	noon := calendar.Date{Year: 2026, Month: 1, Day: 4}.Add(int(day)) // 4 January 2026 is a Sunday
	for _, winter := range []int{0, 182} {
		d := noon.Add(winter / 7 * 7)
		span := calendar.Span{Start: d.At(0, b.Policy.Mine.Zone), End: d.Add(1).At(0, b.Policy.Mine.Zone)}
		if b.Policy.Shared(span) {
			return true
		}
	}
	return false
}
