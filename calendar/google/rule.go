package google

import (
	"errors"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
)

// withRule puts a rule into a series' recurrence and returns its UNTIL. Google takes only UTC there (RFC 5545 section
// 3.3.10). Dates that were added or taken away stay.
func withRule(master *entry, rule string) (lines []string, until time.Time, err error) {
	parts := strings.FieldsFunc(strings.ToUpper(rule), func(r rune) bool { return r == ';' || r == ' ' || r == '\r' || r == '\n' })
	for i, p := range parts {
		value, ends := strings.CutPrefix(p, "UNTIL=")
		if !ends || master.Start.Date != "" {
			continue
		}
		if until, err = readTime(value, master.Start.Zone); err != nil {
			return nil, until, err
		}
		if len(value) == len("20060102") {
			until = until.Add(24*time.Hour - time.Second) // the whole of that day
		}
		parts[i] = "UNTIL=" + until.Format(utcFormat)
	}
	lines = []string{}
	if len(parts) > 0 {
		lines = append(lines, "RRULE:"+strings.Join(parts, ";"))
	}
	for _, line := range master.Recurrence {
		if !strings.HasPrefix(strings.ToUpper(line), "RRULE") {
			lines = append(lines, line)
		}
	}
	return lines, until, nil
}

// readTime reads a time of a recurrence line; without Z it is on the clock of the zone.
func readTime(value, zone string) (time.Time, error) {
	if t, err := time.Parse(utcFormat, value); err == nil {
		return t, nil
	}
	z, err := time.LoadLocation(zone)
	if err != nil {
		return time.Time{}, err
	}
	wall, err := time.Parse(localFormat, value)
	if err != nil {
		wall, err = time.Parse("20060102", value)
	}
	if err != nil {
		return time.Time{}, errors.New("the rule's UNTIL is no time")
	}
	return calendar.Resolve(wall, z).UTC(), nil
}

// readmit takes an instance out of the EXDATE lines.
func readmit(lines []string, original time.Time, zone string) []string {
	var out []string
	for _, line := range lines {
		head, list, _ := strings.Cut(line, ":")
		if !strings.HasPrefix(strings.ToUpper(head), "EXDATE") {
			out = append(out, line)
			continue
		}
		in := zone
		for parameter := range strings.SplitSeq(head, ";") {
			if name, ok := strings.CutPrefix(parameter, "TZID="); ok {
				in = name
			}
		}
		kept := slices.DeleteFunc(strings.Split(list, ","), func(value string) bool {
			t, err := readTime(strings.TrimSpace(value), in)
			return err == nil && t.Equal(original)
		})
		if len(kept) > 0 {
			out = append(out, head+":"+strings.Join(kept, ","))
		}
	}
	return out
}
