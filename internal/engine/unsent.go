package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// dropLetters closes the letters that nobody will ever send, for there is no [mail] in the config any more: it is said once,
// and the history keeps it. What the mark says was told stays, for the owner is asked to tell it.
func (w *work) dropLetters() error {
	if w.Dry || w.Orders {
		return nil
	}
	open, err := w.Store.OpenLetters(w.b.Name)
	if err != nil || len(open) == 0 {
		return err
	}
	const why = "there is no [mail] in the config any more"
	due := bundles(slices.DeleteFunc(slices.Clone(open), func(l store.Letter) bool { return l.Failed }))
	for _, x := range due {
		about := x.newest().Period
		text := fmt.Sprintf("the mail to %s about %s was given up: %s", w.b.Executive.Email, cmp.Or(about, "the series"), why)
		about = cmp.Or(about, plan.KeyOf(w.b.Policy, w.world.Standing, w.Now, w.Now))
		if err := w.Store.LogAction(store.Action{Bilateral: w.b.Name, Period: about, Action: "mail_given_up", Sentence: why, At: w.Now}); err != nil {
			return err
		}
		w.Log.Warn().Str("bilateral", w.b.Name).Str("period", about).Msg(text)
		w.report.Notes = append(w.report.Notes, Note{"mail_given_up", about, text})
	}
	ids := make([]int64, len(open))
	for k, l := range open {
		ids[k] = l.ID
	}
	return w.Store.FinishLetters("not sent: "+why, w.Now, ids...)
}

// refusal begins what is kept of a letter that the mail server refused for good: what helps is a person's doing, and a server
// that is asked again and again may shut the sender out.
const refusal = "it was refused: "

func refused(l store.Letter) bool { return strings.HasPrefix(l.Error, refusal) }

// noEntry begins what is kept of a letter when the mail server lets us in no more: a person must mend the password.
const noEntry = "the mail server does not accept the sign-in: "

func shutOut(l store.Letter) bool { return strings.HasPrefix(l.Error, noEntry) }

// asksSomebody reports whether the pass is one that somebody wants: as of a calendar that rests, they want it tried.
func (w *work) asksSomebody() bool { return w.Urgent || w.Orders || w.Next.IsZero() }

// patienceAfter is how long a letter waits that was tried so often.
func patienceAfter(tries int) time.Duration { return min(time.Hour, 4*time.Minute<<min(tries, 8)) }

// shutMail leaves the mail server alone until then. A sign-in that fails for everybody who waits looks like an attack.
func (w *work) shutMail(until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shut = until
}

// mailShut reports whether the mail server is left alone.
func (w *work) mailShut() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Now.Before(w.shut) && w.shut.Sub(w.Now) <= time.Hour && !w.asksSomebody()
}

// newsSince reports whether there is something to say that was not there when the letter was tried.
func newsSince(open []store.Letter, l store.Letter) bool {
	return slices.ContainsFunc(open, func(x store.Letter) bool { return x.Tries == 0 && x.At.After(l.Tried) })
}

// tooSoon is a letter that failed so recently that none is tried yet, or nil: a server that is down, or refuses, is not
// asked all the time, and then with the oldest letter. So the others are known as never sent, if their news is taken back.
func (w *work) tooSoon(open []store.Letter) *store.Letter {
	k := slices.IndexFunc(open, func(l store.Letter) bool {
		patience := patienceAfter(l.Tries)
		switch asked := w.Urgent || w.Orders; {
		case shutOut(l) && w.asksSomebody():
			patience = 0
		case refused(l) && !asked && !newsSince(open, l):
			patience = 24 * time.Hour
		}
		return l.Tries > 0 && l.Error != "" && !l.Tried.After(w.Now) && w.Now.Before(l.Tried.Add(patience))
	})
	if k < 0 {
		return nil
	}
	return &open[k]
}

// mailSignIn is the code of the problem that the mail servers of [mail] let us in no more: one for all bilaterals.
const mailSignIn = "mail_sign_in"

// judgeLetters tells of mails that could not be sent.
func (s *Status) judgeLetters(b *Bilateral, open []store.Letter) {
	k := slices.IndexFunc(open, func(l store.Letter) bool { return l.Error != "" })
	if k < 0 {
		return
	}
	l := open[k] // the others wait for the same
	text := fmt.Sprintf("the mail to %s about %s could not be sent since %s: %s", b.Executive.Email, cmp.Or(l.Period, "the series"), when(l.At), l.Error)
	switch {
	case shutOut(l):
		s.mailLost(text)
	case refused(l):
		s.add(Problem{"mail_unsent", Warning, b.Name, l.Period, text,
			"correct their address in the config, or ask whoever keeps the mail server; it is tried again once a day, and with your next order", ""})
	default:
		s.add(Problem{"mail_unsent", Warning, b.Name, l.Period, text, "bilateral check; it is sent as soon as the mail server takes it", ""})
	}
}

// mailLost says that the sign-in to the mail servers is lost, once for all who wait for it.
func (s *Status) mailLost(text string) {
	if !slices.ContainsFunc(s.Problems, func(p Problem) bool { return p.Code == mailSignIn }) {
		s.add(Problem{mailSignIn, Critical, "", "", text, "correct username and password of [mail] in the config or where it points, then: bilateral check", ""})
	}
}
