package agenda

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLine is how many characters (runes) of text one line of the block carries, so that with its
// minutes and ID it stays under 200; what is longer ends in an ellipsis.
const maxLine = 180

var (
	// Calendars on the web show descriptions as HTML: what looks like a tag would vanish or, worse, act.
	tagStart = regexp.MustCompile(`<([A-Za-z/!?])`)
	// &#10; or &NewLine; would become a line break of its own in a calendar that reads HTML.
	entity = regexp.MustCompile(`&(#?[0-9A-Za-z]+;)`)
	// A text must not look like one of the two marker lines, even where a client breaks it at this point.
	fakeMarker = regexp.MustCompile(`(?i)(?:[-–—]+\s*)+(bilateral agenda|end of agenda)`)
	dashes     = regexp.MustCompile(`--+`)
	// An ID or a box inside a text would count where a client breaks the line there.
	fakeID  = regexp.MustCompile(`#([0-9a-z]{4})\b`)
	fakeBox = regexp.MustCompile(boxPattern)
	// A text that starts with a box or a bullet would be read back as somebody's new line.
	leading = regexp.MustCompile(`^(?:[-*•·–—]\s+|[\s\x{200c}\x{200d}]|` + boxPattern + `)+`)
)

// Clean makes one line of plain text, harmless inside the block, of anything: no control characters, line breaks or
// bidirectional controls, nothing outside the Basic Multilingual Plane (one server breaks such text when it folds),
// no backslash, no HTML tag, no marker, no box in front, no double spaces. A text that is clean already stays as it is.
func Clean(s string) string {
	if tame(s) {
		return s
	}
	s = strings.ReplaceAll(oneLine(s), `\`, "/") // some servers make a line break of a backslash before an n, RFC 5545 section 3.3.11
	if strings.ContainsAny(s, "<&-–—") {
		s = tagStart.ReplaceAllString(s, "‹$1")
		s = entity.ReplaceAllString(s, "& $1")
		s = fakeMarker.ReplaceAllString(s, "$1")
		s = dashes.ReplaceAllString(s, "–")
	}
	s = leading.ReplaceAllString(s, "")
	if strings.ContainsAny(s, "#[☐☑✅") {
		s = fakeID.ReplaceAllStringFunc(s, func(id string) string {
			if ValidID(id[1:]) {
				return id[1:]
			}
			return id
		})
		s = fakeBox.ReplaceAllString(s, "( )")
	}
	return strings.Trim(s, " \u200c\u200d")
}

// tame is the short cut for ordinary text, nearly all there is.
func tame(s string) bool {
	if s == "" || s[0] == ' ' || s[len(s)-1] == ' ' || s[0] == '-' || s[0] == '*' || s[0] == '[' {
		return s == ""
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c > '~' || strings.IndexByte("<&#[\\", c) >= 0 || (i > 0 && (c == '-' || c == ' ') && s[i-1] == c) {
			return false
		}
	}
	return strings.IndexByte(s, '-') < 0 || !fakeMarker.MatchString(s)
}

func oneLine(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			b.WriteByte(' ')
		case keeps(r):
			b.WriteRune(r)
		}
	}
	return compose(strings.Join(strings.Fields(b.String()), " "))
}

// keeps leaves the joiners in, which Persian and the Indic scripts cannot do without.
func keeps(r rune) bool {
	if r == '\u200c' || r == '\u200d' {
		return true
	}
	isSelector := r >= '\ufe00' && r <= '\ufe0f' // chooses the emoji form of a character
	return r <= 0xffff && r != utf8.RuneError && !isSelector && unicode.IsGraphic(r)
}

// shorten cuts s to at most n runes, the ellipsis included.
func shorten(s string, n int) string {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)
	return strings.TrimSpace(string(runes[:n-1])) + "…"
}
