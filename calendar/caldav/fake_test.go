package caldav_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// flavour is how a server differs from the one in the RFCs. The zero value is that one.
type flavour struct {
	name       string
	noSync     bool   // no sync-collection
	noTag      bool   // nor getctag
	bare       bool   // names its reports without DAV:report around them
	noData     bool   // no texts inside sync-collection
	page       int    // objects on a page of sync-collection
	etags      string // "", "weak", "unquoted" or "none"
	rewrites   bool   // drops a trailing property, adds another, and tells no ETag after a PUT
	deaf       bool   // ignores preconditions
	tags       bool   // Schedule-Tag
	oldToken   string // what an unknown token is answered with: "" 403, "500", "everything"
	repeats    bool   // a delta names the newest object again
	omits      bool   // a multiget leaves out what is missing
	encodes    bool   // percent-encodes more than it must
	inbox      bool   // scheduling
	whole      bool   // scheduling that fails at an override with guests, as DAViCal's
	sogo       bool   // scheduling that brings a new text of one meeting only with news of the series, as SOGo's
	inboxOnly  bool   // an inbox, and nothing that would put anything into it
	digest     bool   // wants RFC 7616
	multigets  int    // texts in one answer at most; 0: any number
	busyOnly   bool   // shows free/busy only
	secretive  bool   // and does not even say what the collection is
	noMultiget bool
	readOnly   bool          // may be read only
	second     bool          // alice has another calendar
	ahead      time.Duration // of the server's clock
	hours      string        // alice's calendar-availability
	home       string        // scheme, host and port that the principal names for the home set, if it is not its own
}

// fake is a CalDAV server in memory: one user, alice, with one calendar, whose every answer can be spoiled.
type fake struct {
	flavour
	password string
	spoil    func(n int, w http.ResponseWriter, r *http.Request) bool // true: it answered request n itself

	mu      sync.Mutex
	objects map[string]*stored // by decoded path
	clock   int                // counts changes
	log     []string           // "METHOD path"
	hosts   map[string]int     // how often each was asked, with credentials
	bytes   int                // of all answers
	copied  []byte             // what a guest has
}

type stored struct {
	text    []byte
	changed int // the clock at the last change
	tag     int // Schedule-Tag
	gone    bool
}

const (
	fakeHome  = "/dav/alice/"
	fakeWork  = "/dav/alice/work/"
	fakeInbox = "/dav/alice/inbox/"
)

func newFake(f flavour) *fake {
	return &fake{flavour: f, password: "pw", objects: make(map[string]*stored)}
}

// RoundTrip serves a request in this process.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	f.mu.Lock()
	if f.hosts == nil {
		f.hosts = make(map[string]int)
	}
	if r.Header.Get("Authorization") != "" {
		f.hosts[r.URL.Scheme+"://"+r.URL.Host]++
	}
	f.bytes += w.Body.Len()
	f.mu.Unlock()
	if w.Code == 0 || w.Code == droppedAfter {
		return nil, io.ErrUnexpectedEOF
	}
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

// droppedAfter as a status means that the connection breaks instead of an answer.
const droppedAfter = 599

// since returns what was asked since the last call.
func (f *fake) since() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	log := f.log
	f.log, f.bytes = nil, 0
	return log
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.log = append(f.log, r.Method+" "+r.URL.Path)
	n, spoil := len(f.log), f.spoil
	f.mu.Unlock()
	if spoil != nil && spoil(n, w, r) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.signedIn(r) {
		f.challenge(w)
		return
	}
	if f.ahead != 0 {
		w.Header().Set("Date", clock().Add(f.ahead).Format(http.TimeFormat))
	}
	if f.whole {
		w.Header().Set("X-DAViCal-Version", "DAViCal/1.1.12; DB/1.3.5")
	}
	body, _ := io.ReadAll(r.Body)
	switch r.Method {
	case "OPTIONS":
		dav := "1, 3, calendar-access, calendar-auto-scheduling"
		if f.inbox {
			dav += ", calendar-auto-schedule"
		}
		w.Header().Set("DAV", dav)
	case "PROPFIND":
		f.propfind(w, r)
	case "REPORT":
		f.report(w, r, string(body))
	case "GET":
		f.get(w, r)
	case "PUT":
		f.put(w, r, body)
	case "DELETE":
		f.delete(w, r)
	case "POST":
		f.outbox(w, string(body))
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func (f *fake) signedIn(r *http.Request) bool {
	if !f.digest {
		user, password, _ := r.BasicAuth()
		return user == "alice" && password == f.password
	}
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Digest ")
	if !ok {
		return false
	}
	p := map[string]string{}
	for part := range strings.SplitSeq(given, ", ") {
		key, value, _ := strings.Cut(part, "=")
		p[key] = strings.Trim(value, `"`)
	}
	sum := func(parts ...string) string {
		s := md5.Sum([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(s[:])
	}
	want := sum(sum("alice", "dav, here", f.password), "n0nce", p["nc"], p["cnonce"], "auth", sum(r.Method, r.URL.RequestURI()))
	// The realm has a comma, which the simple split above breaks; the response cannot be right without it.
	return p["uri"] == r.URL.RequestURI() && p["response"] == want
}

func (f *fake) challenge(w http.ResponseWriter) {
	if f.digest {
		w.Header().Set("WWW-Authenticate", `Negotiate, Digest realm="dav, here", nonce="n0nce", qop="auth,auth-int", algorithm=MD5`)
	} else {
		w.Header().Set("WWW-Authenticate", `Basic realm="dav"`)
	}
	w.WriteHeader(http.StatusUnauthorized)
}

func (f *fake) etag(o *stored) string {
	switch f.etags {
	case "weak":
		return fmt.Sprintf(`W/"%d"`, o.changed)
	case "unquoted":
		return fmt.Sprintf(`e%d`, o.changed)
	case "none":
		return ""
	}
	return fmt.Sprintf(`"%d"`, o.changed)
}

// set is what somebody else does, or a PUT.
func (f *fake) set(path string, text []byte) *stored {
	f.clock++
	f.objects[path] = &stored{text: text, changed: f.clock, tag: f.clock}
	return f.objects[path]
}

func (f *fake) remove(path string) {
	f.clock++
	f.objects[path] = &stored{gone: true, changed: f.clock}
}

func (f *fake) live(path string) *stored {
	if o := f.objects[path]; o != nil && !o.gone {
		return o
	}
	return nil
}

// members are the paths in a collection that changed at that clock or later, in order of change.
func (f *fake) members(collection string, since int) []string {
	var list []string
	for path, o := range f.objects {
		if o.changed >= since && strings.HasPrefix(path, collection) {
			list = append(list, path)
		}
	}
	slices.SortFunc(list, func(a, b string) int { return f.objects[a].changed - f.objects[b].changed })
	return list
}

func (f *fake) href(path string) string {
	if f.encodes {
		return strings.NewReplacer("@", "%40", "-", "%2D", "a", "%61").Replace(path)
	}
	return path
}

func (f *fake) get(w http.ResponseWriter, r *http.Request) {
	o := f.live(r.URL.Path)
	if o == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if e := f.etag(o); e != "" {
		w.Header().Set("ETag", e)
	}
	w.Header().Set("Content-Type", "text/calendar")
	w.Write(o.text)
}

func (f *fake) put(w http.ResponseWriter, r *http.Request, body []byte) {
	if f.readOnly {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	o := f.live(r.URL.Path)
	if !f.deaf && !(f.sogo && o == nil) && !f.allowed(r, o) {
		w.WriteHeader(http.StatusPreconditionFailed)
		return
	}
	if f.whole && bytes.Contains(body, []byte("RECURRENCE-ID")) && serves(body) {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	uid := uidOf(body)
	for path, other := range f.objects {
		if path != r.URL.Path && !other.gone && !strings.HasPrefix(path, fakeInbox) && uidOf(other.text) == uid {
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, `<error xmlns="DAV:"><no-uid-conflict xmlns="urn:ietf:params:xml:ns:caldav"/></error>`)
			return
		}
	}
	if f.rewrites {
		body = bytes.ReplaceAll(body, []byte("END:VEVENT"), []byte("X-SERVER:was here\r\nEND:VEVENT"))
	}
	if f.sogo && (o == nil || masterSequence(o.text) != masterSequence(body)) {
		f.copied = body
	}
	now := f.set(r.URL.Path, body)
	if e := f.etag(now); e != "" && !f.rewrites {
		w.Header().Set("ETag", e)
	}
	if o == nil {
		w.WriteHeader(http.StatusCreated)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (f *fake) delete(w http.ResponseWriter, r *http.Request) {
	switch o := f.live(r.URL.Path); {
	case f.readOnly:
		w.WriteHeader(http.StatusForbidden)
	case o == nil:
		w.WriteHeader(http.StatusNotFound)
	case !f.deaf && !f.allowed(r, o):
		w.WriteHeader(http.StatusPreconditionFailed)
	default:
		f.remove(r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (f *fake) allowed(r *http.Request, o *stored) bool {
	if want := r.Header.Get("If-Schedule-Tag-Match"); want != "" {
		return o != nil && want == fmt.Sprintf(`"t%d"`, o.tag)
	}
	if want := r.Header.Get("If-Match"); want != "" {
		return o != nil && (want == "*" || want == f.etag(o) && !strings.HasPrefix(want, "W/"))
	}
	return r.Header.Get("If-None-Match") != "*" || o == nil
}

// masterSequence is the SEQUENCE of the series, whose component comes first or last.
func masterSequence(text []byte) string {
	for part := range strings.SplitSeq(strings.ReplaceAll(string(text), "\r", ""), "BEGIN:VEVENT\n") {
		if _, rest, ok := strings.Cut(part, "\nSEQUENCE:"); ok && !strings.Contains(part, "\nRECURRENCE-ID") {
			number, _, _ := strings.Cut(rest, "\n")
			return number
		}
	}
	return ""
}

// serves reports whether a text leaves any guest to the server.
func serves(text []byte) bool {
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\r\n ", "")) {
		if strings.Contains(line, "mailto:dana@") && !strings.Contains(line, "SCHEDULE-AGENT=CLIENT") {
			return true
		}
	}
	return false
}

func uidOf(text []byte) string {
	_, rest, _ := strings.Cut(strings.ReplaceAll(string(text), "\r", ""), "\nUID:")
	uid, _, _ := strings.Cut(rest, "\n")
	return uid
}

// token is the collection's state.
func (f *fake) token() string { return "urn:token:" + strconv.Itoa(f.clock) }

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s))
	return b.String()
}
