// Tally reads the events of go test -json from standard input and prints what a person wants of them: a line a package,
// all that a failed test said, and at the end how many tests passed, failed and were skipped. It judges nothing: whether
// the tests passed is go test's exit code.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	if err := tally(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(1)
	}
}

type event struct {
	Action, Package, Test, Output string
}

// test names a test, or with an empty name its package as a whole.
type test struct{ pkg, name string }

type run struct {
	to                      io.Writer
	said                    map[test][]string // of what has not ended
	parents, told           map[test]bool     // have subtests; have failed subtests
	passed, failed, skipped int
}

func tally(from io.Reader, to io.Writer) error {
	r := run{to: to, said: map[test][]string{}, parents: map[test]bool{}, told: map[test]bool{}}
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			r.line(line)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(to, "%d passed, %d failed%s\n", r.passed, r.failed, r.skips())
	return err
}

func (r *run) skips() string {
	if r.skipped == 0 {
		return ""
	}
	return fmt.Sprintf(", %d skipped", r.skipped)
}

func (r *run) line(line []byte) {
	var e event
	if json.Unmarshal(line, &e) != nil {
		fmt.Fprintf(r.to, "%s\n", bytes.TrimSpace(line))
		return
	}
	t := test{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		fmt.Fprint(r.to, e.Output)
	case "output":
		if !strings.HasPrefix(e.Output, "=== ") {
			r.said[t] = append(r.said[t], e.Output)
		}
	case "run":
		for _, above := range t.above() {
			r.parents[above] = true
		}
	case "pass", "fail", "skip":
		if t.name == "" {
			r.endPackage(t, e.Action)
		} else {
			r.endTest(t, e.Action)
		}
	}
}

// endTest counts a test, but for one that has subtests: those are counted, also where only they make it fail.
func (r *run) endTest(t test, how string) {
	if how == "fail" {
		r.print(t)
		r.told[test{pkg: t.pkg}] = true
		for _, above := range t.above() {
			r.told[above] = true
		}
	}
	delete(r.said, t)
	switch {
	case how == "fail" && !r.told[t]:
		r.failed++
	case how == "pass" && !r.parents[t]:
		r.passed++
	case how == "skip":
		r.skipped++
	}
}

// endPackage counts a package that failed without a failed test, as one that does not build; what its tests that never
// ended have said goes first.
func (r *run) endPackage(t test, how string) {
	if how == "fail" {
		for _, left := range r.unended(t.pkg) {
			r.print(left)
		}
		if !r.told[t] {
			r.failed++
		}
	}
	if how != "skip" { // a package without tests
		r.print(t)
	}
	delete(r.said, t)
}

func (r *run) unended(pkg string) []test {
	var left []test
	for t := range r.said {
		if t.pkg == pkg && t.name != "" {
			left = append(left, t)
		}
	}
	slices.SortFunc(left, func(a, b test) int { return strings.Compare(a.name, b.name) })
	return left
}

func (r *run) print(t test) {
	for _, s := range r.said[t] {
		if s != "PASS\n" && s != "FAIL\n" {
			fmt.Fprint(r.to, s)
		}
	}
}

// above are the tests that t may be a subtest of: a name can hold a slash of its own.
func (t test) above() []test {
	var above []test
	for i, c := range t.name {
		if c == '/' {
			above = append(above, test{t.pkg, t.name[:i]})
		}
	}
	return above
}
