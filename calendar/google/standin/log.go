package standin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Request is one entry of the request log.
type Request struct {
	At     time.Time
	Verb   string // GET, POST, …
	Method string // the discovery document's id, "oauth.token" and the like, or "?"
	Path   string
	Query  url.Values
	Header http.Header // without Authorization
}

// Mail is a message that Google would have sent to a guest, or to the organizer about a reply.
type Mail struct {
	At      time.Time
	To      string
	Event   string // id
	What    string // invite, update, cancel, reply
	Updates string // the sendUpdates that asked for it
}

// Requests is the log of all requests since the start or the last Forget, also of those that a fault refused.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Mails is the log of mails since the start or the last Forget.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Forget empties the logs of requests and mails.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests, s.mails = nil, nil
}

// arrive logs a request and returns the fault that meets it, or one that does nothing.
func (s *Server) arrive(r *http.Request, id string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	header := r.Header.Clone()
	header.Del("Authorization")
	s.requests = append(s.requests, Request{At: s.now(), Verb: r.Method, Method: id, Path: r.URL.Path, Query: r.URL.Query(), Header: header})
	for _, f := range s.faults {
		if f.meets(id, s.now()) {
			return *f
		}
	}
	return Fault{}
}

// updates is the request's word on mails: all, externalOnly or none.
func (c *call) updates() string {
	switch {
	case c.query.Has("sendUpdates"):
		return c.query.Get("sendUpdates")
	case c.query.Get("sendNotifications") == "true":
		return "all"
	}
	return "none"
}

func (c *call) mail(to, event, what string) {
	updates := c.updates()
	if what == "" || updates == "none" || updates == "externalOnly" && c.people[to] != nil {
		return
	}
	c.mails = append(c.mails, Mail{At: c.now(), To: to, Event: event, What: what, Updates: updates})
}

// Writes reports whether a request asks for a change of a calendar.
func (r Request) Writes() bool {
	return r.Verb != http.MethodGet && !strings.HasPrefix(r.Method, "oauth.") && r.Method != "calendar.freebusy.query"
}
