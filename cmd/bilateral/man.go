package main

import (
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand writes the man pages that a package installs; people read --help, so it is not listed.
func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "Writes the man pages into a folder",
		Example: "  bilateral man /usr/local/share/man/man1",
		Args:    cobra.ExactArgs(1),
		Hidden:  true,
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return failed("Name a folder that you may write to.", "make the folder for the man pages: %w", err)
			}
			header := &doc.GenManHeader{Title: "BILATERAL", Section: "1", Source: "bilateral", Manual: "bilateral"}
			if err := doc.GenManTree(c.Root(), header, args[0]); err != nil {
				return failed("Name a folder that you may write to.", "write the man pages: %w", err)
			}
			return nil
		},
	}
}
