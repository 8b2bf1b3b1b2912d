package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"bilateral/calendar/web"
)

// Notify is the [notify] table: whom to tell of problems, and how. What is empty is not used.
type Notify struct {
	Severity  string   // the mildest that is told: warning or critical
	Command   []string // run without a shell
	Webhook   string   // an address; it may be a secret
	Mail      string   // an address of a person, in lower case
	Calendar  string   // the name of a calendar that can be written
	Heartbeat string   // an address; it may be a secret
}

// Values of [Notify].Severity.
const (
	Warning  = "warning"
	Critical = "critical"
)

func (r *reader) notify(c *Config) Notify {
	n := r.sub("notify", "[notify]")
	if n == nil {
		return Notify{Severity: Warning}
	}
	defer n.done()
	out := Notify{Severity: n.choice("severity", Warning, Critical), Command: n.program("command"),
		Webhook: n.hook("webhook"), Heartbeat: n.hook("heartbeat"), Mail: n.mailbox("mail", n.filled("mail")), Calendar: n.filled("calendar")}
	if out.Mail != "" && c.Mail.SMTP == "" {
		n.wrong("mail", "needs a way to send mail", "Add a table [mail], with "+example("smtp"))
	}
	n.writable("calendar", out.Calendar, c)
	return out
}

// program takes a command; a path in its first word is one as in other keys.
func (r *reader) program(key string) []string {
	n, given := r.find(key)
	if !given {
		return nil
	}
	if list, _ := n.value.([]*node); len(list) == 0 {
		r.wrong(key, "must be a list of a program and its arguments", `Write for instance: command = ["/usr/local/bin/tell-me", "loudly"]`)
		return nil
	}
	list, _ := r.words(key)
	argv := texts(list)
	if len(argv) > 0 && strings.Contains(argv[0], "/") {
		argv[0] = r.expand(argv[0])
	}
	return argv
}

// hook takes an address to which something is sent: https, or http to this machine. It may hold a password.
func (r *reader) hook(key string) string {
	s := r.filled(key)
	if s == "" {
		return ""
	}
	switch u, err := url.Parse(s); {
	case err != nil || u.Host == "":
		r.wrong(key, "is no address", "")
	case u.Scheme != "https" && !(u.Scheme == "http" && web.Loopback(u)):
		r.wrong(key, "must begin with https:// (or http://, to this machine only)", "")
	}
	return s
}

// writable asks that a calendar is configured and not one that can only be read.
func (r *reader) writable(key, name string, c *Config) {
	if name == "" {
		return
	}
	cal, known := c.Calendar(name)
	switch {
	case !known:
		r.wrong(key, fmt.Sprintf("no calendar is named %q", name), "Name one of "+quoted(slices.Sorted(slices.Values(c.names())))+", or add it.")
	case cal.Type == ICS:
		r.wrong(key, fmt.Sprintf("%q is of type ics, which can only be read", name), "Name a calendar of type caldav, google or vdir.")
	}
}

// listen takes an address at which this machine alone may look: whoever may connect reads the names of bilaterals and what
// becomes of their periods.
func (r *reader) listen() string {
	s := r.filled("listen")
	if s == "" {
		return ""
	}
	if err := local(s); err != nil {
		r.wrong("listen", err.Error(), "")
	}
	return s
}

// local says what is wrong with an address to listen at, or nothing: a port of the loopback, or unix: and a whole path.
func local(address string) error {
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		if !strings.HasPrefix(path, "/") {
			return errors.New("the path of a socket must begin with /: unix:/run/bilateral/watch")
		}
		return nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%q is neither address:port nor unix:/path", address)
	}
	at, err := netip.ParseAddr(host)
	if !web.Loopback(&url.URL{Host: net.JoinHostPort(host, "1")}) || err == nil && at.Zone() != "" {
		return errors.New("there is no sign-in, so it must be on this machine's loopback, or a socket")
	}
	if n, err := net.LookupPort("tcp", port); err != nil || n == 0 {
		return fmt.Errorf("%q is no port", port)
	}
	return nil
}
