package caldav

import (
	"context"
	"maps"
	"slices"

	"bilateral/calendar"
	"bilateral/calendar/ical"
)

// reply is what a guest sent, as one component of a message in the schedule inbox (RFC 6638 section 4.1). Some servers
// leave it there without a trace in the organizer's own copy: Cyrus, for one, where a guest declines a single instance.
type reply struct {
	ical.Answer
	counter bool // METHOD:COUNTER, RFC 5546 section 3.2.7: the guest proposes Span
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

// readReplies reads a message; nothing if it is of another method, or no answer that can be understood.
func readReplies(data []byte) []reply {
	method, answers, _ := ical.Answers(data)
	counter := method == "COUNTER"
	if method != "REPLY" && !counter {
		return nil
	}
	var list []reply
	for _, a := range answers {
		if !counter || a.Span.Length() > 0 {
			list = append(list, reply{a, counter})
		}
	}
	return list
}

// hear puts what the guests said into the series: the newest word of each (RFC 5546 section 2.1.5), unless the meeting was
// changed since it was said.
func hear(s *calendar.Series, inbox map[string][]reply) {
	var list []reply
	for _, path := range slices.Sorted(maps.Keys(inbox)) {
		for _, r := range inbox[path] {
			if r.UID == s.UID {
				list = append(list, r)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b reply) int { return a.Stamp.Compare(b.Stamp) })
	for _, r := range list {
		switch {
		case !r.Original.IsZero():
			if in := s.At(r.Original); in != nil && r.Sequence >= in.Sequence {
				r.answer(in)
			}
		case r.Sequence >= s.Sequence && !r.counter:
			r.note(s.Attendees)
			for i := range s.Instances {
				if !s.Instances[i].Override {
					r.note(s.Instances[i].Attendees)
				}
			}
		case r.counter && s.Rule == "" && len(s.Instances) == 1 && r.Sequence >= s.Sequence:
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
	if r.counter && !r.Span.Equal(in.Span) {
		in.Counter = &r.Span
		return
	}
	r.note(in.Attendees)
}

func (r reply) invited(list []calendar.Attendee) bool {
	return slices.ContainsFunc(r.Attendees, func(g calendar.Attendee) bool {
		_, there := calendar.Attends(list, g.Email)
		return there
	})
}

func (r reply) note(list []calendar.Attendee) {
	for i := range list {
		if said, there := calendar.Attends(r.Attendees, list[i].Email); there && said.Status != "" && said.Status != calendar.NeedsAction {
			list[i].Status = said.Status
			if r.Comment != "" {
				list[i].Comment = r.Comment
			}
		}
	}
}
