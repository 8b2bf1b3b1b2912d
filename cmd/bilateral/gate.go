package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"bilateral/calendar"
)

// gate is the way out: all that the program prints and logs goes through one. Texts from outside were made plain where
// they were put into a sentence; what was forgotten there ends here. It lets line breaks and tabs pass, and on a terminal
// the colours that the program itself gives. It may be used by several goroutines.
type gate struct {
	to       io.Writer
	harmless func(out []byte, r rune) []byte // what is written for a harmful character
	mu       sync.Mutex
	rest     []byte // of a character whose other bytes come with the next write
}

// textGate is for people: nothing harmful remains.
func textGate(to io.Writer) *gate {
	return &gate{to: to, harmless: func(out []byte, r rune) []byte { return append(out, plain(string(r))...) }}
}

// jsonGate is for JSON, in which a character may as well be written as \u and its number: nothing is lost.
func jsonGate(to io.Writer) *gate {
	return &gate{to: to, harmless: func(out []byte, r rune) []byte {
		if r > 0xffff {
			r -= 0x10000
			return fmt.Appendf(out, "\\u%04x\\u%04x", 0xd800+r>>10, 0xdc00+r&0x3ff)
		}
		return fmt.Appendf(out, "\\u%04x", r)
	}}
}

// colours are what a palette and the log's console write.
var colours = []string{"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[34m", "\x1b[35m", "\x1b[36m", "\x1b[37m", "\x1b[90m"}

// Write takes all of b.
func (g *gate) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.rest) == 0 && !slices.ContainsFunc(b, func(c byte) bool { return (c < ' ' && c != '\n' && c != '\t') || c > '~' }) {
		return g.to.Write(b)
	}
	if _, err := g.to.Write(g.clean(append(g.rest, b...))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// clean keeps back the beginning of a character at the end.
func (g *gate) clean(b []byte) []byte {
	g.rest = nil
	coloured := isTerminal(g.to)
	out := make([]byte, 0, len(b)+16)
	for len(b) > 0 {
		if !utf8.FullRune(b) {
			g.rest = slices.Clone(b)
			break
		}
		r, size := utf8.DecodeRune(b)
		if i := slices.IndexFunc(colours, func(c string) bool { return strings.HasPrefix(string(b[:min(len(b), 5)]), c) }); coloured && i >= 0 {
			size = len(colours[i])
			out = append(out, colours[i]...)
		} else if r == '\n' || r == '\t' || !calendar.Harmful(r) {
			out = utf8.AppendRune(out, r) // a byte that is no character becomes U+FFFD
		} else {
			out = g.harmless(out, r)
		}
		b = b[size:]
	}
	return out
}

// steer moves the cursor of a terminal: the one thing that passes by the gate.
func steer(w io.Writer, sequence string) {
	if g, ok := w.(*gate); ok && isTerminal(g.to) {
		g.mu.Lock()
		defer g.mu.Unlock()
		io.WriteString(g.to, sequence)
	}
}
