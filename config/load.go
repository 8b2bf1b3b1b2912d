package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Load reads the config file at path, then the files of the folder bilateral.d beside it, by name. Whether a preferred
// time ever suits both people is judged for the year that begins now. The error is of type [Errors]; a file that is not
// there also is fs.ErrNotExist.
func Load(path string, now time.Time) (*Config, error) {
	l := loader{config: &Config{}, now: now}
	l.main(path)
	if l.readable {
		for _, extra := range l.extras(path) {
			l.extra(extra)
		}
	}
	if len(l.errors) > 0 {
		return nil, l.errors.sorted(l.files)
	}
	return l.config, nil
}

// loader gathers what the files say.
type loader struct {
	config   *Config
	now      time.Time
	files    []string
	errors   Errors
	readable bool // the main file is TOML: what follows can be checked against it
	named    map[string]string
}

// open reads one file; nil where that failed.
func (l *loader) open(path string) (*file, *table) {
	l.files = append(l.files, path)
	full, err := filepath.Abs(path)
	if err == nil {
		var data []byte
		if data, err = os.ReadFile(path); err == nil {
			t, problem := parse(path, data)
			if problem != nil {
				l.errors = append(l.errors, problem)
				return nil, nil
			}
			return &file{path: path, dir: filepath.Dir(full), now: l.now}, t
		}
	}
	do := "Make it readable for this user, or name another file with --config."
	if errors.Is(err, fs.ErrNotExist) {
		do = "Make one with: bilateral init"
	}
	l.errors = append(l.errors, &Error{File: path, Problem: "cannot read the config: " + cause(err), Do: do, Err: err})
	return nil, nil
}

// cause leaves out the path, which stands before it already.
func cause(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}

func (l *loader) main(path string) {
	f, t := l.open(path)
	if f == nil {
		return
	}
	l.readable = true
	l.config.Path = filepath.Join(f.dir, filepath.Base(path))
	r := f.read(t, "")
	l.config.Interval = r.duration("interval", 5*time.Minute, time.Second, day)
	l.config.Me = r.me()
	l.config.Calendars = r.calendars()
	l.config.Mail = r.mail()
	l.config.Listen = r.listen()
	l.config.Notify = r.notify(l.config)
	l.bilaterals(r)
	r.done()
	l.errors = append(l.errors, f.errors...)
}

// extras lists the files of bilateral.d.
func (l *loader) extras(path string) []string {
	dir := filepath.Join(filepath.Dir(path), "bilateral.d")
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.files = append(l.files, dir)
		l.errors = append(l.errors, &Error{File: dir, Problem: "cannot read the folder: " + cause(err), Do: "Make it readable for this user, or remove it.", Err: err})
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".toml") && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	return names
}

// extra reads a file of bilateral.d, which holds bilaterals and nothing else.
func (l *loader) extra(path string) {
	f, t := l.open(path)
	if f == nil {
		return
	}
	r := f.read(t, "")
	l.bilaterals(r)
	for _, key := range t.order {
		if slices.Contains([]string{"interval", "me", "calendar", "mail", "listen", "notify"}, key) {
			r.known = append(r.known, key)
			f.fail(r.line(key), fmt.Sprintf("%q does not belong into bilateral.d", key), "Move it into "+filepath.Base(l.config.Path)+"; files here hold [[bilateral]] tables only.")
		}
	}
	r.done()
	l.errors = append(l.errors, f.errors...)
}

// bilaterals reads the [[bilateral]] tables of a file.
func (l *loader) bilaterals(r *reader) {
	n, ok := r.find("bilateral")
	if !ok {
		return
	}
	list, _ := n.value.([]*node)
	if _, isTable := n.value.(*table); isTable || list == nil {
		r.fail(n.line, "bilateral must be a list of tables", "Begin each bilateral with a line of its own, in two brackets: [[bilateral]]")
		return
	}
	for _, entry := range list {
		t, isTable := entry.value.(*table)
		if !isTable {
			r.fail(entry.line, "bilateral must be a list of tables", "Begin each bilateral with a line of its own, in two brackets: [[bilateral]]")
			continue
		}
		b := r.bilateral(t, l.config)
		if first, taken := l.named[b.Name]; taken && b.Name != "" {
			r.fail(t.line, fmt.Sprintf("a second bilateral is named %q (the first: %s)", b.Name, first), `Give each its own name: name = "`+b.Name+`-2"`)
		}
		l.remember(b.Name, fmt.Sprintf("%s:%d", r.path, t.line))
		l.config.Bilaterals = append(l.config.Bilaterals, b)
	}
}

func (l *loader) remember(name, place string) {
	if l.named == nil {
		l.named = map[string]string{}
	}
	if _, taken := l.named[name]; !taken {
		l.named[name] = place
	}
}
