package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// team.ics: a weekly meeting in New York over the spring change, an invitation that Dana declined, and damage.
const teamCalendar = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example.org//test//EN
BEGIN:VEVENT
UID:weekly@example.org
DTSTART;TZID=America/New_York:20270310T100000
DTEND;TZID=America/New_York:20270310T110000
RRULE:FREQ=WEEKLY;COUNT=2
END:VEVENT
BEGIN:VEVENT
UID:invited@example.org
DTSTART:20270311T090000Z
DTEND:20270311T100000Z
ATTENDEE;PARTSTAT=DECLINED:mailto:dana@example.org
END:VEVENT
BEGIN:VEVENT
UID:leave@example.org
DTSTART;VALUE=DATE:20270312
X-MICROSOFT-CDO-BUSYSTATUS:OOF
END:VEVENT
BEGIN:VEVENT
UID:free@example.org
DTSTART:20270315T090000Z
DTEND:20270315T100000Z
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
UID:broken@example.org
DTSTART:soon
END:VEVENT
END:VCALENDAR
`

func TestBusyOfAFile(t *testing.T) {
	const unread = `not read: team.ics, line 27, UID broken@example.org: DTSTART "soon" is no date or time; this event is left out` + "\n"
	for _, c := range []struct{ name, args, want string }{
		{"local times of a zone, over its spring change", "--zone America/New_York",
			"Wed 2027-03-10 10:00-11:00 EST  hard  weekly@example.org\n" +
				"Thu 2027-03-11 04:00-05:00 EST  hard  invited@example.org\n" +
				"Fri 2027-03-12 00:00-Sat 2027-03-13 00:00 EST  away  leave@example.org\n" +
				"Wed 2027-03-17 10:00-11:00 EDT  hard  weekly@example.org\n" + unread},
		{"in another zone a date is another day; what Dana declined is free to her", "--zone Asia/Tokyo --as Dana@example.org",
			"Thu 2027-03-11 00:00-01:00 JST  hard  weekly@example.org\n" +
				"Fri 2027-03-12 00:00-Sat 2027-03-13 00:00 JST  away  leave@example.org\n" +
				"Wed 2027-03-17 23:00-Thu 2027-03-18 00:00 JST  hard  weekly@example.org\n" + unread},
		{"JSON, with what is free", "--zone UTC --free --json --to 2027-03-16",
			`{"version":1,"busy":[
{"start":"2027-03-10T15:00:00Z","end":"2027-03-10T16:00:00Z","strength":"hard","uid":"weekly@example.org","recurrence_id":"2027-03-10T15:00:00Z"},
{"start":"2027-03-11T09:00:00Z","end":"2027-03-11T10:00:00Z","strength":"hard","uid":"invited@example.org","recurrence_id":null},
{"start":"2027-03-12T00:00:00Z","end":"2027-03-13T00:00:00Z","strength":"away","uid":"leave@example.org","recurrence_id":null},
{"start":"2027-03-15T09:00:00Z","end":"2027-03-15T10:00:00Z","strength":"free","uid":"free@example.org","recurrence_id":null}],"unreadable":[
{"where":"team.ics, line 27, UID broken@example.org","why":"DTSTART \"soon\" is no date or time; this event is left out"}]}
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile("team.ics", []byte(teamCalendar), 0o600); err != nil {
				t.Fatal(err)
			}
			args := "team.ics --from 2027-03-01 --to 2027-04-01 " + c.args
			if got := runBusy(t, strings.Fields(args)...); normalBlanks(got) != normalBlanks(c.want) {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// normalBlanks lets the columns be as wide as they like.
func normalBlanks(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(line), " ")
	}
	return strings.Join(lines, "\n")
}

func runBusy(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	cmd := newBusyCommand(nil, func() (time.Time, *time.Location) { return time.Now(), time.Local })
	cmd.SetOut(&out)
	cmd.SetArgs(args)
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestBusyRefuses(t *testing.T) {
	huge := filepath.Join(t.TempDir(), "huge.ics")
	f, err := os.Create(huge)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(200 << 20); err != nil { // a hole: it takes no room
		t.Fatal(err)
	}
	f.Close()
	for _, c := range []struct{ name, args, why string }{
		{"a file that is not there", "nosuch.ics", "nosuch.ics: no such file"},
		{"a file of 200 MiB", huge, "longer than the 64 MiB"},
		{"a zone that is not there", "a.ics --zone Mars/Olympus", "--zone Mars/Olympus: no such time zone"},
		{"a moment that is none", "a.ics --from whenever", `--from "whenever" is no moment`},
		{"an end before the start", "a.ics --from 2027-03-02 --to 2027-03-01", "--to is not later than --from"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := newBusyCommand(nil, func() (time.Time, *time.Location) { return time.Now(), time.Local })
			cmd.SetArgs(strings.Fields(c.args))
			cmd.SilenceErrors, cmd.SilenceUsage = true, true
			if err := cmd.Execute(); err == nil || !strings.Contains(err.Error(), c.why) {
				t.Errorf("got %v, want %q", err, c.why)
			}
		})
	}
}
