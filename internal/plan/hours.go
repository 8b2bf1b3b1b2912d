package plan

import (
	"time"

	"bilateral/calendar"
)

// hours expands a person's week over the window; with stretch, the stretch hours too.
func (s Side) hours(window calendar.Span, stretch bool) spans {
	list := s.Hours
	if stretch {
		list = append(append([]Hours(nil), s.Hours...), s.Stretch...)
	}
	var byDay [7][]Hours
	for _, h := range list {
		byDay[h.Weekday] = append(byDay[h.Weekday], h)
	}
	var out []calendar.Span
	// Two days to each side: the date of the window's ends differs between zones by up to a day, and hours may end at 24:00.
	first, last := calendar.DateOf(window.Start, time.UTC).Add(-2), calendar.DateOf(window.End, time.UTC).Add(2)
	for d := first; !last.Before(d); d = d.Add(1) {
		zone := s.zoneOn(d)
		for _, h := range byDay[d.Weekday()] {
			out = append(out, calendar.Span{Start: d.At(h.From, zone), End: d.At(h.To, zone)})
		}
	}
	return unite(out).clip(window)
}

// zoneOn is the zone in which the person keeps their hours on that date.
func (s Side) zoneOn(d calendar.Date) *time.Location {
	for _, t := range s.Travel {
		if !d.Before(t.First) && !t.Last.Before(d) {
			return t.Zone
		}
	}
	return s.Zone
}

// mutual are the hours in which both may meet; with stretch, their stretch hours too.
func (p Policy) mutual(window calendar.Span, stretch bool) spans {
	return intersect(p.Mine.hours(window, stretch), p.Theirs.hours(window, stretch))
}

// Shared reports whether the two people's hours, travel left out, meet in the window.
func (p Policy) Shared(window calendar.Span) bool {
	p.Mine.Travel, p.Theirs.Travel = nil, nil
	return len(p.mutual(window, false)) > 0
}

// WorksOn reports whether the person has hours on that weekday.
func (s Side) WorksOn(day time.Weekday) bool {
	for _, h := range s.Hours {
		if h.Weekday == day {
			return true
		}
	}
	return false
}
