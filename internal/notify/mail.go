package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"bilateral/calendar/imip"
)

// Mail sends one letter after a pass, with everything that it makes known.
type Mail struct {
	Send         func(context.Context, imip.Message) error
	Sender, From string // name and address of who sends
	To           string
	Zone         *time.Location // of times in the letter
}

// Name implements [Channel].
func (Mail) Name() string { return "mail" }

// Tell implements [Channel].
func (m Mail) Tell(ctx context.Context, list []Notice) ([]bool, error) {
	told := make([]bool, len(list))
	if err := m.Send(ctx, m.letter(list)); err != nil {
		return told, err
	}
	for k := range told {
		told[k] = true
	}
	return told, nil
}

func (m Mail) letter(list []Notice) imip.Message {
	var text strings.Builder
	for _, n := range list {
		if n.Ended {
			fmt.Fprintf(&text, "%s\n  since %s; it is over now.\n\n", n.full(), m.when(n.Since))
			continue
		}
		fmt.Fprintf(&text, "%s: %s\n  Do: %s\n  Since %s.\n\n", n.Severity, n.full(), n.Do, m.when(n.Since))
	}
	text.WriteString("All of it: bilateral status\n")
	sum := sha256.Sum256([]byte(m.To + list[0].At.UTC().Format(time.RFC3339) + text.String()))
	_, domain, _ := strings.Cut(m.From, "@")
	return imip.Message{From: imip.Person{Name: m.Sender, Email: m.From}, To: imip.Person{Email: m.To}, Subject: subject(list), Text: text.String(), Date: list[0].At,
		ID: "bilateral-notice-" + hex.EncodeToString(sum[:12]) + "@" + domain}
}

func (m Mail) when(t time.Time) string { return t.In(m.Zone).Format("Mon 2 Jan 15:04 MST") }

func subject(list []Notice) string {
	s := list[0].Headline()
	if !list[0].Ended {
		s = list[0].Severity + ": " + s
	}
	if len(list) > 1 {
		s += fmt.Sprintf(" (and %d more)", len(list)-1)
	}
	return "bilateral: " + s
}
