package calendar

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Diff is the change that brings a series from what was observed to what is wanted, and whether there is anything to
// change. Parts of a wish that already hold are left out, so that what was written before is not written again. Wishes for
// one instance are merged, later ones winning.
func Diff(have Series, series Patch, want []InstancePatch) (Change, bool) {
	c := Change{UID: have.UID, Name: have.Name, Version: have.Version}
	if p := lessen(series, held{have.Mark, Span{have.Start, have.Start.Add(have.Duration)}, have.Description, have.Cancelled, have.Sequence,
		have.Attendees}); !p.Empty() {
		c.Series = &p
	}
	for _, w := range merge(want) {
		i := have.At(w.Original)
		if i == nil {
			c.Instances = append(c.Instances, w)
			continue
		}
		p := lessen(w.Patch, held{i.Mark, i.Span, i.Description, i.Cancelled || i.Excluded, i.Sequence, i.Attendees})
		if !p.Empty() {
			c.Instances = append(c.Instances, InstancePatch{w.Original, p})
		}
	}
	return c, c.Series != nil || len(c.Instances) > 0
}

// At returns the instance with that original start, or nil.
func (s *Series) At(original time.Time) *Instance {
	for k := range s.Instances {
		if s.Instances[k].Original.Equal(original) {
			return &s.Instances[k]
		}
	}
	return nil
}

func merge(want []InstancePatch) []InstancePatch {
	var out []InstancePatch
	for _, w := range want {
		k := slices.IndexFunc(out, func(p InstancePatch) bool { return p.Original.Equal(w.Original) })
		if k < 0 {
			w.Mark = w.Mark.Clone()
			out = append(out, w)
			continue
		}
		out[k].Patch = out[k].Over(w.Patch)
	}
	slices.SortFunc(out, func(a, b InstancePatch) int { return a.Original.Compare(b.Original) })
	return out
}

// Over lays a later patch over p.
func (p Patch) Over(q Patch) Patch {
	p.Title, p.Location, p.Description = cmp.Or(q.Title, p.Title), cmp.Or(q.Location, p.Location), cmp.Or(q.Description, p.Description)
	p.Span, p.Rule, p.Cancelled = cmp.Or(q.Span, p.Span), cmp.Or(q.Rule, p.Rule), cmp.Or(q.Cancelled, p.Cancelled)
	p.Answer, p.Sequence = cmp.Or(q.Answer, p.Answer), max(p.Sequence, q.Sequence)
	for k, v := range q.Mark {
		if p.Mark == nil {
			p.Mark = Mark{}
		}
		p.Mark[k] = v
	}
	return p
}

// held is what a component has of the things that a patch may change.
type held struct {
	mark        Mark
	span        Span
	description string
	cancelled   bool
	sequence    int
	attendees   []Attendee
}

func lessen(p Patch, h held) Patch {
	if p.Span != nil && p.Span.Equal(h.span) && !h.cancelled {
		p.Span = nil
	}
	if p.Description != nil && *p.Description == h.description {
		p.Description = nil
	}
	if p.Cancelled != nil && *p.Cancelled == h.cancelled {
		p.Cancelled = nil
	}
	if p.Sequence <= h.sequence {
		p.Sequence = 0
	}
	if p.Answer != nil {
		a, invited := Attends(h.attendees, p.Answer.Email)
		if !invited || a.Status == p.Answer.Status && a.Comment == p.Answer.Comment {
			p.Answer = nil
		}
	}
	p.Mark = p.Mark.Clone()
	if maps.DeleteFunc(p.Mark, func(k, v string) bool { return h.mark[k] == v }); len(p.Mark) == 0 {
		p.Mark = nil
	}
	return p
}
