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
		if !works(p.Policy.Mine, t, wide) || !works(p.Policy.Theirs, t, wide) {
			return false
		}
	}
	return true
}

func works(s plan.Side, t time.Time, wide bool) bool {
	local := t.In(s.Zone)
	minute := local.Hour()*60 + local.Minute()
	hours := s.Hours
	if wide {
		hours = append(slices.Clone(hours), s.Stretch...)
	}
	return slices.ContainsFunc(hours, func(h plan.Hours) bool {
		return h.Weekday == local.Weekday() && h.From <= minute && minute < h.To
	})
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

// takes returns what the calendar's owner has at that strength or more in the way of s, as the engine could know it.
func (w *world) takes(list []*entry, s calendar.Span, least calendar.Strength) *entry {
	for _, e := range list {
		if e.strength < least {
			continue
		}
		if slices.ContainsFunc(e.spans, s.Overlaps) {
			return e
		}
	}
	return nil
}

// inTheWay says what hard time lies under the span, by what was last seen of both calendars; "" if nothing.
func (p *pair) inTheWay(s calendar.Span) string {
	for _, a := range []*memory.Account{p.w.mine, p.hers} {
		if e := p.w.takes(p.w.knows[a], s, calendar.Hard); e != nil && !p.w.vague[a] {
			return e.what
		}
	}
	return p.otherMeeting(s)
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

// illegal says why the engine may not put a meeting of the period there; "" if it may. own are the meetings of the other
// periods.
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
