package signin

import (
	"net/http"
)

// transport adds the access token. One that is refused before its time (the clock was set back, or a person withdrew it)
// is renewed once.
type transport struct {
	base   http.RoundTripper // nil: http.DefaultTransport
	source tokens
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	access, err := t.source.token(r.Context(), "")
	if err != nil {
		if r.Body != nil {
			r.Body.Close() // a RoundTripper closes it, also where it sends nothing
		}
		return nil, err
	}
	answer, err := t.send(r, access)
	if err != nil || answer.StatusCode != http.StatusUnauthorized || r.Body != nil && r.GetBody == nil {
		return answer, err
	}
	answer.Body.Close()
	if access, err = t.source.token(r.Context(), access); err != nil {
		return nil, err
	}
	again := r.Clone(r.Context())
	if r.GetBody != nil {
		if again.Body, err = r.GetBody(); err != nil {
			return nil, err
		}
	}
	return t.send(again, access)
}

// send works on a copy: a RoundTripper does not change its request.
func (t *transport) send(r *http.Request, access string) (*http.Response, error) {
	base := t.base
	if base == nil {
		base = http.DefaultTransport
	}
	signed := r.Clone(r.Context())
	signed.Header.Set("Authorization", "Bearer "+access)
	return base.RoundTrip(signed)
}
