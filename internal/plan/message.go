package plan

import "strings"

// message is what the owner may send when a period is unmet: two lines, ready to paste, true in every case.
func (m *matter) message(d Decision) string {
	switch d.Code {
	case "series_gone":
		return "Our regular 1:1 is not in the calendar any more.\nShall I set it up again?"
	case "series_declined":
		return "You declined our regular 1:1.\nIs there a time or a rhythm that would suit you better?"
	case "deleted":
		return "Our 1:1 of " + m.spoken() + " was taken out of the calendar.\n" + m.proposal(d, "Shall we skip it?")
	case "declined_note":
		return "Thank you for your note on " + m.when(m.instance.Slot) + ".\n" + m.proposal(d, "What would suit you better?")
	case "source_unknown":
		return "I cannot see your calendar at present.\nWhich time for our 1:1 " + m.within() + " suits you?"
	case "no_slot":
		return "Our 1:1 has no time " + m.within() + " yet.\n" + m.proposal(d, "I see nothing free in the time that is left. Shall we settle what is open in writing?")
	}
	if m.stands() {
		return "Our 1:1 on " + m.when(m.instance.Slot) + " collides with something else.\n" + m.proposal(d, "Shall we keep it all the same?")
	}
	return "Our 1:1 has no time " + m.within() + " yet.\n" + m.proposal(d, "Which time would suit you?")
}

// proposal asks for one of the times that are free, or for the nearest that something would have to give way to.
func (m *matter) proposal(d Decision, otherwise string) string {
	switch {
	case len(d.Offers) > 0:
		var at []string
		for _, o := range d.Offers {
			at = append(at, m.when(o))
		}
		return "Would " + strings.Join(at, " or ") + " suit you?"
	case len(d.NearMisses) > 0:
		return "I see nothing free. Could we take " + m.when(d.NearMisses[0].Slot) + ", if what stands there can move?"
	}
	return otherwise
}

// within says when the period is.
func (m *matter) within() string {
	if m.cadence.Unit == Day {
		return "on " + m.spoken()
	}
	return "in " + m.spoken()
}

// spoken names the period as people do.
func (m *matter) spoken() string {
	switch m.cadence.Unit {
	case Day:
		return m.Period.Span.Start.In(m.zone).Format("Mon 2 Jan")
	case Month:
		return "the month of " + m.Period.Span.Start.In(m.zone).Format("January 2006")
	}
	return "the week of " + m.Period.Span.Start.In(m.zone).Format("Mon 2 Jan")
}
