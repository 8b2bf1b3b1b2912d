package notify

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/internal/engine"
	"bilateral/internal/store"
)

// Notice is one thing to tell: a problem began (or is of another severity now), or it ended. Its texts are single lines
// without anything invisible, whatever calendar they quote.
type Notice struct {
	engine.Problem
	Ended bool
	Since time.Time // when the problem was first seen, UTC
	At    time.Time // of the pass that makes it known, UTC
}

// compare works out what a channel is to be told, worst first, and what is to be remembered whether or not that succeeds.
//
// An end, or a fall of the severity, counts when a second pass in a row finds it: what is gone for one pass and back is
// no news. A problem stays remembered, without severity, until it was told, and is forgotten untold if it ends before.
func compare(told []store.Notice, problems []engine.Problem, now time.Time) (state []store.Notice, due []Notice) {
	state = slices.Clone(told)
	problems = distinct(problems)
	for _, p := range problems {
		p.Message, p.Do = clean(p.Message), clean(p.Do)
		k := slices.IndexFunc(state, func(n store.Notice) bool { return about(n, p) })
		if k < 0 {
			state = append(state, store.Notice{Code: p.Code, Bilateral: p.Bilateral, Period: p.Period, Calendar: p.Calendar, Message: p.Message, Do: p.Do, Since: now})
			k = len(state) - 1
		}
		n := &state[k]
		before, after := severity(n.Severity), severity(p.Severity)
		switch {
		case before == after:
			n.Gone = time.Time{}
			continue
		case before > after && n.Gone.IsZero():
			n.Gone = now
			continue
		}
		due = append(due, Notice{Problem: p, Since: n.Since, At: now})
	}
	return ends(state, due, problems, now)
}

// distinct are the problems worst first, of those about the same thing the worst.
func distinct(problems []engine.Problem) []engine.Problem {
	var out []engine.Problem
	sorted := slices.Clone(problems)
	slices.SortStableFunc(sorted, func(a, b engine.Problem) int { return cmp.Compare(severity(b.Severity), severity(a.Severity)) })
	for _, p := range sorted {
		if !slices.ContainsFunc(out, func(o engine.Problem) bool {
			return about(store.Notice{Code: o.Code, Bilateral: o.Bilateral, Period: o.Period, Calendar: o.Calendar}, p)
		}) {
			out = append(out, p)
		}
	}
	return out
}

// ends adds what is there no more.
func ends(told []store.Notice, begun []Notice, problems []engine.Problem, now time.Time) (state []store.Notice, due []Notice) {
	due = begun
	for _, n := range told {
		switch {
		case slices.ContainsFunc(problems, func(p engine.Problem) bool { return about(n, p) }):
		case n.Severity == "":
			continue
		case n.Gone.IsZero():
			n.Gone = now
		default:
			p := engine.Problem{Code: n.Code, Severity: n.Severity, Bilateral: n.Bilateral, Period: n.Period, Calendar: n.Calendar, Message: n.Message, Do: n.Do}
			due = append(due, Notice{Problem: p, Ended: true, Since: n.Since, At: now})
		}
		state = append(state, n)
	}
	return state, due
}

// about reports whether a notice is about that problem.
func about(n store.Notice, p engine.Problem) bool {
	return n.Code == p.Code && n.Bilateral == p.Bilateral && n.Period == p.Period && n.Calendar == p.Calendar
}

// settle is what is remembered once a notice was told.
func settle(state []store.Notice, told Notice) []store.Notice {
	k := slices.IndexFunc(state, func(n store.Notice) bool { return about(n, told.Problem) })
	if k < 0 {
		return state
	}
	if told.Ended {
		return slices.Delete(state, k, k+1)
	}
	n := &state[k]
	n.Severity, n.Message, n.Do, n.Gone = told.Severity, told.Message, told.Do, time.Time{}
	return state
}

// Headline is the notice in one line of at most a hundred characters or so: what, and about whom.
func (n Notice) Headline() string {
	message := n.Message
	if n.Period != "" {
		message = strings.ReplaceAll(strings.TrimPrefix(message, n.Period+": "), " in "+n.Period, "")
	}
	if who := strings.TrimSpace(n.Bilateral + " " + n.Period); who != "" {
		message = who + ": " + message
	}
	if n.Ended {
		message = "over: " + message
	}
	return shorten(message, 120)
}

// shorten cuts at the end of a word.
func shorten(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	s = string(runes[:most])
	if space := strings.LastIndexByte(s, ' '); space > 0 {
		s = s[:space]
	}
	return s + " …"
}

// clean makes one harmless line of text that may quote strangers.
func clean(s string) string { return strings.Join(strings.Fields(calendar.Plain(s)), " ") }
