package caldav

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"bilateral/calendar"
)

// lookup is what is asked of DNS; net.Resolver has it.
type lookup interface {
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// fromDNS returns where the domain keeps its calendars, RFC 6764 sections 3 to 6; nil where DNS knows of nothing. Only TLS
// is looked for.
func (f *finder) fromDNS(ctx context.Context) (*url.URL, error) {
	domain := f.start.Hostname()
	if f.lookup == nil || net.ParseIP(domain) != nil || domain == "localhost" || f.start.Scheme != "https" {
		return nil, nil
	}
	_, records, err := f.lookup.LookupSRV(ctx, "caldavs", "tcp", domain)
	if err != nil || len(records) == 0 || records[0].Target == "." {
		return nil, nil
	}
	host := strings.TrimSuffix(records[0].Target, ".")
	at := &url.URL{Scheme: "https", Host: host, Path: "/.well-known/caldav"}
	if port := records[0].Port; port != 443 {
		at.Host = net.JoinHostPort(host, strconv.Itoa(int(port)))
	}
	texts, _ := f.lookup.LookupTXT(ctx, "_caldavs._tcp."+domain)
	for _, text := range texts {
		if path, ok := strings.CutPrefix(text, "path="); ok && strings.HasPrefix(path, "/") {
			at.Path = path
		}
	}
	if !sameDomain(host, domain) {
		return nil, failed(calendar.Gone, "find", f.start,
			fmt.Errorf("DNS says that the calendars of %s are at %s; if that is right, put that address into the configuration", domain, at))
	}
	return at, nil
}
