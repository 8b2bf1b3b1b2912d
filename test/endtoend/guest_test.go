//go:build servers

package endtoend

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// guest is Dana with a mail program that keeps a calendar of its own by the rules of RFC 5546, and knows nothing of
// Alice's server.
type guest struct {
	mailbox
	read   int // mails so far
	copies map[string]*object
	seen   map[string]bool // Message-IDs
}

// reads expects that many new mails, takes them into Dana's calendar, and returns them.
func (w *world) reads(mails int) []letter {
	w.t.Helper()
	all := w.guest.letters()
	news := all[w.guest.read:]
	w.guest.read = len(all)
	if len(news) != mails {
		w.t.Errorf("at %s Dana has got %d mails instead of %d:", w.now.Format(time.RFC3339), len(news), mails)
		for _, l := range news {
			w.t.Errorf("%s\n%s", l.subject, l.text)
		}
	}
	for _, l := range news {
		if w.guest.seen[l.id] {
			continue // the same mail once more
		}
		w.guest.seen[l.id] = true
		if l.calendar != nil {
			w.guest.take(l)
		}
	}
	return news
}

// take is RFC 5546 section 3.2: what is newer, by SEQUENCE and then DTSTAMP (section 2.1.5), replaces what is there.
func (g *guest) take(l letter) {
	g.t.Helper()
	uid := l.calendar.events[0].value("UID")
	for _, e := range l.calendar.events {
		if e.value("UID") != uid || e.value("DTSTAMP") == "" || len(e.all("ATTENDEE")) == 0 || e.value("ORGANIZER") == "" {
			g.t.Errorf("%s is none of RFC 5546:\n%s", l.subject, e)
		}
		if (l.method == "CANCEL") != (e.value("STATUS") == "CANCELLED") && len(l.calendar.events) == 1 {
			g.t.Errorf("%s has METHOD:%s and STATUS:%s", l.subject, l.method, e.value("STATUS"))
		}
	}
	have := g.copies[uid]
	whole := slices.ContainsFunc(l.calendar.events, func(e *event) bool { return e.value("RECURRENCE-ID") == "" })
	switch {
	case have == nil && l.method == "CANCEL":
		g.t.Errorf("%s cancels what Dana never heard of", l.subject)
	case have == nil && !whole:
		g.t.Errorf("%s speaks of one meeting of a series that Dana never heard of", l.subject)
	case whole:
		if have != nil && !newer(l.calendar.events[0], have.events[0]) {
			g.t.Errorf("%s is no newer than what Dana has:\n%s\n%s", l.subject, l.calendar.events[0], have.events[0])
		}
		g.copies[uid] = l.calendar
	default:
		for _, e := range l.calendar.events {
			g.takeInstance(have, l, e)
		}
	}
}

func (g *guest) takeInstance(have *object, l letter, e *event) {
	g.t.Helper()
	original := e.moment(g.t, "RECURRENCE-ID")
	if was := have.at(g.t, original); was != nil {
		if !newer(e, was) {
			g.t.Errorf("%s is no newer than what Dana has:\n%s\n%s", l.subject, e, was)
		}
		have.events = slices.DeleteFunc(have.events, func(x *event) bool { return x == was })
	} else if number(e) < number(have.events[0]) {
		g.t.Errorf("%s is older than the series that Dana has:\n%s\n%s", l.subject, e, have.events[0])
	}
	have.events = append(have.events, e)
}

func newer(e, was *event) bool {
	if number(e) != number(was) {
		return number(e) > number(was)
	}
	return e.value("DTSTAMP") > was.value("DTSTAMP")
}

func number(e *event) int {
	n, err := strconv.Atoi(e.value("SEQUENCE"))
	if err != nil {
		return 0
	}
	return n
}

// copy is the one series in Dana's own calendar.
func (g *guest) copy() *object {
	g.t.Helper()
	if len(g.copies) != 1 {
		g.t.Fatalf("Dana has %d series", len(g.copies))
	}
	for _, o := range g.copies {
		return o
	}
	return nil
}

// agree expects Dana's copy to say of that instance what Alice's does, and returns when that is.
func (w *world) agree(original time.Time) time.Time {
	w.t.Helper()
	mine, hers := w.alice.meeting().slot(w.t, original), w.guest.copy().slot(w.t, original)
	if !mine.Equal(hers) {
		w.t.Errorf("Alice meets at %s and Dana at %s", mine, hers)
	}
	return hers.In(original.Location())
}

// reply is what Dana's program mails: METHOD, an answer and lines of her own about one instance, or with no time the series.
type reply struct {
	method, answer string
	original       time.Time
	lines          []string
	uid, attendee  string // "": as it should be
	from           string
}

func (w *world) replies(r reply) {
	w.t.Helper()
	o := w.guest.copy()
	about := o.events[0]
	var lines []string
	if !r.original.IsZero() {
		lines = append(lines, "RECURRENCE-ID"+local(r.original))
		if e := o.at(w.t, r.original); e != nil {
			about = e
		}
	}
	orElse := func(text, normal string) string {
		if text == "" {
			return normal
		}
		return text
	}
	attendee := orElse(r.attendee, "dana@example.org")
	lines = append(lines, "UID:"+orElse(r.uid, about.value("UID")), "SEQUENCE:"+about.value("SEQUENCE"), "DTSTAMP:"+w.now.UTC().Format("20060102T150405Z"),
		"ORGANIZER:mailto:alice@example.org", "ATTENDEE;PARTSTAT="+r.answer+":mailto:"+attendee)
	method := orElse(r.method, "REPLY")
	text := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//A mail program//EN\r\nMETHOD:" + method + "\r\nBEGIN:VEVENT\r\n" +
		strings.Join(append(lines, r.lines...), "\r\n") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	w.guest.sends(orElse(r.from, "Dana Boss <dana@example.org>"), "alice@example.org", method+" "+r.answer, method, text)
}
