package ical

// byTimes follows HOURLY, MINUTELY and SECONDLY rules. Dates are sorted out first, then hours, then minutes, so that a
// rule that never matches is found out by the date and not by the second.
func (w *walk) byTimes() error {
	from := w.from
	if w.rule.count > 0 {
		from = w.start
	}
	unit := stride[w.rule.freq]
	step := unit * w.rule.interval
	base := floorDiv(w.start, unit) * unit // the unit in which DTSTART lies
	for t := base + max(0, floorDiv(from-base, step))*step; t <= w.to; {
		if err := w.step(1); err != nil {
			return err
		}
		if past, skip := w.mismatch(t); skip {
			t += (past - t + step - 1) / step * step
			continue
		}
		if err := w.emitUnit(t); err != nil {
			return err
		}
		t += step
	}
	return nil
}

// mismatch reports that nothing can match from t until past.
func (w *walk) mismatch(t int64) (past int64, skip bool) {
	r := w.rule
	date := floorDiv(t, day)
	clock := t - date*day
	if date != w.date || !w.dated {
		c := civilOf(date)
		w.date, w.dated, w.dateMatches = date, true, w.filter.match(&c)
	}
	switch {
	case !w.dateMatches:
		return (date + 1) * day, true
	case r.given[byHour] && !r.hours.has(int(clock/3600)):
		return t - clock%3600 + 3600, true
	case r.freq <= minutely && r.given[byMinute] && !r.minutes.has(int(clock/60%60)):
		return t - clock%60 + 60, true
	case r.freq == secondly && r.given[bySecond] && !r.seconds.has(int(clock%60)):
		return t + 1, true
	}
	return 0, false
}

// emitUnit gives out the set of one hour, minute or second.
func (w *walk) emitUnit(t int64) error {
	if w.rule.given[bySetPos] {
		return w.emitChosen([]int64{t}, 1)
	}
	if err := w.step(len(w.clocks)); err != nil {
		return err
	}
	for _, c := range w.clocks {
		if err := w.emit(t + c); err != nil {
			return err
		}
	}
	return nil
}
