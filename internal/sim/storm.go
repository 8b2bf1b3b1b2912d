package sim

import (
	"context"
)

// Storm lives like [Machine.Live] with all adversity at once: an hour seldom goes by without an edit, and with each edit
// two things fail as well. Calendars and mail vanish for days, refuse the password or have enough of us, one reads empty; the
// machine sleeps, its clock is wrong and is set right, its disk is full or read-only, its database is damaged or lost; a second
// daemon works on the same calendar; one bilateral fails alone; answers are lost, files break, and the process dies at any
// step of what it does about all that.
func (m *Machine) Storm(ctx context.Context, dir string, seed uint64, days int) (map[string]int, error) {
	w := newWorld(m, dir, seed, days)
	w.storm = true
	return w.whole(ctx, seed)
}

// gale is something that goes wrong, by name, and how often in a life at most (0: as often as it comes).
type gale struct {
	name string
	most int
	deed
}

// gales are what goes wrong, and how often.
var gales = []gale{
	{"lost answers", 0, deed{10, loseAnswer}}, {"kills", 0, deed{14, crash}}, {"broken files", 0, deed{6, brokenFile}},
	{"outages", 0, deed{6, outage}}, {"edits meanwhile", 0, deed{6, editMeanwhile}}, {"long outages", 2, deed{2, longOutage}},
	{"sleeps", 8, deed{3, sleep}}, {"clocks set back", 8, deed{3, clockBack}}, {"clocks ahead", 3, deed{1, clockAhead}},
	{"full disks", 4, deed{2, fillDisk}}, {"read-only states", 4, deed{2, seal}}, {"damaged databases", 3, deed{2, spoil}},
	{"second daemons", 3, deed{2, secondDaemon}}, {"refused sign-ins", 6, deed{2, refuseSignIn}}, {"quotas", 6, deed{2, exhaust}},
	{"one that fails", 6, deed{2, failAlone}}, {"calendars that read empty", 6, deed{2, empty}},
}

// rage makes two more things go wrong, and now and then puts right what people stopped; it returns for how many minutes there
// is peace, on the average.
func (w *world) rage() float64 {
	total := 0
	for _, g := range gales {
		total += g.weight
	}
	for range 2 {
		k := w.IntN(total)
		for _, g := range gales {
			if k -= g.weight; k < 0 {
				w.strike(g)
				break
			}
		}
	}
	if w.IntN(6) == 0 {
		w.relieve(w.pairs[w.IntN(len(w.pairs))])
	}
	return 45
}

func (w *world) strike(g gale) {
	if g.most > 0 && w.counts[g.name] == g.most {
		return
	}
	if said := g.do(w, w.pairs[w.IntN(len(w.pairs))]); said != "" {
		w.counts[g.name]++
		w.say("%s", said)
	}
}

// relieve takes back what keeps the engine from doing anything: watch mode, a pause, a declined or vanished series.
func (w *world) relieve(p *pair) {
	list := p.series(w.mine)
	deeds := []func(*world, *pair) string{orderResume}
	if len(list) == 0 {
		deeds = append(deeds, orderStart)
	} else if status(list[len(list)-1].master, p.Executive.Email) == "DECLINED" {
		deeds = append(deeds, declineSeries)
	}
	if !p.Acting {
		deeds = append(deeds, watch)
	}
	for _, do := range deeds {
		if said := do(w, p); said != "" {
			w.say("%s", said)
		}
	}
}
