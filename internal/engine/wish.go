package engine

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
)

// piece is one thing to be written and how it is told. Pieces for one series become one Change.
type piece struct {
	Step
	uid      string
	original time.Time // zero: it is about the master
	patch    calendar.Patch
	create   *calendar.Draft // a new series; the patches of its instances come as pieces of the same uid
	exempt   bool            // from the daily budget of writes
	publish  *publication
}

// acting reports whether this pass may write for the bilateral.
func (w *work) acting() bool { return w.b.Acting || w.Act }

// wish notes a patch of an instance of the series that the instance belongs to.
func (w *work) wish(original time.Time, p calendar.Patch, s Step) *piece {
	s.Bilateral = w.b.Name
	if p.Retimes() {
		s.Mails = w.mails()
	}
	w.pieces = append(w.pieces, piece{Step: s, uid: w.seriesOf(original), original: original, patch: p})
	return &w.pieces[len(w.pieces)-1]
}

// wishSeries notes a patch of a master.
func (w *work) wishSeries(uid string, p calendar.Patch, s Step) *piece {
	s.Bilateral = w.b.Name
	if p.Retimes() {
		s.Mails = w.mails()
	}
	w.pieces = append(w.pieces, piece{Step: s, uid: uid, patch: p})
	return &w.pieces[len(w.pieces)-1]
}

// seriesOf is the UID of the series that has an instance with that original start.
func (w *work) seriesOf(original time.Time) string {
	for k := len(w.found.series) - 1; k >= 0; k-- {
		if w.found.series[k].At(original) != nil {
			return w.found.series[k].UID
		}
	}
	return ""
}

// mails are the addresses that hear of a change of time.
func (w *work) mails() []string {
	switch {
	case !w.b.Invites:
		return nil
	case w.byMail(w.found.current()):
		if w.paused() {
			return nil // told afterwards
		}
	case !w.about().Invites:
		return nil
	case w.b.theirs():
		return []string{w.b.Owner.Email}
	}
	return []string{w.b.Executive.Email}
}

// wishes turns the decisions into pieces.
func (w *work) wishes() {
	for _, d := range w.decided {
		switch d.Action {
		case plan.Move, plan.Restore:
			w.wishMove(d)
		case plan.Waive:
			w.wishWaive(d)
		}
	}
	w.wishTidy()
	w.wishMarks()
}

// wishTidy cancels overrides of ours that a change of the whole series left behind.
func (w *work) wishTidy() {
	if w.paused() || w.world.SeriesDeclined {
		return
	}
	for k := range w.found.series {
		s := &w.found.series[k]
		for j := range s.Instances {
			i := &s.Instances[j]
			if i.Start.After(w.Now) && w.b.leftBehind(w.found, s, i, w.Now) {
				period := plan.KeyOf(w.b.Policy, w.world.Standing, w.Now, i.Original)
				w.wish(i.Original, calendar.Patch{Cancelled: new(true), Mark: calendar.Mark{keyState: stateWaived}},
					Step{Period: period, Action: string(plan.Waive), From: i.Span, Reason: "the series was moved, and this one stayed behind"})
			}
		}
	}
}

func (w *work) wishMove(d plan.Decision) {
	i := w.planned(d.Original)
	if i == nil {
		return
	}
	slot := d.Slot
	p := calendar.Patch{Span: &slot, Mark: placedMark(d, *i, w.Now)}
	if i.Absent != plan.Stands {
		p.Cancelled = new(false)
	}
	w.wish(d.Original, p, Step{Period: d.Period.Key, Action: string(d.Action), From: d.From, To: d.Slot, Reason: d.Sentence})
	if i.Absent == plan.Deleted {
		w.wishReplanned(d.Original)
	}
}

// placedMark is what an instance remembers of being put at d.Slot.
func placedMark(d plan.Decision, i plan.Instance, now time.Time) calendar.Mark {
	m := calendar.Mark{keyPlaced: spanMark(d.Slot), keyState: "", keyReason: "", keyPin: ""}
	if d.Pin {
		m[keyPin] = "1"
	}
	if d.Counts {
		m[keyMoves], m[keyMovedAt] = strconv.Itoa(i.Moves+1), instantMark(now)
	}
	if !d.Refuse.IsZero() {
		m[keyRefused] = spansMark(append(slices.Clone(i.Refused), d.Refuse))
	}
	return m
}

// wishReplanned remembers on the master that a deleted instance was planned again: its own mark went with it.
func (w *work) wishReplanned(original time.Time) {
	uid := w.seriesOf(original)
	for _, s := range w.found.series {
		if s.UID == uid {
			list := append(parseInstants(s.Mark[keyReplanned]), original)
			w.wishSeries(uid, calendar.Patch{Mark: calendar.Mark{keyReplanned: instantsMark(list)}},
				Step{Action: "note", Period: plan.KeyOf(w.b.Policy, w.world.Standing, w.Now, original)})
		}
	}
}

func (w *work) wishWaive(d plan.Decision) {
	m := calendar.Mark{keyState: stateWaived}
	if d.Code == "skipped" {
		m = calendar.Mark{keyState: stateSkipped, keyReason: w.world.Skips[d.Period.Key]}
	}
	p := w.wish(d.Original, calendar.Patch{Cancelled: new(true), Mark: m},
		Step{Period: d.Period.Key, Action: string(plan.Waive), From: d.From, Reason: d.Sentence})
	p.exempt = d.Code == "skipped"
}

// wishMarks keeps the owner's orders in the master's mark, where they survive the database.
func (w *work) wishMarks() {
	s := w.found.current()
	if s == nil || s.Mark[keyID] == "" {
		return
	}
	m := w.ordersMark()
	if m[keyPaused] == "" && !parseInstant(s.Mark[keyPaused]).After(w.Now) {
		delete(m, keyPaused) // a pause that ran out is not worth a write
	}
	w.wishSeries(s.UID, calendar.Patch{Mark: m}, Step{Action: "note", Reason: "the owner's orders"}).exempt = true
}

// ordersMark is what the mark says of the owner's orders.
func (w *work) ordersMark() calendar.Mark {
	m := calendar.Mark{keyTravel: travelMark(w.orders.Travel), keyPaused: "", keySkips: skipsMark(w.farSkips())}
	if w.orders.PausedUntil.After(w.Now) {
		m[keyPaused] = instantMark(w.orders.PausedUntil)
	}
	return m
}

// keptFar is how long the mark goes on to tell of a far skip after its period: to a clock that is ahead it is over, and
// where it is told no more, a daemon whose clock is right takes it for taken back.
const keptFar = 31 * 24 * time.Hour

// farSkips are the skips that no cancelled instance tells of: those of periods that are not guarded yet, and those whose
// instance lost its mark to a program, or was taken out of the series.
func (w *work) farSkips() map[string]string {
	var told map[string]string
	if s := w.found.current(); s != nil {
		told = parseSkips(s.Mark[keySkips])
	}
	out := map[string]string{}
	for key, reason := range w.orders.Skips {
		end := w.periodEnd(key)
		if _, stays := told[key]; stays {
			end = end.Add(keptFar)
		}
		if end.After(w.Now) && !w.tellsSkip(key) {
			out[key] = reason
		}
	}
	return out
}

// tellsSkip reports whether an instance of the period says that it is skipped, or will after this pass.
func (w *work) tellsSkip(period string) bool {
	cancels := slices.ContainsFunc(w.decided, func(d plan.Decision) bool { return d.Period.Key == period && d.Action == plan.Waive })
	i := w.instanceIn(period)
	if cancels || i == nil {
		return cancels
	}
	s := seriesNamed(w.found.series, w.seriesOf(i.Original))
	if s == nil {
		return false
	}
	at := s.At(i.Original)
	return at.Cancelled && at.Mark[keyState] == stateSkipped
}

// planned is the planner's instance with that original start.
func (w *work) planned(original time.Time) *plan.Instance {
	for k := range w.world.Instances {
		if w.world.Instances[k].Original.Equal(original) {
			return &w.world.Instances[k]
		}
	}
	return nil
}

// wishAdopt takes over a series that people made, or one of ours whose mark a program dropped: our mark goes onto its
// master and nothing else changes. What was left out before it was taken over is a skip; in a series of ours it is not.
func (w *work) wishAdopt() {
	s := w.found.current()
	if s == nil || s.Mark[keyID] == w.b.ID() {
		return
	}
	m := calendar.Mark{keyID: w.b.ID(), keySettings: w.b.settings()}
	for key, value := range w.ordersMark() {
		if value != "" {
			m[key] = value
		}
	}
	if !w.b.named(s.UID) {
		m[keyExcluded] = instantsMark(leftOut(s))
	}
	p := w.wishSeries(s.UID, calendar.Patch{Mark: m}, Step{Action: "adopt", To: next(s, w.Now), Title: s.Title, Reason: "the series is taken over as it stands"})
	p.exempt = true
}

// next is the series' next meeting; zero if there is none in what was read.
func next(s *calendar.Series, now time.Time) calendar.Span {
	for _, i := range s.Instances {
		if !i.Cancelled && !i.Excluded && i.End.After(now) {
			return i.Span
		}
	}
	return calendar.Span{}
}

// leftOut are the instances that people took out of a series: by EXDATE or, where a deletion leaves a cancelled one (Google),
// cancelled.
func leftOut(s *calendar.Series) []time.Time {
	out := slices.Clone(s.Excluded)
	for _, i := range s.Instances {
		if i.Cancelled && !i.Excluded {
			out = append(out, i.Original)
		}
	}
	return out
}

// withoutEnd is a rule without UNTIL and COUNT.
func withoutEnd(rule string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(rule, ";"), func(p string) bool {
		return strings.HasPrefix(p, "UNTIL=") || strings.HasPrefix(p, "COUNT=")
	}), ";")
}
