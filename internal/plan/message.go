package plan

import "strings"

// message is what the owner may send when a period is unmet: two lines, ready to paste.
func (m *matter) message(d Decision) string {
	var ask string
	switch {
	case len(d.Offers) > 0:
		var at []string
		for _, o := range d.Offers {
			at = append(at, m.when(o))
		}
		ask = "Would " + strings.Join(at, " or ") + " suit you?"
	case len(d.NearMisses) > 0:
		ask = "I see nothing free. Could we take " + m.when(d.NearMisses[0].Slot) + ", if what stands there can move?"
	default:
		ask = "I see nothing free in the time that is left. Shall we settle what is open in writing?"
	}
	return "Our 1:1 has no time in " + m.spoken() + " yet.\n" + ask
}

// spoken names the period as people do.
func (m *matter) spoken() string {
	switch m.cadence.Unit {
	case Day:
		return "the day of " + m.First.String()
	case Month:
		return "the month of " + m.Period.Span.Start.In(m.zone).Format("January 2006")
	}
	return "the week of " + m.Period.Span.Start.In(m.zone).Format("Mon 2 Jan")
}
