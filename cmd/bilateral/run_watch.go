package main

import (
	"time"

	"bilateral/internal/engine"
	"bilateral/internal/monitor"

	"github.com/rs/zerolog"
)

// watch begins to count for the monitoring, if only to have counted when the config asks for it later.
func (d *daemon) watch(a *app) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	s, err := a.store()
	if err != nil {
		return err
	}
	pass, _, err := s.LastPass()
	if err != nil {
		return err
	}
	b := readBuild()
	d.monitor = monitor.New(monitor.Build{Version: b.Version, Commit: b.Commit, Go: b.Go}, time.Now, c.Interval, pass.LastGood)
	return nil
}

// listen answers where the config says: at the place where it is answered already, or at a new one before the old is left.
func (d *daemon) listen(address string) (*monitor.Server, error) {
	switch {
	case address == "":
		return nil, nil
	case d.server != nil && d.server.Address == address:
		return d.server, nil
	}
	s, err := d.monitor.Serve(address)
	if err != nil {
		return nil, failed("Stop what listens there, or correct listen in the config.", "%w", err)
	}
	return s, nil
}

// use makes a setup the one that works: what only the one before needs ends.
func (d *daemon) use(s *setup) {
	if d.server != s.server {
		d.server.Close()
	}
	d.server = s.server
	d.monitor.Reloaded(s.engine.Interval)
}

// logChanges writes a line for each problem that began, changed its severity or ended, and for each period of which
// something else holds than before. What stays as it is needs no line; before the first pass nothing is known.
func logChanges(log zerolog.Logger, before *engine.Status, after engine.Status) {
	type about struct{ code, bilateral, period, calendar string }
	of := func(p engine.Problem) about { return about{p.Code, p.Bilateral, p.Period, p.Calendar} }
	line := func(e *zerolog.Event, p engine.Problem, what string) {
		e.Str("code", p.Code).Str("bilateral", p.Bilateral).Str("period", p.Period).Str("problem", p.Message).Str("do", p.Do).Msg(what)
	}
	known, now := map[about]string{}, map[about]bool{}
	if before != nil {
		for _, p := range before.Problems {
			known[of(p)] = p.Severity
		}
	}
	for _, p := range after.Problems {
		now[of(p)] = true
		switch {
		case known[of(p)] == p.Severity:
		case p.Severity == engine.Critical:
			line(log.Error(), p, "problem")
		default:
			line(log.Warn(), p, "problem")
		}
	}
	if before == nil {
		return
	}
	for _, p := range before.Problems {
		if !now[of(p)] {
			line(log.Info(), p, "problem over")
		}
	}
	logPeriods(log, before.Bilaterals, after.Bilaterals)
}

func logPeriods(log zerolog.Logger, before, after []engine.BilateralStatus) {
	type period struct{ bilateral, key string }
	known := map[period]engine.PeriodStatus{}
	for _, b := range before {
		for _, p := range b.Periods {
			known[period{b.Name, p.Period}] = p
		}
	}
	for _, b := range after {
		for _, p := range b.Periods {
			if old, ok := known[period{b.Name, p.Period}]; ok && old.State == p.State {
				continue
			}
			log.Info().Str("bilateral", b.Name).Str("period", p.Period).Str("state", string(p.State)).Str("code", p.Code).Str("reason", p.Reason).Msg("period")
		}
	}
}
