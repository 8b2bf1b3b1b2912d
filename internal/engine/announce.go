package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/imip"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// Post carries mails: messages to the executive, and the answers that come back.
type Post interface {
	// Send hands over one message. An error of kind Unreachable leaves open whether it was taken. Groups of bilaterals send at
	// the same time.
	Send(ctx context.Context, m imip.Message) error
	// Replies returns answers to our invitations, perhaps some again.
	Replies(ctx context.Context) ([]imip.Reply, error)
}

// Delivery is how an invitation reaches the executive.
type Delivery uint8

// Ways of delivery, as the key invite says.
const (
	ByEither Delivery = iota // by the calendar's server if it delivers, else by mail if there is any
	ByServer
	ByMail
)

// byMail reports whether it is we who write to the executive about a series (nil: one to be made): only where no server
// does, so that nobody hears of anything twice. A series on a server that delivers is written about by mail if its guests
// are marked so, RFC 6638 section 7.1.
func (w *work) byMail(s *calendar.Series) bool {
	b := w.b
	switch {
	case !b.Invites || w.Post == nil || b.Delivery == ByServer:
		return false
	case s == nil && b.Delivery == ByMail: // whatever the server does
		return !b.theirs()
	case !w.aboutKnown():
		return false
	case s == nil:
		return !b.theirs() && !w.about().Invites
	}
	guest, invited := calendar.Attends(s.Attendees, b.Executive.Judge.Emails...)
	_, mine := calendar.Attends([]calendar.Attendee{{Email: s.Organizer}}, b.Owner.Judge.Emails...)
	return invited && (mine || s.Organizer == "") && (guest.Unserved || !w.about().Invites)
}

// serverMails reports whether the calendar's server sends a mail for each change of an invitation, also of its text.
func (w *work) serverMails() bool {
	about := w.about()
	return w.b.Invites && about.Invites && !about.Silent && !w.byMail(w.found.current())
}

// textMails reports whether a first text of that meeting is told by the server, where later ones are not.
func (w *work) textMails(original time.Time) bool {
	if w.serverMails() {
		return true
	}
	s := w.found.current()
	if !w.b.Invites || !w.about().Parts || w.byMail(s) || s == nil {
		return false
	}
	i := s.At(original)
	return i == nil || !i.Override
}

// reaches says whether what is written into an invitation is known to be in the executive's copy: "yes" where it follows
// by itself, else "unknown". It is the one rule for that; a mail that was taken is recorded as [mailed] when it is.
func (w *work) reaches() string {
	switch {
	case w.b.theirs():
		return "yes"
	case w.b.Invites && w.about().Silent && !w.byMail(w.found.current()):
		return "yes"
	}
	return "unknown"
}

// mailed is a publication whose mail an SMTP server has taken.
const mailed = "mailed"

// noteServed says that invite = "mail" cannot be followed for a series that the server invites to: were its guests taken
// from the server, it would tell them that it is cancelled (RFC 6638 section 3.2.1.2).
func (w *work) noteServed() {
	s := w.found.current()
	if s == nil || w.b.Delivery != ByMail || !w.b.Invites || w.Post == nil || !w.about().Invites || w.byMail(s) {
		return
	}
	w.report.Notes = append(w.report.Notes, Note{"invite_server", "", fmt.Sprintf("the server of %s invites to this series, so no mails are sent for it", w.b.Home.Name)})
}

// announce works out what the executive is to be told by mail: of what this pass writes, and of what people changed in the
// calendar, once that has settled. The mark of what was told goes into the same write; the letters are sent after it.
func (w *work) announce() error {
	w.letters = map[string][]store.Letter{}
	for _, l := range w.floors {
		w.letters[l.UID] = append(w.letters[l.UID], l)
	}
	if w.paused() || w.world.SeriesDeclined {
		return nil // it waits, as whatever the calendar then says
	}
	writes := w.writes()
	for k := range writes {
		x := &writes[k]
		if x.Create != nil && w.byMail(w.model()) {
			w.announceNew(x)
			if err := w.withdraw(x.UID); err != nil {
				return err
			}
		}
	}
	for k := range w.found.series {
		s := &w.found.series[k]
		if !w.byMail(s) {
			continue
		}
		x := write{Change: calendar.Change{UID: s.UID}}
		if at := slices.IndexFunc(writes, func(x write) bool { return x.UID == s.UID }); at >= 0 {
			x = writes[at]
		}
		if err := w.announceSeries(s, x); err != nil {
			return err
		}
	}
	return nil
}

// model is the series whose people a new one takes over, or nil: a server that invited to the one invites to the other.
func (w *work) model() *calendar.Series { return w.found.current() }

func (w *work) letter(kind, uid string, original time.Time, says, was string) {
	period := ""
	if !original.IsZero() {
		period = plan.KeyOf(w.b.Policy, w.world.Standing, w.Now, original)
	}
	w.letters[uid] = append(w.letters[uid], store.Letter{Bilateral: w.b.Name, Kind: kind, UID: uid, Original: original, Period: period,
		Told: says, Was: was, At: w.Now})
}

func (w *work) announceNew(x *write) {
	after := foresee(calendar.Series{UID: x.UID}, x.Change)
	t := told{}.tellAll(after, w.Now)
	w.letter(store.SeriesLetter, x.UID, time.Time{}, t.head(), "")
	for k := range w.pieces {
		if p := &w.pieces[k]; p.uid == x.UID && p.create != nil {
			p.create.Mark = p.create.Mark.Clone()
			p.create.Mark[keyTold] = t.String()
			p.Mail = w.preview(after)
		}
		if p := &w.pieces[k]; p.uid == x.UID && p.publish != nil {
			p.Mails, p.publish.Delivered = w.mails(), "unknown"
		}
	}
}

// preview is the invitation as a mail, for `start` to show.
func (w *work) preview(s calendar.Series) string {
	m := imip.Request(w.envelope(w.Now), s)
	return "Subject: " + m.Subject + "\n\n" + m.Text
}

func (w *work) envelope(at time.Time) imip.Envelope {
	b := w.b
	return imip.Envelope{From: imip.Person{Name: b.Owner.Name, Email: b.Owner.Email}, To: imip.Person{Name: b.Executive.Name, Email: b.Executive.Email},
		FromZone: b.Policy.Mine.Zone, ToZone: b.Policy.Theirs.Zone, Now: at}
}

// news is the comparison of one series, as it will stand, with what was told of it.
type news struct {
	*work
	was, now told
	before   *calendar.Series
	after    calendar.Series
	change   write
	fresh    bool   // now says something that was did not
	byHand   []Step // mails about what people did
}

func (w *work) announceSeries(s *calendar.Series, x write) error {
	adopting := slices.ContainsFunc(x.pieces, func(p *piece) bool { return p.Action == "adopt" })
	if s.Mark[keyID] != w.b.ID() && !adopting {
		return nil
	}
	n := &news{work: w, after: foresee(*s, x.Change), before: s, change: x}
	if err := n.recall(); err != nil {
		return err
	}
	uninvited := false
	if n.was.standing == "" {
		var err error
		if uninvited, err = w.Store.Uninvited(w.b.Name, s.UID); err != nil {
			return err
		}
	}
	n.now = told{n.was.sequence, n.was.standing, map[int64]word{}}
	switch {
	case n.was.standing == "" && (adopting || !w.b.named(s.UID)) && !uninvited:
		n.now, n.fresh = n.was.tellAll(n.after, w.Now), true // the executive has it already
	case n.was.standing == "":
		n.tellSeries("the invitation goes out by mail")
	case n.was.standing != standingOf(n.after):
		if !n.ours() && !n.settled("series "+standingOf(n.after)) {
			return nil
		}
		n.tellSeries("the series was changed in the calendar")
	default:
		n.tellInstances()
	}
	n.keep()
	return nil
}

// recall reads what was told off the mark or, where a client has dropped that or saved an old copy, out of the database,
// which follows the mark.
func (n *news) recall() error {
	mark := n.before.Mark[keyTold]
	kept, err := n.Store.Told(n.b.Name, n.before.UID)
	if err != nil {
		return err
	}
	n.was = parseTold(mark)
	last := parseTold(kept)
	switch {
	case n.was.standing == "" || last.highest() > n.was.highest():
		n.was, n.fresh = last, last.standing != ""
	case mark != kept && !n.Dry: // a write of unknown outcome, or the database was lost
		return n.Store.SetTold(n.b.Name, n.before.UID, mark)
	}
	return nil
}

// ours reports whether this pass itself changes times of the series.
func (n *news) ours() bool { return n.change.Retimes() }

// settled reports whether a person's change has stood as it is for the time that changes settle, and keeps since when.
func (n *news) settled(what string) bool {
	if n.Orders {
		return false // the owner's command goes first; the daemon tells of the rest
	}
	key := "mail " + n.before.UID + " " + what
	since, seen := n.world.Seen[key]
	if !seen || since.After(n.Now) { // by a clock that was ahead
		since = n.Now
	}
	n.waiting[key] = since
	return seen && n.Now.Sub(since) >= n.b.Policy.Settle
}

func (n *news) tellSeries(reason string) {
	s := n.after
	s.Sequence = max(s.Sequence, n.was.highest()+1)
	if n.was.standing == "" {
		s.Sequence = n.after.Sequence
	}
	n.now, n.fresh = n.was.tellAll(s, n.Now), true
	n.letter(store.SeriesLetter, s.UID, time.Time{}, n.now.head(), n.was.head())
	if !n.ours() {
		n.byHand = append(n.byHand, Step{Action: "mail", Mails: n.mails(), Reason: reason})
	}
}

func (n *news) tellInstances() {
	for _, i := range n.after.Instances {
		n.tellInstance(i)
	}
	for at, w := range n.was.except { // overrides that went, of instances that the rule does not have
		original := time.Unix(at, 0).UTC()
		if n.after.At(original) != nil {
			continue
		}
		n.now.except[at] = w
		switch {
		case !comes(w.state, n.Now) && !original.After(n.Now):
			delete(n.now.except, at)
		case w.state == gone || !n.window.Has(original) || !n.settled(instantMark(original)+" "+gone):
		default:
			n.tell(calendar.Instance{Original: original, Cancelled: true}, w, false)
		}
	}
}

// tellInstance compares one instance with what the executive believes of it.
func (n *news) tellInstance(i calendar.Instance) {
	at, was, state := i.Original.Unix(), n.was.of(i), stateOf(i)
	published := slices.ContainsFunc(n.change.pieces, func(p *piece) bool { return p.publish != nil && p.original.Equal(i.Original) })
	agenda := published && !was.agenda && comes(state, n.Now)
	changed := state != was.state && (comes(state, n.Now) || comes(was.state, n.Now))
	if changed && !n.retimed(i.Original) && !agenda {
		changed = n.settled(instantMark(i.Original) + " " + state)
	}
	if changed || agenda {
		n.tell(i, was, agenda)
		return
	}
	if w, ok := n.was.except[at]; ok && (comes(w.state, n.Now) || comes(state, n.Now) || i.Original.After(n.Now)) {
		n.now.except[at] = w
	}
}

// retimed reports whether this pass changes the instance's time.
func (n *news) retimed(original time.Time) bool {
	return slices.ContainsFunc(n.change.Instances, func(p calendar.InstancePatch) bool { return p.Original.Equal(original) && p.Retimes() })
}

func (n *news) tell(i calendar.Instance, was word, agenda bool) {
	sequence, state := max(i.Sequence, n.was.sequenceOf(i.Original), n.after.Sequence), stateOf(i)
	if state != was.state {
		sequence = max(sequence, n.was.sequenceOf(i.Original)+1)
	}
	w := word{state, sequence, was.agenda || i.Mark[keyAgenda] != ""}
	n.now.except[i.Original.Unix()], n.fresh = w, true
	n.letter(store.InstanceLetter, n.before.UID, i.Original, w.String(), was.String())
	if agenda || n.retimed(i.Original) {
		return
	}
	from, _ := parseSpan(was.state)
	to, _ := parseSpan(state)
	n.byHand = append(n.byHand, Step{Period: plan.KeyOf(n.b.Policy, n.world.Standing, n.Now, i.Original), Action: "mail", From: from, To: to,
		Mails: n.mails(), Reason: "it was changed in the calendar"})
}

// keep puts what is told into the mark, and the SEQUENCEs that were told into the components.
func (n *news) keep() {
	for k := range n.pieces {
		if p := &n.pieces[k]; p.publish != nil && p.uid == n.before.UID {
			p.publish.Delivered = "no" // a text that is not mailed does not reach them
			if n.now.except[p.original.Unix()].agenda && !n.was.except[p.original.Unix()].agenda {
				p.Mails, p.publish.Delivered = n.mails(), "unknown"
			}
		}
	}
	if !n.fresh {
		return
	}
	mark := calendar.Patch{Mark: calendar.Mark{keyTold: n.now.String()}}
	if n.now.standing != n.was.standing && n.was.standing != "" {
		mark.Sequence = n.now.sequence
	}
	n.wishSeries(n.before.UID, mark, Step{Action: "note"}).exempt = true
	for _, s := range n.byHand {
		n.wishSeries(n.before.UID, mark, s)
	}
	for _, i := range n.after.Instances {
		if w, ok := n.now.except[i.Original.Unix()]; ok && i.Override && w.state != gone && i.Sequence < w.sequence {
			n.wish(i.Original, calendar.Patch{Sequence: w.sequence}, Step{Action: "note"}).exempt = true
		}
	}
}
