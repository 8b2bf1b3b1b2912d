package caldav

import (
	"encoding/xml"
	"slices"

	"bilateral/calendar"
	"bilateral/calendar/ical"
)

// SOGo (5.8 was tried) brings a meeting's new time to the guests by itself, but not a new text of one meeting: that comes
// along only when something of the series changes, and then all comes, in silence and with the answers kept. The series'
// SEQUENCE is something.

// sogoReport is one that only SOGo has, and announces for every calendar.
var sogoReport = xml.Name{Space: "urn:inverse:params:xml:ns:inverse-dav", Local: "acl-query"}

// saysMore reports whether a change has words for single meetings.
func saysMore(c calendar.Change) bool {
	return slices.ContainsFunc(c.Instances, func(p calendar.InstancePatch) bool {
		return p.Patch.Description != nil || p.Patch.Title != nil || p.Patch.Location != nil
	})
}

// raised is the change with the series' own SEQUENCE one higher than it stands in the text.
func raised(c calendar.Change, data []byte) calendar.Change {
	for _, s := range seriesIn(data, c.UID, ical.View{}) {
		p := calendar.Patch{Sequence: s.Sequence + 1}
		if c.Series != nil {
			p = c.Series.Over(p)
		}
		c.Series = &p
	}
	return c
}
