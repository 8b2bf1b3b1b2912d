package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Each is set up in the way that its manual describes, to read alice's calendar and keep what it read.
const (
	ours = `
[me]
name     = "Alice Chen"
email    = "alice@example.org"
timezone = "Europe/Berlin"

[calendar.work]
type     = "caldav"
url      = "$URL/alice/work/"
username = "alice"
password = { file = "password" }

[[bilateral]]
name     = "dana"
calendar = "work"
mode     = "watch"
cadence  = "weekly"
prefer   = "Wed 15:30"
duration = "45m"
minimum  = "20m"

[bilateral.executive]
name     = "Dana Boss"
email    = "dana@example.org"
timezone = "America/New_York"
hours    = ["Mon-Fri 09:00-18:00"]
busy     = []
`
	theirs = `
[general]
status_path = "$DIR/status"

[pair work]
a = "server"
b = "folder"
collections = null

[storage server]
type = "caldav"
url = "$URL/alice/work/"
username = "alice"
password = "alicepw"

[storage folder]
type = "filesystem"
path = "$DIR/folder"
fileext = ".ics"
`
)

func setUp(dir, address string) ([]rival, error) {
	fill := strings.NewReplacer("$DIR", dir, "$URL", address)
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		return nil, err
	}
	for name, text := range map[string]string{"config.toml": ours, "password": "alicepw", "vdirsyncer": theirs} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(fill.Replace(text)), 0o600); err != nil {
			return nil, err
		}
	}
	program := filepath.Join(dir, "bilateral")
	run := []string{program, "--config", filepath.Join(dir, "config.toml"), "--state"}
	sync := []string{"vdirsyncer", "--config", filepath.Join(dir, "vdirsyncer")}
	for _, command := range [][]string{
		{"go", "build", "-o", program, "bilateral/cmd/bilateral"},
		append(run[:4:4], filepath.Join(dir, "before"), "start", "dana", "--yes"), // the series stands when the first pass is measured
		append(sync[:3:3], "discover"),
	} {
		if said, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, said)
		}
	}
	return []rival{
		{"bilateral", append(run[:4:4], filepath.Join(dir, "state"), "run", "--once")},
		{"vdirsyncer", append(sync[:3:3], "sync")},
	}, nil
}
