package ical

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
)

// turnEnd writes the end of a component in the other of its two ways, DTEND or DURATION, which mean the same (RFC 5545
// section 3.6.1). Cyrus compares times and texts to see whether guests must hear of a change, and not STATUS: without this
// a meeting that is cancelled, or comes back at its old time, stays as it was in the guest's calendar.
func (s *seriesText) turnEnd(b *block) {
	begin, _ := b.get("DTSTART")
	start, ok := s.instant(begin)
	if !ok {
		return
	}
	if p, timed := b.get("DTEND"); timed {
		if end, ok := s.instant(p); ok && end.After(start) {
			b.exchange("DTEND", property{name: "DURATION", value: exactDuration(end.Sub(start))})
		}
		return
	}
	length, err := parseDuration([]byte(b.value("DURATION")))
	if err == nil && length.days == 0 && length.seconds > 0 {
		b.exchange("DURATION", s.clock.property("DTEND", start.Add(time.Duration(length.seconds)*time.Second)))
	}
}

func hasEnd(b *block) bool {
	_, ok := b.get("DTEND")
	return ok
}

// exactDuration writes a length in hours and less: days would be nominal.
func exactDuration(d time.Duration) string {
	out := "PT"
	for _, unit := range []struct {
		length time.Duration
		letter string
	}{{time.Hour, "H"}, {time.Minute, "M"}, {time.Second, "S"}} {
		if n := d / unit.length; n > 0 {
			out += fmt.Sprintf("%d%s", n, unit.letter)
			d -= n * unit.length
		}
	}
	return out
}

// companionKey marks an instance that has a component of its own for no other reason than to stand last.
const companionKey = "plain"

// StandingLast puts a component that stands behind the cancelled ones of a series, and makes one of an instance without
// changes if there is none. Schedulers that build on sabre/vobject (Nextcloud, ownCloud, Baikal) take the last STATUS of
// an object for that of the whole series: an instance that is cancelled there last would cancel every meeting in the
// guest's calendar, now and again with each later change. A series that needs none of this is returned as it is, such as
// one without guests.
func StandingLast(data []byte, uid string, now time.Time) ([]byte, error) {
	s, err := openSeries(data, uid)
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", uid, err)
	}
	if s.master == nil || s.master.value("ATTENDEE") == "" || s.timed() != nil || isCancelled(s.master) || !s.endsCancelled() {
		return data, nil
	}
	o := s.standing()
	if o == nil {
		original, ok := plainInstance(data, uid, now)
		if !ok {
			return data, nil
		}
		if o, err = s.addCompanion(original); err != nil {
			return nil, fmt.Errorf("event %s: %w", uid, err)
		}
	}
	if o.value("STATUS") == "" {
		setStatus(o, false)
	}
	s.moveLast(o)
	return s.text.encode(), nil
}

// endsCancelled reports whether the last component with a STATUS is a cancelled one.
func (s *seriesText) endsCancelled() bool {
	last := ""
	for _, event := range s.home.children("VEVENT") {
		if status := event.value("STATUS"); status != "" {
			last = status
		}
	}
	return strings.EqualFold(last, "CANCELLED")
}

// standing returns the last override that is not cancelled, or nil.
func (s *seriesText) standing() *block {
	for _, o := range slices.Backward(s.overrides) {
		if !isCancelled(o) {
			return o
		}
	}
	return nil
}

// plainInstance chooses an instance without changes: the last one that has begun, which nothing will happen to any more,
// else the first.
func plainInstance(data []byte, uid string, now time.Time) (time.Time, bool) {
	view := View{Window: calendar.Span{Start: now.AddDate(-1, 0, 0), End: now.AddDate(1, 0, 0)}}
	var best time.Time
	for _, series := range SeriesOf([]*File{Parse(uid, data)}, view, func(m Meta) bool { return m.UID == uid }) {
		if series.Start.After(view.Window.End) {
			best = series.Start
		}
		for _, i := range series.Instances {
			if i.Override || i.Excluded || !best.IsZero() && i.Start.After(now) {
				continue
			}
			best = i.Original
		}
	}
	return best, !best.IsZero()
}

func (s *seriesText) addCompanion(original time.Time) (*block, error) {
	s.sequence = sequenceOf(s.master)
	o, err := s.overrideFor(original)
	if err != nil {
		return nil, err
	}
	return o, setMarks(o, calendar.Mark{companionKey: "1"})
}

// moveLast moves an override behind the others.
func (s *seriesText) moveLast(o *block) {
	s.home.items = slices.DeleteFunc(s.home.items, func(it item) bool { return it.child == o })
	s.overrides = append(slices.DeleteFunc(s.overrides, func(b *block) bool { return b == o }), o)
	last := slices.IndexFunc(s.home.items, func(it item) bool { return it.child == s.master })
	for i, it := range s.home.items {
		if it.child != nil && it.child.name == "VEVENT" {
			last = max(last, i)
		}
	}
	s.home.items = slices.Insert(s.home.items, last+1, item{child: o})
}
