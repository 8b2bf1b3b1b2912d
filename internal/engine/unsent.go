package engine

import (
	"cmp"
	"fmt"
	"slices"

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
