package standin

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Times of Google's tokens.
const (
	codeLife    = 10 * time.Minute
	accessLife  = time.Hour
	testingLife = 7 * 24 * time.Hour // of refresh tokens of an app whose consent screen is "External, Testing"
)

// authority is the OAuth side: who may sign in with what.
type authority struct {
	apps     map[string]string          // secret by client id
	robots   map[string]*serviceAccount // by address
	codes    map[string]*code
	families map[string]*family // by refresh token, also those that were rotated away
	consent  *consent
	rotate   bool
	testing  bool
}

// consent is what the person in front of the browser does.
type consent struct {
	user   string
	denied bool
	scopes []string // granted of those asked for; nil: all
}

// code is an authorization code.
type code struct {
	client, redirect, challenge string
	offline                     bool
	expires                     time.Time
	used                        bool
	grant                       grant
	family                      *family // of the first use
}

// family is a sign-in: a refresh token and what replaced it.
type family struct {
	client, user string
	scopes       []string
	current      string
	expires      time.Time // zero: never
	revoked      bool
}

func newAuthority() authority {
	return authority{apps: make(map[string]string), robots: make(map[string]*serviceAccount), codes: make(map[string]*code), families: make(map[string]*family)}
}

// InstalledApp registers an OAuth client of the type "Desktop app" and returns its client.json. base is where the
// server is reached, "http://127.0.0.1:4711".
func (s *Server) InstalledApp(base string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, secret := s.fresh()+".apps.googleusercontent.com", s.token("GOCSPX")
	s.auth.apps[id] = secret
	data, _ := json.Marshal(object{"installed": object{"client_id": id, "client_secret": secret, "project_id": "stand-in",
		"auth_uri": base + "/auth", "token_uri": base + "/token", "redirect_uris": []string{"http://localhost"}}})
	return data
}

// Consent makes whoever comes to the consent screen from now on be signed in as that person and agree; scopes limits
// what they agree to, none means all that is asked for.
func (s *Server) Consent(email string, scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.auth.consent = &consent{user: email, scopes: scopes}
}

// Deny makes them press Cancel.
func (s *Server) Deny() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.auth.consent = &consent{denied: true}
}

// Rotate makes each refresh give a new refresh token and end the old one.
func (s *Server) Rotate(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.auth.rotate = on
}

// Testing makes the consent screen "External, Testing": refresh tokens end after seven days, and answers say so.
func (s *Server) Testing(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.auth.testing = on
}

// Withdraw is a person who takes the consent back in their account's settings: all their tokens are dead.
func (s *Server) Withdraw(email string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.auth.families {
		f.revoked = f.revoked || f.user == email
	}
	for token, g := range s.tokens {
		if g.user == email {
			delete(s.tokens, token)
		}
	}
}

// ExpireAccess ends all access tokens given so far.
func (s *Server) ExpireAccess() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

// serveOAuth answers /auth, /token and /revoke.
func (s *Server) serveOAuth(w http.ResponseWriter, r *http.Request) bool {
	name, known := map[string]string{"/auth": "oauth.auth", "/token": "oauth.token", "/revoke": "oauth.revoke"}[r.URL.Path]
	if !known {
		return false
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	formError := r.ParseForm()
	f := s.arrive(r, name)
	if f.refuses() {
		oauthError(w, &refusal{f.Status, f.Reason, "asked for by a test"})
		return true
	}
	if name == "oauth.auth" {
		s.consentScreen(w, r)
		return true
	}
	var reply object
	no := &refusal{405, "invalid_request", "the endpoint takes POST alone"}
	switch {
	case r.Method != http.MethodPost:
	case formError != nil:
		no = &refusal{400, "invalid_request", "the form cannot be read"}
	default:
		reply, no = s.tokenEndpoint(r, name)
	}
	switch {
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Status != 0:
		oauthError(w, &refusal{f.Status, f.Reason, "asked for by a test"})
	case no != nil:
		oauthError(w, no)
	default:
		f.send(w, reply)
	}
	return true
}

func (s *Server) tokenEndpoint(r *http.Request, name string) (object, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name == "oauth.revoke" {
		return s.revoke(r.Form.Get("token"))
	}
	switch grant := r.PostForm.Get("grant_type"); grant {
	case "authorization_code":
		return s.redeem(r)
	case "refresh_token":
		return s.renew(r)
	case "urn:ietf:params:oauth:grant-type:jwt-bearer":
		return s.assert(r)
	default:
		return nil, s.malformed("unsupported_grant_type", "Invalid grant_type: "+grant)
	}
}

// refusal is an error of the token endpoint, RFC 6749 section 5.2.
type refusal struct {
	status       int
	code, detail string
}

func oauthError(w http.ResponseWriter, e *refusal) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(e.status)
	json.NewEncoder(w).Encode(object{"error": e.code, "error_description": e.detail})
}

// malformed is a refusal that a correct client never meets.
func (s *Server) malformed(code, detail string) *refusal {
	s.violations = append(s.violations, "OAuth: "+code+": "+detail)
	return &refusal{400, code, detail}
}

func badGrant(detail string) *refusal { return &refusal{400, "invalid_grant", detail} }

// client judges the client's own identity, in the form or in Basic.
func (s *Server) client(r *http.Request) (string, *refusal) {
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	if want, ok := s.auth.apps[id]; !ok || want != secret {
		return "", &refusal{401, "invalid_client", "The OAuth client was not found."}
	}
	return id, nil
}

// redeem changes a code for tokens.
func (s *Server) redeem(r *http.Request) (object, *refusal) {
	client, no := s.client(r)
	if no != nil {
		return nil, no
	}
	c := s.auth.codes[r.PostForm.Get("code")]
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	switch {
	case c == nil || c.client != client || !s.now().Before(c.expires):
		return nil, badGrant("Malformed auth code.")
	case c.used:
		if c.family != nil {
			c.family.revoked = true // RFC 6749 section 4.1.2: somebody else has it too
		}
		return nil, s.malformed("invalid_grant", "The code was used before.")
	case base64.RawURLEncoding.EncodeToString(sum[:]) != c.challenge:
		return nil, s.malformed("invalid_grant", "Invalid code verifier.")
	case r.PostForm.Get("redirect_uri") != c.redirect:
		return nil, s.malformed("redirect_uri_mismatch", "Bad Request")
	}
	c.used = true
	if !c.offline {
		return s.issue(c.grant, nil), nil
	}
	c.family = &family{client: client, user: c.grant.user, scopes: c.grant.scopes}
	if s.auth.testing {
		c.family.expires = s.now().Add(testingLife)
	}
	reply := s.issue(c.grant, c.family)
	reply["refresh_token"] = s.replace(c.family)
	return reply, nil
}

// replace gives a family its next refresh token.
func (s *Server) replace(f *family) string {
	f.current = s.token("1//refresh")
	s.auth.families[f.current] = f
	return f.current
}

// issue makes an access token and the answer that carries it.
func (s *Server) issue(g grant, f *family) object {
	token := s.token("ya29")
	g.expires, g.family = s.now().Add(accessLife), f
	s.tokens[token] = &g
	reply := object{"access_token": token, "expires_in": int(accessLife/time.Second) - 1, "token_type": "Bearer", "scope": strings.Join(g.scopes, " ")}
	if f != nil && !f.expires.IsZero() {
		reply["refresh_token_expires_in"] = int(f.expires.Sub(s.now()) / time.Second)
	}
	return reply
}

// renew changes a refresh token for an access token.
func (s *Server) renew(r *http.Request) (object, *refusal) {
	client, no := s.client(r)
	if no != nil {
		return nil, no
	}
	token := r.PostForm.Get("refresh_token")
	f := s.auth.families[token]
	if f == nil || f.client != client || f.revoked || f.current != token || !f.expires.IsZero() && !s.now().Before(f.expires) {
		return nil, badGrant("Token has been expired or revoked.")
	}
	reply := s.issue(grant{user: f.user, scopes: f.scopes}, f)
	if s.auth.rotate {
		reply["refresh_token"] = s.replace(f)
	}
	return reply, nil
}

// revoke ends a sign-in by one of its tokens, RFC 7009.
func (s *Server) revoke(token string) (object, *refusal) {
	f := s.auth.families[token]
	if g := s.tokens[token]; g != nil {
		delete(s.tokens, token)
		if f = g.family; f == nil {
			return object{}, nil
		}
	}
	if f == nil || f.revoked {
		return nil, &refusal{400, "invalid_token", "Token expired or revoked"}
	}
	f.revoked = true
	for token, g := range s.tokens {
		if g.family == f {
			delete(s.tokens, token)
		}
	}
	return object{}, nil
}
