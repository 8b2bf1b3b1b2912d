package standin

import (
	"fmt"
	"html"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// consentScreen is /auth: the person's answer goes to the redirect address.
func (s *Server) consentScreen(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.Form
	if complaint := s.judgeRequest(q); complaint != "" {
		s.violations = append(s.violations, "OAuth: /auth: "+complaint)
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, "<p>Access blocked: authorization error. Error 400: %s</p>", html.EscapeString(complaint))
		return
	}
	if s.auth.consent == nil {
		fmt.Fprint(w, "<p>Sign in with Google. Nobody is here.</p>")
		return
	}
	to, _ := url.Parse(q.Get("redirect_uri")) // judged
	back := to.Query()
	back.Set("state", q.Get("state"))
	if s.auth.consent.denied {
		back.Set("error", "access_denied")
	} else {
		given := s.consented(q)
		back.Set("code", given)
		back.Set("scope", strings.Join(s.auth.codes[given].grant.scopes, " "))
	}
	to.RawQuery = back.Encode()
	http.Redirect(w, r, to.String(), http.StatusFound)
}

// judgeRequest says what is wrong with an authorization request: RFC 6749 section 4.1.1 and RFC 8252.
func (s *Server) judgeRequest(q url.Values) string {
	to, err := url.Parse(q.Get("redirect_uri"))
	ip := net.IP(nil)
	if err == nil {
		ip = net.ParseIP(to.Hostname())
	}
	switch {
	case s.auth.apps[q.Get("client_id")] == "":
		return "invalid_client: the OAuth client was not found"
	case err != nil || to.Scheme != "http" || to.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()):
		return "redirect_uri_mismatch: only a loopback address will do"
	case q.Get("response_type") != "code":
		return "unsupported_response_type"
	case q.Get("code_challenge") == "" || q.Get("code_challenge_method") != "S256":
		return "invalid_request: an installed app needs PKCE with S256, RFC 8252 section 6"
	case q.Get("state") == "":
		return "invalid_request: an installed app needs a state, RFC 8252 section 8.9"
	}
	return s.judgeScopes(q.Get("scope"))
}

func (s *Server) judgeScopes(text string) string {
	scopes := strings.Fields(text)
	for _, scope := range scopes {
		if !s.api.knows(scope) {
			return "invalid_scope: " + scope
		}
	}
	if len(scopes) == 0 {
		return "invalid_request: Missing required parameter: scope"
	}
	return ""
}

// consented makes a code for the person who agreed.
func (s *Server) consented(q url.Values) string {
	asked := strings.Fields(q.Get("scope"))
	if limit := s.auth.consent.scopes; len(limit) > 0 {
		asked = slices.DeleteFunc(asked, func(scope string) bool { return !slices.Contains(limit, scope) })
	}
	user := s.auth.consent.user
	again := slices.ContainsFunc(s.liveFamilies(), func(f *family) bool { return f.user == user && f.client == q.Get("client_id") })
	text := s.token("4/code")
	s.auth.codes[text] = &code{
		client: q.Get("client_id"), redirect: q.Get("redirect_uri"), challenge: q.Get("code_challenge"), expires: s.now().Add(codeLife),
		// A second sign-in gets no refresh token unless the person is asked again.
		offline: q.Get("access_type") == "offline" && (!again || q.Get("prompt") == "consent"),
		grant:   grant{user: user, scopes: asked},
	}
	return text
}

func (s *Server) liveFamilies() []*family {
	var live []*family
	for _, f := range s.auth.families {
		if !f.revoked {
			live = append(live, f)
		}
	}
	return live
}
