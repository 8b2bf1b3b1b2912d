package main

import (
	"slices"

	"bilateral/agenda"
	"bilateral/config"
	"bilateral/internal/engine"

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
			m, built, err := a.buildAgenda(b, first(rest))
			if err != nil {
				return err
			}
			return a.printAgenda(m, built, format)
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text, html, md or json")
	c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"text", "html", "md", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (a *app) printAgenda(m engine.Meeting, built agenda.Agenda, format string) error {
	switch format {
	case "text":
		block := agenda.Block(built)
		if m.InWriting {
			block = built.Text()
			a.note("Note: no meeting stands there, so this is for a letter.")
		} else if block == "" {
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
func (a *app) buildAgenda(b config.Bilateral, date string) (m engine.Meeting, built agenda.Agenda, err error) {
	s, err := a.store()
	if err != nil {
		return m, built, err
	}
	e, err := a.offlineWith(s)
	if err != nil {
		return m, built, err
	}
	wired := e.Bilaterals[slices.IndexFunc(e.Bilaterals, func(x *engine.Bilateral) bool { return x.Name == b.Name })]
	period := ""
	if date != "" {
		if period, err = a.period(b, date); err != nil {
			return m, built, err
		}
	}
	m, ok, err := e.Meeting(wired, period, a.now())
	if err == nil && !ok {
		err = failed("See what stands: bilateral status "+b.Name, "%s: no meeting stands there", b.Name)
	}
	if err == nil {
		built, err = e.Agenda(wired, m, a.now())
	}
	return m, built, err
}
