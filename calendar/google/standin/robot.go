package standin

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"slices"
	"strings"
	"time"
)

// serviceAccount is a program's own account.
type serviceAccount struct {
	key       *rsa.PublicKey
	keyID     string
	audience  []string
	delegated []string // scopes that the domain's administrator allows it on behalf of people
}

// ServiceAccount makes a program's own account and returns its key file. base is where the server is reached.
func (s *Server) ServiceAccount(email, base string) ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	s.Person(email, email, "UTC")
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.fresh()
	s.auth.robots[email] = &serviceAccount{key: &key.PublicKey, keyID: id, audience: []string{base + "/token", "https://oauth2.googleapis.com/token"}}
	return json.Marshal(object{
		"type": "service_account", "project_id": "stand-in", "private_key_id": id, "client_email": email, "client_id": "1042",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"auth_uri":    base + "/auth", "token_uri": base + "/token",
	})
}

// Delegate is the administrator who allows a service account those scopes on behalf of everybody (domain-wide
// delegation), instead of what was allowed before.
func (s *Server) Delegate(email string, scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.auth.robots[email].delegated = scopes
}

// claims are those of a service account's assertion, RFC 7523.
type claims struct {
	Iss, Sub, Scope, Aud string
	Iat, Exp             int64
}

// assert changes a service account's assertion for an access token.
func (s *Server) assert(r *http.Request) (object, *refusal) {
	c, no := s.readAssertion(r.PostForm.Get("assertion"))
	if no != nil {
		return nil, no
	}
	robot := s.auth.robots[c.Iss]
	now, iat, exp := s.now(), time.Unix(c.Iat, 0), time.Unix(c.Exp, 0)
	const skew = 5 * time.Minute
	switch {
	case !slices.Contains(robot.audience, c.Aud):
		return nil, s.malformed("invalid_grant", "Invalid JWT: Failed audience check.")
	case exp.Sub(iat) > time.Hour || now.Before(iat.Add(-skew)) || !now.Before(exp.Add(skew)):
		return nil, badGrant("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.")
	}
	if complaint := s.judgeScopes(c.Scope); complaint != "" {
		return nil, s.malformed("invalid_scope", complaint)
	}
	scopes := strings.Fields(c.Scope)
	if c.Sub == "" || c.Sub == c.Iss {
		return s.issue(grant{user: c.Iss, scopes: scopes, alone: true}, nil), nil
	}
	if slices.ContainsFunc(scopes, func(scope string) bool { return !slices.Contains(robot.delegated, scope) }) {
		return nil, &refusal{401, "unauthorized_client", "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested."}
	}
	if s.people[c.Sub] == nil {
		return nil, badGrant("Invalid email or User ID")
	}
	return s.issue(grant{user: c.Sub, scopes: scopes}, nil), nil
}

// readAssertion reads a JWT and its signature.
func (s *Server) readAssertion(text string) (c claims, no *refusal) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return c, s.malformed("invalid_grant", "Invalid JWT.")
	}
	var head struct{ Alg, Kid string }
	if !decode(parts[0], &head) || !decode(parts[1], &c) || head.Alg != "RS256" {
		return c, s.malformed("invalid_grant", "Invalid JWT.")
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	robot := s.auth.robots[c.Iss]
	switch {
	case robot == nil:
		return c, badGrant("Invalid grant: account not found")
	case err != nil || head.Kid != robot.keyID || rsa.VerifyPKCS1v15(robot.key, crypto.SHA256, sum[:], signature) != nil:
		return c, badGrant("Invalid JWT Signature.")
	}
	return c, nil
}

func decode(part string, into any) bool {
	data, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(data, into) == nil
}
