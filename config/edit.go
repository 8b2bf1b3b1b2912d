package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// SetMode writes the mode of a bilateral into the file where it stands: the main file at path, or one of bilateral.d. All
// else in the file stays as it is, byte for byte.
func SetMode(path, bilateral, mode string) error {
	if mode != Act && mode != Watch {
		return fmt.Errorf("mode %q is not known: it is %q or %q", mode, Act, Watch)
	}
	return setKey(path, bilateral, "mode", mode)
}

// SetAdopt writes the UID of the series that a bilateral takes over, in the way of [SetMode].
func SetAdopt(path, bilateral, uid string) error { return setKey(path, bilateral, "adopt", uid) }

func setKey(path, bilateral, key, value string) error {
	var l loader
	for _, file := range append([]string{path}, l.extras(path)...) {
		data, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read config: %w", err)
		}
		edited, found := edit(data, bilateral, key, value)
		if !found {
			continue
		}
		if err := stillRight(file, edited, bilateral, key, value); err != nil {
			return err
		}
		return replace(file, edited)
	}
	return &Error{File: path, Problem: fmt.Sprintf("there is no [[bilateral]] table named %q", bilateral),
		Do: fmt.Sprintf("Add the line by hand to the bilateral: %s = %s", key, quote(value))}
}

// edit changes or adds one line of the [[bilateral]] table of that name. A new line follows that of the name.
func edit(data []byte, bilateral, key, value string) (edited []byte, found bool) {
	for _, t := range bilateralTables(data) {
		if name, ok := t["name"]; !ok || name.text != bilateral {
			continue
		} else if old, ok := t[key]; ok {
			return slices.Concat(data[:old.from], []byte(quote(value)), data[old.to:]), true
		} else {
			return addAfter(data, name, key+" = "+quote(value)), true
		}
	}
	return nil, false
}

// place is where a key's line begins and its value stands in a file.
type place struct {
	text          string // of the value, if it is text
	key, from, to int
}

// bilateralTables finds the texts directly inside each [[bilateral]] table.
func bilateralTables(data []byte) []map[string]place {
	var tables []map[string]place
	var at map[string]place // nil outside of such tables
	var p unstable.Parser
	p.Reset(data)
	for p.NextExpression() {
		n := p.Expression()
		it := n.Key()
		it.Next()
		first := it.Node()
		switch {
		case n.Kind == unstable.ArrayTable && string(first.Data) == "bilateral" && it.IsLast():
			at = map[string]place{}
			tables = append(tables, at)
		case n.Kind != unstable.KeyValue:
			at = nil
		case at != nil && it.IsLast() && n.Value().Kind == unstable.String:
			from := int(n.Value().Raw.Offset)
			at[string(first.Data)] = place{string(n.Value().Data), int(first.Raw.Offset), from, from + int(n.Value().Raw.Length)}
		}
	}
	return tables
}

// addAfter puts a line below another, with its indentation and line ending.
func addAfter(data []byte, above place, line string) []byte {
	start := strings.LastIndexByte(string(data[:above.key]), '\n') + 1
	indent := string(data[start:above.key])
	end := above.to + strings.IndexByte(string(data[above.to:])+"\n", '\n')
	ending := "\n"
	if strings.HasSuffix(string(data[above.to:end]), "\r") {
		ending = "\r\n"
	}
	if end == len(data) { // the last line has no ending
		return slices.Concat(data, []byte(ending+indent+line))
	}
	return slices.Concat(data[:end+1], []byte(indent+line+ending), data[end+1:])
}

// stillRight makes sure that the edited text is TOML and says what it should, before it replaces a file that worked.
func stillRight(file string, edited []byte, bilateral, key, value string) error {
	t, err := parse(file, edited)
	if err != nil {
		return err
	}
	list, _ := t.value("bilateral").([]*node)
	for _, n := range list {
		if b, ok := n.value.(*table); ok && b.value("name") == bilateral && b.value(key) == value {
			return nil
		}
	}
	return &Error{File: file, Problem: fmt.Sprintf("cannot see how to set %s of %q", key, bilateral), Do: fmt.Sprintf("Write it by hand: %s = %s", key, quote(value))}
}

// replace writes a file whole or not at all, with the mode it had. A symbolic link stays one.
func replace(file string, data []byte) error {
	target, err := filepath.EvalSymlinks(file)
	if err != nil {
		return fmt.Errorf("replace config: %w", err)
	}
	info, err := os.Stat(target)
	if err != nil {
		return fmt.Errorf("replace config: %w", err)
	}
	temp, err := os.CreateTemp(filepath.Dir(target), ".bilateral-*") // not .toml: bilateral.d would read it
	if err != nil {
		return fmt.Errorf("replace config: %w: make the folder writable", err)
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	if err = errors.Join(err, temp.Chmod(info.Mode().Perm()), temp.Sync(), temp.Close()); err == nil {
		err = os.Rename(temp.Name(), target)
	}
	if err != nil {
		return fmt.Errorf("replace config %s: %w", file, err)
	}
	return nil
}

// quote writes a TOML basic string, TOML 1.0 section "String".
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
