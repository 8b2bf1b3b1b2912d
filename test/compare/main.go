// Compare lets the program and vdirsyncer follow the same large calendar on the same Radicale in one run, and prints what
// each pass cost. See test/compare-vdirsyncer.sh.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"bilateral/test/servers"
)

func main() {
	events := flag.Int("events", 10_000, "how many the calendar holds")
	flag.Parse()
	if err := compare(*events); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// rival is a program whose pass is one run of a command.
type rival struct {
	name    string
	command []string
}

func compare(events int) error {
	dir, err := os.MkdirTemp("", "compare")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	server, err := servers.Start("radicale", filepath.Join(dir, "radicale"))
	if err != nil {
		return err
	}
	defer server.Stop()
	if err := fill(server, dir, events); err != nil {
		return err
	}
	meter, err := newMeter(server.Is["ROOT"])
	if err != nil {
		return err
	}
	defer meter.Close()
	rivals, err := setUp(dir, meter.URL)
	if err != nil {
		return err
	}
	fmt.Printf("| %d events on Radicale | pass | wall | of it in the server | CPU | peak memory | requests | bytes read |\n|---|---|---|---|---|---|---|---|\n", events)
	for _, pass := range []string{"first", "no change", "ten changed"} {
		if pass == "ten changed" {
			if err := change(server, 10); err != nil {
				return err
			}
		}
		for _, r := range rivals {
			if err := r.measure(pass, meter); err != nil {
				return err
			}
		}
	}
	return nil
}

// fill puts the corpus into the server's own folder, and lets it read everything once, so that neither rival pays for that.
func fill(server *servers.Server, dir string, events int) error {
	folder := filepath.Join(dir, "radicale", "collections", "collection-root", "alice", "work")
	if err := corpus(folder, events); err != nil {
		return err
	}
	const ask = `<sync-collection xmlns="DAV:"><sync-token/><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>`
	return request(server, "REPORT", "", ask)
}

// change edits so many events as a calendar program does.
func change(server *servers.Server, events int) error {
	r := rand.New(rand.NewPCG(2, 2))
	for i := range events {
		day := time.Date(2026, 1, 5+i, 0, 0, 0, 0, time.UTC)
		if err := request(server, "PUT", name(i*97), object(r, i*97, day, 1)); err != nil {
			return err
		}
	}
	return nil
}

func request(server *servers.Server, method, name, body string) error {
	req, err := http.NewRequest(method, server.Is["ALICE"]+name, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.SetBasicAuth("alice", "alicepw")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s", method, req.URL, resp.Status)
	}
	return nil
}

// measure runs one pass and prints its row. The peak is the system's, for the process and nothing else.
func (r rival) measure(pass string, m *meter) error {
	m.reset()
	cmd := exec.Command(r.command[0], r.command[1:]...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", r.name, err, said.String())
	}
	wall := time.Since(began)
	used := cmd.ProcessState
	peak := int64(0)
	if usage, ok := used.SysUsage().(*syscall.Rusage); ok {
		peak = usage.Maxrss
	}
	fmt.Printf("| %s | %s | %.2f s | %.2f s | %.2f s | %d MB | %d | %.1f MB |\n", r.name, pass, wall.Seconds(), m.inServer().Seconds(),
		(used.UserTime() + used.SystemTime()).Seconds(), peak/1024, m.requests(), float64(m.bytes())/1e6)
	return nil
}
