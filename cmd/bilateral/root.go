package main

import (
	"time"

	"github.com/spf13/cobra"
)

const about = `bilateral guards the regular 1:1 with an executive.

It keeps a slot for it in every period, moves it when something stands in the way, and puts an agenda into the
invitation that it builds from your follow-ups. It begins in watch mode: nothing is written before "bilateral start".`

// rootCommand is the whole command line.
func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:               "bilateral",
		Short:             "Guards the regular 1:1 with an executive",
		Long:              about,
		Example:           "  bilateral demo                 # see it work: no account, no server\n  bilateral init                 # set it up\n  bilateral status               # does the guarantee hold?\n  bilateral add \"Vendor B?\" --kind decision --proposal yes --due fri",
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: a.readFlags,
	}
	f := root.PersistentFlags()
	f.StringVar(&a.configFlag, "config", "", "config `file` (default $BILATERAL_CONFIG, ~/.config/bilateral/config.toml, /etc/bilateral/config.toml)")
	f.StringVar(&a.stateFlag, "state", "", "state `folder` (default $STATE_DIRECTORY, ~/.local/state/bilateral)")
	f.StringVar(&a.nowFlag, "now", "", "pretend it is that moment (RFC 3339 `time`); not for the daemon")
	f.StringVar(&a.logLevel, "log-level", "", "`level`: debug, info, warn or error")
	f.StringVar(&a.logFormat, "log-format", "", "console or json (default: console on a terminal)")
	f.BoolVar(&a.noColor, "no-color", false, "no colours (also: NO_COLOR)")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return wrongUsage("See: "+c.CommandPath()+" --help", "%w", err)
	})
	a.addCommands(root)
	return root
}

// addCommands groups the commands as people look for them.
func (a *app) addCommands(root *cobra.Command) {
	group := func(id, title string, commands ...*cobra.Command) {
		root.AddGroup(&cobra.Group{ID: id, Title: title})
		for _, c := range commands {
			c.GroupID = id
			root.AddCommand(c)
		}
	}
	group("look", "Look:", a.statusCommand(), a.planCommand(), a.whyCommand(), a.agendaCommand(), newBusyCommand(a.busyOf, a.busyUsual))
	group("items", "Follow-ups:", a.addCommand(), a.listCommand(), a.showCommand(), a.editCommand(), a.doneCommand(),
		a.dropCommand(), a.reopenCommand(), a.exportCommand(), a.importCommand())
	group("orders", "Decide yourself:", a.skipCommand(), a.unskipCommand(), a.moveCommand(), a.unpinCommand(), a.rebaseCommand(),
		a.travelCommand(), a.pauseCommand(), a.resumeCommand())
	group("setup", "Set up and run:", a.demoCommand(), a.initCommand(), a.loginCommand(), a.checkCommand(), a.adoptCommand(), a.startCommand(), a.runCommand(),
		a.installCommand(), a.uninstallCommand())
	root.AddCommand(a.versionCommand(), a.manCommand())
}

// readFlags checks the global flags before any command runs.
func (a *app) readFlags(*cobra.Command, []string) error {
	a.started = true
	if a.nowFlag != "" {
		t, err := time.Parse(time.RFC3339, a.nowFlag)
		if err != nil {
			return wrongUsage("Write for instance: --now 2026-12-02T09:00:00+01:00", "--now %q is no moment", a.nowFlag)
		}
		a.pretended = t.UTC()
	}
	return checkLogFlags(a.logLevel, a.logFormat)
}
