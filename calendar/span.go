package calendar

import (
	"slices"
	"time"
)

// Span is the half-open stretch of time [Start, End), in UTC.
type Span struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// Overlaps reports whether the two spans share a moment. Spans that only touch do not.
func (s Span) Overlaps(o Span) bool { return s.Start.Before(o.End) && o.Start.Before(s.End) }

// Contains reports whether o lies wholly inside s.
func (s Span) Contains(o Span) bool { return !o.Start.Before(s.Start) && !o.End.After(s.End) }

// Has reports whether t lies in s.
func (s Span) Has(t time.Time) bool { return !t.Before(s.Start) && t.Before(s.End) }

// Length is End - Start.
func (s Span) Length() time.Duration { return s.End.Sub(s.Start) }

// Equal compares instants, not zones.
func (s Span) Equal(o Span) bool { return s.Start.Equal(o.Start) && s.End.Equal(o.End) }

// IsZero reports whether the span was never set.
func (s Span) IsZero() bool { return s.Start.IsZero() && s.End.IsZero() }

// UTC returns the span with both ends in UTC.
func (s Span) UTC() Span { return Span{s.Start.UTC(), s.End.UTC()} }

// Clip returns the part of s that lies in o; where they share no moment it has no length, or ends before it starts.
func (s Span) Clip(o Span) Span {
	if s.Start.Before(o.Start) {
		s.Start = o.Start
	}
	if s.End.After(o.End) {
		s.End = o.End
	}
	return s
}

// United returns spans by start, with those that overlap or touch joined and empty ones left out. It may reuse list.
func United(list []Span) []Span {
	slices.SortFunc(list, func(a, b Span) int { return a.Start.Compare(b.Start) })
	out := list[:0]
	for _, s := range list {
		switch last := len(out) - 1; {
		case !s.Start.Before(s.End):
		case last >= 0 && !s.Start.After(out[last].End):
			if s.End.After(out[last].End) {
				out[last].End = s.End
			}
		default:
			out = append(out, s)
		}
	}
	return out
}
