package mail

import (
	"context"
	"errors"
	"fmt"
	"io"

	"bilateral/calendar"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

const (
	inbox = "INBOX"
	// maxSession is how much an IMAP server may send in one session.
	maxSession = 64 << 20
	// maxMessage is the largest mail that is fetched; an answer has a few thousand bytes.
	maxMessage = 4 << 20
)

// session is the inbox, opened for reading only.
type session struct {
	*imapclient.Client
	ctx  context.Context
	at   string
	open *imap.SelectData
}

// examine connects, signs in and opens the inbox with EXAMINE (RFC 3501 section 6.3.2): nothing that follows can change a
// flag, move a mail or delete one.
func (m *Mail) examine(ctx context.Context) (*session, error) {
	conn, err := m.dial(ctx, m.imap, maxSession)
	if err != nil {
		return nil, failed(calendar.Unreachable, "reach", m.imap.address(), broken(ctx, err))
	}
	s := &session{ctx: ctx, at: m.imap.address()}
	options := &imapclient.Options{TLSConfig: m.tls(m.imap)}
	if m.imap.implicit || m.clear(m.imap) {
		s.Client = imapclient.New(conn, options)
	} else if s.Client, err = imapclient.NewStartTLS(conn, options); err != nil {
		return nil, failed(calendar.Unreachable, "reach", s.at, fmt.Errorf("STARTTLS, without which no password is sent: %w", broken(ctx, err)))
	}
	if err := m.login(s); err != nil {
		s.Close()
		return nil, err
	}
	if s.open, err = s.Select(inbox, &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		s.Close()
		return nil, s.failed("open", err)
	}
	return s, nil
}

func (m *Mail) login(s *session) error {
	if err := s.WaitGreeting(); err != nil {
		return s.failed("reach", err)
	}
	if m.o.Username == "" {
		return nil
	}
	secret, err := m.secret(s.ctx, m.imap)
	if err != nil {
		return err
	}
	err = s.Login(m.o.Username, secret).Wait()
	var no *imap.Error
	if errors.As(err, &no) && no.Type == imap.StatusResponseTypeNo && !later(no.Code) {
		return failed(calendar.SignIn, "sign in at", s.at, err)
	}
	if err != nil {
		return s.failed("sign in at", err)
	}
	return nil
}

// later reports whether a refusal is one of the moment, RFC 5530 section 3.
func later(code imap.ResponseCode) bool {
	return code == imap.ResponseCodeUnavailable || code == imap.ResponseCodeInUse || code == imap.ResponseCodeLimit
}

func (s *session) failed(op string, err error) error {
	kind := calendar.Unreachable
	var no *imap.Error
	if s.ctx.Err() == nil && errors.As(err, &no) {
		switch {
		case later(no.Code):
			kind = calendar.Quota
		case no.Type == imap.StatusResponseTypeNo:
			kind = calendar.Denied
		}
	}
	return failed(kind, op, inbox+" at "+s.at, broken(s.ctx, err))
}

// refused reports whether the server understood and said no.
func refused(err error) bool {
	var no *imap.Error
	return errors.As(err, &no)
}

// visit is one look at the inbox, over as many sessions as it takes.
type visit struct {
	m *Mail
	*session
}

// again begins a new session where the last one broke.
func (v *visit) again() error {
	v.Close()
	s, err := v.m.examine(v.ctx)
	if err != nil {
		return err
	}
	if s.open.UIDValidity != v.open.UIDValidity {
		s.leave()
		return failed(calendar.Unreachable, "read", inbox+" at "+s.at, errors.New("the mailbox was numbered anew meanwhile"))
	}
	v.session = s
	return nil
}

// leave says goodbye and waits for no answer.
func (s *session) leave() {
	s.Logout()
	s.Close()
}

func (m *Mail) checkIMAP(ctx context.Context) error {
	if m.imap == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	s, err := m.examine(ctx)
	if err != nil {
		return err
	}
	s.leave()
	return nil
}

// uids finds mails by a search, in their order.
func (s *session) uids(criteria *imap.SearchCriteria) ([]imap.UID, error) {
	found, err := s.UIDSearch(criteria, nil).Wait()
	if err != nil {
		return nil, s.failed("search", err)
	}
	return found.AllUIDs(), nil
}

// answering returns those of the mails that may hold an answer, by their structure alone.
func (s *session) answering(uids []imap.UID) ([]imap.UID, error) {
	structures, err := s.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{
		UID: true, RFC822Size: true, BodyStructure: &imap.FetchItemBodyStructure{Extended: true},
	}).Collect()
	if err != nil {
		return nil, s.failed("read", err)
	}
	var out []imap.UID
	for _, one := range structures {
		if one.BodyStructure != nil && one.RFC822Size <= maxMessage && mayAnswer(one.BodyStructure) {
			out = append(out, one.UID)
		}
	}
	return out, nil
}

// read fetches a mail, up to what is read of one, without marking it as seen; nil for one that is gone meanwhile.
func (s *session) read(uid imap.UID) ([]byte, error) {
	whole := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: maxMessage}}
	fetch := s.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{whole}})
	defer fetch.Close() // or the decoder waits for a reader
	var text []byte
	for one := fetch.Next(); one != nil; one = fetch.Next() {
		for item := one.Next(); item != nil; item = one.Next() {
			body, ok := item.(imapclient.FetchItemDataBodySection)
			if !ok || body.Literal == nil {
				continue
			}
			var err error
			if text, err = io.ReadAll(io.LimitReader(body.Literal, maxMessage)); err != nil {
				return nil, s.failed("read", err)
			}
		}
	}
	if err := fetch.Close(); err != nil {
		return nil, s.failed("read", err)
	}
	return text, nil
}
