package main

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"bilateral/config"
	"bilateral/systemd"

	"github.com/spf13/cobra"
)

func (a *app) installCommand() *cobra.Command {
	var system, dry bool
	c := &cobra.Command{
		Use:   "install",
		Short: "Writes, enables and starts the systemd unit; shows what it did",
		Long: "Installs the daemon as a service of yours that also runs while you are not logged in; with --system, as a hardened\n" +
			"service of the machine, under a user of its own. To do it again brings it up to date.",
		Example:           "  bilateral install\n  sudo bilateral install --system\n  bilateral install --dry-run     # only shows the files and commands",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.setup(c.Context(), system, dry)
			if err != nil {
				return err
			}
			return a.install(c.Context(), s, dry)
		},
	}
	c.Flags().BoolVar(&system, "system", false, "as a service of the machine, for instance for an office; needs root")
	c.Flags().BoolVar(&dry, "dry-run", false, "show the files and commands and do nothing")
	return c
}

func (a *app) install(ctx context.Context, s systemd.Setup, dry bool) error {
	if s.System && hidden(s.Program) {
		return wrongUsage("Copy it to where a service can see it: sudo install "+s.Program+" /usr/local/bin/ && sudo /usr/local/bin/bilateral install --system",
			"the service of the machine sees neither homes nor /tmp, and this program is %s", s.Program)
	}
	if s.System && !dry && !exists(systemd.SystemConfig) {
		return wrongUsage("Make one with: sudo bilateral --config "+systemd.SystemConfig+" init", "there is no %s for the service to work with", systemd.SystemConfig)
	}
	conf, err := a.config()
	if err != nil {
		return err
	}
	if s.ConfigFiles, s.ConfigFolders, err = configFiles(conf.Path); err != nil {
		return err
	}
	if err := a.carrySteps(ctx, s.Install(), dry); err != nil {
		return err
	}
	if s.Packaged && exists(systemd.OwnUnit) {
		a.printf("\nBeware: %s goes before the unit of the package. Unless that is meant: sudo rm %[1]s, and repeat this.\n", systemd.OwnUnit)
	}
	a.tellCredentials(s, credentials(conf))
	if !dry {
		a.printf("\nIt runs. Look with: %s (the guarantee), %s (the service), %s (its log)\n", "bilateral status", ctl(s)+" status bilateral", journal(s)+" -u bilateral")
	}
	return nil
}

// setup is what is to be installed here, or the reason why it cannot be.
func (a *app) setup(ctx context.Context, system, dry bool) (systemd.Setup, error) {
	me, err := user.Current()
	if err != nil {
		return systemd.Setup{}, failed("Run it as a user who has an entry in /etc/passwd.", "cannot tell who you are: %w", err)
	}
	s := systemd.Setup{System: system, User: me.Username}
	if _, err := exec.LookPath("systemctl"); err != nil {
		return s, failed("Start \"bilateral run\" with the service manager that is there.", "systemctl is not here, so there is no systemd to install a unit for")
	}
	if system {
		if err := a.asSystem(dry); err != nil {
			return s, err
		}
		s.Packaged = exists(systemd.PackageUnit)
	} else {
		unit, _ := os.ReadFile(filepath.Join(userUnits(), systemd.Service)) // none: not installed before
		s.Lingers, s.LingersByUs = lingers(ctx, s.User), systemd.EnabledLingering(string(unit))
	}
	program, err := os.Executable()
	if err == nil {
		s.Program, err = filepath.EvalSymlinks(program)
	}
	if err != nil {
		return s, failed("Call it by its whole path.", "cannot tell where this program is: %w", err)
	}
	if s.Config, err = filepath.Abs(a.configPath()); err == nil {
		s.State, err = filepath.Abs(a.stateDir())
	}
	s.Units, s.Release = userUnits(), release(ctx)
	return s, err
}

// asSystem makes this invocation one about the system service.
func (a *app) asSystem(dry bool) error {
	switch {
	case os.Geteuid() != 0 && !dry:
		return wrongUsage("Run: sudo bilateral install --system (or leave --system out for a service of your own)", "a service of the machine is installed by root alone")
	case cmp.Or(a.configFlag, systemd.SystemConfig) != systemd.SystemConfig:
		return wrongUsage("Put the config there, or leave --system out.", "the service of the machine reads %s", systemd.SystemConfig)
	case cmp.Or(a.stateFlag, systemd.SystemState) != systemd.SystemState:
		return wrongUsage("Leave --state out.", "the service of the machine keeps its state in %s", systemd.SystemState)
	}
	a.configFlag, a.stateFlag = systemd.SystemConfig, systemd.SystemState
	return nil
}

// hidden reports whether the system unit's sandbox (ProtectHome, PrivateTmp) hides a path.
func hidden(path string) bool {
	return slices.ContainsFunc([]string{"/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/"}, func(dir string) bool { return strings.HasPrefix(path, dir) })
}

func userUnits() string { return filepath.Join(xdg("XDG_CONFIG_HOME", ".config"), "systemd", "user") }

// lingers reports whether a user's services run without a session.
func lingers(ctx context.Context, name string) bool {
	out, _ := exec.CommandContext(ctx, "loginctl", "show-user", name, "--property=Linger", "--value").Output() // fails without a session
	return strings.TrimSpace(string(out)) == "yes"
}

// release is that of the systemd that runs here, such as 252; 0 where it does not say.
func release(ctx context.Context) int {
	out, _ := exec.CommandContext(ctx, "systemctl", "--version").Output()
	words := strings.Fields(string(out)) // systemd 252 (252.39-1)
	if len(words) < 2 {
		return 0
	}
	number, _, _ := strings.Cut(words[1], ".")
	n, _ := strconv.Atoi(number)
	return n
}

// configFiles lists the config and what belongs to it, for the user of the system service. Links are left to their owner.
func configFiles(path string) (files, folders []string, err error) {
	beside := filepath.Join(filepath.Dir(path), "bilateral.d")
	extra, err := filepath.Glob(filepath.Join(beside, "*.toml"))
	for _, name := range append([]string{path, filepath.Dir(path), beside}, extra...) {
		info, err := os.Lstat(name)
		switch {
		case err != nil:
		case info.IsDir():
			folders = append(folders, name)
		case info.Mode().IsRegular():
			files = append(files, name)
		}
	}
	return files, folders, err
}

// credentials lists the names of systemd's credentials that the config uses.
func credentials(c *config.Config) []string {
	secrets := []config.Secret{c.Mail.Password}
	for _, calendar := range c.Calendars {
		secrets = append(secrets, calendar.Password, calendar.Credentials, calendar.Token)
	}
	var names []string
	for _, s := range secrets {
		if s.Credential != "" && !slices.Contains(names, s.Credential) {
			names = append(names, s.Credential)
		}
	}
	return names
}

func (a *app) tellCredentials(s systemd.Setup, names []string) {
	if len(names) == 0 {
		return
	}
	sudo := ""
	if s.System {
		sudo = "sudo "
	}
	a.printf("\nThe config names credentials. Where the service does not have them yet, put each into its file:\n")
	if s.System {
		a.printf("  sudo install -d -m 700 /etc/credstore.encrypted\n")
	}
	for _, name := range names {
		if s.System {
			a.printf("  systemd-ask-password -n | sudo systemd-creds encrypt --name=%s - %s\n", name, s.CredentialFile(name))
		} else {
			a.printf("  install -D -m 600 /dev/stdin %s\n", s.CredentialFile(name))
		}
	}
	a.printf("and hand them to the service: %s%s edit bilateral\n%s\nthen: %[1]s%[2]s restart bilateral\n", sudo, ctl(s), indent(s.CredentialDropIn(names)))
}

func ctl(s systemd.Setup) string {
	if s.System {
		return "systemctl"
	}
	return "systemctl --user"
}

func journal(s systemd.Setup) string {
	if s.System {
		return "journalctl"
	}
	return "journalctl --user"
}
