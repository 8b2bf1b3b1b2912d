package caldav

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"bilateral/calendar"
	"bilateral/calendar/web"
)

const (
	maxPages = 10_000 // of one paged answer
	batch    = 100    // objects asked for in one multiget
)

// changes asks what changed since a token, or with none for everything, page by page: RFC 6578. With texts it also asks
// for the objects themselves, which the server may leave out.
func (s *session) changes(ctx context.Context, at *url.URL, token string, texts bool) (*listing, error) {
	l := &listing{token: token}
	for range maxPages {
		m, from, err := s.syncPage(ctx, at, l.token, texts)
		if err != nil {
			return nil, err
		}
		more := l.add(m, from)
		if m.token == "" || more && m.token == l.token {
			return nil, failed(calendar.BadData, "read", at, errors.New("the answer to sync-collection has no new token"))
		}
		if l.token = m.token; !more {
			return l, nil
		}
	}
	return nil, failed(calendar.BadData, "read", at, fmt.Errorf("the answer to sync-collection has more than %d pages", maxPages))
}

func (s *session) syncPage(ctx context.Context, at *url.URL, token string, texts bool) (multistatus, *url.URL, error) {
	data := ""
	if texts {
		data = "<C:calendar-data/>"
	}
	body := document("D:sync-collection", "<D:sync-token>"+escaped(token)+"</D:sync-token><D:sync-level>1</D:sync-level>"+
		"<D:prop><D:getetag/><C:schedule-tag/>"+data+"</D:prop>")
	return s.ask(ctx, request{method: "REPORT", url: at, depth: "0", body: body, long: true, op: "read"})
}

// add takes one page in and reports whether there are more: RFC 6578 section 3.6, a 507 for the collection itself.
func (l *listing) add(m multistatus, collection *url.URL) (more bool) {
	for _, r := range m.resources {
		switch {
		case samePath(r.path, collection.Path):
			more = more || r.status == http.StatusInsufficientStorage
		case strings.HasSuffix(r.path, "/"), r.is(dav("collection")):
		case r.gone():
			l.removed = append(l.removed, r.path)
		case r.status == 0 || r.status/100 == 2:
			l.live = append(l.live, r.listed())
		default: // the object is there, and cannot be had now
			l.live = append(l.live, listed{path: r.path, href: r.href})
		}
	}
	return more
}

func (r *resource) listed() listed {
	e := listed{path: r.path, href: r.href, etag: r.text(dav("getetag")), tag: r.text(caldav("schedule-tag"))}
	if data := r.prop(caldav("calendar-data")); data != nil && strings.TrimSpace(data.text) != "" {
		e.data = []byte(data.text)
	}
	return e
}

func samePath(a, b string) bool { return strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/") }

// collectionTag asks for what changes whenever the collection does; "" where the server has no such thing.
func (s *session) collectionTag(ctx context.Context, at *url.URL) (string, error) {
	m, _, err := s.propfind(ctx, at, "0", ctagName, dav("sync-token"))
	if err != nil {
		return "", err
	}
	for _, r := range m.resources {
		if tag := r.collectionTag(); tag != "" {
			return tag, nil
		}
	}
	return "", nil
}

func (r *resource) collectionTag() string { return cmp.Or(r.text(ctagName), r.text(dav("sync-token"))) }

// list asks for the ETags of all objects.
func (s *session) list(ctx context.Context, at *url.URL) (*listing, error) {
	m, from, err := s.propfind(ctx, at, "1", dav("getetag"), dav("resourcetype"), caldav("schedule-tag"))
	if err != nil {
		return nil, err
	}
	l := &listing{whole: true}
	l.add(m, from)
	return l, nil
}

// fetch gets the texts of objects and returns the paths that are other than before.
func (r *replica) fetch(ctx context.Context, s *session, need []listed) (touched []string, err error) {
	total := len(need)
	for len(need) > 0 {
		if total > batch {
			s.tell(total-len(need), total)
		}
		n := min(batch, len(need))
		some, err := r.fetchBatch(ctx, s, need[:n])
		touched = append(touched, some...)
		if err != nil {
			return touched, err
		}
		need = need[n:]
	}
	return touched, nil
}

// fetchBatch asks for one batch, in halves where it is too long. What the answer leaves out is asked for by itself: that
// it is missing does not say that it is gone.
func (r *replica) fetchBatch(ctx context.Context, s *session, need []listed) (touched []string, err error) {
	found, err := s.multiget(ctx, r.at(), need)
	switch {
	case err != nil && errors.Is(err, web.ErrTooLong) && len(need) > 1:
		half := len(need) / 2
		touched, err = r.fetchBatch(ctx, s, need[:half])
		if err != nil {
			return touched, err
		}
		more, err := r.fetchBatch(ctx, s, need[half:])
		return append(touched, more...), err
	case err != nil && errors.Is(err, web.ErrTooLong):
		found = map[string]*resource{need[0].path: {status: http.StatusRequestEntityTooLarge}}
	case err != nil && !kindIs(err, calendar.Unsupported):
		return nil, err
	}
	for _, e := range need {
		got := found[e.path]
		if got == nil {
			if got, err = s.get(ctx, r.at(), e); err != nil {
				return touched, err
			}
		}
		if r.settle(e, got) {
			touched = append(touched, e.path)
		}
		r.expect(e.path)
	}
	return touched, nil
}

// settle takes over what the server says of one object.
func (r *replica) settle(e listed, got *resource) bool {
	now := got.listed()
	if now.href = got.href; now.href == "" {
		now.href = e.href
	}
	if now.path = e.path; now.etag == "" {
		now.etag = e.etag
	}
	switch {
	case got.gone():
		_, held := r.Items[e.path]
		delete(r.Items, e.path)
		return held
	case now.data != nil:
		return r.take(now)
	}
	status := got.status
	if status == 0 {
		status = got.denied
	}
	switch status {
	case 0:
		return r.refuse(now, "the server gives no text for it", false)
	case http.StatusForbidden: // a private entry of another's
		return r.refuse(now, notShown, false)
	}
	return r.refuse(now, fmt.Sprintf("the server answered %d %s for it", status, http.StatusText(status)), status >= 500)
}

// multiget asks for objects by address, RFC 4791 section 7.9.
func (s *session) multiget(ctx context.Context, at *url.URL, need []listed) (map[string]*resource, error) {
	var b strings.Builder
	b.WriteString("<D:prop><D:getetag/><C:schedule-tag/><C:calendar-data/></D:prop>")
	for _, e := range need {
		b.WriteString("<D:href>" + escaped(e.href) + "</D:href>")
	}
	m, _, err := s.ask(ctx, request{method: "REPORT", url: at, depth: "1", body: document("C:calendar-multiget", b.String()), op: "read"})
	if err != nil {
		return nil, err
	}
	found := make(map[string]*resource, len(m.resources))
	for _, r := range m.resources {
		found[r.path] = r
	}
	return found, nil
}

// get asks for one object by itself.
func (s *session) get(ctx context.Context, base *url.URL, e listed) (*resource, error) {
	at, err := base.Parse(e.href)
	if err != nil {
		return &resource{href: e.href, path: e.path, status: http.StatusNotFound}, nil
	}
	a, err := s.do(ctx, request{method: "GET", url: at, op: "read"})
	if err != nil {
		return nil, err
	}
	defer a.close()
	r := &resource{href: e.href, path: e.path}
	if a.status != http.StatusOK {
		if refused := s.refused("read", a); refused.Kind == calendar.SignIn || refused.Kind == calendar.Quota {
			return nil, refused
		}
		r.status = a.status
		return r, nil
	}
	data, err := io.ReadAll(a.body)
	if errors.Is(err, web.ErrTooLong) {
		r.status = http.StatusRequestEntityTooLarge
		return r, nil
	}
	if err != nil {
		return nil, s.unread("read", at, err)
	}
	r.props = []*node{
		{name: dav("getetag"), text: a.header.Get("ETag")},
		{name: caldav("schedule-tag"), text: a.header.Get("Schedule-Tag")},
		{name: caldav("calendar-data"), text: string(data)},
	}
	return r, nil
}
