package store

import (
	"reflect"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
)

// verdict is of the week 2026-W49, held on Wednesday at that hour UTC.
func verdict(hour int) Verdict {
	slot := calendar.Span{Start: time.Date(2026, 12, 2, hour, 0, 0, 0, time.UTC)}
	slot.End = slot.Start.Add(45 * time.Minute)
	week := calendar.Span{Start: time.Date(2026, 11, 29, 23, 0, 0, 0, time.UTC), End: time.Date(2026, 12, 6, 23, 0, 0, 0, time.UTC)}
	return VerdictOf(plan.Decision{
		Period: plan.Period{Key: "2026-W49", Span: week}, State: plan.Held, Code: "held", Sentence: "It stands.",
		Basis: plan.Sighted, Original: slot.Start, Slot: slot, Rung: plan.AtStanding,
		Looked: []plan.Look{{Rung: plan.SameDay, After: monday, Legal: 3}},
	})
}

func TestHistoryOnlyTellsNews(t *testing.T) {
	berlin := must[*time.Location](t)(time.LoadLocation("Europe/Berlin"))
	rows := []struct {
		name     string
		next     func(*Verdict)
		rows     int
		rewrites bool
	}{
		{"the same again", func(*Verdict) {}, 1, false},
		{"the same slot read in another zone", func(v *Verdict) { v.Slot.Start = v.Slot.Start.In(berlin) }, 1, true},
		{"a search that started later", func(v *Verdict) { v.Looked = []plan.Look{{After: monday.Add(time.Hour), Legal: 2}} }, 1, false},
		{"another basis", func(v *Verdict) { v.Basis = plan.Blind }, 1, true},
		{"a later moment at which to move", func(v *Verdict) { v.Until = monday }, 1, true},
		{"another state", func(v *Verdict) { v.State = plan.Unmet }, 2, true},
		{"another code", func(v *Verdict) { v.Code = "pinned" }, 2, true},
		{"another sentence", func(v *Verdict) { v.Sentence = "It was moved." }, 2, true},
		{"another end of the slot", func(v *Verdict) { v.Slot.End = v.Slot.End.Add(-5 * time.Minute) }, 2, true},
		{"the week after the clock change, an hour later in UTC", func(v *Verdict) {
			v.Slot = calendar.Span{Start: v.Slot.Start.Add(time.Hour), End: v.Slot.End.Add(time.Hour)}
		}, 2, true},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			s := opened(t, t.TempDir())
			ok(t, s.SaveVerdicts("dana", []Verdict{verdict(14)}, monday))
			next := verdict(14)
			r.next(&next)
			for i := range 288 {
				ok(t, s.SaveVerdicts("dana", []Verdict{next}, monday.Add(time.Duration(i+1)*5*time.Minute)))
			}
			history := must[[]Dated](t)(s.History("dana", "2026-W49"))
			if len(history) != r.rows {
				t.Errorf("%d rows of history, want %d", len(history), r.rows)
			}
			since := map[bool]time.Time{false: monday, true: monday.Add(5 * time.Minute)}[r.rewrites]
			if now := must[[]Dated](t)(s.Verdicts("dana")); len(now) != 1 || !now[0].At.Equal(since) || now[0].Basis != next.Basis {
				t.Errorf("current: %+v, want it since %v", now, since)
			}
		})
	}
}

func TestAPeriodThatLeftTheHorizon(t *testing.T) {
	s := opened(t, t.TempDir())
	ok(t, s.SaveVerdicts("dana", []Verdict{verdict(14)}, monday))
	ok(t, s.SaveVerdicts("eve", []Verdict{verdict(9)}, monday))
	ok(t, s.SaveVerdicts("dana", nil, monday.Add(time.Hour)))
	if now := must[[]Dated](t)(s.Verdicts("dana")); len(now) != 0 {
		t.Errorf("still current: %+v", now)
	}
	ok(t, s.SaveVerdicts("dana", []Verdict{verdict(14)}, monday.Add(2*time.Hour))) // back, as it was: no news
	if past := must[[]Dated](t)(s.History("dana", "2026-W49")); len(past) != 1 || !past[0].At.Equal(monday) {
		t.Errorf("history: %+v", past)
	}
	if other := must[[]Dated](t)(s.Verdicts("eve")); len(other) != 1 || other[0].Slot.Start.Hour() != 9 {
		t.Errorf("the other bilateral: %+v", other)
	}
}

func TestAVerdictComesBackAsItWentIn(t *testing.T) {
	s := opened(t, t.TempDir())
	in := verdict(14)
	in.Blockers = []plan.Blocker{{Span: in.Slot, Who: "dana", Why: "hard"}}
	in.NearMisses = []plan.NearMiss{{Slot: in.Slot, Gives: in.Blockers}}
	in.Offers, in.Notes, in.Pinned, in.Moved, in.Until = []calendar.Span{in.Slot}, []string{"It lies outside hours."}, true, true, monday
	in.From, in.Action, in.Trouble, in.Final, in.Unverified = in.Slot, plan.Move, "x", true, true
	ok(t, s.SaveVerdicts("dana", []Verdict{in}, monday))
	for _, got := range [][]Dated{must[[]Dated](t)(s.Verdicts("dana")), must[[]Dated](t)(s.History("dana", "2026-W49")),
		must[[]Dated](t)(s.HistoryOf("dana", in.Span))} {
		if len(got) != 1 || !reflect.DeepEqual(got[0].Verdict, in) {
			t.Errorf("got  %+v\nwant %+v", got, in)
		}
	}
	later := calendar.Span{Start: in.Span.End, End: in.Span.End.AddDate(1, 0, 0)}
	if got := must[[]Dated](t)(s.HistoryOf("dana", later)); len(got) != 0 {
		t.Errorf("history of later periods: %+v", got)
	}
}

func TestOutcomes(t *testing.T) {
	s := opened(t, t.TempDir())
	slot := func(start time.Time) calendar.Span {
		return calendar.Span{Start: start, End: start.Add(45 * time.Minute)}
	}
	// Of the two half past twos of one night, and one slot given in New York time.
	newYork := must[*time.Location](t)(time.LoadLocation("America/New_York"))
	summer, winter := berlin(t, 2026, 10, 25, 2, 30), berlin(t, 2026, 10, 25, 2, 30).Add(time.Hour)
	far := time.Date(2026, 10, 28, 9, 0, 0, 0, newYork)

	ok(t, s.SetOutcome("dana", Outcome{Period: "2026-W43", Slot: slot(summer), Was: plan.WasNot, At: summer}))
	ok(t, s.SetOutcome("dana", Outcome{Period: "2026-W43", Slot: slot(summer), Was: plan.WasHeld, At: winter})) // too late
	ok(t, s.SetOutcome("dana", Outcome{Period: "2026-W43", Slot: slot(winter), Was: plan.WasHeld, At: winter}))
	ok(t, s.SetOutcome("dana", Outcome{Period: "2026-W44", Slot: slot(far), Was: plan.WasNot, At: far.AddDate(0, 0, 3)})) // the clock was ahead
	ok(t, s.SetOutcome("dana", Outcome{Period: "2026-W44", Slot: slot(far), Was: plan.WasHeld, At: far}))
	ok(t, s.Confirm("dana", "2026-W43", winter.Add(time.Hour)))
	ok(t, s.Confirm("dana", "2026-W43", winter.Add(2*time.Hour)))

	got := must[Outcomes](t)(s.Outcomes("dana", time.Time{}))
	for _, r := range []struct {
		start time.Time
		want  plan.Outcome
	}{{summer, plan.WasNot}, {winter, plan.WasHeld}, {far.UTC(), plan.WasHeld}, {monday, plan.Unrecorded}} {
		if was := got.Of(r.start); was != r.want {
			t.Errorf("the slot at %v: %v, want %v", r.start, was, r.want)
		}
	}
	if len(got) != 3 || !got[0].Confirmed.IsZero() || !got[1].Confirmed.Equal(winter.Add(time.Hour)) || !got[2].Confirmed.IsZero() {
		t.Errorf("%+v", got)
	}
	if got := must[Outcomes](t)(s.Outcomes("dana", far)); len(got) != 1 || got[0].Period != "2026-W44" || got[0].Slot != slot(far.UTC()) {
		t.Errorf("since the last: %+v", got)
	}
}
