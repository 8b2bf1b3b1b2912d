package ical

import (
	"bytes"
	"strings"

	"bilateral/calendar"
)

// period is one stretch of a FREEBUSY property, RFC 5545 section 3.8.2.6: always UTC.
type period struct {
	start, end int64
	kind       string // FBTYPE
}

const maxPeriods = 500_000 // of one component: one of five minutes for more than four years

func (p *parser) readFreeBusy(q prop) {
	kind := p.intern(strings.ToUpper(string(clip(q.param("FBTYPE")))))
	for one := range bytes.SplitSeq(q.value, []byte(",")) {
		if len(p.busy) == maxPeriods {
			p.f.report(p.s.start, "", "free/busy has more than %d periods; the rest is left out", maxPeriods)
			return
		}
		if len(bytes.TrimSpace(one)) == 0 {
			continue
		}
		span, ok := parsePeriod(one)
		if !ok {
			p.f.report(p.s.start, "", "FREEBUSY %q is no period of UTC times; it is left out", clip(one))
			continue
		}
		span.kind = kind
		p.busy = append(p.busy, span)
	}
}

func parsePeriod(v []byte) (period, bool) {
	from, to, ok := bytes.Cut(v, []byte("/"))
	start, err := parseMoment(from, "")
	if !ok || err != nil || start.form != utc {
		return period{}, false
	}
	if length, err := parseDuration(to); err == nil {
		return period{start: start.wall, end: start.wall + max(0, length.days*day+length.seconds)}, true
	}
	end, err := parseMoment(to, "")
	if err != nil || end.form != utc {
		return period{}, false
	}
	return period{start: start.wall, end: max(start.wall, end.wall)}, true
}

// event gives the period as an event without a name. An FBTYPE that is not known counts as BUSY (section 3.2.9).
func (p period) event() calendar.Event {
	e := calendar.Event{Span: span(p.start, p.end), Anonymous: true}
	switch p.kind {
	case "FREE":
		e.Transparent = true
	case "BUSY-TENTATIVE":
		e.Tentative = true
	case offHours:
		e.Kind = calendar.OffHours
	case "BUSY-UNAVAILABLE":
		e.Kind = calendar.OutOfOffice
	}
	return e
}
