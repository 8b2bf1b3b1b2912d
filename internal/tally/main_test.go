package main

import (
	"strings"
	"testing"
)

func TestTally(t *testing.T) {
	for _, row := range []struct{ sentence, events, want string }{
		{
			"what passes is a line a package, whatever it said",
			`{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:3: noise\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Output":"PASS\n"}
{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}
{"Action":"pass","Package":"p"}`,
			"ok  \tp\t0.1s\n1 passed, 0 failed\n",
		},
		{
			"a test of rows counts by its rows, and a row that fails says why",
			`{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/one/two"}
{"Action":"run","Package":"p","Test":"TestA/three"}
{"Action":"output","Package":"p","Test":"TestA/three","Output":"why\n"}
{"Action":"pass","Package":"p","Test":"TestA/one/two"}
{"Action":"fail","Package":"p","Test":"TestA/three"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}`,
			"why\n1 passed, 1 failed\n",
		},
		{
			"tests of the same name in two packages are two tests",
			`{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"q","Test":"TestA/row"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"q","Test":"TestA/row"}`,
			"2 passed, 0 failed\n",
		},
		{
			"a package that does not build is one failure",
			`{"Action":"build-output","ImportPath":"p","Output":"p.go:1: undefined\n"}
{"Action":"output","Package":"p","Output":"FAIL\tp [build failed]\n"}
{"Action":"fail","Package":"p"}`,
			"p.go:1: undefined\nFAIL\tp [build failed]\n0 passed, 1 failed\n",
		},
		{
			"a test that never ends is told before its package",
			`{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"was waiting\n"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t600s\n"}
{"Action":"fail","Package":"p"}`,
			"was waiting\nFAIL\tp\t600s\n0 passed, 1 failed\n",
		},
		{
			"a test that is skipped is told apart from one that passed",
			`{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"skip","Package":"p","Test":"TestA"}`,
			"0 passed, 0 failed, 1 skipped\n",
		},
		{"a line that is no event is shown as it is", "go: no such tool", "go: no such tool\n0 passed, 0 failed\n"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			var got strings.Builder
			if err := tally(strings.NewReader(row.events), &got); err != nil || got.String() != row.want {
				t.Errorf("got %q, %v; want %q", got.String(), err, row.want)
			}
		})
	}
}
