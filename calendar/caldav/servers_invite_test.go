//go:build servers

package caldav_test

import (
	"context"
	"io"
	"net/http"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/caldav"
)

const meeting = "weekly-with-dana@bilateral.example.org"

var (
	// Far ahead: Cyrus tells nobody of instances that lie behind its clock. Wednesdays at 15:30 in Berlin; the second is the
	// first after the clocks went back.
	firstMeeting  = time.Date(2035, 10, 24, 13, 30, 0, 0, time.UTC)
	secondMeeting = time.Date(2035, 10, 31, 14, 30, 0, 0, time.UTC)
	thirdMeeting  = time.Date(2035, 11, 7, 14, 30, 0, 0, time.UTC)
	autumn        = calendar.Span{Start: firstMeeting.AddDate(0, 0, -7), End: firstMeeting.AddDate(0, 0, 56)}
)

func weekly(t *testing.T) *calendar.Draft {
	t.Helper()
	return &calendar.Draft{Title: "Alice / Dana", Description: "Agenda", Start: firstMeeting, Zone: zone(t), Duration: 45 * time.Minute,
		Rule: "FREQ=WEEKLY;BYDAY=WE", Organizer: calendar.Attendee{Email: "alice@example.org", Name: "Alice Chen"},
		Attendees: []calendar.Attendee{{Email: "dana@example.org", Name: "Dana Boss"}}, Mark: calendar.Mark{"id": "dana"}}
}

func zone(t *testing.T) *time.Location {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return berlin
}

// look returns the meeting as an account has it.
func look(t *testing.T, a *caldav.Account) calendar.Series {
	t.Helper()
	o, err := a.Observe(context.Background(), calendar.Query{Window: autumn, Zone: time.UTC, UIDs: []string{meeting}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range o.Series {
		if s.UID == meeting {
			return s
		}
	}
	return calendar.Series{}
}

// status is an attendee's answer.
func status(list []calendar.Attendee, email string) calendar.PartStat {
	who, _ := calendar.Attends(list, email)
	return who.Status
}

// instance is a change of one instance.
func instance(s calendar.Series, original time.Time, p calendar.Patch) calendar.Change {
	return calendar.Change{UID: s.UID, Name: s.Name, Version: s.Version, Instances: []calendar.InstancePatch{{Original: original, Patch: p}}}
}

var danasAnswer = regexp.MustCompile(`(ATTENDEE[^\n]*?)PARTSTAT=[A-Z-]+([^\n]*dana@example.org)`)

// answers the whole series in Dana's calendar, as a calendar program does.
func (h hand) accepts(s calendar.Series) {
	h.t.Helper()
	uid := strings.TrimSuffix(path.Base(s.Name), ".ics")
	text := regexp.MustCompile("\r?\n[ \t]").ReplaceAllString(string(h.Text(uid)), "")
	h.Put(uid, []byte(danasAnswer.ReplaceAllString(text, "${1}PARTSTAT=ACCEPTED$2")))
}

// forget deletes Dana's copy, which Cyrus keeps when the meeting is gone.
func (h hand) forget(s calendar.Series) { h.do("DELETE", path.Base(s.Name), "") }

// declines one instance in Dana's calendar, with a note.
func (h hand) declines(s calendar.Series, original time.Time, note string) {
	h.t.Helper()
	uid := strings.TrimSuffix(path.Base(s.Name), ".ics")
	text := strings.ReplaceAll(string(h.Text(uid)), "\r\n", "\n")
	from := strings.Index(text, "BEGIN:VEVENT")
	to := strings.Index(text, "END:VEVENT") + len("END:VEVENT\n")
	override := text[from:to]
	for _, drop := range []string{"RRULE", "DTSTART", "DTEND", "DTSTAMP"} {
		override = regexp.MustCompile(drop+`[^\n]*\n`).ReplaceAllString(override, "")
	}
	berlin := func(t time.Time) string { return ";TZID=Europe/Berlin:" + t.In(zone(h.t)).Format("20060102T150405") }
	override = regexp.MustCompile("\n[ \t]").ReplaceAllString(override, "")
	override = danasAnswer.ReplaceAllString(override, "${1}PARTSTAT=DECLINED$2")
	override = strings.Replace(override, "BEGIN:VEVENT\n", "BEGIN:VEVENT\nRECURRENCE-ID"+berlin(original)+"\nDTSTART"+berlin(original)+
		"\nDTEND"+berlin(original.Add(45*time.Minute))+"\nDTSTAMP:"+time.Now().UTC().Format("20060102T150405Z")+"\nCOMMENT:"+note+"\n", 1)
	h.Put(uid, []byte(text[:to]+override+text[to:]))
}

// TestCyrusDeliversInvitations plays what a calendar sees of a year, in a minute: a server that schedules tells each side
// what the other did.
func TestCyrusDeliversInvitations(t *testing.T) {
	var through counter
	alice := as(t, "alice", cyrus.Is["ROOT"], "", &through, t.TempDir())
	dana := as(t, "dana", cyrus.Is["DANA"], "", http.DefaultTransport, "")
	hers := hand{t, "dana", cyrus.Is["DANA"]}
	mine := hand{t, "alice", cyrus.Is["ALICE"]}
	t.Cleanup(func() { mine.do("DELETE", meeting+".ics", ""); hers.forget(look(t, dana)) })

	apply(t, alice, calendar.Change{UID: meeting, Create: weekly(t)})
	invited := look(t, dana)
	if invited.Organizer != "alice@example.org" || status(invited.Attendees, "dana@example.org") != calendar.NeedsAction {
		t.Fatalf("Dana's calendar has %+v", invited)
	}

	hers.accepts(invited)
	if s := look(t, alice); status(s.Attendees, "dana@example.org") != calendar.Accepted {
		t.Fatalf("after the accept Alice sees %+v", s.Attendees)
	}

	hers.declines(look(t, dana), secondMeeting, "On leave\\, sorry")
	s := look(t, alice)
	in := at(t, s, secondMeeting)
	if who, _ := calendar.Attends(in.Attendees, "dana@example.org"); who.Status != calendar.Declined || who.Comment != "On leave, sorry" {
		t.Errorf("after the decline of one Alice sees %+v", in.Attendees)
	}
	if other := at(t, s, thirdMeeting); status(other.Attendees, "dana@example.org") != calendar.Accepted {
		t.Errorf("the decline of one declined another: %+v", other.Attendees)
	}

	moved := calendar.Span{Start: secondMeeting.AddDate(0, 0, 1), End: secondMeeting.AddDate(0, 0, 1).Add(45 * time.Minute)}
	apply(t, alice, instance(s, secondMeeting, calendar.Patch{Span: &moved}))
	s = look(t, alice)
	if in := at(t, s, secondMeeting); !in.Span.Equal(moved) || status(in.Attendees, "dana@example.org") == calendar.Declined {
		t.Errorf("the moved instance still bears the old decline: %+v", in)
	}
	if in := at(t, look(t, dana), secondMeeting); !in.Span.Equal(moved) {
		t.Errorf("Dana's copy did not move: %+v", in)
	}

	before := hers.inbox(t)
	s = look(t, alice)
	apply(t, alice, calendar.Change{UID: s.UID, Name: s.Name, Version: s.Version, Series: &calendar.Patch{Description: new("New agenda")}})
	if got := look(t, dana).Instances[0]; got.Description != "New agenda" {
		t.Errorf("Dana's copy says %q", got.Description)
	}
	if after := hers.inbox(t); after != before {
		t.Errorf("a change of text alone sent %d messages", after-before)
	}
	about, err := alice.About(context.Background())
	if err != nil || !about.Invites || !about.Silent || !about.FreeBusy || !about.Write {
		t.Errorf("about: %+v, %v", about, err)
	}
	look(t, alice)
	through.since()
	look(t, alice)
	if n := through.since(); n != 1 {
		t.Errorf("a pass without change cost %d requests", n)
	}
}

// TestCyrusTellsTheGuestOfACancelledMeeting counts messages: Cyrus does not look at STATUS by itself.
func TestCyrusTellsTheGuestOfACancelledMeeting(t *testing.T) {
	alice := as(t, "alice", cyrus.Is["ROOT"], "", http.DefaultTransport, t.TempDir())
	dana := as(t, "dana", cyrus.Is["DANA"], "", http.DefaultTransport, "")
	hers := hand{t, "dana", cyrus.Is["DANA"]}
	mine := hand{t, "alice", cyrus.Is["ALICE"]}
	t.Cleanup(func() { mine.do("DELETE", meeting+".ics", ""); hers.forget(look(t, dana)) })
	apply(t, alice, calendar.Change{UID: meeting, Create: weekly(t)})
	hers.accepts(look(t, dana))

	moved := calendar.Span{Start: secondMeeting.AddDate(0, 0, 1), End: secondMeeting.AddDate(0, 0, 1).Add(45 * time.Minute)}
	waived := calendar.Patch{Cancelled: new(true), Mark: calendar.Mark{"state": "waived"}}
	back := calendar.Patch{Cancelled: new(false), Mark: calendar.Mark{"state": ""}}
	elsewhere := back
	elsewhere.Span = &calendar.Span{Start: moved.Start.Add(time.Hour), End: moved.End.Add(time.Hour)}
	for _, step := range []struct {
		sentence  string
		original  time.Time
		patch     calendar.Patch
		cancelled bool
	}{
		{"a meeting at its usual time is cancelled", thirdMeeting, waived, true},
		{"and brought back as it was", thirdMeeting, back, false},
		{"a meeting is moved", secondMeeting, calendar.Patch{Span: &moved}, false},
		{"the moved one is cancelled", secondMeeting, waived, true},
		{"and brought back where it stood", secondMeeting, back, false},
		{"cancelled again", secondMeeting, waived, true},
		{"and brought back at another time", secondMeeting, elsewhere, false},
	} {
		before := hers.inbox(t)
		apply(t, alice, instance(look(t, alice), step.original, step.patch))
		if n := hers.inbox(t) - before; n != 1 {
			t.Errorf("%s: %d messages", step.sentence, n)
		}
		own, copied := at(t, look(t, alice), step.original), at(t, look(t, dana), step.original)
		if own.Cancelled != step.cancelled || copied.Cancelled != step.cancelled || !copied.Span.Equal(own.Span) {
			t.Errorf("%s: Alice has %+v, Dana %+v", step.sentence, own, copied)
		}
		if own.Mark["state"] != step.patch.Mark["state"] {
			t.Errorf("%s: the mark is %v", step.sentence, own.Mark)
		}
		if !step.cancelled && status(copied.Attendees, "dana@example.org") != calendar.NeedsAction {
			t.Errorf("%s: Dana is not asked again: %+v", step.sentence, copied.Attendees)
		}
		if other := at(t, look(t, dana), firstMeeting); other.Cancelled {
			t.Errorf("%s: another meeting is cancelled too", step.sentence)
		}
	}
}

// inbox counts the messages for Dana.
func (h hand) inbox(t *testing.T) int {
	t.Helper()
	h.collection = strings.Replace(h.collection, "Default/", "Inbox/", 1)
	req, _ := http.NewRequest("PROPFIND", h.collection, nil)
	req.Header.Set("Depth", "1")
	req.SetBasicAuth(h.user, h.user+"pw")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var text strings.Builder
	if _, err := io.Copy(&text, resp.Body); err != nil {
		t.Fatal(err)
	}
	return strings.Count(text.String(), ".ics</")
}

func TestFreeBusyIs(t *testing.T) {
	window := calendar.Span{Start: time.Date(2035, 10, 25, 0, 0, 0, 0, time.UTC), End: time.Date(2035, 10, 26, 0, 0, 0, 0, time.UTC)}
	alice := as(t, "alice", cyrus.Is["ALICE"], "", http.DefaultTransport, "")
	board := []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//EN\r\nBEGIN:VEVENT\r\nUID:board\r\nDTSTAMP:20261001T000000Z\r\n" +
		"DTSTART:20351025T140000Z\r\nDTEND:20351025T150000Z\r\nSUMMARY:Board\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
	for _, h := range []hand{{t, "dana", cyrus.Is["DANA"]}, {t, "erin", cyrus.Is["ERIN"]}} {
		h.Put("board", board)
		t.Cleanup(func() { h.Delete("board") })
	}
	t.Run("what the guest's calendar holds, on Cyrus", func(t *testing.T) {
		busy, err := alice.FreeBusy(context.Background(), "dana@example.org", window)
		if err != nil || len(busy) != 1 || !busy[0].Anonymous || !busy[0].Start.Equal(time.Date(2035, 10, 25, 14, 0, 0, 0, time.UTC)) {
			t.Errorf("got %+v, %v", busy, err)
		}
	})
	t.Run("denied for somebody the server does not know, on Cyrus", func(t *testing.T) {
		if busy, err := alice.FreeBusy(context.Background(), "nobody@example.org", window); calendar.KindOf(err) != calendar.Denied {
			t.Errorf("got %+v, %v", busy, err)
		}
	})
	t.Run("what a calendar holds that shows nothing else, on Cyrus", func(t *testing.T) {
		shared := as(t, "alice", cyrus.Is["ERIN"], "", http.DefaultTransport, t.TempDir())
		o, err := shared.Observe(context.Background(), calendar.Query{Window: window, Zone: time.UTC})
		if err != nil || len(o.Events) != 1 || !o.Events[0].Anonymous || !o.Events[0].Start.Equal(time.Date(2035, 10, 25, 14, 0, 0, 0, time.UTC)) {
			t.Errorf("got %+v, %v", o, err)
		}
	})
	t.Run("not to be had from Radicale", func(t *testing.T) {
		alone := as(t, "alice", radicale.Is["ALICE"], "", http.DefaultTransport, "")
		if busy, err := alone.FreeBusy(context.Background(), "dana@example.org", window); calendar.KindOf(err) != calendar.Unsupported {
			t.Errorf("got %+v, %v", busy, err)
		}
	})
}

func TestACollectionIsFoundFrom(t *testing.T) {
	for _, s := range []server{radicale, cyrus} {
		for _, row := range []struct{ sentence, from, collection string }{
			{"the root", "ROOT", ""},
			{"the root, by name", "ROOT", s.Is["ALICE_NAME"]},
			{"the principal", "ALICE_PRINCIPAL", ""},
			{"the home set", "ALICE_HOME", ""},
			{"itself", "ALICE", ""},
			{"a path", "ROOT", mustPath(s.Is["ALICE"])},
		} {
			t.Run(row.sentence+" on "+s.Name, func(t *testing.T) {
				a := as(t, "alice", s.Is[row.from], row.collection, http.DefaultTransport, "")
				about, err := a.About(context.Background())
				if err != nil || about.Name != s.Is["ALICE_NAME"] || !about.Write {
					t.Errorf("got %+v, %v", about, err)
				}
			})
		}
		t.Run("a shared calendar's owner on "+s.Name, func(t *testing.T) {
			a := as(t, "alice", s.Is["DANA_AS_ALICE"], "", http.DefaultTransport, "")
			if about, err := a.About(context.Background()); err != nil || !about.Write {
				t.Errorf("got %+v, %v", about, err)
			}
			if o, err := a.Observe(context.Background(), calendar.Query{Window: autumn, Zone: time.UTC}); err != nil {
				t.Errorf("got %+v, %v", o, err)
			}
		})
	}
}
