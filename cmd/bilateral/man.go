package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand writes the man pages that a package installs; people read --help, so it is not listed.
func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "Writes the man pages into a folder",
		Example: "  bilateral man /usr/local/share/man/man1",
		Args:    cobra.ExactArgs(1),
		Hidden:  true,
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return failed("Name a folder that you may write to.", "make the folder for the man pages: %w", err)
			}
			root := c.Root()
			root.Long, root.DisableAutoGenTag = manual(root), true
			header := &doc.GenManHeader{Title: "BILATERAL", Section: "1", Source: "bilateral", Manual: "bilateral"}
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return failed("Name a folder that you may write to.", "write the man pages: %w", err)
			}
			return nil
		},
	}
}

// manual is the description of the program's own page, in Markdown: what --help shows in groups, and what people look for
// in a man page.
func manual(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString(about + "\n\n# COMMANDS\n")
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			fmt.Fprintf(&b, "**bilateral-%s(1)**\n: %s\n\n", c.Name(), c.Short)
		}
	}
	b.WriteString(manualEnd)
	return b.String()
}

const manualEnd = `# EXIT STATUS
0: fine. 1: failed. 2: wrong usage or config. 3: needs a person (sign-in gone, series declined or vanished, writing stopped).

**status** alone has the codes of monitoring plugins, 0 ok, 1 warning, 2 critical, 3 unknown, and **plan --exit-code** ends
with 2 where changes are pending.

# FILES
**~/.config/bilateral/config.toml**, **/etc/bilateral/config.toml**
: The config, of your own or of the service of the machine. A commented example is in /usr/share/doc/bilateral/examples.

**bilateral.d/*.toml**
: Beside the config: more bilaterals, one file each.

**~/.local/state/bilateral**, **/var/lib/bilateral**
: The database of follow-ups and history, mirrors of calendars, and Google sign-ins.

**/usr/share/doc/bilateral/docs**
: systemd.md, monitoring.md, google.md, servers.md, security.md and guarantee.md.

`
