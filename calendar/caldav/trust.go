package caldav

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"bilateral/calendar/web"

	"golang.org/x/net/publicsuffix"
)

// Where credentials may go. They go to the configured origin, and to hosts that it names as the home of the user's
// calendars in an answer that it gave over TLS after the sign-in (iCloud keeps each user's on a pNN host), if these belong
// to the same registrable domain. DNS may name such hosts too: it can be forged, but the certificate of a host of that
// domain cannot (RFC 6764 section 8). A redirect leads to no other origin, ever.

// trusts reports whether credentials may go to an address.
func (s *session) trusts(at *url.URL) bool {
	return web.SameOrigin(s.origin, at) || slices.ContainsFunc(s.named, func(u *url.URL) bool { return web.SameOrigin(u, at) })
}

// admit lets credentials go to an address that the server named, if they may.
func (s *session) admit(at *url.URL) {
	if at != nil && !s.trusts(at) && sameSite(s.origin, at) {
		s.named = append(s.named, at)
	}
}

// sameSite reports whether two addresses are of one registrable domain, such as example.co.uk, both over TLS and at its
// port or the configured one.
func sameSite(a, b *url.URL) bool {
	if a.Scheme != "https" || b.Scheme != "https" || web.Port(b) != "443" && web.Port(b) != web.Port(a) {
		return false
	}
	return sameDomain(a.Hostname(), b.Hostname())
}

func sameDomain(a, b string) bool {
	a, b = strings.ToLower(strings.TrimSuffix(a, ".")), strings.ToLower(strings.TrimSuffix(b, "."))
	if a == b {
		return true
	}
	if net.ParseIP(a) != nil || net.ParseIP(b) != nil {
		return false
	}
	one, err := publicsuffix.EffectiveTLDPlusOne(a)
	other, err2 := publicsuffix.EffectiveTLDPlusOne(b)
	return err == nil && err2 == nil && one == other
}
