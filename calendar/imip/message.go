package imip

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/ical"
)

// Request invites to a whole series, with the instances that stand elsewhere than its rule says. s is the series as it
// stands, after what is announced was written.
func Request(e Envelope, s calendar.Series) Message {
	return e.message(MethodRequest, s, time.Time{})
}

// RequestInstance tells of one instance by its original start: moved, brought back, or with its agenda. s is the series
// after that was written.
func RequestInstance(e Envelope, s calendar.Series, original time.Time) Message {
	return e.message(MethodRequest, s, original)
}

// Cancel calls the whole series off. Its SEQUENCE is that of s, which the write that cancelled it has raised.
func Cancel(e Envelope, s calendar.Series) Message { return e.message(MethodCancel, s, time.Time{}) }

// CancelInstance calls one instance off, with the SEQUENCE that it has in s.
func CancelInstance(e Envelope, s calendar.Series, original time.Time) Message {
	return e.message(MethodCancel, s, original)
}

// Letter is a plain mail without a calendar part.
func Letter(e Envelope, subject, text string) Message {
	m := Message{From: e.From, To: e.To, Subject: oneLine(subject), Text: strings.TrimSpace(plain(text)) + "\n", Date: e.Now}
	m.ID = m.identity("", time.Time{}, nil)
	return m
}

func (e Envelope) message(method string, s calendar.Series, original time.Time) Message {
	object := ical.Itip{
		Method:    method,
		Organizer: calendar.Attendee{Email: strings.ToLower(e.From.Email), Name: e.From.Name},
		Guest:     calendar.Attendee{Email: strings.ToLower(e.To.Email), Name: e.To.Name},
		Series:    s, Original: original, Zone: e.FromZone,
	}
	n := e.news(method, s, original)
	m := Message{Method: method, From: e.From, To: e.To, Subject: n.subject(), Text: n.text(), Date: e.Now}
	m.ID = m.identity(s.UID, original, object.Encode()) // before it is stamped: when it is sent changes nothing
	object.Stamp = e.Now
	m.Calendar = object.Encode()
	return m
}

// identity is a Message-ID (RFC 5322 section 3.6.4) that follows from what the message says. The digest is of the length
// of a UUID, and the domain is the sender's, as mail filters expect.
func (m Message) identity(uid string, original time.Time, unstamped []byte) string {
	h := sha256.New()
	for _, part := range []string{m.Method, uid, original.UTC().Format(time.RFC3339), m.From.Email, m.To.Email, m.Subject, m.Text, string(unstamped)} {
		fmt.Fprintf(h, "%d %s\n", len(part), part)
	}
	_, domain, _ := strings.Cut(m.From.Email, "@")
	if domain == "" || strings.ContainsFunc(domain, notDomainRune) {
		domain = "bilateral.invalid"
	}
	return "bilateral." + hex.EncodeToString(h.Sum(nil)[:16]) + "@" + strings.ToLower(domain)
}

func notDomainRune(r rune) bool {
	return r != '.' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}
