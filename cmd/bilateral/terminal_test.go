package main

import (
	"strings"
	"testing"
)

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
