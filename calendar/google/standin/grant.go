package standin

import (
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// grant is what an access token stands for.
type grant struct {
	user    string // address of the account it acts for
	scopes  []string
	expires time.Time // zero: never
	family  *family   // the sign-in it came from, if any
	alone   bool      // a service account that acts for itself
}

// Token makes an access token for a person out of thin air, for tests that are not about signing in. Without scopes it
// is the full https://www.googleapis.com/auth/calendar. It does not expire.
func (s *Server) Token(email string, scopes ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(scopes) == 0 {
		scopes = []string{"https://www.googleapis.com/auth/calendar"}
	}
	token := s.token("ya29")
	s.tokens[token] = &grant{user: strings.ToLower(email), scopes: scopes}
	return token
}

// Client is an HTTP client signed in as a person with such a token, in process.
func (s *Server) Client(email string) *http.Client {
	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: s.Token(email)})
	return &http.Client{Transport: &oauth2.Transport{Source: source, Base: s.Transport()}}
}

// authenticate finds out for whom a request is, and whether its token opens the method.
func (s *Server) authenticate(r *http.Request, m *method) (*grant, *problem) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	g := s.tokens[token]
	if !ok || g == nil || !g.expires.IsZero() && !s.now().Before(g.expires) || s.people[g.user] == nil {
		return nil, &problem{
			Code: 401, Reason: "authError", Message: "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
			Location: "Authorization", inHeader: true, Authenticate: `Bearer realm="https://accounts.google.com/", error="invalid_token"`,
		}
	}
	if !m.allows(g.scopes) {
		p := forbidden("insufficientPermissions", "Request had insufficient authentication scopes.")
		p.Authenticate = `Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="` + strings.Join(m.Scopes, " ") + `"`
		return nil, p
	}
	return g, nil
}
