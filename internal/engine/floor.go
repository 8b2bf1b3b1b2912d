package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/agenda"
	"bilateral/calendar"
	"bilateral/calendar/imip"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// floorAhead is how long before the executive's last hours of a period end its agenda goes out in writing.
const floorAhead = 3 * time.Hour

// floorsKept is how many periods the mark remembers.
const floorsKept = 3

// floor is the last rung: the agenda of a period that ends without a meeting goes to the executive as a plain letter, once,
// and the mark on the series remembers it. With floor = "draft" it is the owner's to send.
func (w *work) floor() error {
	s := w.found.current()
	if w.Orders || w.paused() || s == nil || s.Mark[keyID] != w.b.ID() {
		return nil
	}
	done := strings.Fields(s.Mark[keyFloor])
	for _, d := range w.decided {
		if !w.floorDue(d) || slices.Contains(done, d.Period.Key) {
			continue
		}
		m, moot, err := w.composeFloor(store.Letter{Period: d.Period.Key, UID: s.UID})
		if err != nil {
			return err
		}
		if moot != "" {
			continue
		}
		if !w.b.SendFloor || w.Post == nil {
			w.report.Notes = append(w.report.Notes, Note{"floor_draft", d.Period.Key, d.Period.Key + " ends without a meeting, and what was to be said in it waits for you to write it"})
			continue
		}
		done = append(done, d.Period.Key)
		list := strings.Join(done[max(0, len(done)-floorsKept):], " ")
		w.wishSeries(s.UID, calendar.Patch{Mark: calendar.Mark{keyFloor: list}}, Step{Period: d.Period.Key, Action: "mail",
			Mails: []string{w.b.Executive.Email}, Mail: m.Subject + "\n\n" + m.Text, Reason: "the period ends without a meeting: the agenda goes out in writing"})
		w.floors = append(w.floors, store.Letter{Bilateral: w.b.Name, Kind: store.FloorLetter, UID: s.UID, Period: d.Period.Key, At: w.Now})
	}
	return nil
}

// floorDue reports whether the period is unmet for sure and about to end.
func (w *work) floorDue(d plan.Decision) bool {
	switch d.Code {
	case "series_gone", "series_declined", "source_unknown":
		return false
	}
	last := w.lastHours(d.Period.Span)
	return d.State == plan.Unmet && !w.Now.Before(last.Add(-floorAhead)) && w.Now.Before(d.Period.Span.End)
}

// lastHours is when the executive's hours in a period end.
func (w *work) lastHours(period calendar.Span) time.Time {
	side := w.b.Policy.Theirs
	out := period.Start
	for d := calendar.DateOf(period.Start, time.UTC).Add(-1); !calendar.DateOf(period.End, time.UTC).Before(d); d = d.Add(1) {
		for _, h := range side.Hours {
			end := d.At(h.To, side.Zone)
			if h.Weekday == d.Weekday() && end.After(out) && !end.After(period.End) {
				out = end
			}
		}
	}
	if out.Equal(period.Start) {
		return period.End
	}
	return out
}

// composeFloor writes the letter from the follow-ups as they are; moot says why there is none to send.
func (w *work) composeFloor(l store.Letter) (m imip.Message, moot string, err error) {
	k := slices.IndexFunc(w.decided, func(d plan.Decision) bool { return d.Period.Key == l.Period })
	if k < 0 || !w.floorDue(w.decided[k]) {
		return m, "the period is over, or a meeting was found", nil
	}
	a, err := w.Agenda(w.b, Meeting{Slot: calendar.Span{Start: w.Now, End: w.Now.Add(w.b.Policy.Duration)}, PreviousEnd: w.previousEnd(w.Now)}, w.Now)
	if err != nil {
		return m, "", err
	}
	text := a.Text()
	if text == "" || a.Show == agenda.Hide {
		return m, "there is nothing on the agenda", nil
	}
	b := w.b
	e := w.envelope(w.Now)
	subject := fmt.Sprintf("%s: what I would have brought (%s)", b.Title, spoken(w.decided[k].Period))
	return imip.Letter(e, subject, fmt.Sprintf("Hello %s,\n\nwe have found no time to meet %s. So that nothing waits for it, this is what I would have brought. A word to each, as an answer to this mail, is enough:\n\n%s\n\n%s\n",
		firstName(b.Executive.Name), spoken(w.decided[k].Period), text, firstName(b.Owner.Name))), "", nil
}

// spoken is a period in a letter.
func spoken(p plan.Period) string {
	at := func(d calendar.Date) string { return d.At(0, time.UTC).Format("Mon 2 Jan") }
	if p.First == p.Last {
		return "on " + at(p.First)
	}
	return "from " + at(p.First) + " to " + at(p.Last)
}
