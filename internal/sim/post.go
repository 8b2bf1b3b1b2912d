package sim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/imip"
	"bilateral/internal/plan"
)

// post is the mail server and the owner's mailbox in a world whose calendars deliver nothing.
type post struct {
	*world
	down    time.Time
	lose    bool         // the next message is taken, and the answer lost
	mailbox []imip.Reply // all that ever came: read again where it is not known how far it was read
	unsure  map[string]bool
	current []string // what was mailed about in this pass
	taken   int
	broken  error // the first message that should not have been
}

// guest is the executive's copy of the series, made of nothing but the messages that came.
type guest struct {
	copies map[string]*series
	ids    map[string]bool
	agenda map[string]bool
	astray bool // what we knew of it is lost for good
	shared bool // two daemons write to it: the one's mail may overtake the other's invitation
}

var errPost = &calendar.Error{Kind: calendar.Unreachable, Op: "send", Target: "smtp"}

// Send implements engine.Post.
func (p *post) Send(_ context.Context, m imip.Message) error {
	root := readText(m.Calendar)
	key := m.Subject
	if root != nil {
		key = about(root)
	}
	switch {
	case p.process.step("mail"), p.now.Before(p.down):
		p.unsure[key] = true
		return errPost
	}
	p.taken++
	p.current = append(p.current, key)
	p.say("  mail: %s %s (%s)", m.Method, m.Subject, key)
	if err := p.deliverTo(m, root, key); err != nil && p.broken == nil {
		p.broken = fmt.Errorf("the mail %q: %w\n%s", m.Subject, err, m.Calendar)
	}
	if p.lose {
		p.lose, p.unsure[key] = false, true
		p.say("  its answer is lost")
		return errPost
	}
	return nil
}

// about names the series or instance that a message is about.
func about(root *node) string {
	whole, first := false, ""
	for _, k := range root.kids {
		if k.name != "VEVENT" {
			continue
		}
		if first == "" {
			first = key(k)
		}
		whole = whole || k.index("RECURRENCE-ID") < 0
	}
	if whole {
		return root.kids[len(root.kids)-1].value("UID")
	}
	return first
}

func (p *post) deliverTo(m imip.Message, root *node, key string) error {
	for _, pair := range p.pairs {
		if pair.Executive.Email != m.To.Email || pair.guest == nil {
			continue
		}
		if !pair.Acting {
			return errors.New("it is in watch mode")
		}
		if strings.Contains(m.Text+string(m.Calendar), secret) {
			return errors.New("it tells what is private")
		}
		if m.Method == "" {
			return nil
		}
		return pair.guest.take(m, root, p.unsure[key])
	}
	return errors.New("it goes to nobody who asked for mails")
}

// take puts a message into the copy, as RFC 5546 section 2.1.5 wants it. It is wrong if nothing changes by it, or if it
// comes with an older SEQUENCE than one before.
func (g *guest) take(m imip.Message, root *node, unsure bool) error {
	if root == nil || root.value("METHOD") != m.Method {
		return fmt.Errorf("its method is %q", m.Method)
	}
	if g.ids[m.ID] {
		if !unsure && !g.shared {
			return errors.New("the same message came before")
		}
		return nil
	}
	g.ids[m.ID] = true
	if (g.astray || g.shared) && g.copies[root.kids[len(root.kids)-1].value("UID")] == nil && strings.Contains(about(root), " ") {
		return nil // about one meeting of a series whose invitation was lost with the state
	}
	before := g.picture()
	if err := g.merge(root); err != nil && !g.shared {
		return err
	}
	if agenda := g.brings(root); !agenda && !unsure && !g.shared && before == g.picture() {
		return errors.New("nothing changes by it")
	}
	return nil
}

// brings reports whether the message brings the first agenda of an instance.
func (g *guest) brings(root *node) bool {
	first := false
	for _, k := range root.kids {
		if k.name == "VEVENT" && k.index("RECURRENCE-ID") >= 0 && outside(k.description()) != k.description() {
			first = first || !g.agenda[key(k)]
			g.agenda[key(k)] = true
		}
	}
	return first
}

// merge puts the components of a message into the copy of its series.
func (g *guest) merge(root *node) error {
	var master *node
	var rest []*node
	for _, k := range root.kids {
		switch {
		case k.name != "VEVENT":
		case k.index("RECURRENCE-ID") < 0:
			master = k
		default:
			rest = append(rest, k)
		}
	}
	if master != nil {
		s := &series{object: master.value("UID"), root: root, master: master, overrides: rest}
		if old := g.copies[s.uid()]; old != nil {
			if !later(master, old.master) {
				return errors.New("a client takes it for old news")
			}
			for _, o := range rest {
				if was := old.override(o.moment("RECURRENCE-ID")); was != nil && was.sequence() > o.sequence() {
					return fmt.Errorf("SEQUENCE falls from %d for %s", was.sequence(), key(o))
				}
			}
		}
		g.copies[s.uid()] = s
		return nil
	}
	for _, o := range rest {
		s := g.copies[o.value("UID")]
		if s == nil {
			return errors.New("the guest knows no such series")
		}
		was := s.override(o.moment("RECURRENCE-ID"))
		base := was
		if base == nil {
			base = s.master
		}
		if !later(o, base) {
			return fmt.Errorf("a client takes it for old news: SEQUENCE %d, and it has %d", o.sequence(), base.sequence())
		}
		if !g.astray && !g.shared && !o.at().Equal(at(was, o)) && o.sequence() <= base.sequence() {
			return fmt.Errorf("the time changes, and SEQUENCE stays %d", o.sequence())
		}
		s.overrides = slices.DeleteFunc(s.overrides, func(n *node) bool { return n == was })
		s.overrides = append(s.overrides, o)
	}
	return nil
}

// at is the time of a component.
func (n *node) at() calendar.Span {
	return calendar.Span{Start: n.moment("DTSTART"), End: n.end()}
}

// at is when the guest believed the meeting of a message to be: as they were told of it, or at its standing time.
func at(was, o *node) calendar.Span {
	if was != nil {
		return was.at()
	}
	original := o.moment("RECURRENCE-ID")
	return calendar.Span{Start: original, End: original.Add(o.at().Length())}
}

func later(a, b *node) bool {
	if a.sequence() != b.sequence() {
		return a.sequence() > b.sequence()
	}
	return !a.moment("DTSTAMP").Before(b.moment("DTSTAMP"))
}

// picture is what the guest sees: the rule of each series, and where its instances stand that are not where it says.
func (g *guest) picture() string {
	out := ""
	for _, uid := range slices.Sorted(maps.Keys(g.copies)) {
		s := g.copies[uid]
		out += uid + s.master.value("RRULE") + s.start().String() + s.length().String()
		for _, at := range s.excluded() {
			out += " -" + at.String()
		}
		overrides := slices.Clone(s.overrides)
		slices.SortFunc(overrides, func(a, b *node) int { return a.moment("RECURRENCE-ID").Compare(b.moment("RECURRENCE-ID")) })
		for _, o := range overrides {
			out += " " + o.moment("RECURRENCE-ID").String()
			if o.value("STATUS") == "CANCELLED" {
				out += " gone"
			} else {
				out += o.moment("DTSTART").String() + o.end().String()
			}
		}
	}
	return out
}

// standing are the guest's coming meetings: where each instance of a series stands.
func standing(list []*series, now, before time.Time) map[string]calendar.Span {
	out := map[string]calendar.Span{}
	for _, m := range meetings(list, before) {
		if m.live && m.span.End.After(now) {
			out[m.uid()+" "+m.original.Format(utcForm)] = m.span
		}
	}
	return out
}

// Replies implements engine.Post: what was handed over once is behind the process at its next look.
func (p *post) Replies(context.Context) ([]imip.Reply, error) {
	if p.process.step("answers") || p.now.Before(p.down) {
		return nil, errPost
	}
	p.said = p.said[p.handed:]
	p.handed = len(p.said)
	return p.said, nil
}

func (p *post) arrive(r imip.Reply) {
	p.said, p.mailbox = append(p.said, r), append(p.mailbox, r)
	if p.second != nil {
		p.second.said = append(p.second.said, r)
	}
}

// mailPass is what the mails of one pass must have been.
func (w *world) mailPass(broken bool) error {
	p := w.post
	if p == nil {
		return nil
	}
	if p.broken != nil {
		return p.broken
	}
	if w.process.dead {
		p.handed = 0
	}
	if broken {
		for _, key := range p.current {
			p.unsure[key] = true
		}
	}
	p.current = nil
	for _, pair := range w.pairs {
		if pair.guest != nil {
			pair.inherit()
		}
	}
	return nil
}

// inherit gives the guest a series that was there before the daemon, once it was taken over: they have it from elsewhere.
func (p *pair) inherit() {
	for _, s := range p.series(p.w.mine) {
		if p.guest.copies[s.uid()] == nil && s.master.index("X-BILATERAL-TOLD") >= 0 && !p.made(s.uid()) {
			p.guest.copies[s.uid()] = s
		}
	}
}

// made reports whether the UID is one that the engine makes.
func (p *pair) made(uid string) bool { return strings.HasPrefix(uid, p.ID()) }

// informed: the executive's copy is what stands in the owner's calendar.
func (w *world) informed() error {
	for _, p := range w.pairs {
		if p.guest == nil || p.guest.astray || !p.Acting || p.paused.After(w.now) {
			continue
		}
		list := p.series(w.mine)
		if len(list) == 0 || status(list[len(list)-1].master, p.Executive.Email) == "DECLINED" {
			continue
		}
		var theirs []*series
		for _, s := range list {
			if c := p.guest.copies[s.uid()]; c != nil {
				theirs = append(theirs, c)
			}
		}
		horizon := p.Policy.Horizon.End(w.now, w.zone)
		ours, hers := standing(list, w.now, horizon), standing(theirs, w.now, horizon)
		for key, span := range ours {
			if !hers[key].Equal(span) {
				return fmt.Errorf("%s: %s stands at %s, and the executive's copy has it at %s", p.Name, key, span, hers[key])
			}
		}
		for key, span := range hers {
			if ours[key].IsZero() {
				return fmt.Errorf("%s: the executive's copy has %s at %s, and nothing stands there", p.Name, key, span)
			}
		}
	}
	return nil
}

// mailDeeds happen besides in a world with mails.
var mailDeeds = []deed{
	{6, postDown}, {4, losePost}, {10, answerByMail}, {1, answerWholeByMail},
}

func postDown(w *world, _ *pair) string {
	w.post.down = w.now.Add(time.Duration(1+w.IntN(72)) * time.Hour)
	return "the mail server is down until " + w.post.down.In(w.zone).Format("Mon 15:04")
}

func losePost(w *world, _ *pair) string {
	w.post.lose = true
	return "the mail server's next answer is lost"
}

// answerByMail is the executive's answer to a coming meeting of their copy.
func answerByMail(w *world, p *pair) string {
	if p.guest == nil {
		return ""
	}
	var all []meeting
	for _, s := range p.guest.copies {
		for _, m := range s.meetings(p.Policy.Horizon.End(w.now, w.zone)) {
			if m.live && m.span.Start.After(w.now) {
				all = append(all, m)
			}
		}
	}
	if len(all) == 0 {
		return ""
	}
	slices.SortFunc(all, func(a, b meeting) int { return a.span.Start.Compare(b.span.Start) })
	m := all[min(w.IntN(len(all)), w.IntN(len(all)))]
	n := m.own
	if n == nil {
		n = m.master
	}
	status := []calendar.PartStat{calendar.Declined, calendar.Declined, calendar.Declined, calendar.Accepted, calendar.Maybe}[w.IntN(5)]
	r := imip.Reply{UID: m.uid(), Original: m.original, From: p.Executive.Email, Status: status, Sequence: n.sequence(), Stamp: w.now}
	if status == calendar.Declined && w.IntN(3) == 0 {
		r.Comment = note
	}
	if status == calendar.Declined {
		p.nos[m.uid()+m.original.String()] = m.span
	}
	w.post.arrive(r)
	return fmt.Sprintf("%s answers %s %s by mail to %s", p.Name, status, r.Comment, plan.When(m.span, w.zone))
}

// answerWholeByMail is the executive's answer to the series.
func answerWholeByMail(w *world, p *pair) string {
	list := p.series(w.mine)
	if p.guest == nil || len(list) == 0 || p.guest.copies[list[len(list)-1].uid()] == nil {
		return ""
	}
	s := p.guest.copies[list[len(list)-1].uid()]
	said := calendar.Declined
	if status(list[len(list)-1].master, p.Executive.Email) == "DECLINED" {
		said = calendar.Accepted
	}
	w.post.arrive(imip.Reply{UID: s.uid(), From: p.Executive.Email, Status: said, Sequence: s.master.sequence(), Stamp: w.now})
	return fmt.Sprintf("%s answers %s to the whole series by mail", p.Name, said)
}
