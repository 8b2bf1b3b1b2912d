package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/agenda"
	"bilateral/calendar"
	"bilateral/calendar/memory"
	"bilateral/internal/plan"
)

// deed is something that may happen, and how often among a hundred or so.
type deed struct {
	weight int
	do     func(*world, *pair) string // what happened, for the trace; "" if it could not
}

var deeds = []deed{
	{22, bookOver}, {24, pester}, {10, bookAnywhere}, {12, cancelEntry}, {4, tentative}, {5, leave}, {3, recurring},
	{10, declineInstance}, {1, declineSeries}, {3, ownerDeclines}, {10, dragInstance}, {3, dragSeries},
	{2, dropMarks}, {4, namelessBusy}, {2, orderTravel}, {2, editSettings},
	{3, excludeInstance}, {3, cancelInstance}, {2, dropOverride}, {1, deleteSeries},
	{5, editText}, {5, editBlock}, {3, editOthers}, {6, addItem}, {3, closeItem},
	{3, orderSkip}, {3, orderUnskip}, {4, orderMove}, {2, orderPause}, {2, orderResume}, {3, orderUnpin}, {1, orderRebase}, {4, orderStart},
	{2, brokenFile}, {4, outage}, {6, loseAnswer}, {14, crash}, {2, loseState}, {2, watch}, {4, editMeanwhile},
}

func (w *world) act() {
	total, deeds := 0, deeds
	if w.post != nil {
		deeds = slices.Concat(deeds, mailDeeds)
	}
	for _, d := range deeds {
		total += d.weight
	}
	for range 1 + w.IntN(2) {
		k := w.IntN(total)
		for _, d := range deeds {
			if k -= d.weight; k < 0 {
				if said := d.do(w, w.pairs[w.IntN(len(w.pairs))]); said != "" {
					w.say("%s", said)
				}
				break
			}
		}
	}
}

// put makes an entry in someone's calendar.
func (w *world) put(a *memory.Account, what string, start time.Time, length time.Duration, strength calendar.Strength, extra string) *entry {
	w.counts["entries"]++
	e := &entry{account: a, object: fmt.Sprintf("e%d.ics", w.counts["entries"]), strength: strength, bare: strength,
		spans: []calendar.Span{{Start: start.UTC(), End: start.Add(length).UTC()}}}
	e.what = fmt.Sprintf("%s %s (%s)", e.object, what, plan.When(e.spans[0], w.zone))
	w.entries = append(w.entries, e)
	a.Put(e.object, []byte(vevent(e.object, what, "DTSTART:"+start.UTC().Format(utcForm), "DTEND:"+start.Add(length).UTC().Format(utcForm), extra)))
	return e
}

func vevent(uid, title, start, end, extra string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//other//EN\r\nBEGIN:VEVENT\r\nUID:" + uid + "@other\r\nDTSTAMP:20260101T000000Z\r\n" +
		start + "\r\n" + end + "\r\nSUMMARY:" + title + "\r\n" + extra + "END:VEVENT\r\nEND:VCALENDAR\r\n"
}

func (w *world) either(p *pair) *memory.Account {
	if w.IntN(2) == 0 {
		return w.mine
	}
	return p.hers
}

// coming picks a meeting that has not begun; ok is false without one.
func (p *pair) coming() (meeting, bool) {
	var all []meeting
	for _, m := range meetings(p.series(p.w.mine), p.Policy.Horizon.End(p.w.now, p.w.zone)) {
		if m.live && m.span.Start.After(p.w.now) {
			all = append(all, m)
		}
	}
	if len(all) == 0 {
		return meeting{}, false
	}
	return all[min(p.w.IntN(len(all)), p.w.IntN(len(all)))], true // the near ones more often
}

func bookOver(w *world, p *pair) string {
	m, ok := p.coming()
	if !ok {
		return ""
	}
	start := m.span.Start.Add(time.Duration(w.IntN(8)-5) * 15 * time.Minute)
	e := w.put(w.either(p), "Board", start, time.Duration(2+w.IntN(12))*15*time.Minute, calendar.Hard, "")
	return "booked near the slot: " + e.what
}

// pester goes on against a meeting that was moved already: it is declined, or its new time is taken. That alone tempts an
// engine that forgets how often it moved it, or which times were refused.
func pester(w *world, p *pair) string {
	for _, m := range meetings(p.series(w.mine), w.end) {
		mem := p.periods[p.periodOf(m.original, p.series(w.mine))]
		if mem == nil || mem.moves == 0 || !m.live || !m.span.Start.After(w.now) {
			continue
		}
		if o := m.ownText(true); w.IntN(2) == 0 && answer(o, p.Executive.Email, "DECLINED") {
			w.save(w.mine, m.series)
			return p.Name + " declines again: " + plan.When(m.span, w.zone)
		}
		return "booked over it again: " + w.put(w.either(p), "Board", m.span.Start, m.span.Length(), calendar.Hard, "").what
	}
	return ""
}

func bookAnywhere(w *world, p *pair) string {
	start := w.at(w.now.AddDate(0, 0, w.IntN(30)), 8*60+w.IntN(40)*15)
	return "booked: " + w.put(w.either(p), "Board", start, time.Duration(1+w.IntN(16))*15*time.Minute, calendar.Hard, "").what
}

func cancelEntry(w *world, _ *pair) string {
	if len(w.entries) < 3 {
		return ""
	}
	k := 1 + w.IntN(len(w.entries)-1)
	e := w.entries[k]
	e.account.Delete(e.object)
	w.entries = slices.Delete(slices.Clone(w.entries), k, k+1)
	return "cancelled: " + e.what
}

func tentative(w *world, p *pair) string {
	m, ok := p.coming()
	if !ok {
		return ""
	}
	if w.IntN(2) == 0 {
		return "tentative: " + w.put(w.either(p), "Perhaps", m.span.Start, time.Hour, calendar.Soft, "STATUS:TENTATIVE\r\n").what
	}
	e := w.put(w.either(p), "Focus time", m.span.Start, 2*time.Hour, calendar.Soft, "")
	e.bare = calendar.Hard // without a title nobody can tell
	return "focus: " + e.what
}

// leave is a day or a week off, as dates, which the reader's zone makes times.
func leave(w *world, p *pair) string {
	a, zone := w.mine, w.zone
	if w.IntN(2) == 0 {
		a, zone = p.hers, p.Policy.Theirs.Zone
	}
	if a == p.hers && p.anonymous {
		zone = time.UTC // the account in memory tells of dates as UTC has them
	}
	d := w.now.In(zone).AddDate(0, 0, w.IntN(25))
	days := []int{1, 1, 2, 5, 7, 12}[w.IntN(6)]
	if days == 5 || days == 7 {
		d = mondayOf(d)
	}
	w.counts["entries"]++
	first := time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, zone)
	last := time.Date(d.Year(), d.Month(), d.Day()+days, 0, 0, 0, 0, zone)
	e := &entry{account: a, object: fmt.Sprintf("e%d.ics", w.counts["entries"]), strength: calendar.Away, bare: calendar.Hard, spans: []calendar.Span{{Start: first.UTC(), End: last.UTC()}}}
	e.what = fmt.Sprintf("%s vacation of %d days from %s", e.object, days, first.Format(time.DateOnly))
	w.entries = append(w.entries, e)
	a.Put(e.object, []byte(vevent(e.object, "Vacation", "DTSTART;VALUE=DATE:"+first.Format("20060102"), "DTEND;VALUE=DATE:"+last.Format("20060102"), "")))
	return "leave: " + e.what
}

// recurring is a weekly meeting on one person's wall clock.
func recurring(w *world, p *pair) string {
	a, zone := w.mine, w.zone
	if w.IntN(2) == 0 {
		a, zone = p.hers, p.Policy.Theirs.Zone
	}
	d := w.now.In(zone).AddDate(0, 0, w.IntN(7))
	minute, n := 9*60+w.IntN(32)*15, 4+w.IntN(8)
	w.counts["entries"]++
	e := &entry{account: a, object: fmt.Sprintf("e%d.ics", w.counts["entries"]), strength: calendar.Hard, bare: calendar.Hard}
	start := func(k int) time.Time { return time.Date(d.Year(), d.Month(), d.Day()+7*k, 0, minute, 0, 0, zone) }
	for k := range n {
		e.spans = append(e.spans, calendar.Span{Start: start(k).UTC(), End: start(k).Add(time.Hour).UTC()})
	}
	e.what = fmt.Sprintf("%s weekly %d times from %s", e.object, n, start(0).Format("Mon 2006-01-02 15:04 MST"))
	w.entries = append(w.entries, e)
	a.Put(e.object, []byte(vevent(e.object, "Team", timeLine("DTSTART", start(0), zone), timeLine("DTEND", start(0).Add(time.Hour), zone), fmt.Sprintf("RRULE:FREQ=WEEKLY;COUNT=%d\r\n", n))))
	return "recurring: " + e.what
}

// save writes an object back as some client does.
func (w *world) save(a *memory.Account, s *series) {
	a.Put(s.object, s.root.bytes([]int{0, 73, 40}[w.IntN(3)]))
}

func (p *pair) remember(period string) *memory1 {
	if p.periods[period] == nil {
		p.periods[period] = &memory1{}
	}
	return p.periods[period]
}

func answer(n *node, email, status string) bool {
	for k, l := range n.lines {
		if nameOf(l) != "ATTENDEE" || !strings.EqualFold(valueOf(l), "mailto:"+email) {
			continue
		}
		head := strings.TrimSuffix(l, ":"+valueOf(l))
		parts := slices.DeleteFunc(strings.Split(head, ";"), func(s string) bool { return strings.HasPrefix(s, "PARTSTAT=") })
		n.lines[k] = strings.Join(append(parts, "PARTSTAT="+status), ";") + ":" + valueOf(l)
		return true
	}
	return false
}

func status(n *node, email string) string {
	for _, l := range n.lines {
		if nameOf(l) == "ATTENDEE" && strings.EqualFold(valueOf(l), "mailto:"+email) {
			return paramOf(l, "PARTSTAT")
		}
	}
	return ""
}

func declineInstance(w *world, p *pair) string {
	a := w.mine
	if p.delivers && !p.anonymous && w.IntN(2) == 0 {
		a = p.hers
	}
	m, ok := p.coming()
	if !ok {
		return ""
	}
	for _, c := range meetings(p.series(a), m.original.Add(time.Hour)) {
		if !c.original.Equal(m.original) || c.uid() != m.uid() {
			continue
		}
		said := []string{"DECLINED", "DECLINED", "DECLINED", "ACCEPTED", "TENTATIVE"}[w.IntN(5)]
		o := c.ownText(a == w.mine)
		if !answer(o, p.Executive.Email, said) {
			return ""
		}
		said += w.comment(o, said)
		w.save(a, c.series)
		return fmt.Sprintf("%s answers %s to %s, in %s copy", p.Name, said, plan.When(m.span, w.zone), map[bool]string{true: "the owner's", false: "her own"}[a == w.mine])
	}
	return ""
}

func declineSeries(w *world, p *pair) string {
	list := p.series(w.mine)
	if len(list) == 0 || !p.Invites {
		return ""
	}
	s := list[len(list)-1]
	said := "DECLINED"
	if status(s.master, p.Executive.Email) == "DECLINED" {
		said = "ACCEPTED"
	}
	answer(s.master, p.Executive.Email, said)
	w.save(w.mine, s)
	return p.Name + " answers " + said + " to the whole series"
}

func dragInstance(w *world, p *pair) string {
	m, ok := p.coming()
	if !ok {
		return ""
	}
	list := p.series(w.mine)
	period := p.periodOf(m.original, list)
	day := m.span.Start.AddDate(0, 0, w.IntN(5)-2)
	start := w.at(day, 8*60+w.IntN(120)*5)
	length := []time.Duration{m.span.Length(), m.span.Length(), 30 * time.Minute, 15 * time.Minute, time.Hour}[w.IntN(5)]
	if !start.After(w.now) {
		return ""
	}
	keep := w.IntN(3) > 0
	o := m.ownText(keep)
	mem := p.remember(period)
	if !keep {
		o.drop(ours)
		mem.forgotten = true
	}
	o.set(timeLine("DTSTART", start, m.zone()))
	o.set(timeLine("DTEND", start.Add(length), m.zone()))
	o.set(fmt.Sprintf("SEQUENCE:%d", o.sequence()+1))
	o.drop(func(n string) bool { return n == "DURATION" })
	w.save(w.mine, m.series)
	mem.pin = calendar.Span{Start: start, End: start.Add(length)}
	if mem.pin.Equal(m.standing) || placedAt(o).Equal(start) {
		mem.pin = calendar.Span{} // back where it came from: nobody can tell that from never moved
	}
	return fmt.Sprintf("dragged %s from %s to %s (marks kept: %v)", period, plan.When(m.span, w.zone), plan.When(calendar.Span{Start: start, End: start.Add(length)}, w.zone), keep)
}

func placedAt(o *node) time.Time {
	at, _, _ := strings.Cut(o.value("X-BILATERAL-PLACED"), "/")
	t, err := time.Parse(utcForm, at)
	if err != nil {
		return time.Time{}
	}
	return t
}

// dragSeries gives the whole series another time of day; a client takes its exceptions along.
func dragSeries(w *world, p *pair) string {
	list := p.series(w.mine)
	if len(list) == 0 {
		return ""
	}
	s := list[len(list)-1]
	zone := s.zone()
	minutes := (1 + w.IntN(8)) * 15
	if w.IntN(2) == 0 {
		minutes = -minutes
	}
	shift := func(t time.Time) time.Time {
		l := t.In(zone)
		return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute()+minutes, 0, 0, zone)
	}
	if a, b := s.start().In(zone), shift(s.start()); a.Day() != b.Day() || b.Add(s.length()).In(zone).Day() != b.Day() {
		return ""
	}
	for _, o := range s.overrides {
		original := o.moment("RECURRENCE-ID")
		if o.moment("DTSTART").Equal(original) {
			end := shift(o.end())
			o.drop(func(n string) bool { return n == "DURATION" })
			o.set(timeLine("DTSTART", shift(original), zone))
			o.set(timeLine("DTEND", end, zone))
		}
		o.set(timeLine("RECURRENCE-ID", shift(original), zone))
	}
	for k, l := range s.master.lines {
		if nameOf(l) == "EXDATE" {
			s.master.lines[k] = timeLine("EXDATE", shift(moments(l)[0]), zone)
		}
	}
	start, end := shift(s.start()), shift(s.master.end())
	s.master.set(timeLine("DTSTART", start, zone))
	s.master.set(timeLine("DTEND", end, zone))
	s.master.set(fmt.Sprintf("SEQUENCE:%d", s.master.sequence()+1))
	w.save(w.mine, s)
	p.byHand = true
	for _, m := range p.periods {
		m.forgotten = true // what counts as moved or refused was said of other times
	}
	for _, m := range s.meetings(w.end.AddDate(0, 5, 0)) {
		if m.span.Equal(m.standing) {
			p.remember(p.periodOf(m.original, list)).pin = calendar.Span{} // the series has come to where a person had put this one
		}
	}
	return fmt.Sprintf("dragged the whole series by %d minutes, to %s", minutes, start.In(w.zone).Format("15:04"))
}

func excludeInstance(w *world, p *pair) string {
	m, ok := p.coming()
	if !ok {
		return ""
	}
	m.master.lines = append(m.master.lines, timeLine("EXDATE", m.original, m.zone()))
	if m.own != nil {
		m.root.kids = slices.DeleteFunc(m.root.kids, func(n *node) bool { return n == m.own })
	}
	w.save(w.mine, m.series)
	mem := p.remember(p.periodOf(m.original, p.series(w.mine)))
	mem.refused, mem.uncounted = nil, true // went with the override
	return p.removed(m, "deleted by EXDATE")
}

func (p *pair) removed(m meeting, how string) string {
	period := p.periodOf(m.original, p.series(p.w.mine))
	mem := p.remember(period)
	mem.deleted, mem.pin, mem.lines = true, calendar.Span{}, nil
	if strings.HasPrefix(m.uid(), adopted) && m.master.index("X-BILATERAL") < 0 {
		mem.skipAsked = true // before it was taken over
	}
	return fmt.Sprintf("%s %s: %s", period, plan.When(m.span, p.w.zone), how)
}

func cancelInstance(w *world, p *pair) string {
	m, ok := p.coming()
	if !ok {
		return ""
	}
	o := m.ownText(true)
	o.set("STATUS:CANCELLED")
	o.set(fmt.Sprintf("SEQUENCE:%d", o.sequence()+1))
	w.save(w.mine, m.series)
	return p.removed(m, "deleted by STATUS:CANCELLED")
}

func dropOverride(w *world, p *pair) string {
	m, ok := p.coming()
	if !ok || m.own == nil {
		return ""
	}
	m.root.kids = slices.DeleteFunc(m.root.kids, func(n *node) bool { return n == m.own })
	w.save(w.mine, m.series)
	period := p.periodOf(m.original, p.series(w.mine))
	mem := p.remember(period)
	mem.pin, mem.forgotten, mem.lines, mem.refused = calendar.Span{}, true, nil, nil
	return "the override of " + period + " is dropped"
}

func deleteSeries(w *world, p *pair) string {
	list := p.series(w.mine)
	if len(list) == 0 || w.IntN(2) == 0 {
		return ""
	}
	for _, s := range list {
		w.mine.Delete(s.object)
		if p.guest != nil {
			delete(p.guest.copies, s.uid()) // they hear of it from a person
		}
	}
	for period, m := range p.periods { // the owner's skips outlive the series
		p.periods[period] = &memory1{skipAsked: m.skipped || m.skipAsked}
		w.reopen(p.Name + " " + period)
	}
	return "the series of " + p.Name + " is deleted"
}

func editText(w *world, p *pair) string {
	m, ok := p.coming()
	if !ok {
		return ""
	}
	n := m.master
	if w.IntN(2) == 0 {
		n = m.ownText(true)
	}
	text := n.description()
	note := fmt.Sprintf("Note %d; bring \\ paper, and \"%d\" things", w.IntN(1000), w.IntN(9))
	if w.IntN(2) == 0 {
		text = note + "\n\n" + text
	} else {
		text += "\n" + note
	}
	n.set("DESCRIPTION:" + escape(text))
	w.save(w.mine, m.series)
	return "wrote a note outside the block of " + key(n)
}

func editBlock(w *world, p *pair) string {
	m, ok := p.coming()
	if !ok || m.own == nil {
		return ""
	}
	lines := strings.Split(m.own.description(), "\n")
	at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "[ ] ") })
	if at < 0 {
		return ""
	}
	line := strings.Replace(lines[at], "[ ]", "[x]", 1)
	if w.IntN(2) == 0 {
		lines[at] = line
	} else {
		line = fmt.Sprintf("[ ] added by hand %d", w.IntN(1000))
		lines = slices.Insert(lines, at+1, line)
	}
	m.own.set("DESCRIPTION:" + escape(strings.Join(lines, "\n")))
	w.save(w.mine, m.series)
	mem := p.remember(p.periodOf(m.original, p.series(w.mine)))
	mem.lines = append(mem.lines, line)
	return "wrote into the block: " + line
}

// editOthers changes what is none of the engine's business.
func editOthers(w *world, p *pair) string {
	m, ok := p.coming()
	if !ok {
		return ""
	}
	n := m.master
	if w.IntN(2) == 0 {
		n = m.ownText(true)
	}
	switch w.IntN(4) {
	case 0:
		n.set(fmt.Sprintf(`LOCATION:Room %d\, upstairs`, w.IntN(9)))
	case 1:
		n.lines = append(n.lines, fmt.Sprintf(`X-APPLE-THING;X-P="a:b;c":value %d\, more`, w.IntN(99)))
	case 2:
		n.kids = append(n.kids, &node{name: "VALARM", lines: []string{"ACTION:DISPLAY", "DESCRIPTION:Soon", fmt.Sprintf("TRIGGER:-PT%dM", 5+w.IntN(50))}})
	default:
		n.lines = append(n.lines, fmt.Sprintf("ATTENDEE;CN=Guest;ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:guest%d@example.org", w.IntN(99)))
	}
	w.save(w.mine, m.series)
	return "changed other things of " + key(n)
}

// secret is what private follow-ups say.
const secret = "moves house in spring"

func addItem(w *world, p *pair) string {
	p.items++
	i := agenda.Item{Bilateral: p.Name, Kind: agenda.Update, Text: fmt.Sprintf("News number %d", p.items), Created: w.now, Status: agenda.Open}
	if w.IntN(2) == 0 {
		i.Kind, i.Text, i.Proposal, i.Minutes = agenda.Decision, fmt.Sprintf("Vendor %d, 48k EUR", p.items), "yes", 5
	}
	if _, err := w.store.Add(agenda.FollowUp{Item: i}, "alice", w.now); err != nil {
		return "a follow-up was not kept: " + err.Error()
	}
	own := agenda.Item{Bilateral: p.Name, Kind: agenda.Personal, Text: secret, Created: w.now, Status: agenda.Open}
	if _, err := w.store.AddPrivate(agenda.Private{Item: own}, "alice", w.now); err != nil {
		return "a private follow-up was not kept: " + err.Error()
	}
	return "a new follow-up: " + i.Text
}

func closeItem(w *world, p *pair) string {
	items, err := w.store.PublicItems(p.Name, time.Time{})
	if err != nil || len(items) == 0 {
		return ""
	}
	i := items[w.IntN(len(items))]
	if i.Status != agenda.Open {
		return ""
	}
	if _, err := w.store.CloseItem(i.ID, agenda.Done, "", "alice", w.now); err != nil {
		return "not closed: " + err.Error()
	}
	return "done: " + i.Text
}
