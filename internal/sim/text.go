package sim

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// node is a component of a calendar object: its lines, unfolded, and the components inside it.
type node struct {
	name  string
	lines []string
	kids  []*node
}

// readText reads an object and returns its VCALENDAR; nil if there is none.
func readText(data []byte) *node {
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	text = strings.NewReplacer("\n ", "", "\n\t", "").Replace(text)
	root := &node{}
	stack := []*node{root}
	for line := range strings.SplitSeq(text, "\n") {
		top := stack[len(stack)-1]
		switch name, is := strings.CutPrefix(line, "BEGIN:"); {
		case is:
			kid := &node{name: name}
			top.kids = append(top.kids, kid)
			stack = append(stack, kid)
		case strings.HasPrefix(line, "END:") && len(stack) > 1:
			stack = stack[:len(stack)-1]
		case line != "":
			top.lines = append(top.lines, line)
		}
	}
	if len(root.kids) == 0 {
		return nil
	}
	return root.kids[0]
}

// bytes writes the object, lines folded at limit octets (0: not at all) as clients do that differ in it.
func (n *node) bytes(limit int) []byte {
	var b strings.Builder
	n.write(&b, limit)
	return []byte(b.String())
}

func (n *node) write(b *strings.Builder, limit int) {
	b.WriteString("BEGIN:" + n.name + "\r\n")
	for _, l := range n.lines {
		for limit > 0 && len(l) > limit && isASCII(l) {
			b.WriteString(l[:limit] + "\r\n ")
			l = l[limit:]
		}
		b.WriteString(l + "\r\n")
	}
	for _, k := range n.kids {
		k.write(b, limit)
	}
	b.WriteString("END:" + n.name + "\r\n")
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 126 })
}

func (n *node) clone() *node {
	c := &node{name: n.name, lines: slices.Clone(n.lines)}
	for _, k := range n.kids {
		c.kids = append(c.kids, k.clone())
	}
	return c
}

// nameOf is a line's property name, in upper case.
func nameOf(line string) string {
	if k := strings.IndexAny(line, ":;"); k >= 0 {
		line = line[:k]
	}
	return strings.ToUpper(line)
}

// valueOf is what stands behind the first colon outside quotes.
func valueOf(line string) string {
	quoted := false
	for k, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ':' && !quoted:
			return line[k+1:]
		}
	}
	return ""
}

// paramOf is a line's parameter, "" without it.
func paramOf(line, name string) string {
	head := strings.TrimSuffix(line, valueOf(line))
	for part := range strings.SplitSeq(strings.TrimSuffix(head, ":"), ";") {
		if v, ok := strings.CutPrefix(part, name+"="); ok {
			return strings.Trim(v, `"`)
		}
	}
	return ""
}

func (n *node) index(name string) int {
	return slices.IndexFunc(n.lines, func(l string) bool { return nameOf(l) == name })
}

func (n *node) line(name string) string {
	if k := n.index(name); k >= 0 {
		return n.lines[k]
	}
	return ""
}

func (n *node) value(name string) string { return valueOf(n.line(name)) }

// set puts the line in place of the one of the same name, or at the end.
func (n *node) set(line string) {
	if k := n.index(nameOf(line)); k >= 0 {
		n.lines[k] = line
		return
	}
	n.lines = append(n.lines, line)
}

func (n *node) drop(is func(name string) bool) {
	n.lines = slices.DeleteFunc(n.lines, func(l string) bool { return is(nameOf(l)) })
}

func (n *node) sequence() int {
	v, err := strconv.Atoi(n.value("SEQUENCE"))
	if err != nil {
		return 0
	}
	return v
}

const (
	utcForm  = "20060102T150405Z"
	wallForm = "20060102T150405"
)

// moments reads the times of a line: UTC, or the wall clock of TZID.
func moments(line string) []time.Time {
	zone := zones()[paramOf(line, "TZID")]
	if zone == nil {
		zone = time.UTC
	}
	var out []time.Time
	for v := range strings.SplitSeq(valueOf(line), ",") {
		t, err := time.Parse(utcForm, v)
		if err != nil {
			t, err = time.ParseInLocation(wallForm, v, zone)
		}
		if err == nil {
			out = append(out, t.UTC())
		}
	}
	return out
}

func (n *node) moment(name string) time.Time {
	if m := moments(n.line(name)); len(m) == 1 {
		return m[0]
	}
	return time.Time{}
}

// end is when a component ends: by its DTEND, or by its DURATION in hours and minutes.
func (n *node) end() time.Time {
	if n.index("DTEND") >= 0 {
		return n.moment("DTEND")
	}
	length, err := time.ParseDuration(strings.ToLower(strings.TrimPrefix(n.value("DURATION"), "PT")))
	if err != nil {
		return time.Time{}
	}
	return n.moment("DTSTART").Add(length)
}

// timeLine writes a time property on the wall clock of a zone.
func timeLine(name string, t time.Time, zone *time.Location) string {
	return name + ";TZID=" + zone.String() + ":" + t.In(zone).Format(wallForm)
}

func unescape(s string) string {
	return strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(s)
}

func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, ",", `\,`, ";", `\;`).Replace(s)
}

func (n *node) description() string { return unescape(n.value("DESCRIPTION")) }

func ours(name string) bool { return name == "X-BILATERAL" || strings.HasPrefix(name, "X-BILATERAL-") }
