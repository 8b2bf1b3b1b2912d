package calendar

import (
	"strings"
	"unicode"
)

// Harmful reports whether a character can steer a terminal, hide text or turn its direction. The two joiners cannot, and
// Persian and Indic words need them.
func Harmful(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) || unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d'
}

// Plain makes one harmless line of a text from outside: a title, a file's name, what a server answered. Controls and line
// breaks become blanks; hidden characters and those that turn the direction of writing go.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case !Harmful(r):
			return r
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return ' '
	}, s)
}
