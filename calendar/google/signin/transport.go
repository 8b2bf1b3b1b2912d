package signin

import (
	"bytes"
	"io"
	"net/http"

	"bilateral/calendar"
)

// transport adds the access token. One that is refused before its time (the clock was set back, or a person withdrew it)
// is renewed once.
type transport struct {
	o      Options
	c      credentials
	base   http.RoundTripper
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
		return t.judged(answer, err)
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
	return t.judged(t.send(again, access))
}

// judged turns the two refusals that concern the sign-in, and no calendar, into its faults.
func (t *transport) judged(answer *http.Response, err error) (*http.Response, error) {
	if err != nil || answer.StatusCode != http.StatusForbidden {
		return answer, err
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20)) // one that is cut short, or torn, is the caller's to judge
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), answer.Body), answer.Body}
	if err != nil {
		return answer, nil
	}
	switch {
	case isOff(body):
		off := t.o.fault(APIOff, "", nil)
		off.Client = t.c.client
		err = t.o.fails(calendar.Denied, off)
	case isNarrow(body) && t.c.service == nil:
		err = t.o.fails(calendar.SignIn, t.o.fault(Partial, "one of "+short(t.o.Scopes), nil))
	default:
		return answer, nil
	}
	answer.Body.Close()
	return nil, err
}

// isOff reports whether a refusal says that the API is not enabled in the project, in the older form or the newer.
func isOff(body []byte) bool {
	return bytes.Contains(body, []byte(`"accessNotConfigured"`)) || bytes.Contains(body, []byte(`"SERVICE_DISABLED"`))
}

// isNarrow reports whether a refusal says that the token's scopes do not hold the request.
func isNarrow(body []byte) bool {
	return bytes.Contains(body, []byte(`"insufficientPermissions"`)) || bytes.Contains(body, []byte(`"ACCESS_TOKEN_SCOPE_INSUFFICIENT"`))
}

// send works on a copy: a RoundTripper does not change its request.
func (t *transport) send(r *http.Request, access string) (*http.Response, error) {
	signed := r.Clone(r.Context())
	signed.Header.Set("Authorization", "Bearer "+access)
	return t.base.RoundTrip(signed)
}
