package ical

//go:generate go run gen_windows.go

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// vzone is a VTIMEZONE as it was written: most are never needed, and those of ten thousand files are few different ones.
type vzone struct {
	tzid     string
	location string // X-LIC-LOCATION
	text     string // the observances: BEGIN, then a property a line
}

const maxZoneText = 1 << 20

// onset is a STANDARD or DAYLIGHT part: when an offset begins to hold.
type onset struct {
	start    moment
	from, to int // seconds east of UTC, before and after
	known    int // how many of from and to were read
	rules    []*rule
	dates    []moment
}

func (p *parser) readZone(q prop) {
	value := bytes.TrimSpace(q.value)
	switch {
	case p.at == inObservance:
		p.zoneText.WriteString(q.name + ":")
		p.zoneText.Write(value)
		p.zoneText.WriteByte('\n')
	case q.name == "TZID" && p.zone.tzid == "":
		p.zone.tzid = readText(value)
	case q.name == "X-LIC-LOCATION":
		p.zone.location = clean(string(value))
	}
}

func (p *parser) closeZone() {
	if p.at != inZone && p.at != inObservance {
		return
	}
	if p.zoneText.Len() > maxZoneText {
		p.f.report(p.line0, "", "a VTIMEZONE of %d bytes is left out", p.zoneText.Len())
		return
	}
	p.zone.text = p.zoneText.String()
	if p.f.zones == nil {
		p.f.zones = map[string]*vzone{}
	}
	if _, twice := p.f.zones[p.zone.tzid]; !twice {
		p.f.zones[p.zone.tzid] = p.zone
	}
}

// onsets reads the observances.
func (z *vzone) onsets() ([]onset, error) {
	var all []onset
	for _, line := range strings.Split(z.text, "\n") {
		name, value, _ := strings.Cut(line, ":")
		switch {
		case name == "BEGIN":
			all = append(all, onset{})
		case name != "" && len(all) > 0:
			if err := all[len(all)-1].read(name, []byte(value)); err != nil {
				return nil, fmt.Errorf("the VTIMEZONE %q cannot be read: %s %w", z.tzid, name, err)
			}
		}
	}
	for _, o := range all {
		if o.known < 2 || o.start.form == absent {
			return nil, fmt.Errorf("the VTIMEZONE %q is not complete", z.tzid)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the VTIMEZONE %q has no STANDARD or DAYLIGHT", z.tzid)
	}
	return all, nil
}

func (o *onset) read(name string, value []byte) (err error) {
	switch name {
	case "DTSTART":
		o.start, err = parseMoment(value, "")
	case "TZOFFSETFROM":
		o.from, err = parseOffset(value)
		o.known++
	case "TZOFFSETTO":
		o.to, err = parseOffset(value)
		o.known++
	case "RRULE":
		var r *rule
		if r, err = parseRule(string(value)); err == nil {
			o.rules = append(o.rules, r)
		}
	case "RDATE":
		for _, one := range bytes.Split(value, []byte(",")) {
			if m, bad := parseMoment(one, ""); bad == nil && len(o.dates) < maxItems {
				o.dates = append(o.dates, m)
			}
		}
	}
	return err
}

// A VTIMEZONE is evaluated for the years in which meetings stand. Before and after, its first and last offset hold.
var (
	zoneFrom = time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	zoneTo   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

const maxTurns = 10_000

// build evaluates the VTIMEZONE, RFC 5545 section 3.6.5.
func (z *vzone) build() (*time.Location, error) {
	onsets, err := z.onsets()
	if err != nil {
		return nil, err
	}
	var turns []turn
	for _, o := range onsets {
		turns = o.appendTurns(turns)
		if len(turns) > maxTurns {
			return nil, fmt.Errorf("the VTIMEZONE %q has more than %d changes", z.tzid, maxTurns)
		}
	}
	slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Compare(a.at, b.at) })
	return location(z.tzid, turns[0].before, turns)
}

// turn is the instant at which an offset begins to hold.
type turn struct {
	at            int64
	before, after int
}

func (o *onset) appendTurns(turns []turn) []turn {
	add := func(wall int64) { turns = append(turns, turn{wall - int64(o.from), o.from, o.to}) }
	add(o.start.wall)
	for _, m := range o.dates {
		if m.form == utc {
			m.wall += int64(o.from)
		}
		add(m.wall)
	}
	for _, r := range o.rules {
		last := zoneTo
		switch r.until.form {
		case absent:
		case utc: // RFC 5545 section 3.6.5: UNTIL of an observance is in UTC
			last = min(last, r.until.wall+int64(o.from))
		default:
			last = min(last, r.until.wall+day-1)
		}
		found, _ := r.walls(o.start.wall, zoneFrom, last, &effort{maxTurns, maxSteps})
		for _, wall := range found {
			if wall != o.start.wall {
				add(wall)
			}
		}
	}
	return turns
}

// zones finds time zones by the names that calendars give them. It lives for one expansion: zone data is read once for
// any number of files.
type zones struct {
	named  map[string]*time.Location // nil: no such zone
	custom map[string]*time.Location // by the text of the VTIMEZONE
}

func newZones() *zones {
	return &zones{named: map[string]*time.Location{}, custom: map[string]*time.Location{}}
}

// find returns the zone of a TZID: the IANA zone that it or X-LIC-LOCATION names, because servers go by their own zone
// data and not by a VTIMEZONE grown stale; else the file's own VTIMEZONE (RFC 5545 section 3.6.5); else the zone that
// Windows means by the name. RFC 5545 section 3.2.19 asks for a VTIMEZONE and does not say what holds without: that is an error.
func (b *zones) find(f *File, tzid string) (*time.Location, error) {
	if z := b.name(tzid); z != nil {
		return z, nil
	}
	own := f.zones[tzid]
	if own == nil {
		if z := b.windows(tzid); z != nil {
			return z, nil
		}
		return nil, fmt.Errorf("the time zone %q is unknown and the file does not define it", clip([]byte(tzid)))
	}
	if z := b.name(own.location); z != nil {
		return z, nil
	}
	z, known := b.custom[own.text]
	if known {
		return z, nil
	}
	z, err := own.build()
	if err != nil {
		if z = b.windows(tzid); z == nil {
			return nil, err
		}
	}
	b.custom[own.text] = z
	return z, nil
}

func (b *zones) name(tzid string) *time.Location {
	z, ok := b.named[tzid]
	if !ok && len(tzid) <= 128 && len(b.named) < maxNames { // looking up costs a visit to the disk
		z = lookUp(tzid)
		b.named[tzid] = z
	}
	return z
}

// windows knows a zone by the name that Windows or Outlook gives it.
func (b *zones) windows(tzid string) *time.Location { return b.name(windowsZone(tzid)) }

// lookUp knows a zone by its IANA name, also inside the paths that libical, Mozilla and others put before it.
func lookUp(tzid string) *time.Location {
	tzid = strings.TrimSpace(strings.Trim(strings.TrimSpace(tzid), `"'`))
	if z := load(tzid); z != nil {
		return z
	}
	if rest, ok := cutPrefixFold(tzid, "tzone://microsoft/"); ok {
		return load(strings.ToUpper(rest)) // tzone://Microsoft/Utc; "Custom" is left to the VTIMEZONE
	}
	if !strings.HasPrefix(tzid, "/") {
		return nil
	}
	parts := strings.Split(strings.Trim(tzid, "/"), "/")
	for i := max(0, len(parts)-3); i < len(parts); i++ {
		if z := load(strings.Join(parts[i:], "/")); z != nil {
			return z
		}
	}
	return nil
}

// load opens an IANA zone. "Local" and "" are refused: they would mean the zone of this machine, or UTC by accident.
func load(name string) *time.Location {
	switch strings.ToUpper(name) {
	case "", "LOCAL":
		return nil
	case "Z", "UTC", "GMT", "ETC/UTC":
		return time.UTC
	}
	if z, err := time.LoadLocation(name); err == nil {
		return z
	}
	return nil
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// windowsZone returns the IANA name for a Windows zone, by its key ("Eastern Standard Time") or by the name that people
// see ("(UTC-05:00) Eastern Time (US & Canada)"), or "".
func windowsZone(name string) string {
	if strings.HasPrefix(name, "(") { // the offset is that of winter, or of a Windows long gone: no use
		if i := strings.IndexByte(name, ')'); i > 0 {
			name = strings.TrimSpace(name[i+1:])
		}
	}
	for _, try := range []string{name, strings.Replace(name, "Daylight Time", "Standard Time", 1)} {
		if iana := windowsZones[try]; iana != "" {
			return iana
		}
		if key := windowsDisplay[strings.ToLower(try)]; key != "" {
			return windowsZones[key]
		}
	}
	return ""
}
