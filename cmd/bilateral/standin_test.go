package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// standIn is as much of a CalDAV server as a pass needs, over loopback, with one calendar of alice's. A fault answers in its
// place.
type standIn struct {
	mu    sync.Mutex
	fault func(w http.ResponseWriter, r *http.Request) (answered bool) // or nil
	texts map[string]string                                            // by path
	clock int
	puts  int // that were stored
}

const standInCalendar = "/alice/work/"

func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	fault := s.fault
	s.mu.Unlock()
	if fault != nil && fault(w, r) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, password, _ := r.BasicAuth(); password != "pw" {
		w.Header().Set("WWW-Authenticate", `Basic realm="dav"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	switch r.Method {
	case "PROPFIND":
		s.multistatus(w, standInHead(r.URL.Path), "")
	case "REPORT":
		s.report(w)
	case "PUT":
		s.put(w, r)
	case "GET":
		io.WriteString(w, s.texts[r.URL.Path])
	}
}

func standInHead(path string) string {
	return `<d:response><d:href>` + path + `</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><c:calendar/></d:resourcetype><d:displayname>Work</d:displayname>` +
		`<d:supported-report-set><d:supported-report><d:report><d:sync-collection/></d:report></d:supported-report></d:supported-report-set>` +
		`</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`
}

func (s *standIn) multistatus(w http.ResponseWriter, responses, rest string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(http.StatusMultiStatus)
	io.WriteString(w, `<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">`+responses+rest+`</d:multistatus>`)
}

// report answers each report with everything there is, which is what an old server does.
func (s *standIn) report(w http.ResponseWriter) {
	var all strings.Builder
	for path, text := range s.texts {
		fmt.Fprintf(&all, `<d:response><d:href>%s</d:href><d:propstat><d:prop><d:getetag>"%d"</d:getetag><c:calendar-data><![CDATA[%s]]></c:calendar-data></d:prop>`+
			`<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`, path, len(text), text)
	}
	s.multistatus(w, all.String(), fmt.Sprintf("<d:sync-token>urn:%d</d:sync-token>", s.clock))
}

func (s *standIn) put(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	if _, there := s.texts[r.URL.Path]; there && r.Header.Get("If-None-Match") == "*" {
		w.WriteHeader(http.StatusPreconditionFailed)
		return
	}
	s.texts[r.URL.Path] = string(text)
	s.clock++
	s.puts++
	w.WriteHeader(http.StatusCreated)
}

func (s *standIn) spoil(fault func(http.ResponseWriter, *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

// loseAnswers lets writes happen and breaks the connection instead of an answer.
func (s *standIn) loseAnswers(_ http.ResponseWriter, r *http.Request) bool {
	if r.Method == "PUT" {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.put(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}
	return false
}

// series counts what was stored, and how often.
func (s *standIn) series() (stored, puts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.texts), s.puts
}
