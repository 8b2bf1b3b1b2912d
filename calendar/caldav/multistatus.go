package caldav

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bilateral/calendar"
	"bilateral/calendar/web"
)

// resource is one response of a multistatus: what the server says of one address. What is wrong with one of them says
// nothing of the others.
type resource struct {
	href   string // as the server wrote it, to send it back
	path   string // decoded, to compare it: servers encode the same path in different ways
	status int    // of the whole response; 0 where only its properties have one
	props  []*node
	denied int // the status of a propstat that is no success: why a property is missing
}

func (r *resource) prop(name xml.Name) *node {
	for _, p := range r.props {
		if p.name == name {
			return p
		}
	}
	return nil
}

func (r *resource) text(name xml.Name) string { return r.prop(name).trimmed() }

// gone reports whether the server says that there is no such resource.
func (r *resource) gone() bool { return r.status == http.StatusNotFound || r.status == http.StatusGone }

// is reports whether the resource is of a type, such as DAV:collection.
func (r *resource) is(kind xml.Name) bool { return r.prop(dav("resourcetype")).child(kind) != nil }

// multistatus is a whole answer with status 207, RFC 4918 section 13.
type multistatus struct {
	resources []*resource
	token     string // sync-token, RFC 6578
}

// parseMultistatus reads an answer, and calls each for every resource in it.
func parseMultistatus(r io.Reader, base *url.URL, each func()) (multistatus, error) {
	var m multistatus
	err := readXML(r, dav("multistatus"), func(n *node) {
		switch n.name {
		case dav("response"):
			m.resources = append(m.resources, parseResponse(n, base)...)
			each()
		case dav("sync-token"):
			m.token = n.trimmed()
		}
	})
	return m, err
}

// parseResponse returns a resource for each href: with a status, several may share a response (RFC 4918 section 14.24).
func parseResponse(n *node, base *url.URL) []*resource {
	var shared resource
	if s := n.child(dav("status")); s != nil {
		shared.status = parseStatus(s.trimmed())
	}
	for _, c := range n.children {
		if c.name != dav("propstat") {
			continue
		}
		status := parseStatus(c.child(dav("status")).trimmed())
		switch prop := c.child(dav("prop")); {
		case prop == nil:
		case status/100 == 2:
			shared.props = append(shared.props, prop.children...)
		case status != http.StatusNotFound:
			shared.denied = status
		}
	}
	var list []*resource
	for _, href := range n.hrefs() {
		at, err := base.Parse(href)
		if err != nil || !web.SameOrigin(base, at) {
			continue
		}
		r := shared
		r.href, r.path = href, at.Path
		list = append(list, &r)
	}
	return list
}

// parseStatus reads "HTTP/1.1 200 OK". A propstat without one counts as success, as some servers leave it out.
func parseStatus(line string) int {
	if line == "" {
		return http.StatusOK
	}
	fields := strings.Fields(line)
	if len(fields) < 2 {
		return http.StatusInternalServerError
	}
	code, err := strconv.Atoi(fields[1])
	if err != nil {
		return http.StatusInternalServerError
	}
	return code
}

// condition returns the names of the preconditions in an error body, RFC 4918 section 16, or "".
func condition(body io.Reader) string {
	var names []string
	readXML(io.LimitReader(body, 64<<10), dav("error"), func(n *node) {
		if len(names) < 4 && len(n.name.Local) < 60 {
			names = append(names, n.name.Local)
		}
	})
	return strings.Join(names, ", ")
}

// multi turns an answer into a multistatus, or into the error that it is.
func (s *session) multi(op string, a *answer) (multistatus, error) {
	defer a.close()
	if a.status != http.StatusMultiStatus {
		if a.status/100 != 2 {
			return multistatus{}, s.refused(op, a)
		}
		return multistatus{}, failed(calendar.BadData, op, a.url, fmt.Errorf("%w: it answered %d", errNoXML, a.status))
	}
	m, err := parseMultistatus(a.body, a.url, func() {
		if a.long {
			s.seen++
			s.tell(s.seen, 0)
		}
	})
	if err != nil {
		return multistatus{}, s.unread(op, a.url, err)
	}
	return m, nil
}

// inner is the failure inside a 207 that answers a write, or nil.
func (s *session) inner(a *answer) *calendar.Error {
	m, err := parseMultistatus(a.body, a.url, func() {})
	if err != nil {
		return nil
	}
	for _, r := range m.resources {
		if status := max(r.status, r.denied); status/100 > 2 {
			return failed(web.KindOf(status), "write", a.url, &statusError{status: status, inside: true})
		}
	}
	return nil
}

// propfind asks for properties of an address and, with depth "1", of what is in it. It returns where the answer came from.
func (s *session) propfind(ctx context.Context, at *url.URL, depth string, props ...xml.Name) (multistatus, *url.URL, error) {
	return s.ask(ctx, request{method: "PROPFIND", url: at, depth: depth, body: document("D:propfind", propElement(props)),
		long: depth == "1", slow: slices.Contains(props, ctagName), op: "read"})
}

// ask sends a question whose answer is a multistatus, and returns where it came from.
func (s *session) ask(ctx context.Context, r request) (multistatus, *url.URL, error) {
	a, err := s.do(ctx, r)
	if err != nil {
		return multistatus{}, nil, err
	}
	m, err := s.multi(r.op, a)
	return m, a.url, err
}

func propElement(props []xml.Name) string {
	var b strings.Builder
	b.WriteString("<D:prop>")
	for _, p := range props {
		b.WriteString("<" + map[string]string{davNS: "D:", calNS: "C:", csNS: "S:"}[p.Space] + p.Local + "/>")
	}
	b.WriteString("</D:prop>")
	return b.String()
}
