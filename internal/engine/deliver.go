package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/imip"
	"bilateral/internal/store"
)

// bundle is the open letters about one thing: one mail says what all of them would, as it is now.
type bundle struct {
	letters []store.Letter // oldest first
}

func (x bundle) newest() store.Letter { return x.letters[len(x.letters)-1] }

func (x bundle) ids() []int64 {
	out := make([]int64, len(x.letters))
	for k, l := range x.letters {
		out[k] = l.ID
	}
	return out
}

// whole reports whether the mail is about the series.
func (x bundle) whole() bool {
	return slices.ContainsFunc(x.letters, func(l store.Letter) bool { return l.Kind == store.SeriesLetter })
}

// tries is how often a mail about it was begun: if ever, the executive may have it.
func (x bundle) tries() int {
	n := 0
	for _, l := range x.letters {
		n += l.Tries
	}
	return n
}

// deliver sends the letters of this pass's writes, and those that earlier passes could not send. What they say is made
// now, from the calendar as it stands: a mail that comes late is not out of date.
func (w *work) deliver(ctx context.Context) error {
	if w.Post == nil {
		return w.dropLetters()
	}
	if w.Dry || !w.acting() || w.paused() || w.world.SeriesDeclined {
		return nil
	}
	open, err := w.Store.OpenLetters(w.b.Name)
	if err != nil || len(open) == 0 {
		return err
	}
	if waits := w.tooSoon(open); waits != nil {
		w.report.MailSignIn = w.report.MailSignIn || shutOut(*waits)
		w.report.Mail = errors.Join(w.report.Mail, fmt.Errorf("a mail to %s waits: %s", w.b.Executive.Email, waits.Error))
		return nil
	}
	if w.mailShut() {
		w.report.MailSignIn = true
		w.report.Mail = errors.Join(w.report.Mail, fmt.Errorf("a mail to %s waits: %sit is tried again later", w.b.Executive.Email, noEntry))
		return nil
	}
	if w.wrote {
		w.sights[w.b.Home] = w.read(ctx, w.b.Home, w.uids)
	}
	home := w.sights[w.b.Home]
	if home.err != nil {
		return nil // the next pass looks
	}
	written, err := w.confirmed(open, home.Series)
	if err != nil {
		return err
	}
	list := bundles(written)
	if len(list) > 0 && w.postDown {
		w.report.Mail = errors.Join(w.report.Mail, fmt.Errorf("a mail to %s waits: the mail server just failed", w.b.Executive.Email))
		return nil
	}
	for _, x := range list {
		if goOn, err := w.deliverOne(ctx, x, home.Series); err != nil || !goOn {
			return err
		}
	}
	return nil
}

// waitingMails are the letters that earlier passes could not send, as steps of a pass that only tells what it would do.
func (w *work) waitingMails() error {
	if !w.Dry || w.Post == nil || !w.acting() || w.paused() {
		return nil
	}
	open, err := w.Store.OpenLetters(w.b.Name)
	for _, l := range open {
		if to, _ := parseSpan(firstWord(l.Told)); l.Written {
			w.report.Steps = append(w.report.Steps, Step{Bilateral: w.b.Name, Period: l.Period, Action: "mail", To: to, Mails: []string{w.b.Executive.Email},
				Reason: cmp.Or(l.Error, "it was not sent yet")})
		}
	}
	return err
}

func seriesNamed(list []calendar.Series, uid string) *calendar.Series {
	k := slices.IndexFunc(list, func(s calendar.Series) bool { return s.UID == uid })
	if k < 0 {
		return nil
	}
	return &list[k]
}

// confirmed are the letters whose write took place. After a crash or a lost answer the mark in the calendar tells; the
// letter of a write that never was is dropped, and its news is found again.
func (w *work) confirmed(open []store.Letter, list []calendar.Series) ([]store.Letter, error) {
	var out []store.Letter
	for _, l := range open {
		s, said := seriesNamed(list, l.UID), false
		if s != nil {
			var err error
			if said, err = w.says(s, l); err != nil {
				return nil, err
			}
		}
		switch {
		case l.Written:
			out = append(out, l)
		case l.At.Equal(w.Now) && !l.Failed, s == nil && !l.Failed && w.unseen(l): // of unknown effect: the next pass looks
		case l.Failed || !said:
			if err := w.Store.FinishLetters("not sent: the calendar was not changed", w.Now, l.ID); err != nil {
				return nil, err
			}
		default:
			out = append(out, l)
		}
	}
	return out, nil
}

// seriesKept is for how long a letter waits for a series that is not to be seen.
const seriesKept = 24 * time.Hour

// unseen reports whether the letter's series, which is not in the calendar, may be there again soon.
func (w *work) unseen(l store.Letter) bool {
	return w.fuse != "" || w.halted || len(w.sights[w.b.Home].Unreadable) > 0 || w.Now.Sub(l.At) < seriesKept
}

// unsettled reports whether somebody is changing what the mail is about. It would tell of a time that perhaps is not meant,
// and if that is taken back, nothing would tell so. What settles is news, with a letter of its own.
func (w *work) unsettled(x bundle, s calendar.Series) bool {
	t, whole := parseTold(s.Mark[keyTold]), x.whole()
	if t.standing == "" || whole && t.standing != standingOf(s) {
		return t.standing != ""
	}
	original := x.newest().Original
	if !whole && s.At(original) == nil {
		return comes(t.except[original.Unix()].state, w.Now)
	}
	return slices.ContainsFunc(s.Instances, func(i calendar.Instance) bool {
		return (whole || i.Original.Equal(original)) && t.differs(i, w.Now)
	})
}

// says reports whether the calendar's mark says that the letter was due or, where a program has dropped that, whether the
// database knows that it did.
func (w *work) says(s *calendar.Series, l store.Letter) (bool, error) {
	if l.Kind == store.FloorLetter {
		return slices.Contains(strings.Fields(s.Mark[keyFloor]), l.Period), nil
	}
	if mark := parseTold(s.Mark[keyTold]); mark.standing != "" {
		return mark.says(l.Original, l.Told), nil
	}
	kept, err := w.Store.Told(l.Bilateral, l.UID)
	return parseTold(kept).says(l.Original, l.Told), err
}

// bundles puts together what one mail can say. A mail about a series says everything about its instances.
func bundles(list []store.Letter) []bundle {
	whole := map[string]bool{}
	for _, l := range list {
		whole[l.UID] = whole[l.UID] || l.Kind == store.SeriesLetter
	}
	var out []bundle
	at := map[string]int{}
	for _, l := range list {
		key := l.UID + " " + instantMark(l.Original)
		switch {
		case l.Kind == store.FloorLetter:
			key = l.UID + " " + l.Period
		case whole[l.UID]:
			key = l.UID
		}
		k, known := at[key]
		if !known {
			k, at[key] = len(out), len(out)
			out = append(out, bundle{})
		}
		out[k].letters = append(out[k].letters, l)
	}
	return out
}

// deliverOne sends one mail, or closes its letters where there is nothing to tell any more. goOn is false where the next one
// would fare no better.
func (w *work) deliverOne(ctx context.Context, x bundle, list []calendar.Series) (goOn bool, err error) {
	last := x.newest()
	s := seriesNamed(list, last.UID)
	stands := last.Kind == store.SeriesLetter || last.Kind == store.InstanceLetter
	if stands && (s == nil && w.unseen(last) || s != nil && w.unsettled(x, *s)) {
		return true, nil
	}
	m, moot, err := w.compose(x, s)
	if err != nil {
		return false, err
	}
	if moot != "" {
		return true, w.Store.FinishLetters("not sent: "+moot, w.Now, x.ids()...)
	}
	m.Date = w.Now
	if err := w.Store.BeginLetter(last.ID, w.Now); err != nil {
		return false, err
	}
	if err := w.Post.Send(ctx, m); err != nil {
		kind := calendar.KindOf(err)
		w.postDown = kind != calendar.Denied && kind != calendar.Quota // those two may be about this person alone
		w.Log.Warn().Str("bilateral", w.b.Name).Err(err).Msg("a mail was not sent")
		w.report.Mail = errors.Join(w.report.Mail, err)
		why := err.Error()
		switch kind {
		case calendar.Denied:
			why = refusal + why
		case calendar.SignIn:
			why, w.report.MailSignIn = noEntry+why, true
			w.shutMail(w.Now.Add(patienceAfter(last.Tries + 1)))
		}
		return kind == calendar.Denied, w.Store.FailLetter(last.ID, why)
	}
	a := store.Action{Bilateral: w.b.Name, Period: last.Period, Action: "mail", Mails: []string{m.To.Email}, Sentence: m.Subject, At: w.Now}
	if err := w.Store.SentLetters(m.ID, a, x.ids()...); err != nil {
		return false, err
	}
	return true, w.sent(x, m, s)
}

// compose makes the mail of a bundle from the series as it stands; moot says why there is nothing to send any more.
func (w *work) compose(x bundle, s *calendar.Series) (m imip.Message, moot string, err error) {
	last := x.newest()
	if last.Kind == store.FloorLetter {
		return w.composeFloor(last)
	}
	if last.Kind == store.WithdrawalLetter {
		return w.composeWithdrawal(last, s)
	}
	if s == nil {
		return m, "the series is not in the calendar any more", nil
	}
	if !w.b.Invites || w.b.Delivery == ByServer {
		return m, "the executive is no longer told by mail", nil
	}
	t := parseTold(s.Mark[keyTold])
	series := t.raise(*s)
	e := w.envelope(last.At) // so that the same mail sent again is the same, to the letter
	if x.whole() {
		if s.Cancelled {
			return imip.Cancel(e, series), "", nil
		}
		e.Was = movedFrom(x.letters[0].Was, series)
		return imip.Request(e, series), "", nil
	}
	was, known := parseWord(x.letters[0].Was)
	state, now := gone, s.At(last.Original)
	if now != nil {
		state = stateOf(*now)
	} else {
		series.Instances = append(series.Instances, missing(*s, last))
	}
	agenda := slices.ContainsFunc(x.letters, func(l store.Letter) bool { w, _ := parseWord(l.Told); return w.agenda }) && !was.agenda
	switch {
	case !comes(state, w.Now) && !comes(was.state, w.Now):
		return m, "the meeting is over", nil
	case known && was.state == state && !agenda && x.tries() == 0:
		return m, "it was changed back before the mail went out", nil
	case state == gone:
		return imip.CancelInstance(e, series, last.Original), "", nil
	}
	e.Was, _ = parseSpan(was.state)
	return imip.RequestInstance(e, series, last.Original), "", nil
}

// movedFrom is the standing time that the executive was told before, if the present one is another.
func movedFrom(head string, s calendar.Series) calendar.Span {
	_, standing, _ := strings.Cut(head, " ")
	was, ok := parseSpan(firstWord(standing))
	if !ok || was.Equal(calendar.Span{Start: s.Start, End: s.Start.Add(s.Duration)}) {
		return calendar.Span{}
	}
	return was
}

// missing is an instance that the series does not have any more, as its cancellation speaks of it.
func missing(s calendar.Series, l store.Letter) calendar.Instance {
	w, _ := parseWord(l.Told)
	was, ok := parseSpan(firstWord(l.Was))
	if !ok {
		was = calendar.Span{Start: l.Original, End: l.Original.Add(s.Duration)}
	}
	return calendar.Instance{Original: l.Original, Span: was, Cancelled: true, Title: s.Title, Location: s.Location,
		Description: s.Description, Attendees: s.Attendees, Sequence: w.sequence}
}

func firstWord(s string) string {
	first, _, _ := strings.Cut(s, " ")
	return first
}

// sent tells the log that a mail was taken, and records it of the agendas that were in it.
func (w *work) sent(x bundle, m imip.Message, s *calendar.Series) error {
	last := x.newest()
	w.Log.Info().Str("bilateral", w.b.Name).Str("period", last.Period).Str("to", m.To.Email).Str("subject", m.Subject).Str("id", m.ID).Msg("mailed")
	if s == nil || m.Method != imip.MethodRequest {
		return nil
	}
	for _, i := range s.Instances {
		if i.Mark[keyAgenda] == "" || !last.Original.IsZero() && !last.Original.Equal(i.Original) {
			continue
		}
		p, err := w.Store.Published(w.b.Name, i.Original)
		if err != nil {
			return err
		}
		if p.At.IsZero() || p.Fingerprint != i.Mark[keyAgenda] || p.Delivered == mailed {
			continue
		}
		p.Delivered = mailed
		if err := w.Store.SetPublished(w.b.Name, i.Original, p); err != nil {
			return err
		}
	}
	return nil
}
