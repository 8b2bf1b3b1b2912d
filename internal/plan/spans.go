package plan

import (
	"slices"
	"time"

	"bilateral/calendar"
)

// spans is a set of time: sorted, disjoint, and no two of them touch.
type spans []calendar.Span

// unite may reuse list.
func unite(list []calendar.Span) spans { return calendar.United(list) }

func intersect(a, b spans) spans {
	var out spans
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if start, end := later(a[i].Start, b[j].Start), earlier(a[i].End, b[j].End); start.Before(end) {
			out = append(out, calendar.Span{Start: start, End: end})
		}
		if a[i].End.Before(b[j].End) {
			i++
		} else {
			j++
		}
	}
	return out
}

// subtract returns what of a lies in no span of b.
func subtract(a, b spans) spans {
	var out spans
	j := 0
	for _, s := range a {
		for j < len(b) && !b[j].End.After(s.Start) {
			j++
		}
		for k := j; k < len(b) && b[k].Start.Before(s.End); k++ {
			if s.Start.Before(b[k].Start) {
				out = append(out, calendar.Span{Start: s.Start, End: b[k].Start})
			}
			s.Start = later(s.Start, b[k].End)
		}
		if s.Start.Before(s.End) {
			out = append(out, s)
		}
	}
	return out
}

// from is the index of the first span that ends after t.
func (s spans) from(t time.Time) int {
	i, _ := slices.BinarySearchFunc(s, t, func(x calendar.Span, t time.Time) int {
		if x.End.After(t) {
			return 1
		}
		return -1
	})
	return i
}

// clip returns the part of the set that lies in w.
func (s spans) clip(w calendar.Span) spans {
	lo := s.from(w.Start)
	hi := lo
	for hi < len(s) && s[hi].Start.Before(w.End) {
		hi++
	}
	if lo == hi {
		return nil
	}
	return intersect(s[lo:hi], spans{w})
}

func (s spans) overlap(w calendar.Span) bool {
	i := s.from(w.Start)
	return i < len(s) && s[i].Start.Before(w.End)
}

// contain reports whether w lies wholly in one span of the set.
func (s spans) contain(w calendar.Span) bool {
	i := s.from(w.Start)
	return i < len(s) && s[i].Contains(w)
}

func (s spans) has(t time.Time) bool {
	i := s.from(t)
	return i < len(s) && s[i].Has(t)
}

// next is the first start at or after t, and whether there is one.
func (s spans) next(t time.Time) (time.Time, bool) {
	for _, x := range s[s.from(t):] {
		if !x.Start.Before(t) {
			return x.Start, true
		}
	}
	return time.Time{}, false
}

// covered is how much of w the set covers.
func (s spans) covered(w calendar.Span) time.Duration {
	var sum time.Duration
	for i := s.from(w.Start); i < len(s) && s[i].Start.Before(w.End); i++ {
		sum += earlier(s[i].End, w.End).Sub(later(s[i].Start, w.Start))
	}
	return sum
}

func (s spans) hasGap(length time.Duration) bool {
	return slices.ContainsFunc(s, func(x calendar.Span) bool { return x.Length() >= length })
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
