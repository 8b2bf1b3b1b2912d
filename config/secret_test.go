package config

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSecretsAreRead(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	t.Setenv("DAV_PASSWORD", "from the environment")
	write(t, dir, "dav", "from systemd\n")
	if err := os.Chmod(filepath.Join(dir, "dav"), 0o440); err != nil { // as an access list of systemd looks
		t.Fatal(err)
	}
	rows := map[string]Secret{
		"from a file":          {File: write(t, dir, "password", "from a file\r\n")},
		"from systemd":         {Credential: "dav"},
		"from a command":       {Command: []string{"printf", `%s\n`, "from a command"}},
		"not $HOME":            {Command: []string{"echo", "not $HOME"}},
		"from the environment": {Env: "DAV_PASSWORD"},
		"":                     {},
	}
	for want, secret := range rows {
		if got, err := secret.Read(context.Background()); got != want || err != nil {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
}

func TestSecretErrorsSayWhatToDo(t *testing.T) {
	dir := t.TempDir()
	open := write(t, dir, "open", "hunter2")
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	rows := []struct {
		name   string
		secret Secret
		says   string
	}{
		{"a file that others can read", Secret{File: open}, "mode 0644, so others can reach it: chmod 600 " + open},
		{"no such file", Secret{File: filepath.Join(dir, "none")}, "create the file with mode 0600"},
		{"an empty file", Secret{File: write(t, dir, "empty", "\n")}, "is empty"},
		{"no such variable", Secret{Env: "BILATERAL_NO_SUCH"}, "BILATERAL_NO_SUCH is not set"},
		{"no such credential", Secret{Credential: "none"}, "LoadCredential=none:/path"},
		{"a command that fails says nothing of its arguments", Secret{Command: []string{"false", "hunter2"}}, `"false" failed`},
		{"a command that fails says nothing of its output", Secret{Command: []string{"sh", "-c", "echo hunter2; echo hunter2 >&2; exit 1"}}, `"sh" failed`},
		{"no such command", Secret{Command: []string{"bilateral-no-such-command"}}, "run it by hand"},
	}
	for _, row := range rows {
		_, err := row.secret.Read(context.Background())
		if err == nil || !strings.Contains(err.Error(), row.says) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	if _, err := (Secret{Credential: "dav"}).Read(context.Background()); err == nil || !strings.Contains(err.Error(), "LoadCredential=dav:/path") {
		t.Errorf("outside of systemd: %v", err)
	}
}

func TestSecretCommandEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (Secret{Command: []string{"sleep", "60"}}).Read(ctx); err == nil {
		t.Error("no error")
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	c := Calendar{Name: "work", Password: Secret{Command: []string{"echo", "hunter2"}}}
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprint(c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c), fmt.Sprintf("%v", &c), string(encoded)} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("printed: %s", text)
		}
	}
}

func TestCredentialsOfTheRunningServiceServeItsCommands(t *testing.T) {
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	run := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", run)
	dir := filepath.Join(run, "credentials", "bilateral.service")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "dav"), []byte("hunter2"), 0o400); err != nil {
		t.Fatal(err)
	}
	if got, err := (Secret{Credential: "dav"}).Read(context.Background()); err != nil || got != "hunter2" {
		t.Errorf("got %q, %v", got, err)
	}
}
