package ical

import (
	"strings"
	"testing"
	"time"
)

// Zones are found under the names that calendars give them.
func TestZoneNames(t *testing.T) {
	noon := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ tzid, as string }{
		{"Europe/Berlin", "Europe/Berlin"},
		{"/freeassociation.sourceforge.net/Europe/Paris", "Europe/Paris"},
		{"/freeassociation.sourceforge.net/Tzfile/Europe/Paris", "Europe/Paris"},
		{"/mozilla.org/20050126_1/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"},
		{"Eastern Standard Time", "America/New_York"},
		{"Eastern Daylight Time", "America/New_York"},
		{"W. Europe Standard Time", "Europe/Berlin"},
		{"(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"},
		{"(GMT+01.00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"},
		{"tzone://Microsoft/Utc", "UTC"},
		{"GMT", "UTC"},
		{" Asia/Tokyo ", "Asia/Tokyo"},
		{"Local", ""},
		{"Customized Time Zone", ""},
		{"../../etc/passwd", ""},
		{"Mars/Olympus", ""},
	} {
		t.Run(c.tzid, func(t *testing.T) {
			got, err := newZones().find(&File{}, c.tzid)
			switch {
			case c.as == "" && err == nil:
				t.Errorf("got %s, want it unknown", got)
			case c.as != "" && err != nil:
				t.Error(err)
			case c.as != "" && noon.In(got).Format("-0700") != noon.In(zoneOf(t, c.as)).Format("-0700"):
				t.Errorf("got %s, want %s", got, c.as)
			}
		})
	}
}

// Every Windows zone and every display name leads to a zone that is there.
func TestWindowsTablesAreWhole(t *testing.T) {
	for name := range windowsZones {
		if newZones().windows(name) == nil {
			t.Errorf("%s leads nowhere", name)
		}
	}
	for name, key := range windowsDisplay {
		if windowsZones[key] == "" || name != strings.ToLower(name) {
			t.Errorf("%s leads to %q", name, key)
		}
	}
}

func vtimezone1601(tzid string) string {
	return `BEGIN:VTIMEZONE
TZID:` + tzid + `
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE`
}

func hourIn(tzid, when string) string {
	return vevent("UID:a", "DTSTART;TZID="+tzid+":"+when, "DURATION:PT1H")
}

func TestZoneOfAnEvent(t *testing.T) {
	const own = "Customized Time Zone"
	for _, c := range []struct{ name, zone, data, want, unread string }{
		{"an IANA zone, in winter", "", file(hourIn("Europe/Berlin", "20261202T100000")), "12-02 09:00-10:00 a", ""},
		{"an Exchange zone without VTIMEZONE, in summer", "", file(hourIn("Eastern Standard Time", "20260701T100000")), "07-01 14:00-15:00 a", ""},
		{"the file's own zone, in winter", "", file(vtimezone1601(own), hourIn(own, "20261202T100000")), "12-02 09:00-10:00 a", ""},
		{"the file's own zone, in summer", "", file(vtimezone1601(own), hourIn(own, "20260701T100000")), "07-01 08:00-09:00 a", ""},
		{"a VTIMEZONE that comes after its event", "", file(hourIn(own, "20260701T100000"), vtimezone1601(own)), "07-01 08:00-09:00 a", ""},
		{"X-LIC-LOCATION says what a strange name means", "", file(strings.Replace(vtimezone1601("Home"), "TZID:Home", "TZID:Home\nX-LIC-LOCATION:Asia/Tokyo", 1), hourIn("Home", "20260701T100000")), "07-01 01:00-02:00 a", ""},
		{"a stale VTIMEZONE under an IANA name does not count", "", file(vtimezone1601("Asia/Tokyo"), hourIn("Asia/Tokyo", "20260701T100000")), "07-01 01:00-02:00 a", ""},
		{"a VTIMEZONE under a Windows name does", "", file(vtimezone1601("Tokyo Standard Time"), hourIn("Tokyo Standard Time", "20260701T100000")), "07-01 08:00-09:00 a", ""},
		{"an unknown zone is the reader's, and reported", "Asia/Tokyo", file(hourIn("Mars/Olympus", "20260701T100000")), "07-01 01:00-02:00 a", `"Mars/Olympus" is unknown`},
		{"a VTIMEZONE without offsets is reported", "", file("BEGIN:VTIMEZONE\nTZID:Own\nBEGIN:STANDARD\nDTSTART:16010101T000000\nEND:STANDARD\nEND:VTIMEZONE", hourIn("Own", "20260701T100000")), "07-01 10:00-11:00 a", `VTIMEZONE "Own" is not complete`},
		{"the calendar's own zone for floating times", "Asia/Tokyo", "BEGIN:VCALENDAR\nX-WR-TIMEZONE:Europe/Berlin\n" + vevent("UID:a", "DTSTART:20260701T100000") + "\nEND:VCALENDAR\n", "07-01 08:00-08:00 a", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Parse("a.ics", []byte(c.data))
			got, unplaced := Expand([]*File{f}, viewOf(t, "20260601", "20261231", c.zone))
			unread := reported(append(f.Unreadable(), unplaced...))
			if spans(got) != c.want || !strings.Contains(unread, c.unread) || c.unread == "" && unread != "" {
				t.Errorf("got %s, unreadable %q\nwant %s, %q", spans(got), unread, c.want, c.unread)
			}
		})
	}
}

// Recurring meetings near a change of offset: RFC 5545 section 3.3.5 for local times that occur twice or not at all.
func TestSeriesOverOffsetChanges(t *testing.T) {
	for _, c := range []struct{ name, zone, start, rule, from, to, want string }{
		{"the wall clock holds over the spring change", "America/New_York", "20270312T093000", "FREQ=DAILY", "20270313", "20270316",
			"03-13 14:30, 03-14 13:30, 03-15 13:30"},
		{"the wall clock holds over the autumn change", "Europe/Berlin", "20261023T093000", "FREQ=DAILY", "20261024", "20261027",
			"10-24 07:30, 10-25 08:30, 10-26 08:30"},
		{"in the gap: the offset before it", "America/New_York", "20270313T023000", "FREQ=DAILY", "20270313", "20270316",
			"03-13 07:30, 03-14 07:30, 03-15 06:30"},
		{"in the gap east of Greenwich too", "Europe/Berlin", "20270327T023000", "FREQ=DAILY", "20270327", "20270330",
			"03-27 01:30, 03-28 01:30, 03-29 00:30"},
		{"of two the first, in New York", "America/New_York", "20261031T013000", "FREQ=DAILY", "20261031", "20261103",
			"10-31 05:30, 11-01 05:30, 11-02 06:30"},
		{"of two the first, in Berlin", "Europe/Berlin", "20261024T023000", "FREQ=DAILY", "20261024", "20261027",
			"10-24 00:30, 10-25 00:30, 10-26 01:30"},
		{"a midnight that does not exist moves no day, in Santiago", "America/Santiago", "20240906T093000", "FREQ=DAILY", "20240906", "20240911",
			"09-06 13:30, 09-07 13:30, 09-08 12:30, 09-09 12:30, 09-10 12:30"},
		{"nor a Sunday, in Santiago", "America/Santiago", "20240901T093000", "FREQ=WEEKLY", "20240901", "20240916",
			"09-01 13:30, 09-08 12:30, 09-15 12:30"},
		{"nor a day, in Havana", "America/Havana", "20240309T003000", "FREQ=DAILY", "20240309", "20240312",
			"03-09 05:30, 03-10 05:30, 03-11 04:30"},
		{"half an hour, in Lord Howe, spring", "Australia/Lord_Howe", "20261003T021500", "FREQ=DAILY", "20261001", "20261006",
			"10-02 15:45, 10-03 15:45, 10-04 15:15, 10-05 15:15"},
		{"half an hour, in Lord Howe, autumn", "Australia/Lord_Howe", "20270403T014500", "FREQ=DAILY", "20270402", "20270405",
			"04-02 14:45, 04-03 14:45, 04-04 15:15"},
		{"by the hour, two clocks of a gap are one instance", "America/New_York", "20270314T003000", "FREQ=HOURLY;COUNT=5", "20270314", "20270315",
			"03-14 05:30, 03-14 06:30, 03-14 07:30, 03-14 08:30"},
		{"UNTIL in UTC is an instant: the last meeting before the change", "America/New_York", "20261029T190000", "FREQ=DAILY;UNTIL=20261101T000000Z", "20261029", "20261105",
			"10-29 23:00, 10-30 23:00, 10-31 23:00"},
		{"UNTIL as a date is that whole day here", "America/Los_Angeles", "20261030T190000", "FREQ=DAILY;UNTIL=20261101", "20261030", "20261105",
			"10-31 02:00, 11-01 02:00, 11-02 03:00"},
		{"UNTIL as a local time", "Asia/Tokyo", "20261030T190000", "FREQ=DAILY;UNTIL=20261101T190000", "20261030", "20261105",
			"10-30 10:00, 10-31 10:00, 11-01 10:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Parse("a.ics", []byte(file(vevent("UID:a", "DTSTART;TZID="+c.zone+":"+c.start, "RRULE:"+c.rule))))
			events, unplaced := Expand([]*File{f}, viewOf(t, c.from, c.to, ""))
			var got []string
			for _, e := range events {
				got = append(got, e.Start.Format("01-02 15:04"))
			}
			if s := strings.Join(got, ", "); s != c.want || len(unplaced) > 0 {
				t.Errorf("got %s %v\nwant %s", s, unplaced, c.want)
			}
		})
	}
}
