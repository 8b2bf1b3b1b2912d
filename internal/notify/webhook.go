package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Webhook posts the JSON of each notice to an address. The address is a secret: errors name its host alone.
type Webhook struct {
	address *url.URL
	client  *http.Client
}

// NewWebhook takes an address that the config accepted.
func NewWebhook(address string, next http.RoundTripper) (*Webhook, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the webhook's address is no address")
	}
	return &Webhook{u, loyal(next)}, nil
}

// Name implements [Channel].
func (*Webhook) Name() string { return "webhook" }

// Tell implements [Channel].
func (w *Webhook) Tell(ctx context.Context, list []Notice) ([]bool, error) {
	return oneByOne(ctx, list, func(ctx context.Context, n Notice) error {
		return visit(ctx, w.client, http.MethodPost, w.address, n.json())
	})
}

// loyal is a client that stays with the host that it was sent to: what is told is for nobody else.
func loyal(next http.RoundTripper) *http.Client {
	return &http.Client{Transport: next, Timeout: single, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		first := via[0]
		switch {
		case len(via) > 3:
			return errors.New("it redirects for ever")
		case r.URL.Host != first.URL.Host || r.URL.Scheme != first.URL.Scheme:
			return fmt.Errorf("it redirects to another host, %s", r.URL.Host)
		case r.Method != first.Method: // 301, 302 and 303 drop what was posted
			return errors.New("it redirects in a way that drops what is posted")
		}
		return nil
	}}
}

// visit makes one request; any 2xx is success.
func visit(ctx context.Context, client *http.Client, method string, address *url.URL, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, method, address.String(), bytes.NewReader(body))
	if err != nil {
		return errors.New("the address cannot be asked")
	}
	r.Header.Set("User-Agent", "bilateral")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := client.Do(r)
	if err != nil {
		var told *url.Error // its text is the whole address
		if errors.As(err, &told) {
			err = told.Err
		}
		return fmt.Errorf("%s: %w", address.Host, err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 1<<16) // so that the connection can be used again
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s answered %d %s", address.Host, answer.StatusCode, http.StatusText(answer.StatusCode))
	}
	return nil
}

const heartbeat = "heartbeat"

// Heartbeat asks an address after each good pass, for a service that speaks up when nobody does: a dead daemon cannot. Its
// address is a secret too.
type Heartbeat struct {
	address *url.URL
	client  *http.Client
}

// NewHeartbeat takes an address that the config accepted.
func NewHeartbeat(address string, next http.RoundTripper) (*Heartbeat, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the heartbeat's address is no address")
	}
	return &Heartbeat{u, loyal(next)}, nil
}

func (n *Notifier) beat(ctx context.Context, now time.Time) error {
	known, err := n.o.Store.Channel(heartbeat)
	if err != nil {
		return err
	}
	n.worked(&known, visit(ctx, n.o.Heartbeat.client, http.MethodGet, n.o.Heartbeat.address, nil), now)
	return n.o.Store.SetChannel(known)
}
