package standin

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"bilateral/calendar"
)

// The stand-in expands with rrule-go and not with calendar/ical, so that adapter and server are not wrong together. It is
// fed wall clocks "as UTC", since its own arithmetic in zones loses days at a change of clocks.

// mostOccurrences bounds what one series yields.
const mostOccurrences = 4000

// recurrence is a parsed recurrence field.
type recurrence struct {
	rules   []*rrule.RRule
	extra   []when
	without []when
	start   when
	found   []when    // the starts before known
	known   time.Time // zero: none were looked for
}

// readRecurrence reads the lines of a recurring event that starts at start.
func readRecurrence(lines []any, start when) (r *recurrence, p *problem) {
	defer func() {
		if recover() != nil { // rrule-go panics at some ordinals
			p = invalid("recurrence", "Invalid recurrence rule.")
		}
	}()
	r = &recurrence{start: start}
	for _, line := range lines {
		if err := r.add(line.(string)); err != nil {
			return r, invalid("recurrence", "Invalid recurrence rule. %v", err)
		}
	}
	if len(r.rules) == 0 && len(r.extra) == 0 {
		return r, invalid("recurrence", "Invalid recurrence rule. There is neither RRULE nor RDATE.")
	}
	return r, nil
}

func (r *recurrence) add(line string) error {
	head, value, ok := strings.Cut(line, ":")
	name, parameters, _ := strings.Cut(strings.ToUpper(head), ";")
	if !ok {
		return fmt.Errorf("%q is no line", line)
	}
	switch name {
	case "RRULE":
		rule, err := r.rule(value)
		r.rules = append(r.rules, rule)
		return err
	case "RDATE", "EXDATE":
		dates, err := r.dates(parameters, head, value)
		if name == "RDATE" {
			r.extra = append(r.extra, dates...)
		} else {
			r.without = append(r.without, dates...)
		}
		return err
	}
	return fmt.Errorf("%s is not allowed here", name)
}

func (r *recurrence) rule(value string) (*rrule.RRule, error) {
	value = strings.ToUpper(value)
	option, err := rrule.StrToROption(value)
	if err != nil {
		return nil, err
	}
	if option.Freq > rrule.DAILY {
		return nil, fmt.Errorf("the frequency is not supported")
	}
	option.Dtstart = r.start.wall()
	if _, until, ok := strings.Cut(value, "UNTIL="); ok && !r.start.allDay {
		until, _, _ = strings.Cut(until, ";")
		switch {
		case strings.HasSuffix(until, "Z"):
			option.Until = when{at: option.Until, zone: r.start.zone}.wall()
		case strings.Contains(until, "T"):
			return nil, fmt.Errorf("UNTIL must be in UTC, RFC 5545 section 3.3.10")
		default:
			option.Until = option.Until.Add(24*time.Hour - time.Second)
		}
	}
	return rrule.NewRRule(*option)
}

// wall is the wall clock "as UTC".
func (w when) wall() time.Time {
	if w.allDay {
		return w.at
	}
	_, offset := w.at.In(w.zone).Zone()
	return w.at.UTC().Add(time.Duration(offset) * time.Second)
}

func (w when) withWall(wall time.Time) when {
	if w.allDay {
		return when{at: wall, zone: w.zone, allDay: true}
	}
	return when{at: calendar.Resolve(wall, w.zone).UTC(), zone: w.zone}
}

func (r *recurrence) dates(parameters, head, value string) ([]when, error) {
	zone := r.start.zone
	if i := strings.Index(parameters, "TZID="); i >= 0 {
		name, _, _ := strings.Cut(head[strings.Index(head, ";")+1+i+len("TZID="):], ";")
		var err error
		if zone, err = time.LoadLocation(name); err != nil {
			return nil, err
		}
	}
	var found []when
	for _, text := range strings.Split(value, ",") {
		w, err := readDate(text, zone, r.start)
		if err != nil {
			return nil, err
		}
		found = append(found, w)
	}
	return found, nil
}

func readDate(text string, zone *time.Location, start when) (when, error) {
	if at, err := time.Parse("20060102T150405Z", text); err == nil {
		return when{at: at, zone: start.zone}, nil
	}
	if wall, err := time.Parse("20060102T150405", text); err == nil {
		return when{at: calendar.Resolve(wall, zone).UTC(), zone: start.zone}, nil
	}
	at, err := time.Parse("20060102", text)
	return when{at: at, zone: start.zone, allDay: true}, err
}

// starts are the original starts before an instant, in order.
func (r *recurrence) starts(before time.Time) []when {
	if r.known.Before(before) {
		// A year more than asked for: lists ask for one instance after the other.
		r.known = before.AddDate(1, 0, 0)
		r.found = r.expand(r.known)
	}
	end, _ := slices.BinarySearchFunc(r.found, before, func(w when, t time.Time) int { return w.at.Compare(t) })
	return r.found[:end]
}

func (r *recurrence) expand(before time.Time) []when {
	found := []when{r.start} // DTSTART counts, also where the rule does not name it
	for _, rule := range r.rules {
		next := rule.Iterator()
		for wall, ok := next(); ok && len(found) < mostOccurrences; wall, ok = next() {
			w := r.start.withWall(wall)
			if !w.at.Before(before) {
				break
			}
			found = append(found, w)
		}
	}
	found = append(found, r.extra...)
	found = slices.DeleteFunc(found, func(w when) bool {
		return !w.at.Before(before) || slices.ContainsFunc(r.without, w.equal)
	})
	slices.SortFunc(found, func(a, b when) int { return a.at.Compare(b.at) })
	return slices.CompactFunc(found, when.equal)
}

// has reports whether an original start belongs to the series.
func (r *recurrence) has(w when) bool {
	at, there := slices.BinarySearchFunc(r.starts(w.at.Add(time.Second)), w.at, func(o when, t time.Time) int { return o.at.Compare(t) })
	return there && r.found[at].equal(w)
}
