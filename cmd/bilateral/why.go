package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/config"
	"bilateral/internal/plan"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

func (a *app) whyCommand() *cobra.Command {
	var titles bool
	c := &cobra.Command{
		Use:   "why [NAME] [PERIOD or DATE]",
		Short: "Each decision of a period in time order: what stood in the way, what was looked at, which rule chose",
		Long: "Without a period it is the first one that is not simply held. Other people's titles are not stored; --titles looks\n" +
			"them up in the calendars, live.",
		Example:           "  bilateral why dana 2026-W49\n  bilateral why tomorrow --titles",
		Args:              cobra.MaximumNArgs(2),
		ValidArgsFunction: a.completePeriods,
		RunE: func(c *cobra.Command, args []string) error {
			b, rest, err := a.nameAnd(args)
			if err != nil {
				return err
			}
			return a.why(c.Context(), b, first(rest), titles)
		},
	}
	c.Flags().BoolVar(&titles, "titles", false, "look up titles of what stands in the way, live")
	return c
}

func (a *app) why(ctx context.Context, b config.Bilateral, period string, titles bool) error {
	s, err := a.reading()
	if err != nil {
		return err
	}
	if s == nil {
		return failed("Make one: bilateral run --once", "no pass has ever finished")
	}
	key, err := a.periodAsked(s, b, period)
	if err != nil {
		return err
	}
	history, err := s.History(b.Name, key)
	if err != nil {
		return err
	}
	actions, err := s.Actions(b.Name, key)
	if err != nil {
		return err
	}
	if len(history) == 0 {
		return wrongUsage("See which periods are guarded: bilateral status "+b.Name, "%s: nothing was decided about %s", b.Name, key)
	}
	t := teller{app: a, palette: a.paint(a.out), zone: b.Policy.Mine.Zone, titles: func(plan.Blocker) []string { return nil }}
	if titles {
		if t.titles, err = a.titlesOf(ctx, s, b, history[len(history)-1].Verdict.Span); err != nil {
			return err
		}
	}
	a.printf("%s  times in %s\n", t.bold(b.Name+" "+key), t.zone)
	t.tell(history, actions)
	return nil
}

// periodAsked is the period meant, or the first that is not simply held.
func (a *app) periodAsked(s *store.Store, b config.Bilateral, period string) (string, error) {
	if period != "" {
		return a.period(b, period)
	}
	now, err := s.Verdicts(b.Name)
	if err != nil {
		return "", err
	}
	for _, worth := range []func(store.Dated) bool{
		func(v store.Dated) bool { return v.State == plan.Unmet },
		func(v store.Dated) bool { return v.State == plan.Pending },
		func(v store.Dated) bool { return v.Moved || v.State == plan.Lapsed },
		func(store.Dated) bool { return true },
	} {
		if i := slices.IndexFunc(now, worth); i >= 0 {
			return now[i].Period, nil
		}
	}
	return "", failed("Make one: bilateral run --once", "%s: no pass has decided anything yet", b.Name)
}

// teller prints the story of a period.
type teller struct {
	*app
	palette
	zone   *time.Location
	titles func(plan.Blocker) []string
}

// tell merges decisions and deeds into one story.
func (t teller) tell(history []store.Dated, actions []store.Action) {
	for _, v := range history {
		for len(actions) > 0 && actions[0].At.Before(v.At) {
			t.action(actions[0])
			actions = actions[1:]
		}
		t.verdict(v)
	}
	for _, x := range actions {
		t.action(x)
	}
}

func (t teller) stamp(at time.Time) string { return at.In(t.zone).Format("Mon 2 Jan 15:04") }

func (t teller) line(format string, args ...any) {
	t.printf("    %s\n", t.faint(plain(fmt.Sprintf(format, args...))))
}

func (t teller) verdict(v store.Dated) {
	t.printf("\n%s  %s  %s %s\n", t.stamp(v.At), t.severity(string(v.State))(string(v.State)), plain(v.Sentence), t.faint("["+v.Code+"]"))
	for _, b := range v.Blockers {
		t.line("in the way: %s%s", t.blocker(b), t.titled(b))
	}
	for _, l := range v.Looked {
		t.line("looked at %s from %s: %s", rungText(l.Rung), t.stamp(l.After), count(l.Legal, "legal start"))
	}
	for _, n := range v.NearMisses {
		var gives []string
		for _, b := range n.Gives {
			gives = append(gives, t.blocker(b)+t.titled(b))
		}
		t.line("%s would do without %s", plan.When(n.Slot, t.zone), strings.Join(gives, " and "))
	}
	for _, o := range v.Offers {
		t.line("could be offered: %s", plan.When(o, t.zone))
	}
	for _, n := range v.Notes {
		t.line("note: %s", n)
	}
	if v.Unverified {
		t.line("what lies under our own meeting cannot be seen: unverified")
	}
}

func (t teller) action(x store.Action) {
	step := stepSpan(x.From, x.To, t.zone)
	t.printf("\n%s  %s  %s%s\n", t.stamp(x.At), t.bold("did: "+words(x.Action)), plain(step), plain(mailed(x.Mails)))
	t.line("because %s", x.Sentence)
}

func (t teller) blocker(b plan.Blocker) string {
	why := b.Why
	if why == "hard" {
		why = "busy"
	}
	return fmt.Sprintf("%s %s (%s)", why, plan.When(b.Span, t.zone), b.Who)
}

func (t teller) titled(b plan.Blocker) string {
	if found := t.titles(b); len(found) > 0 {
		return ": " + strings.Join(found, ", ")
	}
	return ""
}

// rungText says which part of the ladder was searched.
func rungText(r plan.Rung) string {
	switch r {
	case plan.OverSoft:
		return "slots over time that gives way"
	case plan.InStretch:
		return "stretch hours"
	}
	return "free time"
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
