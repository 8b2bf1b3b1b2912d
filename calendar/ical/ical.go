// Package ical turns iCalendar text (RFC 5545) into instances and busy time, and instances back into text.
//
// The reading half is lenient, because calendars in the wild are: it never fails as a whole, confines damage to the
// component it stands in, and names what it could not read. It is also bounded: no input makes it run or grow without
// limit. An unknown time zone is never silently UTC.
//
// Local times follow RFC 5545 section 3.3.5: of two, the first; in a gap, the offset before it. Rules are expanded on
// the wall clock and then mapped to instants, so that a midnight that does not exist moves no day.
//
// Begin with [Collection], which holds what a calendar holds and answers from memory: it uses [Parse], then [Expand] for
// busy time and [SeriesOf] for our own meetings. [New] writes a series, [Patched] changes one in its text and keeps every
// other line; [Itip] and [Answers] are the messages that go by mail. What is read is never judged here, nor fetched.
package ical

import (
	"fmt"
	"slices"
	"time"

	"bilateral/calendar"
)

// MaxBytes is the largest file that is read. A longer one is refused as a whole, since a cut would pass for the truth.
const MaxBytes = 64 << 20

// What one file and one component may hold; more is hostile, not a calendar.
const (
	maxComponents = 200_000
	maxLine       = 4 << 20
	maxItems      = 20_000 // attendees, EXDATEs or RDATEs of one component
	maxReports    = 500    // problems told of one file, or of one expansion
	maxNames      = 2_000  // different time zones
)

// File is one parsed iCalendar object (a .ics file or a CalDAV resource), parsed once and expanded for any window.
type File struct {
	Name    string // path, href or address, as people know it
	Version string // ETag or hash; set by whoever read the file, passed on to calendar.Series

	events   []*component
	periods  []period
	hours    []*availability
	zones    map[string]*vzone
	homeZone string       // X-WR-TIMEZONE
	method   string       // METHOD, upper case
	undated  []*component // of a guest's answer, which needs no DTSTART
	bad      []calendar.Unreadable
	unsaid   int // problems beyond maxReports
}

// Unreadable names what Parse could not understand. Expand adds what shows only in expansion.
func (f *File) Unreadable() []calendar.Unreadable { return told(f.bad, f.unsaid, f.Name) }

func (f *File) report(line int, uid, format string, args ...any) {
	if len(f.bad) == maxReports {
		f.unsaid++
		return
	}
	f.bad = append(f.bad, calendar.Unreadable{Where: f.where(line, uid), Why: fmt.Sprintf(format, args...)})
}

// told adds a line for the problems that were only counted.
func told(list []calendar.Unreadable, unsaid int, where string) []calendar.Unreadable {
	if unsaid == 0 {
		return list
	}
	return append(slices.Clip(list), calendar.Unreadable{Where: where, Why: fmt.Sprintf("%d more problems like these", unsaid)})
}

func (f *File) where(line int, uid string) string {
	switch {
	case line == 0:
		return f.Name
	case uid == "":
		return fmt.Sprintf("%s, line %d", f.Name, line)
	}
	return fmt.Sprintf("%s, line %d, UID %s", f.Name, line, uid)
}

// View says what to look at, and with which eyes.
type View struct {
	Window calendar.Span
	Zone   *time.Location // how floating times and DATEs are read; nil is UTC
}

func (v View) zone() *time.Location {
	if v.Zone == nil {
		return time.UTC
	}
	return v.Zone
}
