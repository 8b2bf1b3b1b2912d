package plan

import (
	"fmt"
	"slices"
	"time"

	"bilateral/calendar"
)

// The oracle's tables: minutes of hours, periods, cells, and what is busy.

func newOracle(w World) *oracleRun {
	r := &oracleRun{w: w, zone: w.Policy.Mine.Zone, prefer: w.Policy.Prefer}
	if w.Standing != nil {
		r.prefer = w.Standing.Prefer
	}
	unit := 8 * w.Policy.Cadence.Every
	if w.Policy.Cadence.Unit == Month {
		unit = 33
	}
	from, to := w.Now.AddDate(0, 0, -2*unit), w.Policy.Horizon.End(w.Now, r.zone).AddDate(0, 0, unit)
	for _, in := range w.Instances {
		for _, s := range []*calendar.Span{&in.Slot, in.Counter} {
			if s != nil && s.Start.Before(from) {
				from = s.Start
			}
			if s != nil && s.End.After(to) {
				to = s.End
			}
		}
	}
	r.from = from.Truncate(24 * time.Hour)
	r.hours = make([]uint8, int(to.Sub(r.from)/time.Minute)+24*60)
	mine, theirs := w.Policy.Mine, w.Policy.Theirs
	r.stamp(mine, mine.Hours, oracleMine|oracleMineWide)
	r.stamp(mine, mine.Stretch, oracleMineWide)
	r.stamp(theirs, theirs.Hours, oracleTheirs|oracleTheirsWide)
	r.stamp(theirs, theirs.Stretch, oracleTheirsWide)
	r.mine, r.theirs = r.others(w.Mine), r.others(w.Theirs)
	for _, b := range slices.Concat(r.mine, r.theirs) {
		if b.Strength == calendar.Soft {
			r.soft = append(r.soft, b.Span)
		}
	}
	return r
}

// oracleHours is a person's hours on one date; where From is not before To on the clock of that date, it is no time.
func oracleHours(s Side, entries []Hours, d calendar.Date) []calendar.Span {
	zone := s.Zone
	for _, t := range s.Travel {
		if !d.Before(t.First) && !t.Last.Before(d) {
			zone = t.Zone
			break
		}
	}
	var spans []calendar.Span
	for _, h := range entries {
		if h.Weekday == d.Weekday() {
			spans = append(spans, calendar.Span{Start: d.At(h.From, zone), End: d.At(h.To, zone)})
		}
	}
	return spans
}

func (r *oracleRun) stamp(s Side, entries []Hours, flags uint8) {
	end := r.from.Add(time.Duration(len(r.hours)) * time.Minute)
	for d := calendar.DateOf(r.from, time.UTC).Add(-2); d.At(0, time.UTC).Before(end.Add(48 * time.Hour)); d = d.Add(1) {
		for _, span := range oracleHours(s, entries, d) {
			for m := max(0, r.minute(span.Start)); m < min(len(r.hours), r.minute(span.End)); m++ {
				r.hours[m] |= flags
			}
		}
	}
}

// minute is the number of the minute that holds t; the table begins at a whole minute.
func (r *oracleRun) minute(t time.Time) int { return int((t.Unix() - r.from.Unix()) / 60) }

// within reports whether every minute of the span has the flags: it then lies in one stretch of such hours.
func (r *oracleRun) within(s calendar.Span, flags uint8) bool {
	for m := r.minute(s.Start); m < r.minute(s.End.Add(time.Minute-time.Nanosecond)); m++ {
		if r.hours[m]&flags != flags {
			return false
		}
	}
	return true
}

// others leaves out our own meetings: by UID, and where they lie under anonymous time.
func (r *oracleRun) others(list []calendar.Busy) []calendar.Busy {
	var own []calendar.Span
	for _, in := range r.w.Instances {
		if in.Absent == Stands {
			own = append(own, in.Slot)
		}
	}
	var left []calendar.Busy
	for _, b := range list {
		switch {
		case slices.Contains(r.w.Own, b.UID):
		case b.Anonymous && b.Strength != calendar.Away:
			for _, s := range oracleCut(b.Span, own) {
				left = append(left, calendar.Busy{Span: s, Strength: b.Strength})
			}
		default:
			left = append(left, b)
		}
	}
	return left
}

// oracleCut is what is left of a span without the cuts.
func oracleCut(s calendar.Span, cuts []calendar.Span) []calendar.Span {
	left := []calendar.Span{s}
	for _, c := range cuts {
		var next []calendar.Span
		for _, l := range left {
			if !l.Overlaps(c) {
				next = append(next, l)
				continue
			}
			if l.Start.Before(c.Start) {
				next = append(next, calendar.Span{Start: l.Start, End: c.Start})
			}
			if c.End.Before(l.End) {
				next = append(next, calendar.Span{Start: c.End, End: l.End})
			}
		}
		left = next
	}
	return left
}

// first is the first date of the unit that holds d; following is the first date of the next one.
func (r *oracleRun) first(d calendar.Date) calendar.Date {
	switch c := r.w.Policy.Cadence; c.Unit {
	case Day:
		return d
	case Month:
		return calendar.Date{Year: d.Year, Month: d.Month, Day: 1}
	default:
		anchor := calendar.DateOf(r.w.Now, r.zone)
		if r.w.Standing != nil {
			anchor = r.w.Standing.First
		}
		for d.Weekday() != time.Monday || oracleMonday(d).Days(oracleMonday(anchor))%(7*c.Every) != 0 {
			d = d.Add(-1)
		}
		return d
	}
}

func (r *oracleRun) following(first calendar.Date) calendar.Date {
	d := first.Add(1)
	for r.first(d) == first {
		d = d.Add(1)
	}
	return d
}

func oracleMonday(d calendar.Date) calendar.Date {
	for d.Weekday() != time.Monday {
		d = d.Add(-1)
	}
	return d
}

// periods lists the unit before that of Now and all later ones up to the horizon, and the start of the starting period.
func (r *oracleRun) periods() ([]oraclePeriod, time.Time) {
	today := calendar.DateOf(r.w.Now, r.zone)
	end := r.w.Policy.Horizon.End(r.w.Now, r.zone)
	var all []oraclePeriod
	for d := r.first(r.first(today).Add(-1)); d.At(0, r.zone).Before(end); d = r.following(d) {
		if p := r.period(d); r.w.Policy.Cadence.Unit != Day || r.shared(p.Span) {
			all = append(all, p)
		}
	}
	if r.w.Standing != nil {
		return all, r.first(r.w.Standing.First).At(0, r.zone)
	}
	for i, p := range all {
		if p.Span.End.After(r.w.Now) {
			if r.starts(&all[i], oracleMutual, r.w.Policy.Freeze, 1) > 0 {
				return all, p.Span.Start
			}
			return all, p.Span.End
		}
	}
	return all, end
}

func (r *oracleRun) shared(s calendar.Span) bool {
	for m := r.minute(s.Start); m < r.minute(s.End); m++ {
		if r.hours[m]&oracleMutual == oracleMutual {
			return true
		}
	}
	return false
}

func (r *oracleRun) period(first calendar.Date) oraclePeriod {
	p := oraclePeriod{Period: r.unit(first)}
	p.instance = r.instance(p.Span)
	p.hard = r.hard(p)
	p.cells = r.cells(p)
	return p
}

func (r *oracleRun) unit(first calendar.Date) Period {
	next := r.following(first)
	p := Period{First: first, Last: next.Add(-1), Preferred: r.preferred(first),
		Span: calendar.Span{Start: first.At(0, r.zone), End: next.At(0, r.zone)}}
	switch r.w.Policy.Cadence.Unit {
	case Day:
		p.Key = first.String()
	case Month:
		p.Key = first.String()[:7]
	default:
		y, w := first.At(0, time.UTC).ISOWeek()
		p.Key = fmt.Sprintf("%04d-W%02d", y, w)
	}
	return p
}

func (r *oracleRun) preferred(first calendar.Date) calendar.Date {
	if r.w.Policy.Cadence.Unit == Day {
		return first
	}
	var same []calendar.Date // dates of the first week, or of the month, with that weekday
	for d := first; d.Before(first.Add(7)) || (r.w.Policy.Cadence.Unit == Month && d.Month == first.Month); d = d.Add(1) {
		if d.Weekday() == r.prefer.Weekday {
			same = append(same, d)
		}
	}
	switch {
	case r.w.Policy.Cadence.Unit == Week:
		return same[0]
	case r.prefer.Nth == -1:
		return same[len(same)-1]
	}
	return same[r.prefer.Nth-1]
}

func (r *oracleRun) instance(period calendar.Span) *Instance {
	var here []Instance
	for _, in := range r.w.Instances {
		if period.Has(in.Original) {
			here = append(here, in)
		}
	}
	slices.SortStableFunc(here, func(a, b Instance) int { return a.Original.Compare(b.Original) })
	for i := range here {
		if here[i].Absent == Stands {
			return &here[i]
		}
	}
	if len(here) > 0 {
		return &here[0]
	}
	return nil
}

func (r *oracleRun) hard(p oraclePeriod) []calendar.Span {
	var hard []calendar.Span
	for _, b := range slices.Concat(r.mine, r.theirs) {
		if b.Strength == calendar.Hard || b.Strength == calendar.Away {
			hard = append(hard, calendar.Span{Start: b.Start.Add(-r.w.Policy.Buffer), End: b.End.Add(r.w.Policy.Buffer)})
		}
	}
	if in := p.instance; in != nil {
		hard = append(hard, in.Refused...)
		if oracleDeclined(in) {
			hard = append(hard, in.Slot)
		}
	}
	for _, in := range r.w.Instances {
		if in.Absent == Stands && !p.Span.Has(in.Original) && !r.home(in).Contains(in.Slot) {
			hard = append(hard, in.Slot)
		}
	}
	return hard
}

// home is the unit to which an instance belongs. A date without shared hours is one too: what stands there stands.
func (r *oracleRun) home(in Instance) calendar.Span {
	first := r.first(calendar.DateOf(in.Original, r.zone))
	return calendar.Span{Start: first.At(0, r.zone), End: r.following(first).At(0, r.zone)}
}

func (r *oracleRun) cells(p oraclePeriod) []oracleCell {
	cells := make([]oracleCell, p.Span.Length()/oracleGrid)
	for i := range cells {
		m := r.minute(p.Span.Start) + 5*i
		cells[i].hours = r.hours[m] & r.hours[m+1] & r.hours[m+2] & r.hours[m+3] & r.hours[m+4]
	}
	for _, h := range p.hard {
		p.touched(h, func(i int, _ calendar.Span) { cells[i].hard = true })
	}
	for i, s := range r.soft { // what an earlier entry covers already is not counted twice
		for _, fresh := range oracleCut(s, r.soft[:i]) {
			p.touched(fresh, func(i int, part calendar.Span) { cells[i].soft += part.Length() })
		}
	}
	return cells
}

// touched calls f for each cell of the period that shares a moment with s, with what they share.
func (p *oraclePeriod) touched(s calendar.Span, f func(cell int, part calendar.Span)) {
	if !s.Overlaps(p.Span) {
		return
	}
	for i := max(0, int(s.Start.Sub(p.Span.Start)/oracleGrid)); ; i++ {
		cell := calendar.Span{Start: p.cell(i), End: p.cell(i + 1)}
		if !cell.Start.Before(s.End) || !cell.Start.Before(p.Span.End) {
			return
		}
		if cell.Overlaps(s) {
			f(i, calendar.Span{Start: oracleLatest(cell.Start, s.Start), End: oracleEarliest(cell.End, s.End)})
		}
	}
}

func (p *oraclePeriod) cell(i int) time.Time { return p.Span.Start.Add(time.Duration(i) * oracleGrid) }

func oracleLatest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func oracleEarliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
