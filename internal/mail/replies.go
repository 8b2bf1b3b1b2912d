package mail

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"bilateral/calendar/imip"

	"github.com/emersion/go-imap/v2"
)

const (
	// firstLook is how far back the mailbox is read the first time, and when its numbering began anew.
	firstLook = 60 * 24 * time.Hour
	// batch is how many structures are asked for at once.
	batch = 200
)

// mailbox is what is known of the inbox between two calls.
type mailbox struct {
	file     string // of the position; "" keeps none
	known    bool   // the file was read
	position position
	highest  imap.UID                  // looked at so far
	answers  map[imap.UID][]imip.Reply // by the mail that holds them, beyond the position
}

// Replies returns what guests answered, oldest mail first. It returns each answer at every call for a day after it was
// first seen, so that it survives a caller that fails to record it; within that day also a restart. What is unreadable or
// cannot be believed is no answer.
//
// One call costs one sign-in and one EXAMINE where no mail came, and otherwise one look at the structure of the new ones.
// If it ends early, the next call goes on where it stopped.
func (m *Mail) Replies(ctx context.Context) ([]imip.Reply, error) {
	if m.imap == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	s, err := m.examine(ctx)
	if err != nil {
		return nil, err
	}
	v := &visit{m, s}
	defer func() { v.leave() }()
	now := m.o.Now()
	if err := m.box.settle(s.open.UIDValidity, now); err != nil {
		return nil, err
	}
	if err := m.box.look(v, now); err != nil {
		return nil, err
	}
	var list []imip.Reply
	for _, uid := range slices.Sorted(maps.Keys(m.box.answers)) {
		list = append(list, m.box.answers[uid]...)
	}
	return list, m.box.position.hand(m.box.highest, now, m.box.file)
}

// settle finds out from where on the mailbox is to be read. A new UIDVALIDITY (RFC 3501 section 2.3.1.1) voids every number
// that was kept.
func (b *mailbox) settle(validity uint32, now time.Time) error {
	if !b.known {
		var err error
		if b.position, err = readPosition(b.file); err != nil {
			return err
		}
		b.known = true
		b.highest = b.position.done(now)
	}
	if b.position.Validity != validity {
		b.position, b.highest, b.answers = position{Validity: validity}, 0, nil
	}
	done := b.position.done(now)
	maps.DeleteFunc(b.answers, func(uid imap.UID, _ []imip.Reply) bool { return uid <= done })
	return nil
}

// look reads the mails that came since the last look.
func (b *mailbox) look(v *visit, now time.Time) error {
	next := v.open.UIDNext
	if next != 0 && next <= b.highest+1 || v.open.NumMessages == 0 {
		return nil
	}
	criteria := &imap.SearchCriteria{Since: now.Add(-firstLook)}
	if b.highest > 0 {
		criteria = &imap.SearchCriteria{UID: []imap.UIDSet{{imap.UIDRange{Start: b.highest + 1}}}} // up to *
	}
	uids, err := v.uids(criteria)
	if err != nil {
		return err
	}
	slices.Sort(uids)
	after := b.highest // "7:*" finds the last mail even where that is mail 6, RFC 3501 section 9
	uids = slices.DeleteFunc(uids, func(uid imap.UID) bool { return uid <= after })
	for some := range slices.Chunk(uids, batch) {
		if err := b.take(v, some); err != nil {
			return err
		}
	}
	b.highest = max(b.highest, cmp.Or(next, 1)-1)
	return nil
}

// take reads the answers of some mails. A structure that cannot be understood voids what else the server says: then the
// mails are looked at in two halves, down to the one that it is, and that one is read whole. Cyrus writes such structures of
// bounces (NIL for the envelope of the mail inside).
func (b *mailbox) take(v *visit, uids []imap.UID) error {
	candidates, err := v.answering(uids)
	if err != nil {
		if refused(err) {
			return err
		}
		if err := v.again(); err != nil {
			return err
		}
		if half := len(uids) / 2; half > 0 {
			if err := b.take(v, uids[:half]); err != nil {
				return err
			}
			return b.take(v, uids[half:])
		}
		candidates = uids
	}
	found := map[imap.UID][]imip.Reply{}
	for _, uid := range candidates {
		text, err := v.read(uid)
		if err != nil {
			return err
		}
		if list, _ := imip.ReadReplies(text); len(list) > 0 {
			found[uid] = list
		}
	}
	if b.answers == nil {
		b.answers = map[imap.UID][]imip.Reply{}
	}
	maps.Copy(b.answers, found)
	b.highest = uids[len(uids)-1]
	return nil
}
