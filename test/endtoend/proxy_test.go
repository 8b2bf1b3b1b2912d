//go:build servers

package endtoend

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"
)

// proxy stands between the program and its server: it counts what is sent, and can hold a write up or go away.
type proxy struct {
	*httptest.Server
	mu     sync.Mutex
	sent   []sent
	before func() // run once, before the next PUT goes on to the server
	gone   bool   // every connection breaks
}

type sent struct{ method, path string }

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	// The Host header stays that of the proxy, so that a server's redirects lead back to it.
	onward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
		r.Out.Host = r.In.Host
	}}
	p := &proxy{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.note(r)
		if p.isDown() {
			panic(http.ErrAbortHandler) // closes the connection without an answer
		}
		onward.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *proxy) note(r *http.Request) {
	p.mu.Lock()
	p.sent = append(p.sent, sent{r.Method, r.URL.Path})
	var before func()
	if r.Method == http.MethodPut {
		before, p.before = p.before, nil
	}
	p.mu.Unlock()
	if before != nil {
		before()
	}
}

// take returns what was sent since the last call.
func (p *proxy) take() traffic {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := traffic(p.sent)
	p.sent = nil
	return out
}

func (p *proxy) beforePut(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.before = do
}

func (p *proxy) down(gone bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = gone
}

func (p *proxy) isDown() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gone
}

type traffic []sent

// writes counts all that may change anything on the server. What is posted to an outbox asks for free/busy.
func (t traffic) writes() int {
	reads := []string{"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT", "POST"}
	return len(slices.DeleteFunc(slices.Clone(t), func(s sent) bool { return slices.Contains(reads, s.method) }))
}
