package agenda

import (
	"strings"
	"testing"
	"time"
)

func seeds(f *testing.F) (block string) {
	block, _, next := served()
	for _, d := range []string{"", below, block, block + gap + below, "x<br>" + strings.ReplaceAll(block, "\n", "<br>"), next + block, block[:80],
		"<ul><li>" + strings.ReplaceAll(block, "\n", "</li><li>") + "</li></ul>", strings.ReplaceAll(block, "[ ]", "[x]"), "--- bilateral agenda\n[ ] x\n--- end of agenda"} {
		f.Add(d, d)
	}
	return block
}

// FuzzMerge: whatever stands in a description, what is outside the block stays, and a second merge changes nothing.
func FuzzMerge(f *testing.F) {
	block := seeds(f)
	print := Fingerprint(block)
	f.Fuzz(func(t *testing.T, description, other string) {
		for _, last := range []string{"", print, Fingerprint(description), other} {
			got, outcome := Merge(description, block, Edits{}, last)
			if outcome.Result != Written {
				if got != description {
					t.Fatalf("%+v changed it to %q", outcome, got)
				}
				continue
			}
			if !strings.Contains(got, block) && got != description {
				t.Fatalf("written, and not there: %q", got)
			}
			if again, outcome := Merge(got, block, Edits{}, print); again != got || outcome.Result == Written {
				t.Fatalf("%+v: %q became %q", outcome, got, again)
			}
		}
	})
}

// FuzzRead: with any text and any fingerprint, ticks are IDs, and new lines are single lines of text.
func FuzzRead(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, description, other string) {
		for _, last := range []string{"", other, Fingerprint(description)} {
			edits := Read(description, last)
			if (edits.Code == "") != (edits.Reason == "") {
				t.Fatalf("%+v", edits)
			}
			for _, id := range edits.Ticked {
				if !ValidID(id) {
					t.Fatalf("ticked %q", id)
				}
			}
			for _, line := range edits.New {
				if line.Text == "" || strings.ContainsAny(line.Text, "\r\n") {
					t.Fatalf("new line %q", line.Text)
				}
			}
			if !edits.Minus(edits).None() {
				t.Fatalf("not all absorbed: %+v", edits)
			}
		}
	})
}

// FuzzParseMoment: a moment that is accepted can be placed, never after the slot it belongs to.
func FuzzParseMoment(f *testing.F) {
	for _, text := range []string{"after previous", "day before 16:00", "1h", "-1h", "day before 99:99", "1e9h"} {
		f.Add(text)
	}
	start := time.Date(2026, 12, 2, 14, 30, 0, 0, time.UTC)
	timing := Timing{Start: start, Zone: berlin, Workday: func(time.Time) bool { return true }}
	f.Fuzz(func(t *testing.T, text string) {
		moment, err := ParseMoment(text)
		if err != nil {
			return
		}
		if at := moment.at(timing); at.After(start) {
			t.Fatalf("%q is %v, after the start", text, at)
		}
	})
}
