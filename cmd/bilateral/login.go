package main

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"

	"bilateral/calendar/google/signin"
	"bilateral/config"

	"github.com/spf13/cobra"
)

func (a *app) loginCommand() *cobra.Command {
	var headless bool
	var port int
	c := &cobra.Command{
		Use:   "login [CALENDAR]",
		Short: "Signs in to a Google calendar, and keeps the sign-in",
		Long: "Opens Google's page in the browser and waits for its answer on a port of this machine. The address of that page is\n" +
			"also printed, alone on a line. CALENDAR may be left out where one Google calendar is configured.\n\n" +
			"On a machine without a browser the answer comes through an ssh tunnel. On the machine with the browser:\n" +
			"  ssh -L 8085:127.0.0.1:8085 HOST\n" +
			"and in that session: bilateral login --no-browser --port 8085",
		Example:           "  bilateral login\n  bilateral login team --no-browser --port 8085",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeGoogle,
		RunE: func(c *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt)
			defer stop()
			return a.login(ctx, first(args), port, headless)
		},
	}
	c.Flags().BoolVar(&headless, "no-browser", false, "open no browser: print the address, and wait")
	c.Flags().IntVar(&port, "port", 0, "wait for the answer on this `port` (default: any that is free)")
	return c
}

func (a *app) login(ctx context.Context, name string, port int, headless bool) error {
	if port < 0 || port > 65535 {
		return wrongUsage("Write for instance: --port 8085", "--port %d is no port", port)
	}
	c, err := a.config()
	if err != nil {
		return err
	}
	cal, err := googleCalendar(c, name)
	if err != nil {
		return err
	}
	o, err := a.signIn(ctx, c, cal)
	if err != nil {
		return err
	}
	opener := ""
	if !headless {
		opener = browser()
	}
	state, err := signin.Login(ctx, o, port, func(address string, port int) error { return a.present(address, port, opener) })
	if err != nil {
		return err
	}
	a.tellLogin(c, cal, state)
	return a.wake()
}

// present prints the address, which scripts read: it stands alone on its line, and all else goes to the other output.
func (a *app) present(address string, port int, opener string) error {
	if opener != "" && exec.Command(opener, address).Start() == nil {
		a.note("Sign in to Google in the browser that opens now, or at this address:")
	} else {
		a.note("Sign in to Google at the address below, in a browser on this machine. With a browser elsewhere, first run there:")
		a.note("  ssh -L %d:127.0.0.1:%d %s", port, port, hostName())
	}
	a.printf("%s\n", address)
	return nil
}

func (a *app) tellLogin(c *config.Config, cal config.Calendar, state signin.State) {
	who := state.Account
	if who == "" {
		who = "an account that Google did not name"
	}
	a.printf("calendar %s: signed in as %s\n", cal.Name, plain(who))
	if state.Account != "" && !strings.EqualFold(state.Account, c.Me.Email) {
		a.note("That is not %s, the address of [me]. If it was not meant: bilateral login %s", c.Me.Email, cal.Name)
	}
	if !state.Ends.IsZero() {
		a.note("Google ends this sign-in on %s: the app is in testing. docs/google.md tells how to have one that lasts.",
			state.Ends.In(c.Me.Zone).Format("Mon 2 Jan 15:04 MST"))
	}
	if !cal.Token.IsZero() {
		a.note("The config takes the sign-in from the token of [calendar.%s]: put the content of %s there.", cal.Name, a.tokenFile(cal.Name))
	}
}

// googleCalendar finds the one meant: by name, or the only one.
func googleCalendar(c *config.Config, name string) (config.Calendar, error) {
	names := googleNames(c)
	switch {
	case name == "" && len(names) == 1:
		name = names[0]
	case len(names) == 0:
		return config.Calendar{}, wrongUsage("Other calendars need no login: bilateral check tells how they are.", "no calendar of type google is configured in %s", c.Path)
	case name == "":
		return config.Calendar{}, wrongUsage("Name one of: "+strings.Join(names, ", "), "there are %d Google calendars", len(names))
	}
	cal, ok := c.Calendar(name)
	switch {
	case !ok:
		return cal, wrongUsage("Google calendars are: "+strings.Join(names, ", "), "no calendar is named %q", name)
	case cal.Type != config.Google:
		return cal, wrongUsage("Google calendars are: "+strings.Join(names, ", "), "calendar %s is of type %s, which needs no login", name, cal.Type)
	case cal.Credentials.IsZero():
		return cal, wrongUsage(`Add a line such as: credentials = { file = "client.json" }`, "[calendar.%s] has no credentials to sign in with", name)
	}
	return cal, nil
}

func googleNames(c *config.Config) []string {
	var names []string
	for _, cal := range c.Calendars {
		if cal.Type == config.Google {
			names = append(names, cal.Name)
		}
	}
	return names
}

func (a *app) completeGoogle(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	c, err := a.config()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return googleNames(c), cobra.ShellCompDirectiveNoFileComp
}

// browser is the program that opens an address where there is a screen to show it on; "" where there is none.
func browser() string {
	var programs []string
	switch {
	case runtime.GOOS == "darwin":
		programs = []string{"open"}
	case os.Getenv("WSL_DISTRO_NAME") != "":
		programs = []string{"wslview", "xdg-open"}
	case os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "":
		programs = []string{"xdg-open"}
	}
	for _, p := range programs {
		if path, err := exec.LookPath(p); err == nil {
			return path
		}
	}
	return ""
}

func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return "HOST"
	}
	return name
}
