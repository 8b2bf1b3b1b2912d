package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bilateral/internal/engine"
	"bilateral/internal/plan"

	"github.com/rs/zerolog"
)

func TestTheJournalGetsPrioritiesAndAPersonDoesNot(t *testing.T) {
	stream, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	info, err := stream.Stat()
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	rows := []struct{ name, env, want string }{
		{"the journal reads it", fmt.Sprintf("%d:%d", stat.Dev, stat.Ino), "<4>{"},
		{"the journal read the program that started this one", "8:1234", "{"},
		{"there is no journal", "", "{"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Setenv("JOURNAL_STREAM", r.env)
			if err := stream.Truncate(0); err != nil {
				t.Fatal(err)
			}
			if _, err := stream.Seek(0, 0); err != nil {
				t.Fatal(err)
			}
			log := (&app{problems: textGate(stream)}).logger(0)
			log.Warn().Str("problem", "a title with\nFAKE <0>line \x1b[31m").Msg("problem")
			data, err := os.ReadFile(stream.Name())
			if err != nil || !strings.HasPrefix(string(data), r.want) || strings.Count(string(data), "\n") != 1 {
				t.Fatalf("%q %v", data, err)
			}
			var fields map[string]any
			if err := json.Unmarshal(data[strings.IndexByte(string(data), '{'):], &fields); err != nil || fields["level"] != "warn" {
				t.Errorf("%s: %v", data, err)
			}
		})
	}
}

func TestTheLogHasALineForWhatChanged(t *testing.T) {
	slotless := engine.Problem{Code: "period_unmet", Severity: engine.Critical, Bilateral: "dana", Period: "2026-W49", Message: "no slot"}
	milder := slotless
	milder.Severity = engine.Warning
	status := func(state plan.State, problems ...engine.Problem) *engine.Status {
		s := engine.Status{Problems: problems, Bilaterals: []engine.BilateralStatus{{Name: "dana", Periods: []engine.PeriodStatus{{Period: "2026-W49", State: state}}}}}
		return &s
	}
	rows := []struct {
		name   string
		before *engine.Status
		after  *engine.Status
		want   string // level and message of each line
	}{
		{"nothing", status("held"), status("held"), ""},
		{"nothing, while a problem stands", status("unmet", slotless), status("unmet", slotless), ""},
		{"the first pass tells the problems", nil, status("unmet", slotless), "error problem"},
		{"a problem begins", status("held"), status("unmet", slotless), "error problem; info period"},
		{"it becomes milder", status("unmet", slotless), status("unmet", milder), "warn problem"},
		{"it ends", status("unmet", slotless), status("held"), "info problem over; info period"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			var out bytes.Buffer
			logChanges(zerolog.New(&out), r.before, *r.after)
			var got []string
			for line := range strings.Lines(out.String()) {
				var fields map[string]string
				if err := json.Unmarshal([]byte(line), &fields); err != nil || fields["bilateral"] != "dana" || fields["period"] != "2026-W49" {
					t.Fatalf("%s: %v", line, err)
				}
				got = append(got, fields["level"]+" "+fields["message"])
			}
			if strings.Join(got, "; ") != r.want {
				t.Errorf("%q, want %q", got, r.want)
			}
		})
	}
}
