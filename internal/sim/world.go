package sim

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"bilateral/agenda"
	"bilateral/calendar"
	"bilateral/calendar/memory"
	"bilateral/internal/engine"
	"bilateral/internal/plan"
)

// world is one seed's life.
type world struct {
	*rand.Rand
	machine *Machine
	base    string
	lives   int // state directories used so far
	storm   bool
	*daemon         // the one that passes now
	second  *daemon // on another machine, or nil
	broken  error   // what went wrong at the hands of a deed

	now, began, end time.Time
	mine            *memory.Account
	home            *engine.Calendar
	zone            *time.Location
	pairs           []*pair
	entries         []*entry

	outages  map[*memory.Account]downtime
	lost     map[string]bool // op -> the next one fails
	struck   bool            // one did in this pass
	between  func()          // happens while a pass is under way
	meddled  bool            // somebody edited during this pass: what it says may be of before
	stir     time.Time       // when something last happened
	trace    []string
	counts   map[string]int
	observed map[*memory.Account]bool // in this pass
	offsets  [2]int                   // of the two people's zones, a moment ago

	post          *post // nil: there is no [mail]
	before, after *view
	cache         map[*memory.Account]map[string]cached // by the id of the bilateral
}

// pair is a bilateral and what the checker remembers of it.
type pair struct {
	*engine.Bilateral
	w         *world
	hers      *memory.Account
	delivers  bool // the executive's calendar gets a copy of the series
	items     int
	failed    bool   // this pass did not get through with it
	sent      string // the objects that were delivered last
	periods   map[string]*memory1
	paused    time.Time
	byHand    bool                     // a person dragged the whole series
	trips     []plan.Travel            // of the executive, as the owner told
	holidays  []*entry                 // public ones, of either
	anonymous bool                     // the executive's calendar is known as free/busy only
	adopts    bool                     // it began with a series that people made
	guest     *guest                   // the executive's copy, where it is made of mails
	nos       map[string]calendar.Span // declined by mail: where the instance stood
	edited    bool                     // the settings were changed, and the series may be split for it
	unread    time.Time                // until then the files of public holidays cannot be read
	whole     bool                     // the last pass wrote all that the owner had ordered
}

// memory1 is what people did to one period, and how often the engine changed its time.
type memory1 struct {
	pin       calendar.Span // where a person put it
	skipped   bool
	skipAsked bool // perhaps already carried out
	uncounted bool // another series took over: the moves begin anew
	deleted   bool
	forgotten bool // a client dropped our marks: what they held is gone
	moves     int
	moved     string // date of the last move
	refused   []calendar.Span
	lines     []string  // what people wrote into the block
	wrong     time.Time // since when passes have seen that it cannot stay
}

// entry is busy time that a person has.
type entry struct {
	account  *memory.Account
	object   string
	spans    []calendar.Span
	strength calendar.Strength
	bare     calendar.Strength // as free/busy tells it
	nameless bool              // it is free/busy data itself
	what     string
}

func (w *world) say(format string, args ...any) {
	w.trace = append(w.trace, w.now.In(w.zone).Format("Mon 2006-01-02 15:04 ")+fmt.Sprintf(format, args...))
}

// Failure is a broken promise, and how it came to it.
type Failure struct {
	Seed  uint64
	Again string // the variable that makes the tests live that seed again
	What  string
	Trace []string
}

func (f *Failure) Error() string {
	return fmt.Sprintf("seed %d: %s\n%s\n(%s=%d runs it again)", f.Seed, f.What, strings.Join(f.Trace, "\n"), f.Again, f.Seed)
}

// Live lives the seed's life for so many days and returns what happened how often, and the first broken promise.
func (m *Machine) Live(ctx context.Context, dir string, seed uint64, days int) (map[string]int, error) {
	return newWorld(m, dir, seed, days).whole(ctx, seed)
}

// whole is the life from its first boot to its last calm pass.
func (w *world) whole(ctx context.Context, seed uint64) (map[string]int, error) {
	err := w.live(ctx)
	w.depart()
	if w.store != nil {
		w.store.Close()
	}
	if err == nil {
		return w.counts, nil
	}
	again := "SIM_SEED"
	if w.storm {
		again = "STORM_SEED"
	}
	return w.counts, &Failure{seed, again, err.Error(), w.trace}
}

func newWorld(m *Machine, dir string, seed uint64, days int) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 7)), machine: m, base: dir, daemon: newDaemon(filepath.Join(dir, "life0")), outages: map[*memory.Account]downtime{},
		lost: map[string]bool{}, counts: map[string]int{}, cache: map[*memory.Account]map[string]cached{}}
	c := casts[w.IntN(len(casts))]
	w.zone = zones()[c.mine]
	w.began = time.Date(2026, time.Month(1+w.IntN(12)), 1+w.IntN(28), w.IntN(24), 0, 0, 0, time.UTC)
	w.now, w.end = w.began, w.began.AddDate(0, 0, days)
	w.mine = memory.New(func() time.Time { return w.now })
	w.home = &engine.Calendar{Name: "work", Type: "vdir", Account: w.mine, Zone: w.zone}
	w.mine.Fail(w.fault(w.mine))
	w.pairs = append(w.pairs, w.newPair("dana", c))
	if w.IntN(4) == 0 {
		w.pairs = append(w.pairs, w.newPair("bo", c))
	}
	w.adoptions()
	w.mails(seed)
	w.put(w.mine, "lunch", w.at(w.now, 12*60), 30*time.Minute, calendar.Free, "TRANSP:TRANSPARENT\r\n")
	return w
}

// adoptions gives one life in five a series to take over.
func (w *world) adoptions() {
	p := w.pairs[0]
	if w.IntN(5) > 0 || !p.Invites {
		return
	}
	p.adopts, p.byHand = true, true
	if left := p.settle(); !left.IsZero() {
		p.remember(p.periodOf(left, p.series(w.mine))).skipAsked = true
	}
	p.Adopt = adopted + "-" + p.Name + "@other"
}

// mails gives one life in three a mail server, by which invitations go out and answers come back.
func (w *world) mails(seed uint64) {
	if seed%3 > 0 {
		return
	}
	w.post = &post{world: w, unsure: map[string]bool{}}
	for _, p := range w.pairs {
		p.delivers, p.Invites, p.SendFloor = false, true, seed%2 == 0
		p.guest = &guest{copies: map[string]*series{}, ids: map[string]bool{}, agenda: map[string]bool{}}
		p.nos = map[string]calendar.Span{}
	}
}

// cast is two people's zones and hours, in each one's own time, that leave them some hours to share.
type cast struct {
	mine         string
	from, to     int
	theirs       string
	theyOn, till int
}

var casts = []cast{
	{"Europe/Berlin", 9, 18, "America/New_York", 9, 18},
	{"Europe/Berlin", 9, 17, "Europe/Berlin", 8, 18},
	{"Asia/Kolkata", 9, 18, "Europe/Berlin", 9, 18},
	{"Pacific/Auckland", 8, 17, "Australia/Lord_Howe", 8, 18},
	{"Australia/Lord_Howe", 9, 17, "Australia/Lord_Howe", 9, 18},
	{"America/New_York", 9, 18, "Asia/Kolkata", 12, 23},
	{"Europe/Berlin", 7, 13, "Pacific/Auckland", 16, 23},
}

func weekdays(from, to int) []plan.Hours {
	var out []plan.Hours
	for d := time.Monday; d <= time.Friday; d++ {
		out = append(out, plan.Hours{Weekday: d, From: from * 60, To: to * 60})
	}
	return out
}

var cadences = []plan.Cadence{{Unit: plan.Week, Every: 1}, {Unit: plan.Week, Every: 1}, {Unit: plan.Day, Every: 1}, {Unit: plan.Week, Every: 2}, {Unit: plan.Month, Every: 1}}

func (w *world) newPair(name string, c cast) *pair {
	theirs := zones()[c.theirs]
	p := &pair{w: w, hers: memory.New(func() time.Time { return w.now }), delivers: w.IntN(2) == 0, periods: map[string]*memory1{}}
	p.hers.Fail(w.fault(p.hers))
	hers := &engine.Calendar{Name: name, Type: "vdir", Account: p.hers, Zone: theirs}
	email := name + "@example.org"
	p.Bilateral = &engine.Bilateral{
		Name: name, Acting: true, Home: w.home, Title: "Alice / " + name, Private: true, Invites: w.IntN(4) > 0,
		Agenda:    agenda.Policy{Show: agenda.Full, Publish: publishMoments()},
		Owner:     engine.Side{Name: "Alice Chen", Email: "alice@example.org", Calendars: []*engine.Calendar{w.home}, Judge: judge("alice@example.org")},
		Executive: engine.Side{Name: "Dana Boss", Email: email, Calendars: []*engine.Calendar{hers}, Judge: judge(email)},
		Policy: plan.Policy{
			Cadence: cadences[w.IntN(len(cadences))], Duration: 45 * time.Minute, Minimum: 20 * time.Minute,
			Horizon: plan.Horizon{Days: 56}, Notice: 24 * time.Hour, Freeze: 2 * time.Hour, Settle: 10 * time.Minute,
			ActWithin: 14 * 24 * time.Hour, MaxMoves: 2, OnDelete: []plan.OnDelete{plan.Ask, plan.Ask, plan.Skip, plan.Replan}[w.IntN(4)],
			Mine:   plan.Side{Name: "you", Zone: w.zone, Hours: weekdays(c.from, c.to)},
			Theirs: plan.Side{Name: name, Zone: theirs, Hours: weekdays(c.theyOn, c.till)},
		},
	}
	p.delivers = p.delivers && p.Invites
	switch y := &p.Policy; y.Cadence.Unit {
	case plan.Day:
		y.Horizon, y.Notice, y.Freeze, y.MaxMoves = plan.Horizon{Days: 14}, 2*time.Hour, 30*time.Minute, 1
	case plan.Month:
		y.Horizon, y.MaxMoves = plan.Horizon{Months: 3}, 3
	}
	p.prefer()
	p.furnish(c)
	return p
}

func judge(email string) calendar.Person {
	return calendar.Person{Emails: []string{email}, LeaveWords: []string{"vacation"}, Yields: []string{"Focus"}}
}

func publishMoments() []agenda.Moment {
	var out []agenda.Moment
	for _, text := range []string{"after previous", "day before 16:00", "1h"} {
		m, err := agenda.ParseMoment(text)
		if err != nil {
			panic(err)
		}
		out = append(out, m)
	}
	return out
}

// prefer chooses a standing time inside the shared hours of the first weeks.
func (p *pair) prefer() {
	day := p.w.now.In(p.w.zone)
	for {
		day = day.AddDate(0, 0, 1)
		minute := (p.w.IntN(24*4) * 15)
		at := p.w.at(day, minute)
		if p.inHours(calendar.Span{Start: at, End: at.Add(p.Policy.Duration)}, false) {
			p.Policy.Prefer = plan.Prefer{Weekday: day.Weekday(), Minute: minute}
			break
		}
	}
	switch p.Policy.Cadence.Unit {
	case plan.Day:
		p.Policy.Prefer.Weekday = 0
	case plan.Month:
		p.Policy.Prefer.Nth = []int{1, 2, 3, 4, -1}[p.w.IntN(5)]
	}
}

// at is a minute of the date that t has in the owner's zone.
func (w *world) at(t time.Time, minute int) time.Time {
	d := t.In(w.zone)
	return time.Date(d.Year(), d.Month(), d.Day(), 0, minute, 0, 0, w.zone).UTC()
}

// live is the life: people act at random moments, passes run every five minutes while something has just happened and
// every two hours in calm, which a level-triggered engine must stand.
func (w *world) live(ctx context.Context) error {
	if err := w.boot(); err != nil {
		return err
	}
	next := w.now
	for w.now.Before(w.end) {
		if !w.now.Before(next) {
			w.act()
			pause := 600.0
			if w.storm {
				pause = w.rage()
			}
			w.stir = w.now
			next = w.now.Add(time.Duration(1+w.ExpFloat64()*pause) * time.Minute)
		}
		if err := w.turn(ctx); err != nil {
			return err
		}
		step := 5 * time.Minute
		if w.now.Sub(w.stir) > 25*time.Minute {
			step = min(2*time.Hour, max(step, next.Sub(w.now)))
		}
		w.now = w.now.Add(step.Truncate(time.Minute))
	}
	return w.calm(ctx)
}
