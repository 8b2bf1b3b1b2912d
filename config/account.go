package config

import (
	"fmt"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"bilateral/calendar/web"
)

func (r *reader) me() Me {
	me := r.sub("me", "[me]")
	if me == nil {
		if !r.has("me") {
			r.fail(1, "the table [me] is missing", "Add it: [me], then name, email and timezone, such as "+example("email"))
		}
		return Me{}
	}
	defer me.done()
	m := Me{Name: me.required("name", ""), Email: me.email(""), Zone: me.zone("timezone", nil)}
	if !me.has("timezone") {
		me.missing("timezone", "")
	}
	return m
}

// email takes a bare address, in lower case; like is the right value that is shown where it is missing.
func (r *reader) email(like string) string {
	return r.mailbox("email", r.required("email", like))
}

// mailbox checks the address that stands at a key; "" where the key is missing.
func (r *reader) mailbox(key, s string) string {
	if s == "" {
		return ""
	}
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
		r.wrong(key, fmt.Sprintf("%q is no e-mail address", s), "")
	}
	return strings.ToLower(s)
}

// keysOf lists what each type of calendar takes besides type.
func keysOf(kind string) []string {
	switch kind {
	case CalDAV:
		return []string{"url", "username", "password", "collection", "insecure"}
	case Google:
		return []string{"collection", "credentials", "token", "subject", "endpoint", "auth_endpoint", "token_endpoint"}
	case Vdir:
		return []string{"path"}
	case ICS:
		return []string{"url", "path", "username", "password", "insecure"}
	}
	return nil
}

func calendarTypes() []string { return []string{CalDAV, Google, Vdir, ICS} }

func (r *reader) calendars() []Calendar {
	all := r.sub("calendar", "[calendar.work]")
	if all == nil {
		return nil
	}
	var list []Calendar
	for _, name := range all.table.order {
		where := "[calendar." + name + "]"
		c := all.sub(name, where)
		if c == nil {
			continue
		}
		if name == FreeBusy {
			c.fail(c.table.line, where+` "freebusy" cannot be a name: in busy it means to ask the server`, "Name the calendar otherwise: [calendar.busy]")
		}
		list = append(list, c.calendar(name))
	}
	return list
}

func (r *reader) calendar(name string) Calendar {
	c := Calendar{Name: name, Type: r.required("type", "")}
	if !slices.Contains(calendarTypes(), c.Type) {
		if c.Type != "" {
			r.wrong("type", fmt.Sprintf("%q is not known", c.Type), "It takes "+quoted(calendarTypes())+": type = "+quoted([]string{nearestOr(c.Type, calendarTypes())}))
		}
		return c // its keys cannot be judged
	}
	r.refuseOthers(c.Type)
	takes := func(key string) bool { return slices.Contains(keysOf(c.Type), key) }
	if takes("insecure") {
		c.Insecure = r.boolean("insecure")
		c.URL = r.url("url", c.Insecure, c.Type == CalDAV)
		c.Username, c.Password = r.login()
	}
	if takes("collection") {
		c.Collection = r.text("collection")
	}
	if takes("path") {
		c.Path = r.filePath("path")
	}
	if takes("credentials") {
		c.Credentials, c.Token, c.Subject = r.secret("credentials"), r.secret("token"), r.text("subject")
		c.Endpoint, c.AuthEndpoint, c.TokenEndpoint = r.loopback("endpoint"), r.loopback("auth_endpoint"), r.loopback("token_endpoint")
	}
	r.checkPlace(c)
	r.done()
	return c
}

// refuseOthers reports keys that belong to another type of calendar.
func (r *reader) refuseOthers(kind string) {
	for _, key := range r.table.order {
		if key == "type" || slices.Contains(keysOf(kind), key) {
			continue
		}
		for _, other := range calendarTypes() {
			if slices.Contains(keysOf(other), key) {
				r.known = append(r.known, key)
				r.wrong(key, fmt.Sprintf("a calendar of type %s takes no %s", kind, key), "Remove it. This type takes "+listed(keysOf(kind), "and")+".")
				break
			}
		}
	}
}

// checkPlace asks for what tells where the calendar is.
func (r *reader) checkPlace(c Calendar) {
	switch {
	case c.Type == CalDAV && !r.has("url"):
		r.missing("url", "")
	case c.Type == Vdir && !r.has("path"):
		r.missing("path", "")
	case c.Type == ICS && r.has("url") == r.has("path"):
		r.wrong("url", "a calendar of type ics takes either url or path", `Write for instance: url = "https://dav.example.org/dana.ics"`)
	case c.Type == Google && !r.has("credentials") && !r.has("endpoint"):
		r.missing("credentials", "")
	}
}

func (r *reader) login() (string, Secret) {
	username, password := r.filled("username"), r.secret("password")
	switch {
	case r.has("username") && !r.has("password"):
		r.wrong("username", "needs a password beside it", "Add a line such as: "+example("password"))
	case r.has("password") && !r.has("username"):
		r.wrong("password", "needs a username beside it", `Add a line such as: username = "alice"`)
	}
	return username, password
}

func (r *reader) mail() Mail {
	m := r.sub("mail", "[mail]")
	if m == nil {
		return Mail{}
	}
	defer m.done()
	mail := Mail{SMTP: m.server("smtp"), IMAP: m.server("imap")}
	mail.Username, mail.Password = m.login()
	if !m.has("smtp") {
		m.missing("smtp", "")
	}
	return mail
}

// server takes an address such as smtps://host:465.
func (r *reader) server(key string) string {
	s := r.filled(key)
	if s == "" {
		return ""
	}
	u, ok := r.address(key, s)
	if ok && u.Scheme != key && u.Scheme != key+"s" {
		r.wrong(key, fmt.Sprintf("the address must begin with %ss:// (or %s://, which then turns to TLS)", key, key), "")
	}
	return s
}

// address parses a URL. Errors do not repeat it: it may hold a password.
func (r *reader) address(key, s string) (*url.URL, bool) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "":
		r.wrong(key, "is no address", "")
	case u.User != nil:
		r.wrong(key, "holds a user name or password", "Take it out of the address; use username and "+example("password"))
	default:
		return u, true
	}
	return nil, false
}

// url reads an address; where a server can be found by its domain, the domain or an e-mail address of it will do.
func (r *reader) url(key string, insecure, byDomain bool) string {
	s := r.filled(key)
	if s == "" {
		return ""
	}
	if byDomain {
		s = serverOf(s)
	}
	u, ok := r.address(key, s)
	switch {
	case !ok:
	case u.Scheme != "https" && u.Scheme != "http":
		r.wrong(key, "must begin with https://", "")
	case u.Scheme == "http" && !web.Loopback(u) && !insecure:
		r.wrong(key, "plain http to another machine shows your password to the network", "Use https://, or if you must: insecure = true")
	}
	return s
}

// serverOf makes an address of a domain or an e-mail address: the server and DNS tell the rest (RFC 6764 section 6).
func serverOf(s string) string {
	domain := s[strings.LastIndexByte(s, '@')+1:]
	if strings.ContainsAny(s, "/: ") || !strings.Contains(domain, ".") || strings.HasPrefix(domain, ".") {
		return s
	}
	return "https://" + domain + "/"
}

func (r *reader) loopback(key string) string {
	s := r.filled(key)
	if s == "" {
		return ""
	}
	if u, ok := r.address(key, s); ok && !web.Loopback(u) {
		r.wrong(key, "is for tests and takes only an address of this machine", "Remove it, or write for instance: "+example(key))
	}
	return s
}

// filePath makes a path absolute.
func (r *reader) filePath(key string) string {
	s := r.filled(key)
	if s == "" {
		return ""
	}
	return r.expand(s)
}

// expand reads "~" as the home folder and takes relative paths from the folder of the config file.
func (f *file) expand(path string) string {
	if path == "~" || strings.HasPrefix(path, "~/") {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, path[1:])
		}
	}
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(f.dir, path)
}

// variable is what a shell and systemd take as the name of a variable.
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// secret takes a table of one source. A secret written into the config itself is refused, and not repeated.
func (r *reader) secret(key string) Secret {
	n, ok := r.find(key)
	if !ok {
		return Secret{}
	}
	t, ok := n.value.(*table)
	if !ok {
		r.wrong(key, "a secret does not stand in the config", `Say where it is: { file = "…" }, { command = ["pass", "show", "dav"] }, { credential = "dav" } or { env = "DAV_PASSWORD" }`)
		return Secret{}
	}
	s := r.read(t, strings.TrimSpace(r.where+" "+key))
	before := len(r.errors)
	secret := Secret{File: s.filePath("file"), Credential: s.filled("credential"), Env: s.filled("env")}
	command, _ := s.words("command")
	secret.Command = texts(command)
	if len(t.order) != 1 {
		r.wrong(key, "needs exactly one of file, command, credential and env", "")
	}
	if c := secret.Credential; c != "" && (c != filepath.Base(c) || c == "." || c == "..") {
		s.wrong("credential", "is a name, not a path", `Write for instance: { credential = "dav" }, with LoadCredential=dav:/path in the unit`)
	}
	if secret.Env != "" && !variable.MatchString(secret.Env) {
		s.wrong("env", "is no name of a variable", `Write for instance: { env = "DAV_PASSWORD" }`)
	}
	s.done()
	if len(r.errors) == before && secret.IsZero() {
		r.wrong(key, "names no source", "")
	}
	return secret
}
