package main

import (
	"context"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/config"
	"bilateral/internal/engine"
	"bilateral/internal/plan"

	"github.com/spf13/cobra"
)

type planJSON struct {
	Version int          `json:"version"`
	Changes []changeJSON `json:"changes"`
}

type changeJSON struct {
	Bilateral string    `json:"bilateral"`
	Period    string    `json:"period"`
	Action    string    `json:"action"`
	From      *spanJSON `json:"from"`
	To        *spanJSON `json:"to"`
	Mails     []string  `json:"mails"`
	Reason    string    `json:"reason"`
	Title     string    `json:"title,omitempty"`
	Text      string    `json:"text,omitempty"`
}

type spanJSON struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// exitPending is what plan --exit-code says where there is something to do.
const exitPending exit = 2

func (a *app) planCommand() *cobra.Command {
	var asJSON, exitCode bool
	c := &cobra.Command{
		Use:   "plan [NAME]",
		Short: "Every write and every mail that the next pass would make, and why",
		Long: "Reads the calendars and works out what the next pass would do; changes nothing. In watch mode it is what would be\n" +
			"done after bilateral start.",
		Example:           "  bilateral plan\n  bilateral plan dana --json\n  bilateral plan --exit-code && echo nothing to do",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			report, err := a.planned(c.Context(), first(args))
			if err != nil {
				return err
			}
			if asJSON {
				err = a.printJSON(planJSON{1, changesJSON(report)})
			} else {
				err = a.printPlan(report)
			}
			if err == nil && exitCode && len(changesJSON(report)) > 0 {
				err = exitPending
			}
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	c.Flags().BoolVar(&exitCode, "exit-code", false, "exit 0 where there is nothing to do, 2 where changes are pending")
	return c
}

// planned makes a pass that writes nothing.
func (a *app) planned(ctx context.Context, name string) (engine.Report, error) {
	if name != "" {
		if _, err := a.bilateral(name); err != nil {
			return engine.Report{}, err
		}
	}
	report, err := a.pass(ctx, engine.Options{Now: a.now(), Only: name, Dry: true})
	if err != nil {
		return report, err
	}
	for _, b := range report.Bilaterals {
		if b.Err != nil {
			return report, stopped(b)
		}
	}
	return report, nil
}

func changesJSON(r engine.Report) []changeJSON {
	out := []changeJSON{}
	for _, b := range r.Bilaterals {
		for _, s := range b.Steps {
			out = append(out, changeJSON{b.Name, s.Period, s.Action, toSpanJSON(s.From), toSpanJSON(s.To),
				append([]string{}, s.Mails...), s.Reason, s.Title, s.Text})
		}
	}
	return out
}

func toSpanJSON(s calendar.Span) *spanJSON {
	if s.IsZero() {
		return nil
	}
	return &spanJSON{s.Start.UTC(), s.End.UTC()}
}

func (a *app) printPlan(r engine.Report) error {
	conf, err := a.config()
	if err != nil {
		return err
	}
	p := a.paint(a.out)
	for _, b := range r.Bilaterals {
		wired, _ := conf.Bilateral(b.Name)
		a.printf("%s  %s\n", p.bold(b.Name), p.faint(planTitle(wired, len(b.Steps), conf.Me.Zone)))
		a.printSteps(b.Steps, conf.Me.Zone)
		if b.Suggestion != nil {
			a.printf("  %s\n", suggestion(b.Name, *b.Suggestion, wired.Policy.Cadence.Unit))
		}
	}
	return nil
}

func planTitle(b config.Bilateral, steps int, zone *time.Location) string {
	switch {
	case steps == 0:
		return "nothing to do"
	case b.Mode == config.Watch:
		return "watch mode, so nothing is written; after bilateral start " + b.Name + " this would be (times in " + zone.String() + "):"
	}
	return "the next pass will (times in " + zone.String() + "):"
}

// printSteps lists writes, each with who hears of it and why.
func (a *app) printSteps(steps []engine.Step, zone *time.Location) {
	p := a.paint(a.out)
	var t table
	for _, s := range steps {
		t.row(text(s.Period), cell{words(s.Action), p.bold}, text(stepTimes(s, zone)), text(s.Reason+mailed(s.Mails)))
	}
	t.write(a.out, "  ")
}

// words is an action's name for people.
func words(action string) string { return strings.ReplaceAll(action, "_", " ") }

func stepTimes(s engine.Step, zone *time.Location) string { return stepSpan(s.From, s.To, zone) }

// stepSpan is a change of time; either end may be none.
func stepSpan(from, to calendar.Span, zone *time.Location) string {
	switch {
	case from.IsZero() && to.IsZero():
		return ""
	case from.IsZero() || from.Equal(to):
		return plan.When(to, zone)
	case to.IsZero():
		return plan.When(from, zone) + " -> none"
	}
	return plan.When(from, zone) + " -> " + plan.When(to, zone)
}

func mailed(mails []string) string {
	if len(mails) == 0 {
		return ""
	}
	return " [mail to " + strings.Join(mails, ", ") + "]"
}
