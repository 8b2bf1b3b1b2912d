package agenda

import (
	"fmt"
	"strings"
)

// Google cuts descriptions near 8,192 characters: details are left out beyond the first limit, items beyond the second.
const (
	detailBytes = 4000
	itemBytes   = 5500
	spareLines  = 10 // at most so many under "If time allows"
)

const (
	allowsHeading = "IF TIME ALLOWS"
	footerEnd     = "decline to get another time."
	emptyHeader   = "--- bilateral agenda: nothing yet; add lines that begin with [ ]"
)

// Block is the agenda as it stands in an invitation, between its two marker lines, without a line break at the end. An
// empty agenda has its markers too: people can write into it. With [Hide] there is no block at all: "".
func Block(a Agenda) string {
	if a.Show == Hide {
		return ""
	}
	lines := []string{a.header()}
	if text := a.Text(); text != "" {
		lines = append(lines, text)
	}
	return strings.Join(append(lines, a.footer()), "\n")
}

// Text is the agenda as plain text, without the marker lines; "" if there is nothing on it. What is too long for an
// invitation is counted instead of shown.
func (a Agenda) Text() string {
	var p page
	for _, section := range a.Sections {
		p.section(section.Heading, section.Lines, len(section.Lines))
	}
	if len(a.IfTimeAllows) > 0 {
		p.section(allowsHeading, a.IfTimeAllows, spareLines)
	}
	return strings.Join(p.lines, "\n")
}

type page struct {
	lines []string
	bytes int
}

func (p *page) add(lines ...string) {
	for _, line := range lines {
		p.lines = append(p.lines, line)
		p.bytes += len(line) + 1
	}
}

// section shows at most limit items, and fewer when the page is full.
func (p *page) section(heading string, lines []Line, limit int) {
	if heading != "" {
		p.add(heading)
	}
	for i, line := range lines {
		if i == limit || p.bytes > itemBytes {
			p.add(fmt.Sprintf("and %d more", len(lines)-i))
			return
		}
		p.add(line.String())
		for _, detail := range line.Details {
			if p.bytes < detailBytes {
				p.add("  - " + detail)
			}
		}
	}
}

// String is the item's line in the block.
func (l Line) String() string {
	if l.Done {
		return "[x] " + l.Text + " #" + l.ID
	}
	return fmt.Sprintf("[ ] %s (%d min) #%s", l.Text, l.Minutes, l.ID)
}

// header says what is in the block, and how much of the slot it takes.
func (a Agenda) header() string {
	counts := a.counts()
	if len(counts) == 0 {
		return emptyHeader
	}
	return fmt.Sprintf("--- bilateral agenda: %s; %d of %d min", strings.Join(counts, ", "), a.Used, a.Length)
}

func (a Agenda) counts() []string {
	var counts []string
	for _, k := range kinds {
		if n := a.count(func(l Line) bool { return l.Kind == k.kind && !l.Done }); n == 1 {
			counts = append(counts, "1 "+k.one)
		} else if n > 1 {
			counts = append(counts, fmt.Sprintf("%d %s", n, k.many))
		}
	}
	if n := a.count(func(l Line) bool { return l.Done }); n > 0 {
		counts = append(counts, fmt.Sprintf("%d done", n))
	}
	if n := len(a.IfTimeAllows); n > 0 {
		counts = append(counts, fmt.Sprintf("%d more if time allows", n))
	}
	return counts
}

func (a Agenda) count(is func(Line) bool) int {
	n := 0
	for _, section := range a.Sections {
		for _, line := range section.Lines {
			if is(line) {
				n++
			}
		}
	}
	return n
}

func (a Agenda) footer() string {
	by := ""
	if owner := shorten(a.Owner, 60); owner != "" {
		by = "by " + owner + " "
	}
	return "--- end of agenda. Kept " + by + "with software; " + footerEnd
}
