package main

import "github.com/spf13/cobra"

func (a *app) uninstallCommand() *cobra.Command {
	var system, dry bool
	c := &cobra.Command{
		Use:               "uninstall",
		Short:             "Takes back what install did; config and state stay",
		Example:           "  bilateral uninstall\n  sudo bilateral uninstall --system",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.setup(c.Context(), system, dry)
			if err != nil {
				return err
			}
			if err := a.carrySteps(c.Context(), s.Uninstall(), dry); err != nil {
				return err
			}
			a.printf("\nKept: the config %s and the state %s. Remove them by hand if you are sure.\n", s.Config, s.State)
			return nil
		},
	}
	c.Flags().BoolVar(&system, "system", false, "the service of the machine; needs root")
	c.Flags().BoolVar(&dry, "dry-run", false, "show the files and commands and do nothing")
	return c
}
