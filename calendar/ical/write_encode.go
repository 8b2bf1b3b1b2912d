package ical

import (
	"bytes"
	"strings"

	goical "github.com/emersion/go-ical"
)

// encodeStrictly writes an object of our own with go-ical's encoder, which refuses what RFC 5545 section 3.6 does not
// allow: a property that is missing or stands twice, a component in the wrong place. It does not fold; [Patched] does.
func (b *block) encodeStrictly() ([]byte, error) {
	var out bytes.Buffer
	err := goical.NewEncoder(&out).Encode(&goical.Calendar{Component: b.component()})
	return out.Bytes(), err
}

func (b *block) component() *goical.Component {
	c := goical.NewComponent(b.name)
	for _, it := range b.items {
		if it.child != nil {
			c.Children = append(c.Children, it.child.component())
		} else if p, ok := it.property(); ok {
			c.Props.Add(p.prop())
		}
	}
	return c
}

func (p property) prop() *goical.Prop {
	out := goical.NewProp(p.name)
	out.Value = p.value
	for _, param := range p.params {
		name, value, _ := strings.Cut(param, "=")
		out.Params.Add(name, strings.Trim(value, `"`)) // the encoder quotes where that is needed
	}
	return out
}
