package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Secret says where a password or key is to be had. It holds the place, never the secret itself, and is printed as
// "(secret)" all the same: the arguments of a command may tell more than they should. At most one field is set.
type Secret struct {
	File       string   // absolute path
	Command    []string // run without a shell; what it prints is the secret
	Credential string   // a file of systemd's $CREDENTIALS_DIRECTORY
	Env        string   // an environment variable
}

const (
	commandDeadline = 30 * time.Second
	secretLimit     = 1 << 20 // bytes; a service account key is about 2 kB
)

// IsZero reports whether no source was given.
func (s Secret) IsZero() bool {
	return s.File == "" && len(s.Command) == 0 && s.Credential == "" && s.Env == ""
}

// String hides the source.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return "(secret)"
}

// GoString hides the source from %#v.
func (s Secret) GoString() string { return "config.Secret{" + s.String() + "}" }

// MarshalText hides the source from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Read fetches the secret, without the newline at its end. Errors name the source and what to do, never the secret. A
// Secret without a source is "".
func (s Secret) Read(ctx context.Context) (string, error) {
	if s.IsZero() {
		return "", nil
	}
	text, err := s.fetch(ctx)
	if err != nil {
		return "", err
	}
	text = strings.TrimRight(text, "\r\n")
	if text == "" {
		return "", fmt.Errorf("the %s is empty: put the secret there", s.source())
	}
	return text, nil
}

func (s Secret) fetch(ctx context.Context) (string, error) {
	switch {
	case s.File != "":
		return readPrivate(s.File)
	case s.Credential != "":
		return readCredential(s.Credential)
	case len(s.Command) > 0:
		return runSecret(ctx, s.Command)
	}
	text, ok := os.LookupEnv(s.Env)
	if !ok {
		return "", fmt.Errorf("the environment variable %s is not set: set it for the daemon too, or use { file = … }", s.Env)
	}
	return text, nil
}

// source names where the secret comes from; of a command only the program.
func (s Secret) source() string {
	switch {
	case s.File != "":
		return "secret file " + s.File
	case s.Credential != "":
		return fmt.Sprintf("systemd credential %q", s.Credential)
	case len(s.Command) > 0:
		return fmt.Sprintf("output of the secret's command %q", s.Command[0])
	}
	return "environment variable " + s.Env
}

// readPrivate reads a file that only its owner can read. Devices and pipes have no meaningful mode.
func readPrivate(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("read secret: %w: create the file with mode 0600, or correct its path in the config", err)
	}
	if mode := info.Mode(); mode.IsRegular() && mode.Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		return "", fmt.Errorf("the secret file %s has mode %04o, so others can reach it: chmod 600 %s", path, mode.Perm(), path)
	}
	return readLimited(path)
}

// readCredential reads one of systemd's credentials. Their mode is not looked at: systemd keeps the folder private, and
// shows its access list as a group mode.
func readCredential(name string) (string, error) {
	dir := credentialDir()
	if dir == "" {
		return "", fmt.Errorf("systemd passed no credentials, so %q is unknown: add LoadCredential=%s:/path to the unit, or run it under systemd", name, name)
	}
	text, err := readLimited(filepath.Join(dir, name))
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("systemd passed no credential %q: add LoadCredential=%s:/path to the unit", name, name)
	}
	return text, err
}

// credentialDir is systemd's $CREDENTIALS_DIRECTORY; outside of the service, that of the service while it runs, which its
// own user may read: so that "check" and "start" reach what the daemon reaches. "" where there is none.
func credentialDir() string {
	if dir := os.Getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		return dir
	}
	for _, run := range []string{os.Getenv("XDG_RUNTIME_DIR"), "/run"} {
		dir := filepath.Join(run, "credentials", "bilateral.service")
		if _, err := os.ReadDir(dir); filepath.IsAbs(run) && err == nil {
			return dir
		}
	}
	return ""
}

func readLimited(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read secret: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, secretLimit))
	if err != nil {
		return "", fmt.Errorf("read secret %s: %w", path, err)
	}
	return string(data), nil
}

// runSecret runs a command without a shell. What it writes to stderr is not repeated: a traced script prints its secrets
// there.
func runSecret(ctx context.Context, argv []string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandDeadline)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stdout = &out
	cmd.WaitDelay = time.Second // a grandchild may hold the pipe open after the command was killed
	err := cmd.Run()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "", fmt.Errorf("the secret's command %q gave no answer in %s: does it ask for a passphrase?", argv[0], commandDeadline)
	case err != nil:
		return "", fmt.Errorf("the secret's command %q failed (%w): run it by hand to see why", argv[0], err)
	}
	return out.String(), nil
}
