package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/config"
	"bilateral/internal/store"
	"bilateral/systemd"
)

// app is one invocation: the global flags, and what a command opens when it needs it.
type app struct {
	in            io.Reader
	out, problems io.Writer

	configFlag, stateFlag, nowFlag string
	logLevel, logFormat            string
	noColor                        bool

	pretended time.Time // --now; zero: the real clock
	started   bool      // a command's own code runs: errors before that are wrong usage
	asked     string    // the command, for whom to send to its help
	loaded    *config.Config
	opened    *store.Store
	readOnly  bool   // opened is
	borrowed  string // a folder for the database and the mirrors of one look; "": they are in ownState
	watched   bool   // a person waits for what is done, so that progress may be drawn

	count func(calendar string, next http.RoundTripper) http.RoundTripper // counts requests; nil: nobody asks
}

func (a *app) close() {
	if a.opened != nil {
		a.opened.Close() // every change was committed before
	}
}

// now is the moment that everything is judged by, in UTC.
func (a *app) now() time.Time {
	if !a.pretended.IsZero() {
		return a.pretended
	}
	return time.Now().UTC()
}

// configPath follows the flag, the environment, the user's folder and the machine's, in this order.
func (a *app) configPath() string {
	if a.configFlag != "" {
		return a.configFlag
	}
	if path := os.Getenv("BILATERAL_CONFIG"); path != "" {
		return path
	}
	own := filepath.Join(xdg("XDG_CONFIG_HOME", ".config"), "bilateral", "config.toml")
	if !exists(own) && exists(systemd.SystemConfig) {
		return systemd.SystemConfig
	}
	return own
}

// stateDir is where the database and the mirrors are.
func (a *app) stateDir() string {
	if a.borrowed != "" {
		return a.borrowed
	}
	return a.ownState()
}

// ownState follows the flag, systemd's $STATE_DIRECTORY (the first of a list) and the user's folder; beside the machine's
// config it is the system service's.
func (a *app) ownState() string {
	if a.stateFlag != "" {
		return a.stateFlag
	}
	if dir, _, _ := strings.Cut(os.Getenv("STATE_DIRECTORY"), ":"); dir != "" {
		return dir
	}
	if a.configPath() == systemd.SystemConfig && exists(systemd.SystemState) {
		return systemd.SystemState
	}
	return filepath.Join(xdg("XDG_STATE_HOME", ".local/state"), "bilateral")
}

// xdg is a folder of the XDG base directory specification; relative values are to be ignored.
func xdg(variable, otherwise string) string {
	if dir := os.Getenv(variable); filepath.IsAbs(dir) {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return otherwise
	}
	return filepath.Join(home, otherwise)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// config reads the configuration once.
func (a *app) config() (*config.Config, error) {
	if a.loaded != nil {
		return a.loaded, nil
	}
	c, err := config.Load(a.configPath(), a.now())
	if err == nil {
		a.loaded = c
	}
	return c, err
}

// store opens the database for writing, making it if need be.
func (a *app) store() (*store.Store, error) {
	if a.opened != nil && !a.readOnly {
		return a.opened, nil
	}
	if err := a.mayWrite(); err != nil {
		return nil, err
	}
	s, err := store.Open(a.stateDir())
	if err == nil {
		a.close()
		a.opened, a.readOnly = s, false
	}
	return s, err
}

// wholeStore opens the database for who holds the lock: it is read through, and a damaged one is replaced by its last copy.
func (a *app) wholeStore() error {
	if a.opened != nil && !a.readOnly {
		return nil
	}
	s, err := store.OpenWhole(a.stateDir(), a.now())
	if err == nil {
		a.close()
		a.opened, a.readOnly = s, false
	}
	return err
}

// reading opens the database for reading; nil where there is none yet. A file that waits for a migration is migrated: the
// owner should not have to know.
func (a *app) reading() (*store.Store, error) {
	if a.opened != nil {
		return a.opened, nil
	}
	s, err := store.OpenReadOnly(a.stateDir())
	var file *store.FileError
	switch {
	case errors.Is(err, store.ErrNone):
		return nil, nil
	case errors.As(err, &file) && file.Fault == store.Older:
		return a.store()
	case err == nil:
		a.opened, a.readOnly = s, true
	}
	return s, err
}

// today is the date in the owner's zone.
func (a *app) today(zone *time.Location) calendar.Date { return calendar.DateOf(a.now(), zone) }

func (a *app) printf(format string, args ...any) { fmt.Fprintf(a.out, format, args...) }

// note says something beside the output, without spoiling it for scripts.
func (a *app) note(format string, args ...any) {
	fmt.Fprintln(a.problems, plain(fmt.Sprintf(format, args...)))
}
