package main

import (
	"encoding/json"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Set by the linker (-X main.version=…) where the build knows better than the module's own record.
var version, commit string

type buildInfo struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
}

func (a *app) versionCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "version",
		Short:   "Version, commit and Go version",
		Example: "  bilateral version --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			b := readBuild()
			if asJSON {
				return a.printJSON(b)
			}
			a.printf("bilateral %s (commit %s, %s %s/%s)\n", b.Version, b.Commit, b.Go, runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func readBuild() buildInfo {
	b := buildInfo{Version: version, Commit: commit, Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if ok && b.Version == "" {
		b.Version = info.Main.Version
	}
	for i := 0; ok && b.Commit == "" && i < len(info.Settings); i++ {
		if info.Settings[i].Key == "vcs.revision" {
			b.Commit = info.Settings[i].Value
		}
	}
	if b.Version == "" {
		b.Version = "(devel)"
	}
	if b.Commit == "" {
		b.Commit = "unknown"
	}
	return b
}

// printJSON writes one indented JSON value.
func (a *app) printJSON(v any) error {
	e := json.NewEncoder(jsonGate(a.out))
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
