package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bilateral/config"
	"bilateral/systemd"

	"github.com/spf13/cobra"
)

// question is one answer of the set-up: a flag for scripts, a prompt on a terminal.
type question struct {
	flag, prompt, usual string
	answer              *string
	asked               func() bool // nil: always
	must                bool
}

func (a *app) initCommand() *cobra.Command {
	var answers config.Answers
	questions := setupQuestions(&answers)
	c := &cobra.Command{
		Use:   "init",
		Short: "Sets it up: asks, and writes a commented config",
		Long: "Asks what it needs to know and writes a commented config. Every answer can be given as a flag; what is missing is\n" +
			"asked on a terminal. The new bilateral begins in watch mode: it plans and reports, and writes nothing.",
		Example: "  bilateral init\n" +
			"  bilateral init --name \"Alice Chen\" --email alice@example.org --timezone Europe/Berlin \\\n" +
			"    --type vdir --path ~/calendars/alice --executive-name \"Dana Boss\" \\\n" +
			"    --executive-email dana@example.org --prefer \"Wed 15:30\"",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(c *cobra.Command, _ []string) error { return a.setUp(c, &answers, questions) },
	}
	for _, q := range questions {
		c.Flags().StringVar(q.answer, q.flag, "", strings.ToLower(q.prompt[:1])+q.prompt[1:])
	}
	c.RegisterFlagCompletionFunc("type", cobra.FixedCompletions([]string{config.Vdir, config.CalDAV, config.Google}, cobra.ShellCompDirectiveNoFileComp))
	c.RegisterFlagCompletionFunc("cadence", cobra.FixedCompletions([]string{"daily", "weekly", "every 2 weeks", "monthly"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// setupQuestions are asked in this order.
func setupQuestions(n *config.Answers) []question {
	of := func(kinds ...string) func() bool {
		return func() bool { return strings.Contains(strings.Join(kinds, " "), n.Type) }
	}
	return []question{
		{flag: "name", prompt: "Your name", answer: &n.Name, must: true},
		{flag: "email", prompt: "Your e-mail address", answer: &n.Email, must: true},
		{flag: "timezone", prompt: "Your time zone", usual: localZone(), answer: &n.Zone, must: true},
		{flag: "type", prompt: "Your calendar: vdir (a folder of .ics files), caldav or google", usual: config.Vdir, answer: &n.Type, must: true},
		{flag: "path", prompt: "Folder of the .ics files", usual: "~/calendars/work", answer: &n.Path, asked: of(config.Vdir), must: true},
		{flag: "url", prompt: "Address of the CalDAV server", answer: &n.URL, asked: of(config.CalDAV), must: true},
		{flag: "username", prompt: "User name there", answer: &n.Username, asked: of(config.CalDAV), must: true},
		{flag: "password-file", prompt: "File with the password (mode 0600)", usual: "password.txt", answer: &n.PasswordFile, asked: of(config.CalDAV)},
		{flag: "credentials", prompt: "File with the OAuth client or service account key", usual: "client.json", answer: &n.Credentials, asked: of(config.Google)},
		{flag: "collection", prompt: "Which calendar there (empty: the default one)", answer: &n.Collection, asked: of(config.CalDAV, config.Google)},
		{flag: "executive-name", prompt: "Whom you report to: their name", answer: &n.ExecutiveName, must: true},
		{flag: "executive-email", prompt: "Their e-mail address", answer: &n.ExecutiveEmail, must: true},
		{flag: "executive-timezone", prompt: "Their time zone", usual: "as yours", answer: &n.ExecutiveZone},
		{flag: "executive-path", prompt: "Folder or .ics file with their calendar, if you have one", answer: &n.ExecutivePath},
		{flag: "cadence", prompt: "How often: daily, weekly, \"every 2 weeks\" or monthly", usual: "weekly", answer: &n.Cadence},
		{flag: "prefer", prompt: "Best time, such as \"Wed 15:30\" (daily: \"15:30\", monthly: \"first Wed 15:30\")", answer: &n.Prefer, must: true},
		{flag: "duration", prompt: "How long", usual: "as the cadence asks", answer: &n.Duration},
		{flag: "minimum", prompt: "The least that is worth it", usual: "as the cadence asks", answer: &n.Minimum},
		{flag: "bilateral", prompt: "A short name for it", usual: "their first name", answer: &n.Bilateral},
	}
}

// localZone is the name of the machine's zone, as far as it tells; "" where it does not.
func localZone() string {
	if name := os.Getenv("TZ"); strings.Contains(name, "/") {
		return strings.TrimPrefix(name, ":")
	}
	if data, err := os.ReadFile("/etc/timezone"); err == nil {
		return strings.TrimSpace(string(data))
	}
	target, err := os.Readlink("/etc/localtime")
	if _, name, ok := strings.Cut(target, "zoneinfo/"); err == nil && ok {
		return name
	}
	return ""
}

func (a *app) setUp(c *cobra.Command, answers *config.Answers, questions []question) error {
	path := a.configPath()
	if exists(path) {
		return wrongUsage("Edit it, or write another one with --config.", "%s is there already, and is not overwritten", path)
	}
	if err := a.ask(c, questions); err != nil {
		return err
	}
	answers.Path, answers.ExecutivePath = absolute(answers.Path), absolute(answers.ExecutivePath)
	for _, p := range []*string{&answers.PasswordFile, &answers.Credentials} {
		if exists(*p) { // else the file is still to be made, beside the config
			*p = absolute(*p)
		}
	}
	if err := a.writeConfig(path, *answers); err != nil {
		return err
	}
	conf, err := config.Load(path, a.now())
	if err != nil {
		os.Remove(path) // so that the answers can be given anew
		return err
	}
	a.loaded = conf
	a.printf("Wrote %s, in watch mode: nothing is written to a calendar yet.\n", path)
	a.printf("Who can open your calendar, and whoever an invitation is forwarded to, can read the agenda in it.\n")
	before := ""
	if len(googleNames(conf)) > 0 {
		before = "bilateral login      signs in to Google (docs/google.md tells how to get the credentials)\n       "
	}
	if path == systemd.SystemConfig {
		a.printf("Next:  sudo bilateral install --system    makes the service, and its user %s: give that user the files with passwords\n"+
			"       sudo -u %[1]s bilateral check   reaches the calendars as the service does\n", systemd.SystemUser)
		return nil
	}
	a.printf("Next:  %sbilateral check      reaches the calendars\n       bilateral run --once looks and plans\n       bilateral status     tells what it found\n", before)
	return nil
}

// absolute reads a path as the shell does: the config would read it from its own folder.
func absolute(path string) string {
	if path == "" || strings.HasPrefix(path, "~") {
		return path
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return full
}

// ask takes the answers that no flag gave: on a terminal from the person, else from the defaults.
func (a *app) ask(c *cobra.Command, questions []question) error {
	lines := bufio.NewScanner(a.in)
	talk := isTerminal(a.in)
	for _, q := range questions {
		if q.asked != nil && !q.asked() || c.Flags().Changed(q.flag) {
			continue
		}
		usual := q.usual
		if strings.HasPrefix(usual, "as ") || strings.HasPrefix(usual, "their ") {
			usual = "" // the config's own default
		}
		*q.answer = usual
		if talk {
			if err := a.prompt(lines, q, usual); err != nil {
				return err
			}
		}
		if q.must && *q.answer == "" {
			return wrongUsage("Give it: bilateral init --"+q.flag+" …", "%s: no answer", strings.ToLower(q.prompt[:1])+q.prompt[1:])
		}
	}
	return nil
}

func (a *app) prompt(lines *bufio.Scanner, q question, usual string) error {
	p := a.paint(a.out)
	for {
		shown := ""
		if q.usual != "" {
			shown = p.faint(" [" + q.usual + "]")
		}
		a.printf("%s%s: ", q.prompt, shown)
		if !lines.Scan() {
			return errors.Join(wrongUsage("Run bilateral init again.", "the set-up was broken off; nothing was written"), lines.Err())
		}
		*q.answer = strings.TrimSpace(lines.Text())
		if *q.answer == "" {
			*q.answer = usual
		}
		if why := implausible(q, *q.answer); why != "" {
			a.printf("%s\n", p.yellow("  "+why))
			continue
		}
		return nil
	}
}

// implausible refuses while the person is still there what the config would refuse later.
func implausible(q question, answer string) string {
	_, badZone := time.LoadLocation(answer)
	switch {
	case q.must && answer == "":
		return "This one is needed."
	case strings.HasSuffix(q.flag, "timezone") && answer != "" && badZone != nil:
		return "That is no zone; write for instance Europe/Berlin."
	case strings.HasSuffix(q.flag, "email") && !strings.Contains(answer, "@"):
		return "That is no e-mail address."
	}
	return ""
}

func (a *app) writeConfig(path string, answers config.Answers) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the folder of the config: %w", err)
	}
	err := writePrivate(path, func(w io.Writer) error { return config.Write(w, answers) })
	if errors.Is(err, fs.ErrPermission) {
		return failed("Choose another place with --config.", "%w", err)
	}
	return err
}
