package agenda

import (
	"html"
	"slices"
	"strings"
	"unicode"
)

// Edits are what people did to a block since it was written.
type Edits struct {
	Ticked   []string // IDs of items that were open when written, sorted
	Unticked []string // IDs of items that were written as done, sorted
	New      []Added  // lines with a box and no ID, in order
	Code     Code     // why the block cannot be read, or only its ticks can (Edited); "" if all of it is understood
	Reason   string   // the same as a sentence
}

// Added is a line that a person wrote into the block.
type Added struct {
	Text   string // one line, as they wrote it
	Ticked bool
}

// Read finds out what people did to the block in a description, given the fingerprint of what was written there. No
// block and no fingerprint are no edits; a block removed by a person is code [Deleted].
//
// Where Code is [Edited], Ticked still holds: a ticked line with an ID is clear, whatever else was changed. A new line
// goes on standing in the block until the next one is written: take it over and merge in the same pass, or keep the
// absorbed edits and look at [Edits.Minus].
func Read(description, last string) Edits {
	found, code := locate(description, last)
	switch {
	case code != "":
		return unread(code)
	case found == nil && last != "":
		return unread(Deleted)
	case found == nil:
		return Edits{}
	case last == "":
		return unread(Foreign)
	}
	p := parseBlock(found)
	written := strings.Split(last, ".")
	edits := Edits{Ticked: missing(p.ticked(), written[1:])}
	lines := added(p, description, found)
	if written[0] != p.hash() || tooMuch(lines) {
		edits.Code, edits.Reason = Edited, Edited.sentence()
		return edits
	}
	edits.Unticked = missing(written[1:], p.ticked())
	edits.New = lines
	return edits
}

func unread(code Code) Edits { return Edits{Code: code, Reason: code.sentence()} }

// More than this is no list for a meeting, but a mistake or a flood.
const (
	maxAdded     = 100
	maxAddedText = 4000 // bytes of one line
)

func tooMuch(lines []Added) bool {
	return len(lines) > maxAdded || slices.ContainsFunc(lines, func(l Added) bool { return len(l.Text) > maxAddedText })
}

// added reads people's new lines as they wrote them: decoded once, and only where the block was stored as HTML; a
// link keeps its address. A box without text is somebody about to write.
func added(p parsed, description string, block []row) []Added {
	isHTML := encoded.MatchString(description[block[0].from:block[len(block)-1].to])
	var out []Added
	for _, e := range p.entries {
		if e.id != "" || e.text == "" {
			continue
		}
		text := description[e.row.from:e.row.to]
		if isHTML {
			text = linked.ReplaceAllString(text, "$3 ($1$2)")
			text = html.UnescapeString(tags.ReplaceAllString(text, ""))
		}
		if plain, ok := parseEntry(readable(text)); ok && plain.text != "" {
			e = plain
		}
		out = append(out, Added{Text: e.text, Ticked: e.ticked})
	}
	return out
}

// readable drops what nobody can see, but for the joiners of some scripts and of emoji.
func readable(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// Minus leaves the edits that are not among those already absorbed. A line that was absorbed once covers one.
func (e Edits) Minus(absorbed Edits) Edits {
	e.Ticked = missing(e.Ticked, absorbed.Ticked)
	e.Unticked = missing(e.Unticked, absorbed.Unticked)
	covered := map[Added]int{}
	for _, line := range absorbed.New {
		covered[line]++
	}
	var fresh []Added
	for _, line := range e.New {
		if covered[line]--; covered[line] < 0 {
			fresh = append(fresh, line)
		}
	}
	e.New = fresh
	return e
}

// None reports whether nobody ticked, unticked or added anything.
func (e Edits) None() bool { return len(e.Ticked)+len(e.Unticked)+len(e.New) == 0 }

// missing gives the strings of all that are not in known.
func missing(all, known []string) []string {
	var out []string
	for _, s := range all {
		if !slices.Contains(known, s) {
			out = append(out, s)
		}
	}
	return out
}
