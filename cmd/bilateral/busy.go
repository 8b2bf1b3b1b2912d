package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"bilateral/calendar"
	"bilateral/calendar/ical"
	"bilateral/config"
)

// busyQuery is what `bilateral busy` asks, whatever the source.
type busyQuery struct {
	window calendar.Span
	zone   *time.Location // of floating times, dates and the text output
	zoned  bool           // the zone was asked for; else a source may know a better one
	as     string         // whose answers count
	free   bool           // show also what counts as free
}

// busyAnswer is what a source holds in the window.
type busyAnswer struct {
	events     []calendar.Event
	unreadable []calendar.Unreadable
	person     calendar.Person
	zone       *time.Location // of the text output; nil: as asked
}

// busySource answers for a configured calendar; ok is false where the config has none of that name.
type busySource func(cmd *cobra.Command, name string, q busyQuery) (answer busyAnswer, ok bool, err error)

// busyFlags are the flags of `bilateral busy` as they were typed.
type busyFlags struct {
	from, to, as, zone string
	json, free         bool
}

// newBusyCommand makes `bilateral busy`. configured may be nil: then only files are read. usual tells the moment it is and
// the zone of whoever asks.
func newBusyCommand(configured busySource, usual func() (time.Time, *time.Location)) *cobra.Command {
	var flags busyFlags
	cmd := &cobra.Command{
		Use:   "busy CALENDAR or FILE.ics",
		Short: "Show the busy time of a calendar or an .ics file",
		Long: `Show the busy time that a configured calendar, or any .ics file, yields, as the planner sees it: start, end,
how firmly the time is taken (hard, soft or away), and where it comes from. A file needs no config.

Parts of a calendar that cannot be read are named and do no harm to the others.`,
		Example: `  bilateral busy work
  bilateral busy team.ics --from 2026-12-01 --to 2026-12-15 --zone Europe/Berlin
  bilateral busy dana.ics --as dana@example.org --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := flags.query(usual)
			if err != nil {
				return err
			}
			answer, err := askBusy(cmd, configured, args[0], q)
			if err != nil {
				return err
			}
			if flags.json {
				return writeBusyJSON(jsonGate(cmd.OutOrStdout()), answer, q)
			}
			return writeBusyText(cmd.OutOrStdout(), answer, q)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.from, "from", "", "first moment: RFC 3339 or a date (default: now)")
	f.StringVar(&flags.to, "to", "", "last moment: RFC 3339 or a date, not included (default: 8 weeks later)")
	f.StringVar(&flags.as, "as", "", "the person whose answers to invitations count, by mail address")
	f.StringVar(&flags.zone, "zone", "", "how floating times and dates are read, e.g. Europe/Berlin (default: yours by the config, else local)")
	f.BoolVar(&flags.json, "json", false, "print JSON")
	f.BoolVar(&flags.free, "free", false, "show also what counts as free")
	return cmd
}

func (f busyFlags) query(usual func() (time.Time, *time.Location)) (busyQuery, error) {
	now, zone := usual()
	q := busyQuery{zone: zone, zoned: f.zone != "", as: strings.ToLower(f.as), free: f.free}
	var err error
	if q.zoned {
		if q.zone, err = time.LoadLocation(f.zone); err != nil {
			return q, wrongUsage("Give an IANA name such as Europe/Berlin.", "--zone %s: no such time zone", f.zone)
		}
	}
	if q.window.Start, err = busyMoment("--from", f.from, now, now, q.zone); err != nil {
		return q, err
	}
	if q.window.End, err = busyMoment("--to", f.to, q.window.Start.AddDate(0, 0, 8*7), now, q.zone); err != nil {
		return q, err
	}
	if !q.window.Start.Before(q.window.End) {
		return q, wrongUsage("Give a later --to.", "--to is not later than --from")
	}
	q.window = q.window.UTC()
	return q, nil
}

func busyMoment(flag, text string, otherwise, now time.Time, zone *time.Location) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	t, err := readMoment(text, now, zone)
	if err != nil {
		return t, wrongUsage("Write for instance: "+flag+" 2026-12-02 or "+flag+" 2026-12-02T15:30:00+01:00", "%s %q is no moment", flag, text)
	}
	return t, nil
}

// askBusy prefers a configured calendar unless the name is plainly a path.
func askBusy(cmd *cobra.Command, configured busySource, name string, q busyQuery) (busyAnswer, error) {
	path := strings.ContainsRune(name, os.PathSeparator) || strings.HasSuffix(strings.ToLower(name), ".ics")
	if configured != nil && !path {
		if answer, ok, err := configured(cmd, name, q); ok || err != nil {
			return answer, err
		}
	}
	if _, err := os.Stat(name); !path && err != nil {
		return busyAnswer{}, wrongUsage("Give the name of a configured calendar, or the path of an .ics file.", "no calendar is named %q", name)
	}
	return busyOfFile(name, q)
}

// busyOfFile reads an .ics file. It takes no config.
func busyOfFile(path string, q busyQuery) (busyAnswer, error) {
	data, err := readCapped(path)
	if err != nil {
		return busyAnswer{}, err
	}
	file := ical.Parse(path, data)
	events, unreadable := ical.Expand([]*ical.File{file}, ical.View{Window: q.window, Zone: q.zone})
	answer := busyAnswer{events: events, unreadable: append(file.Unreadable(), unreadable...)}
	answer.person.LeaveWords = config.LeaveWords()
	if q.as != "" {
		answer.person.Emails = []string{q.as}
	}
	return answer, nil
}

// readCapped reads a file of at most ical.MaxBytes.
func readCapped(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, failed("Give the path of an .ics file, or the name of a configured calendar.", "cannot read the calendar: %w", err)
	}
	defer f.Close()
	size := int64(0)
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		size = min(info.Size(), ical.MaxBytes)
	}
	data := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead)) // whole at once: growing would take twice the memory
	if _, err = data.ReadFrom(io.LimitReader(f, ical.MaxBytes+1)); err != nil {
		return nil, failed("Give the path of an .ics file, or the name of a configured calendar.", "cannot read the calendar: %w", err)
	}
	if data.Len() > ical.MaxBytes {
		return nil, failed("Split it, or export fewer years.", "%s is longer than the %d MiB that are read of one file", path, ical.MaxBytes>>20)
	}
	return data.Bytes(), nil
}

// busyRow is one line of the answer.
type busyRow struct {
	calendar.Event
	strength calendar.Strength
}

// rows judges the events. What has no length takes no time: it shows with --free only.
func (a busyAnswer) rows(q busyQuery) []busyRow {
	out := make([]busyRow, 0, len(a.events))
	for _, e := range a.events {
		r := busyRow{e, a.person.Judge(e)}
		if e.Length() <= 0 {
			r.strength = calendar.Free
		}
		if q.free || r.strength != calendar.Free {
			out = append(out, r)
		}
	}
	return out
}

// busyJSON has its times as text: encoding/json refuses a whole answer for one event in the year 10000.
type busyJSON struct {
	Start        string  `json:"start"`
	End          string  `json:"end"`
	Strength     string  `json:"strength"`
	UID          string  `json:"uid"`           // "" of free/busy
	RecurrenceID *string `json:"recurrence_id"` // null of a single event
}

type unreadableJSON struct {
	Where string `json:"where"`
	Why   string `json:"why"`
}

// writeBusyJSON writes row by row: a window may hold very many.
func writeBusyJSON(out io.Writer, a busyAnswer, q busyQuery) error {
	w := bufio.NewWriter(out)
	io.WriteString(w, `{"version":1,"busy":[`)
	for i, r := range a.rows(q) {
		if i > 0 {
			w.WriteByte(',')
		}
		row := busyJSON{Start: utcText(r.Start), End: utcText(r.End), Strength: r.strength.String(), UID: r.UID}
		if !r.RecurrenceID.IsZero() {
			original := utcText(r.RecurrenceID)
			row.RecurrenceID = &original
		}
		if err := writeJSON(w, row); err != nil {
			return err
		}
	}
	io.WriteString(w, `],"unreadable":[`)
	for i, u := range a.unreadable {
		if i > 0 {
			w.WriteByte(',')
		}
		if err := writeJSON(w, unreadableJSON{u.Where, u.Why}); err != nil {
			return err
		}
	}
	io.WriteString(w, "]}\n")
	return w.Flush()
}

func utcText(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func writeJSON(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append([]byte("\n"), text...))
	return err
}

func writeBusyText(out io.Writer, a busyAnswer, q busyQuery) error {
	zone := q.zone
	if a.zone != nil {
		zone = a.zone
	}
	rows := a.rows(q)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		from := r.UID
		if r.Anonymous {
			from = "free/busy"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", busyTime(r.Event, zone), r.strength, plain(from))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(rows) == 0 {
		const layout = "Mon 2006-01-02 15:04 MST"
		fmt.Fprintf(out, "nothing from %s to %s\n", q.window.Start.In(zone).Format(layout), q.window.End.In(zone).Format(layout))
	}
	for _, u := range a.unreadable {
		fmt.Fprintf(out, "not read: %s: %s\n", plain(u.Where), plain(u.Why))
	}
	return nil
}

// busyTime writes a span in local time, the date of its end only where it differs.
func busyTime(e calendar.Event, zone *time.Location) string {
	start, end := e.Start.In(zone), e.End.In(zone)
	layout := "15:04 MST"
	if calendar.DateOf(start, zone) != calendar.DateOf(end, zone) {
		layout = "Mon 2006-01-02 15:04 MST"
	}
	return start.Format("Mon 2006-01-02 15:04") + "-" + end.Format(layout)
}
