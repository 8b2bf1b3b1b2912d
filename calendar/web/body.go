package web

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
)

// ErrTooLong is the error of reading an answer beyond its limit: a cut answer must never pass for a whole one.
var ErrTooLong = errors.New("the answer is longer than any calendar's")

// Limited is r up to most bytes, and then [ErrTooLong].
func Limited(r io.Reader, most int64) io.Reader { return &limited{r, most} }

type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, ErrTooLong
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return n, ErrTooLong
	}
	return n, err
}

// Unpacked is the body of an answer. The transport unpacks what it asked for; some servers also pack what they keep packed.
// The error is that of a body which is no gzip although it says so.
func Unpacked(answer *http.Response) (io.Reader, error) {
	if strings.EqualFold(answer.Header.Get("Content-Encoding"), "gzip") {
		return gzip.NewReader(answer.Body)
	}
	return answer.Body, nil
}
