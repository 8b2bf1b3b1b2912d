package agenda

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Code says why a block was left alone or cannot be read.
type Code string

// The reasons.
const (
	NoEnd   Code = "no_end"  // the line that ends the block is missing
	Doubled Code = "doubled" // there is more than one block
	Foreign Code = "foreign" // there is a block and no record that we wrote it
	Edited  Code = "edited"  // people changed it in a way we do not understand
	Pending Code = "pending" // ticks or new lines in it were not taken over yet
	Deleted Code = "deleted" // a person removed the block, and the agenda is still the same
)

func (c Code) sentence() string {
	switch c {
	case NoEnd:
		return "the agenda's last line is missing from the invitation, so it was left alone"
	case Doubled:
		return "the invitation holds more than one agenda, so none was touched"
	case Foreign:
		return "the invitation holds an agenda that was not written here, so it was left alone"
	case Edited:
		return "people changed the agenda in the invitation in a way that is not understood, so it was left alone"
	case Pending:
		return "the agenda in the invitation has ticks or new lines that were not taken over yet"
	case Deleted:
		return "a person removed the agenda from the invitation; it comes back when it changes"
	}
	return ""
}

// Fingerprint identifies the source of the block that stands in text (a block, or a description with one), whatever
// servers and apps did to it: wrapping, trimming, HTML, entities, composed letters. Ticks and lines that people added
// do not change its first part; the rest names the items that stand ticked. It is a plain token without commas, for
// our mark. Without exactly one readable block it is "".
func Fingerprint(text string) string {
	found, code := locate(text, "")
	if code != "" || found == nil {
		return ""
	}
	return parseBlock(found).fingerprint()
}

func (p parsed) fingerprint() string {
	return strings.Join(append([]string{p.hash()}, p.ticked()...), ".")
}

// hash begins with the version of this rule.
func (p parsed) hash() string {
	sum := sha256.Sum256([]byte(p.source))
	return "1" + hex.EncodeToString(sum[:10])
}

// ticked gives the IDs of the ticked items, sorted.
func (p parsed) ticked() []string {
	var ids []string
	for _, e := range p.entries {
		if e.ticked && e.id != "" {
			ids = append(ids, e.id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// added reports whether people wrote lines into it.
func (p parsed) added() bool {
	return slices.ContainsFunc(p.entries, func(e entry) bool { return e.id == "" && e.text != "" })
}

// locate finds the block: its lines, markers included. Of several it is the one that last was taken of. No block is
// nil without a code; a first marker alone, where we never wrote, is other people's text.
func locate(description, last string) ([]row, Code) {
	begins, ends, blocks := blocks(description)
	print, _, _ := strings.Cut(last, ".")
	var ours [][]row
	for _, block := range blocks {
		if parseBlock(block).hash() == print {
			ours = append(ours, block)
		}
	}
	switch {
	case begins == 0 && ends > 0 && last != "":
		return nil, Edited // somebody wrote into the first marker
	case begins == 0 || (last == "" && len(blocks) == 0):
		return nil, ""
	case len(ours) == 1:
		return ours[0], ""
	case len(blocks) == 0:
		return nil, NoEnd
	case begins > 1:
		return nil, Doubled
	}
	return blocks[0], ""
}

// blocks gives the stretches from a first marker to the last marker next below it, and the number of either.
func blocks(description string) (begins, ends int, blocks [][]row) {
	lines := rows(description)
	from := -1
	for i, line := range lines {
		switch {
		case begin.MatchString(line.text):
			begins++
			from = i
		case end.MatchString(line.text):
			ends++
			if from >= 0 {
				blocks = append(blocks, lines[from:i+1+brokenEnd(lines[i:])])
			}
			from = -1
		}
	}
	return begins, ends, blocks
}

// brokenEnd counts the lines that a client broke the last marker into, but for the first.
func brokenEnd(lines []row) int {
	text := ""
	for i := 0; i < 3 && i < len(lines); i++ {
		if i > 0 && (begin.MatchString(lines[i].text) || end.MatchString(lines[i].text)) {
			return 0
		}
		text += squeeze(lines[i].text)
		if strings.HasSuffix(text, squeeze(footerEnd)) {
			return i
		}
	}
	return 0
}
