package caldav

import (
	"encoding/xml"
	"slices"
	"strconv"
	"strings"

	"bilateral/calendar"
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

// raised is a text with the series' own SEQUENCE one higher.
func raised(data []byte) []byte {
	lines := unfolded(data)
	begin, at, own := 0, -1, false
	for i, line := range lines {
		switch name, value := splitLine(line); {
		case name == "BEGIN" && value == "VEVENT":
			begin, at, own = i, -1, true
		case name == "RECURRENCE-ID":
			own = false
		case name == "SEQUENCE":
			at = i
		case name == "END" && value == "VEVENT" && own:
			return joined(withSequence(lines, begin, at))
		}
	}
	return data
}

func withSequence(lines []string, begin, at int) []string {
	if at < 0 {
		return slices.Insert(lines, begin+1, "SEQUENCE:1")
	}
	_, value := splitLine(lines[at])
	n, _ := strconv.Atoi(value)
	lines[at] = "SEQUENCE:" + strconv.Itoa(n+1)
	return lines
}

func joined(lines []string) []byte { return []byte(strings.Join(lines, "\r\n") + "\r\n") }
