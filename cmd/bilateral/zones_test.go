package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"bilateral/config"
)

func TestTimeZonesThatAreUpdatedOrMissingAreSeen(t *testing.T) {
	t.Setenv("ZONEINFO", "")
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	c := &config.Config{Me: config.Me{Zone: berlin}}
	var b config.Bilateral
	b.Executive.Zone = newYork
	c.Bilaterals = append(c.Bilaterals, b)
	dir := t.TempDir()
	folders := []string{filepath.Join(dir, "none"), dir}
	put := func(name, text string, at time.Time) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	if builtInZones(folders, c) == "" {
		t.Error("nothing is said although the built-in zones are used")
	}
	summer := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	put("Europe/Berlin", "TZif", summer)
	put("America/New_York", "TZif", summer)
	put("tzdata.zi", "# version 2026a\nR x", summer)
	if said := builtInZones(folders, c); said != "" {
		t.Error(said)
	}
	if v := zoneVersion(dir); v != "2026a" {
		t.Errorf("version %q", v)
	}
	seen := map[string]bool{}
	for _, step := range []func(){
		func() {},
		func() { put("tzdata.zi", "# version 2026b\nR x", summer) },
		func() { put("America/New_York", "TZif", summer.AddDate(0, 1, 0)) },
		func() { put("Europe/Berlin", "TZif", summer.AddDate(0, 1, 0)) },
	} {
		step()
		stamp := zoneStamp(folders, c)
		if seen[stamp] || stamp != zoneStamp(folders, c) {
			t.Errorf("%q is not of this update alone", stamp)
		}
		seen[stamp] = true
	}
}
