package mail

import (
	"context"
	"errors"
	"net"
	"net/textproto"
	"strconv"

	"bilateral/calendar"
	"bilateral/calendar/imip"

	gomail "github.com/wneessen/go-mail"
)

// maxTalk is how much an SMTP server may say.
const maxTalk = 1 << 20

// Send hands one message to the SMTP server. Without an error the server has taken it. An error of kind Unreachable may
// hide that it was taken; sent again it has the same Message-ID, by which mail programs know it.
func (m *Mail) Send(ctx context.Context, message imip.Message) error {
	if m.smtp == nil {
		return failed(calendar.Unsupported, "send", "mail to "+message.To.Email, errors.New("no SMTP server is configured"))
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	letter, err := compose(message)
	if err != nil {
		return failed(calendar.Denied, "send", "mail to "+message.To.Email, err)
	}
	client, err := m.client(ctx)
	if err != nil {
		return err
	}
	err = client.DialAndSendWithContext(ctx, letter)
	if err == nil || letter.IsDelivered() { // what fails after the server's OK, such as QUIT, changes nothing
		return nil
	}
	return m.unsent(ctx, "send", "mail to "+message.To.Email+" by "+m.smtp.address(), err)
}

func (m *Mail) checkSMTP(ctx context.Context) error {
	if m.smtp == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	client, err := m.client(ctx)
	if err != nil {
		return err
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return m.unsent(ctx, "reach", m.smtp.address(), err)
	}
	_ = connection.Quit() // it has answered already
	return nil
}

// client sets up one connection. Signing in goes by the strongest way that the server has; in the clear only over the
// loopback.
func (m *Mail) client(ctx context.Context) (*gomail.Client, error) {
	port, err := strconv.Atoi(m.smtp.port)
	if err != nil {
		return nil, failed(calendar.Unreachable, "reach", m.smtp.address(), errors.New("the port is no number"))
	}
	options := []gomail.Option{
		gomail.WithPort(port), gomail.WithTimeout(deadline), gomail.WithTLSConfig(m.tls(m.smtp)),
		gomail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return m.dial(ctx, m.smtp, maxTalk) }),
	}
	plain, login := gomail.SMTPAuthPlain, gomail.SMTPAuthLogin
	switch {
	case m.smtp.implicit:
		options = append(options, gomail.WithSSL())
	case m.clear(m.smtp):
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
		plain, login = gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLoginNoEnc
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if m.o.Username != "" {
		secret, err := m.secret(ctx, m.smtp)
		if err != nil {
			return nil, err
		}
		options = append(options, gomail.WithUsername(m.o.Username), gomail.WithPassword(secret),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, plain, login))
	}
	client, err := gomail.NewClient(m.smtp.host, options...)
	if err != nil {
		return nil, failed(calendar.Unreachable, "reach", m.smtp.address(), err)
	}
	return client, nil
}

// unsent types an error by the code of the server's reply, RFC 5321 section 4.2 and RFC 4954 section 6.
func (m *Mail) unsent(ctx context.Context, op, target string, err error) error {
	code := 0
	var refused *gomail.SendError
	var said *textproto.Error
	if errors.As(err, &refused) {
		code = refused.ErrorCode()
	} else if errors.As(err, &said) {
		code = said.Code
	}
	switch {
	case code == 530 || code == 534 || code == 535 || code == 538:
		return failed(calendar.SignIn, op, target, err)
	case code/100 == 4:
		return failed(calendar.Quota, op, target, err)
	case code/100 == 5:
		return failed(calendar.Denied, op, target, err)
	}
	return failed(calendar.Unreachable, op, target, broken(ctx, err))
}
