//go:build servers

package endtoend

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// person is somebody with a calendar program at one collection: plain PUT, GET and DELETE, straight to the server.
type person struct {
	t                *testing.T
	user, collection string
}

func (p person) do(method, address, depth, text string) (int, string) {
	p.t.Helper()
	req, err := http.NewRequest(method, address, strings.NewReader(text))
	if err != nil {
		p.t.Fatal(err)
	}
	req.SetBasicAuth(p.user, p.user+"pw")
	if depth != "" {
		req.Header.Set("Depth", depth)
	}
	media := "application/xml"
	if method == http.MethodPut {
		media = "text/calendar; charset=utf-8"
	}
	req.Header.Set("Content-Type", media)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

var (
	responses = regexp.MustCompile(`(?s)<[a-zA-Z]*:?response>.*?</[a-zA-Z]*:?response>`)
	hrefs     = regexp.MustCompile(`<[a-zA-Z]*:?href>([^<]+\.ics)</`)
	etags     = regexp.MustCompile(`<[a-zA-Z]*:?getetag>([^<]+)</`)
)

// objects are the addresses in a collection with their ETags.
func (p person) objects(collection string) map[string]string {
	p.t.Helper()
	status, body := p.do("PROPFIND", collection, "1", `<?xml version="1.0"?><propfind xmlns="DAV:"><prop><getetag/></prop></propfind>`)
	if status != http.StatusMultiStatus {
		p.t.Fatalf("PROPFIND %s: %d", collection, status)
	}
	base, err := url.Parse(collection)
	if err != nil {
		p.t.Fatal(err)
	}
	out := map[string]string{}
	for _, one := range responses.FindAllString(body, -1) {
		href, tag := hrefs.FindStringSubmatch(one), etags.FindStringSubmatch(one)
		if href == nil || tag == nil {
			continue
		}
		at, err := base.Parse(href[1])
		if err != nil {
			p.t.Fatal(err)
		}
		out[at.String()] = tag[1]
	}
	return out
}

// empty deletes all that is in a collection.
func (p person) empty(collection string) {
	p.t.Helper()
	for address := range p.objects(collection) {
		if status, body := p.do(http.MethodDelete, address, "", ""); status/100 != 2 {
			p.t.Fatalf("DELETE %s: %d\n%s", address, status, body)
		}
	}
}

// inbox is where the server leaves messages, on a server that schedules.
func (p person) inbox() string {
	return regexp.MustCompile(`[^/]+/$`).ReplaceAllString(p.collection, "Inbox/")
}

// series is the meeting in this person's calendar, and its address.
func (p person) series() (address string, o *object) {
	p.t.Helper()
	for at := range p.objects(p.collection) {
		if status, text := p.do(http.MethodGet, at, "", ""); status == http.StatusOK && strings.Contains(text, "@bilateral") {
			if address != "" {
				p.t.Fatalf("%s has two series: %s and %s", p.user, address, at)
			}
			address, o = at, parse(text)
		}
	}
	return address, o
}

// meeting is the series, which must be there.
func (p person) meeting() *object {
	p.t.Helper()
	_, o := p.series()
	if o == nil {
		p.t.Fatalf("%s has no series", p.user)
	}
	return o
}

// edit changes the series in this person's calendar program. A program raises DTSTAMP with each change.
func (p person) edit(now time.Time, change func(o *object)) {
	p.t.Helper()
	address, o := p.series()
	if o == nil {
		p.t.Fatalf("%s has no series to edit", p.user)
	}
	change(o)
	for _, e := range o.events {
		if e.value("TRANSP") != "" { // Cyrus adds a second one where an instance was declined, and then takes only one back
			e.set("TRANSP", ":OPAQUE")
		}
		e.set("DTSTAMP", ":"+now.UTC().Format("20060102T150405Z"))
	}
	p.put(address, o.String())
}

func (p person) put(address, text string) {
	p.t.Helper()
	if status, body := p.do(http.MethodPut, address, "", text); status/100 != 2 {
		p.t.Fatalf("%s could not save %s: %d\n%s\n%s", p.user, address, status, body, text)
	}
}

// books makes an entry of an hour.
func (p person) books(uid string, start time.Time, lines ...string) {
	p.t.Helper()
	lines = append(lines, "DTSTART:"+start.UTC().Format("20060102T150405Z"), "DTEND:"+start.Add(time.Hour).UTC().Format("20060102T150405Z"))
	p.enters(uid, lines...)
}

// enters makes an entry of these lines.
func (p person) enters(uid string, lines ...string) {
	p.t.Helper()
	text := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//A calendar program//EN\r\nBEGIN:VEVENT\r\nUID:" + uid +
		"\r\nDTSTAMP:20351001T000000Z\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	p.put(p.collection+uid+".ics", text)
}

func (p person) removes(uid string) {
	p.t.Helper()
	if status, body := p.do(http.MethodDelete, p.collection+uid+".ics", "", ""); status/100 != 2 {
		p.t.Fatalf("%s could not delete %s: %d\n%s", p.user, uid, status, body)
	}
}

// messages counts what the server told this person so far; zero on a server that does not schedule.
func (p person) messages() int {
	p.t.Helper()
	if p.collection == radicale.Is["DANA"] {
		return 0
	}
	return len(p.objects(p.inbox()))
}
