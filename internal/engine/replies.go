package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/imip"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// hear takes the answers that came by mail into the database, where they stay until they are in the calendar, and returns
// how many are for us. A mailbox that cannot be read is told, and keeps nothing from going on.
func (e *Engine) hear(ctx context.Context, o Options) (news int, err error) {
	if !e.hears() || o.Dry || o.Orders {
		return 0, nil
	}
	replies, unread := e.Post.Replies(ctx)
	e.mu.Lock()
	e.unread = unread
	e.mu.Unlock()
	e.unkept = append(e.unkept, replies...) // the mailbox does not give them again once they were handed over
	for _, r := range e.unkept {
		for _, b := range e.Bilaterals {
			ours, err := e.answers(b, r)
			if err != nil {
				return news, err
			}
			if !ours {
				continue
			}
			if err := e.Store.Hear(store.Reply{Bilateral: b.Name, UID: r.UID, Original: r.Original, Status: r.Status, Comment: r.Comment,
				Counter: r.Counter, Sequence: r.Sequence, Stamp: r.Stamp, At: o.Now}); err != nil {
				return news, err
			}
			news++
		}
	}
	e.unkept = nil
	return news, nil
}

// hears reports whether there is a mailbox to which answers come.
func (e *Engine) hears() bool {
	return e.Post != nil && e.Answers && slices.ContainsFunc(e.Bilaterals, func(b *Bilateral) bool { return b.Invites })
}

// answers reports whether the executive answers a series of the bilateral. Others to whom the invitation was forwarded
// are nobody's executive.
func (e *Engine) answers(b *Bilateral, r imip.Reply) (bool, error) {
	from := slices.ContainsFunc(b.Executive.Judge.Emails, func(e string) bool { return strings.EqualFold(e, r.From) })
	known := []calendar.PartStat{calendar.Accepted, calendar.Declined, calendar.Maybe, calendar.Delegated}
	if !from || r.Counter == nil && !slices.Contains(known, r.Status) {
		return false, nil
	}
	if b.named(r.UID) || b.Adopt == r.UID {
		return true, nil
	}
	list, err := e.Store.KnownSeries(b.Name)
	return slices.ContainsFunc(list, func(k store.Known) bool { return k.UID == r.UID }), err
}

// noteUnread says that answers cannot be read.
func (w *work) noteUnread() {
	w.mu.Lock()
	unread := w.unread
	w.mu.Unlock()
	if unread == nil || !w.b.Invites {
		return
	}
	text, code := fmt.Sprintf("the answers of %s by mail cannot be read: %v", w.b.Executive.Name, unread), "replies_unread"
	if calendar.KindOf(unread) == calendar.SignIn {
		code, w.report.MailSignIn = mailSignIn, true
	}
	w.report.Notes = append(w.report.Notes, Note{code, "", text})
	w.report.Mail = unread
}

// takeReplies lets the answers that came by mail stand in the series that is decided on, and notes what of them must be
// written into the owner's copy. An answer counts for the time that it was given to: one to what was told earlier is late.
func (w *work) takeReplies() error {
	if w.Orders {
		return nil
	}
	open, err := w.Store.OpenReplies(w.b.Name)
	if err != nil || len(open) == 0 {
		return err
	}
	w.found.series = slices.Clone(w.found.series)
	for _, r := range open {
		k := slices.IndexFunc(w.found.series, func(s calendar.Series) bool { return s.UID == r.UID })
		if k < 0 {
			if w.Now.Sub(r.At) < 24*time.Hour {
				continue // perhaps it cannot be read just now
			}
		} else if w.byMail(&w.found.series[k]) && w.takeReply(&w.found.series[k], r) { // else the server brings it
			continue
		}
		if w.Dry {
			continue
		}
		if err := w.Store.FinishReply(r, w.Now); err != nil {
			return err
		}
	}
	return nil
}

// takeReply reports whether anything is left to do about the answer.
func (w *work) takeReply(s *calendar.Series, r store.Reply) bool {
	t := parseTold(s.Mark[keyTold])
	if t.standing != "" && r.Sequence < t.sequenceOf(r.Original) {
		return false
	}
	switch {
	case r.Original.IsZero() && r.Counter != nil:
		text := fmt.Sprintf("%s proposes another time for the whole series: %s", w.b.Executive.Name, plan.When(*r.Counter, w.b.Policy.Mine.Zone))
		w.report.Notes = append(w.report.Notes, Note{"counter_series", "", text})
		return w.Now.Sub(r.At) < counterKept
	case r.Original.IsZero():
		return w.takeSeriesReply(s, r)
	}
	i := s.At(r.Original)
	if i == nil || i.Cancelled || i.Excluded || !i.End.After(w.Now) {
		return false
	}
	if t.standing != "" && t.of(*i).state != stateOf(*i) {
		return false // a person has moved it since, and the executive does not know it yet
	}
	s.Instances = slices.Clone(s.Instances)
	i = s.At(r.Original)
	if r.Counter != nil {
		i.Counter = r.Counter
		return !r.Counter.Equal(i.Span)
	}
	return w.putAnswer(&i.Attendees, r, func(p calendar.Patch, step Step) {
		i.Override = true
		step.Period = plan.KeyOf(w.b.Policy, w.b.standing(w.found), w.Now, r.Original)
		w.pieces = append(w.pieces, piece{Step: step, uid: s.UID, original: r.Original, patch: p, exempt: true})
	})
}

// counterKept is for how long a proposal for the whole series is told of.
const counterKept = 7 * 24 * time.Hour

func (w *work) takeSeriesReply(s *calendar.Series, r store.Reply) bool {
	left := w.putAnswer(&s.Attendees, r, func(p calendar.Patch, step Step) {
		w.pieces = append(w.pieces, piece{Step: step, uid: s.UID, patch: p, exempt: true})
	})
	s.Instances = slices.Clone(s.Instances)
	for k := range s.Instances {
		if i := &s.Instances[k]; !i.Override {
			i.Attendees = s.Attendees
		}
	}
	return left
}

// putAnswer puts an answer into a list of attendees and writes it, unless it stands there already.
func (w *work) putAnswer(list *[]calendar.Attendee, r store.Reply, write func(calendar.Patch, Step)) bool {
	*list = slices.Clone(*list)
	for k := range *list {
		a := &(*list)[k]
		if _, is := calendar.Attends([]calendar.Attendee{*a}, w.b.Executive.Judge.Emails...); !is {
			continue
		}
		if a.Status == r.Status && a.Comment == r.Comment {
			return false
		}
		a.Status, a.Comment = r.Status, r.Comment
		write(calendar.Patch{Answer: &calendar.Answer{Email: a.Email, Status: r.Status, Comment: r.Comment}},
			Step{Bilateral: w.b.Name, Action: "answer", Reason: w.b.Executive.Name + " answered by mail: " + strings.ToLower(string(r.Status))})
		return true
	}
	return false
}
