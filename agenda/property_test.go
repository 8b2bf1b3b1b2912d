package agenda

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// manglers are what servers and web calendars do to a description that nobody edited.
var manglers = map[string]func(string) string{
	"carriage returns": func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
	"trailing spaces":  func(s string) string { return strings.ReplaceAll(s, "\n", "  \n") },
	"no indentation":   func(s string) string { return strings.ReplaceAll(s, "\n  ", "\n") },
	"blank lines":      func(s string) string { return strings.ReplaceAll(s, "\n", "\n\n") },
	"trimmed":          func(s string) string { return strings.TrimSpace(s) + "\n" },
	"line separators":  func(s string) string { return strings.ReplaceAll(s, "\n", "\u2028") },
	"HTML breaks":      func(s string) string { return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>") },
	"encoded twice": func(s string) string {
		return strings.ReplaceAll(html.EscapeString(html.EscapeString(s)), "\n", "<br />\n")
	},
	"HTML paragraphs": func(s string) string {
		return "<p>" + strings.ReplaceAll(html.EscapeString(s), "\n", "</p><p>") + "</p>"
	},
	"hard spaces": func(s string) string {
		return strings.NewReplacer("\n", "<br>", "  ", "&nbsp; ", "[ ]", "[&nbsp;]").Replace(html.EscapeString(s))
	},
	"HTML lists":   func(s string) string { return htmlList(s) },
	"linked":       func(s string) string { return links.ReplaceAllString(s, `<a href="$0" target="_blank">$0</a>`) },
	"decomposed":   decompose,
	"broken at 75": func(s string) string { return folded.ReplaceAllString(s, "$0\n ") },
}

var (
	links        = regexp.MustCompile(`https?://[^\s<>‹]+`)
	bulletInside = regexp.MustCompile(`\S [-–—*•·] `)
	folded       = regexp.MustCompile(`(?m)^[^\n]{60,75} `)
)

// htmlList makes list items of boxed lines and of details, as a web editor does when somebody presses its button.
func htmlList(s string) string {
	var b strings.Builder
	for _, line := range strings.Split(html.EscapeString(s), "\n") {
		switch {
		case strings.HasPrefix(line, "["):
			b.WriteString("<ul><li>" + line + "</li></ul>")
		case strings.HasPrefix(line, "  - "):
			b.WriteString("<ul><li>" + line[4:] + "</li></ul>")
		default:
			b.WriteString("<span>" + line + "</span><br>")
		}
	}
	return b.String()
}

func decompose(s string) string {
	for _, a := range accents {
		composed := []rune(a.composed)
		for i, plain := range a.plain {
			s = strings.ReplaceAll(s, string(composed[i]), string(plain)+a.mark)
		}
	}
	return s
}

// pieces are what texts are made of, the worst among them.
var pieces = []string{"board", "Über", "e\u0301", "--- end of agenda", "--- bilateral agenda", "[ ]", "[x] ", "#k3f9", " (5 min) #m2t7", "\n", "\r\n",
	"<br>", "<b>", "</li>", "&lt;", "&#10;", "&amp", "- ", "  ", "🎉", "\u202e", "\u200d", "\xff", "?", ".", ",", "5 < 6 > 4", "—", "☐", "http://x.example.org/a", "\u2028", "\t", "$1", "\\"}

func text(t *rapid.T, name string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 6).Draw(t, name), rapid.SampledFrom([]string{"", " "}).Draw(t, name+" by"))
}

func anyInput(t *rapid.T) Input {
	in := Input{Length: time.Duration(rapid.IntRange(0, 60).Draw(t, "length")) * time.Minute, Meeting: date(2026, 12, 2), Now: date(2026, 12, 1),
		Zone: rapid.SampledFrom([]*time.Location{berlin, newYork}).Draw(t, "zone"), FirstOfMonth: true, Delivered: true,
		Show: rapid.SampledFrom([]Show{Full, Titles}).Draw(t, "show"), Owner: text(t, "owner")}
	taken := map[string]bool{}
	for range rapid.IntRange(0, 8).Draw(t, "items") {
		id := rapid.StringMatching("[2-9][b-df-h][2-9][j-n]").Draw(t, "id")
		if taken[id] {
			continue
		}
		taken[id] = true
		item := follow(id, rapid.SampledFrom(kinds).Draw(t, "kind").kind, text(t, "text"), propose(text(t, "proposal")),
			details(text(t, "detail"), text(t, "detail")), options(text(t, "option")), byDefault(text(t, "default")), serves(text(t, "goal")))
		if rapid.Bool().Draw(t, "dated") {
			item.Due = date(2026, 12, rapid.IntRange(1, 28).Draw(t, "due"))
		}
		if rapid.IntRange(0, 4).Draw(t, "done") == 0 {
			item.Status, item.Closed = Done, date(2026, 11, 30)
			in.Done = append(in.Done, item)
			continue
		}
		in.Items = append(in.Items, item)
	}
	return in
}

func TestAnyBlockSurvivesAnyServer(t *testing.T) {
	names := make([]string, 0, len(manglers))
	for name := range manglers {
		names = append(names, name)
	}
	slices.Sort(names)
	rapid.Check(t, func(t *rapid.T) {
		block := Block(Build(anyInput(t)))
		last := Fingerprint(block)
		name := rapid.SampledFrom(names).Draw(t, "mangler")
		if name == "broken at 75" && bulletInside.MatchString(block) {
			return // a dash put in front of a line is rightly reported
		}
		got := manglers[name](block)
		if last == "" || strings.Contains(last, ",") || Fingerprint(got) != last {
			t.Fatalf("fingerprint %q became %q:\n%s", last, Fingerprint(got), got)
		}
		if edits := Read(got, last); !edits.None() || edits.Code != "" {
			t.Fatalf("edits %+v", edits)
		}
		for _, r := range block {
			if r > 0xffff {
				t.Fatalf("%q is outside the Basic Multilingual Plane", r)
			}
		}
	})
}

func TestATickIsReadAndThenWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		block := Block(Build(anyInput(t)))
		last := Fingerprint(block)
		lines := strings.Split(block, "\n")
		var want []string
		for i, line := range lines {
			if strings.HasPrefix(line, "[ ] ") && rapid.Bool().Draw(t, "tick") {
				lines[i] = "[x] " + line[4:]
				want = append(want, line[len(line)-4:])
			}
		}
		slices.Sort(want)
		edited := "Hello\n" + strings.Join(lines, "\n") + "\nBye"
		edits := Read(edited, last)
		if !slices.Equal(edits.Ticked, want) || edits.Code != "" {
			t.Fatalf("ticked %v, read %+v", want, edits)
		}
		next := Block(Build(anyInput(t)))
		if got, outcome := Merge(edited, next, Edits{}, last); len(want) > 0 && Fingerprint(next) != Fingerprint(edited) && got != edited {
			t.Fatalf("%+v overwrote a tick", outcome)
		}
		got, outcome := Merge(edited, next, edits, last)
		if outcome.Code != "" || got != "Hello\n"+next+"\nBye" && outcome.Result == Written && Fingerprint(next) != Fingerprint(edited) {
			t.Fatalf("%+v\n%s", outcome, got)
		}
	})
}

func TestMergeKeepsWhatIsOutsideAndSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		above, under := text(t, "above")+"\n", "\n"+text(t, "below")
		old, block := Block(Build(anyInput(t))), Block(Build(anyInput(t)))
		description, last := above+under, ""
		if rapid.Bool().Draw(t, "had one") {
			description, last = above+old+under, Fingerprint(old)
		}
		got, outcome := Merge(description, block, Edits{}, last)
		if outcome.Result != Written {
			if got != description {
				t.Fatalf("%+v, and yet:\n%q", outcome, got)
			}
			return
		}
		if left := strings.Replace(got, block, "", 1); got != description && left != above+under && left != gap+description {
			t.Fatalf("outside: %q\nwas: %q and %q", left, above, under)
		}
		if again, outcome := Merge(got, block, Edits{}, Fingerprint(block)); again != got || outcome.Result != Unchanged {
			t.Fatalf("not settled: %+v\n%q\n%q", outcome, got, again)
		}
		if last == "" {
			if undone, outcome := Merge(got, "", Edits{}, Fingerprint(block)); undone != description || outcome.Result != Written {
				t.Fatalf("%+v: removed again, it left %q of %q", outcome, undone, description)
			}
		}
	})
}

func TestCleanTextStaysClean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := Clean(text(t, "text"))
		if again := Clean(once); again != once {
			t.Fatalf("%q became %q", once, again)
		}
	})
}
