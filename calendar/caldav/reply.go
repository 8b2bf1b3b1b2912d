package caldav

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/ical"
)

// reply is what a guest sent, as one component of a message in the schedule inbox (RFC 6638 section 4.1). Some servers
// leave it there without a trace in the organizer's own copy: Cyrus, for one, where a guest declines a single instance.
type reply struct {
	uid      string
	original time.Time // of the instance; zero: the whole series
	counter  bool      // METHOD:COUNTER, RFC 5546 section 3.2.7: the guest proposes span
	span     calendar.Span
	guests   []calendar.Attendee // one, in a correct reply
	comment  string
	sequence int
	stamp    string // DTSTAMP as written: UTC, so that text compares as time
}

// readInbox follows the user's inbox, if there is one. An inbox without an outbox (Xandikos) is none of RFC 6638, and SOGo's
// is there in name only: nothing comes into them.
func (a *Account) readInbox(ctx context.Context) error {
	if err := a.meet(ctx); err != nil {
		return err
	}
	if a.Person.Inbox == "" || a.Person.Outbox == "" || a.Place.SOGo {
		return nil
	}
	if a.Inbox.URL == "" {
		a.Inbox = replica{URL: a.Person.Inbox, Sync: a.Calendar.Sync}
	}
	touched, err := a.Inbox.refresh(ctx, a.session)
	for _, path := range touched {
		a.receive(path)
		a.futile = 0
	}
	if kindIs(err, calendar.Denied, calendar.Gone, calendar.Unsupported) {
		return nil // a mailbox in name only: the user's own copies say all there is to know
	}
	return err
}

// receive reads one message of the inbox, and keeps its text no longer.
func (a *Account) receive(path string) {
	if a.replies == nil {
		a.replies = make(map[string][]reply)
	}
	delete(a.replies, path)
	if it := a.Inbox.Items[path]; it != nil {
		if found := readReplies(it.Data); len(found) > 0 {
			a.replies[path] = found
		}
	}
}

// readReplies reads a message; nothing if it is of another method.
func readReplies(data []byte) []reply {
	var head, block []string
	var list []reply
	method, inside := "", false
	for _, line := range unfolded(data) {
		name, value := splitLine(line)
		switch {
		case name == "BEGIN" && value == "VEVENT":
			inside, block = true, []string{line}
		case name == "END" && value == "VEVENT" && inside:
			inside = false
			if r, ok := readReply(method, head, append(block, line)); ok {
				list = append(list, r)
			}
		case inside:
			block = append(block, line)
		case name == "METHOD":
			method = strings.ToUpper(value)
		case value != "VCALENDAR":
			head = append(head, line) // time zones among them
		}
	}
	return list
}

// readReply reads one component, by making a calendar of it whose title is the note: then the times and words are
// understood as everywhere else.
func readReply(method string, head, block []string) (reply, bool) {
	if method != "REPLY" && method != "COUNTER" {
		return reply{}, false
	}
	r := reply{counter: method == "COUNTER"}
	text := append([]string{"BEGIN:VCALENDAR"}, head...)
	recurs, begins := false, false
	for _, line := range block {
		name, value := splitLine(line)
		switch name {
		case "SUMMARY", "RRULE", "RDATE", "EXDATE", "EXRULE":
			continue
		case "COMMENT":
			line = "SUMMARY" + line[len("COMMENT"):]
		case "DTSTAMP":
			r.stamp = value
		case "SEQUENCE":
			r.sequence, _ = strconv.Atoi(value)
		case "RECURRENCE-ID":
			recurs = true
		case "DTSTART":
			begins = true
		}
		text = append(text, line)
	}
	if !begins { // RFC 5546 section 3.2.3 does not ask a reply for DTSTART
		text = append(text[:len(text)-1], startLike(block), text[len(text)-1])
	}
	text = append(text, "END:VCALENDAR", "")
	file := ical.Parse("reply", []byte(strings.Join(text, "\n")))
	events, _ := ical.Expand([]*ical.File{file}, ical.View{Window: allTime})
	if len(events) != 1 || recurs && events[0].RecurrenceID.IsZero() {
		return reply{}, false
	}
	e := events[0]
	r.uid, r.original, r.span, r.guests, r.comment = e.UID, e.RecurrenceID, e.Span, e.Attendees, e.Title
	if !recurs {
		r.original = time.Time{}
	}
	return r, r.uid != ""
}

var allTime = calendar.Span{Start: time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)}

// startLike makes a DTSTART of the RECURRENCE-ID.
func startLike(block []string) string {
	for _, line := range block {
		if name, _ := splitLine(line); name == "RECURRENCE-ID" {
			return "DTSTART" + line[len("RECURRENCE-ID"):]
		}
	}
	return "DTSTART:19700101T000000Z"
}

func unfolded(data []byte) []string {
	text := strings.ReplaceAll(strings.ReplaceAll(string(data), "\r\n", "\n"), "\r", "\n")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\n ", ""), "\n\t", "")
	return strings.Split(text, "\n")
}

// splitLine returns a property's name in upper case, and what follows the first colon outside quotes.
func splitLine(line string) (name, value string) {
	end := strings.IndexAny(line, ";:")
	if end < 0 {
		return "", ""
	}
	quoted := false
	for i := end; i < len(line); i++ {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == ':' && !quoted:
			return strings.ToUpper(line[:end]), strings.TrimSpace(line[i+1:])
		}
	}
	return strings.ToUpper(line[:end]), ""
}

// hear puts what the guests said into the series: the newest word of each (RFC 5546 section 2.1.5), unless the meeting was
// changed since it was said.
func hear(s *calendar.Series, inbox map[string][]reply) {
	var list []reply
	for _, path := range slices.Sorted(maps.Keys(inbox)) {
		for _, r := range inbox[path] {
			if r.uid == s.UID {
				list = append(list, r)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b reply) int { return strings.Compare(a.stamp, b.stamp) })
	for _, r := range list {
		switch {
		case !r.original.IsZero():
			if in := s.At(r.original); in != nil && r.sequence >= in.Sequence {
				r.answer(in)
			}
		case r.sequence >= s.Sequence && !r.counter:
			r.note(s.Attendees)
			for i := range s.Instances {
				if !s.Instances[i].Override {
					r.note(s.Instances[i].Attendees)
				}
			}
		case r.counter && s.Rule == "" && len(s.Instances) == 1 && r.sequence >= s.Sequence:
			r.answer(&s.Instances[0])
		}
	}
}

// answer puts the reply into an instance. A proposal stands until the guest says something else.
func (r reply) answer(in *calendar.Instance) {
	if !r.invited(in.Attendees) {
		return // somebody the invitation was forwarded to
	}
	in.Counter = nil
	if r.counter && !r.span.Equal(in.Span) {
		span := r.span
		in.Counter = &span
		return
	}
	r.note(in.Attendees)
}

func (r reply) invited(list []calendar.Attendee) bool {
	return slices.ContainsFunc(r.guests, func(g calendar.Attendee) bool {
		_, there := calendar.Attends(list, g.Email)
		return there
	})
}

func (r reply) note(list []calendar.Attendee) {
	for i := range list {
		if said, there := calendar.Attends(r.guests, list[i].Email); there && said.Status != "" && said.Status != calendar.NeedsAction {
			list[i].Status = said.Status
			if r.comment != "" {
				list[i].Comment = r.comment
			}
		}
	}
}
