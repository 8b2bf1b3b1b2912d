package caldav

import (
	"encoding/xml"
	"net/url"
	"slices"
	"strings"
)

// place is a collection as it was found. It is kept on disk, so that a restart need not look for it again.
type place struct {
	URL       string
	Name      string // display name, else path
	Principal string // current-user-principal
	Owner     string // principal of whom the collection belongs to
	Sync      bool   // supported-report-set has sync-collection
	Write     bool
	BusyOnly  bool // only read-free-busy is granted
	SOGo      bool // the server is one: sogo.go
}

// holdsEvents is true where the server does not say which components the collection takes, RFC 4791 section 5.2.3.
func holdsEvents(r *resource) bool {
	set := r.prop(caldav("supported-calendar-component-set"))
	return set == nil || len(set.children) == 0 || slices.ContainsFunc(set.children, func(c *node) bool {
		return slices.ContainsFunc(c.attrs, func(a xml.Attr) bool { return a.Name.Local == "name" && strings.EqualFold(a.Value, "VEVENT") })
	})
}

func placeOf(r *resource, at *url.URL) place {
	p := place{URL: at.String(), Name: r.text(dav("displayname"))}
	if p.Name == "" {
		p.Name = at.Path
	}
	p.Principal, p.Owner = named(r, at, "current-user-principal"), named(r, at, "owner")
	p.Sync, p.SOGo = reports(r, dav("sync-collection")), reports(r, sogoReport)
	var read, busy bool
	p.Write, read, busy = privileges(r)
	p.BusyOnly = busy && !read
	return p
}

// named is the address in a property of DAV, or "".
func named(r *resource, at *url.URL, property string) string {
	for _, href := range r.prop(dav(property)).hrefs() {
		if to, err := at.Parse(href); err == nil {
			return to.String()
		}
	}
	return ""
}

// reports looks into supported-report-set, RFC 3253 section 3.1.5. Xandikos leaves DAV:report out.
func reports(r *resource, name xml.Name) bool {
	set := r.prop(dav("supported-report-set"))
	return set != nil && slices.ContainsFunc(set.children, func(c *node) bool {
		return c.child(name) != nil || c.child(dav("report")).child(name) != nil
	})
}

// privileges reads current-user-privilege-set, RFC 3744 section 5.4. A server without it is taken to allow what it then
// refuses.
func privileges(r *resource) (write, read, busy bool) {
	set := r.prop(dav("current-user-privilege-set"))
	if set == nil {
		return true, true, true
	}
	for _, c := range set.children {
		for _, granted := range c.children {
			switch granted.name {
			case dav("all"):
				return true, true, true
			case dav("write"), dav("write-content"), dav("bind"):
				write = true
			case dav("read"):
				read = true
			case caldav("read-free-busy"):
				busy = true
			}
		}
	}
	return write, read, busy
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path
}

func lastOf(address string) string {
	path := strings.Trim(pathOf(address), "/")
	return path[strings.LastIndex(path, "/")+1:]
}
