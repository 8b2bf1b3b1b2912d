package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"bilateral/agenda"
	"bilateral/config"
	"bilateral/internal/engine"
	"bilateral/internal/plan"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

const demoWeeks = 10

func (a *app) demoCommand() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "demo [--dir DIR]",
		Short: "See it work on a folder of .ics files: no account, no server",
		Long: "Lays out a folder with two people's calendars, a few weeks of a busy executive, follow-ups and a config; then lets\n" +
			"days pass. They are real passes of the same engine that the daemon runs; only the clock is pretended.",
		Example:           "  bilateral demo\n  bilateral demo --dir ~/bilateral-demo",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := demoDir(dir)
			if err != nil {
				return err
			}
			return a.demo(c.Context(), dir)
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "`folder` to make (default: a new one among the temporary files)")
	return c
}

// demoDir is a new folder: the demo writes over nothing.
func demoDir(dir string) (string, error) {
	if dir == "" {
		return os.MkdirTemp("", "bilateral-demo-")
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return "", wrongUsage("Name a folder that is not there yet.", "%s is not empty", dir)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o700)
}

func (a *app) demo(ctx context.Context, dir string) error {
	w, err := newDemoWorld(dir, a.now())
	if err != nil {
		return err
	}
	a.configFlag, a.stateFlag = w.path("config.toml"), w.path("state")
	a.pretended = w.at(0, 0, 15, 0)
	if err := a.demoSetUp(w); err != nil {
		return err
	}
	p := a.paint(a.out)
	for _, scene := range demoStory(w) {
		a.pretended = scene.at
		a.printf("%s  %s\n", p.bold(scene.at.In(w.home).Format("Mon 2 Jan 15:04")), scene.tells)
		if scene.happens != nil {
			if err := scene.happens(a); err != nil {
				return err
			}
		}
		if err := a.demoPass(ctx, w.home); err != nil {
			return err
		}
	}
	return a.demoEnd(ctx, w)
}

// demoSetUp is what a person does: init, start, and the first follow-ups.
func (a *app) demoSetUp(w *demoWorld) error {
	if err := w.fill(demoWeeks); err != nil {
		return err
	}
	answers := config.Answers{Name: "Alice Chen", Email: "alice@example.org", Zone: w.home.String(), Bilateral: "dana",
		Type: config.Vdir, Calendar: "work", Path: w.path("alice"), ExecutiveName: "Dana Boss", ExecutiveEmail: "dana@example.org",
		ExecutiveZone: w.away.String(), ExecutivePath: w.path("dana"), Prefer: "Wed 15:30", Minimum: "30m"}
	if err := writePrivate(a.configFlag, func(out io.Writer) error { return config.Write(out, answers) }); err != nil {
		return err
	}
	if err := config.SetMode(a.configFlag, "dana", config.Act); err != nil {
		return err
	}
	s, err := a.store()
	if err != nil {
		return err
	}
	for _, item := range demoItems(w) {
		if _, err := s.Add(agenda.FollowUp{Item: item}, "cli", a.now()); err != nil {
			return err
		}
	}
	_, err = s.AddPrivate(agenda.Private{Item: agenda.Item{Bilateral: "dana", Kind: agenda.Personal, Text: "Runs the marathon in spring: ask how training goes"}}, "cli", a.now())
	return err
}

func demoItems(w *demoWorld) []agenda.Item {
	due := func(week, day int) time.Time { return dueDate(w.monday.Add(7*week + day)) }
	return []agenda.Item{
		{Bilateral: "dana", Kind: agenda.Decision, Text: "Vendor B, 48k EUR", Proposal: "yes", Due: due(1, 4), Minutes: 5, Details: []string{"offer attached"}},
		{Bilateral: "dana", Kind: agenda.Problem, Text: "Hiring is two weeks late", Proposal: "agency until January", Minutes: 10},
		{Bilateral: "dana", Kind: agenda.Direction, Text: "Draft of the board slides", Due: due(1, 1), Minutes: 5},
		{Bilateral: "dana", Kind: agenda.Waiting, Text: "Names for the steering group", Due: due(0, 4)},
		{Bilateral: "dana", Kind: agenda.Update, Text: "Berlin office is signed"},
	}
}

// scene is something that happens in the demo at a moment, followed by a pass.
type scene struct {
	at      time.Time
	tells   string
	happens func(*app) error
}

func demoStory(w *demoWorld) []scene {
	const later = "A quarter of an hour later:"
	return []scene{
		{w.at(0, 0, 15, 0), "The first pass makes the series and fills in the agenda.", nil},
		{w.at(0, 0, 15, 30), "Dana books an investor call over next week's slot.", func(a *app) error {
			v, err := a.meetingOf(w, 1)
			return errors.Join(err, w.book("dana", "investor-call", "Investor call", v.Slot))
		}},
		{w.at(0, 0, 15, 45), "It still stands a quarter of an hour later.", nil},
		{w.at(0, 1, 15, 0), "Dana declines the meeting of the week after.", func(a *app) error {
			v, err := a.meetingOf(w, 2)
			return errors.Join(err, w.decline(v.Original, v.Slot))
		}},
		{w.at(0, 1, 15, 15), later, nil},
		{w.at(0, 2, 16, 30), "The first meeting is over. Dana notes a week of leave, three weeks ahead.", func(*app) error {
			return w.leave("dana", "leave", "Vacation", w.monday.Add(21), 5)
		}},
		{w.at(0, 2, 16, 45), later, nil},
	}
}

// meetingOf is what was decided last for a week of the demo.
func (a *app) meetingOf(w *demoWorld, week int) (store.Dated, error) {
	s, err := a.store()
	if err != nil {
		return store.Dated{}, err
	}
	known, err := s.Verdicts("dana")
	key := keyOf(w.monday.Add(7*week), plan.Week)
	for _, v := range known {
		if v.Period == key && !v.Slot.IsZero() {
			return v, nil
		}
	}
	return store.Dated{}, errors.Join(err, fmt.Errorf("the demo's week %s has no meeting", key))
}

// demoPass is the daemon's pass at the pretended moment, told in what it did and what it waits for.
func (a *app) demoPass(ctx context.Context, zone *time.Location) error {
	report, err := a.pass(ctx, engine.Options{Now: a.now()})
	if err != nil {
		return err
	}
	quiet := true
	for _, b := range report.Bilaterals {
		a.printSteps(b.Steps, zone)
		quiet = a.printOpen(b.Decisions) == 0 && len(b.Steps) == 0 && quiet
	}
	if quiet {
		a.printf("  nothing to do\n")
	}
	a.printf("\n")
	return passError(report)
}

// demoEnd shows what a person would look at now, and where.
func (a *app) demoEnd(ctx context.Context, w *demoWorld) error {
	p := a.paint(a.out)
	a.printf("%s\n\n", p.bold("bilateral status"))
	status, err := a.readStatus("")
	if err != nil {
		return err
	}
	if err := a.printStatus(status, false); err != nil {
		return err
	}
	a.printf("\n%s\n\n", p.bold("The agenda in the next invitation"))
	if err := a.demoAgenda(); err != nil {
		return err
	}
	b, err := a.bilateral("dana")
	if err != nil {
		return err
	}
	a.printf("\n%s\n\n", p.bold("bilateral why dana "+keyOf(w.monday.Add(7), plan.Week)))
	if err := a.why(ctx, b, keyOf(w.monday.Add(7), plan.Week), false); err != nil {
		return err
	}
	a.printf("\n%s\n\n", p.bold("Where to look"))
	a.printf("  %s  Alice's calendar, with the series\n  %s  Dana's calendar\n\n", w.path("alice"), w.path("dana"))
	a.printf("Edit the files, then look again at the same moment:\n\n")
	again := fmt.Sprintf("  bilateral --config %s --state %s --now %s", a.configFlag, a.stateFlag, a.now().In(w.home).Format(time.RFC3339))
	a.printf("%s run --once\n%s status\n", again, again)
	return nil
}

// demoAgenda shows the text that stands in the next meeting's invitation.
func (a *app) demoAgenda() error {
	s, err := a.store()
	if err != nil {
		return err
	}
	known, err := s.Verdicts("dana")
	if err != nil {
		return err
	}
	for _, v := range known {
		if v.State == plan.Held && v.Slot.Start.After(a.now()) {
			return a.showPublished(s, v)
		}
	}
	return nil
}

func (a *app) showPublished(s *store.Store, v store.Dated) error {
	published, err := s.Published("dana", v.Original)
	if err == nil {
		a.printf("%s\n", plainLines(published.Text))
	}
	return err
}
