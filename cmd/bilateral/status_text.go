package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/internal/engine"
	"bilateral/internal/plan"
)

// severityColour is that of a state or severity.
func (p palette) severity(s string) func(string) string {
	switch s {
	case engine.OK, string(plan.Held):
		return p.green
	case engine.Critical, string(plan.Unmet):
		return p.red
	case string(plan.Lapsed):
		return p.faint
	}
	return p.yellow
}

// printStatus prints the problems first, then the bilaterals; of many of those a line each.
func (a *app) printStatus(s engine.Status, many bool) error {
	zone, err := a.zone()
	if err != nil {
		return err
	}
	p := a.paint(a.out)
	switch {
	case len(s.Problems) == 0 && s.State == engine.OK:
		a.printf("%s  %s\n", p.green("ok"), calm(s))
	case len(s.Problems) == 0:
		a.printf("%s  nothing is critical\n", p.severity(s.State)(s.State))
	}
	if many {
		a.printf("%s\n", p.bold(summary(s)))
	}
	if many && len(s.Problems) > 0 {
		a.printf("\n")
	}
	a.printProblems(s, many)
	if many {
		a.printMany(s, zone)
	}
	for _, b := range inOrder(s) {
		if !many {
			a.printf("\n")
			a.printBilateral(b, zone)
		}
	}
	a.printf("\n%s\n", p.faint(plain(daemonLine(s.Daemon, zone, a.now()))))
	return nil
}

// alike is how many periods of one bilateral are told of in full where the same is wrong with each, as where a calendar was
// never read.
const alike = 3

// printProblems prints each problem and what helps.
func (a *app) printProblems(s engine.Status, many bool) {
	p := a.paint(a.out)
	kind := func(problem engine.Problem) [2]string { return [2]string{problem.Code, problem.Bilateral} }
	left := map[[2]string]int{}
	for _, problem := range s.Problems {
		left[kind(problem)]++
	}
	told := map[[2]string]int{}
	for _, problem := range s.Problems {
		k := kind(problem)
		told[k]++
		switch {
		case problem.Period == "" || told[k] <= alike || left[k] == alike+1:
			a.printProblem(s, problem, many)
		case told[k] == alike+1:
			a.printf("%s  %s: the same with %d more\n", p.severity(problem.Severity)(problem.Severity), plain(problem.Bilateral), left[k]-alike)
		}
	}
}

func (a *app) printProblem(s engine.Status, problem engine.Problem, many bool) {
	p := a.paint(a.out)
	a.printf("%s  %s\n", p.severity(problem.Severity)(problem.Severity), plain(problemText(problem)))
	a.printf("  %s %s\n", p.faint("do:"), plain(problem.Do))
	if message := messageFor(s, problem); message != "" && !many {
		a.printf("  %s\n%s\n", p.faint("or send:"), indent(plainLines(message)))
	}
}

// summary counts many bilaterals by the worst that is wrong with each.
func summary(s engine.Status) string {
	n := map[string]int{}
	for _, b := range s.Bilaterals {
		n[worst(s, b.Name)]++
	}
	line := fmt.Sprintf("%d bilaterals:", len(s.Bilaterals))
	for _, state := range []string{engine.Critical, engine.Warning, engine.OK} {
		if n[state] > 0 {
			line += fmt.Sprintf(" %d %s,", n[state], state)
		}
	}
	return strings.TrimSuffix(line, ",")
}

// worst is the severity of the worst problem of one bilateral, or ok.
func worst(s engine.Status, name string) string {
	for _, p := range s.Problems { // they are sorted
		if p.Bilateral == name {
			return p.Severity
		}
	}
	return engine.OK
}

// printMany prints a line for each bilateral, the worst first.
func (a *app) printMany(s engine.Status, zone *time.Location) {
	p := a.paint(a.out)
	a.printf("\n")
	var t table
	for _, b := range inOrder(s) {
		state, next, extra := worst(s, b.Name), "", ""
		if n := b.Next; n != nil {
			next = "next " + plan.When(calendar.Span{Start: n.Start, End: n.End}, zone)
		}
		switch {
		case b.PausedUntil != nil:
			extra = "paused until " + b.PausedUntil.In(zone).Format("Mon 2 Jan 15:04")
		case b.Mode == "watch":
			extra = "watch mode"
		}
		t.row(cell{state, p.severity(state)}, text(b.Name), text(tally(b.Guarantee)), text(next), text(extra))
	}
	t.write(a.out, "")
	a.printf("%s\n", p.faint("times in "+zone.String()+"; all of one: bilateral status NAME"))
}

// calm is what a status without problems says first.
func calm(s engine.Status) string {
	watched := slices.ContainsFunc(s.Bilaterals, func(b engine.BilateralStatus) bool { return b.Mode == "watch" })
	if watched {
		return "nothing is wrong; what is in watch mode is not written"
	}
	return "the guarantee holds"
}

func problemText(p engine.Problem) string {
	if p.Bilateral == "" {
		return p.Message
	}
	return p.Bilateral + ": " + p.Message
}

// messageFor is the message that is ready to be sent about a period without a meeting.
func messageFor(s engine.Status, problem engine.Problem) string {
	for _, b := range s.Bilaterals {
		for _, period := range b.Periods {
			if b.Name == problem.Bilateral && period.Period == problem.Period && period.State == plan.Unmet {
				return period.Message
			}
		}
	}
	return ""
}

// inOrder puts the bilaterals with the worst problems first.
func inOrder(s engine.Status) []engine.BilateralStatus {
	rank := func(b engine.BilateralStatus) int {
		i := slices.IndexFunc(s.Problems, func(p engine.Problem) bool { return p.Bilateral == b.Name })
		if i < 0 {
			return len(s.Problems)
		}
		return i
	}
	out := slices.Clone(s.Bilaterals)
	slices.SortStableFunc(out, func(x, y engine.BilateralStatus) int { return rank(x) - rank(y) })
	return out
}

func (a *app) printBilateral(b engine.BilateralStatus, zone *time.Location) {
	p := a.paint(a.out)
	a.printf("%s  %s\n", p.bold(b.Name), plain(headline(b, zone)))
	periods := slices.Clone(b.Periods)
	slices.SortStableFunc(periods, func(x, y engine.PeriodStatus) int { return badness(x.State) - badness(y.State) })
	var t table
	for _, period := range periods {
		at, reason := periodText(period, zone)
		t.row(text(period.Period), cell{string(period.State), p.severity(string(period.State))}, text(at), text(reason))
	}
	t.write(a.out, "  ")
	if line := itemLine(b); line != "" {
		a.printf("  %s\n", p.faint(line))
	}
}

// headline sums a bilateral up.
func headline(b engine.BilateralStatus, zone *time.Location) string {
	s := b.Cadence + " with " + b.Executive + "; " + tally(b.Guarantee)
	if b.Mode == "watch" {
		s += "; watch mode, nothing is written"
	}
	if b.PausedUntil != nil {
		s += "; paused until " + b.PausedUntil.In(zone).Format("Mon 2 Jan 15:04")
	}
	if n := b.Next; n != nil {
		s += "; next " + plan.When(calendar.Span{Start: n.Start, End: n.End}, zone)
	}
	return s + "; times in " + zone.String()
}

// tally counts the guarded periods by what holds.
func tally(g engine.Guarantee) string {
	var parts []string
	for _, c := range []struct {
		n     int
		state plan.State
	}{{g.Held, plan.Held}, {g.Pending, plan.Pending}, {g.Waived, plan.Lapsed}, {g.Unmet, plan.Unmet}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.state))
		}
	}
	if len(parts) == 0 {
		return "no period decided yet"
	}
	return strings.Join(parts, ", ")
}

// periodText is where the meeting is and why; a reason that begins with the time does not say it again.
func periodText(p engine.PeriodStatus, zone *time.Location) (at, reason string) {
	if p.Start != nil && p.End != nil {
		at = plan.When(calendar.Span{Start: *p.Start, End: *p.End}, zone)
	}
	reason = strings.TrimPrefix(p.Reason, at+" ")
	if p.State == plan.Unmet {
		reason, _, _ = strings.Cut(reason, "; ") // all of it stands among the problems
	}
	if p.Basis == plan.Blind && p.State == plan.Held {
		reason += " (as far as can be seen)"
	}
	return at, reason
}

func itemLine(b engine.BilateralStatus) string {
	f := b.FollowUps
	if f.Open == 0 && b.SayDo.Due == 0 {
		return ""
	}
	s := fmt.Sprintf("follow-ups: %d open", f.Open)
	for _, part := range []struct {
		n    int
		word string
	}{{f.Overdue, "overdue"}, {f.Waiting, "with them"}, {f.Lint, "held back, incomplete"}} {
		if part.n > 0 {
			s += fmt.Sprintf(", %d %s", part.n, part.word)
		}
	}
	if b.SayDo.Due > 0 {
		s += fmt.Sprintf("; promises kept: %d of %d", b.SayDo.Kept, b.SayDo.Due)
	}
	return s + agendaWritten(b.Next)
}

func agendaWritten(n *engine.NextMeeting) string {
	switch {
	case n == nil:
		return ""
	case n.Published == nil:
		return fmt.Sprintf("; agenda of %d, not yet in the invitation", n.AgendaItems)
	case n.Delivered == "yes":
		return fmt.Sprintf("; agenda of %d in the invitation, delivered", n.AgendaItems)
	}
	return fmt.Sprintf("; agenda of %d in the invitation", n.AgendaItems)
}

func daemonLine(d engine.DaemonStatus, zone *time.Location, now time.Time) string {
	s := "no daemon runs"
	if d.Running {
		s = fmt.Sprintf("the daemon runs (process %d)", *d.PID)
	}
	if d.LastPass != nil {
		s += "; last pass " + d.LastPass.In(zone).Format("Mon 2 Jan 15:04 MST")
		if !d.LastPassOK {
			s += ", with errors"
		}
	}
	if d.Running && d.NextPass != nil && d.NextPass.After(now) {
		s += "; next " + d.NextPass.In(zone).Format("15:04")
	}
	return s
}

// shortStatus is one line, for a prompt or a bar.
func (a *app) shortStatus(s engine.Status) string {
	line := a.paint(a.out).severity(s.State)(s.State) + ":"
	var parts []string
	if len(s.Problems) > 0 {
		parts = append(parts, problemText(s.Problems[0]))
		if n := len(s.Problems) - 1; n > 0 {
			parts = append(parts, fmt.Sprintf("%d more", n))
		}
	}
	var all engine.Guarantee
	var next *engine.NextMeeting
	for _, b := range s.Bilaterals {
		all.Held, all.Pending = all.Held+b.Guarantee.Held, all.Pending+b.Guarantee.Pending
		all.Waived, all.Unmet = all.Waived+b.Guarantee.Waived, all.Unmet+b.Guarantee.Unmet
		if b.Next != nil && (next == nil || b.Next.Start.Before(next.Start)) {
			next = b.Next
		}
	}
	parts = append(parts, tally(all))
	if zone, err := a.zone(); next != nil && err == nil {
		parts = append(parts, "next "+plan.When(calendar.Span{Start: next.Start, End: next.End}, zone))
	}
	return line + " " + plain(strings.Join(parts, "; "))
}
