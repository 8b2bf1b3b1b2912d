package store

import (
	"testing"
	"time"

	"bilateral/internal/plan"
)

func TestARemarkKeepsTheMomentItWasFoundFirst(t *testing.T) {
	s := opened(t, t.TempDir())
	first := Remark{Code: "agenda_edited", Severity: "warning", Period: "2026-W49", Text: "edited", Since: monday}
	if err := s.SetRemarks("dana", Remarks{List: []Remark{first}}); err != nil {
		t.Fatal(err)
	}
	later := first
	later.Since = monday.Add(time.Hour)
	suggestion := &plan.Suggestion{Prefer: plan.Prefer{Weekday: time.Thursday, Minute: 960}, Free: 7, Of: 8}
	if err := s.SetRemarks("dana", Remarks{List: []Remark{later}, Suggestion: suggestion}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Remarks("dana")
	if err != nil || len(got.List) != 1 || !got.List[0].Since.Equal(monday) || got.Suggestion == nil || *got.Suggestion != *suggestion {
		t.Fatalf("%+v %v", got, err)
	}
	if other, err := s.Remarks("erin"); err != nil || len(other.List) != 0 {
		t.Fatalf("%+v %v", other, err)
	}
}
