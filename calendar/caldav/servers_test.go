//go:build servers

package caldav_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"bilateral/calendar"
	"bilateral/test/servers"
)

// Radicale does not schedule; Cyrus does.
var radicale, cyrus server

// counter counts the requests that go through it.
type counter struct {
	n     atomic.Int64
	trace bool
}

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n.Add(1)
	if c.trace {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		fmt.Printf(">> %s %s %v\n%s\n", r.Method, r.URL, r.Header, body)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && c.trace {
		body, _ := io.ReadAll(resp.Body)
		resp.Body = io.NopCloser(bytes.NewReader(body))
		fmt.Printf("<< %s %v\n%s\n", resp.Status, resp.Header, body)
	}
	return resp, err
}

func (c *counter) since() int64 { return c.n.Swap(0) }

// TestMain starts the real servers.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "caldav")
		if err != nil {
			return fail(err)
		}
		defer os.RemoveAll(dir)
		for name, s := range map[string]*server{"radicale": &radicale, "cyrus": &cyrus} {
			if s.Server, err = servers.Start(name, filepath.Join(dir, name)); err != nil {
				return fail(err)
			}
			defer s.Stop()
		}
		return m.Run()
	}())
}

func TestRadicaleConforms(t *testing.T) {
	exempt := refusals("Radicale")
	exempt["an instance that a person moved, deleted or cancelled is known by its original start"] = "Radicale refuses overrides in another zone than their master"
	radicale.conforms(t, exempt)
}

func TestCyrusConforms(t *testing.T) { cyrus.conforms(t, refusals("Cyrus")) }

func mustPath(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	return u.Path
}

func TestOfTwoWritersOneIsTold(t *testing.T) {
	for _, s := range []server{radicale, cyrus} {
		t.Run("on "+s.Name, func(t *testing.T) {
			h := s.fresh(t)
			one, two := as(t, "alice", h.collection, "", http.DefaultTransport, ""), as(t, "alice", h.collection, "", http.DefaultTransport, "")
			d := draft(t)
			d.Attendees = nil
			create := calendar.Change{UID: calendartestUID, Create: d}
			observe(t, two)
			apply(t, one, create)
			if _, err := two.Apply(context.Background(), create); calendar.KindOf(err) != calendar.Exists {
				t.Errorf("the second create: %v", err)
			}
			series := observe(t, one).Series[0]
			observe(t, two)
			c := calendar.Change{UID: series.UID, Name: series.Name, Version: series.Version, Series: &calendar.Patch{Title: new("by the first")}}
			apply(t, one, c)
			c.Series = &calendar.Patch{Title: new("by the second")}
			if _, err := two.Apply(context.Background(), c); calendar.KindOf(err) != calendar.Conflict {
				t.Errorf("the second change: %v", err)
			}
			if series = observe(t, two).Series[0]; series.Title != "by the first" {
				t.Errorf("there stands %q", series.Title)
			}
		})
	}
}
