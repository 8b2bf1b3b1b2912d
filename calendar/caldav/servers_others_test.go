//go:build otherservers

package caldav_test

import (
	"context"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/caldav"
	"bilateral/test/servers"
)

// Xandikos does not schedule, and its test server takes everybody for alice. DAViCal and SOGo do, each in its own way.
var xandikos, davical, sogo server

// TestMain starts the real servers that ./test.sh leaves out.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "caldav")
		if err != nil {
			return fail(err)
		}
		defer os.RemoveAll(dir)
		for name, s := range map[string]*server{"xandikos": &xandikos, "davical": &davical, "sogo": &sogo} {
			if s.Server, err = servers.Start(name, filepath.Join(dir, name)); err != nil {
				return fail(err)
			}
			defer s.Stop()
		}
		return m.Run()
	}())
}

// unescapes are the cases with a backslash before an n, which these servers take for a line break.
func unescapes(server string) map[string]string {
	why := server + " reads a backslash before an n as a line break"
	return map[string]string{
		"a created series is observed as it was drafted":                        why,
		"one instance's text and mark are its own":                              why,
		"what is written is what is read, and writing it again changes nothing": why,
	}
}

func TestXandikosConforms(t *testing.T) {
	exempt := unescapes("Xandikos")
	exempt["what we do not know survives our change"] = "Xandikos itself rewrites X- properties with commas"
	xandikos.conforms(t, exempt)
}

func TestDAViCalConforms(t *testing.T) {
	exempt := unescapes("DAViCal")
	maps.Copy(exempt, refusals("DAViCal"))
	davical.conforms(t, exempt)
}

func TestSOGoConforms(t *testing.T) {
	exempt := refusals("SOGo")
	exempt["a floating time is read in the reader's zone"] = "SOGo gives floating times the zone of the calendar's owner"
	exempt["series with the guest can be found for adoption, others and single events are not"] = "SOGo refuses a meeting of others in alice's calendar"
	exempt["a change of time asks the guest again, and only for that instance"] = "SOGo removes the organizer's own answer"
	exempt["the conflict ends when the series is observed again, and the other's edit stays"] = "SOGo takes a guest's answer from the guest alone"
	for _, text := range []string{"one instance's text and mark are its own", "a change of text alone asks nobody again"} {
		exempt[text] = "the series' SEQUENCE is raised, so that SOGo takes the text to the guest"
	}
	sogo.conforms(t, exempt)
}

func TestWhatAServerCanDoIsSeen(t *testing.T) {
	for _, row := range []struct {
		server
		want calendar.About
	}{
		{xandikos, calendar.About{Name: "calendar"}},
		{davical, calendar.About{Name: "work of alice", FreeBusy: true}},
		{sogo, calendar.About{Name: "Personal Calendar", FreeBusy: true, Invites: true, Silent: true}},
	} {
		for _, from := range []string{"ROOT", "ALICE_PRINCIPAL", "ALICE_HOME", "ALICE"} {
			t.Run(from+" on "+row.Name, func(t *testing.T) {
				about, err := as(t, "alice", row.Is[from], "", http.DefaultTransport, "").About(context.Background())
				if err != nil || about.Name != row.want.Name || about.Invites != row.want.Invites || about.Silent != row.want.Silent ||
					about.FreeBusy != row.want.FreeBusy || !about.Write || !strings.HasPrefix(about.Sync, "one small request (sync") {
					t.Errorf("got %+v, %v", about, err)
				}
			})
		}
	}
}

func TestAWrongPasswordIsSaidSoBy(t *testing.T) {
	for _, s := range []server{davical, sogo} {
		t.Run(s.Name, func(t *testing.T) {
			a, err := caldav.New(caldav.Options{URL: s.Is["ALICE"], Username: "alice", Now: clock,
				Secret: func(context.Context) (string, error) { return "outdated", nil }})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := a.About(context.Background()); calendar.KindOf(err) != calendar.SignIn {
				t.Errorf("got %v", err)
			}
		})
	}
}

// wednesdays are the second and the third meeting of the weekly ones below; before the third the clocks go back.
var wednesdays = []time.Time{time.Date(2035, 10, 24, 13, 30, 0, 0, time.UTC), time.Date(2035, 10, 31, 14, 30, 0, 0, time.UTC)}

// TestSOGoTakesEverythingToTheGuest: also the text of a single meeting, which it does not by itself.
func TestSOGoTakesEverythingToTheGuest(t *testing.T) {
	alice, dana := as(t, "alice", sogo.Is["ALICE"], "", http.DefaultTransport, ""), as(t, "dana", sogo.Is["DANA"], "", http.DefaultTransport, "")
	mine, hers := hand{t, "alice", sogo.Is["ALICE"]}, hand{t, "dana", sogo.Is["DANA"]}
	const uid = "weekly@bilateral.example.org"
	t.Cleanup(func() { mine.do("DELETE", uid+".ics", ""); hers.do("DELETE", uid+".ics", "") })
	sight := func(a *caldav.Account) calendar.Series {
		t.Helper()
		window := calendar.Span{Start: wednesdays[0].AddDate(0, 0, -14), End: wednesdays[0].AddDate(0, 0, 30)}
		o, err := a.Observe(context.Background(), calendar.Query{Window: window, Zone: time.UTC, UIDs: []string{uid}})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range o.Series {
			if s.UID == uid {
				return s
			}
		}
		t.Fatal("the series is not there")
		return calendar.Series{}
	}
	d := draft(t)
	d.Start = wednesdays[0].AddDate(0, 0, -7)
	observe(t, alice)
	apply(t, alice, calendar.Change{UID: uid, Create: d})
	text := strings.ReplaceAll(string(hers.Text(uid)), "NEEDS-ACTION", "ACCEPTED")
	hers.Put(uid, []byte(text))

	moved := calendar.Span{Start: wednesdays[1].Add(time.Hour), End: wednesdays[1].Add(2 * time.Hour)}
	for _, step := range []struct {
		sentence  string
		original  time.Time
		patch     calendar.Patch
		cancelled bool
		answer    calendar.PartStat
	}{
		{"a first text", wednesdays[0], calendar.Patch{Description: new("first")}, false, calendar.Accepted},
		{"a second text", wednesdays[0], calendar.Patch{Description: new("second")}, false, calendar.Accepted},
		{"another time", wednesdays[1], calendar.Patch{Span: &moved}, false, calendar.NeedsAction},
		{"a text after that", wednesdays[1], calendar.Patch{Description: new("third")}, false, calendar.NeedsAction},
		{"a cancelled meeting", wednesdays[1], calendar.Patch{Cancelled: new(true)}, true, calendar.NeedsAction},
		{"that it is held after all", wednesdays[1], calendar.Patch{Cancelled: new(false)}, false, calendar.NeedsAction},
	} {
		s := sight(alice)
		apply(t, alice, calendar.Change{UID: s.UID, Name: s.Name, Version: s.Version, Instances: []calendar.InstancePatch{{Original: step.original, Patch: step.patch}}})
		own, copied := at(t, sight(alice), step.original), at(t, sight(dana), step.original)
		who, _ := calendar.Attends(copied.Attendees, "dana@example.org")
		if !copied.Span.Equal(own.Span) || copied.Cancelled != step.cancelled || copied.Description != own.Description || who.Status != step.answer {
			t.Errorf("%s: Alice has %+v, Dana %+v", step.sentence, own, copied)
		}
	}
}

func TestEmptyIsNotFreeOnSOGo(t *testing.T) {
	window := calendar.Span{Start: wednesdays[0], End: wednesdays[1]}
	hers := hand{t, "erin", sogo.Is["ERIN"]}
	hers.Put("board", []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//EN\r\nBEGIN:VEVENT\r\nUID:board\r\nDTSTAMP:20261001T000000Z\r\n"+
		"DTSTART:20351025T140000Z\r\nDTEND:20351025T150000Z\r\nSUMMARY:Board\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	t.Cleanup(func() { hers.Delete("board") })
	alice := as(t, "alice", sogo.Is["ALICE"], "", http.DefaultTransport, "")
	if busy, err := alice.FreeBusy(context.Background(), "erin@example.org", window); calendar.KindOf(err) != calendar.Denied {
		t.Errorf("who shares nothing: %+v, %v", busy, err)
	}
}
