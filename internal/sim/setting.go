package sim

import (
	"errors"
	"fmt"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// furnish gives a pair what some pairs have: stretch hours, a buffer, public holidays, a calendar that only tells busy
// times, a series from before.
func (p *pair) furnish(c cast) {
	w := p.w
	if w.IntN(3) == 0 {
		p.Policy.Mine.Stretch = weekdays(c.from-2, c.from)
		p.Policy.Theirs.Stretch = weekdays(c.till, min(24, c.till+2))
	}
	p.Policy.Buffer = []time.Duration{0, 0, 5 * time.Minute, 15 * time.Minute}[w.IntN(4)]
	if w.IntN(2) == 0 {
		p.Owner.Holidays = p.rest(p.Policy.Mine.Zone)
	}
	if w.IntN(2) == 0 {
		p.Executive.Holidays = p.rest(p.Policy.Theirs.Zone)
	}
	if w.IntN(4) == 0 {
		p.anonymous = true
		p.Executive.Calendars, p.Executive.FreeBusy = nil, true
		w.mine.Share(p.Executive.Email, p.hers)
	}
}

// rest makes a few public holidays, which the engine gets as whole days in the person's zone.
func (p *pair) rest(zone *time.Location) func(calendar.Span) ([]calendar.Event, error) {
	var events []calendar.Event
	for range 3 {
		d := p.w.began.In(zone).AddDate(0, 0, p.w.IntN(60))
		s := calendar.Span{Start: time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, zone), End: time.Date(d.Year(), d.Month(), d.Day()+1, 0, 0, 0, 0, zone)}.UTC()
		events = append(events, calendar.Event{Span: s, AllDay: true, Kind: calendar.Holiday, Title: "Holiday", Transparent: p.w.IntN(2) == 0})
		p.holidays = append(p.holidays, &entry{spans: []calendar.Span{s}, strength: calendar.Away, what: "the public holiday of " + s.Start.In(zone).Format(time.DateOnly)})
	}
	return func(calendar.Span) ([]calendar.Event, error) {
		if p.w.now.Before(p.unread) {
			return nil, errors.New("a file of holidays cannot be read")
		}
		return events, nil
	}
}

// settle puts a series into the owner's calendar that people made weeks ago, with one meeting left out.
func (p *pair) settle() time.Time {
	w, zone, at := p.w, p.w.zone, p.Policy.Prefer
	first := w.began.In(zone).AddDate(0, -2, 0)
	for !p.isPreferred(first) {
		first = first.AddDate(0, 0, 1)
	}
	start := time.Date(first.Year(), first.Month(), first.Day(), 0, at.Minute, 0, 0, zone)
	rule := "FREQ=WEEKLY;BYDAY=" + dayNames[at.Weekday]
	switch c := p.Policy.Cadence; {
	case c.Unit == plan.Day:
		rule = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
	case c.Unit == plan.Month:
		rule = fmt.Sprintf("FREQ=MONTHLY;BYDAY=%d%s", at.Nth, dayNames[at.Weekday])
	case c.Every > 1:
		rule = fmt.Sprintf("FREQ=WEEKLY;INTERVAL=%d;BYDAY=%s", c.Every, dayNames[at.Weekday])
	}
	name := adopted + "-" + p.Name
	text := vevent(name, "Weekly with "+p.Name, timeLine("DTSTART", start, zone), timeLine("DTEND", start.Add(p.Policy.Duration), zone),
		"RRULE:"+rule+"\r\nLOCATION:Room 5\r\nDESCRIPTION:Dial in: 123\\, then 4\r\nORGANIZER:mailto:alice@example.org\r\nATTENDEE;PARTSTAT=ACCEPTED;CN=Dana:mailto:"+p.Executive.Email+"\r\n")
	w.mine.Put(name+".ics", []byte(text))
	for _, m := range meetings(p.series(w.mine), w.began.AddDate(0, 1, 0)) {
		if m.original.After(w.began.AddDate(0, 0, 9)) {
			m.master.lines = append(m.master.lines, timeLine("EXDATE", m.original, zone))
			w.save(w.mine, m.series)
			return m.original
		}
	}
	return time.Time{}
}

// isPreferred reports whether the date may be the first of the standing time.
func (p *pair) isPreferred(d time.Time) bool {
	at := p.Policy.Prefer
	switch p.Policy.Cadence.Unit {
	case plan.Day:
		return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
	case plan.Month:
		return matches(fmt.Sprintf("%d%s", at.Nth, dayNames[at.Weekday]), d)
	}
	return d.Weekday() == at.Weekday
}

// namelessBusy is free/busy data in the executive's calendar: now and then it has our own meeting in it, and more.
func namelessBusy(w *world, p *pair) string {
	m, ok := p.coming()
	if !ok || p.anonymous {
		return ""
	}
	span := m.span
	if w.IntN(3) == 0 {
		span.Start = span.Start.Add(-time.Duration(w.IntN(4)) * 15 * time.Minute)
		span.End = span.End.Add(time.Duration(w.IntN(4)) * 15 * time.Minute)
	}
	kind := []string{"BUSY", "BUSY", "BUSY-TENTATIVE", "BUSY-UNAVAILABLE"}[w.IntN(4)]
	w.counts["entries"]++
	e := &entry{account: p.hers, object: fmt.Sprintf("e%d.ics", w.counts["entries"]), spans: []calendar.Span{span.UTC()}, nameless: true,
		strength: map[string]calendar.Strength{"BUSY": calendar.Hard, "BUSY-TENTATIVE": calendar.Soft, "BUSY-UNAVAILABLE": calendar.Away}[kind]}
	e.bare = e.strength
	e.what = fmt.Sprintf("%s nameless %s (%s)", e.object, kind, plan.When(span, w.zone))
	w.entries = append(w.entries, e)
	p.hers.Put(e.object, []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//other//EN\r\nBEGIN:VFREEBUSY\r\nUID:"+e.object+"@other\r\nDTSTAMP:20260101T000000Z\r\n"+
		"FREEBUSY;FBTYPE="+kind+":"+span.Start.UTC().Format(utcForm)+"/"+span.End.UTC().Format(utcForm)+"\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"))
	return "free/busy: " + e.what
}

// orderTravel tells where the executive will be.
func orderTravel(w *world, p *pair) string {
	c := casts[w.IntN(len(casts))]
	first := w.now.AddDate(0, 0, w.IntN(20))
	trip := fmt.Sprintf("%s:%s:%s", c.theirs, first.Format(time.DateOnly), first.AddDate(0, 0, w.IntN(6)).Format(time.DateOnly))
	return p.order(store.Travel, "", map[string]string{"travel": trip})
}

// journey reads what orderTravel ordered.
func journey(text string) plan.Travel {
	var days [2]time.Time
	name, rest := text[:len(text)-22], text[len(text)-21:]
	days[0], _ = time.Parse(time.DateOnly, rest[:10])
	days[1], _ = time.Parse(time.DateOnly, rest[11:])
	return plan.Travel{Zone: zones()[name], First: calendar.DateOf(days[0], time.UTC), Last: calendar.DateOf(days[1], time.UTC)}
}

// editSettings is an edit of the configuration between two passes.
func editSettings(w *world, p *pair) string {
	y := &p.Policy
	was := fmt.Sprintf("%02d:%02d for %s", y.Prefer.Minute/60, y.Prefer.Minute%60, y.Duration)
	if w.IntN(2) == 0 {
		y.Prefer.Minute = max(0, min(23*60, y.Prefer.Minute+(w.IntN(9)-4)*15))
	} else {
		y.Duration = []time.Duration{30, 45, 60}[w.IntN(3)] * time.Minute
	}
	p.edited = true
	return fmt.Sprintf("the settings of %s change from %s to %02d:%02d for %s", p.Name, was, y.Prefer.Minute/60, y.Prefer.Minute%60, y.Duration)
}
