package main

import (
	"fmt"
	"net/url"
	"slices"

	"bilateral/internal/store"
)

// channels are the ways to notify that [notify] sets up, by the names that the database keeps them under, and where they
// lead: of addresses that are secrets the host alone.
func (w *wiring) channels() [][2]string {
	var out [][2]string
	add := func(name, to string) {
		if to != "" {
			out = append(out, [2]string{name, to})
		}
	}
	c := w.config.Notify
	if len(c.Command) > 0 {
		add("command", c.Command[0])
	}
	add("webhook", hostAlone(c.Webhook))
	add("mail", c.Mail)
	add("calendar", c.Calendar)
	add("heartbeat", hostAlone(c.Heartbeat))
	return out
}

func hostAlone(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// checkChannels tells what became of the last notification by each way. It sends none: whoever gets it would take it for a
// problem.
func (a *app) checkChannels(w *wiring, l *checklist) error {
	s, err := a.reading()
	if err != nil {
		return nil // the line about the state says it
	}
	var known []store.Channel
	if s != nil {
		if known, err = s.Channels(); err != nil {
			return err
		}
	}
	for _, c := range w.channels() {
		mark, what := cell{"ok", l.paint.green}, "nothing had to be told by it yet"
		if k := slices.IndexFunc(known, func(k store.Channel) bool { return k.Name == c[0] }); k >= 0 {
			what = "the last time it went out"
			if at := known[k].Failing; known[k].Error != "" {
				mark, what = cell{"note", l.paint.yellow}, fmt.Sprintf("it does not go out since %s: %s", at.In(w.config.Me.Zone).Format("Mon 2 Jan 15:04 MST"), known[k].Error)
			}
		}
		l.table.row(mark, text("notify "+c[0]), text(c[1]+"; "+what))
	}
	return nil
}
