package sim

import (
	"slices"
	"strings"

	"bilateral/calendar"
	"bilateral/internal/plan"
)

const note = "cannot, let us talk first"

// comment puts a note beside a no now and then, where servers differ: a property, or a parameter of the attendee.
func (w *world) comment(o *node, said string) string {
	if said != "DECLINED" || w.IntN(3) > 0 {
		return ""
	}
	if w.IntN(2) == 0 {
		o.set("COMMENT:" + note)
		return " with a note"
	}
	for k, l := range o.lines {
		if nameOf(l) == "ATTENDEE" && paramOf(l, "PARTSTAT") == "DECLINED" && paramOf(l, "X-RESPONSE-COMMENT") == "" {
			o.lines[k] = strings.TrimSuffix(l, ":"+valueOf(l)) + `;X-RESPONSE-COMMENT="` + note + `":` + valueOf(l)
		}
	}
	return " with a note beside it"
}

// keepNote lets a note go where the answer goes.
func keepNote(to, from *node) {
	if l := from.line("COMMENT"); l != "" {
		to.set(l)
	}
}

// noted reports whether a no of that address came with a note.
func noted(n *node, email string) bool {
	return status(n, email) == "DECLINED" && (n.value("COMMENT") != "" || slices.ContainsFunc(n.lines, func(l string) bool {
		return nameOf(l) == "ATTENDEE" && strings.EqualFold(valueOf(l), "mailto:"+email) && paramOf(l, "X-RESPONSE-COMMENT") != ""
	}))
}

// noted reports whether the executive said no to the meeting where it stands, with a note.
func (c *check) noted(m meeting) bool {
	if m.own != nil && status(m.own, c.Executive.Email) == "DECLINED" {
		return noted(m.own, c.Executive.Email)
	}
	o := c.theirCopy(m)
	return o != nil && noted(o, c.Executive.Email)
}

// theirCopy is the meeting's override in the executive's calendar, if that can be read and says the same time; else nil.
func (c *check) theirCopy(m meeting) *node {
	if c.anonymous {
		return nil
	}
	for _, s := range c.w.read(c.hers, c.pair).list {
		o := s.override(m.original)
		if o != nil && s.uid() == m.uid() && o.moment("DTSTART").Equal(m.span.Start) && o.end().Equal(m.span.End) {
			return o
		}
	}
	return nil
}

// ownerDeclines says no to one meeting in the owner's own calendar app, which puts the owner on the list for it.
func ownerDeclines(w *world, p *pair) string {
	m, ok := p.coming()
	if !ok {
		return ""
	}
	o := m.ownText(true)
	if !answer(o, p.Owner.Email, "DECLINED") {
		o.lines = append(o.lines, "ATTENDEE;PARTSTAT=DECLINED:mailto:"+p.Owner.Email)
	}
	w.save(w.mine, m.series)
	return "the owner declines " + plan.When(m.span, w.zone)
}

// ownNo reports whether the owner said no to the meeting.
func (p *pair) ownNo(m meeting) bool {
	return m.own != nil && status(m.own, p.Owner.Email) == "DECLINED"
}

// dropMarks is a client that writes the whole object back without what it does not know.
func dropMarks(w *world, p *pair) string {
	list := p.series(w.mine)
	if len(list) == 0 {
		return ""
	}
	s := list[len(list)-1]
	for _, n := range append([]*node{s.master}, s.overrides...) {
		n.drop(ours)
	}
	w.save(w.mine, s)
	p.byHand = true
	for _, mem := range p.periods {
		mem.forgotten = true
		if s.ended() {
			mem.skipAsked = mem.skipAsked || mem.deleted
			mem.pin, mem.deleted = calendar.Span{}, false // what the series that goes on was to keep stood in the mark
		}
	}
	for _, m := range s.meetings(w.end.AddDate(0, 5, 0)) {
		mem := p.remember(p.periodOf(m.original, list))
		mem.forgotten = true
		switch {
		case m.live && m.own != nil && !m.span.Equal(m.standing):
			mem.pin = m.span // nobody can tell who put it there
		case m.live:
			mem.pin = calendar.Span{}
		default:
			// Nor who took it away; but what was left out of a series is a skip once it is taken over again.
			mem.pin, mem.deleted = calendar.Span{}, true
			mem.skipAsked = mem.skipAsked || mem.skipped || p.adopts
		}
	}
	if known, err := w.store.KnownSeries(p.Name); err == nil && len(known) == 0 {
		p.recollect() // the state was lost before, and nobody has looked since
	}
	return "a client drops our marks from the whole series"
}
