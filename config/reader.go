package config

import (
	"cmp"
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

// examples are right values, which errors about their keys show.
var examples = map[string]string{
	"interval":       `"5m"`,
	"name":           `"Alice Chen"`,
	"email":          `"alice@example.org"`,
	"timezone":       `"Europe/Berlin"`,
	"hours":          `["Mon-Fri 09:00-12:00", "Mon-Thu 13:00-18:00"]`,
	"stretch":        `["Mon-Fri 09:00-12:00", "Mon-Thu 13:00-18:00"]`,
	"busy":           `["work", "local"]`,
	"yields":         `["Focus", "Hold"]`,
	"holidays":       `["DE-BE"]`,
	"leave_words":    `["vacation", "out of office"]`,
	"publish":        `["after previous", "day before 16:00", "1h"]`,
	"max_moves":      `2`,
	"horizon":        `"2 weeks"`,
	"act_within":     `"2 weeks"`,
	"notice":         `"2h"`,
	"freeze":         `"2h"`,
	"settle":         `"10m"`,
	"buffer":         `"10m"`,
	"prep":           `"10m"`,
	"duration":       `"45m"`,
	"minimum":        `"45m"`,
	"cadence":        `"weekly"`,
	"type":           `"caldav"`,
	"command":        `["pass", "show", "dav"]`,
	"insecure":       `true`,
	"url":            `"https://dav.example.org/"`,
	"path":           `"~/calendars/alice"`,
	"listen":         `"127.0.0.1:9464"`,
	"webhook":        `"https://chat.example.org/hooks/1"`,
	"heartbeat":      `"https://watch.example.org/ping/1"`,
	"mail":           `"alice@example.org"`,
	"calendar":       `"work"`,
	"smtp":           `"smtps://smtp.example.org"`,
	"imap":           `"imaps://imap.example.org"`,
	"password":       `{ file = "dav.password" }`,
	"credentials":    `{ file = "client.json" }`,
	"token":          `{ credential = "team" }`,
	"endpoint":       `"http://127.0.0.1:8080"`,
	"auth_endpoint":  `"http://127.0.0.1:8080"`,
	"token_endpoint": `"http://127.0.0.1:8080"`,
}

// right is a right value for a key.
func right(key string) string { return cmp.Or(examples[key], `"…"`) }

// example is a right line for a key.
func example(key string) string { return key + " = " + right(key) }

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
	r.fail(line, strings.TrimSpace(r.where+" "+key)+": "+problem, cmp.Or(do, "Write for instance: "+example(key)))
}

// missing reports that a key is not there; do may be "" for the usual advice.
func (r *reader) missing(key, do string) {
	r.wrong(key, isMissing, cmp.Or(do, "Add a line such as: "+example(key)))
}

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

// required is filled for a key that must stand there; like is the right value that is shown where it does not, "" for the
// usual one.
func (r *reader) required(key, like string) string {
	if !r.has(key) {
		r.missing(key, "Add a line such as: "+key+" = "+cmp.Or(like, right(key)))
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
