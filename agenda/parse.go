package agenda

import (
	"html"
	"regexp"
	"strings"
	"unicode"
)

// boxPattern is a box as people and their apps draw it: the mark in it, if any, is the first or second group.
// A cross may mean no: that is for the owner to read.
const boxPattern = `(?:\[\s*([xX✓✔√]?)\s*\]|(☐|☑|✅))`

var (
	// What ends a line: plain line breaks, and the tags that a web calendar makes of them once a person edited there.
	breaks = regexp.MustCompile(`(?i)\r\n|[\n\r\x{2028}\x{2029}]|<br\s*/?>|</?(?:p|div|li|ul|ol|tr|td|table|h[1-6]|blockquote)(?:\s[^<>\n\r]*)?>`)
	tags   = regexp.MustCompile(`<[A-Za-z/!?][^<>]*>`)
	// Tags that say something: struck out, a picture, a link that is not just an address made clickable.
	telling = regexp.MustCompile(`(?i)<(?:s|strike|del|img)(?:\s[^<>]*)?>|` + link)
	linked  = regexp.MustCompile(`(?i)` + link)
	// Signs that the text was stored as HTML, so that a new line in it is to be decoded.
	encoded = regexp.MustCompile(`(?i)<(?:br|p|div|li|ul|ol|span|b|i|u|a)\b[^>]*>|&(?:nbsp|lt|gt|amp|quot|#39);`)

	begin  = regexp.MustCompile(`(?i)^(?:-{2,}|[–—][-–—]*)\s*bilateral agenda\b`)
	end    = regexp.MustCompile(`(?i)^(?:-{2,}|[–—][-–—]*)\s*end of agenda\b`)
	bullet = regexp.MustCompile(`^[-*•·–—]\s+`)
	box    = regexp.MustCompile(`^` + boxPattern + `\s*`)
	tail   = regexp.MustCompile(`#([0-9A-Za-z]{4})$`)
)

// link has the address in its first or second group and its text, some words or a word that is no address, in the last.
const link = `<a\s[^<>]*href=(?:"([^"<>]*)"|'([^'<>]*)')[^<>]*>([^<>]*\s[^<>]*|[^<>./@:]*)</a>`

// row is one line of a description, with the place of its bytes.
type row struct {
	from, to int
	text     string // decoded: no tags, no entities, single spaces, none around
}

// rows splits a description into its lines; empty ones are left out.
func rows(description string) []row {
	var out []row
	from := 0
	add := func(to int) {
		if text := decode(description[from:to]); text != "" {
			out = append(out, row{from, to, text})
		}
	}
	for _, at := range breaks.FindAllStringIndex(description, -1) {
		add(at[0])
		from = at[1]
	}
	add(len(description))
	return out
}

func decode(line string) string {
	line = telling.ReplaceAllString(line, "~~$3")
	line = tags.ReplaceAllString(line, "")
	for range 4 { // some clients encode what is encoded
		decoded := html.UnescapeString(line)
		if decoded == line {
			break
		}
		line = decoded
	}
	line = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, line)
	return compose(strings.Join(strings.Fields(line), " "))
}

// squeeze leaves no whitespace: servers and clients wrap, trim and indent as they like.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// entry is a line of the block that begins with a box.
type entry struct {
	ticked bool
	text   string
	id     string // "" for a line that a person added
	row    row
}

func parseEntry(text string) (entry, bool) {
	text = bullet.ReplaceAllString(text, "")
	found := box.FindStringSubmatch(text)
	if found == nil {
		return entry{}, false
	}
	e := entry{ticked: found[1] != "" || (found[2] != "" && found[2] != "☐"), text: text[len(found[0]):]}
	if id := tail.FindStringSubmatch(e.text); id != nil && ValidID(id[1]) {
		e.id = id[1]
	}
	return e, true
}

// parsed is a block taken apart.
type parsed struct {
	source  string // the block without boxes, whitespace and people's new lines: what its fingerprint is taken of
	entries []entry
}

func parseBlock(lines []row) parsed {
	var p parsed
	var source strings.Builder
	for i := 0; i < len(lines); i++ {
		text := lines[i].text
		if e, ok := parseEntry(text); !ok {
			source.WriteString(squeeze(bullet.ReplaceAllString(text, "")))
		} else {
			e.row = lines[i]
			i += unwrap(&e, lines[i+1:])
			p.entries = append(p.entries, e)
			if e.id != "" {
				source.WriteString("[]" + squeeze(e.text))
			}
		}
	}
	p.source = source.String()
	return p
}

// unwrap joins a long line of ours that a client broke: what follows is text without a box, and ends in the ID.
func unwrap(e *entry, rest []row) int {
	joined := e.text
	for n := 0; e.id == "" && n < 4 && n < len(rest); n++ {
		next := rest[n].text
		if _, boxed := parseEntry(next); boxed || end.MatchString(next) {
			return 0
		}
		joined += " " + next
		if id := tail.FindStringSubmatch(next); id != nil && ValidID(id[1]) {
			e.text, e.id = joined, id[1]
			return n + 1
		}
	}
	return 0
}
