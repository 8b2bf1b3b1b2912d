package ical

import "strings"

// property is a content line taken apart as little as possible: parameters keep their quotes and their order.
type property struct {
	name   string   // as written
	params []string // NAME=value, as written
	value  string   // as written
}

// parseProperty takes a content line apart; false for a line that is none. It forgives a quote in the middle of an
// unquoted parameter, and a quote that never closes.
func parseProperty(line string) (property, bool) {
	end := strings.IndexAny(line, ":;")
	if end <= 0 || strings.ContainsFunc(line[:end], notNameRune) {
		return property{}, false
	}
	colon := outsideQuotes(line, end, ':')
	if colon < 0 {
		colon = strings.IndexByte(line, ':')
	}
	if colon < 0 {
		return property{}, false
	}
	p := property{name: line[:end], value: line[colon+1:]}
	for rest := line[end:colon]; rest != ""; {
		next := outsideQuotes(rest, 1, ';')
		if next < 0 {
			next = len(rest)
		}
		p.params = append(p.params, rest[1:next])
		rest = rest[next:]
	}
	return p, true
}

func notNameRune(r rune) bool {
	return r != '-' && r != '_' && r != '.' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

// outsideQuotes returns the index of the first c at or after from that no double quotes enclose, or -1.
func outsideQuotes(s string, from int, c byte) int {
	quoted := false
	for i := from; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == c && !quoted:
			return i
		}
	}
	return -1
}

// String is the content line, unfolded.
func (p property) String() string {
	var line strings.Builder
	line.WriteString(p.name)
	for _, param := range p.params {
		line.WriteByte(';')
		line.WriteString(param)
	}
	line.WriteByte(':')
	line.WriteString(p.value)
	return line.String()
}

func (p property) is(name string) bool { return strings.EqualFold(p.name, name) }

// param returns the value of a parameter without quotes; "" if it is not there.
func (p property) param(name string) string {
	for _, raw := range p.params {
		key, value, _ := strings.Cut(raw, "=")
		if strings.EqualFold(key, name) {
			return strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return ""
}

// without returns the property less some parameters.
func (p property) without(names ...string) property {
	kept := make([]string, 0, len(p.params))
	for _, raw := range p.params {
		key, _, _ := strings.Cut(raw, "=")
		if !containsFold(names, key) {
			kept = append(kept, raw)
		}
	}
	p.params = kept
	return p
}

// with returns the property with a parameter set in its place. The value must need no quotes.
func (p property) with(name, value string) property {
	raw := name + "=" + value
	params := make([]string, 0, len(p.params)+1)
	done := false
	for _, old := range p.params {
		key, _, _ := strings.Cut(old, "=")
		if strings.EqualFold(key, name) {
			if done {
				continue
			}
			old, done = raw, true
		}
		params = append(params, old)
	}
	if !done {
		params = append(params, raw)
	}
	p.params = params
	return p
}

func containsFold(list []string, s string) bool {
	for _, l := range list {
		if strings.EqualFold(l, s) {
			return true
		}
	}
	return false
}
