package sim

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/memory"
)

// series is one of our series as its text says.
type series struct {
	object    string
	root      *node
	master    *node
	overrides []*node
}

// meeting is one instance of a series.
type meeting struct {
	*series
	original time.Time
	span     calendar.Span
	standing calendar.Span
	live     bool
	own      *node // its override, or nil
}

// adopted begins the name and the UID of a series that people made before the daemon came.
const adopted = "standing-one-to-one"

// has reports whether an object or UID of that name is the bilateral's.
func (p *pair) has(name string) bool {
	return strings.HasPrefix(name, p.ID()) || p.adopts && strings.HasPrefix(name, adopted+"-"+p.Name)
}

// series reads every series of the bilateral in a calendar.
func (p *pair) series(a *memory.Account) []*series {
	var out []*series
	for _, name := range a.Names() {
		if !p.has(name) {
			continue
		}
		root := readText(a.Bytes(name))
		if root == nil {
			continue
		}
		s := &series{object: name, root: root}
		for _, k := range root.kids {
			switch {
			case k.name != "VEVENT" || !p.has(k.value("UID")):
			case k.index("RECURRENCE-ID") >= 0:
				s.overrides = append(s.overrides, k)
			default:
				s.master = k
			}
		}
		if s.master != nil {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *series) int { return a.start().Compare(b.start()) })
	return out
}

func (s *series) uid() string          { return s.master.value("UID") }
func (s *series) start() time.Time     { return s.master.moment("DTSTART") }
func (s *series) zone() *time.Location { return zones()[paramOf(s.master.line("DTSTART"), "TZID")] }

// zones are those of the casts, read once.
var zones = sync.OnceValue(func() map[string]*time.Location {
	out := map[string]*time.Location{}
	for _, c := range casts {
		for _, name := range []string{c.mine, c.theirs} {
			z, err := time.LoadLocation(name)
			if err != nil {
				panic(err)
			}
			out[name] = z
		}
	}
	return out
})

func (s *series) length() time.Duration { return s.master.end().Sub(s.start()) }

func (s *series) override(original time.Time) *node {
	for _, o := range s.overrides {
		if o.moment("RECURRENCE-ID").Equal(original) {
			return o
		}
	}
	return nil
}

// excluded are the instants of its EXDATEs.
func (s *series) excluded() []time.Time {
	var out []time.Time
	for _, l := range s.master.lines {
		if nameOf(l) == "EXDATE" {
			out = append(out, moments(l)...)
		}
	}
	return out
}

// originals are the starts that the rule gives before the end. Rules here are weekly by days or monthly by the nth
// weekday, all that a standing time needs.
func (s *series) originals(before time.Time) []time.Time {
	rule := map[string]string{}
	for part := range strings.SplitSeq(s.master.value("RRULE"), ";") {
		k, v, _ := strings.Cut(part, "=")
		rule[k] = v
	}
	until := before
	if u, err := time.Parse(utcForm, rule["UNTIL"]); err == nil && u.Before(before) {
		until = u.Add(time.Second)
	}
	every := 1
	if n, err := strconv.Atoi(rule["INTERVAL"]); err == nil {
		every = n
	}
	zone, first := s.zone(), s.start()
	local := first.In(zone)
	monday := local.AddDate(0, 0, -((int(local.Weekday()) + 6) % 7))
	var out []time.Time
	for k := 0; ; k++ {
		day := time.Date(local.Year(), local.Month(), local.Day()+k, local.Hour(), local.Minute(), 0, 0, zone)
		if !day.Before(until) {
			return out
		}
		weeks := daysBetween(monday, day) / 7
		if rule["FREQ"] == "WEEKLY" && weeks%every != 0 || !matches(rule["BYDAY"], day) {
			continue
		}
		out = append(out, day.UTC())
	}
}

func daysBetween(a, b time.Time) int {
	x := time.Date(a.Year(), a.Month(), a.Day(), 0, 0, 0, 0, time.UTC)
	y := time.Date(b.Year(), b.Month(), b.Day(), 0, 0, 0, 0, time.UTC)
	return int(y.Sub(x).Hours() / 24)
}

var dayNames = [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// matches reports whether BYDAY has the day: WE, or 1WE, or -1WE in its month.
func matches(byDay string, day time.Time) bool {
	name := dayNames[day.Weekday()]
	for d := range strings.SplitSeq(byDay, ",") {
		nth, is := strings.CutSuffix(d, name)
		if !is {
			continue
		}
		n, err := strconv.Atoi(nth)
		last := day.AddDate(0, 0, 7).Month() != day.Month()
		if err != nil || n == (day.Day()-1)/7+1 || n == -1 && last {
			return true
		}
	}
	return false
}

// meetings are the instances of all the series with an original start before the end, by original start.
func meetings(list []*series, before time.Time) []meeting {
	var out []meeting
	for _, s := range list {
		out = append(out, s.meetings(before)...)
	}
	slices.SortFunc(out, func(a, b meeting) int { return cmp.Compare(a.original.Unix(), b.original.Unix()) })
	return out
}

func (s *series) meetings(before time.Time) []meeting {
	gone := s.excluded()
	originals := s.originals(before)
	planned, overrides := map[time.Time]bool{}, map[time.Time]*node{}
	for _, at := range originals {
		planned[at] = true
	}
	for _, o := range s.overrides { // those that match nothing are still somebody's time
		at := o.moment("RECURRENCE-ID")
		overrides[at] = o
		if !planned[at] && at.Before(before) {
			originals = append(originals, at)
		}
	}
	var out []meeting
	for _, at := range originals {
		m := meeting{series: s, original: at, own: overrides[at], standing: calendar.Span{Start: at, End: at.Add(s.length())}}
		m.span = m.standing
		m.live = !slices.ContainsFunc(gone, at.Equal)
		if m.own != nil {
			m.span = calendar.Span{Start: m.own.moment("DTSTART"), End: m.own.end()}
			m.live = m.own.value("STATUS") != "CANCELLED"
		}
		out = append(out, m)
	}
	return out
}

// own returns the meeting's override, made as a client makes one if need be. A client that keeps what it does not know
// copies our marks too.
func (m *meeting) ownText(keep bool) *node {
	if m.own != nil {
		return m.own
	}
	o := m.master.clone()
	o.drop(func(n string) bool {
		return n == "RRULE" || n == "EXDATE" || n == "RDATE" || !keep && ours(n)
	})
	zone := m.zone()
	o.set(timeLine("RECURRENCE-ID", m.original, zone))
	o.set(timeLine("DTSTART", m.span.Start, zone))
	o.set(timeLine("DTEND", m.span.End, zone))
	m.own = o
	m.overrides = append(m.overrides, o)
	m.root.kids = append(m.root.kids, o)
	return o
}

// key names the component for people and maps.
func key(n *node) string { return n.value("UID") + " " + n.value("RECURRENCE-ID") }

// comingAt is the first live meeting that begins after t.
func (p *pair) comingAt(t time.Time) (meeting, bool) {
	for _, m := range meetings(p.series(p.w.mine), t.AddDate(0, 2, 0)) {
		if m.live && m.span.Start.After(t) {
			return m, true
		}
	}
	return meeting{}, false
}
