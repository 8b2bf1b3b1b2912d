package ical

import (
	"errors"
	"slices"
)

// A rule may ask for so much, and no more, in one window.
const (
	maxInstances = 50_000
	maxSteps     = 2_000_000 // dates or times looked at: some tens of milliseconds
)

// effort is what a walk may still spend.
type effort struct{ instances, steps int }

var (
	errSteps     = errors.New("the rule takes too long to follow")
	errInstances = errors.New("the rule has too many instances")
)

// walk is one run of a rule over its wall-clock times, in order. It seeks to the window at once; only COUNT makes it
// count its way there.
type walk struct {
	rule        *rule
	start       int64 // DTSTART
	from, to    int64 // wanted: from <= wall <= to
	filter      dayFilter
	week0       int64   // first day of the week of DTSTART
	clocks      []int64 // times of day, in seconds; of finer rules, times within the hour or minute
	counted     int64
	left        effort
	date        int64 // the date that byTimes looked at last, and what came of it
	dated       bool
	dateMatches bool
	out         []int64
}

// walls returns the rule's wall-clock times in [from, to], in order. DTSTART itself is there only if the rule matches
// it; it counts for COUNT only then. What was found stands also beside an error. What it took is taken from left.
func (r *rule) walls(start, from, to int64, left *effort) ([]int64, error) {
	w := &walk{rule: r, start: start, from: max(from, start), to: to}
	if w.to < w.from {
		return nil, nil
	}
	w.left = effort{min(maxInstances, left.instances), min(maxSteps, left.steps)}
	left.steps -= w.left.steps
	err := w.follow()
	left.steps += max(0, w.left.steps)
	left.instances -= len(w.out)
	if errors.Is(err, errDone) {
		err = nil
	}
	return w.out, err
}

func (w *walk) follow() error {
	r := w.rule
	if step, ok := r.plain(w.start); ok {
		return w.plain(step)
	}
	c := civilOf(floorDiv(w.start, day))
	w.filter = newDayFilter(r, c)
	w.week0 = c.number - int64((c.weekday-r.wkst+7)%7)
	w.setClocks()
	if r.freq < daily {
		return w.byTimes()
	}
	return w.byDates()
}

// first is the rule's first wall-clock time up to to.
func (r *rule) first(start, to int64) (int64, bool) {
	found, _ := r.walls(start, start, to, &effort{1, maxSteps})
	if len(found) == 0 {
		return 0, false
	}
	return found[0], true
}

// plain reports whether the rule is one start after the other at equal distance, so that arithmetic will do.
func (r *rule) plain(start int64) (step int64, ok bool) {
	if r.freq > weekly {
		return 0, false
	}
	g := r.given
	if r.freq == weekly && r.days == 1<<civilOf(floorDiv(start, day)).weekday {
		g[byDay] = false
	}
	return stride[r.freq] * r.interval, g == [10]bool{}
}

func (w *walk) plain(step int64) error {
	first := (w.from - w.start + step - 1) / step
	last := (w.to - w.start) / step
	if c := w.rule.count; c > 0 {
		last = min(last, c-1)
	}
	for i := first; i <= last; i++ {
		if len(w.out) == w.left.instances {
			return errInstances
		}
		w.out = append(w.out, w.start+i*step)
	}
	return nil
}

var errDone = errors.New("done")

// emit takes the next time of the rule.
func (w *walk) emit(wall int64) error {
	if wall < w.start {
		return nil
	}
	if wall > w.to {
		return errDone
	}
	w.counted++
	if c := w.rule.count; c > 0 && w.counted > c {
		return errDone
	}
	if wall < w.from {
		return nil
	}
	if len(w.out) == w.left.instances {
		return errInstances
	}
	w.out = append(w.out, wall)
	return nil
}

func (w *walk) step(n int) error {
	if w.left.steps -= n; w.left.steps < 0 {
		return errSteps
	}
	return nil
}

// setClocks lists the times that one matching date has, or one matching hour, minute or second of a finer rule.
func (w *walk) setClocks() {
	r, s := w.rule, floorMod(w.start, day)
	hours, minutes, seconds := []int64{0}, []int64{0}, []int64{0}
	if r.freq >= daily {
		hours = numbers(&r.hours, r.given[byHour], s/3600, 23)
	}
	if r.freq >= hourly {
		minutes = numbers(&r.minutes, r.given[byMinute], s/60%60, 59)
	}
	if r.freq >= minutely {
		seconds = numbers(&r.seconds, r.given[bySecond], s%60, 59) // no leap seconds
	}
	for _, h := range hours {
		for _, m := range minutes {
			for _, sec := range seconds {
				w.clocks = append(w.clocks, h*3600+m*60+sec)
			}
		}
	}
}

func numbers(set *bits, given bool, otherwise int64, most int) []int64 {
	if !given {
		return []int64{otherwise}
	}
	var out []int64
	for n := 0; n <= most; n++ {
		if set.has(n) {
			out = append(out, int64(n))
		}
	}
	return out
}

// byDates follows DAILY and coarser rules, period by period.
func (w *walk) byDates() error {
	var days []int64
	var err error
	for p := w.firstPeriod(); ; p += w.rule.interval {
		low, high := w.bounds(p)
		if low > floorDiv(w.to, day) {
			return nil
		}
		if days, err = w.matching(days[:0], low, high); err != nil {
			return err
		}
		if err := w.emitDays(days); err != nil {
			return err
		}
	}
}

// matching appends the dates in [low, high) that the rule chooses. It passes over months that BYMONTH rules out.
func (w *walk) matching(days []int64, low, high int64) ([]int64, error) {
	for c := civilOf(low); c.number < high; {
		if err := w.step(1); err != nil {
			return days, err
		}
		if w.filter.hasMonths && !w.filter.months.has(c.month) {
			c = civilOf(c.number + int64(c.monthLen-c.dom) + 1)
			continue
		}
		if w.filter.match(&c) {
			days = append(days, c.number)
		}
		c.next()
	}
	return days, nil
}

// firstPeriod is the period to begin with: that of DTSTART, or without COUNT the last one of the rule's before from.
// Periods are numbered days, weeks (from DTSTART's on), months or years.
func (w *walk) firstPeriod() int64 {
	start := w.periodOf(floorDiv(w.start, day))
	if w.rule.count > 0 {
		return start
	}
	there := w.periodOf(floorDiv(w.from, day))
	return start + (there-start)/w.rule.interval*w.rule.interval
}

func (w *walk) periodOf(number int64) int64 {
	switch w.rule.freq {
	case daily:
		return number
	case weekly:
		return floorDiv(number-w.week0, 7)
	}
	c := civilOf(number)
	if w.rule.freq == monthly {
		return int64(c.year)*12 + int64(c.month) - 1
	}
	return int64(c.year)
}

// bounds are the dates [low, high) of a period.
func (w *walk) bounds(p int64) (low, high int64) {
	switch w.rule.freq {
	case daily:
		return p, p + 1
	case weekly:
		low = w.week0 + 7*p
		return low, low + 7
	case monthly:
		y, m := int(p/12), int(p%12)+1
		low = dayNumber(y, m, 1)
		return low, low + int64(monthLength(y, m))
	}
	low = dayNumber(int(p), 1, 1)
	return low, low + int64(yearLength(int(p)))
}

// emitDays gives out one period's set, or with BYSETPOS the chosen elements of it.
func (w *walk) emitDays(days []int64) error {
	if w.rule.given[bySetPos] {
		return w.emitChosen(days, day)
	}
	for _, d := range days {
		if w.passOver(d) {
			continue
		}
		if err := w.step(len(w.clocks)); err != nil {
			return err
		}
		for _, c := range w.clocks {
			if err := w.emit(d*day + c); err != nil {
				return err
			}
		}
	}
	return nil
}

// emitChosen applies BYSETPOS to the set of all clocks of all units, without making that set. As in RFC 5545 section
// 3.3.10 it chooses from the whole period, also where a part of it lies before DTSTART.
func (w *walk) emitChosen(units []int64, unit int64) error {
	n := len(w.clocks)
	for _, i := range w.chosen(len(units) * n) {
		if err := w.emit(units[i/n]*unit + w.clocks[i%n]); err != nil {
			return err
		}
	}
	return nil
}

// passOver counts a whole date that lies after DTSTART and before the window, without looking at its times.
func (w *walk) passOver(d int64) bool {
	whole := d*day > w.start && (d+1)*day <= w.from
	if whole && w.rule.count > 0 {
		if w.counted+int64(len(w.clocks)) > w.rule.count {
			return false
		}
		w.counted += int64(len(w.clocks))
	}
	return whole
}

// chosen turns BYSETPOS into indexes of a set of that size, in order, each once.
func (w *walk) chosen(total int) []int {
	var out []int
	for _, p := range w.rule.positions {
		i := p - 1
		if p < 0 {
			i = total + p
		}
		if i >= 0 && i < total {
			out = append(out, i)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
