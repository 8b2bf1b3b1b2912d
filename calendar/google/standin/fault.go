package standin

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// Fault is a misfortune that meets some requests. The zero value of each field means: not so.
type Fault struct {
	Method string    // only requests of this method, by the discovery document's id; "" is any, OAuth among them
	Skip   int       // so many such requests pass first
	Times  int       // so many are met then; 0: all
	Until  time.Time // and only before this moment

	Status     int    // answered with this code: 403, 429, 500, 503, …
	Reason     string // and this reason: rateLimitExceeded, userRateLimitExceeded, quotaExceeded, backendError, …
	RetryAfter time.Duration
	After      bool // Status only: the request took effect before

	Drop      bool          // it takes effect and the connection breaks without an answer
	Truncate  bool          // the answer ends in the middle of its JSON
	Slow      time.Duration // the answer's body takes so long
	Duplicate bool          // lists name each item twice
	Reverse   bool          // lists come in the opposite order

	met int // requests so far
}

// Inject adds a fault; the first that meets a request takes it.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal ends all faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Lag makes lists, reads of instances and free/busy tell of this moment from now on, as a replica that is behind does;
// reads of one event and writes see the truth.
func (s *Server) Lag() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lagging = make(map[string]*diary)
	for id, d := range s.diaries {
		s.lagging[id] = d.clone()
	}
}

// CatchUp ends Lag.
func (s *Server) CatchUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lagging = nil
}

// meets counts a request and reports whether the fault takes it.
func (f *Fault) meets(method string, now time.Time) bool {
	if f.Method != "" && f.Method != method || !f.Until.IsZero() && !now.Before(f.Until) {
		return false
	}
	if f.Skip > 0 {
		f.Skip--
		return false
	}
	if f.Times > 0 && f.met == f.Times {
		return false
	}
	f.met++
	return true
}

// refuses reports whether the request ends before it takes effect.
func (f Fault) refuses() bool { return f.Status != 0 && !f.After }

func (f Fault) problem() *problem {
	p := &problem{Code: f.Status, Reason: f.Reason, Message: http.StatusText(f.Status), RetryAfter: f.RetryAfter, fault: true}
	switch f.Reason {
	case "rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded":
		p.Domain = "usageLimits"
	case "":
		p.Reason = "backendError"
	}
	if f.Status == http.StatusUnauthorized {
		p.Authenticate = `Bearer realm="https://accounts.google.com/", error="invalid_token"`
	}
	return p
}

// garble spoils the order of a list.
func (f Fault) garble(reply object) object {
	items, ok := reply["items"].([]any)
	if !ok {
		return reply
	}
	if f.Duplicate {
		items = slices.Concat(items, items)
	}
	if f.Reverse {
		items = slices.Clone(items)
		slices.Reverse(items)
	}
	reply["items"] = items
	return reply
}

// send writes a reply; a method without one answers 204.
func (f Fault) send(w http.ResponseWriter, reply object) {
	if reply == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	data, _ := json.Marshal(reply) // it was marshalled before
	if f.Truncate {
		data = data[:len(data)/2]
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	if tag, ok := reply["etag"].(string); ok {
		w.Header().Set("ETag", tag)
	}
	if r, ok := w.(*recorder); ok {
		r.slow = f.Slow
		r.Write(data)
		return
	}
	w.WriteHeader(http.StatusOK)
	if f.Slow > 0 {
		w.(http.Flusher).Flush()
		time.Sleep(f.Slow)
	}
	w.Write(data)
}
