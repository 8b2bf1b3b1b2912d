package standin

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"time"
)

// Transport reaches the server without a socket, for simulations in a synctest bubble. A dropped answer is io.EOF.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ server *Server }

func (t transport) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	sent := r.Clone(r.Context())
	if sent.Body == nil {
		sent.Body = http.NoBody
	}
	defer sent.Body.Close()
	w := &recorder{header: make(http.Header), code: http.StatusOK}
	defer func() {
		if p := recover(); p != nil {
			if p != http.ErrAbortHandler {
				panic(p)
			}
			answer, err = nil, io.ErrUnexpectedEOF
		}
	}()
	t.server.ServeHTTP(w, sent)
	return w.response(r)
}

// recorder keeps an answer for the transport.
type recorder struct {
	header http.Header
	code   int
	body   bytes.Buffer
	slow   time.Duration // how long the body takes
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(code int)        { w.code = code }
func (w *recorder) Write(p []byte) (int, error) { return w.body.Write(p) }

func (w *recorder) response(r *http.Request) (*http.Response, error) {
	var body io.Reader = bytes.NewReader(w.body.Bytes())
	if w.slow > 0 {
		body = &slowBody{Reader: body, request: r, pause: w.slow}
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", w.code, http.StatusText(w.code)), StatusCode: w.code, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: maps.Clone(w.header), Body: io.NopCloser(body), ContentLength: -1, Request: r,
	}, nil
}

// slowBody is read after a pause of the caller's clock.
type slowBody struct {
	io.Reader
	request *http.Request
	pause   time.Duration
}

func (b *slowBody) Read(p []byte) (int, error) {
	if b.pause > 0 {
		wait := time.NewTimer(b.pause)
		defer wait.Stop()
		select {
		case <-wait.C:
			b.pause = 0
		case <-b.request.Context().Done():
			return 0, b.request.Context().Err()
		}
	}
	return b.Reader.Read(p)
}
