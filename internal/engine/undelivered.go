package engine

import (
	"fmt"

	"bilateral/calendar"
	"bilateral/internal/plan"
)

// noteUndelivered says that the server's last message to the executive did not reach them: of the series, else of the first
// meeting to come.
func (w *work) noteUndelivered() {
	s := w.found.current()
	if s == nil || !w.b.Invites {
		return
	}
	say := func(period string, list []calendar.Attendee) bool {
		guest, _ := calendar.Attends(list, w.b.Executive.Judge.Emails...)
		why := guest.Undelivered()
		if why != "" {
			w.report.Notes = append(w.report.Notes, Note{"undelivered", period, fmt.Sprintf("the invitation did not reach %s: %s", guest.Email, why)})
		}
		return why != ""
	}
	if say("", s.Attendees) {
		return
	}
	for _, i := range s.Instances {
		if i.Override && i.End.After(w.Now) && say(plan.KeyOf(w.b.Policy, w.world.Standing, w.Now, i.Original), i.Attendees) {
			return
		}
	}
}
