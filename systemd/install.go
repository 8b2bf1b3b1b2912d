package systemd

import (
	_ "embed" // the units
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

var (
	//go:embed system/bilateral.service
	systemUnit string
	//go:embed user/bilateral.service
	userUnit string
	//go:embed restart.conf
	restartSteps string
	//go:embed sysusers.conf
	systemUser string
)

// Service is the name of the unit.
const Service = "bilateral.service"

// Where a system service finds what is its own; the units say the same.
const (
	SystemUser   = "bilateral"
	SystemConfig = "/etc/bilateral/config.toml"
	SystemState  = "/var/lib/bilateral"
)

// Where the system unit is put: by a package, and by an installation without one, which goes before it.
const (
	PackageUnit = "/usr/lib/systemd/system/" + Service
	OwnUnit     = systemUnits + "/" + Service
)

const (
	systemUnits  = "/etc/systemd/system"
	systemUsers  = "/etc/sysusers.d/bilateral.conf"
	packageUsers = "/usr/lib/sysusers.d/bilateral.conf"
	steppedSince = 254 // the systemd that has RestartSteps=
)

// Step is one thing that an installation does: a file written or removed, or a command run.
type Step struct {
	Write   string // path of a file to be written, or ""
	Text    string // of that file
	Remove  string // path of a file to be removed, or ""
	Run     []string
	Lenient bool // the command may fail: what it takes back may be gone already
}

// Setup is what is to be installed, and where.
type Setup struct {
	System        bool
	Program       string // absolute path of the executable
	Config, State string // absolute paths; a system service has its own
	Units         string // folder of the user's own units
	Release       int    // of the systemd that runs here, such as 252
	Packaged      bool   // a package brought the system unit and the user
	User          string // whose service it is
	Lingers       bool   // the user's services run without a session already
	LingersByUs   bool   // an earlier installation made it so
	ConfigFiles   []string
	ConfigFolders []string
}

// Install lists what makes the service run, now and after each boot. To do it again does no harm.
func (s Setup) Install() []Step {
	var steps []Step
	if s.System {
		steps = append(steps, s.account()...)
	}
	if !s.Packaged {
		steps = append(steps, Step{Write: s.unit(), Text: s.unitText()})
	}
	if s.Release >= steppedSince {
		steps = append(steps, Step{Write: s.dropIn(), Text: restartSteps})
	}
	steps = append(steps, s.ctl("daemon-reload"), s.ctl("enable", Service), s.ctl("restart", Service))
	if !s.System && !s.Lingers {
		steps = append(steps, Step{Run: []string{"loginctl", "enable-linger", s.User}})
	}
	return steps
}

// account makes the service's user and gives it the config, which commands such as "start" edit as that user.
func (s Setup) account() []Step {
	users := packageUsers
	var steps []Step
	if !s.Packaged {
		users = systemUsers
		steps = append(steps, Step{Write: users, Text: systemUser})
	}
	owner := SystemUser + ":" + SystemUser
	return append(steps, Step{Run: []string{"systemd-sysusers", users}},
		Step{Run: slices.Concat([]string{"chown", "--no-dereference", owner}, s.ConfigFolders, s.ConfigFiles)},
		Step{Run: slices.Concat([]string{"chmod", "0750"}, s.ConfigFolders)},
		Step{Run: slices.Concat([]string{"chmod", "0640"}, s.ConfigFiles)})
}

// Uninstall lists what takes an installation back. Config, state and the system service's user stay.
func (s Setup) Uninstall() []Step {
	stop := s.ctl("disable", "--now", Service)
	stop.Lenient = true
	steps := []Step{stop, {Remove: s.dropIn()}, {Remove: s.unit()}}
	if s.System {
		steps = append(steps, Step{Remove: systemUsers})
	}
	steps = append(steps, s.ctl("daemon-reload"))
	if s.LingersByUs {
		steps = append(steps, Step{Run: []string{"loginctl", "disable-linger", s.User}, Lenient: true})
	}
	return steps
}

// unit is the path of the unit that an installation writes.
func (s Setup) unit() string {
	if s.System {
		return filepath.Join(systemUnits, Service)
	}
	return filepath.Join(s.Units, Service)
}

func (s Setup) dropIn() string { return filepath.Join(s.unit()+".d", "restart.conf") }

// lingering is how a user unit remembers that its installation enabled lingering; systemd reads no section with X-.
const lingering = "\n[X-Bilateral]\nLingering=enabled by bilateral install\n"

// EnabledLingering reports whether the installation that wrote this unit enabled lingering, so that it takes it back.
func EnabledLingering(unit string) bool { return strings.HasSuffix(unit, lingering) }

// unitText is the unit for this machine. A user's names the files that the user's commands use: the manager of a user
// need not have the environment of their shell.
func (s Setup) unitText() string {
	if s.System {
		return withStart(systemUnit, s.Program, "--config", SystemConfig, "run")
	}
	text := withStart(userUnit, s.Program, "--config", s.Config, "--state", s.State, "run")
	if !s.Lingers || s.LingersByUs {
		text += lingering
	}
	return text
}

func (s Setup) ctl(args ...string) Step {
	if s.System {
		return Step{Run: append([]string{"systemctl"}, args...)}
	}
	return Step{Run: append([]string{"systemctl", "--user"}, args...)}
}

// withStart puts another command line into a unit.
func withStart(unit string, argv ...string) string {
	lines := strings.SplitAfter(unit, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "ExecStart=") {
			lines[i] = "ExecStart=" + commandLine(argv) + "\n"
		}
	}
	return strings.Join(lines, "")
}

// commandLine quotes arguments as systemd.service(5), "Command lines", reads them: % begins a specifier, $ a variable.
func commandLine(argv []string) string {
	quoted := make([]string, len(argv))
	for i, arg := range argv {
		arg = strings.NewReplacer("%", "%%", "$", "$$", `\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(arg)
		if strings.ContainsAny(arg, " \t';\"\\") {
			arg = `"` + arg + `"`
		}
		quoted[i] = arg
	}
	return strings.Join(quoted, " ")
}

// CredentialDropIn is a drop-in that hands the named credentials to the service (systemd.exec(5)). A user's manager reads
// encrypted ones from systemd 256 on only. With a path, a file that is missing would keep the whole service from starting;
// one that systemd looks for by its name may be missing, and the daemon says which calendar lacks it.
func (s Setup) CredentialDropIn(names []string) string {
	var b strings.Builder
	b.WriteString("[Service]\n")
	for _, name := range names {
		if s.System {
			fmt.Fprintf(&b, "LoadCredentialEncrypted=%s:%s\n", name, filepath.Base(s.CredentialFile(name)))
		} else {
			fmt.Fprintf(&b, "LoadCredential=%s:%s\n", name, s.CredentialFile(name))
		}
	}
	return b.String()
}

// CredentialFile is where the drop-in looks for a credential.
func (s Setup) CredentialFile(name string) string {
	if s.System {
		return "/etc/credstore.encrypted/bilateral." + name
	}
	return filepath.Join(filepath.Dir(s.Config), "credentials", name)
}
