package imip

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bilateral/calendar"
	"bilateral/calendar/ical"

	message "github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
)

const (
	methodReply   = "REPLY"
	methodCounter = "COUNTER"
)

// ReadReplies reads the answers in a mail (RFC 5322, whole). A mail without any is no error. What looks like an answer and
// cannot be believed is left out and named in the error, which may come beside answers that can.
//
// An answer counts only from the attendee whom it speaks for: the mail's one From address must be an ATTENDEE of it (RFC
// 6047 section 2.2.1). A sender can be forged; whoever keeps the mailbox must refuse such mails.
func ReadReplies(data []byte) ([]Reply, error) {
	entity, err := message.ReadWithOptions(bytes.NewReader(data), &message.ReadOptions{MaxHeaderBytes: maxHeader})
	if entity == nil {
		return nil, fmt.Errorf("the mail cannot be read: %w", err)
	}
	parts, err := calendarParts(entity)
	wrong := []error{err}
	var list []Reply
	for _, p := range parts {
		found, err := p.replies(&entity.Header)
		wrong = append(wrong, err)
		for _, r := range found {
			if !slices.ContainsFunc(list, r.same) { // the same object again, as an attachment
				list = append(list, r)
			}
		}
	}
	return list, errors.Join(wrong...)
}

func (r Reply) same(o Reply) bool {
	counter := r.Counter == nil && o.Counter == nil || r.Counter != nil && o.Counter != nil && r.Counter.Equal(*o.Counter)
	return counter && r.UID == o.UID && r.Original.Equal(o.Original) && r.From == o.From && r.Status == o.Status && r.Stamp.Equal(o.Stamp)
}

// replies reads one calendar part of a mail with that header.
func (p part) replies(header *message.Header) ([]Reply, error) {
	method, answers, err := ical.Answers(p.text)
	if method != methodReply && method != methodCounter {
		return nil, nil // an invitation from somebody else, say
	}
	if p.method != "" && p.method != method { // RFC 6047 section 2.4
		return nil, fmt.Errorf("its part says METHOD %q and its calendar object %q: no answer", clip(p.method), method)
	}
	from, senderErr := sender(header)
	if senderErr != nil {
		return nil, senderErr
	}
	wrong := []error{err}
	var list []Reply
	for _, a := range answers {
		r, err := replyOf(method, a, from)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("the answer about %q: %w", clip(a.UID), err))
			continue
		}
		list = append(list, r)
	}
	return list, errors.Join(wrong...)
}

// sender is the one address in From, in lower case.
func sender(header *message.Header) (string, error) {
	h := mail.Header{Header: *header}
	list, err := h.AddressList("From")
	if err != nil || len(list) != 1 || list[0].Address == "" {
		return "", errors.New("it does not say by one From address who sent it: no answer")
	}
	return strings.ToLower(list[0].Address), nil
}

func replyOf(method string, a ical.Answer, from string) (Reply, error) {
	guest, ok := calendar.Attends(a.Attendees, from)
	if !ok {
		return Reply{}, fmt.Errorf("it speaks for %s, but %s sent it", attendees(a.Attendees), clip(from))
	}
	r := Reply{
		UID: a.UID, Original: a.Original, From: from, Status: status(guest.Status), Sequence: a.Sequence, Stamp: a.Stamp,
		Comment: strings.TrimSpace(guest.Comment),
	}
	if a.Comment != "" { // Exchange writes an empty one where there is no note
		r.Comment = a.Comment
	}
	if method == methodCounter {
		if a.Span.Length() <= 0 {
			return Reply{}, errors.New("it proposes no time that can be understood")
		}
		r.Counter = &a.Span
	}
	return r, nil
}

func attendees(list []calendar.Attendee) string {
	var names []string
	for _, a := range list[:min(3, len(list))] {
		names = append(names, clip(a.Email))
	}
	if len(names) == 0 {
		return "nobody"
	}
	return strings.Join(names, ", ")
}

// status is an answer that is known; any other is none, RFC 5545 section 3.2.12.
func status(s calendar.PartStat) calendar.PartStat {
	switch s {
	case calendar.Accepted, calendar.Declined, calendar.Maybe, calendar.Delegated:
		return s
	}
	return calendar.NeedsAction
}

// clip keeps words of a stranger short in an error.
func clip(s string) string {
	const most = 80
	if s = oneLine(s); len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}
