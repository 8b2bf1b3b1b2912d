package ical

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// maxOctets is the longest line without its break, RFC 5545 section 3.1.
const maxOctets = 75

// fold writes a content line with CRLF. It breaks between characters only: the RFC allows a break inside a UTF-8
// sequence, but servers that decode line by line spoil the character.
func fold(out *bytes.Buffer, line string) {
	room := maxOctets
	for len(line) > room {
		cut := runeBoundary(line, room)
		out.WriteString(line[:cut])
		out.WriteString("\r\n ")
		line = line[cut:]
		room = maxOctets - 1 // the space counts
	}
	out.WriteString(line)
	out.WriteString("\r\n")
}

// runeBoundary returns the last beginning of a character at or before i; i itself where the bytes are not UTF-8.
func runeBoundary(s string, i int) int {
	for cut := i; cut > i-utf8.UTFMax; cut-- {
		if utf8.RuneStart(s[cut]) {
			return cut
		}
	}
	return i
}

// unfold returns the content lines of a text. It takes any line break (CRLF, LF, CR) and skips empty lines, also between
// the parts of a folded line, as files with doubled CR have them.
func unfold(text string) []string {
	text = strings.TrimPrefix(text, "\ufeff")
	var folded [][]string // the parts of each line, joined once: a line may have thousands
	for physical := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
		if len(folded) > 0 && (physical[0] == ' ' || physical[0] == '\t') {
			folded[len(folded)-1] = append(folded[len(folded)-1], physical[1:])
			continue
		}
		folded = append(folded, []string{physical})
	}
	lines := make([]string, len(folded))
	for i, parts := range folded {
		lines[i] = strings.Join(parts, "")
	}
	return lines
}
