package sim

import (
	"context"
	"fmt"
	"time"
)

// Storm lives like [Machine.Live] with all adversity at once: an hour seldom goes by without an edit, and with each edit
// two things fail as well. Calendars vanish for days, the machine sleeps, its clock is set back, its state is lost,
// answers are lost, files break, and the process dies at any step of what it does about all that.
func (m *Machine) Storm(ctx context.Context, dir string, seed uint64, days int) (map[string]int, error) {
	w := newWorld(m, dir, seed, days)
	w.storm = true
	return w.whole(ctx, seed)
}

// gales are what goes wrong, and how often.
var gales = []deed{
	{10, loseAnswer}, {14, crash}, {6, brokenFile}, {6, outage}, {6, editMeanwhile}, {2, longOutage}, {3, sleep},
	{3, clockBack},
}

// rage makes two more things go wrong, and returns for how many minutes there is peace, on the average.
func (w *world) rage() float64 {
	total := 0
	for _, g := range gales {
		total += g.weight
	}
	for range 2 {
		k := w.IntN(total)
		for _, g := range gales {
			if k -= g.weight; k < 0 {
				if said := g.do(w, w.pairs[w.IntN(len(w.pairs))]); said != "" {
					w.say("%s", said)
				}
				break
			}
		}
	}
	return 45
}

// longOutage is a network that is gone for up to a week, twice a life at most.
func longOutage(w *world, _ *pair) string {
	if w.counts["long outages"] == 2 {
		return ""
	}
	w.counts["long outages"]++
	back := w.now.AddDate(0, 0, 1+w.IntN(7))
	for _, a := range w.accounts() {
		w.outages[a] = back
	}
	return "the network is gone until " + short(back, w.zone)
}

// sleep is a laptop that is closed for hours or days, eight times a life at most: nothing runs, and slots go by.
func sleep(w *world, _ *pair) string {
	if w.counts["sleeps"] == 8 {
		return ""
	}
	w.counts["sleeps"]++
	w.now = w.now.Add(time.Duration(1+w.IntN(48)) * time.Hour)
	return "the machine slept until " + short(w.now, w.zone)
}

// clockBack is a clock that was ahead and is set right, eight times a life at most.
func clockBack(w *world, _ *pair) string {
	if w.counts["clocks"] == 8 {
		return ""
	}
	w.counts["clocks"]++
	back := time.Duration(1+w.IntN(180)) * time.Minute
	w.now = w.now.Add(-back)
	return fmt.Sprintf("the clock is set back by %s, to %s", back, short(w.now, w.zone))
}
