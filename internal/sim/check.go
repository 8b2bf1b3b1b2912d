package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/internal/engine"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// check judges one pass's work on one bilateral.
type check struct {
	*pair
	before, after stand
	asked         []store.Request
	report        engine.BilateralReport
	whole         bool            // the pass ran to its end
	split         bool            // another series took over, or will once this one is ended
	held          map[string]bool // periods that the pass found held, which was so
}

func (c *check) run() error {
	for _, r := range c.asked { // taken before anything is written
		if r.Kind == store.Travel {
			c.travels(journey(r.Args["travel"]))
		}
	}
	for _, rule := range []func() error{c.oneEach, c.splits, c.quietWhenTold, c.texts, c.times, c.orders, c.verdicts, c.look} {
		if err := rule(); err != nil {
			return err
		}
	}
	return nil
}

// travels keeps an order once, however often its write fails.
func (c *check) travels(t plan.Travel) {
	same := func(x plan.Travel) bool { return x.First == t.First && x.Last == t.Last && x.Zone == t.Zone }
	if !slices.ContainsFunc(c.trips, same) {
		c.pair.trips = append(c.trips, t)
	}
}

// oneEach: at most one live instance a period, over all series.
func (c *check) oneEach() error {
	for period, list := range c.after.periods {
		live := 0
		for _, m := range list {
			if m.live {
				live++
			}
		}
		if live > 1 {
			return fmt.Errorf("%s has %d live meetings", period, live)
		}
	}
	return nil
}

// splits: a series ends, and another one goes on, where the owner orders it or edited the settings.
func (c *check) splits() error {
	if len(c.before.list) == 0 || len(c.after.list) == 0 {
		return nil
	}
	was, is := c.before.list[len(c.before.list)-1], c.after.list[len(c.after.list)-1]
	c.split = was.uid() != is.uid() || is.ended()
	switch {
	case !c.split:
		return nil
	case !c.edited && !was.ended() && !c.ordered(store.Rebase):
		return errors.New("the series was split, and nobody asked for it")
	case !is.ended() && c.whole:
		c.edited = false
	}
	for period, mem := range c.periods {
		mem.uncounted = true
		if m, stood := c.before.live(period); stood && c.declined(m) {
			mem.refused = append(mem.refused, m.span)
		}
		if m, _ := c.before.live(period); m.series != nil && c.ownNo(m) {
			mem.skipAsked = true // the series that goes on knows it, without the answer
		}
	}
	return nil
}

func (s *series) ended() bool { return strings.Contains(s.master.value("RRULE"), "UNTIL=") }

// never reports whether the series was split again before it began.
func (s *series) never() bool {
	_, until, _ := strings.Cut(s.master.value("RRULE"), "UNTIL=")
	at, err := time.Parse(utcForm, strings.SplitN(until, ";", 2)[0])
	return err == nil && at.Before(s.start())
}

func (c *check) ordered(kind store.RequestKind) bool {
	return slices.ContainsFunc(c.asked, func(r store.Request) bool { return r.Kind == kind })
}

func (c *check) orderedIn(period string) bool {
	return slices.ContainsFunc(c.asked, func(r store.Request) bool {
		return r.Period == period || r.Kind == store.Rebase || r.Kind == store.Start
	})
}

// quietWhenTold: nothing is written in watch mode; while paused only what the owner orders changes times.
func (c *check) quietWhenTold() error {
	if !c.Acting {
		for name, data := range c.w.before.objects[c.w.mine] {
			if c.has(name) && string(data) != string(c.w.after.objects[c.w.mine][name]) {
				return fmt.Errorf("%s was written in watch mode", name)
			}
		}
		if len(c.before.list) != len(c.after.list) {
			return errors.New("a series was made in watch mode")
		}
	}
	return nil
}

// isPaused reports whether the owner paused it, as far as no order of this pass changes that.
func (c *check) isPaused() bool {
	pending := slices.ContainsFunc(c.asked, func(r store.Request) bool { return r.Kind == store.Pause || r.Kind == store.Resume })
	return c.paused.After(c.w.now) && !pending
}

// texts: what is not ours in a component survives, and SEQUENCE never falls.
func (c *check) texts() error {
	after := map[string]*node{}
	for _, s := range c.after.list {
		for _, n := range append([]*node{s.master}, s.overrides...) {
			after[key(n)] = n
		}
	}
	for _, s := range c.before.list {
		known := map[string]bool{}
		for _, n := range append([]*node{s.master}, s.overrides...) {
			known[key(n)] = true
			now := after[key(n)]
			if now == nil {
				if n.index("RECURRENCE-ID") >= 0 && c.split {
					continue // cut off with the series' end
				}
				return fmt.Errorf("the component %s is gone", key(n))
			}
			if err := same(n, now); err != nil {
				return fmt.Errorf("%s: %w", key(n), err)
			}
			if err := c.linesStand(s, n, now); err != nil {
				return err
			}
		}
		for k, n := range after {
			if strings.HasPrefix(k, s.uid()+" ") && !known[k] {
				if err := same(s.master, n); err != nil {
					return fmt.Errorf("the new override %s: %w", k, err)
				}
			}
		}
	}
	return nil
}

// engineOwns are the properties that the engine may change.
var engineOwns = []string{"DTSTART", "DTEND", "DURATION", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "STATUS", "DESCRIPTION", "EXDATE", "RRULE", "RECURRENCE-ID"}

// rest is what people and other programs own in a component. Answers are asked for anew when a time changes.
func rest(n *node) string {
	var out []string
	for _, l := range n.lines {
		if slices.Contains(engineOwns, nameOf(l)) || ours(nameOf(l)) {
			continue
		}
		if nameOf(l) == "ATTENDEE" {
			parts := strings.Split(strings.TrimSuffix(l, ":"+valueOf(l)), ";")
			parts = slices.DeleteFunc(parts, func(s string) bool {
				return strings.HasPrefix(s, "PARTSTAT=") || strings.HasPrefix(s, "RSVP=") || strings.HasPrefix(s, "X-RESPONSE-COMMENT=")
			})
			l = strings.Join(parts, ";") + ":" + valueOf(l)
		}
		out = append(out, l)
	}
	slices.Sort(out)
	for _, k := range n.kids {
		out = append(out, string(k.bytes(0)))
	}
	return strings.Join(out, "\n")
}

func same(was, is *node) error {
	if a, b := rest(was), rest(is); a != b {
		return fmt.Errorf("what is not ours changed from\n%s\nto\n%s", a, b)
	}
	if a, b := outside(was.description()), outside(is.description()); a != b {
		return fmt.Errorf("the text outside the block changed from %q to %q", a, b)
	}
	if is.sequence() < was.sequence() {
		return fmt.Errorf("SEQUENCE fell from %d to %d", was.sequence(), is.sequence())
	}
	return nil
}

// outside is a description without the block, and without the empty line that the block brings along.
func outside(text string) string {
	from := strings.Index(text, "--- bilateral agenda")
	if from < 0 {
		return text
	}
	end := strings.Index(text[from:], "--- end of agenda")
	if end < 0 {
		return text
	}
	tail := text[from+end:]
	if k := strings.Index(tail, "\n"); k >= 0 {
		tail = tail[k:]
	} else {
		tail = ""
	}
	if from == 0 {
		tail = strings.TrimPrefix(tail, "\n\n")
	}
	return text[:from] + tail
}

// linesStand: what people wrote into the block stands.
func (c *check) linesStand(s *series, was, is *node) error {
	at := was.moment("RECURRENCE-ID")
	mem := c.periods[c.periodOf(at, c.before.list)]
	if at.IsZero() || mem == nil {
		return nil
	}
	for _, l := range mem.lines {
		if strings.Contains(was.description(), l) && !strings.Contains(is.description(), l) {
			return fmt.Errorf("%s: the line %q, written by a person, is gone", key(was), l)
		}
	}
	return nil
}

// times judges every change of a meeting's time that the pass made.
func (c *check) times() error {
	periods := map[string]bool{}
	for p := range c.before.periods {
		periods[p] = true
	}
	for p := range c.after.periods {
		periods[p] = true
	}
	horizon := c.Policy.Horizon.End(c.w.now, c.w.zone)
	for period := range periods {
		was, stood := c.before.live(period)
		is, stands := c.after.live(period)
		if stood == stands && (!stands || was.span.Equal(is.span)) || is.series != nil && !is.original.Before(horizon) {
			continue
		}
		if err := c.change(period, was, is, stood, stands); err != nil {
			return fmt.Errorf("%s, from %s to %s: %w", period, told(was, stood, c.w.zone), told(is, stands, c.w.zone), err)
		}
	}
	return nil
}

func told(m meeting, live bool, zone *time.Location) string {
	switch {
	case m.series == nil:
		return "nothing"
	case !live:
		return "cancelled"
	}
	return plan.When(m.span, zone)
}

func (c *check) change(period string, was, is meeting, stood, stands bool) error {
	mem, ordered := c.remember(period), c.orderedIn(period)
	one := slices.ContainsFunc(c.asked, func(r store.Request) bool { return r.Period == period })
	switch {
	case stood && !stands && mem.skipped:
		mem.pin = calendar.Span{}
		return nil // ordered, perhaps while nothing was written
	case stood && !stands && c.ownNo(was):
		mem.pin = calendar.Span{}
		return nil // by the owner's hand
	case c.Policy.Cadence.Unit == plan.Day && c.owesNothing(period):
		return nil
	case c.isPaused() && !ordered && !(stood && !stands && (mem.skipped || mem.skipAsked)):
		return errors.New("it is paused")
	case c.w.held[c.Name+" "+period]:
		return errors.New("it had been held")
	case is.series == nil && c.split:
		return nil // between the end of one series and the start of the next
	case stood && was.span.Equal(mem.pin) && !one, !stood && !mem.pin.IsZero() && !is.span.Equal(mem.pin) && !one:
		return errors.New("a person had put it at " + plan.When(mem.pin, c.w.zone))
	case !stands && stood:
		return c.waived(period, was, one)
	case mem.skipped && !one:
		return errors.New("the owner had skipped it")
	case !stood && was.series != nil && c.ownNo(was) && !one:
		return errors.New("the owner had said no to it")
	case !stood && mem.deleted && c.Policy.OnDelete != plan.Replan && !one:
		return errors.New("a person had deleted it")
	case one:
		return nil // by the owner's hand
	}
	if is.span.Equal(mem.pin) {
		return nil // carried into the series that goes on
	}
	if why := c.illegal(is.span, period, c.after.list); why != "" {
		return errors.New(why)
	}
	if slices.ContainsFunc(mem.refused, is.span.Overlaps) && !mem.forgotten {
		return errors.New("that time was refused before")
	}
	if !stood || ordered || c.split {
		return nil
	}
	return c.moved(period, was, is, mem)
}

// owesNothing reports whether the day has no shared hours, so that nobody guards what stands on it.
func (c *check) owesNothing(day string) bool {
	t, err := time.ParseInLocation(time.DateOnly, day, c.w.zone)
	return err == nil && !c.shares(c.w.at(t, 0))
}

// moved judges a move that nobody ordered: it has a cause and is within the budget.
func (c *check) moved(period string, was, is meeting, mem *memory1) error {
	if c.noted(was) {
		return errors.New("the no to it came with a note")
	}
	declined := c.declined(was) || c.nos[was.uid()+was.original.String()].Equal(was.span)
	if !declined && !c.vagueNow() && was.span.Start.After(c.w.now) && c.fits(was, period) {
		return errors.New("nothing was wrong with it")
	}
	if err := c.mannerly(was, is, mem, declined); err != nil {
		return err
	}
	today := c.w.now.In(c.w.zone).Format(time.DateOnly)
	mem.moves++
	if !mem.forgotten && !mem.uncounted && mem.moves > c.Policy.MaxMoves {
		return fmt.Errorf("it was moved %d times", mem.moves)
	}
	if !mem.forgotten && !mem.uncounted && !declined && mem.moved == today {
		return errors.New("it was moved twice in a day")
	}
	mem.moved = today
	if declined {
		mem.refused = append(mem.refused, was.span)
	}
	return nil
}

// fits reports whether a standing meeting could stay where it is.
func (c *check) fits(m meeting, period string) bool {
	return !c.stray(m.span, period) && c.inHours(m.span, true) && m.span.Length() >= c.Policy.Minimum && c.inTheWay(m.span) == "" &&
		c.periodOf(m.span.Start, c.before.list) == period
}

// declined reports whether the executive said no to the meeting where it stands, in either copy.
func (c *check) declined(m meeting) bool {
	if m.own != nil && status(m.own, c.Executive.Email) == "DECLINED" {
		return true
	}
	o := c.theirCopy(m)
	return o != nil && status(o, c.Executive.Email) == "DECLINED"
}

// waived judges a cancellation: by the owner's order, or because nobody can meet.
func (c *check) waived(period string, was meeting, ordered bool) error {
	if ordered || c.remember(period).skipped || c.remember(period).skipAsked || c.ownNo(was) || c.split {
		return nil
	}
	if gap, ok := c.gapWithoutLeave(period); ok {
		return fmt.Errorf("it was cancelled, and they could meet at %s", plan.When(gap, c.w.zone))
	}
	return nil
}

// gapWithoutLeave finds shared hours of the minimum length in the period that no leave covers.
func (c *check) gapWithoutLeave(period string) (calendar.Span, bool) {
	span := c.spanOf(period)
	for t := span.Start; t.Before(span.End); t = t.Add(5 * time.Minute) {
		s := calendar.Span{Start: t, End: t.Add(c.Policy.Minimum)}
		if !works(c.Policy.Mine, t, false) || c.periodOf(s.End.Add(-time.Second), c.after.list) != period {
			continue
		}
		if c.inHours(s, false) && !c.absent(s) {
			return s, true
		}
	}
	return calendar.Span{}, false
}

// spanOf finds the days of a period by asking each day near now which period it is in.
func (c *check) spanOf(period string) calendar.Span {
	var out calendar.Span
	for k := -70; k < 200; k++ {
		day := c.w.at(c.w.now.AddDate(0, 0, k), 0)
		if c.periodOf(day.Add(12*time.Hour), c.after.list) != period {
			continue
		}
		if out.IsZero() {
			out.Start = day
		}
		out.End = c.w.at(day.Add(36*time.Hour), 0)
	}
	return out
}

// orders takes down what the owner's orders came to.
func (c *check) orders() error {
	for _, r := range c.asked {
		mem := c.remember(r.Period)
		switch r.Kind { // perhaps carried out already, and only the answer was lost
		case store.Skip:
			mem.skipAsked = true
		case store.Unpin:
			mem.pin = calendar.Span{}
		}
		done, err := c.w.store.RequestByID(r.ID)
		if err != nil || done.Done.IsZero() {
			continue
		}
		c.w.say("  %s %s: %s", r.Kind, r.Period, done.Outcome)
		if !done.OK {
			continue
		}
		c.obey(r, mem)
	}
	return nil
}

func (c *check) obey(r store.Request, mem *memory1) {
	switch r.Kind {
	case store.Skip:
		mem.skipped, mem.pin = true, calendar.Span{}
	case store.Unskip:
		mem.skipAsked, mem.deleted = mem.skipAsked || mem.deleted, false
		mem.skipped = false // its mark says so until the meeting is back, and that alone outlives the state
	case store.Move:
		if m, live := c.after.live(r.Period); live {
			mem.pin, mem.deleted = m.span, false
		}
	case store.Pause:
		c.paused, _ = time.Parse(time.RFC3339, r.Args["until"])
	case store.Resume:
		c.paused = time.Time{}
	}
}
