package google

import (
	"net/url"
	"regexp"
	"strings"
)

// A description is text or, once a person edited it in Google's pages, HTML. It is passed on as it is stored, but for
// links: there they lead through a page of Google's, with marks of the reader, and are shown as what they lead to.

// wrapped is such a link, in an attribute (with its ampersands encoded) or in plain text.
var wrapped = regexp.MustCompile(`https?://(?:www\.)?google\.com/url\?(?:sa=[a-zA-Z]&(?:amp;)?)?q=([^"'<>\s&]+)(?:&(?:amp;)?(?:sa|source|ust|usg|usd|sntz|cd|ved)=[^"'<>\s&]*)*`)

// tagged tells HTML.
var tagged = regexp.MustCompile(`(?i)<(?:br|p|div|ul|ol|li|span|b|i|u|a|html-blob)\b[^<>]*>`)

// stretch is a piece of a stored description and what it is shown as.
type stretch struct {
	stored, shown string
	link          bool
}

func stretches(stored string) []stretch {
	var out []stretch
	from := 0
	for _, at := range wrapped.FindAllStringSubmatchIndex(stored, -1) {
		target, err := url.QueryUnescape(strings.ReplaceAll(stored[at[2]:at[3]], "+", "%2B"))
		if err != nil || !isLink(target) {
			continue
		}
		if strings.Contains(stored[at[0]:at[1]], "&amp;") {
			target = strings.ReplaceAll(target, "&", "&amp;") // as attributes are written
		}
		out = append(out, stretch{stored[from:at[0]], stored[from:at[0]], false}, stretch{stored[at[0]:at[1]], target, true})
		from = at[1]
	}
	return append(out, stretch{stored[from:], stored[from:], false})
}

func isLink(s string) bool {
	return (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) && !strings.ContainsAny(s, "\"'<> \t\r\n")
}

// shown is a stored description as it is passed on.
func shown(stored string) string {
	var out strings.Builder
	for _, s := range stretches(stored) {
		out.WriteString(s.shown)
	}
	return out.String()
}

// written is a new description as it is stored: what did not change at its beginning and its end stays byte for byte, and
// in HTML new line breaks are tags, since plain ones may not show there.
func written(stored, text string) string {
	parts := stretches(stored)
	head, tail := "", ""
	for len(parts) > 0 && strings.HasPrefix(text, parts[0].shown) {
		head, text, parts = head+parts[0].stored, text[len(parts[0].shown):], parts[1:]
	}
	if len(parts) > 0 && !parts[0].link {
		n := common(parts[0].shown, text)
		head, text, parts[0] = head+parts[0].shown[:n], text[n:], stretch{parts[0].stored[n:], parts[0].shown[n:], false}
	}
	for len(parts) > 0 && strings.HasSuffix(text, parts[len(parts)-1].shown) {
		end := parts[len(parts)-1]
		tail, text, parts = end.stored+tail, text[:len(text)-len(end.shown)], parts[:len(parts)-1]
	}
	if end := len(parts) - 1; end >= 0 && !parts[end].link {
		n := commonEnd(parts[end].shown, text)
		tail, text = text[len(text)-n:]+tail, text[:len(text)-n]
	}
	if tagged.MatchString(head + text + tail) {
		text = breakLines.Replace(text)
	}
	return head + text + tail
}

var breakLines = strings.NewReplacer("\r\n", "<br>", "\n", "<br>")

func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func commonEnd(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}
