package caldav

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"bilateral/calendar/web"
)

// The namespaces of RFC 4918, RFC 4791 and of Apple's calendar server, where getctag comes from.
const (
	davNS = "DAV:"
	calNS = "urn:ietf:params:xml:ns:caldav"
	csNS  = "http://calendarserver.org/ns/"
)

// A multistatus needs a depth of eight, and some twenty elements for an object.
const (
	maxDepth    = 32
	maxElements = 4_000_000
)

var (
	errNoXML = errors.New("what answers there is no CalDAV server")
	errDTD   = errors.New("the answer has a document type definition, which DAV does not use and attackers do")
)

func dav(local string) xml.Name    { return xml.Name{Space: davNS, Local: local} }
func caldav(local string) xml.Name { return xml.Name{Space: calNS, Local: local} }

// node is one element with what stands in it.
type node struct {
	name     xml.Name
	attrs    []xml.Attr
	text     string // of an element without children
	children []*node
}

// child returns the first child of a name, or nil. Both methods may be called on nil.
func (n *node) child(name xml.Name) *node {
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// trimmed is the text without the space that servers put around it.
func (n *node) trimmed() string {
	if n == nil {
		return ""
	}
	return strings.TrimSpace(n.text)
}

// hrefs returns the addresses that stand in an element.
func (n *node) hrefs() []string {
	if n == nil {
		return nil
	}
	var list []string
	for _, c := range n.children {
		if href := c.trimmed(); c.name == dav("href") && href != "" {
			list = append(list, href)
		}
	}
	return list
}

// readXML reads a document with that root and hands each child of the root on as soon as it is whole. A document that ends
// early is an error, also after many good children.
func readXML(r io.Reader, root xml.Name, each func(*node)) error {
	d := xml.NewDecoder(newCleaner(r))
	d.CharsetReader = charset
	t := tree{root: root, each: each}
	for {
		token, err := d.Token()
		switch {
		case err == io.EOF && t.ended:
			return nil
		case err == io.EOF && t.elements == 0:
			return errNoXML
		case err == io.EOF:
			return io.ErrUnexpectedEOF
		case err != nil:
			return understood(err, t.elements > 0)
		}
		if err := t.take(token); err != nil {
			return err
		}
	}
}

// tree makes nodes of tokens.
type tree struct {
	root     xml.Name
	each     func(*node)
	open     []*node // below the root
	text     strings.Builder
	elements int
	ended    bool
}

func (t *tree) take(token xml.Token) error {
	switch token := token.(type) {
	case xml.Directive:
		if t.elements == 0 && strings.EqualFold(strings.TrimSpace(string(token)), "DOCTYPE html") {
			return errNoXML
		}
		return errDTD
	case xml.StartElement:
		return t.begin(token)
	case xml.CharData:
		if len(t.open) > 0 {
			t.text.Write(token)
		}
	case xml.EndElement:
		t.end()
	}
	return nil
}

func (t *tree) begin(element xml.StartElement) error {
	switch t.elements++; {
	case t.elements == 1 && element.Name != t.root:
		return errNoXML
	case t.elements > maxElements:
		return web.ErrTooLong
	case len(t.open) == maxDepth:
		return fmt.Errorf("its elements are nested more than %d deep", maxDepth)
	case t.elements > 1:
		t.open = append(t.open, &node{name: element.Name, attrs: element.Copy().Attr})
		t.text.Reset()
	}
	return nil
}

func (t *tree) end() {
	last := len(t.open) - 1
	if last < 0 {
		t.ended = true
		return
	}
	closed := t.open[last]
	t.open = t.open[:last]
	if len(closed.children) == 0 {
		closed.text = t.text.String()
	}
	t.text.Reset()
	if last == 0 {
		t.each(closed)
		return
	}
	above := t.open[last-1]
	above.children = append(above.children, closed)
}

// understood tells a page that was never meant as XML from XML that is broken.
func understood(err error, begun bool) error {
	var syntax *xml.SyntaxError
	switch {
	case !errors.As(err, &syntax):
		return err
	case !begun:
		return errNoXML
	case strings.Contains(syntax.Msg, "unexpected EOF"):
		return io.ErrUnexpectedEOF
	}
	return fmt.Errorf("the answer is broken XML: %w", err)
}

// charset takes what UTF-8 contains, and Latin-1, which old servers declare. UTF-7 and the like are refused.
func charset(name string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(name) {
	case "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1":
		return r, nil // what is no UTF-8 was replaced before
	}
	return nil, fmt.Errorf("the answer is written in %q, which is not read", name)
}

// cleaner replaces what XML does not allow: control characters, raw or as references, and bytes that are not UTF-8.
// Servers put the text of events into XML as it is, and one such event must not make the whole answer unreadable.
type cleaner struct {
	r    *bufio.Reader
	rest []byte
}

func newCleaner(r io.Reader) *cleaner { return &cleaner{r: bufio.NewReaderSize(r, 32<<10)} }

func (c *cleaner) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(c.rest) > 0 {
			k := copy(p[n:], c.rest)
			c.rest = c.rest[k:]
			n += k
			continue
		}
		if k := c.plain(p[n:]); k > 0 {
			n += k
			continue
		}
		if n > 0 && c.r.Buffered() == 0 {
			return n, nil
		}
		if err := c.odd(); err != nil {
			if n > 0 {
				return n, nil // the error comes again
			}
			return 0, err
		}
	}
	return n, nil
}

// plain copies buffered bytes up to the first that needs a look.
func (c *cleaner) plain(p []byte) int {
	buffered, _ := c.r.Peek(c.r.Buffered())
	n := 0
	for n < len(p) && n < len(buffered) {
		b := buffered[n]
		if b == '&' || b >= utf8.RuneSelf || b < ' ' && b != '\n' && b != '\r' && b != '\t' {
			break
		}
		n++
	}
	copy(p, buffered[:n])
	c.r.Discard(n)
	return n
}

// odd reads one character or reference and puts what may stand for it into rest.
func (c *cleaner) odd() error {
	r, size, err := c.r.ReadRune()
	if err != nil {
		return err
	}
	switch {
	case r == '&':
		c.reference()
	case r == utf8.RuneError && size == 1, !isXML(r):
		c.rest = utf8.AppendRune(nil, utf8.RuneError)
	default:
		c.rest = utf8.AppendRune(nil, r)
	}
	return nil
}

// reference looks at what follows an ampersand; only a numeric reference to a forbidden character is replaced.
func (c *cleaner) reference() {
	c.rest = []byte("&")
	ahead, _ := c.r.Peek(12)
	name, _, ok := strings.Cut(string(ahead), ";")
	digits, numeric := strings.CutPrefix(name, "#")
	if !ok || !numeric {
		return
	}
	base := 10
	if hex, is := strings.CutPrefix(strings.ToLower(digits), "x"); is {
		digits, base = hex, 16
	}
	code, err := strconv.ParseUint(digits, base, 32)
	if err == nil && code <= utf8.MaxRune && !isXML(rune(code)) {
		c.r.Discard(len(name) + 1)
		c.rest = utf8.AppendRune(nil, utf8.RuneError)
	}
}

// isXML is the Char production of XML 1.0.
func isXML(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}

const namespaces = ` xmlns:D="DAV:" xmlns:C="` + calNS + `" xmlns:S="` + csNS + `"`

// document is the body of a request: a root element, by its name with prefix, around what stands in it.
func document(root, inside string) []byte {
	return []byte(`<?xml version="1.0" encoding="utf-8"?>` + "\n<" + root + namespaces + ">" + inside + "</" + root + ">")
}

// escaped is text as it may stand in an element.
func escaped(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s))
	return b.String()
}
