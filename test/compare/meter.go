package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"time"
)

// meter passes requests on to a server, and counts them, what came back, and the time until it was there.
type meter struct {
	*httptest.Server
	count, read, nanos atomic.Int64
}

func newMeter(target string) (*meter, error) {
	to, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	onward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = to.Scheme, to.Host, r.In.Host
	}}
	m := &meter{}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		onward.ServeHTTP(counted{w, &m.read}, r)
		m.count.Add(1)
		m.nanos.Add(int64(time.Since(began)))
	}))
	return m, nil
}

type counted struct {
	http.ResponseWriter
	read *atomic.Int64
}

func (c counted) Write(p []byte) (int, error) {
	c.read.Add(int64(len(p)))
	return c.ResponseWriter.Write(p)
}

func (m *meter) reset() {
	m.count.Store(0)
	m.read.Store(0)
	m.nanos.Store(0)
}

func (m *meter) requests() int64         { return m.count.Load() }
func (m *meter) bytes() int64            { return m.read.Load() }
func (m *meter) inServer() time.Duration { return time.Duration(m.nanos.Load()) }
