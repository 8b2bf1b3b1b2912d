package plan

import (
	"slices"
	"time"

	"bilateral/calendar"
)

// matter is one period before the planner: its instance, and what is hard time for it.
type matter struct {
	*scene
	Period
	instance *Instance // nil: none
	previous calendar.Span
	hard     spans
}

func (s *scene) open(p Period, previous calendar.Span) *matter {
	m := &matter{scene: s, Period: p, instance: s.instanceOf(p), previous: previous}
	m.hard = m.scene.hard
	if extra := m.extraHard(); len(extra) > 0 {
		m.hard = unite(append(append([]calendar.Span(nil), m.scene.hard.clip(m.around())...), extra...))
	}
	return m
}

// around is the period and wherever its instance stands.
func (m *matter) around() calendar.Span {
	a := m.Period.Span
	if i := m.instance; i != nil {
		a = calendar.Span{Start: earlier(a.Start, i.Slot.Start), End: later(a.End, i.Slot.End)}
		if i.Counter != nil {
			a = calendar.Span{Start: earlier(a.Start, i.Counter.Start), End: later(a.End, i.Counter.End)}
		}
	}
	return a
}

// extraHard is hard time of this period alone: what was refused, and meetings of other periods that stray into it.
func (m *matter) extraHard() []calendar.Span { return append(m.refusedSpans(), m.strayMeetings()...) }

func (m *matter) refusedSpans() []calendar.Span {
	i := m.instance
	if i == nil {
		return nil
	}
	out := slices.Clone(i.Refused)
	if i.Absent == Stands && i.declined() {
		out = append(out, i.Slot)
	}
	return out
}

func (m *matter) strayMeetings() []calendar.Span {
	var out []calendar.Span
	for _, i := range m.strays {
		if i != m.instance && !m.Period.Span.Has(i.Original) {
			out = append(out, i.Slot)
		}
	}
	return out
}

func (m *matter) stands() bool { return m.instance != nil && m.instance.Absent == Stands }

func (m *matter) begun() bool { return m.stands() && !m.instance.Slot.Start.After(m.Now) }

// standsWell reports whether the instance stands and is legal but for the notice rules.
func (m *matter) standsWell() bool {
	i := m.instance
	if !m.stands() || i.declined() || m.hard.overlap(i.Slot) {
		return false
	}
	return i.Pinned || m.atChosenTime() || m.fits(i.Slot, m.wide)
}

// atChosenTime reports whether the instance stands where a person put the whole series: a person's choice of hours,
// length and minute holds.
func (m *matter) atChosenTime() bool {
	i := m.instance
	return m.Standing != nil && m.Standing.ByHand && i.Slot.Start.Equal(i.Original) && i.Slot.Length() == m.Standing.Duration
}

// fits reports whether the slot has a legal place and length; hard time is another question.
func (m *matter) fits(slot calendar.Span, hours spans) bool {
	return m.Period.Span.Contains(slot) && hours.contain(slot) && slot.Length() >= m.Policy.Minimum && m.onGrid(slot.Start)
}

// legal is docs/guarantee.md's "legal" from the moment t.
func (m *matter) legal(slot calendar.Span, t time.Time) bool {
	return !slot.Start.Before(t) && m.fits(slot, m.mutual) && !m.hard.overlap(slot)
}

func (m *matter) onGrid(t time.Time) bool {
	local := t.In(m.zone)
	return local.Minute()%grid == 0 && local.Second() == 0 && local.Nanosecond() == 0
}

// decide goes through the cases of docs/guarantee.md in their order.
func (m *matter) decide() Decision {
	d := Decision{Period: m.Period, Basis: m.basis, Original: m.original(m.Period), Rung: Floor}
	if m.instance != nil {
		d.Original = m.instance.Original
	}
	if m.stands() {
		d.From, d.Pinned = m.instance.Slot, m.instance.Pinned
	}
	for _, settle := range []func(*Decision) bool{m.stopped, m.passed, m.skipped, m.countered, m.held, m.waived, m.refused, m.change} {
		if settle(&d) {
			break
		}
	}
	return d
}

func (d *Decision) unmet(code string) bool {
	d.State, d.Code = Unmet, code
	return true
}

// stopped: cases 1.
func (m *matter) stopped(d *Decision) bool {
	switch {
	case m.SeriesGone:
		return d.unmet("series_gone")
	case m.SeriesDeclined:
		return d.unmet("series_declined")
	}
	return false
}

// passed: case 2. A slot that has begun is final.
func (m *matter) passed(d *Decision) bool {
	if !m.begun() || m.instance.Outcome == WasNot || (m.instance.Outcome == Unrecorded && !m.standsWell()) {
		return false
	}
	d.Final = true
	m.keep(d, "held")
	return true
}

// skipped: case 3.
func (m *matter) skipped(d *Decision) bool {
	_, order := m.Skips[m.Key]
	i := m.instance
	if !order && (i == nil || (!i.OwnerDeclined && (i.Absent != Deleted || m.Policy.OnDelete != Skip))) {
		return false
	}
	d.State, d.Code, d.Rung = Lapsed, "skipped", ""
	if m.stands() && !m.begun() {
		d.Action = Waive
	}
	return true
}

// countered: case 4.
func (m *matter) countered(d *Decision) bool {
	if !m.stands() || m.begun() || m.instance.Counter == nil || m.instance.Counter.Equal(m.instance.Slot) {
		return false
	}
	if m.instance.Moves >= m.Policy.MaxMoves || !m.legal(*m.instance.Counter, m.Now.Add(m.Policy.Freeze)) {
		return false
	}
	if _, paused := m.pause(); paused || m.unknown() {
		return false
	}
	d.Pin, d.Pinned = true, true
	d.Refuse = m.refusal()
	m.moveTo(d, *m.instance.Counter, "counter")
	return true
}

// held: case 5.
func (m *matter) held(d *Decision) bool {
	if !m.standsWell() || (m.begun() && m.instance.Outcome == WasNot) {
		return false
	}
	code := "held"
	if m.instance.Pinned {
		code = "pinned"
	}
	m.keep(d, code)
	return true
}

func (m *matter) keep(d *Decision, code string) {
	d.State, d.Code, d.Slot = Held, code, m.instance.Slot
	m.describe(d)
	d.Unverified = m.unverified(d.Slot)
}

// waived: case 6.
func (m *matter) waived(d *Decision) bool {
	if subtract(m.mutual.clip(m.Period.Span), m.away).hasGap(m.Policy.Minimum) {
		return false
	}
	d.State, d.Code, d.Rung = Lapsed, "away", ""
	if !m.stands() || m.begun() || m.instance.Pinned || m.unknown() {
		return true
	}
	d.Trouble = m.trouble("away")
	var w waits
	m.waitForPause(&w)
	m.waitToSettle(&w, d.Trouble)
	m.waitForHours(&w, m.instance.Slot)
	if d.Until = w.until; w.code == "" {
		d.Action, d.Until = Waive, time.Time{}
	}
	return true
}

// refused: cases 7 to 12, in which nothing may move.
func (m *matter) refused(d *Decision) bool {
	i := m.instance
	d.Trouble = m.trouble(m.kind())
	m.blame(d)
	switch {
	case m.unknown():
		return d.unmet("source_unknown")
	case i == nil && m.Standing != nil:
		return d.unmet("no_instance")
	case i != nil && i.Absent == Deleted && (m.Policy.OnDelete != Replan || i.Replanned):
		m.offer(d)
		return d.unmet("deleted")
	case m.stands() && i.Answer == NoWithNote:
		m.offer(d)
		return d.unmet("declined_note")
	case m.stands() && i.Pinned:
		m.offer(d)
		return d.unmet("pinned")
	case m.stands() && !i.declined() && !m.begun() && i.Slot.Start.Before(m.Now.Add(m.Policy.Freeze)):
		m.offer(d)
		return d.unmet("frozen")
	}
	return false
}

// unknown reports whether a source was never read: then nothing is placed or moved on it.
func (m *matter) unknown() bool { return m.MineSource == Never || m.TheirSource == Never }

// change: cases 13 to 16.
func (m *matter) change(d *Decision) bool {
	slot, looked, ok := m.ladder()
	d.Looked = looked
	if !ok {
		m.nearMisses(d)
		return d.unmet("no_slot")
	}
	counts := m.counts(slot)
	if counts && m.instance.Moves >= m.Policy.MaxMoves {
		m.offer(d)
		return d.unmet("budget")
	}
	if w := m.waitsFor(slot, d.Trouble, counts); w.code != "" {
		d.State, d.Code, d.Slot, d.Until = Pending, w.code, slot, w.until
		m.describe(d)
		return true
	}
	d.Refuse = m.refusal()
	switch {
	case m.stands():
		m.moveTo(d, slot, "moved")
	case m.instance != nil:
		d.Action = Restore
		m.settleOn(d, slot, "restored")
	default:
		d.Action = Place
		m.settleOn(d, slot, "placed")
	}
	return true
}

func (m *matter) moveTo(d *Decision, slot calendar.Span, code string) {
	d.Action = Move
	m.settleOn(d, slot, code)
}

func (m *matter) settleOn(d *Decision, slot calendar.Span, code string) {
	d.State, d.Code, d.Slot, d.Counts = Held, code, slot, m.counts(slot)
	m.describe(d)
}

// counts reports whether going to slot is a change of an announced slot's start or end.
func (m *matter) counts(slot calendar.Span) bool {
	return m.stands() || (m.instance != nil && !m.instance.Slot.Equal(slot))
}

// refusal is the declined span that must never be offered again.
func (m *matter) refusal() calendar.Span {
	if m.stands() && m.instance.declined() {
		return m.instance.Slot
	}
	return calendar.Span{}
}

func (m *matter) kind() string {
	switch {
	case !m.stands():
		return "gap"
	case m.instance.declined():
		return "declined"
	}
	return "conflict"
}

// trouble identifies what is wrong, so that a later pass knows how long it has stood.
func (m *matter) trouble(kind string) string {
	if m.instance == nil {
		return m.Key + " " + kind
	}
	return m.Key + " " + kind + " " + m.instance.Slot.Start.UTC().Format(time.RFC3339)
}

// describe sets what is said of the chosen slot: its rung, and whether it stands away from the standing time.
func (m *matter) describe(d *Decision) {
	d.Rung = m.rungOf(d.Slot)
	d.Moved = d.Rung != AtStanding && !d.Slot.Start.Equal(m.original(m.Period))
	if d.Pinned {
		m.noteChoice(d)
	}
}

func (m *matter) rungOf(slot calendar.Span) Rung {
	sameDay := calendar.DateOf(slot.Start, m.zone) == m.Preferred
	switch {
	case !m.mutual.contain(slot):
		return InStretch
	case m.soft.overlap(slot):
		return OverSoft
	case slot.Length() < m.Policy.Duration:
		return Shorter
	case slot.Start.Equal(m.original(m.Period)):
		return AtStanding
	case sameDay:
		return SameDay
	}
	return SamePeriod
}
