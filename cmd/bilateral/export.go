package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"
)

func (a *app) exportCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:               "export [--output FILE]",
		Short:             "All follow-ups and all history, as JSON Lines: also the backup",
		Long:              "Writes all follow-ups, private ones too, their history, and what was decided, done and held. The file is for your eyes: it is\nmade with mode 0600.",
		Example:           "  bilateral export --output bilateral.jsonl",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			s, err := a.store()
			if err != nil {
				return err
			}
			if file == "" || file == "-" {
				return s.Export(jsonGate(a.out))
			}
			return writePrivate(file, s.Export)
		},
	}
	c.Flags().StringVarP(&file, "output", "o", "", "`file` to write (default: standard output)")
	return c
}

// writePrivate makes a file that only its owner can read; it does not overwrite one.
func writePrivate(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if os.IsExist(err) {
		return wrongUsage("Name another file, or move this one aside.", "%s is there already", path)
	}
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func (a *app) importCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "import [FILE]",
		Short:   "Takes in what export wrote; what is there already stays",
		Example: "  bilateral import bilateral.jsonl\n  bilateral export | bilateral import --state /other",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			from := a.in
			if len(args) == 1 && args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return wrongUsage("Name a file that bilateral export wrote.", "%w", err)
				}
				defer f.Close()
				from = f
			}
			return a.importFrom(from)
		},
	}
}

func (a *app) importFrom(r io.Reader) error {
	s, err := a.store()
	if err != nil {
		return err
	}
	done, err := s.Import(r)
	if err != nil {
		return failed("Check that the file is whole and was written by bilateral export.", "%w", err)
	}
	a.printf("Imported %d follow-ups, updated %d; %d stay as they are here.\n", done.Added, done.Updated, done.Kept)
	return a.wake()
}
