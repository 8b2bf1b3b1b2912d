package signin

import (
	"context"
	"crypto/subtle"
	"html"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// callback is where the browser comes back to: one answer, on this machine alone.
type callback struct {
	host   string // as the browser names it
	port   int
	taken  atomic.Bool
	answer chan answer // of one, and never full: the handler does not wait for who reads it
	page   chan string // what the browser is shown in the end
	server *http.Server
}

// answer is what the browser brought.
type answer struct{ code, refusal, state string }

// listen waits for the browser on a port; 0 takes any that is free. RFC 8252 section 7.3 asks for the address, not the
// name: localhost may be answered by somebody else.
func listen(port int) (*callback, error) {
	l, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	c := &callback{host: l.Addr().String(), port: l.Addr().(*net.TCPAddr).Port, answer: make(chan answer, 1), page: make(chan string, 1)}
	c.server = &http.Server{Handler: c, ReadHeaderTimeout: 10 * time.Second}
	go c.server.Serve(l)
	return c, nil
}

func (c *callback) address() string { return "http://" + c.host + "/" }

// ServeHTTP takes one answer. Whatever else comes finds nothing here: icons, other machines' names for this address (DNS
// rebinding), and the same answer again.
func (c *callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	ours := r.Method == http.MethodGet && r.URL.Path == "/" && r.Host == c.host && (q.Has("code") || q.Has("error"))
	if !ours || !c.taken.CompareAndSwap(false, true) {
		http.Error(w, "There is nothing here.", http.StatusNotFound)
		return
	}
	c.answer <- answer{code: q.Get("code"), refusal: q.Get("error"), state: q.Get("state")}
	text := <-c.page
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer") // the address holds the code
	io.WriteString(w, "<!doctype html>\n<meta charset=utf-8>\n<title>bilateral</title>\n<p>"+html.EscapeString(text)+"</p>\n")
}

// belongs compares the state without telling by its time how much of it is right.
func (a answer) belongs(state string) bool {
	return subtle.ConstantTimeCompare([]byte(a.state), []byte(state)) == 1
}

// goodbye is how long the browser may take to fetch its page.
const goodbye = 3 * time.Second

// end shows the browser its page and stops listening.
func (c *callback) end(text string) {
	c.page <- text
	ctx, cancel := context.WithTimeout(context.Background(), goodbye)
	defer cancel()
	if c.server.Shutdown(ctx) != nil {
		c.server.Close()
	}
}
