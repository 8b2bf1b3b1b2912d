package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bilateral/calendar/google/standin"
	"bilateral/config"
)

const (
	ownAddress  = "alice@example.org"
	bossAddress = "dana@example.org"
)

// googleConfig is one bilateral in a Google calendar, whose executive shows busy times alone.
const googleConfig = `[me]
name     = "Alice Chen"
email    = "alice@example.org"
timezone = "Europe/Berlin"

[calendar.team]
type     = "google"
endpoint = "%s"

[[bilateral]]
name       = "dana"
calendar   = "team"
mode       = "act"
prefer     = "Wed 15:30"
duration   = "45m"
settle     = "0m"
conference = "meet"

[bilateral.executive]
name     = "Dana Boss"
email    = "dana@example.org"
timezone = "America/New_York"
busy     = ["freebusy"]
`

// googleOffice is a stand-in for Google on loopback, and a command line that is pointed at it.
type googleOffice struct {
	*testing.T
	*standin.Server
	now    time.Time
	config string // its file
	env    []string
}

func newGoogleOffice(t *testing.T) *googleOffice {
	t.Helper()
	o := &googleOffice{T: t, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	server, err := standin.New(standin.Config{Now: func() time.Time { return o.now }})
	if err != nil {
		t.Fatal(err)
	}
	o.Server = server
	server.Person(ownAddress, "Alice Chen", "Europe/Berlin")
	server.Person(bossAddress, "Dana Boss", "America/New_York")
	server.Share(bossAddress, ownAddress, "freeBusyReader")
	signedIn := "Bearer " + server.Token(ownAddress)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Authorization", signedIn) // signing in is another test's matter
		server.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	t.Cleanup(func() {
		for _, v := range server.Violations() {
			t.Errorf("the interface was broken: %s", v)
		}
	})
	dir := t.TempDir()
	o.config = filepath.Join(dir, "config.toml")
	if err := os.WriteFile(o.config, fmt.Appendf(nil, googleConfig, web.URL), 0o600); err != nil {
		t.Fatal(err)
	}
	o.env = append(os.Environ(), "HOME="+dir, "TZ=UTC", "BILATERAL_CONFIG="+o.config, "STATE_DIRECTORY="+filepath.Join(dir, "state"))
	return o
}

// run runs the program at the office's moment, and returns all that it says.
func (o *googleOffice) run(code int, args ...string) string {
	o.Helper()
	cmd := exec.Command("bilateral", append(args, "--now", o.now.Format(time.RFC3339))...)
	cmd.Env = o.env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	_ = cmd.Run() // its code is what counts
	if got := cmd.ProcessState.ExitCode(); got != code {
		o.Errorf("%v: exit code %d, want %d:\n%s", args, got, code, &out)
	}
	return out.String()
}

// pass makes a pass after so long, and returns what it says, how many changes it sent, and the mails that came of it.
func (o *googleOffice) pass(after time.Duration) (said string, writes int, mails []string) {
	o.Helper()
	o.now = o.now.Add(after)
	o.Forget()
	said = o.run(0, "run", "--once")
	for _, r := range o.Requests() {
		if r.Writes() {
			writes++
		}
	}
	for _, m := range o.Mails() {
		mails = append(mails, m.What+" "+m.To)
	}
	return said, writes, mails
}

// rests checks that a pass writes nothing and looks at the calendar once.
func (o *googleOffice) rests(when string) string {
	o.Helper()
	said, writes, mails := o.pass(time.Minute)
	looks := 0
	for _, r := range o.Requests() {
		if r.Method == "calendar.events.list" && r.Query.Has("syncToken") {
			looks++
		}
	}
	if writes != 0 || len(mails) != 0 || looks != 1 {
		o.Errorf("%s: %d changes, %d looks, mails %v:\n%s", when, writes, looks, mails, said)
	}
	return said
}

func (o *googleOffice) do(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// TestALifeAtGoogle runs the program at the stand-in through what a bilateral lives through.
func TestALifeAtGoogle(t *testing.T) {
	o := newGoogleOffice(t)
	alice, dana := o.As(ownAddress), o.As(bossAddress)
	o.run(0, "add", "Vendor B, 48k EUR", "--kind", "decision", "--proposal", "yes")
	said, _, mails := o.pass(0)
	if fmt.Sprint(mails) != "[invite dana@example.org]" || !strings.Contains(said, "create series") {
		t.Fatalf("mails %v:\n%s", mails, said)
	}
	id := ""
	for _, m := range o.Mails() {
		id = m.Event
	}
	at := func(day string) string { return id + "_" + day + "T143000Z" } // 15:30 in Berlin, in winter
	o.rests("after the series is made")

	o.do(dana.Answer(at("20261216"), "declined", ""))
	if said, _, mails := o.pass(27 * time.Hour); fmt.Sprint(mails) != "[update dana@example.org]" || !strings.Contains(said, "declined by Dana; moved") {
		t.Errorf("after a no: mails %v:\n%s", mails, said)
	}
	o.do(dana.Answer(at("20261223"), "declined", "let us skip this one"))
	o.do(alice.Drag(at("20261209"), time.Date(2026, 12, 10, 15, 0, 0, 0, time.UTC), time.Date(2026, 12, 10, 15, 30, 0, 0, time.UTC)))
	o.do(alice.Delete(at("20261230")))
	said = o.rests("after a note, a drag and a deletion")
	for _, want := range []string{"2026-W52  unmet  Dana declined Wed 23 Dec 15:30-16:15 with a note", "2026-W53  unmet  the meeting of 2026-W53 was deleted"} {
		if !strings.Contains(said, want) {
			t.Errorf("not said: %s:\n%s", want, said)
		}
	}
	if said := o.run(1, "status"); !strings.Contains(said, "2026-W50  held   Thu 10 Dec 16:00-16:30") {
		t.Errorf("the drag does not count:\n%s", said)
	}
	o.agendaInTheWebPage(at("20261125"))
}

// agendaInTheWebPage: Alice writes into the invitation in the web page, which keeps it as HTML; the next agenda is written
// around that, and the guest is not mailed.
func (o *googleOffice) agendaInTheWebPage(id string) {
	o.Helper()
	alice := o.As(ownAddress)
	o.do(alice.EditDescription(id, func(text string) string { return text + "\nBring the figures & cake" }))
	o.run(0, "add", "Board date", "--kind", "question")
	_, writes, mails := o.pass(25 * time.Hour) // the working day before, after 16:00
	text, _ := alice.Event(id)["description"].(string)
	if writes != 1 || len(mails) != 0 || !strings.Contains(text, "Board date") || !strings.HasSuffix(text, "<br>Bring the figures &amp; cake") {
		o.Errorf("%d changes, mails %v, description %q", writes, mails, text)
	}
	o.rests("after the agenda")
}

// TestAdoptionAtGoogle: a series that people made is taken over, with what they left out of it, and nobody is mailed.
func TestAdoptionAtGoogle(t *testing.T) {
	o := newGoogleOffice(t)
	alice := o.As(ownAddress)
	start := time.Date(2026, 11, 4, 14, 0, 0, 0, time.UTC)
	id, err := alice.Book(standin.Booking{Title: "1:1", Start: start, End: start.Add(30 * time.Minute), Recurrence: []string{"RRULE:FREQ=WEEKLY;BYDAY=WE"},
		Guests: []string{ownAddress, bossAddress}, More: map[string]any{"colorId": "3", "location": "Room 4"}})
	o.do(err)
	o.do(alice.Delete(id + "_20261209T140000Z"))
	before := alice.Event(id)
	o.run(0, "adopt", "dana", id+"@google.com", "--yes")
	_, writes, mails := o.pass(time.Minute)
	if writes > 1 || len(mails) != 0 {
		t.Errorf("%d changes, mails %v", writes, mails)
	}
	after := alice.Event(id)
	for _, field := range []string{"summary", "colorId", "location", "start", "end", "recurrence", "attendees", "reminders"} {
		if fmt.Sprint(after[field]) != fmt.Sprint(before[field]) {
			t.Errorf("%s was %v, is %v", field, before[field], after[field])
		}
	}
	if said := o.run(0, "status"); !strings.Contains(said, "2026-W50  waived") || !strings.Contains(said, "2026-W49  held") {
		t.Errorf("status says\n%s", said)
	}
	o.rests("after it was taken over")
}

// TestAnInvitationIsNotAdoptedAtGoogle: Google takes changes from the organizer alone.
func TestAnInvitationIsNotAdoptedAtGoogle(t *testing.T) {
	o := newGoogleOffice(t)
	start := time.Date(2026, 11, 4, 14, 0, 0, 0, time.UTC)
	id, err := o.As(bossAddress).Book(standin.Booking{Title: "1:1", Start: start, End: start.Add(30 * time.Minute), Recurrence: []string{"RRULE:FREQ=WEEKLY;BYDAY=WE"},
		Guests: []string{ownAddress, bossAddress}})
	o.do(err)
	if said := o.run(0, "adopt", "dana"); !strings.Contains(said, "organized by dana@example.org: it cannot be changed here") || strings.Contains(said, "Take one over") {
		t.Errorf("offered as\n%s", said)
	}
	said := o.run(2, "adopt", "dana", id+"@google.com", "--yes")
	if !strings.Contains(said, "takes changes from the organizer alone\nName the calendar of Dana Boss as calendar in the config") {
		t.Errorf("refused with\n%s", said)
	}
	o.do(config.SetAdopt(o.config, "dana", id+"@google.com")) // by hand
	o.Forget()
	said = o.run(3, "run", "--once")
	if !strings.Contains(said, "takes changes from the organizer alone\nName the executive's calendar") {
		t.Errorf("a pass says\n%s", said)
	}
	if said := o.run(2, "status"); !strings.Contains(said, "do: name the executive's calendar") {
		t.Errorf("status says\n%s", said)
	}
	for _, r := range o.Requests() {
		if r.Writes() {
			t.Errorf("written: %+v", r)
		}
	}
}

func TestWhatGoesWrongAtGoogleIsSaidInTwoLines(t *testing.T) {
	const begin = "bilateral: dana: read the calendar team: read Google calendar primary: "
	for _, row := range []struct {
		fault standin.Fault
		code  int
		want  string
	}{
		{standin.Fault{Status: 403, Reason: "quotaExceeded"}, 1, begin + "too many requests: the server answered 403: Forbidden (quotaExceeded)\nWait a while; the daemon does so by itself.\n"},
		{standin.Fault{Status: 403, Reason: "forbidden"}, 1, begin + "not allowed: the server answered 403: Forbidden (forbidden)\n" +
			"Give the account access to this calendar, or name another in the config, then: bilateral check\n"},
		{standin.Fault{Status: 404, Reason: "notFound"}, 1, begin + "not there: the server answered 404: Not Found (notFound)\n" +
			"Correct this calendar's path, url or collection in the config, then: bilateral check\n"},
		{standin.Fault{Status: 503}, 1, begin + "not reachable: the server answered 503: Service Unavailable (backendError)\n" +
			"Check the network and the calendar's address: bilateral check. The daemon tries again by itself.\n"},
	} {
		t.Run(fmt.Sprint(row.fault.Status, " ", row.fault.Reason), func(t *testing.T) {
			o := newGoogleOffice(t)
			o.Inject(row.fault)
			if said := o.run(row.code, "run", "--once"); !strings.HasSuffix(said, row.want) {
				t.Errorf("got\n%s\nwant\n%s", said, row.want)
			}
			o.Heal()
			if _, _, mails := o.pass(time.Minute); len(mails) != 1 {
				t.Errorf("afterwards: mails %v", mails)
			}
		})
	}
}
