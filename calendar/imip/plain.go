package imip

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestLine keeps a subject a subject, in characters.
const longestLine = 200

// plain is text whose only control character is the newline.
func plain(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\t", " ").Replace(s)
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, s)
}

// oneLine is text from outside as a part of a line: nothing in it ends the line, or turns the direction of writing.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(plain(s)), " ")
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > longestLine {
		return string(runes[:longestLine]) + "..."
	}
	return s
}
