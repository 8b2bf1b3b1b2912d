package monitor

import (
	"net/http"
	"slices"

	"bilateral/calendar"
	"bilateral/internal/engine"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// counts is what only grows.
type counts struct {
	moves, writes, mails *prometheus.CounterVec // by bilateral
	requests             *prometheus.CounterVec // by calendar
	errors               *prometheus.CounterVec // by kind
	passes               *prometheus.CounterVec // by result
	took                 prometheus.Histogram
}

func newCounts() counts {
	counter := func(name, help, label string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "bilateral", Name: name, Help: help}, []string{label})
	}
	c := counts{
		moves:    counter("moves_total", "Meetings that were moved, placed anew or cancelled for want of a time.", "bilateral"),
		writes:   counter("writes_total", "Changes written to calendars.", "bilateral"),
		mails:    counter("mails_total", "Messages that people got because of a change, from the calendar's server or from us.", "bilateral"),
		requests: counter("requests_total", "HTTP requests to calendars' servers, without those of a sign-in.", "calendar"),
		errors:   counter("errors_total", "Bilaterals whose turn in a pass ended with an error, by kind; pass: the pass failed as a whole.", "kind"),
		passes:   counter("passes_total", "Passes that ended.", "result"),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "bilateral", Name: "pass_duration_seconds", Help: "How long passes took.",
			Buckets: []float64{0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300}}),
	}
	for _, result := range []string{"good", "failed"} {
		c.passes.WithLabelValues(result) // a rate needs a zero to start from
	}
	return c
}

func (c counts) register(r *prometheus.Registry, b Build) {
	build := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "bilateral", Name: "build_info", Help: "Which program this is; always 1.",
		ConstLabels: prometheus.Labels{"version": b.Version, "commit": b.Commit, "goversion": b.Go}})
	build.Set(1)
	r.MustRegister(c.moves, c.writes, c.mails, c.requests, c.errors, c.passes, c.took, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
}

// moving are the actions that change when a meeting is.
var moving = []string{"move", "waive", "restore", "unpin", "place"}

// letters are the actions that write no calendar.
var letters = []string{"mail", "answer", "note"}

func (c counts) add(p Pass) {
	result := "failed"
	if p.Good {
		result = "good"
	}
	c.passes.WithLabelValues(result).Inc()
	c.took.Observe(p.Took.Seconds())
	if len(p.Report.Bilaterals) == 0 && !p.Good {
		c.errors.WithLabelValues("pass").Inc()
	}
	for _, b := range p.Report.Bilaterals {
		c.addBilateral(b)
	}
}

func (c counts) addBilateral(b engine.BilateralReport) {
	moves, writes, mails := c.moves.WithLabelValues(b.Name), c.writes.WithLabelValues(b.Name), c.mails.WithLabelValues(b.Name)
	for _, s := range b.Steps {
		if !s.Done {
			continue
		}
		mails.Add(float64(len(s.Mails)))
		if slices.Contains(moving, s.Action) {
			moves.Inc()
		}
		if !slices.Contains(letters, s.Action) {
			writes.Inc()
		}
	}
	if b.Err != nil {
		c.errors.WithLabelValues(kindLabel(calendar.KindOf(b.Err))).Inc()
	}
}

// kindLabel names a kind of failure as labels are written.
func kindLabel(k calendar.ErrorKind) string {
	switch k {
	case calendar.Conflict:
		return "conflict"
	case calendar.Exists:
		return "exists"
	case calendar.Gone:
		return "gone"
	case calendar.Denied:
		return "denied"
	case calendar.SignIn:
		return "sign_in"
	case calendar.Quota:
		return "quota"
	case calendar.Unreachable:
		return "unreachable"
	case calendar.BadData:
		return "bad_data"
	case calendar.Unsupported:
		return "unsupported"
	}
	return "other"
}

// Count counts the requests that go by way of next to a calendar's server.
func (m *Monitor) Count(name string, next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return &counted{next, m.counts.requests.WithLabelValues(name)}
}

type counted struct {
	next     http.RoundTripper
	requests prometheus.Counter
}

// RoundTrip implements [http.RoundTripper].
func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.requests.Inc()
	return c.next.RoundTrip(r)
}

// CloseIdleConnections is what [http.Client] asks of its transport before a write.
func (c *counted) CloseIdleConnections() { (&http.Client{Transport: c.next}).CloseIdleConnections() }

// standing is what holds at the moment: it is written out when somebody looks, so that what is gone from the config is gone
// from here.
type standing struct {
	*Monitor
	periods, problems, reachable, silent *prometheus.Desc
}

func (m *Monitor) standing() *standing {
	gauge := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("bilateral_"+name, help, labels, nil)
	}
	return &standing{m,
		gauge("periods", "Guarded periods by what holds of them.", "bilateral", "state"),
		gauge("problems", "Problems that status lists.", "severity"),
		gauge("calendar_reachable", "Whether the last pass could read the calendar: 1 or 0.", "calendar"),
		gauge("seconds_since_good_pass", "How long ago the last good pass ended; none before the first one."),
	}
}

// Describe implements [prometheus.Collector].
func (s *standing) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{s.periods, s.problems, s.reachable, s.silent} {
		out <- d
	}
}

// Collect implements [prometheus.Collector].
func (s *standing) Collect(out chan<- prometheus.Metric) {
	s.mu.Lock()
	status, good := s.status, s.good
	s.mu.Unlock()
	set := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	if !good.IsZero() {
		set(s.silent, s.now().Sub(good).Seconds())
	}
	if status.State == "" {
		return // no pass has ended, and no problem would be said to be none
	}
	for _, b := range status.Bilaterals {
		g := b.Guarantee
		for state, n := range map[string]int{"held": g.Held, "pending": g.Pending, "waived": g.Waived, "unmet": g.Unmet} {
			set(s.periods, float64(n), b.Name, state)
		}
	}
	for _, severity := range []string{engine.Critical, engine.Warning} {
		n := 0
		for _, p := range status.Problems {
			if p.Severity == severity {
				n++
			}
		}
		set(s.problems, float64(n), severity)
	}
	for _, c := range status.Calendars {
		value := 0.0
		if c.Reachable {
			value = 1
		}
		set(s.reachable, value, c.Name)
	}
}
