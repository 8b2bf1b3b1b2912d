//go:build servers

package caldav_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

// delivers puts a message into a user's schedule inbox as a mail gateway does: Cyrus takes a COUNTER by no other way, and
// refuses it in the guest's outbox.
func delivers(t *testing.T, user, name, method string, lines ...string) {
	t.Helper()
	root, err := url.Parse(cyrus.Is["ROOT"])
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(root.Port())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port+1)) // its administration
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	say := func(text, until string) {
		t.Helper()
		fmt.Fprint(conn, text)
		for {
			line, err := answers.ReadString('\n')
			if err != nil || strings.HasPrefix(line, "a NO") || strings.HasPrefix(line, "a BAD") {
				t.Fatalf("%.40q: %q, %v", text, line, err)
			}
			if strings.HasPrefix(line, until) {
				return
			}
		}
	}
	text := strings.Join(append([]string{"From: <dana@example.org>", "Date: Mon, 19 Oct 2026 09:00:00 +0000", "Subject: Another time", "MIME-Version: 1.0",
		"Message-ID: <" + name + "@example.org>", "Content-Type: text/calendar; charset=utf-8; method=" + method + "; component=VEVENT",
		`Content-Disposition: attachment; filename="` + name + `.ics"`, "", "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example.org//EN", "METHOD:" + method,
		"BEGIN:VEVENT", "UID:" + meeting, "ORGANIZER:mailto:alice@example.org"}, append(lines, "END:VEVENT", "END:VCALENDAR", "")...), "\r\n")
	inbox := `"user/` + user + `/#calendars/Inbox"`
	say("a LOGIN cyrus cyruspw\r\n", "a OK")
	say("a SETACL "+inbox+" cyrus lrswipkxtecdan\r\n", "a OK")
	say(fmt.Sprintf("a APPEND %s {%d}\r\n", inbox, len(text)), "+")
	say(text+"\r\n", "a OK")
}

func TestAProposalOfTheGuestIsReadFromCyrussInbox(t *testing.T) {
	alice := as(t, "alice", cyrus.Is["ROOT"], "", http.DefaultTransport, t.TempDir())
	dana := as(t, "dana", cyrus.Is["DANA"], "", http.DefaultTransport, "")
	hers, mine := hand{t, "dana", cyrus.Is["DANA"]}, hand{t, "alice", cyrus.Is["ALICE"]}
	t.Cleanup(func() { mine.do("DELETE", meeting+".ics", ""); hers.forget(look(t, dana)) })
	apply(t, alice, calendar.Change{UID: meeting, Create: weekly(t)})
	look(t, alice)

	berlin := func(t time.Time, zone *time.Location) string { return t.In(zone).Format("20060102T150405") }
	proposed := calendar.Span{Start: thirdMeeting.Add(24 * time.Hour), End: thirdMeeting.Add(24*time.Hour + 30*time.Minute)}
	delivers(t, "alice", "counter", "COUNTER", "DTSTAMP:20351020T090000Z", "SEQUENCE:0", "RECURRENCE-ID;TZID=Europe/Berlin:"+berlin(thirdMeeting, zone(t)),
		"DTSTART;TZID=Europe/Berlin:"+berlin(proposed.Start, zone(t)), "DTEND;TZID=Europe/Berlin:"+berlin(proposed.End, zone(t)),
		"ATTENDEE;PARTSTAT=TENTATIVE:mailto:dana@example.org", "COMMENT:Thursday would suit me")
	s := look(t, alice)
	if in := at(t, s, thirdMeeting); in.Counter == nil || !in.Counter.Equal(proposed) {
		t.Fatalf("got %+v", in)
	}
	if in := at(t, s, secondMeeting); in.Counter != nil {
		t.Errorf("another meeting has the proposal too: %+v", in)
	}

	apply(t, alice, instance(s, thirdMeeting, calendar.Patch{Span: &proposed}))
	if in := at(t, look(t, alice), thirdMeeting); in.Counter != nil || !in.Span.Equal(proposed) {
		t.Errorf("after it was taken: %+v", in)
	}
	if in := at(t, look(t, dana), thirdMeeting); !in.Span.Equal(proposed) {
		t.Errorf("Dana's copy did not follow: %+v", in)
	}
}
