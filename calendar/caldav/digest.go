package caldav

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"
)

// challenges is what WWW-Authenticate offers of what is spoken here.
type challenges struct {
	basic  bool
	digest *digest // the strongest that can be computed
}

// digest is a challenge by RFC 7616.
type digest struct {
	realm, nonce, opaque, algorithm string
	auth                            bool // qop=auth; without it, the older RFC 2069 form
	stale                           bool
	count                           int
	session                         string // cnonce, kept for the "-sess" forms
}

// algorithms that are known, weakest first; MD5 is what old servers have.
func algorithm(name string) (func() hash.Hash, int) {
	switch strings.TrimSuffix(strings.ToUpper(name), "-SESS") {
	case "", "MD5":
		return md5.New, 1
	case "SHA-256":
		return sha256.New, 2
	}
	return nil, 0
}

// parseChallenges reads the headers; several challenges may stand in one of them.
func parseChallenges(headers []string) challenges {
	var c challenges
	best := 0
	for _, header := range headers {
		for _, one := range splitChallenges(header) {
			switch strings.ToLower(one.scheme) {
			case "basic":
				c.basic = true
			case "digest":
				d := newDigest(one.params)
				if _, strength := algorithm(d.algorithm); d.nonce != "" && strength > best {
					c.digest, best = d, strength
				}
			}
		}
	}
	return c
}

func newDigest(p map[string]string) *digest {
	d := &digest{realm: p["realm"], nonce: p["nonce"], opaque: p["opaque"], algorithm: p["algorithm"], stale: strings.EqualFold(p["stale"], "true")}
	d.auth = slices.ContainsFunc(strings.Split(p["qop"], ","), func(q string) bool { return strings.EqualFold(strings.TrimSpace(q), "auth") })
	d.session = rand.Text()
	return d
}

// authorize returns the value of an Authorization header.
func (d *digest) authorize(user, secret, method, uri string) string {
	make, _ := algorithm(d.algorithm)
	sum := func(parts ...string) string {
		h := make()
		h.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(h.Sum(nil))
	}
	d.count++
	nc := fmt.Sprintf("%08x", d.count)
	who := sum(user, d.realm, secret)
	if strings.HasSuffix(strings.ToUpper(d.algorithm), "-SESS") {
		who = sum(who, d.nonce, d.session)
	}
	response := sum(who, d.nonce, sum(method, uri))
	if d.auth {
		response = sum(who, d.nonce, nc, d.session, "auth", sum(method, uri))
	}
	fields := []string{"username=" + quote(user), "realm=" + quote(d.realm), "nonce=" + quote(d.nonce), "uri=" + quote(uri), "response=" + quote(response)}
	if d.algorithm != "" {
		fields = append(fields, "algorithm="+d.algorithm)
	}
	if d.opaque != "" {
		fields = append(fields, "opaque="+quote(d.opaque))
	}
	if d.auth {
		fields = append(fields, "qop=auth", "nc="+nc, "cnonce="+quote(d.session))
	}
	return "Digest " + strings.Join(fields, ", ")
}

var quoting = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "", "\n", "")

func quote(s string) string { return `"` + quoting.Replace(s) + `"` }

// challenge is one scheme with its parameters, names in lower case.
type challenge struct {
	scheme string
	params map[string]string
}

// splitChallenges takes a header apart, RFC 9110 section 11.6.1: commas part both challenges and parameters; a word that
// is not followed by "=" begins a challenge.
func splitChallenges(header string) []challenge {
	var list []challenge
	for rest := strings.TrimLeft(header, ", \t"); rest != ""; rest = strings.TrimLeft(rest, ", \t") {
		end := strings.IndexAny(rest, "=, \t")
		if end < 0 {
			end = len(rest)
		}
		word := rest[:end]
		rest = strings.TrimLeft(rest[end:], " \t")
		value, ok := strings.CutPrefix(rest, "=")
		if !ok {
			list = append(list, challenge{word, map[string]string{}})
			continue
		}
		var text string
		text, rest = paramValue(strings.TrimLeft(value, " \t"))
		if len(list) > 0 {
			list[len(list)-1].params[strings.ToLower(word)] = text
		}
	}
	return list
}

// paramValue reads a token or quoted string from the front.
func paramValue(s string) (value, rest string) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, ", \t")
		if end < 0 {
			return s, ""
		}
		return s[:end], s[end:]
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}
