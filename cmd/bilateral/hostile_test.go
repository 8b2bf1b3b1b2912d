package main

import (
	"os"
	"strconv"
	"strings"

	"bilateral/calendar"

	"github.com/rogpeppe/go-internal/testscript"
)

// unescape writes files anew with their \x, \u and \r escapes resolved: what attackers send does not stand well in a
// script.
func unescape(ts *testscript.TestScript, _ bool, files []string) {
	for _, file := range files {
		lines := strings.Split(ts.ReadFile(file), "\n")
		for i, line := range lines {
			text, err := strconv.Unquote("`" + line + "`")
			if strings.Contains(line, `\`) {
				text, err = strconv.Unquote(`"` + strings.ReplaceAll(line, `"`, `\"`) + `"`)
			}
			ts.Check(err)
			lines[i] = text
		}
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(strings.Join(lines, "\n")), 0o600))
	}
}

// harmless runs a command, whatever its exit code, and looks at all that it printed: no control but line break and tab, no
// hidden character, none that turns the direction of writing, and no line that outsiders made.
func harmless(ts *testscript.TestScript, _ bool, args []string) {
	_ = ts.Exec(args[0], args[1:]...)
	for _, stream := range []string{"stdout", "stderr"} {
		said := ts.ReadFile(stream)
		for _, r := range said {
			if calendar.Harmful(r) && r != '\n' && r != '\t' || r == '\ufffd' {
				ts.Fatalf("%s of %s has %q in it:\n%q", stream, strings.Join(args, " "), r, said)
			}
		}
		for line := range strings.Lines(said) {
			if strings.HasPrefix(strings.TrimSpace(line), "FORGED") {
				ts.Fatalf("%s of %s has a line that outsiders made:\n%s", stream, strings.Join(args, " "), said)
			}
		}
	}
}
