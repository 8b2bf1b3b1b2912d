package caldav_test

import (
	"strconv"
	"testing"

	"bilateral/calendar/caldav"
)

// BenchmarkFirstPass reads 10,000 events of a server in the same process.
func BenchmarkFirstPass(b *testing.B) {
	for _, f := range []flavour{{name: "texts in the sync"}, {name: "multigets", noData: true}} {
		b.Run(f.name, func(b *testing.B) {
			server := filled(f, 10_000)
			b.ReportAllocs()
			for b.Loop() {
				observe(b, open(b, server, nil))
			}
		})
	}
}

// BenchmarkRestart is a first pass of a new process, from the mirror on disk.
func BenchmarkRestart(b *testing.B) {
	server, dir := filled(flavour{}, 10_000), b.TempDir()
	with := func(o *caldav.Options) { o.Mirror = dir }
	observe(b, open(b, server, with))
	b.ReportAllocs()
	for b.Loop() {
		observe(b, open(b, server, with))
	}
}

// BenchmarkNoChange is every other pass.
func BenchmarkNoChange(b *testing.B) {
	server := filled(flavour{}, 10_000)
	a := open(b, server, nil)
	observe(b, a)
	b.ReportAllocs()
	for b.Loop() {
		observe(b, a)
	}
}

// BenchmarkOneChange is a pass after one event changed.
func BenchmarkOneChange(b *testing.B) {
	server := filled(flavour{}, 10_000)
	a := open(b, server, nil)
	observe(b, a)
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		server.set(fakeWork+"e7.ics", event("e"+strconv.Itoa(n), 7))
		observe(b, a)
	}
}
