package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSetModeChangesOneLine(t *testing.T) {
	two := "# mine\n[[bilateral]]\nname = \"eve\"\nmode = \"watch\"\n\n[[ bilateral ]] # the boss\n"
	tail := "\n[bilateral.executive]\nname = \"Dana Boss\"\nmode = \"not this\"\n"
	rows := []struct{ name, before, after string }{
		{"the value is replaced, its comment stays",
			two + "  name = 'dana'\n  mode   =  'watch'   # for now\nprefer = \"Wed 15:30\"\n" + tail,
			two + "  name = 'dana'\n  mode   =  \"act\"   # for now\nprefer = \"Wed 15:30\"\n" + tail},
		{"a missing line follows the name, with its indentation",
			two + "\tname = \"dana\" # x\n\tprefer = \"Wed 15:30\"\n" + tail,
			two + "\tname = \"dana\" # x\n\tmode = \"act\"\n\tprefer = \"Wed 15:30\"\n" + tail},
		{"the mode may stand before the name",
			two + "mode = \"watch\"\nname = \"dana\"" + tail,
			two + "mode = \"act\"\nname = \"dana\"" + tail},
		{"line endings of Windows stay",
			"[[bilateral]]\r\nname = \"dana\"\r\nprefer = \"Wed 15:30\"\r\n",
			"[[bilateral]]\r\nname = \"dana\"\r\nmode = \"act\"\r\nprefer = \"Wed 15:30\"\r\n"},
		{"the last line may lack its ending", "[[bilateral]]\nname = \"dana\"", "[[bilateral]]\nname = \"dana\"\nmode = \"act\""},
		{"a text of many lines that looks like the key is left alone",
			"[[bilateral]]\nlocation = \"\"\"\nmode = \"watch\"\n\"\"\"\nname = \"dana\"\nmode = \"watch\"\n",
			"[[bilateral]]\nlocation = \"\"\"\nmode = \"watch\"\n\"\"\"\nname = \"dana\"\nmode = \"act\"\n"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			path := write(t, t.TempDir(), "config.toml", row.before)
			if err := SetMode(path, "dana", Act); err != nil {
				t.Fatal(err)
			}
			if got := read(t, path); got != row.after {
				t.Errorf("got\n%s\nwant\n%s", got, row.after)
			}
		})
	}
}

func TestSetModeReachesTheFolderAndKeepsModeAndLink(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	path := write(t, dir, "config.toml", head+pair("eve"))
	target := write(t, elsewhere, "dana.toml", pair("dana"))
	if err := os.Chmod(target, 0o640); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "bilateral.d", "dana.toml")
	if err := os.Mkdir(filepath.Dir(link), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if err := SetMode(path, "dana", Act); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != head+pair("eve") {
		t.Errorf("the main file changed:\n%s", got)
	}
	if err := SetAdopt(path, "dana", `uid"1`); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, now)
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := c.Bilateral("dana"); b.Mode != Act || b.Adopt != `uid"1` {
		t.Errorf("got %s, %s", b.Mode, b.Adopt)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link became a file: %v, %v", info.Mode(), err)
	}
	if info, err = os.Stat(target); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(elsewhere, ".*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestSetModeRefuses(t *testing.T) {
	inline := head + "bilateral = [{ name = \"dana\", mode = \"watch\" }]\n"
	rows := []struct{ name, text, bilateral, mode, says string }{
		{"an unknown bilateral", head + pair("dana"), "eve", Act, `no [[bilateral]] table named "eve"`},
		{"an unknown mode", head + pair("dana"), "dana", "active", "not known"},
		{"tables within a line", inline, "dana", Act, `mode = "act"`},
		{"a mode that is no text", head + pair("dana") + "[[bilateral]]\nname = \"eve\"\nmode = 1\n", "eve", Act, "TOML"},
	}
	for _, row := range rows {
		path := write(t, t.TempDir(), "config.toml", row.text)
		err := SetMode(path, row.bilateral, row.mode)
		if err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v", row.name, err)
		}
		if read(t, path) != row.text {
			t.Errorf("%s: the file changed", row.name)
		}
	}
}

func FuzzEdit(f *testing.F) {
	f.Add([]byte(pair("dana")), "dana", "act")
	f.Add([]byte("[[bilateral]]\nname='x'\nmode='''a\nb'''"), "x", "\x00\"")
	f.Fuzz(func(t *testing.T, data []byte, name, value string) {
		if _, err := parse("x", data); err != nil {
			return
		}
		edited, found := edit(data, name, "mode", value)
		if !found {
			return
		}
		again, found := edit(edited, name, "mode", value)
		if _, err := parse("x", edited); err == nil && (!found || string(again) != string(edited)) {
			t.Errorf("a second edit changes the first:\n%s\n%s", edited, again)
		}
	})
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
