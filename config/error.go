package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Error is one thing that is wrong in a config file.
type Error struct {
	File    string
	Line    int    // 1-based; 0: the file as a whole
	Problem string // what is wrong, with which table and key; never a secret
	Do      string // what to do now, with a right example
	Err     error  // of the operating system, if it was its
}

// Error is two lines: where and what; what to do.
func (e *Error) Error() string {
	where := e.File
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	return where + ": " + e.Problem + "\n" + e.Do
}

// Unwrap returns the operating system's error, so that a missing file can be told from a wrong one.
func (e *Error) Unwrap() error { return e.Err }

// Errors is everything that is wrong, in the order of files and lines.
type Errors []*Error

func (l Errors) Error() string {
	texts := make([]string, len(l))
	for i, e := range l {
		texts[i] = e.Error()
	}
	return strings.Join(texts, "\n")
}

// Unwrap serves errors.Is and errors.As.
func (l Errors) Unwrap() []error {
	list := make([]error, len(l))
	for i, e := range l {
		list[i] = e
	}
	return list
}

// sorted puts the errors of each file into the order of its lines; files stay in the order in which they were read.
func (l Errors) sorted(files []string) Errors {
	slices.SortStableFunc(l, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(slices.Index(files, a.File), slices.Index(files, b.File)), cmp.Compare(a.Line, b.Line))
	})
	return l
}

// nearest returns the candidate that is written most like word, or "" if none is much like it. The first of equals wins.
func nearest(word string, candidates []string) string {
	best, least := "", max(1, (len([]rune(word))+1)/3)+1
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < least {
			best, least = c, d
		}
	}
	return best
}

// longWord is more than any name here: what is longer is not compared letter by letter.
const longWord = 64 // bytes

// distance counts the letters to insert, delete, replace or swap with their neighbour to make b of a.
func distance(a, b string) int {
	if longest := max(len(a), len(b)); longest > longWord {
		return longest
	}
	s, t := []rune(a), []rune(b)
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			change := 1
			if s[i-1] == t[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(s)][len(t)]
}

// quoted is `"a", "b" or "c"`.
func quoted(words []string) string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = fmt.Sprintf("%q", w)
	}
	return listed(list, "or")
}

// listed is `a, b and c`.
func listed(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
