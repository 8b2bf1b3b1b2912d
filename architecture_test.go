package bilateral_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A layer says what one package may import, and why no more. Of the program's own packages it may import those in
// ours; of other people's modules a pure package may import those in theirs.
type layer struct {
	ours   []string
	theirs []string
	pure   bool // no clock, no input or output, no log: the same input gives the same bytes
	hosts  bool // speaks HTTP
	why    string
}

var (
	noun    = []string{}
	speaks  = []string{"calendar"}
	adapter = []string{"calendar", "calendar/ical"}
	mirrors = []string{"calendar", "calendar/ical", "calendar/snapshot", "calendar/web"}
)

// layers is the architecture: imports go one way, and a package that is not here has no place yet.
var layers = map[string]layer{
	"calendar":                    {ours: noun, pure: true, why: "every package speaks its language, so it knows none of them"},
	"agenda":                      {ours: noun, pure: true, why: "follow-ups and their text are judged without calendars, files or clocks"},
	"calendar/ical":               {ours: speaks, theirs: []string{"github.com/emersion/go-ical"}, pure: true, why: "it turns text into events and back, and nothing else"},
	"calendar/holiday":            {ours: speaks, theirs: []string{"github.com/rickar/cal/v2"}, pure: true, why: "it turns a region and dates into busy time"},
	"calendar/calendartest":       {ours: speaks, why: "it asks of an adapter only what calendar.Account promises"},
	"calendar/memory":             {ours: adapter, why: "an adapter translates and nothing else"},
	"calendar/vdir":               {ours: adapter, why: "an adapter translates and nothing else"},
	"calendar/feed":               {ours: []string{"calendar", "calendar/ical", "calendar/web"}, hosts: true, why: "an adapter translates and nothing else"},
	"calendar/snapshot":           {ours: noun, why: "it keeps bytes of an adapter's on disk, and does not know what they mean"},
	"calendar/web":                {ours: speaks, hosts: true, why: "it judges addresses and answers, and asks for nothing"},
	"calendar/caldav":             {ours: mirrors, hosts: true, why: "an adapter translates and nothing else"},
	"calendar/google":             {ours: mirrors, hosts: true, why: "an adapter translates and nothing else"},
	"calendar/imip":               {ours: adapter, theirs: []string{"github.com/emersion/go-message"}, pure: true, why: "it turns series into mails and mails into answers, and carries neither"},
	"calendar/google/signin":      {ours: []string{"calendar", "calendar/web"}, hosts: true, why: "it fetches and keeps tokens, and knows no calendar's content"},
	"calendar/google/standin":     {ours: speaks, hosts: true, why: "it is Google's side, and an adapter's mistakes must not be its own"},
	"test/servers/google-standin": {ours: []string{"calendar/google/standin"}, hosts: true, why: "it puts the stand-in on loopback and nothing else"},
	"internal/plan":               {ours: speaks, pure: true, why: "the guarantee is a function of the world it is given"},
	"internal/mail":               {ours: []string{"calendar", "calendar/imip"}, why: "it carries mails and does not know what for"},
	"internal/store":              {ours: []string{"calendar", "agenda", "internal/plan"}, why: "it keeps what others decide"},
	"config":                      {ours: []string{"calendar", "calendar/holiday", "calendar/web", "agenda", "internal/plan"}, why: "it yields the core's own policy types, and does nothing with them"},
	"systemd":                     {ours: noun, why: "units, notification and the watchdog know nothing of meetings"},
	"internal/engine": {
		ours: []string{"calendar", "calendar/imip", "agenda", "internal/plan", "internal/store"},
		why:  "it sees calendars through calendar.Account alone, so that each adapter is treated alike",
	},
	"internal/monitor": {ours: []string{"calendar", "internal/engine"}, hosts: true, why: "it shows what passes found, and changes nothing"},
	"internal/notify": {
		ours:  []string{"calendar", "calendar/imip", "internal/store", "internal/engine"},
		hosts: true,
		why:   "it tells of problems by any channel, and judges none",
	},
	"internal/sim": {
		ours: []string{"calendar", "calendar/ical", "calendar/imip", "calendar/memory", "agenda", "internal/plan", "internal/store", "internal/engine"},
		why:  "it runs the real engine in a made-up world",
	},
	"cmd/bilateral": {
		ours: []string{
			"calendar", "calendar/ical", "calendar/holiday", "calendar/vdir", "calendar/feed", "calendar/caldav", "calendar/google", "calendar/google/signin",
			"agenda", "config", "systemd", "internal/mail", "internal/monitor", "internal/notify", "internal/plan", "internal/store", "internal/engine",
		},
		hosts: true,
		why:   "it wires what a user runs, and the doubles of tests are no part of that",
	},
	"test/servers":   {ours: noun, why: "it starts other people's servers"},
	"test/compare":   {ours: []string{"test/servers"}, hosts: true, why: "it times the program from outside"},
	"test/endtoend":  {ours: noun, why: "it knows the program as its users do, from outside"},
	"internal/tally": {ours: noun, why: "it counts tests and knows no program"},
	".":              {ours: noun, why: "the root holds this test alone"},
}

// doubles are what any package's tests may import besides.
var doubles = []string{"calendar/calendartest", "calendar/memory", "calendar/google/standin", "calendar/ical", "internal/sim", "test/servers"}

// impure are the standard library's ways to the world outside; a package below one of them counts as it.
var impure = []string{"context", "crypto/rand", "database/sql", "io/ioutil", "log", "math/rand", "net", "os", "syscall"}

// clocks are what reads the machine's time, waits for it, or takes its zone.
var clocks = []string{"Now", "Since", "Until", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Sleep", "Local"}

func TestImportsGoOneWay(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		files++
		for _, offence := range offences(t, filepath.ToSlash(name), source) {
			t.Error(offence)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Fatal("found no Go file: the test looks in the wrong folder")
	}
}

// offences are the sentences that tell what the file at name does that its package may not.
func offences(t *testing.T, name string, source []byte) []string {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if generator(file) {
		return nil
	}
	home := path.Dir(name)
	layer, ok := layers[home]
	if !ok {
		return []string{fmt.Sprintf("%s: package %s has no place in the architecture; give it a row in layers", name, home)}
	}
	test := strings.HasSuffix(name, "_test.go")
	var found []string
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if reason := layer.refuses(home, imported, test); reason != "" {
			found = append(found, fmt.Sprintf("%s imports %s: %s", set.Position(spec.Pos()), imported, reason))
		}
	}
	if layer.pure && !test {
		found = append(found, readings(set, file)...)
	}
	return found
}

// generator reports whether file is a program run by hand that stands beside its package, not in it.
func generator(file *ast.File) bool {
	return slices.ContainsFunc(file.Comments, func(group *ast.CommentGroup) bool {
		return group.Pos() < file.Package && group.List[0].Text == "//go:build ignore"
	})
}

// refuses says why package home may not import another, or nothing where it may.
func (l layer) refuses(home, imported string, test bool) string {
	if ours, ok := strings.CutPrefix(imported, "bilateral/"); ok {
		if slices.Contains(l.ours, ours) || test && (ours == home || slices.Contains(doubles, ours)) {
			return ""
		}
		return fmt.Sprintf("%s may import %s of ours: %s", home, list(l.ours), l.why)
	}
	switch {
	case test:
		return ""
	case below(imported, "net/http") && !l.hosts:
		return "only the adapters and the command speak HTTP"
	case !l.pure:
		return ""
	case imported == "context" && home == "calendar":
		return "" // Account's methods take one; calendar itself never waits
	case slices.ContainsFunc(impure, func(way string) bool { return below(imported, way) }):
		return fmt.Sprintf("%s is pure: no clock, no input or output, no log, no context; %s", home, l.why)
	case foreign(imported) && !slices.ContainsFunc(l.theirs, func(module string) bool { return below(imported, module) }):
		return fmt.Sprintf("%s is pure and may import %s of other people's modules: %s", home, list(l.theirs), l.why)
	}
	return ""
}

// readings are the places where a file of a pure package reads the machine's clock or zone.
func readings(set *token.FileSet, file *ast.File) []string {
	var found []string
	ast.Inspect(file, func(node ast.Node) bool {
		use, ok := node.(*ast.SelectorExpr)
		if !ok || !slices.Contains(clocks, use.Sel.Name) {
			return true
		}
		if of, ok := use.X.(*ast.Ident); ok && of.Name == localName(file, "time") {
			found = append(found, fmt.Sprintf("%s uses time.%s: the moment and the zone are fields of a pure package's input", set.Position(use.Pos()), use.Sel.Name))
		}
		return true
	})
	return found
}

// localName is what file calls the imported package, or nothing where it does not import it.
func localName(file *ast.File, imported string) string {
	for _, spec := range file.Imports {
		if spec.Path.Value != strconv.Quote(imported) {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path.Base(imported)
	}
	return ""
}

func below(imported, parent string) bool {
	return imported == parent || strings.HasPrefix(imported, parent+"/")
}

// foreign reports whether a path names another module: those begin with a host, the standard library's do not.
func foreign(imported string) bool {
	host, _, _ := strings.Cut(imported, "/")
	return strings.Contains(host, ".")
}

func list(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return "only " + strings.Join(names, ", ")
}

func TestArchitectureRefuses(t *testing.T) {
	for _, row := range []struct {
		sentence, file, source, want string
	}{
		{"a planner that keeps records", "internal/plan/x.go", `package x; import "bilateral/internal/store"`, "internal/plan/x.go:1:19 imports bilateral/internal/store: internal/plan may import only calendar of ours: the guarantee is a function of the world it is given"},
		{"an adapter that knows the guarantee", "calendar/vdir/x.go", `package x; import "bilateral/internal/plan"`, "calendar/vdir may import only calendar, calendar/ical of ours"},
		{"an engine that knows one adapter", "internal/engine/x.go", `package x; import "bilateral/calendar/vdir"`, "so that each adapter is treated alike"},
		{"a calendar that knows anyone", "calendar/x.go", `package x; import "bilateral/agenda"`, "calendar may import nothing of ours"},
		{"a program that holds the tests' world", "cmd/bilateral/x.go", `package x; import "bilateral/internal/sim"`, "the doubles of tests are no part of that"},
		{"a lower package's test that needs a higher one", "internal/plan/x_test.go", `package x; import "bilateral/internal/engine"`, "internal/plan may import only calendar of ours"},
		{"a package without a place", "internal/util/x.go", `package x`, "package internal/util has no place in the architecture"},
		{"an agenda that reads files", "agenda/x.go", `package x; import "os"`, "agenda is pure"},
		{"an agenda that runs programs", "agenda/x.go", `package x; import "os/exec"`, "agenda is pure"},
		{"a planner that logs", "internal/plan/x.go", `package x; import "log/slog"`, "internal/plan is pure"},
		{"a planner that logs by a library", "internal/plan/x.go", `package x; import "github.com/rs/zerolog"`, "internal/plan is pure and may import nothing of other people's modules"},
		{"a planner that can be cancelled half way", "internal/plan/x.go", `package x; import "context"`, "internal/plan is pure"},
		{"a store that calls a server", "internal/store/x.go", `package x; import "net/http"`, "only the adapters and the command speak HTTP"},
		{"a folder of files that calls a server", "calendar/vdir/x.go", `package x; import "net/http"`, "only the adapters and the command speak HTTP"},
		{"a planner that looks at the clock", "internal/plan/x.go", "package x; import \"time\"\nvar now = time.Now", "internal/plan/x.go:2:11 uses time.Now"},
		{"a planner that calls the clock by another name", "internal/plan/x.go", "package x; import clock \"time\"\nvar now = clock.Now()", "uses time.Now"},
		{"a reader of events that takes the machine's zone", "calendar/ical/x.go", "package x; import \"time\"\nvar zone = time.Local", "uses time.Local"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			got := strings.Join(offences(t, row.file, []byte(row.source)), "\n")
			if !strings.Contains(got, row.want) {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func TestArchitectureAllows(t *testing.T) {
	for _, row := range []struct{ sentence, file, source string }{
		{"an interface that takes a context", "calendar/x.go", `package x; import "context"`},
		{"an adapter that speaks HTTP", "calendar/feed/x.go", `package x; import "net/http"`},
		{"a test of a pure package that reads a golden file", "agenda/x_test.go", `package x; import "os"`},
		{"a test that runs the conformance suite", "calendar/vdir/x_test.go", `package x; import "bilateral/calendar/calendartest"`},
		{"a test from outside its package", "config/x_test.go", `package x; import "bilateral/config"`},
		{"a planner that adds hours to a moment it was given", "internal/plan/x.go", "package x; import \"time\"\nvar hour = time.Hour"},
		{"a moment with a field called Local", "internal/plan/x.go", "package x; import \"time\"\nvar _ time.Time\nvar zone = moment.Local"},
		{"a program that writes a table of the package by hand", "calendar/ical/x.go", "//go:build ignore\n\npackage main\nimport \"net\""},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			if got := offences(t, row.file, []byte(row.source)); len(got) > 0 {
				t.Errorf("got %q", got)
			}
		})
	}
}
