package google

import (
	"strings"
	"testing"
)

const wrap = "https://www.google.com/url?q="

func TestLinksAreShownAsWhatTheyLeadTo(t *testing.T) {
	for _, row := range []struct{ sentence, stored, shown string }{
		{"text stays", "a\n[ ] b & c < d", "a\n[ ] b & c < d"},
		{"HTML stays", "<ul><li>a</li></ul>&amp;<br>", "<ul><li>a</li></ul>&amp;<br>"},
		{"a link of Google's in an attribute", `<a href="` + wrap + `https://docs.example.org/x&amp;sa=D&amp;source=calendar&amp;usd=2&amp;usg=AOv">offer</a>`,
			`<a href="https://docs.example.org/x">offer</a>`},
		{"its own parameters are decoded", `<a href="` + wrap + `https://docs.example.org/?a%3D1%26b%3D2&amp;sa=D&amp;ust=1">offer</a>`,
			`<a href="https://docs.example.org/?a=1&amp;b=2">offer</a>`},
		{"a link of Google's in text", "see " + wrap + "https%3A%2F%2Fexample.org%2Fa%2Bb&sa=D&source=calendar now", "see https://example.org/a+b now"},
		{"a plus is a plus", wrap + "https://example.org/a+b", "https://example.org/a+b"},
		{"other pages of Google's stay", "https://www.google.com/search?q=x", "https://www.google.com/search?q=x"},
		{"what leads to no page stays", wrap + "javascript:alert(1)&sa=D", wrap + "javascript:alert(1)&sa=D"},
		{"what would break out of its attribute stays", wrap + "https://x.example.org/%22onclick&sa=D", wrap + "https://x.example.org/%22onclick&sa=D"},
	} {
		if got := shown(row.stored); got != row.shown {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.shown)
		}
	}
}

func TestDescriptionsAreWritten(t *testing.T) {
	link := `<a href="` + wrap + `https://docs.example.org/x&amp;sa=D">offer</a>`
	for _, row := range []struct {
		sentence, stored string
		edit             func(shown string) string
		want             string
	}{
		{"text is stored as it is", "", func(string) string { return "a\n[ ] b" }, "a\n[ ] b"},
		{"a block above text", "Hello\nyou", func(s string) string { return "A\nB\n\n" + s }, "A\nB\n\nHello\nyou"},
		{"a block above HTML breaks its lines as HTML does", "Hello<br>you", func(s string) string { return "A\nB\n\n" + s }, "A<br>B<br><br>Hello<br>you"},
		{"HTML around a block stays byte for byte", "<b>x</b>\nold\n<i>y</i>\n" + link,
			func(s string) string { return strings.Replace(s, "old", "new\nlines", 1) }, "<b>x</b>\nnew<br>lines\n<i>y</i>\n" + link},
		{"a link that stays keeps its stored form", "old " + link, func(s string) string { return strings.Replace(s, "old", "new", 1) }, "new " + link},
		{"a link that goes is gone", "old " + link + " end", func(s string) string { return "old end" }, "old end"},
		{"everything can be taken away", "old " + link, func(string) string { return "" }, ""},
	} {
		if got := written(row.stored, row.edit(shown(row.stored))); got != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.want)
		}
	}
}

// FuzzDescription: what was read and written back unchanged is stored unchanged; what is written is read as it was meant.
func FuzzDescription(f *testing.F) {
	f.Add("a<br>b", "A\nB")
	f.Add(`<a href="`+wrap+`https://docs.example.org/x%26&amp;sa=D">offer</a>`+wrap+"http://a.b/c", "new")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, stored, block string) {
		if got := written(stored, shown(stored)); got != stored {
			t.Errorf("%q became %q", stored, got)
		}
		text := block + "\n" + shown(stored)
		got := written(stored, text)
		if !strings.HasSuffix(got, stored) {
			t.Errorf("%q does not end in %q", got, stored)
		}
		if meant := breakLines.Replace(text); shown(stored) == stored && breakLines.Replace(got) != meant {
			t.Errorf("%q was written as %q", text, got)
		}
	})
}
