package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"bilateral/systemd"
)

// carrySteps does what an installation asks for, and shows each file and command.
func (a *app) carrySteps(ctx context.Context, steps []systemd.Step, dry bool) error {
	for _, s := range steps {
		if err := a.carryStep(ctx, s, dry); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) carryStep(ctx context.Context, s systemd.Step, dry bool) error {
	switch {
	case s.Write != "":
		a.printf("write   %s\n", plain(s.Write))
		if dry {
			a.printf("%s\n", indent(plainLines(s.Text)))
			return nil
		}
		return writeUnit(s.Write, s.Text)
	case s.Remove != "":
		if !exists(s.Remove) {
			return nil
		}
		a.printf("remove  %s\n", plain(s.Remove))
		if dry {
			return nil
		}
		return removeUnit(s.Remove)
	}
	a.printf("run     %s\n", plain(strings.Join(s.Run, " ")))
	if dry {
		return nil
	}
	return runStep(ctx, s)
}

// writeUnit writes a file whole or not at all. Others may read it: it holds no secret.
func writeUnit(path, text string) error {
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path+".new", []byte(text), 0o644)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return failed("Make the folder writable, then repeat it: nothing is lost.", "write the unit: %w", err)
	}
	return nil
}

func removeUnit(path string) error {
	if err := os.Remove(path); err != nil {
		return failed("Remove it by hand, then repeat it.", "remove the unit: %w", err)
	}
	if dir := filepath.Dir(path); filepath.Base(dir) == systemd.Service+".d" {
		os.Remove(dir) // stays where other drop-ins are in it
	}
	return nil
}

// runStep runs a command; what it says on failure is part of the error.
func runStep(ctx context.Context, s systemd.Step) error {
	out, err := exec.CommandContext(ctx, s.Run[0], s.Run[1:]...).CombinedOutput()
	if err == nil || s.Lenient {
		return nil
	}
	said := plain(string(bytes.TrimSpace(out)))
	return failed(adviseCommand(s.Run, said), "%s: %w: %s", strings.Join(s.Run, " "), err, said)
}

// adviseCommand says what to do about a failed command of systemd's.
func adviseCommand(argv []string, said string) string {
	own := slices.Contains(argv, "--user")
	switch {
	case own && strings.Contains(said, "connect to bus"):
		return "Log in as that user itself (su and sudo give no session), or set XDG_RUNTIME_DIR=/run/user/$(id -u); then repeat it."
	case slices.Contains(argv, "restart") && own:
		return "See why it does not start: journalctl --user -u bilateral -e"
	case slices.Contains(argv, "restart"):
		return "See why it does not start: journalctl -u bilateral -e"
	case argv[0] == "loginctl":
		return "Ask an administrator for: loginctl enable-linger $USER; then repeat it."
	}
	return "Run that command by hand to see why, then repeat it: what was done is not lost."
}
