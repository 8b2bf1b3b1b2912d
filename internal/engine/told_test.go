package engine

import (
	"testing"
	"time"

	"bilateral/calendar"
)

func TestWhatWasToldIsReadAsItWasWritten(t *testing.T) {
	at := time.Date(2026, 12, 2, 14, 30, 0, 0, time.UTC)
	in := told{3, "20261125T143000Z/45 Europe/Berlin BYDAY=WE;FREQ=WEEKLY", map[int64]word{
		at.Unix(): {"20261202T153000Z/45", 4, true}, at.AddDate(0, 0, 7).Unix(): {gone, 5, false}}}
	if out := parseTold(in.String()); out.String() != in.String() || out.sequenceOf(at) != 4 || out.sequenceOf(at.AddDate(0, 0, 14)) != 3 {
		t.Errorf("%q became %q", in, out)
	}
}

func TestAStandingTimeIsKnownHoweverItsRuleIsWritten(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	s := calendar.Series{Start: utc(t, "2026-11-25 14:30"), Zone: berlin, Duration: 45 * time.Minute, Rule: "FREQ=WEEKLY;BYDAY=WE"}
	for name, row := range map[string]struct {
		change func(*calendar.Series)
		same   bool
	}{
		"in another order":        {func(s *calendar.Series) { s.Rule = "BYDAY=WE;FREQ=WEEKLY" }, true},
		"with what is understood": {func(s *calendar.Series) { s.Rule = "FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=WE" }, true},
		"in lower case":           {func(s *calendar.Series) { s.Rule = "freq=weekly;byday=we" }, true},
		"with an end":             {func(s *calendar.Series) { s.Rule += ";UNTIL=20270101T000000Z" }, false},
		"at the same instant on a clock that changes on another day": {func(s *calendar.Series) { s.Zone = zone(t, "America/New_York") }, false},
		"an hour later": {func(s *calendar.Series) { s.Start = s.Start.Add(time.Hour) }, false},
	} {
		other := s
		row.change(&other)
		if same := standingOf(s) == standingOf(other); same != row.same {
			t.Errorf("%s: %q and %q", name, standingOf(s), standingOf(other))
		}
	}
}

func FuzzTold(f *testing.F) {
	f.Add("3 20261125T143000Z/45 Europe/Berlin FREQ=WEEKLY\n20261202T143000Z=gone 4 a\n")
	f.Fuzz(func(t *testing.T, text string) {
		once := parseTold(text)
		if twice := parseTold(once.String()); once.standing != "" && twice.String() != once.String() {
			t.Errorf("%q is read as %q and then as %q", text, once, twice)
		}
	})
}
