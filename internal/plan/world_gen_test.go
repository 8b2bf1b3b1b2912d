package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"bilateral/calendar"
)

// gen makes random worlds. Its dice are rapid's or a seeded generator's; a roll of 0 is always the plainest choice, so
// that rapid shrinks towards a plain world.
type gen struct {
	roll func(n int) int // 0..n-1
	w    World
	r    *oracleRun
}

// genAnchors are Mondays in or just before weeks in which some zone's clock changes, a leap-week year's end, and a plain week.
var genAnchors = []calendar.Date{
	{Year: 2026, Month: 11, Day: 23}, {Year: 2026, Month: 10, Day: 19}, {Year: 2026, Month: 3, Day: 23}, {Year: 2026, Month: 3, Day: 2},
	{Year: 2026, Month: 3, Day: 30}, {Year: 2026, Month: 9, Day: 21}, {Year: 2026, Month: 9, Day: 28}, {Year: 2026, Month: 10, Day: 26},
	{Year: 2026, Month: 12, Day: 28}, {Year: 2027, Month: 3, Day: 8}, {Year: 2027, Month: 3, Day: 22}, {Year: 2027, Month: 3, Day: 29},
	{Year: 2027, Month: 9, Day: 20}, {Year: 2027, Month: 9, Day: 27}, {Year: 2027, Month: 10, Day: 25}, {Year: 2027, Month: 11, Day: 1},
}

// Santiago and Cairo change at midnight, Kathmandu is a quarter of an hour off, Lord Howe changes by half an hour.
var genZones = []string{"Europe/Berlin", "America/New_York", "UTC", "Asia/Kolkata", "Pacific/Auckland", "Australia/Lord_Howe",
	"America/Santiago", "Africa/Cairo", "Asia/Kathmandu"}

func genWorld(roll func(n int) int) World {
	g := &gen{roll: roll}
	g.policy()
	g.now()
	units := g.units()
	if g.chance(85) {
		g.series(units)
		units = g.units() // the first instance anchors blocks of weeks
		for _, u := range units {
			g.instances(u)
		}
	}
	for _, u := range units {
		g.busy(u)
		if g.chance(5) {
			g.skip(u)
		}
	}
	for _, in := range g.w.Instances {
		g.around(in)
	}
	g.manners(units)
	return g.w
}

// genSeeded is the world with that number under that seed.
func genSeeded(seed, number uint64) World {
	return genWorld(rand.New(rand.NewPCG(seed, number)).IntN)
}

func (g *gen) chance(percent int) bool { return g.roll(100) >= 100-percent }

// among returns first..last in steps.
func (g *gen) among(first, last, step int) int { return first + step*g.roll((last-first)/step+1) }

func (g *gen) minutes(choices ...int) time.Duration {
	return time.Duration(choices[g.roll(len(choices))]) * time.Minute
}

func genLoad(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // the zone data is missing: no test can run
	}
	return zone
}

func (g *gen) zone() *time.Location { return genLoad(genZones[g.roll(len(genZones))]) }

func (g *gen) policy() {
	p := &g.w.Policy
	p.Cadence = []Cadence{{Week, 1}, {Week, 1}, {Week, 1}, {Day, 1}, {Day, 1}, {Day, 1}, {Week, 2}, {Week, 3}, {Week, 1}, {Month, 1}}[g.roll(10)]
	p.Duration = g.minutes(30, 45, 60, 15, 25, 20)
	p.Minimum = p.Duration
	if g.chance(75) {
		p.Minimum = time.Duration(g.among(10, int(p.Duration/time.Minute), 5)) * time.Minute
	}
	switch p.Cadence.Unit {
	case Day:
		p.Horizon = Horizon{Days: g.among(2, 8, 1)}
	case Week:
		p.Horizon = Horizon{Days: g.among(7, 16, 1) + 7*(p.Cadence.Every-1)}
	case Month:
		p.Horizon = Horizon{Months: 1, Days: g.roll(5)}
	}
	p.Notice, p.Freeze = g.minutes(24*60, 120, 0, 600), g.minutes(120, 30, 0, 300)
	p.Settle, p.ActWithin = g.minutes(10, 0, 60, 600), time.Duration(g.among(1, 15, 2))*24*time.Hour
	if g.chance(30) {
		p.Buffer = g.minutes(5, 10, 15, 7)
	}
	p.MaxMoves = []int{2, 3, 1, 3, 2, 0}[g.roll(6)]
	p.OnDelete = []OnDelete{Ask, Replan, Skip, Replan}[g.roll(4)]
	p.Mine = Side{Name: "Alice Chen", Zone: g.zone()}
	p.Theirs = Side{Name: "Dana Boss", Zone: p.Mine.Zone}
	if g.chance(50) {
		p.Theirs.Zone = g.zone()
	}
	p.Mine.Hours = g.hours()
	entry := p.Mine.Hours[g.roll(len(p.Mine.Hours))]
	p.Prefer = Prefer{Weekday: entry.Weekday, Nth: []int{1, 2, 3, 4, -1}[g.roll(5)],
		Minute: min(1435, g.among(entry.From, entry.To, 5)/5*5)}
	if g.chance(10) {
		p.Prefer.Minute = g.among(0, 1435, 5)
	}
}

// hours is one pattern on some days: ordinary, split, about the night of a clock change, across midnight, all day, or narrow.
func (g *gen) hours() []Hours {
	patterns := [][][2]int{{{540, 1020}}, {{600, 720}, {780, 900}}, {{0, 240}}, {{1320, 1440}, {0, 120}}, {{0, 1440}}, {{545, 660}},
		{{g.among(0, 1380, 1), 1440}}, {{600, 660}}, {{450, 540}, {540, 607}}}
	pattern := patterns[g.roll(len(patterns))]
	days := [][]time.Weekday{{1, 2, 3, 4, 5}, {0, 1, 2, 3, 4, 5, 6}, {3}, {0, 1}, {2, 4}}[g.roll(5)]
	var list []Hours
	for _, d := range days {
		for _, p := range pattern {
			list = append(list, Hours{d, p[0], p[1]})
		}
	}
	return list
}

// now picks the moment, often close to the preferred one, and then the executive's hours, often such that they meet.
func (g *gen) now() {
	p := &g.w.Policy
	anchor := genAnchors[g.roll(len(genAnchors))]
	g.w.Now = anchor.Add(g.among(-3, 6, 1)).At(g.roll(1440), time.UTC).Add(time.Duration(g.roll(60)) * time.Second)
	if g.chance(50) {
		g.frame()
		today := g.r.unit(g.r.first(calendar.DateOf(g.w.Now, g.r.zone)))
		g.w.Now = today.Preferred.At(p.Prefer.Minute, g.r.zone).Add(-g.minutes(1, 0, -1, -12, 29, 60, 125, 300, 1440, 1500))
		g.w.Now = g.w.Now.Add(time.Duration(g.roll(3)) * time.Second).UTC()
	}
	p.Theirs.Hours = g.translated(p.Mine.Hours)
	if g.chance(15) {
		p.Theirs.Hours = g.hours()
	}
	if g.chance(50) {
		p.Mine.Stretch = g.widened(p.Mine.Hours)
		p.Theirs.Stretch = g.widened(p.Theirs.Hours)
	}
	for _, s := range []*Side{&p.Theirs, &p.Mine} {
		if g.chance(12) {
			first := calendar.DateOf(g.w.Now, s.Zone).Add(g.among(-3, 10, 1))
			s.Travel = append(s.Travel, Travel{first, first.Add(g.roll(8)), g.zone()})
		}
	}
}

// translated are the owner's hours as the executive's clock shows them at Now, a little off.
func (g *gen) translated(mine []Hours) []Hours {
	_, here := g.w.Now.In(g.w.Policy.Mine.Zone).Zone()
	_, there := g.w.Now.In(g.w.Policy.Theirs.Zone).Zone()
	shift := (there-here)/60 + []int{0, 15, -20, 30, 7}[g.roll(5)]
	var list []Hours
	for _, h := range mine {
		from, to := h.From+shift, h.To+shift
		for day := -1; day <= 1; day++ {
			a, b := max(from-1440*day, 0), min(to-1440*day, 1440)
			if a < b {
				list = append(list, Hours{time.Weekday((int(h.Weekday) + day + 7) % 7), a, b})
			}
		}
	}
	return list
}

func (g *gen) widened(hours []Hours) []Hours {
	by := g.among(30, 240, 30)
	var list []Hours
	for _, h := range hours {
		list = append(list, Hours{h.Weekday, max(0, h.From-by), h.From}, Hours{h.Weekday, h.To, min(1440, h.To+by)})
	}
	return slices.DeleteFunc(list, func(h Hours) bool { return h.From >= h.To })
}

// frame gives the generator the oracle's reading of periods.
func (g *gen) frame() {
	g.r = &oracleRun{w: g.w, zone: g.w.Policy.Mine.Zone, prefer: g.w.Policy.Prefer}
	if g.w.Standing != nil {
		g.r.prefer = g.w.Standing.Prefer
	}
}

func (g *gen) units() []Period {
	g.frame()
	end := g.w.Policy.Horizon.End(g.w.Now, g.r.zone)
	var list []Period
	first := g.r.first(calendar.DateOf(g.w.Now, g.r.zone))
	for d := g.r.first(first.Add(-1)); d.At(0, g.r.zone).Before(end); d = g.r.following(d) {
		list = append(list, g.r.unit(d))
	}
	return list
}

func (g *gen) series(units []Period) {
	p := g.w.Policy
	g.w.Standing = &Standing{First: units[0].Preferred, Prefer: p.Prefer, Duration: p.Duration, ByHand: g.chance(30)}
	g.w.Own = []string{"own-1", "own-2"}
	if g.chance(25) {
		g.w.Standing.First = units[min(len(units)-1, 1+g.roll(3))].Preferred
	}
	if g.chance(15) {
		g.w.Standing.Duration = g.minutes(30, 10, 60, 35)
	}
	if g.chance(15) {
		g.w.Standing.Prefer.Minute = g.among(0, 1435, 5)
	}
	if g.chance(10) {
		g.w.Standing.Prefer.Weekday = time.Weekday(g.roll(7))
	}
}

// slot is a span somewhere in the unit: on a date of it, mostly in my hours, about as long as a meeting.
func (g *gen) slot(u Period) calendar.Span {
	p := g.w.Policy
	d := u.First.Add(g.roll(u.Last.Days(u.First) + 1))
	if g.chance(40) {
		d = u.Preferred
	}
	minute := g.roll(288) * 5
	for _, h := range p.Mine.Hours {
		if h.Weekday == d.Weekday() && g.chance(80) {
			minute = min(1435, g.among(h.From, h.To, 5))
		}
	}
	length := p.Minimum + time.Duration(g.roll(int((p.Duration-p.Minimum)/oracleGrid)+1))*oracleGrid
	start := d.At(minute, g.r.zone)
	return calendar.Span{Start: start, End: start.Add(length)}
}

func (g *gen) instances(u Period) {
	n := []int{1, 0, 2}[g.weighted(93, 4, 3)]
	for range n {
		in := Instance{Original: u.Preferred.At(g.r.prefer.Minute, g.r.zone)}
		if g.chance(8) {
			in.Original = g.slot(u).Start
		}
		in.Slot = calendar.Span{Start: in.Original, End: in.Original.Add(g.w.Standing.Duration)}
		g.place(&in, u)
		g.answers(&in, u)
		g.w.Instances = append(g.w.Instances, in)
	}
	slices.SortStableFunc(g.w.Instances, func(a, b Instance) int { return a.Original.Compare(b.Original) })
}

// weighted returns the index of the weight that was hit, of weights that sum to 100.
func (g *gen) weighted(weights ...int) int {
	n := g.roll(100)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// place says where the instance stands: mostly at its original start, else moved, put on an odd minute, or dragged away.
func (g *gen) place(in *Instance, u Period) {
	switch g.weighted(55, 30, 5, 5, 5) {
	case 0:
		in.Pinned = g.chance(10)
		return
	case 1:
		in.Slot = g.slot(u)
		in.Pinned = g.chance(30)
	case 2:
		odd := []time.Duration{time.Minute, 3 * time.Minute, 30 * time.Second}[g.roll(3)]
		in.Slot = calendar.Span{Start: in.Slot.Start.Add(odd), End: in.Slot.End.Add(odd)}
		in.Pinned = g.chance(50)
	case 3:
		by := time.Duration(g.among(-2, 2, 1)*(u.Last.Days(u.First)+1)) * 12 * time.Hour
		in.Slot = calendar.Span{Start: in.Slot.Start.Add(by), End: in.Slot.End.Add(by)}
		in.Pinned = g.chance(70)
	case 4:
		in.Slot.End = in.Slot.Start.Add(g.minutes(10, 5, 90, 32))
		in.Pinned = g.chance(50)
	}
	in.Moves = g.roll(g.w.Policy.MaxMoves+1) / 2
	in.LastMove = g.w.Now.Add(-g.minutes(1, 30, 300, 1440, 3000))
}

func (g *gen) answers(in *Instance, u Period) {
	in.Absent = Absence(g.weighted(78, 8, 8, 6))
	if in.Absent == Stands || g.chance(10) {
		in.Answer = Answer(g.weighted(66, 13, 17, 4))
	}
	in.OwnerDeclined = g.chance(2)
	in.Replanned = g.chance(30)
	if g.chance(15) {
		in.Moves = g.roll(g.w.Policy.MaxMoves + 2)
		in.LastMove = g.w.Now.Add(-g.minutes(1, 600, 1440))
	}
	if g.chance(20) {
		for range g.among(1, 3, 1) {
			in.Refused = append(in.Refused, g.slot(u))
		}
	}
	if g.chance(8) {
		c := g.slot(u)
		in.Counter = &c
	}
	if !in.Slot.Start.After(g.w.Now) && g.chance(50) || g.chance(2) {
		in.Outcome = Outcome(1 + g.roll(2))
	}
}

// add puts a busy entry into one of the two calendars; what is anonymous has no UID.
func (g *gen) add(s calendar.Span, strength calendar.Strength) {
	b := calendar.Busy{Span: s.UTC(), Strength: strength, UID: fmt.Sprintf("x-%d", len(g.w.Mine)+len(g.w.Theirs))}
	if g.chance(35) {
		b.Anonymous, b.UID = true, ""
	}
	if g.chance(3) {
		b.Start = b.Start.Add(7 * time.Second)
		b.End = b.End.Add(40 * time.Second)
	}
	if !s.Start.Before(s.End) {
		return
	}
	if g.chance(65) {
		g.w.Theirs = append(g.w.Theirs, b)
	} else {
		g.w.Mine = append(g.w.Mine, b)
	}
}

// busy fills one unit after one of several patterns.
func (g *gen) busy(u Period) {
	if u.Span.Has(g.w.Now) && g.chance(25) {
		g.fullSoon(u)
	}
	hole := g.slot(u)
	if g.chance(35) {
		hole.Start = u.Preferred.At(g.r.prefer.Minute, g.r.zone)
		hole.End = hole.Start.Add(g.w.Policy.Duration)
	}
	switch g.weighted(24, 10, 12, 8, 8, 6, 8, 6, 12, 6) {
	case 1:
		for range g.among(1, 5, 1) {
			s := g.slot(u)
			s.End = s.End.Add(g.minutes(0, 30, 120, 11))
			g.add(s, calendar.Strength(g.among(1, 3, 1)))
		}
	case 2:
		g.except(u, hole, calendar.Hard)
	case 3:
		g.except(u, hole, calendar.Soft)
	case 4:
		g.except(u, calendar.Span{}, calendar.Away)
	case 5:
		hole.End = hole.Start.Add(g.w.Policy.Minimum - g.minutes(5, 0, 1))
		g.except(u, hole, calendar.Away)
	case 6:
		g.hoursBusy(u, calendar.Hard)
	case 7:
		g.hoursBusy(u, calendar.Soft)
		g.hoursBusy(u, calendar.Soft)
	case 8:
		g.fullSoon(u)
	case 9: // away on some of the dates
		for range g.among(1, 3, 1) {
			d := u.First.Add(g.roll(u.Last.Days(u.First) + 1))
			g.add(calendar.Span{Start: d.At(0, g.r.zone), End: d.Add(1).At(0, g.r.zone)}, calendar.Away)
		}
	}
}

// fullSoon leaves the unit free only before a moment soon.
func (g *gen) fullSoon(u Period) {
	soon := calendar.Span{Start: g.w.Now.Add(g.minutes(180, 360, 600, 1500)).Truncate(time.Minute), End: u.Span.End}
	g.add(soon, []calendar.Strength{calendar.Hard, calendar.Hard, calendar.Away}[g.roll(3)])
}

func (g *gen) except(u Period, hole calendar.Span, strength calendar.Strength) {
	for _, s := range oracleCut(u.Span, []calendar.Span{hole}) {
		g.add(s, strength)
	}
}

// hoursBusy fills my hours in the unit, and so leaves no more than the stretch.
func (g *gen) hoursBusy(u Period, strength calendar.Strength) {
	short := g.minutes(0, 0, 5, 10)
	for d := u.First; !u.Last.Before(d); d = d.Add(1) {
		for _, s := range oracleHours(g.w.Policy.Mine, g.w.Policy.Mine.Hours, d) {
			g.add(calendar.Span{Start: s.Start, End: s.End.Add(-short)}, strength)
		}
	}
}

// around adds what lies at one instance: its own copy, anonymous time that covers it, or a conflict.
func (g *gen) around(in Instance) {
	wide := calendar.Span{Start: in.Slot.Start.Add(-g.minutes(0, 0, 15, 3)), End: in.Slot.End.Add(g.minutes(0, 0, 15, 40))}
	if g.chance(15) {
		g.w.Theirs = append(g.w.Theirs, calendar.Busy{Span: in.Slot.UTC(), Strength: calendar.Hard, UID: g.w.Own[g.roll(2)]})
	}
	if g.chance(20) {
		g.w.Theirs = append(g.w.Theirs, calendar.Busy{Span: wide.UTC(), Strength: calendar.Strength(g.among(1, 3, 1)), Anonymous: true})
	}
	if g.chance(25) {
		strength := []calendar.Strength{calendar.Hard, calendar.Hard, calendar.Soft, calendar.Away}[g.roll(4)]
		s := calendar.Span{Start: wide.Start, End: wide.Start.Add(g.minutes(5, 30, 60, 1))}
		g.w.Theirs = append(g.w.Theirs, calendar.Busy{Span: s.UTC(), Strength: strength, UID: "conflict"})
	}
}

func (g *gen) skip(u Period) {
	if g.w.Skips == nil {
		g.w.Skips = map[string]string{}
	}
	g.w.Skips[u.Key] = "off-site"
}

// manners sets what was seen and since when, the pause, the sources, and the fate of the whole series.
func (g *gen) manners(units []Period) {
	w := &g.w
	w.Seen = map[string]time.Time{}
	for _, u := range units {
		for _, in := range w.Instances {
			if !u.Span.Has(in.Original) {
				continue
			}
			for _, kind := range []string{"conflict", "declined", "gap", "away"} {
				if g.chance(85) {
					at := w.Now.Add(-g.minutes(2000, 600, 60, 10, 5, 0))
					w.Seen[oracleTrouble(&oraclePeriod{Period: u, instance: &in}, kind)] = at
				}
			}
		}
	}
	if g.chance(6) {
		w.Paused = w.Now.Add(g.minutes(1, 300, 3000, 130*1440, -60)).Truncate(time.Minute)
	}
	if g.chance(4) {
		s := calendar.Span{Start: w.Now.Add(-time.Hour), End: w.Now.Add(g.minutes(0, 1, 60, 900))}
		w.Mine = append(w.Mine, calendar.Busy{Span: s, Strength: calendar.Away, UID: "leave"},
			calendar.Busy{Span: calendar.Span{Start: s.End, End: s.End.Add(g.minutes(30, 800))}, Strength: calendar.Away, UID: "leave-2"})
	}
	w.MineSource = Source(g.weighted(88, 8, 2, 2))
	w.TheirSource = Source(g.weighted(82, 7, 7, 4))
	w.SeriesGone, w.SeriesDeclined = g.chance(1), g.chance(1)
}

// TestEveryCaseIsGenerated keeps the generator from losing a case: what the oracle says of many worlds must cover them all.
func TestEveryCaseIsGenerated(t *testing.T) {
	const worlds = 6000
	seen := map[string]int{}
	for i := range uint64(worlds) {
		w := genSeeded(1, i)
		for _, v := range oracle(w) {
			for _, what := range genFeatures(w, v) {
				seen[what]++
			}
		}
	}
	for _, what := range genExpected {
		if seen[what] < 8 {
			t.Errorf("%d worlds hold %q %d times; at least 8 wanted", worlds, what, seen[what])
		}
		delete(seen, what)
	}
	for what, n := range seen {
		t.Errorf("the oracle says %q (%d times), which nobody expects", what, n)
	}
}

var genExpected = []string{
	"held/held ", "held/held final", "held/pinned ", "held/counter move", "held/placed place", "held/moved move", "held/restored restore",
	"waived/skipped ", "waived/skipped waive", "waived/away ", "waived/away waits", "waived/away waive",
	"unmet/series_gone ", "unmet/series_declined ", "unmet/source_unknown ", "unmet/no_instance ", "unmet/deleted ", "unmet/declined_note ",
	"unmet/pinned ", "unmet/frozen ", "unmet/no_slot ", "unmet/budget ",
	"pending/paused waits", "pending/settling waits", "pending/far waits", "pending/daily waits", "pending/quiet waits",
	"found keep", "found same_day", "found same_period", "found shorter", "found soft", "found stretch",
	"found keep inside notice", "found same_day inside notice", "found same_period inside notice", "found shorter inside notice",
	"found soft inside notice", "found stretch inside notice",
	"stood keep", "stood same_day", "stood same_period", "stood shorter", "stood soft", "stood stretch",
	"basis seen", "basis partly", "basis blind", "does not count", "counts",
}

// genFeatures names what is special about one verdict.
func genFeatures(w World, v verdict) []string {
	mark := string(v.Action)
	switch {
	case v.Final:
		mark = "final"
	case !v.Until.IsZero():
		mark = "waits"
	}
	list := []string{fmt.Sprintf("%s/%s %s", v.State, v.Code, mark), "basis " + string(v.Basis)}
	switch {
	case v.Slot.IsZero():
	case v.Slot.Equal(v.From):
		list = append(list, "stood "+string(v.Rung))
	case v.Code != "counter" && v.Slot.Start.Before(w.Now.Add(w.Policy.Notice)):
		list = append(list, "found "+string(v.Rung)+" inside notice")
	case v.Code != "counter":
		list = append(list, "found "+string(v.Rung))
	}
	if v.Action == Move || v.Action == Restore {
		list = append(list, map[bool]string{true: "counts", false: "does not count"}[v.Counts])
	}
	return list
}
