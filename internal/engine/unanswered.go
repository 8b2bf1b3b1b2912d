package engine

import (
	"fmt"
	"time"

	"bilateral/calendar"
)

// patience is for how many working days of the executive a series may stay unanswered.
const patience = 2

// noteUnanswered says when the executive has not answered the series for two of their working days, where answers come
// back at all: by the server that delivers invitations, or by the mails that are read.
func (w *work) noteUnanswered() error {
	s := w.found.current()
	if s == nil || !w.b.Invites || w.b.theirs() || !w.answerable(s) || w.answered(s) {
		return nil
	}
	known, err := w.Store.KnownSeries(w.b.Name)
	if err != nil {
		return err
	}
	for _, k := range known {
		if k.UID == s.UID && w.workdaysSince(k.FirstSeen) >= patience {
			w.report.Notes = append(w.report.Notes, Note{"unanswered", "", fmt.Sprintf("%s has not answered the series since %s",
				w.b.Executive.Name, k.FirstSeen.In(w.b.Policy.Mine.Zone).Format("Mon 2 Jan"))})
		}
	}
	return nil
}

func (w *work) answerable(s *calendar.Series) bool {
	if w.byMail(s) {
		return w.Answers
	}
	return w.about().Invites
}

// answered reports whether any answer to the series or one of its meetings was given.
func (w *work) answered(s *calendar.Series) bool {
	said := func(list []calendar.Attendee) bool {
		a, ok := calendar.Attends(list, w.b.Executive.Judge.Emails...)
		return ok && a.Status != calendar.NeedsAction && a.Status != ""
	}
	if said(s.Attendees) {
		return true
	}
	for _, i := range s.Instances {
		if said(i.Attendees) {
			return true
		}
	}
	return false
}

// workdaysSince counts the executive's working days between the date of t and today, both left out.
func (w *work) workdaysSince(t time.Time) int {
	side := w.b.Policy.Theirs
	n := 0
	for d := calendar.DateOf(t, side.Zone).Add(1); d.Before(calendar.DateOf(w.Now, side.Zone)); d = d.Add(1) {
		if side.WorksOn(d.Weekday()) {
			n++
		}
	}
	return n
}
