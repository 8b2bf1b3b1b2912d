package config

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// A document is read as a tree that knows the line of everything in it. The library's own decoding into structs stops at
// the first value of a wrong type and forgets the lines of the right ones, which later checks need.

// node is a value and the line of its key, or of the value itself inside a list.
type node struct {
	line  int
	value any // string, int64, bool, []*node, *table, or nil for the kinds that no key takes
}

type table struct {
	line  int
	keys  map[string]*node
	order []string // in file order
}

func newTable(line int) *table { return &table{line: line, keys: map[string]*node{}} }

func (t *table) set(key string, n *node) {
	if _, known := t.keys[key]; !known {
		t.order = append(t.order, key)
	}
	t.keys[key] = n
}

// parse reads a TOML document.
func parse(file string, data []byte) (*table, *Error) {
	// The decoder checks what the bare parser does not: keys given twice, tables opened twice, dates, numbers.
	var checked map[string]any
	if err := toml.Unmarshal(data, &checked); err != nil {
		return nil, syntaxError(file, err)
	}
	root := newTable(1)
	b := builder{root: root, at: root, starts: lineStarts(data)}
	b.parser.Reset(data)
	for b.parser.NextExpression() {
		b.expression(b.parser.Expression())
	}
	if err := b.parser.Error(); err != nil {
		return nil, syntaxError(file, err)
	}
	return b.root, nil
}

func syntaxError(file string, err error) *Error {
	e := &Error{File: file, Problem: "not valid TOML: " + strings.TrimPrefix(err.Error(), "toml: "),
		Do: `Correct that line: text stands in quotes, as in name = "Alice Chen"; a table begins with a line such as [me].`}
	var at *toml.DecodeError
	if errors.As(err, &at) {
		e.Line, _ = at.Position()
	}
	if strings.HasSuffix(e.Problem, "already defined") {
		e.Do = "It stands twice: remove one of the two."
	}
	return e
}

// builder turns the parser's expressions into a tree of tables.
type builder struct {
	parser   unstable.Parser
	root, at *table
	starts   []int // offset of each line
}

// line finds a node's line; the lines of a large file must not be counted anew for each node.
func (b *builder) line(n *unstable.Node) int {
	line, found := slices.BinarySearch(b.starts, int(n.Raw.Offset))
	if found {
		return line + 1
	}
	return line
}

// lineStarts returns the offset of each line.
func lineStarts(data []byte) []int {
	starts := []int{0}
	for i, c := range data {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

func (b *builder) expression(n *unstable.Node) {
	switch n.Kind {
	case unstable.KeyValue:
		b.assign(b.at, n)
	case unstable.Table:
		path, line := b.path(n)
		b.at = b.descend(b.root, path, line)
	case unstable.ArrayTable:
		path, line := b.path(n)
		b.at = newTable(line)
		parent := b.descend(b.root, path[:len(path)-1], line)
		last := path[len(path)-1]
		list, _ := parent.value(last).([]*node)
		parent.set(last, &node{line, append(list, &node{line, b.at})})
	}
}

func (t *table) value(key string) any {
	if n, ok := t.keys[key]; ok {
		return n.value
	}
	return nil
}

func (b *builder) path(n *unstable.Node) (path []string, line int) {
	for it := n.Key(); it.Next(); {
		if path == nil {
			line = b.line(it.Node())
		}
		path = append(path, string(it.Node().Data))
	}
	return path, line
}

// descend opens the tables along a path. A list of tables stands for its last one, as TOML has it.
func (b *builder) descend(t *table, path []string, line int) *table {
	for _, key := range path {
		switch v := t.value(key).(type) {
		case *table:
			t = v
			continue
		case []*node:
			if last := lastTable(v); last != nil {
				t = last
				continue
			}
		}
		next := newTable(line)
		t.set(key, &node{line, next})
		t = next
	}
	return t
}

func lastTable(list []*node) *table {
	if len(list) == 0 {
		return nil
	}
	t, _ := list[len(list)-1].value.(*table)
	return t
}

func (b *builder) assign(t *table, n *unstable.Node) {
	path, line := b.path(n)
	t = b.descend(t, path[:len(path)-1], line)
	t.set(path[len(path)-1], &node{line, b.value(n.Value(), line)})
}

func (b *builder) value(n *unstable.Node, line int) any {
	switch n.Kind {
	case unstable.String:
		return string(n.Data)
	case unstable.Bool:
		return string(n.Data) == "true"
	case unstable.Integer:
		i, err := strconv.ParseInt(strings.ReplaceAll(string(n.Data), "_", ""), 0, 64)
		if err != nil {
			return nil
		}
		return i
	case unstable.Array:
		return b.list(n, line)
	case unstable.InlineTable:
		t := newTable(line)
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				b.assign(t, it.Node())
			}
		}
		return t
	}
	return nil
}

func (b *builder) list(n *unstable.Node, line int) []*node {
	list := []*node{}
	for it := n.Children(); it.Next(); {
		child := it.Node()
		if child.Kind == unstable.Comment {
			continue
		}
		at := line
		if child.Raw.Length > 0 { // lists and dates inside lists have no place of their own
			at = b.line(child)
		}
		list = append(list, &node{at, b.value(child, at)})
	}
	return list
}
