package ical

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// maxNesting bounds how deep components stand in one another. RFC 5545 and 9073 need four.
const maxNesting = 64

// block is one component as it was written, or with an empty name the whole text: content lines and nested blocks in
// their order. Nothing is interpreted that is not asked for, so whatever we do not know survives a change.
type block struct {
	name       string // upper case
	begin, end string // the lines themselves
	items      []item
}

// item is a content line, unfolded, or a nested block.
type item struct {
	line  string
	child *block
}

func newBlock(name string) *block {
	return &block{name: name, begin: "BEGIN:" + name, end: "END:" + name}
}

// newCalendar is an object with what each of ours begins with.
func newCalendar() *block {
	b := newBlock("VCALENDAR")
	b.say("PRODID", productID)
	b.say("VERSION", "2.0")
	b.say("CALSCALE", "GREGORIAN")
	return b
}

// tell adds a property behind the others.
func (b *block) tell(p property) { b.items = append(b.items, item{line: p.String()}) }

func (b *block) say(name, value string) { b.tell(property{name: name, value: value}) }

func (b *block) sayText(name, text string) {
	if text != "" {
		b.say(name, escapeText(text))
	}
}

func (b *block) hold(child *block) { b.items = append(b.items, item{child: child}) }

// parseTree reads a text into blocks. It refuses a text whose components do not close: half an object must never be
// written back.
func parseTree(data []byte) (*block, error) {
	stack := []*block{{}}
	for _, line := range unfold(string(data)) {
		top := stack[len(stack)-1]
		keyword, name := structural(line)
		switch {
		case keyword == "BEGIN" && len(stack) > maxNesting:
			return nil, fmt.Errorf("components are nested more than %d deep", maxNesting)
		case keyword == "BEGIN":
			child := &block{name: name, begin: line}
			top.items = append(top.items, item{child: child})
			stack = append(stack, child)
		case keyword == "END" && (len(stack) == 1 || name != top.name):
			return nil, fmt.Errorf("END:%s ends nothing that is open", name)
		case keyword == "END":
			top.end = line
			stack = stack[:len(stack)-1]
		default:
			top.items = append(top.items, item{line: line})
		}
	}
	if len(stack) > 1 {
		return nil, fmt.Errorf("the text is cut off inside %s", stack[len(stack)-1].name)
	}
	return stack[0], nil
}

// structural takes a BEGIN or END line apart; keyword is empty for any other line.
func structural(line string) (keyword, name string) {
	before, after, _ := strings.Cut(line, ":")
	keyword = strings.ToUpper(strings.TrimSpace(before))
	if keyword != "BEGIN" && keyword != "END" {
		return "", ""
	}
	return keyword, strings.ToUpper(strings.TrimSpace(after))
}

// encode writes the tree as text, folded, with CRLF.
func (b *block) encode() []byte {
	var out bytes.Buffer
	b.writeTo(&out)
	return out.Bytes()
}

func (b *block) writeTo(out *bytes.Buffer) {
	if b.name != "" {
		fold(out, b.begin)
	}
	for _, it := range b.items {
		if it.child != nil {
			it.child.writeTo(out)
		} else {
			fold(out, it.line)
		}
	}
	if b.name != "" {
		fold(out, b.end)
	}
}

// children returns the nested blocks of a name.
func (b *block) children(name string) []*block {
	var found []*block
	for _, it := range b.items {
		if it.child != nil && it.child.name == name {
			found = append(found, it.child)
		}
	}
	return found
}

// clone returns a copy that shares nothing that can be changed.
func (b *block) clone() *block {
	c := *b
	c.items = slices.Clone(b.items)
	for i, it := range c.items {
		if it.child != nil {
			c.items[i].child = it.child.clone()
		}
	}
	return &c
}

// get returns the first property of a name.
func (b *block) get(name string) (property, bool) {
	for _, it := range b.items {
		if p, ok := it.property(); ok && p.is(name) {
			return p, true
		}
	}
	return property{}, false
}

// value returns the raw value of the first property of a name, trimmed; "" if there is none.
func (b *block) value(name string) string {
	p, _ := b.get(name)
	return strings.TrimSpace(p.value)
}

// all returns every property of a name.
func (b *block) all(name string) []property {
	var found []property
	for _, it := range b.items {
		if p, ok := it.property(); ok && p.is(name) {
			found = append(found, p)
		}
	}
	return found
}

// set puts p in the place of the first property of its name and removes further ones; a new property goes behind the
// last one, before nested components (RFC 5545 section 3.6).
func (b *block) set(p property) {
	at := slices.IndexFunc(b.items, func(it item) bool { old, ok := it.property(); return ok && old.is(p.name) })
	if at < 0 {
		b.items = slices.Insert(b.items, b.endOfProperties(), item{line: p.String()})
		return
	}
	b.exchange(p.name, p)
}

// exchange puts p in the place of the first property of another name and removes further ones.
func (b *block) exchange(name string, p property) {
	b.rewrite(func(_ property, first bool) []property {
		if first {
			return []property{p}
		}
		return nil
	}, name)
}

// remove drops every property of a name.
func (b *block) remove(name string) {
	b.rewrite(func(property, bool) []property { return nil }, name)
}

// rewrite replaces each property of a name by what change returns for it; first is true for the first of them. Lines that
// are no property at all (a value with a raw line break in it) belong to the property before them and go with it.
func (b *block) rewrite(change func(p property, first bool) []property, name string) {
	kept := make([]item, 0, len(b.items))
	first, dropTail := true, false
	for _, it := range b.items {
		p, ok := it.property()
		switch {
		case it.child == nil && !ok && dropTail:
			continue
		case !ok || !p.is(name):
			dropTail = false
			kept = append(kept, it)
			continue
		}
		dropTail = true
		for _, r := range change(p, first) {
			kept = append(kept, item{line: r.String()})
		}
		first = false
	}
	b.items = kept
}

func (b *block) endOfProperties() int {
	for i := len(b.items) - 1; i >= 0; i-- {
		if b.items[i].child == nil {
			return i + 1
		}
	}
	return 0
}

func (it item) property() (property, bool) {
	if it.child != nil {
		return property{}, false
	}
	return parseProperty(it.line)
}
