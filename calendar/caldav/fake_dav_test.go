package caldav_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const multistatusHead = `<?xml version="1.0" encoding="utf-8"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/">`

// responses writes a 207.
func responses(w http.ResponseWriter, parts ...string) {
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.WriteHeader(http.StatusMultiStatus)
	io.WriteString(w, multistatusHead)
	for _, part := range parts {
		io.WriteString(w, part)
	}
	io.WriteString(w, "</d:multistatus>")
}

func found(href, props string) string {
	return "<d:response><d:href>" + escape(href) + "</d:href><d:propstat><d:prop>" + props +
		"</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat><d:propstat><d:prop><d:unknown/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>"
}

func missing(href string, status int) string {
	return "<d:response><d:href>" + escape(href) + "</d:href><d:status>HTTP/1.1 " + strconv.Itoa(status) + " " + http.StatusText(status) + "</d:status></d:response>"
}

func (f *fake) propfind(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case path == "/.well-known/caldav":
		w.Header().Set("Location", "/dav/")
		w.WriteHeader(http.StatusMovedPermanently)
	case path == "/dav/":
		responses(w, found(path, `<d:resourcetype><d:collection/></d:resourcetype><d:current-user-principal><d:href>/principals/alice/</d:href></d:current-user-principal>`))
	case path == "/principals/alice/":
		responses(w, found(path, f.principal()))
	case path == fakeHome && r.Header.Get("Depth") == "1":
		parts := []string{found(path, `<d:resourcetype><d:collection/></d:resourcetype>`), found(fakeWork, f.collection()),
			found(fakeInbox, `<d:resourcetype><d:collection/><c:schedule-inbox/></d:resourcetype><d:sync-token>`+f.token()+`</d:sync-token>`),
			found("/dav/alice/tasks/", `<d:resourcetype><d:collection/><c:calendar/></d:resourcetype><d:displayname>Tasks</d:displayname><c:supported-calendar-component-set><c:comp name="VTODO"/></c:supported-calendar-component-set>`)}
		if f.second {
			parts = append(parts, found("/dav/alice/home/", `<d:resourcetype><d:collection/><c:calendar/></d:resourcetype><d:displayname>Home</d:displayname>`))
		}
		responses(w, parts...)
	case path == fakeHome:
		responses(w, found(path, `<d:resourcetype><d:collection/></d:resourcetype>`))
	case path == fakeInbox && r.Header.Get("Depth") == "0":
		props := `<c:schedule-default-calendar-URL><d:href>` + fakeWork + `</d:href></c:schedule-default-calendar-URL>`
		if f.hours != "" {
			props += `<c:calendar-availability>` + escape(f.hours) + `</c:calendar-availability>`
		}
		responses(w, found(path, props))
	case path == fakeWork && f.secretive:
		w.WriteHeader(http.StatusForbidden)
	case path == fakeWork && r.Header.Get("Depth") == "0":
		responses(w, found(path, f.collection()))
	case path == fakeWork || path == fakeInbox:
		f.list(w, path)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (f *fake) principal() string {
	props := `<c:calendar-home-set><d:href>` + f.home + fakeHome + `</d:href></c:calendar-home-set>`
	if f.inbox {
		props += `<c:schedule-inbox-URL><d:href>` + f.home + fakeInbox + `</d:href></c:schedule-inbox-URL>` +
			`<c:schedule-outbox-URL><d:href>` + f.home + `/dav/alice/outbox/</d:href></c:schedule-outbox-URL>` +
			`<c:calendar-user-address-set><d:href>/principals/alice/</d:href><d:href>mailto:alice@example.org</d:href></c:calendar-user-address-set>`
	}
	if f.inboxOnly {
		props += `<c:schedule-inbox-URL><d:href>` + strings.TrimSuffix(fakeInbox, "/") + `</d:href></c:schedule-inbox-URL>`
	}
	return props
}

func (f *fake) collection() string {
	props := `<d:resourcetype><d:collection/><c:calendar/></d:resourcetype><d:displayname>Work</d:displayname>` +
		`<d:current-user-principal><d:href>/principals/alice/</d:href></d:current-user-principal>`
	if f.hours != "" {
		props += `<d:owner><d:href>/principals/alice/</d:href></d:owner>`
	}
	if f.busyOnly {
		return props + `<d:current-user-privilege-set><d:privilege><c:read-free-busy/></d:privilege></d:current-user-privilege-set>`
	}
	props += `<d:current-user-privilege-set><d:privilege><d:read/></d:privilege>`
	if !f.readOnly {
		props += `<d:privilege><d:write/></d:privilege>`
	}
	props += `</d:current-user-privilege-set>`
	switch {
	case f.bare:
		props += `<d:supported-report-set><d:supported-report><d:sync-collection/></d:supported-report></d:supported-report-set>`
	case !f.noSync:
		props += `<d:supported-report-set><d:supported-report><d:report><d:sync-collection/></d:report></d:supported-report>`
		if f.sogo {
			props += `<d:supported-report><d:report><i:acl-query xmlns:i="urn:inverse:params:xml:ns:inverse-dav"/></d:report></d:supported-report>`
		}
		props += `</d:supported-report-set><d:sync-token>` + f.token() + `</d:sync-token>`
	}
	if !f.noTag {
		props += `<s:getctag>` + f.token() + `</s:getctag>`
	}
	return props
}

func (f *fake) list(w http.ResponseWriter, collection string) {
	parts := []string{found(collection, `<d:resourcetype><d:collection/></d:resourcetype>`)}
	for _, path := range f.members(collection, 0) {
		if f.live(path) != nil {
			parts = append(parts, found(f.href(path), f.props(path, false)))
		}
	}
	responses(w, parts...)
}

func (f *fake) props(path string, text bool) string {
	o := f.objects[path]
	props := `<d:resourcetype/>`
	if e := f.etag(o); e != "" {
		props += `<d:getetag>` + escape(e) + `</d:getetag>`
	}
	if f.tags {
		props += fmt.Sprintf(`<c:schedule-tag>"t%d"</c:schedule-tag>`, o.tag)
	}
	if text {
		props += `<c:calendar-data>` + escape(string(o.text)) + `</c:calendar-data>`
	}
	return props
}

type reportBody struct {
	XMLName xml.Name
	Token   string   `xml:"DAV: sync-token"`
	Hrefs   []string `xml:"DAV: href"`
	Prop    struct {
		Data *struct{} `xml:"urn:ietf:params:xml:ns:caldav calendar-data"`
	} `xml:"DAV: prop"`
}

func (f *fake) report(w http.ResponseWriter, r *http.Request, body string) {
	var q reportBody
	if err := xml.Unmarshal([]byte(body), &q); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	switch {
	case q.XMLName.Local == "free-busy-query" && f.busyOnly:
		w.Header().Set("Content-Type", "text/calendar")
		io.WriteString(w, busyText)
	case f.busyOnly:
		w.WriteHeader(http.StatusForbidden)
	case q.XMLName.Local == "sync-collection" && !f.noSync:
		f.sync(w, r.URL.Path, q)
	case q.XMLName.Local == "calendar-multiget" && !f.noMultiget:
		f.multiget(w, q)
	default:
		w.WriteHeader(http.StatusNotImplemented)
	}
}

const busyText = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//EN\r\nBEGIN:VFREEBUSY\r\nDTSTAMP:20261019T080000Z\r\n" +
	"FREEBUSY:20261020T080000Z/20261020T090000Z\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"

func (f *fake) multiget(w http.ResponseWriter, q reportBody) {
	var parts []string
	for i, href := range q.Hrefs {
		path := unescape(href)
		switch {
		case f.multigets > 0 && i >= f.multigets:
			responses(w, strings.Repeat(" ", 17<<20)) // never to be read whole
			return
		case f.live(path) != nil:
			parts = append(parts, found(href, f.props(path, true)))
		case !f.omits:
			parts = append(parts, missing(href, http.StatusNotFound))
		}
	}
	responses(w, parts...)
}

func (f *fake) sync(w http.ResponseWriter, collection string, q reportBody) {
	since := 0
	if q.Token != "" {
		var err error
		if since, err = strconv.Atoi(strings.TrimPrefix(q.Token, "urn:token:")); err != nil || since > f.clock {
			switch f.oldToken {
			case "":
				w.WriteHeader(http.StatusForbidden)
				io.WriteString(w, `<d:error xmlns:d="DAV:"><d:valid-sync-token/></d:error>`)
				return
			case "500":
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			since = 0
		}
	}
	var parts []string
	last, more := f.clock, false
	for _, path := range f.members(collection, since) {
		o := f.objects[path]
		if o.changed < since || o.changed == since && !f.repeats {
			continue
		}
		if f.page > 0 && len(parts) == f.page {
			more = true
			break
		}
		last = o.changed
		switch {
		case !o.gone:
			parts = append(parts, found(f.href(path), f.props(path, q.Prop.Data != nil && !f.noData)))
		case since > 0 || q.Token == "":
			parts = append(parts, missing(f.href(path), http.StatusNotFound))
		}
	}
	if more {
		parts = append(parts, missing(collection, http.StatusInsufficientStorage))
	} else {
		last = f.clock
	}
	responses(w, append(parts, "<d:sync-token>urn:token:"+strconv.Itoa(last)+"</d:sync-token>")...)
}

func (f *fake) outbox(w http.ResponseWriter, body string) {
	status, data := "3.7;Invalid calendar user", ""
	switch {
	case strings.Contains(body, "mailto:dana@example.org"):
		status, data = "2.0;Success", `<c:calendar-data>`+escape(busyText)+`</c:calendar-data>`
	case strings.Contains(body, "mailto:frank@example.org"): // from SOGo, where alice may not look
		status, data = "2.0;Success", `<c:calendar-data>`+"BEGIN:VCALENDAR\r\nPRODID:-//Inverse inc./SOGo 5.8.0//EN\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VFREEBUSY\r\n"+
			"DTSTART:20261001T000000Z\r\nDTEND:20261115T000000Z\r\nEND:VFREEBUSY\r\nEND:VCALENDAR"+`</c:calendar-data>`
	case strings.Contains(body, "mailto:erin@example.org"):
		status = "2.0;Success" // and nothing behind it
	}
	w.Header().Set("Content-Type", "application/xml")
	io.WriteString(w, `<c:schedule-response xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:d="DAV:"><c:response><c:recipient><d:href>mailto:x</d:href></c:recipient><c:request-status>`+
		status+`</c:request-status>`+data+`</c:response></c:schedule-response>`)
}

func unescape(href string) string {
	var b strings.Builder
	for i := 0; i < len(href); i++ {
		if href[i] == '%' && i+2 < len(href) {
			if n, err := strconv.ParseUint(href[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(href[i])
	}
	return b.String()
}

// person is somebody else at the fake's calendar.
type person struct{ f *fake }

func (p person) Put(uid string, text []byte) {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	p.f.set(fakeWork+uid+".ics", slices.Clone(text))
}

func (p person) Text(uid string) []byte {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	if o := p.f.live(fakeWork + uid + ".ics"); o != nil {
		return o.text
	}
	return nil
}

func (p person) Delete(uid string) {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	p.f.remove(fakeWork + uid + ".ics")
}
