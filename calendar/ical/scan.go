package ical

import "bytes"

// lines walks the physical lines of a file and gives the logical ones (RFC 5545 section 3.1). It copies only what is
// folded, and only when asked to, because most of a calendar is text that busy time does not need.
type lines struct {
	data   []byte
	pos    int // start of the next physical line
	lf     int // place of the next LF at or after pos, len(data) if none
	number int // of the last line read, from 1
	start  int // number of the line on which the present logical line began
	buf    []byte
}

func newLines(data []byte) *lines {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	return &lines{data: data, lf: -1}
}

// physical returns the next physical line. CRLF, LF and a bare CR all end one.
func (l *lines) physical() ([]byte, bool) {
	if l.pos >= len(l.data) {
		return nil, false
	}
	if l.lf < l.pos { // remembered, so that a file of bare CRs is not searched to its end for each line
		l.lf = len(l.data)
		if i := bytes.IndexByte(l.data[l.pos:], '\n'); i >= 0 {
			l.lf = l.pos + i
		}
	}
	l.number++
	line := l.data[l.pos:l.lf]
	if i := bytes.IndexByte(line, '\r'); i >= 0 {
		line = line[:i]
		l.pos += i + 1
		if l.pos == l.lf {
			l.pos = min(l.pos+1, len(l.data))
		}
		return line, true
	}
	l.pos = min(l.lf+1, len(l.data))
	return line, true
}

// next returns the first physical line of the next logical one; unfold or skip must deal with the rest of it.
func (l *lines) next() ([]byte, bool) {
	for {
		line, ok := l.physical()
		if !ok {
			return nil, false
		}
		if len(line) > 0 {
			l.start = l.number
			return line, true
		}
	}
}

// folded reports whether the logical line goes on. Blank lines, also those of a doubled CR, do not end it.
func (l *lines) folded() bool {
	for l.pos < len(l.data) {
		switch l.data[l.pos] {
		case ' ', '\t':
			return true
		case '\r', '\n':
			l.physical()
		default:
			return false
		}
	}
	return false
}

func (l *lines) skip() {
	for l.folded() {
		l.physical()
	}
}

// unfold returns the whole logical line; it is valid until the next call. A line beyond maxLine is cut and ok is false.
func (l *lines) unfold(first []byte) (line []byte, ok bool) {
	if !l.folded() {
		return first, len(first) <= maxLine
	}
	l.buf = append(l.buf[:0], first...)
	for l.folded() {
		more, _ := l.physical()
		if len(l.buf)+len(more) > maxLine {
			l.skip()
			return l.buf, false
		}
		l.buf = append(l.buf, more[1:]...)
	}
	return l.buf, len(l.buf) <= maxLine
}

// nameEnd is the length of the property name that starts a line: letters, digits and hyphens up to ':' or ';', or -1.
func nameEnd(line []byte) int {
	for i, c := range line {
		switch {
		case c == ':' || c == ';':
			return i
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_', c == '.', c == ' ', c == '\t':
		default:
			return -1
		}
	}
	return -1
}

// prop is one content line. Its slices are valid until the next line is read.
type prop struct {
	name   string // upper case
	params []byte // from the first ';' on, or empty
	value  []byte
}

// splitLine takes a logical line apart. A colon inside a quoted parameter value does not count; where quotes are not
// balanced they mean nothing.
func splitLine(line []byte, name string, end int) (prop, bool) {
	rest := line[end:]
	if rest[0] == ':' {
		return prop{name: name, value: rest[1:]}, true
	}
	quoted := false
	for i, c := range rest {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ':' && !quoted:
			return prop{name, rest[:i], rest[i+1:]}, true
		}
	}
	if i := bytes.IndexByte(rest, ':'); i >= 0 {
		return prop{name, rest[:i], rest[i+1:]}, true
	}
	return prop{}, false
}

// each calls f for every parameter, quotes removed.
func (p prop) each(f func(key, value []byte)) {
	for rest := p.params; len(rest) > 0; {
		rest = rest[1:] // the ';'
		end := paramEnd(rest)
		if eq := bytes.IndexByte(rest[:end], '='); eq >= 0 {
			f(bytes.TrimSpace(rest[:eq]), unquote(rest[eq+1:end]))
		}
		rest = rest[end:]
	}
}

// param returns the value of one parameter, or nil. The key is in upper case.
func (p prop) param(key string) (found []byte) {
	if len(p.params) == 0 {
		return nil
	}
	p.each(func(k, v []byte) {
		if found == nil && len(k) == len(key) && bytes.EqualFold(k, []byte(key)) {
			found = v
		}
	})
	return found
}

func paramEnd(rest []byte) int {
	quoted := false
	for i, c := range rest {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			return i
		}
	}
	return len(rest)
}

func unquote(v []byte) []byte {
	v = bytes.TrimSpace(v)
	if len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' {
		return v[1 : len(v)-1]
	}
	return v
}
