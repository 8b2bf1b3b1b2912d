package ical

import (
	"bytes"
	"fmt"
	"strings"

	"bilateral/calendar"
)

// component is one VEVENT: a single event, the master of a series, or an override. It holds what busy time and our own
// series need, and nothing else.
type component struct {
	file *File
	line int
	uid  string

	start, end  moment
	length      extent // DURATION
	hasLength   bool
	recurrence  moment // RECURRENCE-ID
	onwards     bool   // RANGE=THISANDFUTURE
	rules       []*rule
	exRules     []*rule
	added       []addition // RDATE
	removed     []moment   // EXDATE
	ruleText    string     // of the first RRULE
	sequence    int
	stamped     int64 // DTSTAMP, or 0
	allDay      bool  // X-MICROSOFT-CDO-ALLDAYEVENT: Exchange writes all-day events as DATE-TIMEs
	transparent bool
	cancelled   bool
	tentative   bool
	kind        calendar.Kind

	title       string
	location    string
	comment     string
	link        string // where it is held online
	linked      bool   // link comes from a property for such links, not from URL
	private     bool
	description string // kept only where a series may need it
	categories  []string
	attendees   []calendar.Attendee
	organizer   string
	mark        calendar.Mark

	fatal   string   // why the component cannot be placed in time
	leftOut []string // parts of it that could not be read, and why
}

// addition is one RDATE: a start, and with VALUE=PERIOD an end of its own.
type addition struct {
	start, end moment
	length     extent
	hasLength  bool
}

func (c *component) override() bool  { return c.recurrence.form != absent }
func (c *component) recurring() bool { return len(c.rules) > 0 || len(c.added) > 0 }

// where names the component for people.
func (c *component) where() string { return c.file.where(c.line, c.uid) }

// newer reports whether c replaces o, a component with the same UID and RECURRENCE-ID: RFC 5546 section 2.1.5.
func (c *component) newer(o *component) bool {
	if c.sequence != o.sequence {
		return c.sequence > o.sequence
	}
	return c.stamped >= o.stamped
}

// readEvent takes one property of a VEVENT. The first of a property that may stand once counts.
func (p *parser) readEvent(c *component, q prop) {
	switch q.name {
	case "UID":
		if c.uid == "" {
			c.uid = UIDOf(clean(string(bytes.TrimSpace(q.value))))
		}
	case "DTSTART":
		p.readMoment(c, &c.start, q)
	case "DTEND":
		p.readMoment(c, &c.end, q)
	case "RECURRENCE-ID":
		p.readMoment(c, &c.recurrence, q)
		c.onwards = bytes.EqualFold(q.param("RANGE"), []byte("THISANDFUTURE"))
	case "DURATION":
		length, err := parseDuration(q.value)
		if err != nil {
			c.broken(q.name + " " + err.Error())
			return
		}
		c.length, c.hasLength = length, true
	case "RRULE", "EXRULE":
		p.readRule(c, q)
	case "RDATE", "EXDATE":
		p.readDates(c, q)
	case "SEQUENCE":
		c.sequence = readInt(q.value)
	case "DTSTAMP":
		if m, err := parseMoment(q.value, ""); err == nil {
			c.stamped = m.wall
		}
	default:
		p.readText(c, q)
	}
}

func (p *parser) readText(c *component, q prop) {
	switch q.name {
	case "SUMMARY":
		c.title = readText(q.value)
	case "LOCATION":
		c.location = readText(q.value)
	case "DESCRIPTION":
		c.description = readText(q.value)
	case "COMMENT":
		c.comment = readText(q.value)
	case "CATEGORIES":
		c.categories = append(c.categories, readList(q.value)...)
	case "CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "URL":
		c.readLink(q.name, string(bytes.TrimSpace(q.value)))
	case "ATTENDEE":
		if a, somebody := p.readAttendee(q); somebody && len(c.attendees) < maxItems {
			c.attendees = append(c.attendees, a)
		}
	case "ORGANIZER":
		c.organizer = p.intern(readAddress(q))
	default:
		p.readStatus(c, q)
	}
}

func (p *parser) readStatus(c *component, q prop) {
	value := strings.ToUpper(string(clip(bytes.TrimSpace(q.value))))
	switch q.name {
	case "STATUS":
		c.cancelled = value == "CANCELLED" || value == "CANCELED"
		c.tentative = c.tentative || value == "TENTATIVE"
	case "CLASS":
		c.private = value == "PRIVATE" || value == "CONFIDENTIAL"
	case "TRANSP":
		c.transparent = c.transparent || value == "TRANSPARENT"
	case "X-MICROSOFT-CDO-ALLDAYEVENT":
		c.allDay = value == "TRUE"
	case "X-MICROSOFT-CDO-BUSYSTATUS":
		c.readBusyStatus(value)
	default:
		if key, ours := markKey(q.name); ours {
			if c.mark == nil {
				c.mark = calendar.Mark{}
			}
			c.mark[key] = clean(decodeMark(string(q.value)))
		}
	}
}

// readLink reads where an event is held online: CONFERENCE (RFC 7986 section 5.11) or what Google and Microsoft write,
// else URL, which may be any page about the event.
func (c *component) readLink(name, value string) {
	_, plain := cutPrefixFold(value, "http://")
	_, safe := cutPrefixFold(value, "https://")
	if !plain && !safe || c.linked || name == "URL" && c.link != "" {
		return
	}
	c.link, c.linked = clean(value), name != "URL"
}

// readBusyStatus reads what Exchange says beyond TRANSP (MS-OXCICAL section 2.1.3.1.1.20.31).
func (c *component) readBusyStatus(value string) {
	switch value {
	case "FREE":
		c.transparent = true
	case "TENTATIVE":
		c.tentative = true
	case "OOF":
		c.kind = calendar.OutOfOffice
	case "WORKINGELSEWHERE":
		c.kind = calendar.WorkingLocation
	}
}

// readAttendee reports whether it is anybody: a room or a thing (RFC 5545 section 3.2.3) is nobody.
func (p *parser) readAttendee(q prop) (a calendar.Attendee, somebody bool) {
	a.Email, somebody = p.intern(readAddress(q)), true
	q.each(func(key, value []byte) {
		switch strings.ToUpper(string(clip(key))) {
		case "CN":
			a.Name = p.intern(readParam(value))
		case "PARTSTAT":
			a.Status = calendar.PartStat(p.intern(strings.ToUpper(clean(string(clip(value))))))
		case "X-RESPONSE-COMMENT": // the note that Google and Apple keep with an answer
			a.Comment = readParam(value)
		case "SCHEDULE-AGENT":
			a.Unserved = !strings.EqualFold(string(clip(value)), "SERVER")
		case "SCHEDULE-STATUS":
			a.Delivery = p.intern(clean(string(clip(value))))
		case "CUTYPE":
			kind := string(clip(value))
			somebody = !strings.EqualFold(kind, "ROOM") && !strings.EqualFold(kind, "RESOURCE")
		}
	})
	return a, somebody
}

func (p *parser) readMoment(c *component, into *moment, q prop) {
	if into.form != absent {
		return
	}
	m, err := parseMoment(q.value, p.zoneName(q))
	if err != nil {
		c.broken(q.name + " " + err.Error())
		return
	}
	*into = m
}

func (p *parser) zoneName(q prop) string {
	tzid := q.param("TZID")
	if len(tzid) == 0 {
		return ""
	}
	return p.intern(readParam(tzid))
}

func (c *component) broken(why string) {
	if c.fatal == "" {
		c.fatal = why
	}
}

func (c *component) leave(format string, args ...any) {
	if len(c.leftOut) < 8 {
		c.leftOut = append(c.leftOut, fmt.Sprintf(format, args...))
	}
}

func (p *parser) readRule(c *component, q prop) {
	if len(c.rules)+len(c.exRules) >= 32 {
		return
	}
	r, err := parseRule(string(q.value))
	switch {
	case err != nil:
		c.leave("%s is left out: %v", q.name, err)
	case q.name == "EXRULE":
		c.exRules = append(c.exRules, r)
	default:
		c.rules = append(c.rules, r)
		if c.ruleText == "" {
			c.ruleText = strings.ToUpper(strings.TrimSpace(string(q.value)))
		}
	}
}

// readDates takes a list of RDATEs or EXDATEs, apart where one of them is broken.
func (p *parser) readDates(c *component, q prop) {
	tzid := p.zoneName(q)
	for one := range bytes.SplitSeq(q.value, []byte(",")) {
		if len(bytes.TrimSpace(one)) == 0 {
			continue
		}
		if len(c.added)+len(c.removed) >= maxItems {
			c.leave("%s: more than %d dates; the rest is left out", q.name, maxItems)
			return
		}
		if err := c.addDate(q.name, one, tzid); err != nil {
			c.leave("%s is left out: %v", q.name, err)
		}
	}
}

func (c *component) addDate(name string, value []byte, tzid string) error {
	from, to, period := bytes.Cut(value, []byte("/"))
	start, err := parseMoment(from, tzid)
	if err != nil {
		return err
	}
	if name == "EXDATE" {
		c.removed = append(c.removed, start)
		return nil
	}
	a := addition{start: start}
	if period {
		if a.length, err = parseDuration(to); err == nil {
			a.hasLength = true
		} else if a.end, err = parseMoment(to, tzid); err != nil {
			return err
		}
	}
	c.added = append(c.added, a)
	return nil
}

func readInt(v []byte) int {
	n := 0
	for _, c := range bytes.TrimSpace(v) {
		if c < '0' || c > '9' || n > 1<<30 {
			return n
		}
		n = n*10 + int(c-'0')
	}
	return n
}
