package agenda

import (
	"html"
	"slices"
	"strings"
	"testing"
)

const below = "Join: https://meet.example.org/abc\r\n\r\nDial in: +49 30 1234\t \n--- not ours\n"

// served is the week's block, its fingerprint, and the next week's block.
func served() (block, last, next string) {
	block = Block(Build(week()))
	in := week()
	in.Items = in.Items[1:]
	return block, Fingerprint(block), Block(Build(in))
}

func TestMergeIntoADescription(t *testing.T) {
	block, last, next := served()
	ticked := strings.Replace(block, "[ ] Vendor B", "[x] Vendor B", 1)
	added := strings.Replace(block, "QUESTIONS\n", "QUESTIONS\n[ ] Lunch on Friday?\n", 1)
	commented := strings.Replace(block, "(3 min) #m2t7", "(3 min) #m2t7 - no, 3 Dec!", 1)
	noEnd := block[:strings.Index(block, "--- end")]
	old := strings.Replace(block, "Vendor B, 48k", "Vendor B, 47k", 1)
	foreign := "Notes\n--- bilateral agenda of the last meeting\nwe liked it\n"
	for _, row := range []struct {
		name                     string
		description, block, last string
		absorbed                 Edits
		want                     string
		result                   Result
		code                     Code
	}{
		{"an empty description gets the block alone", "", block, "", Edits{}, block, Written, ""},
		{"the block goes above all other text", below, block, "", Edits{}, block + "\n\n" + below, Written, ""},
		{"the same block is not written again", block + "\n\n" + below, block, last, Edits{}, block + "\n\n" + below, Unchanged, ""},
		{"a new block takes the old one's place", block + "\n\n" + below, next, last, Edits{}, next + "\n\n" + below, Written, ""},
		{"a block that a person moved below their text stays there", "Hello\n" + block + "\n" + below, next, last, Edits{}, "Hello\n" + next + "\n" + below, Written, ""},
		{"no agenda wanted: an untouched block goes, and its gap with it", block + "\n\n\n" + below, "", last, Edits{}, "\n" + below, Written, ""},
		{"no agenda wanted, and the block was moved: the text around it stays", "Hello\n" + block + "\n\n" + below, "", last, Edits{}, "Hello\n\n\n" + below, Written, ""},
		{"no agenda wanted and none there", below, "", "", Edits{}, below, Unchanged, ""},
		{"no agenda wanted, but a person ticked something", ticked + "\n\n" + below, "", last, Edits{}, ticked + "\n\n" + below, LeftAlone, Pending},
		{"a tick that was not taken over is not overwritten", ticked, next, last, Edits{}, ticked, LeftAlone, Pending},
		{"nor by the same block", ticked, block, last, Edits{}, ticked, LeftAlone, Pending},
		{"a tick that was taken over is", ticked, next, last, Edits{Ticked: []string{"k3f9"}}, next, Written, ""},
		{"a new line that was not taken over is not overwritten", added, next, last, Edits{}, added, LeftAlone, Pending},
		{"nor is it hidden by an agenda that stays the same", added, block, last, Edits{}, added, LeftAlone, Pending},
		{"a new line that was taken over is", added, next, last, Edits{New: []Added{{Text: "Lunch on Friday?"}}}, next, Written, ""},
		{"one taken over does not cover a second of the same words", strings.Replace(added, "WITH YOU", "[ ] Lunch on Friday?\nWITH YOU", 1), next, last,
			Edits{New: []Added{{Text: "Lunch on Friday?"}}}, strings.Replace(added, "WITH YOU", "[ ] Lunch on Friday?\nWITH YOU", 1), LeftAlone, Pending},
		{"a comment behind an item is left alone", commented, next, last, Edits{}, commented, LeftAlone, Edited},
		{"a comment is left alone even where a tick was taken over", strings.Replace(commented, "[ ] Vendor", "[x] Vendor", 1), next, last, Edits{Ticked: []string{"k3f9"}},
			strings.Replace(commented, "[ ] Vendor", "[x] Vendor", 1), LeftAlone, Edited},
		{"a missing last line", noEnd + below, next, last, Edits{}, noEnd + below, LeftAlone, NoEnd},
		{"two copies of the block", block + "\n" + block, next, last, Edits{}, block + "\n" + block, LeftAlone, Doubled},
		{"a pasted older block is other people's text", block + "\n\nlast week:\n" + old, next, last, Edits{}, next + "\n\nlast week:\n" + old, Written, ""},
		{"two blocks, neither of them the last one written", commented + "\n" + old, next, last, Edits{}, commented + "\n" + old, LeftAlone, Doubled},
		{"a block that nobody remembers writing", old, next, "", Edits{}, old, LeftAlone, Foreign},
		{"a block that nobody remembers writing, but just as it should be", block + "\n" + below, block, "", Edits{}, block + "\n" + below, Written, ""},
		{"people's text that begins like the block", foreign, block, "", Edits{}, block + "\n\n" + foreign, Written, ""},
		{"and the same afterwards", block + "\n\n" + foreign, next, last, Edits{}, next + "\n\n" + foreign, Written, ""},
		{"a marker inside a line is no marker", "see --- bilateral agenda below", block, "", Edits{}, block + "\n\nsee --- bilateral agenda below", Written, ""},
		{"a block that a person removed does not come back as it was", below, block, last, Edits{}, below, LeftAlone, Deleted},
		{"it comes back when it changes", below, next, last, Edits{}, next + "\n\n" + below, Written, ""},
		{"HTML around the block stays balanced", "<div><p>" + strings.ReplaceAll(html.EscapeString(block), "\n", "</p><p>") + "</p><b>hi</b></div>", next, last, Edits{},
			"<div><p>" + next + "</p><b>hi</b></div>", Written, ""},
		{"an HTML list that holds only part of the block", "<ul><li>" + strings.Replace(strings.Replace(block, "\n", "</li><li>", 1), "\n---", "</li></ul>---", 1) + "<br>bye", next, last, Edits{},
			"<ul><li>" + next + "</li></ul><br>bye", Written, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, outcome := Merge(row.description, row.block, row.absorbed, row.last)
			if got != row.want || outcome.Result != row.result || outcome.Code != row.code {
				t.Errorf("%+v\ngot:\n%q\nwant:\n%q", outcome, got, row.want)
			}
			if (outcome.Reason == "") != (outcome.Code == "") {
				t.Errorf("code %q and reason %q", outcome.Code, outcome.Reason)
			}
		})
	}
}

func TestReadFindsWhatPeopleDid(t *testing.T) {
	block, last, _ := served()
	edit := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(block) }
	for _, row := range []struct {
		name, description string
		want              Edits
	}{
		{"nothing", block, Edits{}},
		{"no block and none written", below, Edits{Code: Deleted}},
		{"ticks in every style", edit("[ ] Vendor", "[X] Vendor", "[ ] Board", "[✓] Board", "[ ] Call", "[ x ]Call", "[ ] Release", "☑ Release"),
			Edits{Ticked: []string{"d4x7", "k3f9", "m2t7", "v5w8"}}},
		{"a promise that was not kept after all", edit("[x] Name", "[ ] Name"), Edits{Unticked: []string{"c2v3"}}},
		{"new lines in every style, in order", edit("QUESTIONS", "[ ] One\n- [ ] Two\n[]Three\n• ☐ Four & <five>\n[x] Six\n[ ]\nQUESTIONS"),
			Edits{New: []Added{{"One", false}, {"Two", false}, {"Three", false}, {"Four & <five>", false}, {"Six", true}}}},
		{"a new line keeps what ours may not have", edit("QUESTIONS", "[ ] 🎉 cost&notes #2027\nQUESTIONS"), Edits{New: []Added{{Text: "🎉 cost&notes #2027"}}}},
		{"a new line in HTML is decoded once", strings.ReplaceAll(html.EscapeString(edit("QUESTIONS", "[ ] R&D <plan> &lt;\nQUESTIONS")), "\n", "<br>"),
			Edits{New: []Added{{Text: "R&D <plan> &lt;"}}}},
		{"a new line above the block is not in it", "[ ] Mine\n" + block, Edits{}},
		{"a line that was taken out is not understood, a tick is", edit("[ ] Board date 3 or 10 Dec. I recommend 10 (3 min) #m2t7\n", "", "[ ] Vendor", "[x] Vendor"),
			Edits{Ticked: []string{"k3f9"}, Code: Edited}},
		{"free text is not understood", edit("QUESTIONS", "I am late\nQUESTIONS"), Edits{Code: Edited}},
		{"an item without its id is not understood", edit(" #m2t7", ""), Edits{Code: Edited}},
		{"another date is not understood", edit("Fri 4 Dec", "Fri 11 Dec"), Edits{Code: Edited}},
		{"another order is not understood", edit("QUESTIONS", "WITH YOU", "WITH YOU", "QUESTIONS"), Edits{Code: Edited}},
		{"a crossed box may mean no", edit("[ ] Vendor", "[✗] Vendor"), Edits{Code: Edited}},
		{"an item that was struck out", edit("[ ] Vendor", "<s>[ ] Vendor", "#k3f9", "#k3f9</s>"), Edits{Code: Edited}},
		{"an item that was given a link", edit("48k EUR", `<a href="https://docs.example.org/offer">48k EUR</a>`), Edits{Code: Edited}},
		{"a new line keeps its link", edit("QUESTIONS", `[ ] Read <a href="https://docs.example.org/?a=1&amp;b=2">the offer</a><br>QUESTIONS`),
			Edits{New: []Added{{Text: "Read the offer (https://docs.example.org/?a=1&b=2)"}}}},
		{"a new line in bold", edit("QUESTIONS", "[ ] <b>Lunch</b><br>QUESTIONS"), Edits{New: []Added{{Text: "Lunch"}}}},
		{"a greeting in front of the first marker", "Hello " + block, Edits{Code: Edited}},
		{"thanks behind the last", block + " Thanks!", Edits{Code: Edited}},
		{"a flood of lines is not taken for a list", edit("QUESTIONS", strings.Repeat("[ ] more\n", 101)+"QUESTIONS"), Edits{Code: Edited}},
		{"a long line of ours that a client broke can be ticked", edit("[ ] Two engineers leave in January. I propose", "[x] Two engineers leave in January. I\npropose"),
			Edits{Ticked: []string{"p4q6"}}},
		{"a changed marker is not understood", edit("--- bilateral agenda: 2", "--- Bilateral agenda: 3"), Edits{Code: Edited}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := Read(row.description, last)
			if !slices.Equal(got.Ticked, row.want.Ticked) || !slices.Equal(got.Unticked, row.want.Unticked) ||
				!slices.Equal(got.New, row.want.New) || got.Code != row.want.Code {
				t.Errorf("got %+v\nwant %+v", got, row.want)
			}
		})
	}
	if got := Read(below, ""); !got.None() || got.Code != "" {
		t.Errorf("text that we never wrote into: %+v", got)
	}
}

func TestWhatServersDoToTextIsNoEdit(t *testing.T) {
	in := week()
	in.Items = append(in.Items, hostile()...)
	in.Items = append(in.Items, follow("n2m3", Update, "Café Zoë, déjà vu: Łódź, Čapek; R&D < 5 %"))
	block := Block(Build(in))
	for name, mangle := range manglers {
		t.Run(name, func(t *testing.T) {
			text := mangle(block + "\n\nJoin: https://meet.example.org/abc")
			if Fingerprint(text) != Fingerprint(block) {
				t.Errorf("another fingerprint for\n%s", text)
			}
			if edits := Read(text, Fingerprint(block)); !edits.None() || edits.Code != "" {
				t.Errorf("edits %+v in\n%s", edits, text)
			}
			if got, outcome := Merge(text, block, Edits{}, Fingerprint(block)); got != text || outcome.Result != Unchanged {
				t.Errorf("%+v: a write every pass", outcome)
			}
		})
	}
}

func TestTheLettersOfTheTableMatch(t *testing.T) {
	for _, a := range accents {
		if n := len([]rune(a.composed)); n != len(a.plain) {
			t.Errorf("%q: %d letters become %d", a.mark, len(a.plain), n)
		}
	}
	if got := compose("Zoe\u0308 C\u030capek"); got != "Zoë Čapek" {
		t.Errorf("composed %q", got)
	}
}

// RFC 5545 section 3.3.11 has "\\" for a backslash; some servers read "\\new" as a line break and "ew" all the same.
func TestAPathInAnItemIsNoLineBreakForAnyServer(t *testing.T) {
	in := week()
	in.Items = append(in.Items, follow("w7k3", Update, `The plan is in C:\new\Notes\team, or in \\nas\plan`, propose(`as in D:\N2`), details(`also on E:\none`)))
	block := Block(Build(in))
	if !strings.Contains(block, "The plan is in C:/new/Notes/team, or in //nas/plan") {
		t.Errorf("it reads\n%s", block)
	}
	stored := strings.NewReplacer(`\n`, "\n", `\N`, "\n").Replace(block)
	if edits := Read(stored, Fingerprint(block)); !edits.None() || edits.Code != "" {
		t.Errorf("taken for a person's edits: %+v", edits)
	}
}
