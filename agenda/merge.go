package agenda

import (
	"regexp"
	"slices"
	"strings"
)

// Result is what [Merge] did.
type Result string

// Results of a merge.
const (
	Unchanged Result = "unchanged"  // what stands is what should stand
	Written   Result = "written"    // store the description and, in our mark, the block's fingerprint
	LeftAlone Result = "left_alone" // for the reason given
)

// Outcome is the result; Code and Reason say why a description was left alone.
type Outcome struct {
	Result Result
	Code   Code
	Reason string // one sentence
}

// Merge puts the block into a description: in place of the one that was written before, wherever a person may have
// moved it; else at the top, above all other text. All text outside the block stays byte for byte. An empty block
// removes the one that stands.
//
// last is the fingerprint of the block that was written there before ("" for none) and absorbed the edits of it that
// the caller has taken over, both from [Read] at the same observation. A block is replaced only if it is the last one
// but for absorbed edits; anything else is left alone, with the reason: no person's edit is ever overwritten. A block
// that a person removed comes back only when the agenda is another than the one they removed.
func Merge(description, block string, absorbed Edits, last string) (string, Outcome) {
	found, code := locate(description, last)
	switch {
	case code != "":
		return description, leave(code)
	case found == nil:
		return insert(description, block, last)
	}
	stands, print := parseBlock(found), Fingerprint(block)
	if stands.fingerprint() == print && !stands.added() {
		if last == print {
			return description, Outcome{Result: Unchanged}
		}
		return description, Outcome{Result: Written} // only the mark is behind
	}
	edits := Read(description, last)
	switch {
	case edits.Code != "":
		return description, leave(edits.Code)
	case !edits.Minus(absorbed).None():
		return description, leave(Pending)
	}
	return replace(description, found[0].from, found[len(found)-1].to, block), Outcome{Result: Written}
}

func leave(code Code) Outcome { return Outcome{LeftAlone, code, code.sentence()} }

// gap stands between a block at the top and the text below it; it goes when the block goes.
const gap = "\n\n"

func insert(description, block, last string) (string, Outcome) {
	switch {
	case block == "":
		return description, Outcome{Result: Unchanged}
	case last != "" && last == Fingerprint(block):
		return description, leave(Deleted)
	case description == "":
		return block, Outcome{Result: Written}
	}
	return block + gap + description, Outcome{Result: Written}
}

func replace(description string, from, to int, block string) string {
	around := dangling(description[from:to])
	rest := description[to:]
	if block == "" && from == 0 {
		rest = strings.TrimPrefix(rest, gap)
	}
	return description[:from] + block + around + rest
}

var element = regexp.MustCompile(`<(/?)([A-Za-z][A-Za-z0-9]*)[^>]*>`)

// dangling gives the tags in a piece of HTML whose partners stand outside it: they belong to the text around.
func dangling(piece string) string {
	type tag struct{ name, text string }
	var opened, closed []tag
	for _, found := range element.FindAllStringSubmatch(piece, -1) {
		t := tag{strings.ToLower(found[2]), found[0]}
		n := len(opened)
		switch {
		case t.name == "br" || t.name == "hr" || t.name == "img" || strings.HasSuffix(t.text, "/>"):
		case found[1] == "":
			opened = append(opened, t)
		case n > 0 && opened[n-1].name == t.name:
			opened = opened[:n-1]
		case n == 0:
			closed = append(closed, t)
		}
	}
	for len(opened) > 0 && len(closed) > 0 && opened[0].name == closed[len(closed)-1].name {
		opened, closed = opened[1:], closed[:len(closed)-1] // the same element goes on
	}
	var out strings.Builder
	for _, t := range slices.Concat(closed, opened) {
		out.WriteString(t.text)
	}
	return out.String()
}
