package mail

import (
	netmail "net/mail"

	"bilateral/calendar/imip"

	gomail "github.com/wneessen/go-mail"
)

// compose writes a message as Exchange, Google and Apple read invitations: multipart/alternative, the text for people
// first and the calendar object last (RFC 6047 section 4.2). The object is not attached a second time as invite.ics. None
// of the three needs it, and a person who opens the copy imports a meeting without its organizer beside the invitation.
//
// Both parts are encoded, the object in base64: its lines end in CRLF and must arrive byte for byte.
func compose(m imip.Message) (*gomail.Msg, error) {
	out := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := out.From(address(m.From)); err != nil {
		return nil, err
	}
	if err := out.To(address(m.To)); err != nil {
		return nil, err
	}
	out.Subject(m.Subject)
	out.SetDateWithValue(m.Date)
	out.SetMessageIDWithValue(m.ID)
	out.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834 section 5: no robot answers
	out.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.Method != "" {
		kind := gomail.ContentType("text/calendar; method=" + m.Method)
		out.AddAlternativeString(kind, string(m.Calendar), gomail.WithPartEncoding(gomail.EncodingB64))
	}
	return out, nil
}

// address quotes and encodes the name; the library's own way leaves quotes in it as they are.
func address(p imip.Person) string {
	return (&netmail.Address{Name: p.Name, Address: p.Email}).String()
}
