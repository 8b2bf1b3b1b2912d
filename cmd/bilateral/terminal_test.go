package main

import (
	"strings"
	"testing"
)

func TestTextOfOthersCannotSteerTheTerminal(t *testing.T) {
	for _, row := range []struct{ sentence, given, want string }{
		{"ordinary text stays", "Vendor B? – 48k €", "Vendor B? – 48k €"},
		{"an escape sequence loses its escape", "a\x1b[2Jb", "a [2Jb"},
		{"a C1 control goes too", "a\u009b2Jb", "a 2Jb"},
		{"line breaks cannot forge a line", "a\r\nok  all is well", "a  ok  all is well"},
		{"a line separator is a line break", "a\u2028b", "a b"},
		{"the direction of writing cannot be turned", "a\u202eb", "ab"},
		{"joiners of Persian words stay", "می\u200cخواهم", "می\u200cخواهم"},
	} {
		if got := plain(row.given); got != row.want {
			t.Errorf("%s: %q became %q, want %q", row.sentence, row.given, got, row.want)
		}
	}
}

func TestTablesAlignByCharactersNotByBytes(t *testing.T) {
	var tb table
	tb.row(text("Zoë"), text("1"))
	tb.row(text("Alice"), text("2"))
	var b strings.Builder
	tb.write(&b, "  ")
	if want := "  Zoë    1\n  Alice  2\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}
