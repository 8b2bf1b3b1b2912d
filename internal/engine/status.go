package engine

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"bilateral/agenda"
	"bilateral/calendar"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// Status is what `bilateral status --json` prints: read off the database alone, so that it answers at once and also while
// the daemon is down.
type Status struct {
	Version    int               `json:"version"`
	State      string            `json:"state"` // ok, warning, critical, unknown
	Generated  time.Time         `json:"generated"`
	Problems   []Problem         `json:"problems"` // worst first
	Daemon     DaemonStatus      `json:"daemon"`
	Calendars  []CalendarStatus  `json:"calendars"`
	Bilaterals []BilateralStatus `json:"bilaterals"`
}

// Problem is one thing that is not as it should be.
type Problem struct {
	Code      string `json:"code"`
	Severity  string `json:"severity"`  // critical or warning
	Bilateral string `json:"bilateral"` // "" where it concerns all of them
	Period    string `json:"period"`    // "" where it concerns no single one
	Message   string `json:"message"`
	Do        string `json:"do"`
	Calendar  string `json:"calendar,omitempty"` // its name, where the problem is one calendar's
}

// DaemonStatus is whether and when passes are made.
type DaemonStatus struct {
	Running    bool       `json:"running"`
	PID        *int       `json:"pid"`
	Started    *time.Time `json:"started"`
	LastPass   *time.Time `json:"last_pass"`
	LastPassOK bool       `json:"last_pass_ok"`
	NextPass   *time.Time `json:"next_pass"`
}

// CalendarStatus is how a calendar was found by the last pass.
type CalendarStatus struct {
	Name      string     `json:"name"`
	Type      string     `json:"type"`
	Reachable bool       `json:"reachable"`
	LastOK    *time.Time `json:"last_ok"`
	Error     *string    `json:"error"`
	Degraded  string     `json:"degraded,omitempty"`

	SignInEnds *time.Time `json:"sign_in_ends,omitempty"` // as the last pass knew it
}

// BilateralStatus is the guarantee of one bilateral.
type BilateralStatus struct {
	Name        string         `json:"name"`
	Executive   string         `json:"executive"`
	UID         string         `json:"uid"`
	Cadence     string         `json:"cadence"`
	Mode        string         `json:"mode"`
	PausedUntil *time.Time     `json:"paused_until"`
	Next        *NextMeeting   `json:"next"`
	Guarantee   Guarantee      `json:"guarantee"`
	Periods     []PeriodStatus `json:"periods"`
	FollowUps   FollowUpCounts `json:"followups"`
	SayDo       SayDo          `json:"say_do"`
	Suggestion  string         `json:"suggestion,omitempty"` // a standing time that suits the horizon better
	Zone        string         `json:"timezone"`
}

// NextMeeting is the next slot that is held.
type NextMeeting struct {
	Period      string     `json:"period"`
	Start       time.Time  `json:"start"`
	End         time.Time  `json:"end"`
	AgendaItems int        `json:"agenda_items"`
	Published   *time.Time `json:"published"`
	Delivered   string     `json:"delivered"`
}

// Guarantee counts the guarded periods by state.
type Guarantee struct {
	Held    int `json:"held"`
	Pending int `json:"pending"`
	Waived  int `json:"waived"`
	Unmet   int `json:"unmet"`
	Horizon int `json:"horizon"`
}

// PeriodStatus is one guarded period.
type PeriodStatus struct {
	Period     string     `json:"period"`
	State      plan.State `json:"state"`
	Code       string     `json:"code"`
	Basis      plan.Basis `json:"basis"`
	Until      *time.Time `json:"until"`
	Start      *time.Time `json:"start"`
	End        *time.Time `json:"end"`
	Rung       *plan.Rung `json:"rung"` // null where no slot is owed
	Moved      bool       `json:"moved"`
	Pinned     bool       `json:"pinned"`
	Unverified bool       `json:"unverified,omitempty"`
	Reason     string     `json:"reason"`
	Message    string     `json:"message,omitempty"`
}

// FollowUpCounts counts the open follow-ups.
type FollowUpCounts struct {
	Open    int `json:"open"`
	Overdue int `json:"overdue"`
	Waiting int `json:"waiting"`
	Lint    int `json:"lint"`
}

// SayDo is promises kept by their first due date, of those due.
type SayDo struct {
	Kept  int     `json:"kept"`
	Due   int     `json:"due"`
	Ratio float64 `json:"ratio"`
}

// Severities and overall states.
const (
	Critical = "critical"
	Warning  = "warning"
	OK       = "ok"
	NoIdea   = "unknown"
)

// Status reads the state of everything off the database. e needs no accounts for it. pid is the running daemon's, 0 for none.
func (e *Engine) Status(now time.Time, pid int) (Status, error) {
	s := Status{Version: 1, Generated: now.UTC().Truncate(time.Second), Problems: []Problem{}, Calendars: []CalendarStatus{}, Bilaterals: []BilateralStatus{}}
	pass, passed, err := e.Store.LastPass()
	if err != nil {
		return s, err
	}
	s.Daemon = DaemonStatus{Running: pid != 0, LastPass: moment(pass.Ended), LastPassOK: pass.OK, NextPass: moment(pass.Next)}
	if pid != 0 {
		s.Daemon.PID = &pid
	}
	if d, ok, err := e.Store.Daemon(); err != nil {
		return s, err
	} else if ok && pid != 0 {
		s.Daemon.Started = moment(d.Started)
	}
	if err := e.calendarStatus(&s, now); err != nil {
		return s, err
	}
	for _, b := range e.Bilaterals {
		one, err := e.bilateralStatus(b, now, &s)
		if err != nil {
			return s, err
		}
		s.Bilaterals = append(s.Bilaterals, one)
	}
	if err := errors.Join(e.channelStatus(&s), e.restoredStatus(&s)); err != nil {
		return s, err
	}
	s.judge(e, pass, passed, now)
	return s, nil
}

// stale is after how many intervals without a pass nothing is known any more.
const stale = 3

func (s *Status) judge(e *Engine, pass store.Pass, passed bool, now time.Time) {
	limit := stale * e.Interval
	s.tellOnce()
	if passed && !pass.OK && now.Sub(lastGood(pass)) > limit && now.Sub(pass.Ended) <= limit {
		s.noGoodPass(pass)
	}
	slices.SortStableFunc(s.Problems, func(a, b Problem) int { return cmp.Compare(rank(a.Severity), rank(b.Severity)) })
	first := func(p Problem) { s.State, s.Problems = NoIdea, slices.Insert(s.Problems, 0, p) } // all else is as old as the last pass
	switch {
	case !passed:
		first(Problem{"never_ran", Warning, "", "", "no pass has ever finished", "bilateral run --once", ""})
	case now.Sub(pass.Ended) > limit:
		first(silence(s.Daemon.Running, pass.Ended))
	case len(s.Problems) == 0:
		s.State = OK
	default:
		s.State = s.Problems[0].Severity
	}
}

// lastGood is the last moment that was not yet bad: before a first good pass, when the first one began.
func lastGood(pass store.Pass) time.Time {
	if pass.LastGood.IsZero() {
		return pass.Began
	}
	return pass.LastGood
}

// silence is that no pass was recorded for long: nobody makes any, or whoever does cannot write it down.
func silence(running bool, last time.Time) Problem {
	if running {
		return Problem{"not_recorded", Warning, "", "", "the daemon runs, but has recorded no pass since " + when(last),
			"see whether the disk is full or the state directory cannot be written: its log says why", ""}
	}
	return Problem{"not_running", Warning, "", "", "the last pass was at " + when(last), "bilateral run", ""}
}

func rank(severity string) int { return slices.Index([]string{Critical, Warning}, severity) }

func when(t time.Time) string {
	if t.IsZero() {
		return "ever"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// add makes it harmless: it goes to terminals, mails, web hooks and calendars, and names files and quotes what was read.
func (s *Status) add(p Problem) {
	p.Message, p.Do = calendar.Plain(p.Message), calendar.Plain(p.Do)
	s.Problems = append(s.Problems, p)
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func (e *Engine) calendarStatus(s *Status, now time.Time) error {
	list, err := e.Store.Calendars()
	if err != nil {
		return err
	}
	for _, c := range list {
		one := CalendarStatus{Name: c.Name, Type: c.Type, Reachable: c.Reachable, LastOK: moment(c.LastOK), Degraded: calendar.Plain(c.Degraded),
			SignInEnds: moment(c.SignInEnds)}
		if c.Failures >= openCircuit {
			s.add(Problem{"account_circuit_open", Warning, "", "", fmt.Sprintf("the calendar %s failed %d times in a row and is left alone: it is tried again at %s",
				c.Name, c.Failures, when(c.NextTry)), "bilateral check; an order of yours, or bilateral run --once, tries it at once", c.Name})
		}
		switch {
		case !c.Reachable:
			plain := calendar.Plain(c.Error)
			one.Error = &plain
			s.add(Problem{"calendar_unreadable", Warning, "", "", fmt.Sprintf("the calendar %s cannot be read (%s); %s", c.Name, c.Error, lastSeen(c.LastOK)),
				"bilateral check", c.Name})
		case c.Trouble != "" && c.Failures >= failsForSure:
			s.add(Problem{"server_fails", Warning, "", "", fmt.Sprintf("the calendar %s can be read, and %d writes in a row failed: %s", c.Name, c.Failures, c.Trouble),
				"ask whoever keeps its server: its log says why it fails at this", c.Name})
		case c.Degraded != "":
			s.add(Problem{"calendar_degraded", Warning, "", "", "the calendar " + c.Name + ": " + c.Degraded, "mend or remove that entry", c.Name})
		}
		s.Calendars = append(s.Calendars, one)
	}
	return nil
}

// NotifyCode and the name of a channel are the code of the problem that notifications do not go out by it.
const NotifyCode = "notify_"

// channelStatus tells of notifications that do not go out.
func (e *Engine) channelStatus(s *Status) error {
	list, err := e.Store.Channels()
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.Error != "" {
			s.add(Problem{NotifyCode + c.Name, Warning, "", "", fmt.Sprintf("notifications by %s do not go out since %s: %s", c.Name, when(c.Failing), c.Error),
				"correct " + c.Name + " under [notify] in the config, or mend what it reaches; each pass tries again", ""})
		}
	}
	return nil
}

// restoredStatus tells that a copy took the place of a damaged database, until somebody took the damaged file away.
func (e *Engine) restoredStatus(s *Status) error {
	r, ok, err := e.Store.Restored()
	if ok {
		s.add(Problem{"state_restored", Warning, "", "", fmt.Sprintf("the database was damaged; at %s the copy of %s took its place: follow-ups and history since then are gone, the calendars are as they were",
			when(r.At), when(r.Of)), "add what is missing (bilateral list), then remove " + r.Aside, ""})
	}
	return err
}

func (e *Engine) bilateralStatus(b *Bilateral, now time.Time, s *Status) (BilateralStatus, error) {
	out := BilateralStatus{Name: b.Name, Executive: b.Executive.Email, Cadence: b.Cadence(), Mode: "watch", Periods: []PeriodStatus{},
		Zone: b.Policy.Mine.Zone.String()}
	if b.Acting {
		out.Mode = "act"
	}
	orders, err := e.Store.Orders(b.Name)
	known, err2 := e.Store.KnownSeries(b.Name)
	verdicts, err3 := e.Store.Verdicts(b.Name)
	if err := errors.Join(err, err2, err3); err != nil {
		return out, err
	}
	if orders.PausedUntil.After(now) {
		out.PausedUntil = moment(orders.PausedUntil)
	}
	for _, k := range known {
		if !k.Gone {
			out.UID = k.UID
		}
	}
	if len(verdicts) == 0 {
		s.add(Problem{"never_looked", Warning, b.Name, "", "no pass has looked at " + b.Name + " yet", "bilateral run --once", ""})
	}
	var next *store.Dated
	for k := range verdicts {
		v := &verdicts[k]
		if !v.Span.End.After(now) {
			continue
		}
		out.add(v)
		if next == nil && v.State == plan.Held && v.Slot.End.After(now) {
			next = v
		}
	}
	s.judgePeriods(b, verdicts, now)
	remarks, err := e.Store.Remarks(b.Name)
	if err != nil {
		return out, err
	}
	s.judgeRemarks(b, remarks)
	letters, err := e.Store.OpenLetters(b.Name)
	if err != nil {
		return out, err
	}
	s.judgeLetters(b, letters)
	if x := remarks.Suggestion; x != nil {
		out.Suggestion = fmt.Sprintf("%d of %d meetings stand away from the standing time; %s is free in %d of them: bilateral rebase %s",
			x.Moved, x.Of, b.describe(x.Prefer), x.Free, b.Name)
	}
	return out, e.meetingStatus(b, next, now, &out, s)
}

func (b *BilateralStatus) add(v *store.Dated) {
	p := PeriodStatus{Period: v.Period, State: v.State, Code: v.Code, Basis: v.Basis, Until: moment(v.Until), Start: moment(v.Slot.Start),
		End: moment(v.Slot.End), Moved: v.Moved, Pinned: v.Pinned, Unverified: v.Unverified, Reason: v.Sentence,
		Message: v.Message}
	if v.Rung != "" {
		p.Rung = &v.Rung
	}
	if v.State == plan.Unmet { // where it stands, although it cannot stay there
		p.Start, p.End = moment(v.From.Start), moment(v.From.End)
	}
	b.Periods = append(b.Periods, p)
	b.Guarantee.Horizon++
	switch v.State {
	case plan.Held:
		b.Guarantee.Held++
	case plan.Pending:
		b.Guarantee.Pending++
	case plan.Lapsed:
		b.Guarantee.Waived++
	case plan.Unmet:
		b.Guarantee.Unmet++
	}
}

// Cadence writes the cadence as the configuration does.
func (b *Bilateral) Cadence() string {
	switch c := b.Policy.Cadence; {
	case c.Unit == plan.Day:
		return "daily"
	case c.Unit == plan.Month:
		return "monthly"
	case c.Every > 1:
		return fmt.Sprintf("every %d weeks", c.Every)
	}
	return "weekly"
}

// meetingStatus tells of the next meeting, the follow-ups and what is wrong with them.
func (e *Engine) meetingStatus(b *Bilateral, next *store.Dated, now time.Time, out *BilateralStatus, s *Status) error {
	current, err := e.Store.PublicItems(b.Name, now)
	if err != nil {
		return err
	}
	var open []agenda.Item
	for _, f := range current {
		if f.Status == agenda.Open {
			open = append(open, f.Item)
		}
	}
	out.FollowUps = FollowUpCounts{Open: len(open), Overdue: len(agenda.Overdue(open, now.In(b.Policy.Mine.Zone)))}
	lint := 0
	for _, i := range open {
		if i.Kind == agenda.Waiting {
			out.FollowUps.Waiting++
		}
		if len(agenda.Lint(i)) > 0 {
			lint++
		}
	}
	out.FollowUps.Lint = lint
	if err := e.sayDo(b, now, out); err != nil {
		return err
	}
	if next == nil {
		return nil
	}
	s.judgeItems(b, open, next, lint, now)
	return e.nextMeeting(b, next, len(open)-lint, out)
}

// sayDo counts the promises: those to the executive, open and closed.
func (e *Engine) sayDo(b *Bilateral, now time.Time, out *BilateralStatus) error {
	promises, err := e.Store.List(store.Filter{Bilateral: b.Name, Kinds: []agenda.Kind{agenda.Direction}})
	if err != nil {
		return err
	}
	items := make([]agenda.Item, len(promises))
	for k, p := range promises {
		items[k] = p.Item
	}
	out.SayDo.Kept, out.SayDo.Due = agenda.SayDo(items, now.In(b.Policy.Mine.Zone))
	if out.SayDo.Due > 0 {
		out.SayDo.Ratio = float64(out.SayDo.Kept) / float64(out.SayDo.Due)
	}
	return nil
}

func (e *Engine) nextMeeting(b *Bilateral, next *store.Dated, items int, out *BilateralStatus) error {
	pub, err := e.Store.Published(b.Name, next.Original)
	if err != nil {
		return err
	}
	if pub.Delivered == mailed {
		pub.Delivered = "yes"
	}
	out.Next = &NextMeeting{Period: next.Period, Start: next.Slot.Start, End: next.Slot.End, AgendaItems: items,
		Published: moment(pub.At), Delivered: cmp.Or(pub.Delivered, "unknown")}
	return nil
}
