package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/rs/zerolog"
)

// logger writes to stderr: readable on a terminal, else one JSON object a line.
func (a *app) logger(usual zerolog.Level) zerolog.Logger {
	level := usual
	if a.logLevel != "" {
		level, _ = zerolog.ParseLevel(a.logLevel) // checked with the flags
	}
	return zerolog.New(a.logWriter()).Level(level).With().Timestamp().Logger()
}

func (a *app) logWriter() io.Writer {
	format := a.logFormat
	if format == "" && isTerminal(a.problems) {
		format = "console"
	}
	switch {
	case format == "console":
		return zerolog.ConsoleWriter{Out: a.problems, NoColor: !a.paint(a.problems).on, TimeFormat: time.TimeOnly}
	case isJournal(a.problems):
		return priorities{jsonGate(a.problems)}
	}
	return jsonGate(a.problems)
}

// isJournal reports whether journald reads what is written there: it passes on the device and inode of the stream, which
// programs further down inherit although theirs may lead elsewhere (systemd.exec(5)).
func isJournal(to io.Writer) bool {
	if g, ok := to.(*gate); ok {
		to = g.to
	}
	f, ok := to.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && os.Getenv("JOURNAL_STREAM") == fmt.Sprintf("%d:%d", stat.Dev, stat.Ino)
}

// priorities puts the syslog priority before each line, as journald reads it: sd-daemon(3).
type priorities struct{ io.Writer }

// WriteLevel serves zerolog.
func (p priorities) WriteLevel(level zerolog.Level, line []byte) (int, error) {
	number, known := map[zerolog.Level]string{zerolog.TraceLevel: "7", zerolog.DebugLevel: "7", zerolog.InfoLevel: "6",
		zerolog.WarnLevel: "4", zerolog.ErrorLevel: "3"}[level]
	if !known {
		number = "2"
	}
	if _, err := io.WriteString(p.Writer, "<"+number+">"+string(line)); err != nil {
		return 0, err
	}
	return len(line), nil
}

func checkLogFlags(level, format string) error {
	if _, err := zerolog.ParseLevel(level); err != nil || level == "disabled" {
		return wrongUsage("Use debug, info, warn or error.", "--log-level %q is not known", level)
	}
	if format != "" && format != "console" && format != "json" {
		return wrongUsage("Use console or json.", "--log-format %q is not known", strings.TrimSpace(format))
	}
	return nil
}
