package notify

import (
	"strings"
	"testing"
	"time"

	"bilateral/internal/engine"
	"bilateral/internal/store"
)

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func unmet(period, severity string) engine.Problem {
	return engine.Problem{Code: "period_unmet", Severity: severity, Bilateral: "dana", Period: period,
		Message: period + ": no meeting stands in " + period + "; no slot of 20 min is left in " + period + "; Thu 16:00 would do without busy 16:00-17:00 (Dana)",
		Do:      "bilateral why dana " + period}
}

func unread(name string) engine.Problem {
	return engine.Problem{Code: "calendar_unreadable", Severity: engine.Warning, Message: "the calendar " + name + " cannot be read", Calendar: name}
}

// story is a pass after the other: the problems that each finds, and what is told after it, by event and severity.
func TestAPersonIsToldOnceWhenItBeginsAndOnceWhenItEnds(t *testing.T) {
	const critical, warning = engine.Critical, engine.Warning
	none := []engine.Problem(nil)
	is := func(p ...engine.Problem) []engine.Problem { return p }
	rows := []struct {
		name  string
		story [][]engine.Problem
		told  string // one word a pass
	}{
		{"a problem that stays", [][]engine.Problem{is(unmet("W49", critical)), is(unmet("W49", critical)), is(unmet("W49", critical))}, "critical - -"},
		{"a problem that ends", [][]engine.Problem{is(unmet("W49", critical)), none, none, none}, "critical - over -"},
		{"one that is gone for one pass and back", [][]engine.Problem{is(unmet("W49", critical)), none, is(unmet("W49", critical)), none, is(unmet("W49", critical))}, "critical - - - -"},
		{"one that comes back after its end", [][]engine.Problem{is(unmet("W49", critical)), none, none, is(unmet("W49", critical))}, "critical - over critical"},
		{"one that gets worse is told again at once", [][]engine.Problem{is(unmet("W49", warning)), is(unmet("W49", critical)), none, none}, "warning critical - over"},
		{"one that gets milder is told when that lasts", [][]engine.Problem{is(unmet("W49", critical)), is(unmet("W49", warning)), is(unmet("W49", warning)), is(unmet("W49", warning))}, "critical - warning -"},
		{"one that wavers is told once", [][]engine.Problem{is(unmet("W49", critical)), is(unmet("W49", warning)), is(unmet("W49", critical)), is(unmet("W49", warning))}, "critical - - -"},
		{"two periods are two problems, the worse first", [][]engine.Problem{is(unmet("W50", warning), unmet("W49", critical)), is(unmet("W50", warning)), is(unmet("W50", warning))}, "critical,warning - over"},
		{"two calendars that cannot be read are two problems", [][]engine.Problem{is(unread("work"), unread("team")), is(unread("team")), is(unread("team"))}, "warning,warning - over"},
		{"the same thing said twice counts as the worse of the two", [][]engine.Problem{is(unmet("W49", warning), unmet("W49", critical)), is(unmet("W49", critical), unmet("W49", warning))}, "critical -"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			var state []store.Notice
			var words []string
			for k, problems := range r.story {
				var due []Notice
				state, due = compare(state, problems, monday.Add(time.Duration(k)*5*time.Minute))
				for _, n := range due {
					state = settle(state, n)
				}
				words = append(words, wordsOf(due))
			}
			if got := strings.Join(words, " "); got != r.told {
				t.Errorf("told %q, want %q", got, r.told)
			}
		})
	}
}

func wordsOf(due []Notice) string {
	var all []string
	for _, n := range due {
		if n.Ended {
			all = append(all, "over")
		} else {
			all = append(all, n.Severity)
		}
	}
	if all == nil {
		return "-"
	}
	return strings.Join(all, ",")
}

func TestWhatCouldNotBeToldKeepsItsMomentAndMayEndUntold(t *testing.T) {
	problems := []engine.Problem{unmet("W49", engine.Critical)}
	state, _ := compare(nil, problems, monday)
	state, due := compare(state, problems, monday.Add(time.Hour))
	if len(due) != 1 || !due[0].Since.Equal(monday) || !due[0].At.Equal(monday.Add(time.Hour)) {
		t.Errorf("told late: %+v", due)
	}
	state, due = compare(state, nil, monday.Add(2*time.Hour))
	if len(state)+len(due) != 0 {
		t.Errorf("nobody was told, and now hears of its end: %+v, %+v", state, due)
	}
}

func TestHeadlineIsShortAndQuotesNothingThatHides(t *testing.T) {
	rows := []struct {
		name string
		n    engine.Problem
		over bool
		want string
	}{
		{"a week without a slot", engine.Problem{Bilateral: "Dana", Period: "2026-W49", Message: "2026-W49: no slot is left in 2026-W49; Thu 16:00 would do"}, false, "Dana 2026-W49: no slot is left; Thu 16:00 would do"},
		{"its end", engine.Problem{Bilateral: "Dana", Period: "2026-W49", Message: "2026-W49: no slot"}, true, "over: Dana 2026-W49: no slot"},
		{"a problem of all", engine.Problem{Message: "the calendar work cannot be read"}, false, "the calendar work cannot be read"},
		{"a stranger's words", engine.Problem{Message: "server said \x1b[31mred\r\nBcc: eve@example.org \u202etfel\u0000"}, false, "server said [31mred Bcc: eve@example.org tfel"},
		{"a long one", engine.Problem{Message: strings.Repeat("word ", 100)}, false, strings.TrimSpace(strings.Repeat("word ", 24)) + " …"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			r.n.Severity = engine.Warning
			_, due := compare(nil, []engine.Problem{r.n}, monday)
			due[0].Ended = r.over
			if got := due[0].Headline(); got != r.want {
				t.Errorf("%q, want %q", got, r.want)
			}
		})
	}
}

func FuzzCleanIsOneVisibleLine(f *testing.F) {
	f.Add("a\r\nb\x1b[1m\u202e\u2028\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s)
		if strings.ContainsAny(got, "\r\n\x1b\x00\u202e\u2028\u2029\u0085") || clean(got) != got {
			t.Errorf("%q", got)
		}
	})
}
