package caldav

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bilateral/calendar/web"
)

// replica is what we hold of one collection, and how far it has been followed. Its exported fields are kept on disk.
type replica struct {
	URL   string           // of the collection
	Sync  bool             // the server has sync-collection, RFC 6578
	Token string           // the sync-token that Items stand for; "" before a first whole pass
	CTag  string           // the same where the server has only getctag
	Items map[string]*item // by decoded path
	Echo  string           // the last answer that repeated what we had, and was found to hide nothing

	expected map[string]string // versions of what we wrote or fetched since the last look, which the next one will repeat
	changed  bool              // since it was saved last
}

// item is one object as it was fetched.
type item struct {
	Href string // as the server writes it
	ETag string // raw: with its quotes or without, weak or not
	Tag  string // Schedule-Tag, RFC 6638 section 3.2.10
	Data []byte
	Why  string // why there are no data
	Poll bool   // ask again at each look: it failed for a reason that may pass
}

// notShown is why there are no data of an object that is in order and not for us to see.
const notShown = "the server does not show it (403 Forbidden)"

// version names the content. The ETag alone does not: some servers have none, others give the same one to another content
// after a delete.
func (i *item) version() string { return i.ETag + "#" + fingerprint(i.Data) }

// fingerprint names a content.
func fingerprint(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// listed is one object as a listing names it.
type listed struct {
	path, href, etag, tag string
	data                  []byte // nil where the listing has none
}

// listing is an answer about a collection: a whole one names all there is.
type listing struct {
	whole   bool
	live    []listed
	removed []string
	token   string
	ctag    string
}

func (r *replica) at() *url.URL {
	u, err := url.Parse(r.URL)
	if err != nil {
		return &url.URL{} // a damaged mirror: the session refuses an address of no origin
	}
	return u
}

// refresh brings the replica up to date and returns the paths that changed or went. After an error it is still whole: each
// object is as the server had it at some moment, and the next refresh goes on from there.
func (r *replica) refresh(ctx context.Context, s *session) (touched []string, err error) {
	s.seen = 0
	defer func() { s.tell(s.seen, s.seen) }()
	l, err := r.look(ctx, s)
	if err != nil || l == nil {
		return nil, err
	}
	need, touched := r.merge(l)
	fetched, err := r.fetch(ctx, s, need)
	touched = append(touched, fetched...)
	if len(touched) > 0 {
		r.changed = true
	}
	if err != nil {
		return touched, err
	}
	if l.whole && (r.Token != l.token || r.CTag != l.ctag) {
		r.changed = true
	}
	r.Token, r.CTag, r.expected = l.token, l.ctag, nil
	return touched, nil
}

// look asks what there is to know; nil means that nothing changed.
func (r *replica) look(ctx context.Context, s *session) (*listing, error) {
	if !r.Sync {
		return r.lookByTag(ctx, s)
	}
	if r.Token == "" {
		return r.lookWhole(ctx, s)
	}
	l, err := s.changes(ctx, r.at(), r.Token, true)
	switch {
	case err != nil && !retryWhole(err):
		return nil, err
	case err != nil:
		return r.lookWhole(ctx, s)
	case r.repeats(l):
		return r.verify(ctx, s, l)
	}
	return l, nil
}

// retryWhole reports whether an error may mean that the token is not known any more. Servers say so with 403 and
// valid-sync-token (RFC 6578 section 3.2), others with 409, 410 or 500.
func retryWhole(err error) bool {
	var typed *statusError
	return errors.As(err, &typed) && !slices.Contains([]int{http.StatusUnauthorized, http.StatusNotFound, http.StatusTooManyRequests,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}, typed.status)
}

// lookWhole lists everything, with the texts if we hold nothing yet: then it is one request instead of one for each
// hundred objects.
func (r *replica) lookWhole(ctx context.Context, s *session) (*listing, error) {
	l, err := s.changes(ctx, r.at(), "", len(r.Items) == 0)
	if err != nil && len(r.Items) == 0 && (retryWhole(err) || errors.Is(err, web.ErrTooLong)) {
		l, err = s.changes(ctx, r.at(), "", false)
	}
	if typed := (*statusError)(nil); errors.As(err, &typed) && (retryWhole(err) && typed.status < 500 || typed.status == http.StatusNotImplemented) {
		if l, err = r.lookByTag(ctx, s); err == nil { // the report is announced and refused, and all else is allowed
			r.Sync = false
		}
		return l, err
	}
	if err != nil {
		return nil, err
	}
	l.whole = true
	return l, nil
}

// lookByTag serves servers without sync-collection.
func (r *replica) lookByTag(ctx context.Context, s *session) (*listing, error) {
	tag, err := s.collectionTag(ctx, r.at())
	if err != nil || tag != "" && tag == r.CTag {
		return nil, err
	}
	l, err := s.list(ctx, r.at())
	if err != nil {
		return nil, err
	}
	l.ctag = tag // read before the listing: a change in between shows again
	return l, nil
}

// repeats reports whether a delta names what we have already and did not write ourselves. Some servers repeat a little;
// others take an old token for a new one and answer with everything, without a word that what is missing was deleted.
func (r *replica) repeats(l *listing) bool {
	return slices.ContainsFunc(l.live, func(e listed) bool {
		held := r.Items[e.path]
		return held != nil && held.ETag == e.etag && e.etag != "" && r.expected[e.path] != held.version()
	})
}

// verify lists everything after a delta that looked wrong, unless it is the same that was verified last time.
func (r *replica) verify(ctx context.Context, s *session, l *listing) (*listing, error) {
	echo := l.fingerprint()
	if echo == r.Echo {
		return l, nil
	}
	whole, err := s.changes(ctx, r.at(), "", false)
	if err != nil {
		return nil, err
	}
	r.Echo, whole.whole = echo, true
	return whole, nil
}

func (l *listing) fingerprint() string {
	var names []string
	for _, e := range l.live {
		names = append(names, e.path+" "+e.etag)
	}
	slices.Sort(names)
	return fingerprint([]byte(strings.Join(append(names, l.removed...), "\n")))
}

// merge takes over what a listing tells. It returns what must be fetched, and the paths that changed by the listing alone.
func (r *replica) merge(l *listing) (need []listed, touched []string) {
	if r.Items == nil {
		r.Items = make(map[string]*item)
	}
	present := make(map[string]bool, len(l.live))
	for _, e := range l.live {
		present[e.path] = true
		held := r.Items[e.path]
		switch {
		case held != nil && held.ETag == e.etag && e.etag != "" && !held.Poll:
			if e.tag != "" {
				held.Tag = e.tag
			}
		case e.data != nil:
			if r.take(e) {
				touched = append(touched, e.path)
			}
		default:
			need = append(need, e)
		}
	}
	gone := l.removed
	if l.whole {
		gone = append(gone, slices.Collect(maps.Keys(r.Items))...)
	}
	for _, path := range gone {
		if !present[path] && r.Items[path] != nil {
			delete(r.Items, path)
			touched = append(touched, path)
		}
	}
	return append(need, r.polled(present)...), touched
}

// polled returns what failed before and was not listed now.
func (r *replica) polled(present map[string]bool) []listed {
	var list []listed
	for path, held := range r.Items {
		if held.Poll && !present[path] {
			list = append(list, listed{path: path, href: held.Href})
		}
	}
	return list
}

// take keeps an object that came with its text, and reports whether that is another one than we had.
func (r *replica) take(e listed) bool {
	fresh := &item{Href: e.href, ETag: e.etag, Tag: e.tag, Data: normal(e.data)}
	old := r.Items[e.path]
	r.Items[e.path] = fresh
	return old == nil || old.Why != "" || old.version() != fresh.version()
}

// refuse keeps an object that could not be had, and reports whether that is news.
func (r *replica) refuse(e listed, why string, poll bool) bool {
	old := r.Items[e.path]
	r.Items[e.path] = &item{Href: e.href, ETag: e.etag, Why: why, Poll: poll}
	return old == nil || old.Why != why
}

// expect notes that the next delta will name the object, because we know its present state from elsewhere.
func (r *replica) expect(path string) {
	if r.expected == nil {
		r.expected = make(map[string]string)
	}
	if held := r.Items[path]; held != nil {
		r.expected[path] = held.version()
	}
}

// normal is a text as it is kept: XML carries line ends as LF, GET as CRLF, and the same text must be the same bytes.
func normal(data []byte) []byte {
	return []byte(strings.TrimSpace(strings.ReplaceAll(string(data), "\r\n", "\n")) + "\n")
}
