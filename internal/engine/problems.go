package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/agenda"
	"bilateral/calendar"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// judgePeriods finds what is wrong with a bilateral's periods: the contract's table of severities.
func (s *Status) judgePeriods(b *Bilateral, verdicts []store.Dated, now time.Time) {
	left := slices.DeleteFunc(slices.Clone(verdicts), func(v store.Dated) bool { return !v.Span.End.After(now) })
	blind := false
	for k, v := range left {
		switch {
		case v.Code == "series_gone" || v.Code == "series_declined":
			if k == 0 {
				s.stopped(b, v)
			}
		case v.State == plan.Unmet:
			s.unmet(b, v, b.pressing(left, k))
		case v.State == plan.Held && v.Basis == plan.Blind && !blind:
			blind = true
			s.add(Problem{"held_blind", Warning, b.Name, v.Period, fmt.Sprintf("held as far as can be seen: the calendar of %s cannot be read", b.Executive.Name),
				"ask for free/busy access, and name it in [bilateral.executive] busy", ""})
		}
	}
}

// pressing reports whether the kth of the periods that are left needs a person now: the current or the next one, of a
// daily bilateral two in a row of which one is.
func (b *Bilateral) pressing(left []store.Dated, k int) bool {
	const near = 2 // the current and the next
	if b.Policy.Cadence.Unit != plan.Day {
		return k < near
	}
	unmet := func(k int) bool { return k >= 0 && k < len(left) && left[k].State == plan.Unmet }
	return k < near && unmet(k+1) || k <= near && unmet(k-1)
}

func (s *Status) stopped(b *Bilateral, v store.Dated) {
	do := "look into the calendar; if the series is really gone: bilateral start " + b.Name
	if v.Code == "series_declined" {
		do = "talk to " + b.Executive.Name + ", then bilateral start " + b.Name
	}
	s.add(Problem{v.Code, Critical, b.Name, "", v.Sentence, do, ""})
}

// unmet is critical where it presses, else a warning. A conflict that is too near to be moved is a warning until the slot
// has passed: then the period is open for a later one.
func (s *Status) unmet(b *Bilateral, v store.Dated, pressing bool) {
	p := Problem{"period_unmet", Warning, b.Name, v.Period, v.Period + ": " + v.Sentence, doAbout(b, v), ""}
	switch {
	case v.Code == "frozen":
		p.Code = "conflict_frozen"
	case pressing:
		p.Severity = Critical
	}
	s.add(p)
}

// doAbout is the one step that helps.
func doAbout(b *Bilateral, v store.Dated) string {
	at := func(span calendar.Span) string {
		return span.Start.In(b.Policy.Mine.Zone).Format("2006-01-02T15:04")
	}
	switch {
	case v.Code == "deleted":
		return fmt.Sprintf("bilateral skip %s %s --reason …, or bilateral move %s %s TIME", b.Name, v.Period, b.Name, v.Period)
	case v.Code == "source_unknown":
		return "bilateral check"
	case v.Code == "pinned":
		return fmt.Sprintf("bilateral unpin %s %s", b.Name, v.Period)
	case len(v.Offers) > 0:
		return fmt.Sprintf("ask %s, then bilateral move %s %s %s", b.Executive.Name, b.Name, v.Period, at(v.Offers[0]))
	}
	return fmt.Sprintf("bilateral why %s %s", b.Name, v.Period)
}

// lintAhead is how long before a meeting unfinished follow-ups become a warning.
const lintAhead = 24 * time.Hour

func (s *Status) judgeItems(b *Bilateral, open []agenda.Item, next *store.Dated, lint int, now time.Time) {
	if lint > 0 && next.Slot.Start.Sub(now) <= lintAhead && next.Slot.Start.After(now) {
		s.add(Problem{"lint", Warning, b.Name, next.Period, fmt.Sprintf("%d follow-ups are held back until they are complete", lint), "bilateral list --for " + b.Name, ""})
	}
	if risk := agenda.AtRisk(open, next.Slot.Start); len(risk) > 0 {
		s.add(Problem{"at_risk", Warning, b.Name, next.Period, fmt.Sprintf("%s (#%s) is at risk and due before the next meeting", agenda.Clean(risk[0].Text), risk[0].ID),
			"tell " + b.Executive.Name + " now; bilateral show " + risk[0].ID, ""})
	}
}

// remarkAdvice is the one step that helps, by the code of a remark.
var remarkAdvice = map[string]string{
	"fuse_blown":     "look into the calendar; if it is right as it is: bilateral start NAME",
	"fuse_writes":    "see what is written again and again: bilateral why NAME",
	"agenda_edited":  "close what is ticked with bilateral done, add what is new with bilateral add, then undo the edit or delete the block",
	"agenda_removed": "see what would stand there: bilateral agenda NAME",
	"freebusy":       "check the executive's address, and whether they let you see when they are busy: bilateral check",
	"replies_unread": "check the mailbox's address and password in [mail]: bilateral check",
	"counter_series": "take it with bilateral rebase NAME, or answer them",
	"invite_server":  "set invite = \"server\", or let bilateral start make a new series",
	"floor_draft":    "send what this prints: bilateral agenda NAME PERIOD",
	"undelivered":    "correct their address in the config and the calendar, or send them the meeting by hand",
	"unanswered":     "ask whether the invitation arrived",
	"mail_given_up":  "tell them yourself what changed: bilateral why NAME PERIOD",
	"adopt_foreign":  "name the executive's calendar as calendar in the config, if you may write there; or ask to be made the organizer; or take adopt out of the config",
	codeGone:         "look into the calendar; if it is really gone: bilateral start NAME",
	"two_series":     "delete the one that should not be in the calendar",
	"existing":       "bilateral adopt NAME, or bilateral start NAME for a second one",
	"stopped":        "bilateral check",
	"sign_in":        "correct the password or sign in anew, then: bilateral check",
}

func (s *Status) judgeRemarks(b *Bilateral, r store.Remarks) {
	for _, x := range r.List {
		if x.Code == mailSignIn {
			s.mailLost(x.Text)
			continue
		}
		do := strings.NewReplacer("NAME", b.Name, "PERIOD", x.Period).Replace(remarkAdvice[x.Code])
		s.add(Problem{x.Code, x.Severity, b.Name, x.Period, x.Text, do, ""})
	}
}

// tellOnce drops what is said of a calendar where a bilateral stopped for that very reason.
func (s *Status) tellOnce() {
	for _, c := range s.Calendars {
		if c.Error == nil || !slices.ContainsFunc(s.Problems, func(p Problem) bool { return p.Bilateral != "" && strings.Contains(p.Message, *c.Error) }) {
			continue
		}
		s.Problems = slices.DeleteFunc(s.Problems, func(p Problem) bool { return p.Code == "calendar_unreadable" && p.Calendar == c.Name })
	}
}

// noGoodPass tells that passes fail, for long. Why stands there once: the only bilateral that stopped is told of as such, several
// are counted, and what is critical under its own name needs no second one.
func (s *Status) noGoodPass(pass store.Pass) {
	why := calendar.Plain(pass.Errors)
	tells := func(p Problem) bool { return p.Bilateral != "" && strings.Contains(why, p.Message) }
	stopped := func(p Problem) bool { return p.Code == "stopped" }
	if slices.ContainsFunc(s.Problems, func(p Problem) bool { return p.Severity == Critical && tells(p) }) {
		return
	}
	n, bilateral := 0, ""
	for _, p := range s.Problems {
		if stopped(p) {
			n, bilateral = n+1, p.Bilateral
		}
	}
	switch {
	case n == 1:
		s.Problems = slices.DeleteFunc(s.Problems, stopped)
	case n > 1:
		why, bilateral = fmt.Sprintf("%d bilaterals are stopped", n), ""
	}
	s.add(Problem{"no_good_pass", Critical, bilateral, "", noGood(pass) + ": " + why, "bilateral check", ""})
}

// lastSeen is what is used in place of a calendar that cannot be read.
func lastSeen(at time.Time) string {
	if at.IsZero() {
		return "nothing was ever seen of it"
	}
	return "what was last seen of it, at " + when(at) + ", is used"
}

func noGood(pass store.Pass) string {
	if pass.LastGood.IsZero() {
		return "no pass has succeeded yet"
	}
	return "no pass has succeeded since " + when(pass.LastGood)
}
