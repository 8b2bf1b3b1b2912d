package main

import (
	"slices"
	"strings"
	"time"

	"bilateral/agenda"
	"bilateral/config"
	"bilateral/internal/plan"
	"bilateral/internal/store"

	"github.com/spf13/cobra"
)

func (a *app) agendaCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:               "agenda [NAME] [DATE]",
		Short:             "The agenda as the invitation will carry it",
		Long:              "Of the next meeting, or of the one in the period that holds DATE. What is held back because it is incomplete is named\nbeside it.",
		Example:           "  bilateral agenda\n  bilateral agenda dana 2026-12-02 --format md",
		Args:              cobra.MaximumNArgs(2),
		ValidArgsFunction: a.completePeriods,
		RunE: func(_ *cobra.Command, args []string) error {
			b, rest, err := a.nameAnd(args)
			if err != nil {
				return err
			}
			built, err := a.buildAgenda(b, first(rest))
			if err != nil {
				return err
			}
			return a.printAgenda(built, format)
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text, html, md or json")
	c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"text", "html", "md", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (a *app) printAgenda(built agenda.Agenda, format string) error {
	switch format {
	case "text":
		block := agenda.Block(built)
		if block == "" {
			block = built.Text()
			a.note("Note: agenda = \"none\": the invitation carries nothing of this.")
		}
		a.printf("%s\n", plainLines(block))
	case "html":
		a.printf("%s", built.HTML())
	case "md":
		a.printf("%s", built.Markdown())
	case "json":
		return a.printJSON(built)
	default:
		return wrongUsage("Use text, html, md or json.", "--format %q is not known", format)
	}
	for _, h := range built.HeldBack {
		a.note("Held back: %s. Complete it with: %s", h.Message, h.Do)
	}
	return nil
}

// buildAgenda makes the agenda of a meeting from the follow-ups and what the last pass decided; no calendar is read.
func (a *app) buildAgenda(b config.Bilateral, date string) (agenda.Agenda, error) {
	s, err := a.reading()
	if err != nil {
		return agenda.Agenda{}, err
	}
	if s == nil {
		return agenda.Agenda{}, failed("Make one: bilateral run --once", "no pass has ever finished")
	}
	known, err := s.Verdicts(b.Name)
	if err != nil {
		return agenda.Agenda{}, err
	}
	meetings := slices.DeleteFunc(known, func(v store.Dated) bool { return v.State != plan.Held && v.State != plan.Pending || v.Slot.IsZero() })
	i, err := a.meeting(b, meetings, date)
	if err != nil {
		return agenda.Agenda{}, err
	}
	in, err := a.agendaInput(s, b, meetings, i)
	return agenda.Build(in), err
}

// meeting is the one in the period of the date, or the next.
func (a *app) meeting(b config.Bilateral, meetings []store.Dated, date string) (int, error) {
	wanted := func(v store.Dated) bool { return v.Slot.End.After(a.now()) }
	if date != "" {
		key, err := a.period(b, date)
		if err != nil {
			return 0, err
		}
		wanted = func(v store.Dated) bool { return v.Period == key }
	}
	i := slices.IndexFunc(meetings, wanted)
	if i < 0 {
		return 0, failed("See what stands: bilateral status "+b.Name, "%s: no meeting stands there", b.Name)
	}
	return i, nil
}

func (a *app) agendaInput(s *store.Store, b config.Bilateral, meetings []store.Dated, i int) (agenda.Input, error) {
	v, zone := meetings[i], b.Policy.Mine.Zone
	previous, err := previousEnd(s, b.Name, meetings[:i], v.Slot.Start)
	if err != nil {
		return agenda.Input{}, err
	}
	published, err := s.Published(b.Name, v.Original)
	if err != nil {
		return agenda.Input{}, err
	}
	items, err := s.PublicItems(b.Name, previous)
	in := agenda.Input{Length: v.Slot.Length(), Meeting: v.Slot.Start, Zone: zone, Now: a.now(), Show: b.Agenda.Show,
		FirstOfMonth: previous.IsZero() || previous.In(zone).Month() != v.Slot.Start.In(zone).Month(),
		Delivered:    published.Delivered == "yes", Owner: ownerName(a.loaded.Me.Name)}
	for _, item := range items {
		if item.Status == agenda.Open {
			in.Items = append(in.Items, item)
		} else if !previous.IsZero() {
			in.Done = append(in.Done, item)
		}
	}
	if i+1 < len(meetings) {
		in.Next = meetings[i+1].Slot.Start
	}
	return in, err
}

// previousEnd is when the last meeting before that moment ended, or will end; zero where there is none.
func previousEnd(s *store.Store, name string, before []store.Dated, start time.Time) (time.Time, error) {
	var end time.Time
	past, err := s.Outcomes(name, start.AddDate(0, -3, 0))
	for _, o := range past {
		if o.Was == plan.WasHeld && o.Slot.Start.Before(start) {
			end = o.Slot.End
		}
	}
	for _, v := range before {
		if v.Slot.End.After(end) {
			end = v.Slot.End
		}
	}
	return end, err
}

// ownerName is how the invitation speaks of the owner.
func ownerName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return first
}
