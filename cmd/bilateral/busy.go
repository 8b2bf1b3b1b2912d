package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"bilateral/calendar"
	"bilateral/calendar/ical"
)

// busyQuery is what `bilateral busy` asks, whatever the source.
type busyQuery struct {
	window calendar.Span
	zone   *time.Location // of floating times, dates and the text output
	as     string         // whose answers count
	free   bool           // show also what counts as free
}

// busyAnswer is what a source holds in the window.
type busyAnswer struct {
	events     []calendar.Event
	unreadable []calendar.Unreadable
	person     calendar.Person
}

// busySource answers for a configured calendar; ok is false where the config has none of that name.
type busySource func(cmd *cobra.Command, name string, q busyQuery) (answer busyAnswer, ok bool, err error)

// busyFlags are the flags of `bilateral busy` as they were typed.
type busyFlags struct {
	from, to, as, zone string
	json, free         bool
}

// newBusyCommand makes `bilateral busy`. configured may be nil: then only files are read.
func newBusyCommand(configured busySource) *cobra.Command {
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
			q, err := flags.query(time.Now())
			if err != nil {
				return err
			}
			answer, err := askBusy(cmd, configured, args[0], q)
			if err != nil {
				return err
			}
			if flags.json {
				return writeBusyJSON(cmd.OutOrStdout(), answer, q)
			}
			return writeBusyText(cmd.OutOrStdout(), answer, q)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.from, "from", "", "first moment: RFC 3339 or a date (default: now)")
	f.StringVar(&flags.to, "to", "", "last moment: RFC 3339 or a date, not included (default: 8 weeks later)")
	f.StringVar(&flags.as, "as", "", "the person whose answers to invitations count, by mail address")
	f.StringVar(&flags.zone, "zone", "", "how floating times and dates are read, e.g. Europe/Berlin (default: local)")
	f.BoolVar(&flags.json, "json", false, "print JSON")
	f.BoolVar(&flags.free, "free", false, "show also what counts as free")
	return cmd
}

func (f busyFlags) query(now time.Time) (busyQuery, error) {
	q := busyQuery{zone: time.Local, as: f.as, free: f.free}
	var err error
	if f.zone != "" {
		if q.zone, err = time.LoadLocation(f.zone); err != nil {
			return q, fmt.Errorf("--zone %s: no such time zone; give an IANA name such as Europe/Berlin", f.zone)
		}
	}
	q.window.Start, q.window.End = now, time.Time{}
	if f.from != "" {
		if q.window.Start, err = parseMoment(f.from, q.zone); err != nil {
			return q, fmt.Errorf("--from %w", err)
		}
	}
	q.window.End = q.window.Start.AddDate(0, 0, 8*7)
	if f.to != "" {
		if q.window.End, err = parseMoment(f.to, q.zone); err != nil {
			return q, fmt.Errorf("--to %w", err)
		}
	}
	if !q.window.Start.Before(q.window.End) {
		return q, errors.New("--to must be later than --from")
	}
	q.window = q.window.UTC()
	return q, nil
}

// parseMoment reads RFC 3339, or a date, which is its midnight in the zone.
func parseMoment(s string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no moment; give 2026-12-02 or 2026-12-02T15:30:00+01:00", s)
	}
	return calendar.Resolve(d, zone), nil
}

// askBusy prefers a configured calendar unless the name is plainly a path.
func askBusy(cmd *cobra.Command, configured busySource, name string, q busyQuery) (busyAnswer, error) {
	path := strings.ContainsRune(name, os.PathSeparator) || strings.HasSuffix(strings.ToLower(name), ".ics")
	if configured != nil && !path {
		if answer, ok, err := configured(cmd, name, q); ok || err != nil {
			return answer, err
		}
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
	if q.as != "" {
		answer.person.Emails = []string{strings.ToLower(q.as)}
	}
	return answer, nil
}

// readCapped reads one byte more than ical takes at most, so that ical says that it is too long.
func readCapped(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the calendar: %w", err)
	}
	defer f.Close()
	var data []byte
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		if info.Size() > ical.MaxBytes {
			return nil, fmt.Errorf("%s has %d MiB; files of up to %d MiB are read", path, info.Size()>>20, ical.MaxBytes>>20)
		}
		data = make([]byte, 0, info.Size()+1)
	}
	for {
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		n, err := f.Read(data[len(data):min(cap(data), ical.MaxBytes+1)])
		data = data[:len(data)+n]
		switch {
		case errors.Is(err, io.EOF), len(data) > ical.MaxBytes:
			return data, nil
		case err != nil:
			return nil, fmt.Errorf("cannot read the calendar: %w", err)
		}
	}
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
	Start        string `json:"start"`
	End          string `json:"end"`
	Strength     string `json:"strength"`
	UID          string `json:"uid,omitempty"`
	RecurrenceID string `json:"recurrence_id,omitempty"`
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
			row.RecurrenceID = utcText(r.RecurrenceID)
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
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, r := range a.rows(q) {
		from := r.UID
		if r.Anonymous {
			from = "free/busy"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", busyTime(r.Event, q.zone), r.strength, from)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(a.rows(q)) == 0 {
		fmt.Fprintf(out, "nothing from %s to %s\n", q.window.Start.In(q.zone).Format("Mon 2 Jan 2006 15:04"), q.window.End.In(q.zone).Format("Mon 2 Jan 2006 15:04 MST"))
	}
	for _, u := range a.unreadable {
		fmt.Fprintf(out, "not read: %s: %s\n", u.Where, u.Why)
	}
	return nil
}

// busyTime writes a span in local time, the date of its end only where it differs.
func busyTime(e calendar.Event, zone *time.Location) string {
	start, end := e.Start.In(zone), e.End.In(zone)
	layout := "15:04 MST"
	if calendar.DateOf(start, zone) != calendar.DateOf(end, zone) {
		layout = "Mon 2 Jan 15:04 MST"
	}
	return start.Format("Mon 2006-01-02 15:04") + "-" + end.Format(layout)
}
