package caldav

import "strings"

// DAViCal (1.1.12 was tried) delivers a new series to its guests, and of a later change the series' own time and text. An
// instance that stands elsewhere or says something else reaches nobody, and where it names a guest, as it must, the whole
// write ends in a 500 for as long as the guest has not emptied their inbox. So it is not taken for a server that invites,
// and is told so: it heeds SCHEDULE-AGENT (RFC 6638 section 7.1).

// unserved is a text whose guests the server leaves alone.
func unserved(data []byte) []byte {
	lines, alarm, organizer := unfolded(data), false, ""
	for _, line := range lines {
		if name, value := splitLine(line); name == "ORGANIZER" {
			organizer = value
		}
	}
	for i, line := range lines {
		switch name, value := splitLine(line); {
		case name == "BEGIN" || name == "END":
			alarm = name == "BEGIN" && value == "VALARM" // who gets a mail of it is no guest
		case name == "ATTENDEE" && !alarm && !strings.EqualFold(value, organizer) && !strings.Contains(strings.ToUpper(line), ";SCHEDULE-AGENT="):
			lines[i] = line[:len(name)] + ";SCHEDULE-AGENT=CLIENT" + line[len(name):]
		}
	}
	return joined(lines)
}
