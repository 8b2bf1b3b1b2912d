package plan

import (
	"cmp"
	"slices"
	"time"

	"bilateral/calendar"
)

// The oracle: docs/guarantee.md once more, slow and plain. It shares no code with the planner. Hours are a table of
// minutes, a period is a table of five-minute cells, and every start and every length is looked at.

// verdict is what the oracle says of one period: the parts of a Decision that docs/guarantee.md fixes.
type verdict struct {
	Key         string
	State       State
	Code        string
	Action      Action
	Slot, From  calendar.Span
	Until       time.Time
	Pin, Counts bool
	Rung        Rung
	Basis       Basis
	Final       bool
	Trouble     string // of a change that was looked for, and of a cancellation; otherwise not compared
}

// oracleRun is one world being judged.
type oracleRun struct {
	w            World
	zone         *time.Location
	prefer       Prefer
	from         time.Time // first minute of hours
	hours        []uint8   // per minute, whose hours it lies in
	mine, theirs []calendar.Busy
	soft         []calendar.Span
}

// Flags of one minute.
const (
	oracleMine uint8 = 1 << iota
	oracleTheirs
	oracleMineWide
	oracleTheirsWide
	oracleMutual = oracleMine | oracleTheirs
	oracleWide   = oracleMineWide | oracleTheirsWide
)

const oracleGrid = 5 * time.Minute

// oraclePeriod is one period and what stands in its way.
type oraclePeriod struct {
	Period
	instance *Instance
	hard     []calendar.Span
	cells    []oracleCell
}

// oracleCell is five minutes of a period.
type oracleCell struct {
	hours uint8 // flags that all five minutes have
	hard  bool
	soft  time.Duration
}

func oracle(w World) []verdict {
	r := newOracle(w)
	var verdicts []verdict
	var before *calendar.Span
	all, start := r.periods()
	for i := range all {
		p := &all[i]
		switch {
		case !p.Span.End.After(w.Now) || p.Span.Start.Before(start):
			before = nil
			if in := p.instance; in != nil && in.Absent == Stands && !oracleDeclined(in) {
				before = &in.Slot
			}
		default:
			v := r.judge(p, before)
			verdicts, before = append(verdicts, v), nil
			if v.State == Held || v.State == Pending {
				before = &v.Slot
			}
		}
	}
	return verdicts
}

// oracleDeclined leaves out an answer to a meeting that is no more.
func oracleDeclined(in *Instance) bool {
	return in.Absent == Stands && (in.Answer == No || in.Answer == NoWithNote)
}

func oracleBasis(w World) Basis {
	switch {
	case w.TheirSource == Hidden || w.TheirSource == Never:
		return Blind
	case w.MineSource != Read || w.TheirSource != Read:
		return Partly
	}
	return Sighted
}

// free reports whether the n cells from i are in such hours and over no hard time.
func (p *oraclePeriod) free(i, n int, flags uint8) bool {
	if i+n > len(p.cells) {
		return false
	}
	for _, c := range p.cells[i : i+n] {
		if c.hard || c.hours&flags != flags {
			return false
		}
	}
	return true
}

// starts counts the legal starts of a slot of the minimum from Now + after, on each minute divisible by every.
func (r *oracleRun) starts(p *oraclePeriod, flags uint8, after time.Duration, every int) int {
	n, least := 0, int(r.w.Policy.Minimum/oracleGrid)
	for i := range p.cells {
		if !p.cell(i).Before(r.w.Now.Add(after)) && p.free(i, least, flags) && p.cell(i).In(r.zone).Minute()%every == 0 {
			n++
		}
	}
	return n
}

// legal is for spans of people's making: any start, any length.
func (r *oracleRun) legal(p *oraclePeriod, s calendar.Span, flags uint8) bool {
	local := s.Start.In(r.zone)
	return p.Span.Contains(s) && r.within(s, flags) && s.Length() >= r.w.Policy.Minimum && !oracleHits(s, p.hard) &&
		local.Minute()%5 == 0 && local.Second() == 0 && local.Nanosecond() == 0
}

func oracleHits(s calendar.Span, list []calendar.Span) bool {
	return slices.ContainsFunc(list, s.Overlaps)
}

func (r *oracleRun) standsWell(p *oraclePeriod) bool {
	in, st := p.instance, r.w.Standing
	switch {
	case in == nil || in.Absent != Stands || oracleDeclined(in):
		return false
	case in.Pinned:
		return !oracleHits(in.Slot, p.hard)
	case st != nil && st.ByHand && in.Slot.Start.Equal(in.Original) && in.Slot.Length() == st.Duration:
		return !oracleHits(in.Slot, p.hard)
	}
	return r.legal(p, in.Slot, oracleWide)
}

// judge goes through the order of cases.
func (r *oracleRun) judge(p *oraclePeriod, before *calendar.Span) verdict {
	w, in := r.w, p.instance
	if in == nil {
		in = &Instance{Absent: 99} // nothing was ever there
	}
	stands := in.Absent == Stands
	begun := stands && !in.Slot.Start.After(w.Now)
	well := r.standsWell(p)
	never := w.MineSource == Never || w.TheirSource == Never
	v := verdict{Key: p.Key, Basis: oracleBasis(w)}
	if stands {
		v.From = in.Slot
	}
	_, skipped := w.Skips[p.Key]
	switch {
	case w.SeriesGone:
		return v.unmet("series_gone")
	case w.SeriesDeclined:
		return v.unmet("series_declined")
	case begun && (in.Outcome == WasHeld || in.Outcome == Unrecorded && well):
		v.Final = true
		return r.held(v, p, "held", in.Slot)
	case skipped || in.OwnerDeclined || in.Absent == Deleted && w.Policy.OnDelete == Skip:
		v.State, v.Code = Lapsed, "skipped"
		if stands && !begun {
			v.Action = Waive
		}
		return v
	case stands && !begun && in.Counter != nil && !in.Counter.Equal(in.Slot) && in.Moves < w.Policy.MaxMoves && r.paused().IsZero() && !never &&
		r.legal(p, *in.Counter, oracleMutual) && !in.Counter.Start.Before(w.Now.Add(w.Policy.Freeze)):
		v.Action, v.Pin, v.Counts = Move, true, true
		return r.held(v, p, "counter", *in.Counter)
	case well && (!begun || in.Outcome != WasNot):
		code := "held"
		if in.Pinned {
			code = "pinned"
		}
		return r.held(v, p, code, in.Slot)
	case r.nobody(p):
		v.State, v.Code = Lapsed, "away"
		if stands && !begun && !in.Pinned && !never {
			v.Trouble = oracleTrouble(p, "away")
			if _, v.Until = r.wait(p, v.Trouble, in.Slot, false); v.Until.IsZero() {
				v.Action = Waive
			}
		}
		return v
	case never:
		return v.unmet("source_unknown")
	case w.Standing != nil && p.instance == nil:
		return v.unmet("no_instance")
	case in.Absent == Deleted && (w.Policy.OnDelete == Ask || w.Policy.OnDelete == Replan && in.Replanned):
		return v.unmet("deleted")
	case stands && in.Answer == NoWithNote:
		return v.unmet("declined_note")
	case stands && in.Pinned:
		return v.unmet("pinned")
	case stands && !oracleDeclined(in) && !begun && in.Slot.Start.Before(w.Now.Add(w.Policy.Freeze)):
		return v.unmet("frozen")
	}
	return r.change(v, p, before)
}

func (v verdict) unmet(code string) verdict {
	v.State, v.Code, v.Rung = Unmet, code, Floor
	return v
}

func (r *oracleRun) held(v verdict, p *oraclePeriod, code string, slot calendar.Span) verdict {
	v.State, v.Code, v.Slot, v.Rung = Held, code, slot, r.rung(p, slot)
	return v
}

// change is cases 13 to 16.
func (r *oracleRun) change(v verdict, p *oraclePeriod, before *calendar.Span) verdict {
	slot, ok := r.ladder(p, before)
	if !ok {
		return v.unmet("no_slot")
	}
	in := p.instance
	counts := in != nil && (in.Absent == Stands || !in.Slot.Equal(slot))
	if counts && in.Moves >= r.w.Policy.MaxMoves {
		return v.unmet("budget")
	}
	kind := "gap"
	switch {
	case in != nil && oracleDeclined(in):
		kind = "declined"
	case in != nil && in.Absent == Stands:
		kind = "conflict"
	}
	v.Trouble = oracleTrouble(p, kind)
	if code, until := r.wait(p, v.Trouble, slot, counts); code != "" {
		v.State, v.Code, v.Slot, v.Until, v.Rung = Pending, code, slot, until, r.rung(p, slot)
		return v
	}
	v.Counts = counts
	switch {
	case r.w.Standing == nil:
		v.Action = Place
		return r.held(v, p, "placed", slot)
	case in.Absent == Stands:
		v.Action = Move
		return r.held(v, p, "moved", slot)
	}
	v.Action = Restore
	return r.held(v, p, "restored", slot)
}

func oracleTrouble(p *oraclePeriod, kind string) string {
	if p.instance == nil {
		return p.Key + " " + kind
	}
	return p.Key + " " + kind + " " + p.instance.Slot.Start.UTC().Format(time.RFC3339)
}

// nobody reports that the shared hours of the period, less all absences, leave no gap of the minimum.
func (r *oracleRun) nobody(p *oraclePeriod) bool {
	var away []calendar.Span
	for _, b := range slices.Concat(r.mine, r.theirs) {
		if b.Strength == calendar.Away {
			away = append(away, b.Span)
		}
	}
	first, end := r.minute(p.Span.Start), r.minute(p.Span.End)
	for m := first; m < end; m++ {
		n := m
		for n < end && r.hours[n]&oracleMutual == oracleMutual {
			n++
		}
		if n == m {
			continue
		}
		stretch := calendar.Span{Start: r.from.Add(time.Duration(m) * time.Minute), End: r.from.Add(time.Duration(n) * time.Minute)}
		for _, gap := range oracleCut(stretch, away) {
			if gap.Length() >= r.w.Policy.Minimum {
				return false
			}
		}
		m = n
	}
	return true
}

// paused is the moment up to which nothing moves; zero: it may.
func (r *oracleRun) paused() time.Time {
	var until time.Time
	if r.w.Now.Before(r.w.Paused) {
		until = r.w.Paused
	}
	end := r.w.Now // of the owner's absence, joined piece by piece
	for grown := true; grown; {
		grown = false
		for _, b := range r.mine {
			if b.Strength == calendar.Away && !b.Start.After(end) && b.End.After(end) {
				end, grown = b.End, true
			}
		}
	}
	if end.After(r.w.Now) {
		until = oracleLatest(until, end)
	}
	return until
}

// wait says why the change must wait and until when; a zero time is: it need not. The slot is the one that the manners
// about the executive's hours look at.
func (r *oracleRun) wait(p *oraclePeriod, trouble string, slot calendar.Span, counts bool) (code string, until time.Time) {
	w, in := r.w, p.instance
	note := func(c string, t time.Time) {
		if t.After(w.Now) {
			until = oracleLatest(until, t)
			code = cmp.Or(code, c)
		}
	}
	note("paused", r.paused())
	if w.Standing == nil {
		return code, until
	}
	seen, ok := w.Seen[trouble]
	if !ok {
		seen = w.Now
	}
	note("settling", seen.Add(w.Policy.Settle))
	conflict := trouble == oracleTrouble(p, "conflict")
	if act := in.Slot.Start.Add(-w.Policy.ActWithin); conflict && in.Slot.Start.After(w.Now) && act.After(w.Now) &&
		r.starts(p, oracleMutual, w.Policy.Freeze, 15) >= 5 {
		note("far", act)
	}
	today := calendar.DateOf(w.Now, r.zone)
	if counts && !oracleDeclined(in) && calendar.DateOf(in.LastMove, r.zone) == today {
		note("daily", today.Add(1).At(0, r.zone))
	}
	if next := r.theirNext(oracleLatest(w.Now, until)); !next.IsZero() && !slot.Start.Before(next) {
		note("quiet", next)
	}
	return code, until
}

// theirNext is the next beginning of the executive's hours after m; zero if m lies in them or there are none in 60 days.
func (r *oracleRun) theirNext(m time.Time) time.Time {
	var next time.Time
	for d := calendar.DateOf(m, time.UTC).Add(-2); d.At(0, time.UTC).Before(m.AddDate(0, 0, 62)); d = d.Add(1) {
		for _, s := range oracleHours(r.w.Policy.Theirs, r.w.Policy.Theirs.Hours, d) {
			if s.Has(m) {
				return time.Time{}
			}
			if s.Start.After(m) && s.End.After(s.Start) && (next.IsZero() || s.Start.Before(next)) {
				next = s.Start
			}
		}
	}
	return next
}

func (r *oracleRun) ladder(p *oraclePeriod, before *calendar.Span) (calendar.Span, bool) {
	pol := r.w.Policy
	for _, flags := range []uint8{oracleMutual, oracleWide} {
		for _, after := range []time.Duration{max(pol.Notice, pol.Freeze), pol.Freeze} {
			for _, overSoft := range []bool{false, true} {
				if slot, ok := r.best(p, before, flags, r.w.Now.Add(after), overSoft); ok {
					return slot, true
				}
			}
		}
	}
	return calendar.Span{}, false
}

// best looks at every start and every length of one round.
func (r *oracleRun) best(p *oraclePeriod, before *calendar.Span, flags uint8, after time.Time, overSoft bool) (calendar.Span, bool) {
	var best calendar.Span
	var bestKey []int64
	pol := r.w.Policy
	for i := range p.cells {
		start := p.cell(i)
		for length := pol.Duration; length >= pol.Minimum; length -= oracleGrid {
			n := int(length / oracleGrid)
			if start.Before(after) || !p.free(i, n, flags) {
				continue
			}
			slot := calendar.Span{Start: start, End: start.Add(length)}
			soft := p.softIn(i, n)
			if !overSoft && soft > 0 {
				continue
			}
			if key := r.key(p, before, slot, soft); bestKey == nil || slices.Compare(key, bestKey) < 0 {
				best, bestKey = slot, key
			}
		}
	}
	return best, bestKey != nil
}

func (p *oraclePeriod) softIn(i, n int) time.Duration {
	var soft time.Duration
	for _, c := range p.cells[i : i+n] {
		soft += c.soft
	}
	return soft
}

// key is the comparison, least first.
func (r *oracleRun) key(p *oraclePeriod, before *calendar.Span, slot calendar.Span, soft time.Duration) []int64 {
	local, date := slot.Start.In(r.zone), calendar.DateOf(slot.Start, r.zone)
	near, uneven := 0, 0
	if before != nil && r.w.Policy.Cadence.Unit != Day {
		near = max(0, 2-oracleAbs(date.Days(calendar.DateOf(before.Start, r.zone))))
	}
	if local.Minute()%15 != 0 && local.Minute() != r.prefer.Minute%60 {
		uneven = 1
	}
	return []int64{
		int64(soft),
		int64(r.w.Policy.Duration - slot.Length()),
		int64(oracleAbs(date.Days(p.Preferred))),
		int64(near),
		int64(uneven),
		int64(oracleAbs(local.Hour()*60 + local.Minute() - r.prefer.Minute)),
		slot.Start.Unix(),
	}
}

func oracleAbs(n int) int { return max(n, -n) }

func (r *oracleRun) rung(p *oraclePeriod, slot calendar.Span) Rung {
	switch {
	case !r.within(slot, oracleMutual):
		return InStretch
	case oracleHits(slot, r.soft):
		return OverSoft
	case slot.Length() < r.w.Policy.Duration:
		return Shorter
	case slot.Start.Equal(p.Preferred.At(r.prefer.Minute, r.zone)):
		return AtStanding
	case calendar.DateOf(slot.Start, r.zone) == p.Preferred:
		return SameDay
	}
	return SamePeriod
}
