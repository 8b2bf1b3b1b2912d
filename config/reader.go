package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// file is one config file while it is read. Errors gather here; reading goes on with the default.
type file struct {
	path   string // as the user gave it
	dir    string // absolute; relative paths start here
	now    time.Time
	errors Errors
}

func (f *file) fail(line int, problem, do string) {
	f.errors = append(f.errors, &Error{File: f.path, Line: line, Problem: problem, Do: do})
}

// reader takes the keys of one table. What it was never asked for is unknown.
type reader struct {
	*file
	table *table
	where string // [me], [[bilateral]] "dana"
	known []string
}

func (f *file) read(t *table, where string) *reader { return &reader{file: f, table: t, where: where} }

// example is a right line for a key, which an error about it shows.
func example(key string) string {
	switch key {
	case "interval":
		return `interval = "5m"`
	case "name":
		return `name = "Alice Chen"`
	case "email":
		return `email = "alice@example.org"`
	case "timezone":
		return `timezone = "Europe/Berlin"`
	case "hours", "stretch":
		return key + ` = ["Mon-Fri 09:00-12:00", "Mon-Thu 13:00-18:00"]`
	case "busy":
		return `busy = ["work", "local"]`
	case "yields":
		return `yields = ["Focus", "Hold"]`
	case "holidays":
		return `holidays = ["DE-BE"]`
	case "leave_words":
		return `leave_words = ["vacation", "out of office"]`
	case "publish":
		return `publish = ["after previous", "day before 16:00", "1h"]`
	case "max_moves":
		return `max_moves = 2`
	case "horizon", "act_within":
		return key + ` = "2 weeks"`
	case "notice", "freeze":
		return key + ` = "2h"`
	case "settle", "buffer", "prep":
		return key + ` = "10m"`
	case "duration", "minimum":
		return key + ` = "45m"`
	case "cadence":
		return `cadence = "weekly"`
	case "type":
		return `type = "caldav"`
	case "command":
		return `command = ["pass", "show", "dav"]`
	case "insecure":
		return `insecure = true`
	case "url":
		return `url = "https://dav.example.org/"`
	case "path":
		return `path = "~/calendars/alice"`
	case "listen":
		return `listen = "127.0.0.1:9464"`
	case "webhook":
		return `webhook = "https://chat.example.org/hooks/1"`
	case "heartbeat":
		return `heartbeat = "https://watch.example.org/ping/1"`
	case "mail":
		return `mail = "alice@example.org"`
	case "calendar":
		return `calendar = "work"`
	case "smtp":
		return `smtp = "smtps://smtp.example.org"`
	case "imap":
		return `imap = "imaps://imap.example.org"`
	case "password":
		return `password = { file = "dav.password" }`
	case "credentials":
		return `credentials = { file = "client.json" }`
	case "token":
		return `token = { credential = "team" }`
	case "endpoint", "auth_endpoint", "token_endpoint":
		return key + ` = "http://127.0.0.1:8080"`
	}
	return key + ` = "…"`
}

func (r *reader) find(key string) (*node, bool) {
	r.known = append(r.known, key)
	n, ok := r.table.keys[key]
	return n, ok
}

// line is where a key stands; of a missing key, where its table begins.
func (r *reader) line(key string) int {
	if n, ok := r.table.keys[key]; ok {
		return n.line
	}
	return r.table.line
}

func (r *reader) has(key string) bool { _, ok := r.table.keys[key]; return ok }

// wrong reports a bad value of a key; do may be "" for the usual advice.
func (r *reader) wrong(key, problem, do string) {
	r.wrongAt(r.line(key), key, problem, do)
}

func (r *reader) wrongAt(line int, key, problem, do string) {
	if do == "" {
		do = "Write for instance: " + example(key)
	}
	r.fail(line, strings.TrimSpace(r.where+" "+key)+": "+problem, do)
}

func (r *reader) missing(key, do string) { r.wrong(key, isMissing, do) }

const isMissing = "is missing"

// forgive takes back that a key is missing: it is there, misspelt.
func (r *reader) forgive(key string) {
	told := strings.TrimSpace(r.where+" "+key) + ": " + isMissing
	r.errors = slices.DeleteFunc(r.errors, func(e *Error) bool { return e.Problem == told })
}

// text is "" where the key is missing or wrong; a wrong type is reported.
func (r *reader) text(key string) string {
	n, ok := r.find(key)
	if !ok {
		return ""
	}
	s, ok := n.value.(string)
	if !ok {
		r.wrong(key, "must be text in quotes", "")
	}
	return s
}

// filled is text for a key that, if it stands there, must say something.
func (r *reader) filled(key string) string {
	s := r.text(key)
	if r.has(key) && r.table.value(key) == "" {
		r.wrong(key, "is empty", "")
	}
	return s
}

func (r *reader) required(key string) string {
	if !r.has(key) {
		r.missing(key, "Add a line such as: "+example(key))
	}
	return r.filled(key)
}

// choice takes one of the allowed words; the first is the default.
func (r *reader) choice(key string, allowed ...string) string {
	s := r.filled(key)
	if s == "" {
		return allowed[0]
	}
	if slices.Contains(allowed, s) {
		return s
	}
	r.wrong(key, fmt.Sprintf("%q is not known", s), "It takes "+quoted(allowed)+": "+key+" = "+quoted([]string{nearestOr(s, allowed)}))
	return allowed[0]
}

func nearestOr(word string, allowed []string) string {
	if n := nearest(word, allowed); n != "" {
		return n
	}
	return allowed[0]
}

func (r *reader) boolean(key string) bool {
	n, ok := r.find(key)
	if !ok {
		return false
	}
	b, ok := n.value.(bool)
	if !ok {
		r.wrong(key, "must be true or false, without quotes", "")
	}
	return b
}

func (r *reader) count(key string, otherwise, most int) int {
	n, ok := r.find(key)
	if !ok {
		return otherwise
	}
	i, ok := n.value.(int64)
	if !ok || i < 0 || i > int64(most) {
		r.wrong(key, fmt.Sprintf("must be a number from 0 to %d, without quotes", most), "")
		return otherwise
	}
	return int(i)
}

// word is an entry of a list and its line.
type word struct {
	text string
	line int
}

// words takes a list of texts; ok is false where the key is missing.
func (r *reader) words(key string) (list []word, ok bool) {
	n, ok := r.find(key)
	if !ok {
		return nil, false
	}
	entries, isList := n.value.([]*node)
	if !isList {
		r.wrong(key, "must be a list in brackets, also of one entry", "")
		return nil, true
	}
	for _, e := range entries {
		switch s, isText := e.value.(string); {
		case !isText:
			r.wrongAt(e.line, key, "every entry must be text in quotes", "")
		case strings.TrimSpace(s) == "":
			r.wrongAt(e.line, key, "an entry is empty", "")
		default:
			list = append(list, word{s, e.line})
		}
	}
	return list, true
}

func texts(list []word) []string {
	var out []string
	for _, w := range list {
		out = append(out, w.text)
	}
	return out
}

// sub opens a table inside this one; nil where it is missing.
func (r *reader) sub(key, where string) *reader {
	n, ok := r.find(key)
	if !ok {
		return nil
	}
	t, ok := n.value.(*table)
	if !ok {
		r.wrong(key, "must be a table", "Begin it with a line of its own: "+where)
		return nil
	}
	return r.read(t, where)
}

// done reports the keys that nobody asked for.
func (r *reader) done() {
	for _, key := range r.table.order {
		if slices.Contains(r.known, key) {
			continue
		}
		problem := strings.TrimSpace(fmt.Sprintf("%s unknown key %q", r.where, key))
		if n := nearest(key, r.known); n != "" {
			r.fail(r.line(key), problem, fmt.Sprintf("Did you mean %s?", n))
			r.forgive(n)
			continue
		}
		known := slices.Sorted(slices.Values(r.known))
		r.fail(r.line(key), problem, "Remove it. Known here: "+listed(slices.Compact(known), "and")+".")
	}
}
