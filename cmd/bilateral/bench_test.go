package main

import (
	"io"
	"strings"
	"testing"
)

// BenchmarkStatus is one invocation of status, after the demo, without the start of the process.
func BenchmarkStatus(b *testing.B) {
	dir := b.TempDir() + "/demo"
	if code := run(b.Context(), []string{"demo", "--dir", dir, "--now", "2026-11-22T09:00:00Z"}, strings.NewReader(""), io.Discard, io.Discard); code != 0 {
		b.Fatalf("the demo ended with exit code %d", code)
	}
	args := []string{"--config", dir + "/config.toml", "--state", dir + "/state", "--now", "2026-11-25T16:45:00+01:00", "status"}
	for b.Loop() {
		if code := run(b.Context(), args, strings.NewReader(""), io.Discard, io.Discard); code != 0 {
			b.Fatalf("status ended with exit code %d", code)
		}
	}
}
