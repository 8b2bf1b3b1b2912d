package caldav

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/ical"
)

const instant = "20060102T150405Z"

// FreeBusy asks the server through the user's outbox, RFC 6638 section 5. A bare "success" counts for nothing: only a
// VFREEBUSY is an answer.
func (a *Account) FreeBusy(ctx context.Context, email string, window calendar.Span) ([]calendar.Event, error) {
	if err := a.locate(ctx); err != nil {
		return nil, err
	}
	if err := a.meet(ctx); err != nil {
		return nil, err
	}
	defer a.keep()
	outbox, err := url.Parse(a.Person.Outbox)
	if err != nil || a.Person.Outbox == "" || len(a.Person.Emails) == 0 {
		return nil, failed(calendar.Unsupported, "ask free/busy", a.Calendar.at(), errors.New("the server has no schedule outbox for this user"))
	}
	if strings.ContainsAny(email, "\r\n\"<> ") {
		return nil, failed(calendar.Denied, "ask free/busy", outbox, fmt.Errorf("%q is no address", email))
	}
	return a.askOutbox(ctx, outbox, email, window)
}

func (a *Account) askOutbox(ctx context.Context, outbox *url.URL, email string, window calendar.Span) ([]calendar.Event, error) {
	me := a.Person.Emails[0]
	text := strings.Join([]string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bilateral//bilateral//EN", "METHOD:REQUEST", "BEGIN:VFREEBUSY",
		"UID:" + question(email, window), "DTSTAMP:" + a.now().UTC().Format(instant), "DTSTART:" + window.Start.UTC().Format(instant),
		"DTEND:" + window.End.UTC().Format(instant), "ORGANIZER:" + me, "ATTENDEE:mailto:" + email, "END:VFREEBUSY", "END:VCALENDAR", ""}, "\r\n")
	// Originator and Recipient are of the drafts before RFC 6638; servers of that time want them.
	header := http.Header{"Originator": {me}, "Recipient": {"mailto:" + email}}
	got, err := a.session.do(ctx, request{method: "POST", url: outbox, header: header, body: []byte(text), media: "text/calendar; charset=utf-8", op: "ask free/busy"})
	if err != nil {
		return nil, err
	}
	defer got.close()
	if got.status != http.StatusOK && got.status != http.StatusMultiStatus {
		return nil, a.session.refused("ask free/busy", got)
	}
	var status, data string
	err = readXML(got.body, caldav("schedule-response"), func(n *node) {
		if s := n.child(caldav("request-status")); s != nil {
			status = s.trimmed()
		}
		if d := n.child(caldav("calendar-data")); d != nil {
			data = d.text
		}
	})
	if err != nil {
		return nil, a.session.unread("ask free/busy", outbox, err)
	}
	return toldBusy(status, data, email, window, outbox)
}

// toldBusy reads what the outbox says of one person.
func toldBusy(status, data, email string, window calendar.Span, outbox *url.URL) ([]calendar.Event, error) {
	if !strings.HasPrefix(status, "2.") || !hasFreeBusy(data) {
		return nil, failed(calendar.Denied, "ask free/busy", outbox, fmt.Errorf("no busy time of %s is to be had (%.80q)", email, status))
	}
	if strings.Contains(data, "SOGo") && !strings.Contains(data, "FREEBUSY:") && !strings.Contains(data, "FREEBUSY;") {
		// SOGo says success where somebody shares nothing with us, too: nothing is not free.
		return nil, failed(calendar.Denied, "ask free/busy", outbox, fmt.Errorf("SOGo shows nothing of %s, as it does where nothing is shared: "+
			"they must let you see the date and time of their events", email))
	}
	return readBusy([]byte(data), window, outbox)
}

func question(email string, window calendar.Span) string {
	return fingerprint([]byte(email+window.Start.UTC().Format(time.RFC3339))) + "@bilateral"
}

func hasFreeBusy(text string) bool { return strings.Contains(strings.ToUpper(text), "BEGIN:VFREEBUSY") }

// readBusy reads an answer whole or not at all: a part that is not understood must not read as free.
func readBusy(data []byte, window calendar.Span, at *url.URL) ([]calendar.Event, error) {
	file := ical.Parse("free/busy", data)
	if bad := file.Unreadable(); len(bad) > 0 {
		return nil, failed(calendar.BadData, "ask free/busy", at, fmt.Errorf("%s: %s", bad[0].Where, bad[0].Why))
	}
	events, _ := ical.Expand([]*ical.File{file}, ical.View{Window: window})
	return events, nil
}

// onlyBusy looks whether what was denied shows at least its busy time. Some servers (Cyrus) then refuse even to say what
// it is, so that only a configured address can lead there. Where it does not, the denial stands.
func (a *Account) onlyBusy(ctx context.Context, q calendar.Query, denied error) (calendar.Observation, error) {
	at, err := a.finder.start.Parse(a.finder.wanted)
	if !kindIs(denied, calendar.Denied) || err != nil || a.finder.wanted != "" && !a.finder.isPath() {
		return calendar.Observation{}, denied
	}
	before := a.mirror
	if a.Place.URL == "" {
		a.mirror = mirror{Place: place{URL: at.String(), Name: at.Path}, Calendar: replica{URL: at.String()}}
	}
	o, err := a.observeBusy(ctx, q)
	if err != nil {
		a.mirror = before
		return calendar.Observation{}, denied
	}
	a.Place.BusyOnly = true
	return o, nil
}

// observeBusy is the view of a collection that shows busy time only: the free-busy-query report, RFC 4791 section 7.10.
func (a *Account) observeBusy(ctx context.Context, q calendar.Query) (calendar.Observation, error) {
	at := a.Calendar.at()
	body := document("C:free-busy-query", `<C:time-range start="`+q.Window.Start.UTC().Format(instant)+`" end="`+q.Window.End.UTC().Format(instant)+`"/>`)
	got, err := a.session.do(ctx, request{method: "REPORT", url: at, depth: "1", body: body, op: "read"})
	if err != nil {
		return calendar.Observation{}, err
	}
	defer got.close()
	if got.status != http.StatusOK {
		return calendar.Observation{}, a.session.refused("read", got)
	}
	data, err := io.ReadAll(got.body)
	if err != nil {
		return calendar.Observation{}, a.session.unread("read", at, err)
	}
	if !hasFreeBusy(string(data)) {
		return calendar.Observation{}, failed(calendar.BadData, "read", at, errNoXML)
	}
	const name = "free/busy"
	a.held.Put(name, busyVersion(data), data)
	a.checked = true
	a.keep()
	return a.held.Observe(q), nil
}

// changing is what is new in every answer: such a line, with what it is folded into.
var changing = regexp.MustCompile(`(?mi)^(DTSTAMP|UID)[:;].*\n([ \t].*\n)*`)

// busyVersion names an answer by what does not change by itself.
func busyVersion(data []byte) string { return fingerprint(changing.ReplaceAll(data, nil)) }
