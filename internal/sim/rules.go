package sim

import (
	"fmt"
	"slices"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/memory"
	"bilateral/internal/plan"
)

// inHours looks at every five minutes of the span: is it in both people's hours, each on their own clock? wide counts
// stretch hours too.
func (p *pair) inHours(s calendar.Span, wide bool) bool {
	for t := s.Start; t.Before(s.End); t = t.Add(5 * time.Minute) {
		if !works(p.Policy.Mine, t, wide) || !works(p.theirs(), t, wide) {
			return false
		}
	}
	return true
}

// works reports whether it is within the person's hours. A journey puts the hours of its dates onto the clock there, and
// of two journeys on one date the first counts.
func works(s plan.Side, t time.Time, wide bool) bool {
	for k, trip := range s.Travel {
		local := t.In(trip.Zone)
		if away(s.Travel[k:k+1], local) && !away(s.Travel[:k], local) && onDuty(s, local, wide) {
			return true
		}
	}
	local := t.In(s.Zone)
	return !away(s.Travel, local) && onDuty(s, local, wide)
}

func away(trips []plan.Travel, local time.Time) bool {
	y, m, d := local.Date()
	at := day(calendar.Date{Year: y, Month: m, Day: d})
	return slices.ContainsFunc(trips, func(t plan.Travel) bool { return day(t.First) <= at && at <= day(t.Last) })
}

// day is a date as a number that grows with it.
func day(d calendar.Date) int { return (d.Year*100+int(d.Month))*100 + d.Day }

func onDuty(s plan.Side, local time.Time, wide bool) bool {
	minute := local.Hour()*60 + local.Minute()
	hours := s.Hours
	if wide {
		hours = append(slices.Clone(hours), s.Stretch...)
	}
	return slices.ContainsFunc(hours, func(h plan.Hours) bool {
		return h.Weekday == local.Weekday() && h.From <= minute && minute < h.To
	})
}

// theirs is the executive, as the owner's orders say where they are.
func (p *pair) theirs() plan.Side {
	side := p.Policy.Theirs
	side.Travel = p.trips
	return side
}

// periodOf names the period of an original start.
func (p *pair) periodOf(t time.Time, list []*series) string {
	local := t.In(p.w.zone)
	switch c := p.Policy.Cadence; {
	case c.Unit == plan.Day:
		return local.Format(time.DateOnly)
	case c.Unit == plan.Month:
		return local.Format("2006-01")
	case c.Every > 1 && len(list) > 0:
		anchor := mondayOf(list[len(list)-1].start().In(p.w.zone))
		weeks := daysBetween(anchor, mondayOf(local)) / 7
		back := ((weeks % c.Every) + c.Every) % c.Every
		local = local.AddDate(0, 0, -7*back)
	}
	year, week := local.ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, week)
}

func mondayOf(t time.Time) time.Time { return t.AddDate(0, 0, -((int(t.Weekday()) + 6) % 7)) }

// takes returns what the account's owner has at that strength or more in the way of s, as the engine could know it.
func (p *pair) takes(a *memory.Account, s calendar.Span, least calendar.Strength) *entry {
	for _, e := range p.w.knows[a] {
		strength, nameless := e.strength, e.nameless
		if p.anonymous && a == p.hers {
			strength, nameless = e.bare, true
		}
		if strength < least {
			continue
		}
		if slices.ContainsFunc(e.spans, func(x calendar.Span) bool {
			return x.Overlaps(s) && (!nameless || strength == calendar.Away || p.shows(x, s))
		}) {
			return e
		}
	}
	return nil
}

// shows reports whether a nameless busy span is to be seen somewhere in s: where the bilateral's own meetings stand, it
// may be just them.
func (p *pair) shows(x, s calendar.Span) bool {
	for t := s.Start; t.Before(s.End); t = t.Add(time.Minute) {
		if x.Has(t) && !p.meetsAt(t) {
			return true
		}
	}
	return false
}

func (p *pair) meetsAt(t time.Time) bool {
	for _, list := range p.w.before.pairs[p].periods {
		for _, m := range list {
			if m.live && m.span.Has(t) {
				return true
			}
		}
	}
	return false
}

// onHoliday is a public holiday of either person that touches s.
func (p *pair) onHoliday(s calendar.Span) *entry {
	for _, e := range p.holidays {
		if e.spans[0].Overlaps(s) {
			return e
		}
	}
	return nil
}

// absent is what keeps either person away altogether.
func (p *pair) absent(s calendar.Span) bool {
	return p.onHoliday(s) != nil || p.takes(p.w.mine, s, calendar.Away) != nil || p.takes(p.hers, s, calendar.Away) != nil
}

// inTheWay says what hard time lies under the span or too near it, by what was last seen of both calendars; "" if nothing.
func (p *pair) inTheWay(s calendar.Span) string {
	s = calendar.Span{Start: s.Start.Add(-p.Policy.Buffer), End: s.End.Add(p.Policy.Buffer)}
	if e := p.onHoliday(s); e != nil {
		return e.what
	}
	for _, a := range []*memory.Account{p.w.mine, p.hers} {
		if e := p.takes(a, s, calendar.Hard); e != nil && !p.w.vague[a] {
			return e.what
		}
	}
	return p.otherMeeting(s)
}

// stray is a meeting of another period, dragged to where s is.
func (p *pair) stray(s calendar.Span, period string) bool {
	for other, list := range p.w.before.pairs[p].periods {
		for _, m := range list {
			if other != period && m.live && m.span.Overlaps(s) {
				return true
			}
		}
	}
	return false
}

// otherMeeting is one of the owner's other bilaterals in the way. Those worked on earlier in the pass are where it put
// them; where a write failed nobody knows, and both places count.
func (p *pair) otherMeeting(s calendar.Span) string {
	earlier := true
	for _, o := range p.w.pairs {
		if o == p {
			earlier = false
			continue
		}
		views := []*view{p.w.before}
		if earlier && !o.failed {
			views = []*view{p.w.after}
		} else if earlier {
			views = append(views, p.w.after)
		}
		for _, v := range views {
			for _, list := range v.pairs[o].periods {
				for _, m := range list {
					if m.live && m.span.Overlaps(s) {
						return "the meeting with " + o.Name + " of " + plan.When(m.span, p.w.zone)
					}
				}
			}
		}
	}
	return ""
}

// illegal says why the engine may not put a meeting of the period there; "" if it may.
func (p *pair) illegal(s calendar.Span, period string, list []*series) string {
	switch {
	case p.periodOf(s.Start, list) != period || p.periodOf(s.End.Add(-time.Second), list) != period:
		return "it lies outside its period"
	case s.Start.In(p.w.zone).Minute()%5 != 0 || s.Start.Second() != 0:
		return "it is off the grid"
	case s.Length() < p.Policy.Minimum:
		return "it is shorter than the minimum"
	case s.Length() > p.Policy.Duration:
		return "it is longer than asked for"
	case s.Start.Before(p.w.now.Add(p.Policy.Freeze)):
		return "it begins within the freeze"
	case !p.inHours(s, true):
		return "it is outside the hours"
	}
	if what := p.inTheWay(s); what != "" {
		return "it lies over " + what
	}
	if p.stray(s, period) {
		return "it lies over another period's meeting"
	}
	return ""
}

// room looks for any legal start in the period, from now on: five minutes by five minutes.
func (p *pair) room(span calendar.Span, period string, list []*series, refused []calendar.Span) (calendar.Span, bool) {
	from := span.Start
	if early := p.w.now.Add(p.Policy.Freeze); early.After(from) {
		from = early.Truncate(5 * time.Minute)
		if from.Before(early) {
			from = from.Add(5 * time.Minute)
		}
	}
	for t := from; t.Before(span.End); t = t.Add(5 * time.Minute) {
		s := calendar.Span{Start: t, End: t.Add(p.Policy.Minimum)}
		if !works(p.Policy.Mine, t, true) || slices.ContainsFunc(refused, s.Overlaps) {
			continue
		}
		if p.illegal(s, period, list) == "" {
			return s, true
		}
	}
	return calendar.Span{}, false
}
