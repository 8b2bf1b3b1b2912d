package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"bilateral/config"
)

// zoneFolders is where Go's LoadLocation looks for time zones before it takes those that are built into the program.
var zoneFolders = []string{"/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo"}

// zoneFolder is the first of the folders that has the zone; "" if none does.
func zoneFolder(folders []string, zone string) string {
	if zip := os.Getenv("ZONEINFO"); zip != "" {
		return zip
	}
	for _, dir := range folders {
		if exists(filepath.Join(dir, zone)) {
			return dir
		}
	}
	return ""
}

// builtInZones warns of zones that nobody keeps up to date; "" where this computer has its own.
func builtInZones(folders []string, c *config.Config) string {
	if zoneFolder(folders, c.Me.Zone.String()) != "" {
		return ""
	}
	return "this computer has no time zones of its own, and those built into the program grow old: install the package tzdata"
}

// zoneStamp is another one after the time zones in use were updated.
func zoneStamp(folders []string, c *config.Config) string {
	names := []string{c.Me.Zone.String()}
	for _, b := range c.Bilaterals {
		names = append(names, b.Executive.Zone.String())
	}
	dir := zoneFolder(folders, names[0])
	stamp := dir + " " + zoneVersion(dir)
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil {
			stamp += fmt.Sprintf(" %s %d", name, info.ModTime().UnixNano())
		}
	}
	return stamp
}

// zoneVersion is the version of the time zone database in a folder, such as 2026b; "" if it does not say.
func zoneVersion(dir string) string {
	f, err := os.Open(filepath.Join(dir, "tzdata.zi"))
	if err != nil {
		return ""
	}
	defer f.Close()
	line, _ := bufio.NewReader(f).ReadString('\n')
	version, says := strings.CutPrefix(strings.TrimSpace(line), "# version ")
	if !says {
		return ""
	}
	return version
}
