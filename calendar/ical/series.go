package ical

import (
	"cmp"
	"errors"
	"slices"
	"time"
)

// replaced is an override tied to the instance it stands for.
type replaced struct {
	original int64
	is       *component
	clock    *timing
}

// series returns the instances of a master and its overrides.
func (x *expander) series(g *group, t *timing) []slot {
	overrides := x.tied(g.overrides, t)
	byOriginal := make(map[int64]int, len(overrides))
	var onwards []replaced
	for i, o := range overrides {
		byOriginal[o.original] = i
		if o.is.onwards {
			onwards = append(onwards, o)
		}
	}
	removed := x.removedFrom(g.master, t)
	var out []slot
	for _, s := range x.planned(g.master, t, onwards) {
		s.excluded = removed.has(s.original, t.zone)
		if i, ok := byOriginal[s.original]; ok {
			overrides[i].place(&s)
			delete(byOriginal, s.original)
		} else {
			shiftOnwards(&s, onwards)
		}
		out = append(out, s)
	}
	for _, o := range overrides { // those out of view, and those that match nothing: still somebody's time
		if _, left := byOriginal[o.original]; left {
			s := slot{original: o.original, recurs: true}
			wall := wallAt(o.original, t.zone)
			s.standing = [2]int64{o.original, t.end(wall, o.original)}
			s.stray = x.inView(o.original) // every start of the rule in view is planned
			o.place(&s)
			out = append(out, s)
		}
	}
	return out
}

// place puts the override in the slot. It brings back what an EXDATE removed.
func (o replaced) place(s *slot) {
	s.start, s.end = o.clock.at(o.is.start.wall)
	s.is, s.own, s.excluded = o.is, true, false
}

// tied ties overrides to their instances, by original start as the series' clock reads it, or without one their own; of two
// for one instance the newer counts.
func (x *expander) tied(overrides []*component, series *timing) []replaced {
	var out []replaced
	kept := map[int64]int{}
	for _, o := range overrides {
		own := x.clock(o)
		r := replaced{cmp.Or(series, own).meant(o.recurrence, o), o, own}
		if i, twice := kept[r.original]; !twice {
			kept[r.original] = len(out)
			out = append(out, r)
		} else if o.newer(out[i].is) {
			out[i] = r
		}
	}
	slices.SortStableFunc(out, func(a, b replaced) int { return cmp.Compare(a.original, b.original) })
	return out
}

// shiftOnwards moves an instance as the last RANGE=THISANDFUTURE before it says (RFC 5545 section 3.2.13): by as much,
// on the clock, as that override moved its own instance.
func shiftOnwards(s *slot, onwards []replaced) {
	after, _ := slices.BinarySearchFunc(onwards, s.original, func(o replaced, at int64) int { return cmp.Compare(o.original, at) })
	if after == 0 {
		return
	}
	o := onwards[after-1]
	wall := wallAt(s.original, o.clock.zone) + o.is.start.wall - wallAt(o.original, o.clock.zone)
	s.start, s.end = o.clock.at(wall)
	s.standing, s.is = [2]int64{s.start, s.end}, o.is
}

// removals is what the EXDATEs of a series take out.
type removals struct {
	at    map[int64]bool
	dates map[int64]bool // by the date in the series' zone
}

func (r removals) has(original int64, zone *time.Location) bool {
	return r.at[original] || len(r.dates) > 0 && r.dates[floorDiv(wallAt(original, zone), day)]
}

func (x *expander) removedFrom(c *component, t *timing) removals {
	r := removals{at: make(map[int64]bool, len(c.removed)), dates: map[int64]bool{}}
	for _, m := range c.removed {
		if m.form == date && c.start.form != date {
			r.dates[m.date()] = true
		} else {
			r.at[t.meant(m, c)] = true
		}
	}
	for _, rule := range c.exRules {
		for _, wall := range x.follow(c, t, rule, t.longest()) {
			r.at[instant(wall, t.zone)] = true
		}
	}
	return r
}

// planned returns the instances by DTSTART, RRULE and RDATE that may touch the window, each once, in order. DTSTART
// counts also where the rule does not match it (RFC 5545 section 3.8.5.3 leaves that open): busy time must not be missed.
func (x *expander) planned(c *component, t *timing, onwards []replaced) []slot {
	reach := t.longest()
	for _, o := range onwards { // what they move may come in from further away, and last longer
		first, last := o.clock.at(o.is.start.wall)
		reach = max(reach, o.clock.longest(), abs(first-o.original)+last-first)
	}
	var walls []int64
	if !t.stillborn(c) {
		walls = append(walls, c.start.wall)
	}
	for _, r := range c.rules {
		walls = append(walls, x.follow(c, t, r, reach)...)
	}
	slices.Sort(walls)
	walls = slices.Compact(walls)
	out := make([]slot, 0, len(walls)+len(c.added))
	for _, wall := range walls {
		start, end := t.at(wall)
		if n := len(out); n > 0 && out[n-1].original == start { // two wall clocks, one instant: in a gap
			continue
		}
		out = append(out, slot{original: start, start: start, end: end, standing: [2]int64{start, end}, is: c, recurs: true})
	}
	return x.addDates(c, t, out)
}

// stillborn reports whether UNTIL ended every rule before its first instance. That is how calendar programs write "delete
// this and all following" at the first meeting; DTSTART is then no meeting either.
func (t *timing) stillborn(c *component) bool {
	for _, r := range c.rules {
		last, limit := t.lastOf(r)
		if last-c.start.wall > 400*day { // also where there is no UNTIL: a rule so long has an instance
			return false
		}
		if wall, ok := r.first(c.start.wall, last); ok && (limit == 0 || instant(wall, t.zone) <= limit) {
			return false
		}
	}
	return len(c.rules) > 0
}

func abs(n int64) int64 { return max(n, -n) }

// follow walks one rule through the window, which it reaches from as far away as an instance may last or be moved.
func (x *expander) follow(c *component, t *timing, r *rule, reach int64) []int64 {
	const slack = 2 * day // zones, and changes of offset
	low, high := x.from-reach-slack, x.to+reach+slack
	if reach == t.longest() { // nothing is moved
		high = x.to + slack
	}
	last, limit := t.lastOf(r)
	walls, err := r.walls(c.start.wall, low, min(high, last), &x.left)
	if err != nil {
		x.report(c, tooMuch(c, err))
	}
	for n := len(walls); n > 0 && limit != 0 && instant(walls[n-1], t.zone) > limit; n-- {
		walls = walls[:n-1]
	}
	return walls
}

func tooMuch(c *component, err error) error {
	return errors.New("RRULE:" + string(clip([]byte(c.ruleText))) + ": " + err.Error() + "; only a part of it counts")
}

const forever = int64(1) << 40 // a wall clock beyond any year

// lastOf turns UNTIL (RFC 5545 section 3.3.10) into the last wall clock, and if it is an instant also into that, since
// near a change of offset the clock does not tell. Where its form does not fit that of DTSTART, the wider reading counts.
func (t *timing) lastOf(r *rule) (wall, limit int64) {
	u := r.until
	switch {
	case u.form == absent:
		return forever, 0
	case u.form == date && t.start.form != date:
		return u.wall + day - 1, 0
	case u.form == utc && t.start.form == zoned:
		return wallAt(u.wall, t.zone) + 3*3600, u.wall
	}
	return u.wall, 0
}

// addDates puts the RDATEs in. One with an end of its own (VALUE=PERIOD) keeps it.
func (x *expander) addDates(c *component, t *timing, out []slot) []slot {
	if len(c.added) == 0 {
		return out
	}
	for _, a := range c.added {
		start := t.meant(a.start, c)
		end := t.addedEnd(a, start)
		out = append(out, slot{original: start, start: start, end: end, standing: [2]int64{start, end}, is: c, recurs: true})
	}
	slices.SortStableFunc(out, func(a, b slot) int { return cmp.Compare(a.original, b.original) })
	return slices.CompactFunc(out, func(a, b slot) bool { return a.original == b.original })
}

func (t *timing) addedEnd(a addition, start int64) int64 {
	switch {
	case a.hasLength:
		wall := wallAt(start, t.zone) + a.length.days*day
		return max(start, instant(wall, t.zone)+a.length.seconds)
	case a.end.form != absent:
		return max(start, t.meant(a.end, t.of))
	}
	return t.end(wallAt(start, t.zone), start)
}
