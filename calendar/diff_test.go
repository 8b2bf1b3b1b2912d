package calendar

import (
	"testing"
	"time"
)

func TestDiffLeavesOutWhatHolds(t *testing.T) {
	at := time.Date(2026, 12, 2, 14, 30, 0, 0, time.UTC)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	slot := Span{at, at.Add(45 * time.Minute)}
	moved := Span{at.Add(time.Hour), at.Add(2 * time.Hour)}
	text := "agenda"
	have := Series{UID: "u", Name: "n", Version: "v", Mark: Mark{"id": "x"}, Instances: []Instance{
		{Original: at, Span: slot, Standing: slot, Override: true, Description: "agenda", Mark: Mark{"moves": "1"},
			Sequence: 3, Attendees: []Attendee{{Email: "dana@example.org", Status: Declined, Comment: "no"}}},
		{Original: at.AddDate(0, 0, 7), Span: Span{at.AddDate(0, 0, 7), at.AddDate(0, 0, 7).Add(time.Hour)}, Cancelled: true},
	}}
	rows := []struct {
		name   string
		series Patch
		want   []InstancePatch
		writes int // instances in the change
		master bool
	}{
		{"a span that stands", Patch{}, []InstancePatch{{at, Patch{Span: &slot}}}, 0, false},
		{"the same instants in another zone", Patch{}, []InstancePatch{{at.In(berlin), Patch{Span: &Span{at.In(berlin), at.In(berlin).Add(45 * time.Minute)}}}}, 0, false},
		{"a text and a mark that stand", Patch{}, []InstancePatch{{at, Patch{Description: &text, Mark: Mark{"moves": "1", "pin": ""}}}}, 0, false},
		{"another span", Patch{}, []InstancePatch{{at, Patch{Span: &moved}}}, 1, false},
		{"two wishes for one instance", Patch{}, []InstancePatch{{at, Patch{Span: &moved}}, {at, Patch{Mark: Mark{"moves": "2"}}}}, 1, false},
		{"a mark that goes", Patch{}, []InstancePatch{{at, Patch{Mark: Mark{"moves": ""}}}}, 1, false},
		{"cancelling what is cancelled", Patch{}, []InstancePatch{{at.AddDate(0, 0, 7), Patch{Cancelled: new(true)}}}, 0, false},
		{"bringing it back", Patch{}, []InstancePatch{{at.AddDate(0, 0, 7), Patch{Cancelled: new(false)}}}, 1, false},
		{"a SEQUENCE that is reached", Patch{}, []InstancePatch{{at, Patch{Sequence: 3}}}, 0, false},
		{"a higher SEQUENCE", Patch{}, []InstancePatch{{at, Patch{Sequence: 4}}}, 1, false},
		{"an answer that stands", Patch{}, []InstancePatch{{at, Patch{Answer: &Answer{"dana@example.org", Declined, "no"}}}}, 0, false},
		{"an answer without its note", Patch{}, []InstancePatch{{at, Patch{Answer: &Answer{"dana@example.org", Declined, ""}}}}, 1, false},
		{"an answer of somebody who was not asked", Patch{}, []InstancePatch{{at, Patch{Answer: &Answer{"eve@example.org", Declined, ""}}}}, 0, false},
		{"the master's mark as it is", Patch{Mark: Mark{"id": "x"}}, nil, 0, false},
		{"the master's mark changed", Patch{Mark: Mark{"id": "y"}}, nil, 0, true},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			c, any := Diff(have, r.series, r.want)
			if len(c.Instances) != r.writes || (c.Series != nil) != r.master || any != (r.writes > 0 || r.master) {
				t.Errorf("the change is %+v", c)
			}
			if c.UID != "u" || c.Name != "n" || c.Version != "v" {
				t.Errorf("the change is not on condition of what was seen: %+v", c)
			}
		})
	}
}

func TestOnlyChangesOfTimeAskGuestsAgain(t *testing.T) {
	text := "x"
	if (Patch{Description: &text, Mark: Mark{"a": "b"}}).Retimes() {
		t.Error("a text is no change of time")
	}
	for _, p := range []Patch{{Span: &Span{}}, {Rule: &text}, {Cancelled: new(true)}} {
		if !p.Retimes() {
			t.Errorf("%+v is a change of time", p)
		}
	}
}
