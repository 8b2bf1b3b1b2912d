package engine

import (
	"slices"
	"strings"
	"time"

	"bilateral/agenda"
	"bilateral/calendar"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// publication is an agenda on its way into an invitation.
type publication struct {
	original time.Time
	store.Publication
}

// fill puts the agenda into the next meeting's invitation, at the publish moments and when its length changed.
func (w *work) fill() error {
	next, following := w.upcoming()
	if next == nil || w.paused() {
		return nil
	}
	if w.edited(*next) {
		return nil
	}
	moment, due := w.publishMoment(*next)
	was, err := w.Store.Published(w.b.Name, next.Original)
	if err != nil {
		return err
	}
	again := !was.At.IsZero() && w.resized(*next)
	if !again && (!due || !moment.After(was.Moment)) {
		return nil
	}
	if _, last := w.standingText(*next); last != "" && w.serverMails() && next.Action == plan.None {
		return nil // one mail a meeting: each further text would be another
	}
	if !due {
		moment = was.Moment
	}
	a, err := w.agendaFor(*next, following)
	if err != nil {
		return err
	}
	return w.publish(*next, moment, agenda.Block(a), len(a.Sections)+len(a.IfTimeAllows) == 0)
}

// edited notes what people did inside the block that we do not take over yet: it is never written over. One that they removed
// is judged when it is to be written.
func (w *work) edited(d plan.Decision) bool {
	text, last := w.standingText(d)
	if last == "" {
		return false
	}
	edits := agenda.Read(text, last)
	switch {
	case edits.Code == agenda.Deleted:
		return false
	case edits.Code != "":
		w.report.Notes = append(w.report.Notes, Note{"agenda_edited", d.Period.Key, edits.Reason})
	case !edits.None():
		w.report.Notes = append(w.report.Notes, Note{"agenda_edited", d.Period.Key, "lines of the agenda were ticked or added in the invitation" + listed(edits) + "; it stays as it is until they are taken over"})
	}
	return edits.Code != "" || !edits.None()
}

func listed(e agenda.Edits) string {
	var out []string
	for _, id := range e.Ticked {
		out = append(out, "#"+id+" ticked")
	}
	for _, n := range e.New {
		out = append(out, "new: "+agenda.Clean(n.Text))
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, "; ") + ")"
}

// upcoming is the next held meeting that has not begun, and the held one after it.
func (w *work) upcoming() (next, following *plan.Decision) {
	for k := range w.decided {
		d := &w.decided[k]
		if d.State != plan.Held || !d.Slot.Start.After(w.Now) {
			continue
		}
		if next == nil {
			next = d
			continue
		}
		return next, d
	}
	return next, nil
}

func (w *work) publishMoment(d plan.Decision) (time.Time, bool) {
	return w.b.Agenda.Due(agenda.Timing{Start: d.Slot.Start, PreviousEnd: w.previousEnd(d.Slot.Start), Zone: w.b.Policy.Mine.Zone, Workday: w.workday}, w.Now)
}

func (w *work) workday(date time.Time) bool {
	day := calendar.DateOf(date, time.UTC)
	if !w.b.Policy.Mine.WorksOn(day.Weekday()) {
		return false
	}
	noon := day.At(12*60, w.b.Policy.Mine.Zone)
	return !slices.ContainsFunc(w.world.Mine, func(b calendar.Busy) bool { return b.Strength == calendar.Away && b.Has(noon) })
}

// previousEnd is when the last meeting before that moment ended; zero: there was none.
func (w *work) previousEnd(start time.Time) time.Time {
	var end time.Time
	for _, i := range w.world.Instances {
		if i.Absent == plan.Stands && i.Slot.Start.Before(start) && i.Slot.End.After(end) && i.Answer != plan.No && i.Answer != plan.NoWithNote {
			end = i.Slot.End
		}
	}
	for _, d := range w.decided {
		if d.State == plan.Held && d.Slot.Start.Before(start) && d.Slot.End.After(end) {
			end = d.Slot.End
		}
	}
	return end
}

// resized reports whether the decision changes the meeting's length.
func (w *work) resized(d plan.Decision) bool {
	return d.Action != plan.None && d.From.Length() != d.Slot.Length()
}

// agendaFor builds the agenda of one meeting.
func (w *work) agendaFor(d plan.Decision, following *plan.Decision) (agenda.Agenda, error) {
	m := Meeting{Slot: d.Slot, PreviousEnd: w.previousEnd(d.Slot.Start), Delivered: w.reaches() == "yes"}
	if following != nil {
		m.Next = following.Slot.Start
	}
	return w.Agenda(w.b, m, w.Now)
}

// publish merges the block into the invitation's text and notes the write, if there is anything to write.
func (w *work) publish(d plan.Decision, moment time.Time, block string, nothing bool) error {
	text, last := w.standingText(d)
	if nothing {
		// An invitation needs no empty agenda; and where there never was a follow-up, the database was lost, and what stands
		// in the invitation is the last copy.
		ever, err := w.Store.List(store.Filter{Bilateral: w.b.Name})
		if err != nil {
			return err
		}
		nothing = last == "" || len(ever) == 0
	}
	if nothing {
		return w.note(&publication{d.Original, store.Publication{Moment: moment, Delivered: w.reaches()}})
	}
	merged, outcome := agenda.Merge(text, block, agenda.Edits{}, last)
	pub := &publication{d.Original, store.Publication{Moment: moment, At: w.Now, Fingerprint: agenda.Fingerprint(block), Text: block, Delivered: w.reaches()}}
	switch {
	case outcome.Result == agenda.LeftAlone:
		code := "agenda_edited"
		if outcome.Code == agenda.Deleted {
			code = "agenda_removed"
		}
		w.report.Notes = append(w.report.Notes, Note{code, d.Period.Key, outcome.Reason})
		return nil
	case outcome.Result == agenda.Unchanged || (merged == text && last == pub.Fingerprint):
		return w.note(pub)
	}
	step := Step{Bilateral: w.b.Name, Period: d.Period.Key, Action: "agenda", To: d.Slot, Text: merged, Reason: "the agenda is due"}
	w.pieces = append(w.pieces, piece{Step: step, uid: w.homeOf(d), original: d.Original, publish: pub,
		patch: calendar.Patch{Description: &merged, Mark: calendar.Mark{keyAgenda: pub.Fingerprint}}})
	if w.textMails(d.Original) {
		w.pieces[len(w.pieces)-1].Mails = w.mails()
	}
	return nil
}

// note records a publish moment at which nothing was to be written.
func (w *work) note(p *publication) error {
	if w.Dry || !w.acting() {
		return nil
	}
	return w.Store.SetPublished(w.b.Name, p.original, p.Publication)
}

// standingText is the description that the meeting has now, and the fingerprint of the block we put into it last.
func (w *work) standingText(d plan.Decision) (text, last string) {
	for k := range w.found.series {
		if i := w.found.series[k].At(d.Original); i != nil && w.found.series[k].UID == w.homeOf(d) {
			return i.Description, i.Mark[keyAgenda]
		}
	}
	if c := w.creates(); c != nil {
		return c.create.Description, ""
	}
	return "", ""
}

// homeOf is the UID of the series that holds the decision's meeting, or will.
func (w *work) homeOf(d plan.Decision) string {
	if c := w.creates(); c != nil && !d.Original.Before(c.create.Start) {
		return c.uid
	}
	return w.seriesOf(d.Original)
}

func (w *work) creates() *piece {
	for k := range w.pieces {
		if w.pieces[k].create != nil {
			return &w.pieces[k]
		}
	}
	return nil
}
