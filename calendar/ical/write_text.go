package ical

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// escapeText encodes a TEXT value, RFC 5545 section 3.3.11. Line breaks of any kind become \n; control characters, which
// could forge a line or make a server refuse the object, are dropped.
func escapeText(s string) string {
	var out strings.Builder
	for _, r := range plainText(s) {
		switch r {
		case '\\', ';', ',':
			out.WriteByte('\\')
			out.WriteRune(r)
		case '\n':
			out.WriteString(`\n`)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// parameterText encodes a parameter value by RFC 6868 section 3.1, so that names with quotes or line breaks need neither.
// Quotes around the whole are the encoder's.
func parameterText(s string) string {
	return strings.NewReplacer("^", "^^", "\n", "^n", `"`, "^'").Replace(strings.TrimSpace(plainText(s)))
}

// lineText makes text from outside safe in a value that has no escaping, such as a URI or a rule: nothing in it can end
// the line.
func lineText(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(plainText(s), "\n", ""))
}

// plainText is valid UTF-8 whose only control characters are newline and tab.
func plainText(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}
