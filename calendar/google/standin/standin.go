// Package standin is a server that stands in for Google's Calendar and OAuth services in tests. It is honest to the
// documented interface: each request and each of its own replies is judged by the discovery document that ships with
// google.golang.org/api, and what is refused as malformed is kept in [Server.Violations].
//
// Where Google's documents leave its conduct open the stand-in takes the reading that asks most of a client:
//   - a cancelled instance carries its id, recurringEventId and originalStartTime and nothing else, in every reply;
//     patched back to confirmed it stands again as it stood before;
//   - a page of a list is read when it is asked for, and the sync token of the last page is of the moment of the first:
//     what changes meanwhile may show in a page or not, and shows at the next sync;
//   - a deleted series leaves its master as cancelled and takes its exceptions along without a word;
//   - a master's new time or rule keeps the exceptions whose original start the new rule still has, and drops the others;
//     a new text or guest list reaches those exceptions that had the old one;
//   - a new time asks the guests again (needsAction, sequence + 1), in the exception alone where it is an instance's;
//   - an untouched instance shows its master's ETag, so If-Match with it holds until the master changes.
package standin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// object is a JSON object.
type object = map[string]any

// Conduct is where Google may be milder than the reading above. What a client does must come to the same in each.
type Conduct struct {
	TellsCancelled bool // a cancelled instance carries all its fields
	KeepsAnswers   bool // a new time leaves the guests' answers as they were
	KeepsStrays    bool // exceptions stay where they are when the new rule has no place for them
	KeepsTexts     bool // exceptions keep their text and guests when the master's change
}

// Config is what a server needs.
type Config struct {
	Conduct
	Now       func() time.Time // the server's clock; required
	Discovery string           // file of the discovery document; "" finds it in the module cache with the go command
	Seed      uint64           // of the ids and tokens that the server makes up
}

// Server is the stand-in. Its methods may be called at any time, from any goroutine.
type Server struct {
	conduct Conduct
	api     *description
	now     func() time.Time

	mu         sync.Mutex
	diaries    map[string]*diary // by calendar id
	lagging    map[string]*diary // what lists are answered from while the server lags; nil: the truth
	people     map[string]*person
	groups     map[string][]string
	waiting    []waiting           // video links that are being made
	listings   map[string]*listing // by page token
	tokens     map[string]*grant   // by access token
	auth       authority
	tick       int64 // counts changes; the age of everything that sync tokens tell apart
	expired    int64 // sync tokens up to this tick are answered with 410
	stamp      int64 // the last ETag given
	made       uint64
	seed       uint64
	faults     []*Fault
	mails      []Mail
	requests   []Request
	violations []string
}

// person is an account.
type person struct {
	email, name string
	zone        *time.Location
	listed      map[string]*listed // calendars in the person's list, besides the own
}

// New makes a server without people.
func New(c Config) (*Server, error) {
	if c.Now == nil {
		return nil, errors.New("make a stand-in server: Config.Now is missing")
	}
	api, err := describe(c.Discovery)
	if err != nil {
		return nil, err
	}
	s := &Server{
		conduct: c.Conduct, api: api, now: c.Now, seed: c.Seed,
		diaries: make(map[string]*diary), people: make(map[string]*person), groups: make(map[string][]string),
		listings: make(map[string]*listing), tokens: make(map[string]*grant),
	}
	s.auth = newAuthority()
	return s, nil
}

func describe(file string) (*description, error) {
	if file == "" {
		return readDescription()
	}
	return parseDescription(file)
}

// Person opens an account with a primary calendar in that IANA zone, and returns the calendar's id: the address.
func (s *Server) Person(email, name, zone string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	email = strings.ToLower(email)
	location := mustZone(zone)
	s.people[email] = &person{email: email, name: name, zone: location, listed: make(map[string]*listed)}
	s.diaries[email] = newDiary(email, email, email, location)
	return email
}

// Calendar adds a secondary calendar of a person and returns its id.
func (s *Server) Calendar(owner, title string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.fresh() + "@group.calendar.google.com"
	p := s.people[owner]
	s.diaries[id] = newDiary(id, owner, title, p.zone)
	p.listed[id] = &listed{selected: true}
	return id
}

// call is one request on its way through a method.
type call struct {
	*Server
	*grant // whom the request acts for, and what it may
	method *method
	path   map[string]string
	query  url.Values
	body   object
	header http.Header
	byHand bool // a person at the web page
}

// methods are those that the stand-in knows; the rest of the service is answered with 501 and a violation.
func (s *Server) methods() map[string]func(*call) (object, *problem) {
	return map[string]func(*call) (object, *problem){
		"calendar.events.list":       (*call).listEvents,
		"calendar.events.get":        (*call).getEvent,
		"calendar.events.insert":     (*call).insertEvent,
		"calendar.events.import":     (*call).importEvent,
		"calendar.events.patch":      (*call).patchEvent,
		"calendar.events.update":     (*call).updateEvent,
		"calendar.events.delete":     (*call).deleteEvent,
		"calendar.events.instances":  (*call).listInstances,
		"calendar.calendarList.list": (*call).listCalendars,
		"calendar.calendarList.get":  (*call).getListed,
		"calendar.calendars.get":     (*call).getCalendar,
		"calendar.acl.list":          (*call).listRules,
		"calendar.freebusy.query":    (*call).queryFreeBusy,
		"calendar.settings.list":     (*call).listSettings,
		"calendar.settings.get":      (*call).getSetting,
		"calendar.colors.get":        (*call).getColors,
	}
}

// ServeHTTP answers the calendar service below /calendar/v3/ and the OAuth endpoints /auth, /token and /revoke.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.serveOAuth(w, r) {
		return
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	if err != nil {
		return // the client went away
	}
	id := "?"
	m, path, _ := s.api.match(r.Method, r.URL)
	if m != nil {
		id = m.ID
	}
	f := s.arrive(r, id)
	if f.refuses() {
		f.problem().write(w)
		return
	}
	reply, p := s.answer(r, m, path, data)
	if p == nil {
		reply = f.garble(reply)
	}
	switch {
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Status != 0:
		p = f.problem()
	}
	if p != nil {
		s.noteViolation(r, p)
		p.write(w)
		return
	}
	f.send(w, reply)
}

// answer does what a request asks for.
func (s *Server) answer(r *http.Request, m *method, path map[string]string, data []byte) (object, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, p := s.admit(r, m, path, data)
	if p != nil {
		return nil, p
	}
	do := s.methods()[m.ID]
	if do == nil {
		return nil, s.unknown(m.ID)
	}
	c.meet()
	reply, p := do(c)
	if p != nil {
		return nil, p
	}
	return s.checked(c, reply)
}

// admit judges a request before anything is done for it.
func (s *Server) admit(r *http.Request, m *method, path map[string]string, data []byte) (*call, *problem) {
	if m == nil {
		if _, _, known := s.api.match(r.Method, r.URL); known {
			return nil, &problem{Code: 405, Reason: "httpMethodNotAllowed", Message: "HTTP method not allowed."}
		}
		return nil, badRequest("", "The service has no path %s.", r.URL.Path)
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badRequest("", "The query cannot be read.")
	}
	g, p := s.authenticate(r, m)
	if p != nil {
		return nil, p
	}
	if p := s.api.checkQuery(m, query); p != nil {
		return nil, p
	}
	if query.Has("fields") || query.Has("syncToken") && m.ID != "calendar.events.list" {
		return nil, s.unknown("partial replies (fields), and syncs of anything but events")
	}
	body, p := s.api.checkBody(m, data)
	if p != nil {
		return nil, p
	}
	return &call{Server: s, grant: g, method: m, path: path, query: query, body: body, header: r.Header}, nil
}

// unknown refuses what is documented and not stood in for. It is remembered, so that nobody takes it for Google's word.
func (s *Server) unknown(what string) *problem {
	what = "the stand-in does not know " + what
	s.violations = append(s.violations, what)
	return &problem{Code: 501, Reason: "notImplemented", Message: what}
}

// checked holds the stand-in's own reply to the document.
func (s *Server) checked(c *call, reply object) (object, *problem) {
	if c.method.Response == nil {
		return nil, nil
	}
	data, err := json.Marshal(reply)
	var plain any
	if err == nil {
		err = json.Unmarshal(data, &plain)
	}
	if err == nil {
		err = judge{api: s.api, method: "reply", reply: true}.check("reply", c.method.Response, plain)
	}
	if err != nil {
		s.violations = append(s.violations, fmt.Sprintf("%s: own %v", c.method.ID, err))
		return nil, &problem{Code: 500, Reason: "backendError", Message: "Backend Error"}
	}
	return plain.(object), c.fresher(plain.(object))
}

// fresher ends a conditional read of what has not changed.
func (c *call) fresher(reply object) *problem {
	if none := c.header.Get("If-None-Match"); none != "" && c.method.HTTPMethod == "GET" && none == reply["etag"] {
		return notModified()
	}
	return nil
}

// noteViolation keeps a refusal that a correct client never meets: a malformed request.
func (s *Server) noteViolation(r *http.Request, p *problem) {
	if p.fault || p.Code != 400 && p.Code != 405 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violations = append(s.violations, fmt.Sprintf("%s %s: %s (%s)", r.Method, r.URL.Path, p.Message, p.Reason))
}

// Violations are the requests that broke the documented interface, and replies of the stand-in that did. Tests that do
// not send nonsense on purpose assert that there are none.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}
