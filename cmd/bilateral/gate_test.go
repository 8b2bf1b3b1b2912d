package main

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"unicode/utf8"

	"bilateral/calendar"
)

func TestNothingHarmfulPassesTheGate(t *testing.T) {
	for _, row := range []struct {
		sentence     string
		writes       []string
		people, data string
	}{
		{"ordinary text stays, with its lines and columns", []string{"a\tZoë – 48k €\n"}, "a\tZoë – 48k €\n", "a\tZoë – 48k €\n"},
		{"a colour is no colour where no terminal listens", []string{"\x1b[31mred\x1b[0m"}, " [31mred [0m", `\u001b[31mred\u001b[0m`},
		{"a title that renames the window does not", []string{"\x1b]0;owned\a"}, " ]0;owned ", `\u001b]0;owned\u0007`},
		{"a control of eight bits is one as well", []string{"a\u009b2Jb"}, "a 2Jb", `a\u009b2Jb`},
		{"a carriage return overwrites nothing", []string{"bad\rgood"}, "bad good", `bad\u000dgood`},
		{"the direction of writing cannot be turned", []string{"a\u202eb\u2066c"}, "abc", `a\u202eb\u2066c`},
		{"text that nobody sees is not there, or is seen", []string{"a\u200b\U000e0041b"}, "ab", `a\u200b\udb40\udc41b`},
		{"a character may come in two writes", []string{"Zo\xc3", "\xab"}, "Zoë", "Zoë"},
		{"a harmful one may as well", []string{"a\xe2\x80", "\xaeb"}, "ab", `a\u202eb`},
		{"bytes that are no text are marked", []string{"a\xffb\xc3("}, "a\ufffdb\ufffd(", "a\ufffdb\ufffd("},
		{"joiners of Persian words stay", []string{"می\u200cخواهم"}, "می\u200cخواهم", "می\u200cخواهم"},
	} {
		var people, data bytes.Buffer
		a, b := textGate(&people), jsonGate(&data)
		for _, w := range row.writes {
			if n, err := a.Write([]byte(w)); n != len(w) || err != nil {
				t.Errorf("%s: wrote %d, %v", row.sentence, n, err)
			}
			b.Write([]byte(w))
		}
		if people.String() != row.people {
			t.Errorf("%s: people get %q, want %q", row.sentence, people.String(), row.people)
		}
		if data.String() != row.data {
			t.Errorf("%s: JSON is %q, want %q", row.sentence, data.String(), row.data)
		}
	}
}

func TestTheCursorIsNotMovedInAFile(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	steer(textGate(file), "\x1b[2J")
	if info, err := file.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("%d bytes were written, %v", info.Size(), err)
	}
}

// FuzzGate: whatever is printed, in however many writes, people get nothing harmful, and JSON keeps its meaning.
func FuzzGate(f *testing.F) {
	f.Add("a\x1b[2Jb", 3)
	f.Add("\u202e\U000e0041\xe2\x80", 2)
	f.Fuzz(func(t *testing.T, s string, cut int) {
		cut = min(max(cut, 0), len(s))
		var people, data bytes.Buffer
		a := textGate(&people)
		a.Write([]byte(s[:cut]))
		a.Write([]byte(s[cut:]))
		for _, r := range people.String() {
			if calendar.Harmful(r) && r != '\n' && r != '\t' {
				t.Fatalf("%q printed %q", s, people.String())
			}
		}
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		jsonGate(&data).Write(text)
		var want, got string
		if json.Unmarshal(text, &want) != nil || json.Unmarshal(data.Bytes(), &got) != nil || got != want || !utf8.Valid(data.Bytes()) {
			t.Fatalf("%q became %s", s, data.Bytes())
		}
	})
}
