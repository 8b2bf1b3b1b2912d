package sim

import (
	"fmt"
	"time"

	"bilateral/internal/engine"
	"bilateral/internal/store"
)

func (p *pair) order(kind store.RequestKind, period string, args map[string]string) string {
	if _, err := p.w.store.Enqueue(store.Request{Bilateral: p.Name, Kind: kind, Period: period, Args: args, At: p.w.now}); err != nil {
		return fmt.Sprintf("%s was not taken: %v", kind, err)
	}
	return fmt.Sprintf("the owner orders %s %s %s %v", p.Name, kind, period, args)
}

func (p *pair) comingPeriod() (string, meeting, bool) {
	m, ok := p.coming()
	if !ok {
		return "", m, false
	}
	return p.periodOf(m.original, p.series(p.w.mine)), m, true
}

func orderSkip(w *world, p *pair) string {
	period, _, ok := p.comingPeriod()
	if !ok {
		return ""
	}
	return p.order(store.Skip, period, map[string]string{"reason": "offsite, all of us"})
}

func orderUnskip(w *world, p *pair) string {
	for _, m := range meetings(p.series(w.mine), w.now.AddDate(0, 0, 40)) {
		period := p.periodOf(m.original, p.series(w.mine))
		if mem := p.periods[period]; mem != nil && mem.skipped && m.original.After(w.now) {
			return p.order(store.Unskip, period, nil)
		}
	}
	return ""
}

func orderMove(w *world, p *pair) string {
	period, m, ok := p.comingPeriod()
	if !ok {
		return ""
	}
	start := w.at(m.span.Start.AddDate(0, 0, w.IntN(5)-2), 8*60+w.IntN(120)*5)
	return p.order(store.Move, period, map[string]string{"start": start.Format(time.RFC3339)})
}

func orderPause(w *world, p *pair) string {
	return p.order(store.Pause, "", map[string]string{"until": w.now.Add(time.Duration(1+w.IntN(96)) * time.Hour).Format(time.RFC3339)})
}

func orderResume(w *world, p *pair) string { return p.order(store.Resume, "", nil) }

func orderUnpin(w *world, p *pair) string {
	for _, m := range meetings(p.series(w.mine), w.now.AddDate(0, 0, 40)) {
		period := p.periodOf(m.original, p.series(w.mine))
		if mem := p.periods[period]; mem != nil && !mem.pin.IsZero() && m.span.Start.After(w.now) {
			return p.order(store.Unpin, period, nil)
		}
	}
	return ""
}

func orderRebase(w *world, p *pair) string {
	y := p.Policy.Prefer
	y.Minute = max(0, min(23*60, y.Minute+(w.IntN(9)-4)*15))
	return p.order(store.Rebase, "", map[string]string{"prefer": engine.PreferArg(y)})
}

// orderStart is given by owners whose series is gone.
func orderStart(w *world, p *pair) string {
	if len(p.series(w.mine)) > 0 {
		return ""
	}
	return p.order(store.Start, "", nil)
}

func watch(w *world, p *pair) string {
	if w.second != nil {
		return "" // what is ordered in watch mode stands in one machine's database alone
	}
	p.Acting = !p.Acting
	return fmt.Sprintf("%s acting: %v", p.Name, p.Acting)
}
