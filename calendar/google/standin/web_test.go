package standin_test

import (
	"strings"
	"testing"

	"google.golang.org/api/calendar/v3"
)

func TestTheWebPagesEditorWritesHTML(t *testing.T) {
	for _, row := range []struct {
		sentence, before string
		edit             func(string) string
		want             string
	}{
		{"lines end in breaks", "[ ] Vendor B\n[ ] Board date", func(s string) string { return strings.Replace(s, "[ ] Board", "[x] Board", 1) }, "[ ] Vendor B<br>[x] Board date"},
		{"dashes are a list", "A:\n  - one\n  - two\nB", func(s string) string { return s }, "A:<ul><li>one</li><li>two</li></ul>B"},
		{"what HTML reserves is escaped", `R&D <ok> "x" it's`, func(s string) string { return s }, "R&amp;D &lt;ok&gt; &quot;x&quot; it's"},
		{"spaces in a row stay", "a  b", func(s string) string { return s }, "a&nbsp; b"},
		{"an address is a link", "see https://example.org/a?b=1&c=2", func(s string) string { return s }, `see <a href="https://example.org/a?b=1&amp;c=2">https://example.org/a?b=1&amp;c=2</a>`},
		{"what was HTML is read and written again", "A:<ul><li>one &amp; two</li></ul>B<br>C", func(s string) string { return s + "\nD" }, "A:<ul><li>one &amp; two</li></ul>B<br>C<br>D"},
		{"nothing stays nothing", "", func(s string) string { return s }, ""},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			w, mine := booked(t)
			must[*calendar.Event](w)(mine.Events.Patch("primary", second, &calendar.Event{Description: row.before, ForceSendFields: []string{"Description"}}).Do())
			if err := w.As(alice).EditDescription(second, row.edit); err != nil {
				t.Fatal(err)
			}
			if got := w.event(alice, second).Description; got != row.want {
				t.Errorf("got  %q\nwant %q", got, row.want)
			}
			if got := w.event(dana, second).Description; got != row.want {
				t.Errorf("dana reads %q", got)
			}
			if other := w.event(alice, third).Description; other != "" {
				t.Errorf("another instance reads %q", other)
			}
		})
	}
}
