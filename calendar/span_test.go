package calendar_test

import (
	"slices"
	"testing"
	"time"

	"bilateral/calendar"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestSpansAreUnited(t *testing.T) {
	berlin, newYork := zone(t, "Europe/Berlin"), zone(t, "America/New_York")
	span := func(z *time.Location, from, to int) calendar.Span { // hours of the day on which Berlin's clocks go back
		d := calendar.Date{Year: 2026, Month: time.October, Day: 25}
		return calendar.Span{Start: d.At(from*60, z), End: d.At(to*60, z)}
	}
	for _, row := range []struct {
		sentence   string
		list, want []calendar.Span
	}{
		{"none is none", nil, nil},
		{"spans that overlap or touch are one, in whatever order", []calendar.Span{span(berlin, 12, 14), span(berlin, 9, 10), span(berlin, 10, 11), span(berlin, 13, 15)},
			[]calendar.Span{span(berlin, 9, 11), span(berlin, 12, 15)}},
		{"one inside another adds nothing", []calendar.Span{span(berlin, 9, 17), span(berlin, 10, 11)}, []calendar.Span{span(berlin, 9, 17)}},
		{"an empty one vanishes", []calendar.Span{span(berlin, 9, 9)}, nil},
		{"over the hour that is repeated there is no gap", []calendar.Span{span(berlin, 0, 2), span(berlin, 2, 4)}, []calendar.Span{span(berlin, 0, 4)}},
		{"noon in Berlin, in winter by then, touches six in New York, still in summer", []calendar.Span{span(newYork, 7, 8), span(berlin, 11, 12)},
			[]calendar.Span{span(berlin, 11, 13)}},
	} {
		if got := calendar.United(slices.Clone(row.list)); !slices.EqualFunc(got, row.want, calendar.Span.Equal) {
			t.Errorf("%s: got %v, want %v", row.sentence, got, row.want)
		}
	}
	if got := span(berlin, 9, 17).Clip(span(berlin, 12, 18)); !got.Equal(span(berlin, 12, 17)) {
		t.Errorf("clipped to %v", got)
	}
	if got := span(berlin, 9, 10).Clip(span(berlin, 12, 18)); got.Length() > 0 {
		t.Errorf("what lies outside leaves %v", got)
	}
}
