package ical

import (
	"bytes"
	"strings"
)

// readText unescapes a TEXT value (RFC 5545 section 3.3.11) as leniently as it can: an unknown escape stands for its
// character, a bare comma or semicolon is text. NUL and invalid UTF-8 are replaced.
func readText(v []byte) string {
	if bytes.IndexByte(v, '\\') < 0 {
		return clean(string(v))
	}
	out := make([]byte, 0, len(v))
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' || i+1 == len(v) {
			out = append(out, v[i])
			continue
		}
		i++
		switch v[i] {
		case 'n', 'N':
			out = append(out, '\n')
		default:
			out = append(out, v[i])
		}
	}
	return clean(string(out))
}

func clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// readList splits a list of TEXT values at its unescaped commas: CATEGORIES.
func readList(v []byte) []string {
	var out []string
	start := 0
	add := func(item []byte) {
		if s := strings.TrimSpace(readText(item)); s != "" {
			out = append(out, s)
		}
	}
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '\\':
			i++
		case ',':
			add(v[start:i])
			start = i + 1
		}
	}
	add(v[start:])
	return out
}

// readParam undoes RFC 6868: ^n, ^^ and ^'.
func readParam(v []byte) string {
	if bytes.IndexByte(v, '^') < 0 {
		return clean(string(v))
	}
	return clean(strings.NewReplacer("^n", "\n", "^^", "^", "^'", `"`).Replace(string(v)))
}

// readAddress returns the mail address of an ATTENDEE or ORGANIZER in lower case. The EMAIL parameter (RFC 7986
// section 6.2) stands in where the value is a principal's path or a urn:uuid.
func readAddress(p prop) string {
	v := bytes.TrimSpace(p.value)
	if len(v) >= 7 && bytes.EqualFold(v[:7], []byte("mailto:")) {
		v = bytes.TrimSpace(v[7:])
	} else if e := p.param("EMAIL"); len(e) > 0 {
		v = e
	}
	return strings.ToLower(clean(string(v)))
}
