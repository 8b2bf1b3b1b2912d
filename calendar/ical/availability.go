package ical

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// availability is a VAVAILABILITY, RFC 7953: within its bounds its owner is there in the AVAILABLE times and nowhere else.
type availability struct {
	bounds   component    // DTSTART, DTEND and DURATION alone; each may be missing: without bound
	free     []*component // AVAILABLE
	kind     string       // BUSYTYPE
	priority int          // 1 is the highest, 9 the lowest, 0 lower still
}

const maxAvailabilities = 100 // of one file

// offHours stands for BUSY-UNAVAILABLE where it comes from somebody's hours and not from an absence.
const offHours = "off hours"

func (p *parser) readAvailability(q prop) {
	a := p.hours
	switch q.name {
	case "DTSTART":
		p.readMoment(&a.bounds, &a.bounds.start, q)
	case "DTEND":
		p.readMoment(&a.bounds, &a.bounds.end, q)
	case "DURATION":
		length, err := parseDuration(q.value)
		if err != nil {
			a.bounds.broken("DURATION " + err.Error())
			return
		}
		a.bounds.length, a.bounds.hasLength = length, true
	case "BUSYTYPE":
		a.kind = strings.ToUpper(string(clip(bytes.TrimSpace(q.value))))
	case "PRIORITY":
		a.priority = readInt(q.value)
	}
}

// closeAvailable takes one stretch of available time. Without it the rest would tell of absences that are none, so one that
// cannot be read spoils the whole.
func (p *parser) closeAvailable() {
	c := p.event
	p.event = nil
	switch {
	case c.fatal != "":
		p.hours.bounds.broken(c.fatal)
	case c.start.form == absent:
		p.hours.bounds.broken("AVAILABLE has no DTSTART")
	case len(c.leftOut) > 0:
		p.hours.bounds.broken(c.leftOut[0])
	default:
		p.hours.free = append(p.hours.free, c)
	}
}

func (p *parser) closeAvailability() {
	a := p.hours
	p.hours = nil
	switch {
	case a.bounds.fatal != "":
		p.f.report(p.line0, "", "%s; this availability is left out", a.bounds.fatal)
	case len(a.free) == 0 && a.bounds.start.form == absent && a.bounds.end.form == absent:
		p.f.report(p.line0, "", "availability knows no time at all; it is left out")
	case len(p.f.hours) == maxAvailabilities:
		p.f.report(p.line0, "", "more than %d availabilities; this one is left out", maxAvailabilities)
	default:
		p.f.hours = append(p.f.hours, a)
	}
}

// absences are the stretches of the window in which the owner of the files is not available, by RFC 7953 section 4: where
// several availabilities speak of a time, the one of highest priority does.
func (x *expander) absences(files []*File) []period {
	var all []*availability
	for _, f := range files {
		all = append(all, f.hours...)
	}
	slices.SortStableFunc(all, func(a, b *availability) int { return cmp.Compare(b.rank(), a.rank()) })
	var out []period
	for _, a := range all {
		from, to, ok := x.boundsOf(a)
		if !ok {
			continue
		}
		out = append(cut(out, from, to), a.complement(x.freeIn(a), from, to)...)
	}
	slices.SortFunc(out, func(a, b period) int { return cmp.Compare(a.start, b.start) })
	return out
}

// rank makes no priority the lowest.
func (a *availability) rank() int {
	if a.priority < 1 || a.priority > 9 {
		return 10
	}
	return a.priority
}

// boundsOf are the bounds inside the window.
func (x *expander) boundsOf(a *availability) (from, to int64, ok bool) {
	from, to = x.from, x.to
	if b := a.bounds; b.start.form != absent {
		t := x.clock(&b)
		start, end := t.at(b.start.wall)
		if from = max(from, start); b.end.form != absent || b.hasLength {
			to = min(to, end)
		}
	} else if b.end.form != absent {
		b.start, b.end = b.end, moment{}
		end, _ := x.clock(&b).at(b.start.wall)
		to = min(to, end)
	}
	return from, to, from < to
}

// freeIn are the available times, in order.
func (x *expander) freeIn(a *availability) []slot {
	out := x.inWindow(groupsOf(a.free))
	slices.SortFunc(out, func(a, b slot) int { return cmp.Compare(a.start, b.start) })
	return out
}

func (a *availability) complement(free []slot, from, to int64) []period {
	kind := a.kind
	if kind != "BUSY" && kind != "BUSY-TENTATIVE" {
		kind = offHours // BUSY-UNAVAILABLE, the default: RFC 7953 section 3.2
	}
	var out []period
	for _, s := range free {
		if start := min(s.start, to); from < start {
			out = append(out, period{start: from, end: start, kind: kind})
		}
		from = max(from, s.end)
	}
	if from < to {
		out = append(out, period{start: from, end: to, kind: kind})
	}
	return out
}

// cut takes [from, to) out of a list.
func cut(list []period, from, to int64) []period {
	var out []period
	for _, p := range list {
		if p.start < from {
			out = append(out, period{start: p.start, end: min(p.end, from), kind: p.kind})
		}
		if p.end > to {
			out = append(out, period{start: max(p.start, to), end: p.end, kind: p.kind})
		}
	}
	return out
}
