package standin

import (
	"html"
	"regexp"
	"strings"
)

// toHTML is text as the web page's editor keeps it: lines end in <br>, lines that begin with a dash or a bullet are a
// list, addresses are links, and what HTML reserves is escaped.
func toHTML(text string) string {
	var b strings.Builder
	inList, first := false, true
	for _, line := range strings.Split(text, "\n") {
		item, isItem := listItem(line)
		switch {
		case isItem && !inList:
			b.WriteString("<ul>")
		case !isItem && inList:
			b.WriteString("</ul>")
		case !isItem && !first:
			b.WriteString("<br>")
		}
		inList, first = isItem, false
		if isItem {
			b.WriteString("<li>" + inline(item) + "</li>")
			continue
		}
		b.WriteString(inline(line))
	}
	if inList {
		b.WriteString("</ul>")
	}
	return b.String()
}

func listItem(line string) (string, bool) {
	trimmed := strings.TrimLeft(line, " \u00a0")
	for _, bullet := range []string{"- ", "* ", "• "} {
		if item, ok := strings.CutPrefix(trimmed, bullet); ok {
			return item, true
		}
	}
	return "", false
}

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// inline is one line: two spaces in a row would collapse, so that the editor makes the first of them hard.
func inline(line string) string {
	line = address.ReplaceAllStringFunc(html.EscapeString(line), func(a string) string {
		return `<a href="` + a + `">` + a + `</a>`
	})
	line = strings.ReplaceAll(line, "&#39;", "'")
	line = strings.ReplaceAll(line, "&#34;", "&quot;")
	return strings.ReplaceAll(line, "  ", "&nbsp; ")
}

var (
	markup    = regexp.MustCompile(`(?i)</?(br|ul|ol|li|p|b|i|u|a|span|div|html-blob)\b[^>]*>`)
	lineBreak = regexp.MustCompile(`(?i)<br\s*/?>|</p>|</div>`)
	beginItem = regexp.MustCompile(`(?i)<li\b[^>]*>`)
	silent    = regexp.MustCompile(`(?i)</li>|<ul\b[^>]*>`)
	endList   = regexp.MustCompile(`(?i)</ul>`)
)

// toText is a description as the editor shows it. What has no markup is plain text, with its line ends.
func toText(description string) string {
	if !markup.MatchString(description) {
		return description
	}
	text := lineBreak.ReplaceAllString(description, "\n")
	text = beginItem.ReplaceAllString(text, "\n- ")
	text = endList.ReplaceAllString(text, "\n")
	text = silent.ReplaceAllString(text, "")
	text = markup.ReplaceAllString(text, "")
	return strings.ReplaceAll(html.UnescapeString(text), "\u00a0", " ")
}
