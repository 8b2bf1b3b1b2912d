package agenda

import "strings"

const idLength = 4

// ValidID reports whether s is an ID: four characters, digits and consonants in lower case, at least one of each, so
// that neither #2027 nor #html at the end of somebody's line is taken for one.
func ValidID(s string) bool {
	if len(s) != idLength {
		return false
	}
	digits := 0
	for _, c := range []byte(s) {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c < 'a' || c > 'z' || strings.IndexByte("aeiou", c) >= 0:
			return false
		}
	}
	return digits > 0 && digits < idLength
}

// ParseID reads an ID as people type it: with or without #, in any case.
func ParseID(s string) (string, bool) {
	id := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(s), "#"))
	return id, ValidID(id)
}
