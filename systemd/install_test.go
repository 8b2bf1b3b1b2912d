package systemd

import (
	"strings"
	"testing"
)

// told is a list of steps as text.
func told(steps []Step) string {
	var lines []string
	for _, s := range steps {
		switch {
		case s.Write != "":
			lines = append(lines, "write "+s.Write)
		case s.Remove != "":
			lines = append(lines, "remove "+s.Remove)
		default:
			lines = append(lines, strings.Join(s.Run, " "))
		}
	}
	return strings.Join(lines, "\n")
}

var (
	mine = Setup{Program: "/home/alice/go/bin/bilateral", Config: "/home/alice/.config/bilateral/config.toml",
		State: "/home/alice/.local/state/bilateral", Units: "/home/alice/.config/systemd/user", User: "alice", Release: 252}
	machine = Setup{System: true, Program: "/usr/local/bin/bilateral", Config: SystemConfig, State: SystemState, Release: 252,
		ConfigFiles: []string{SystemConfig}, ConfigFolders: []string{"/etc/bilateral"}}
)

func TestWhatAnInstallationDoes(t *testing.T) {
	with := func(s Setup, change func(*Setup)) Setup {
		change(&s)
		return s
	}
	for _, row := range []struct {
		name  string
		setup Setup
		want  string
	}{
		{"a service of a user", mine, `write /home/alice/.config/systemd/user/bilateral.service
systemctl --user daemon-reload
systemctl --user enable bilateral.service
systemctl --user restart bilateral.service
loginctl enable-linger alice`},
		{"a service of a user who lingers already", with(mine, func(s *Setup) { s.Lingers = true }), `write /home/alice/.config/systemd/user/bilateral.service
systemctl --user daemon-reload
systemctl --user enable bilateral.service
systemctl --user restart bilateral.service`},
		{"a service where systemd knows restarts that grow rarer", with(mine, func(s *Setup) { s.Release, s.Lingers = 254, true }), `write /home/alice/.config/systemd/user/bilateral.service
write /home/alice/.config/systemd/user/bilateral.service.d/restart.conf
systemctl --user daemon-reload
systemctl --user enable bilateral.service
systemctl --user restart bilateral.service`},
		{"a service of the machine", machine, `write /etc/sysusers.d/bilateral.conf
systemd-sysusers /etc/sysusers.d/bilateral.conf
chown --no-dereference bilateral:bilateral /etc/bilateral /etc/bilateral/config.toml
chmod 0750 /etc/bilateral
chmod 0640 /etc/bilateral/config.toml
write /etc/systemd/system/bilateral.service
systemctl daemon-reload
systemctl enable bilateral.service
systemctl restart bilateral.service`},
		{"a service of the machine that a package brought", with(machine, func(s *Setup) { s.Packaged = true }), `systemd-sysusers /usr/lib/sysusers.d/bilateral.conf
chown --no-dereference bilateral:bilateral /etc/bilateral /etc/bilateral/config.toml
chmod 0750 /etc/bilateral
chmod 0640 /etc/bilateral/config.toml
systemctl daemon-reload
systemctl enable bilateral.service
systemctl restart bilateral.service`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := told(row.setup.Install()); got != row.want {
				t.Errorf("got\n%s\nwant\n%s", got, row.want)
			}
		})
	}
}

func TestWhatIsTakenBack(t *testing.T) {
	want := `systemctl --user disable --now bilateral.service
remove /home/alice/.config/systemd/user/bilateral.service.d/restart.conf
remove /home/alice/.config/systemd/user/bilateral.service
systemctl --user daemon-reload`
	if got := told(mine.Uninstall()); got != want {
		t.Errorf("got\n%s", got)
	}
	ours := mine
	ours.Lingers, ours.LingersByUs = true, true
	if got := told(ours.Uninstall()); got != want+"\nloginctl disable-linger alice" {
		t.Errorf("where it enabled lingering itself:\n%s", got)
	}
	if got := told(machine.Uninstall()); !strings.Contains(got, "remove /etc/systemd/system/bilateral.service\nremove /etc/sysusers.d/bilateral.conf") || strings.Contains(got, "--user") {
		t.Errorf("of the machine:\n%s", got)
	}
}

// unitOf is the unit that an installation writes.
func unitOf(s Setup) string {
	for _, step := range s.Install() {
		if strings.HasSuffix(step.Write, Service) {
			return step.Text
		}
	}
	return ""
}

func TestAUserUnitRemembersThatItEnabledLingering(t *testing.T) {
	if !EnabledLingering(unitOf(mine)) {
		t.Error("it does not")
	}
	again := mine
	again.Lingers = true
	if EnabledLingering(unitOf(again)) {
		t.Error("it claims what was so before")
	}
	again.LingersByUs = true
	if !EnabledLingering(unitOf(again)) {
		t.Error("installed again, it forgets")
	}
}

func TestTheCommandLineOfAUnit(t *testing.T) {
	for _, row := range []struct{ name, folder, want string }{
		{"plain", "/home/alice", "/home/alice/b --config /home/alice/c --state /home/alice/s run"},
		{"a folder with a blank", "/home/alice chen", `"/home/alice chen/b" --config "/home/alice chen/c" --state "/home/alice chen/s" run`},
		{"signs that systemd would read as specifiers and variables", "/srv/100%$x", "/srv/100%%$$x/b --config /srv/100%%$$x/c --state /srv/100%%$$x/s run"},
		{"a quote and a backslash", `/srv/a"b\c`, `"/srv/a\"b\\c/b" --config "/srv/a\"b\\c/c" --state "/srv/a\"b\\c/s" run`},
		{"a line break, which would begin another setting", "/srv/a\nUser=root", `"/srv/a\nUser=root/b" --config "/srv/a\nUser=root/c" --state "/srv/a\nUser=root/s" run`},
	} {
		t.Run(row.name, func(t *testing.T) {
			unit := unitOf(Setup{Program: row.folder + "/b", Config: row.folder + "/c", State: row.folder + "/s"})
			if !strings.Contains(unit, "\nExecStart="+row.want+"\n") || strings.Count(unit, "ExecStart=") != 1 {
				t.Errorf("unit:\n%s", unit)
			}
		})
	}
}

// The units and the program must agree; each row is a promise of the documentation.
func TestWhatBothUnitsSay(t *testing.T) {
	for name, unit := range map[string]string{"system": systemUnit, "user": userUnit} {
		for _, setting := range []string{"Type=notify", "NotifyAccess=main", "Restart=on-failure", "RestartSec=30s", "RestartPreventExitStatus=2",
			"Environment=GOTRACEBACK=crash", "WatchdogSec=7min", "TimeoutStartSec=7min", "TimeoutStopSec=90s", "ExecReload=/bin/kill -HUP $MAINPID", "NoNewPrivileges=yes"} {
			if !strings.Contains(unit, "\n"+setting+"\n") {
				t.Errorf("the %s unit does not say %s", name, setting)
			}
		}
	}
	for _, setting := range []string{"User=" + SystemUser, "StateDirectory=bilateral", "RuntimeDirectory=bilateral", "ExecStart=/usr/bin/bilateral --config " + SystemConfig + " run"} {
		if !strings.Contains(systemUnit, "\n"+setting+"\n") {
			t.Errorf("the system unit does not say %s", setting)
		}
	}
}

func TestCredentials(t *testing.T) {
	if got, want := machine.CredentialDropIn([]string{"dav", "smtp"}), "[Service]\nLoadCredentialEncrypted=dav:bilateral.dav\nLoadCredentialEncrypted=smtp:bilateral.smtp\n"; got != want {
		t.Errorf("got %q", got)
	}
	if got, want := mine.CredentialDropIn([]string{"dav"}), "[Service]\nLoadCredential=dav:/home/alice/.config/bilateral/credentials/dav\n"; got != want {
		t.Errorf("got %q", got)
	}
}
